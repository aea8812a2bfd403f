"""Reads what `training:export` writes: lines with `messages`, or with `prompt`, `chosen`, `rejected` and `margin`."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from .problems import Problem

Message = dict[str, str]
ROLES = ("system", "user", "assistant")
SIDES = ("chosen", "rejected")


def read_answers(file: Path) -> list[dict]:
    """
    Chat lines as prompt and completion: all turns but the last are the prompt, and the last one alone has loss. Earlier turns of
    the assistant are examples, which the model is to read and not to learn by heart.
    """
    return [_answer_of(line, at) for at, line in _lines_of(file)] or _fail_empty(file)


def read_pairs(file: Path) -> list[dict]:
    """Preference lines: a prompt with the better and the worse reply, and by how much the one is better."""
    return [_pair_of(line, at) for at, line in _lines_of(file)] or _fail_empty(file)


def hash_of_file(file: Path) -> str:
    """SHA-256 of a file's bytes."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _fail_empty(file: Path) -> list[dict]:
    raise Problem(f"{file} has no lines: nothing can be learned from it.")


def _lines_of(file: Path) -> Iterator[tuple[str, dict]]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(f"{file} cannot be read as text: {_first_line(error)}.") from error
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        at = f"{file}, line {number}"
        try:
            read = json.loads(line)
        except json.JSONDecodeError as error:
            raise Problem(f"{at} is no JSON: is this the file that training:export wrote?") from error
        if not isinstance(read, dict):
            raise Problem(f"{at} is no JSON object.")
        yield at, read


def _answer_of(line: dict, at: str) -> dict:
    if "messages" not in line:
        hint = " It holds preferences: mdpo.py trains on these." if "chosen" in line else ""
        raise Problem(f"{at} has no messages.{hint or ' Chat lines are what training:export --format trl writes.'}")
    messages = _messages_of(line["messages"], f"{at}, messages")
    *before, last = messages
    if last["role"] != "assistant" or not before:
        raise Problem(f"{at} does not end in a reply of the assistant to something.")
    return {"prompt": before, "completion": [last]}


def _pair_of(line: dict, at: str) -> dict:
    missing = [key for key in ("prompt", "chosen", "rejected", "margin") if key not in line]
    if missing:
        hint = " It holds answers: sft.py trains on these." if "messages" in line else ""
        raise Problem(f"{at} has no {', '.join(missing)}.{hint}")
    margin = line["margin"]
    if isinstance(margin, bool) or not isinstance(margin, (int, float)) or not 0 < margin <= 1:
        raise Problem(f"{at} has the margin {margin!r}, which is no number above 0 and at most 1.")
    pair = {key: _messages_of(line[key], f"{at}, {key}") for key in ("prompt", "chosen", "rejected")}
    for key in SIDES:
        if [message["role"] for message in pair[key]] != ["assistant"]:
            raise Problem(f"{at}, {key} is not one reply of the assistant.")
    if pair["chosen"] == pair["rejected"]:
        raise Problem(f"{at} prefers a reply to itself.")
    before = line.get("before", "")
    if not isinstance(before, str) or not all(pair[side][0]["content"].startswith(before) for side in SIDES):
        raise Problem(f"{at} has replies that do not begin with its before.")
    return {**pair, "margin": float(margin), "before": before, **{f"{side}_ends": _ends(line, side) for side in SIDES}}


def _ends(line: dict, side: str) -> bool:
    """Whether a reply is over with this step, or further ones would follow."""
    about = line.get(f"{side}_side")
    return about.get("last") is not False if isinstance(about, dict) else True


def _messages_of(value: object, at: str) -> list[Message]:
    if not isinstance(value, list) or not value:
        raise Problem(f"{at} is no list of messages.")
    return [_message_of(one, at) for one in value]


def _message_of(value: object, at: str) -> Message:
    if not isinstance(value, dict) or value.get("role") not in ROLES or not isinstance(value.get("content"), str):
        raise Problem(f"{at} has a message that is not {{role, content}} with a role of {', '.join(ROLES)}.")
    if not value["content"].strip():
        raise Problem(f"{at} has an empty message.")
    return {"role": value["role"], "content": value["content"]}


def within_length(lines: Iterable[dict], length_of, limit: int) -> tuple[list[dict], int]:
    """The lines that fit, and how many do not: a reply without its end would teach to stop in the middle."""
    all_lines = list(lines)
    kept = [line for line in all_lines if length_of(line) <= limit]
    if not kept:
        raise Problem(f"No line is of at most {limit} tokens: raise max_length in the configuration.")
    return kept, len(all_lines) - len(kept)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".")
