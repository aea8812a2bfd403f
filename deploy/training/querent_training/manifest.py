"""What goes beside an adapter: of what it was made, for what it may be asked, and what it was measured to do."""

import importlib.metadata
import json
from datetime import datetime, timezone
from pathlib import Path

from .problems import Problem

MANIFEST = "manifest.json"
LIBRARIES = ("torch", "transformers", "trl", "peft")
#: What an adapter can have learned, by the names of the exporter.
CARD_KEYS = ("task", "style", "databases")


def read_card(file: Path | None, task: str | None, style: str | None) -> dict:
    """
    For what an adapter is trained: the data card that lies beside exported lines, with what the command line says in its place.
    A prompt that it was not trained on makes an adapter worse than none, so both must be known.
    """
    card = _read_json(file) if file else {}
    said = {key: card[key] for key in CARD_KEYS if key in card}
    said.update({key: value for key, value in (("task", task), ("style", style)) if value is not None})
    missing = [key for key in ("task", "style") if not isinstance(said.get(key), str)]
    if missing:
        options = " and ".join(f"--{key}" for key in missing)
        raise Problem(f"For which {' and '.join(missing)} is it trained? Say so with {options}, or --card FILE.")
    return said


def write_manifest(folder: Path, manifest: dict) -> Path:
    """Writes a manifest whole or not at all."""
    versions = {name: importlib.metadata.version(name) for name in LIBRARIES}
    now = datetime.now(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")
    file = folder / MANIFEST
    fresh = file.with_suffix(".json.new")
    fresh.write_text(json.dumps({"version": 1, **manifest, "libraries": versions, "at": now}, indent=2) + "\n", encoding="utf-8")
    fresh.replace(file)
    return file


def read_manifest(folder: Path) -> dict | None:
    """The manifest of an adapter; none where it has none."""
    file = folder / MANIFEST
    return _read_json(file) if file.exists() else None


def check_base(folder: Path, manifest: dict | None, sha256: str) -> None:
    """An adapter says how one base differs from itself: on another it says nothing."""
    if manifest is None:
        raise Problem(f"{folder} has no {MANIFEST}: of which base it is, nobody can tell.")
    base = manifest.get("base", {})
    if base.get("sha256") != sha256:
        raise Problem(f"{folder} is an adapter of another base ({base.get('name', 'unknown')}); name that one with --base.")


def _read_json(file: Path) -> dict:
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise Problem(f"{file} cannot be read as JSON.") from error
    if not isinstance(read, dict):
        raise Problem(f"{file} is no JSON object.")
    return read
