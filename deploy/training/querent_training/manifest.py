"""What goes beside an adapter: of what it was made, for what it may be asked, and what it was measured to do."""

import importlib.metadata
import json
from datetime import datetime, timezone
from pathlib import Path

from .problems import Problem

MANIFEST = "manifest.json"
#: What training:export puts beside its lines.
CARD = "card.json"
LIBRARIES = ("torch", "transformers", "trl", "peft")


def read_card(options) -> dict:
    """
    For what an adapter is trained: what the data card beside exported lines says of their file, with what the command line says in its
    place. A prompt that it was not trained on makes an adapter worse than none, so both must be known.
    """
    beside = options.data.parent / CARD
    card = _read_json(options.card or beside) if options.card or beside.exists() else {}
    style = card.get("settings", {}).get("style")
    said = {"task": options.task or _task_in(card, options.data), "style": options.style or style}
    missing = [key for key, value in said.items() if not isinstance(value, str)]
    if missing:
        options = " and ".join(f"--{key}" for key in missing)
        raise Problem(f"For which {' and '.join(missing)} is it trained? Say so with {options}, or --card FILE.")
    only = options.only_for
    return {**said, **({"databases": {name: _columns_in(card, name) for name in only}} if only else {})}


def _columns_in(card: dict, name: str) -> list[str]:
    """A database's columns as the card has them, as numbers: by them it is told how much of it changed since. None where it has none."""
    named = [one for one in card.get("databases", []) if isinstance(one, dict) and one.get("id") == name]
    if card.get("databases") and not named:
        raise Problem(f"--only-for {name}: the data card has no database of that name.")
    columns = named[0].get("columns") if named else None
    return columns if isinstance(columns, list) else []


def _task_in(card: dict, data: Path) -> str | None:
    """The task of a file, by the card's list of files."""
    tasks = card.get("tasks", {})
    named = [task for task, about in tasks.items() if isinstance(about, dict) and about.get("file") == data.name]
    return named[0] if named else None


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
