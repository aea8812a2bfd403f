"""
Lines over one database have the same schema above another question. So many of them are read as one row: what their prompts begin
with once, then each line's own end, which sees the beginning and itself and no other end. The loss is that of the lines one by one
(a test holds it against them), and the schema is read once and not so many times.
"""

import math
import random
from collections.abc import Sequence
from typing import NamedTuple

import torch

#: What a row has no loss on.
NO_LOSS = -100
#: Lines belong together where so much of the shorter prompt, and of its last message, is the same.
ALIKE = 0.5


class Line(NamedTuple):
    """A chat line as the model reads it: its tokens, of which the first ones are the prompt, and the text that the prompt ends with."""

    tokens: list[int]
    prompt: int
    asked: str


def read_line(tokenizer, line: dict) -> Line:
    """The tokens of a line with its reply, and how many of them are the prompt."""
    prompt = tokenizer.apply_chat_template(line["prompt"], add_generation_prompt=True, tokenize=True, return_dict=False)
    tokens = tokenizer.apply_chat_template(line["prompt"] + line["completion"], tokenize=True, return_dict=False)
    return Line(tokens, len(prompt), line["prompt"][-1]["content"])


def rows_of(lines: list[Line], together: int, limit: int, seed: int) -> list[dict]:
    """Rows of at most so many lines and tokens, drawn by the seed. A line that no other begins like is a row of its own."""
    draw = random.Random(seed)
    groups = _groups(lines) if together > 1 else [[line] for line in lines]
    return [row_of(part) for group in groups for part in _parts(draw.sample(group, len(group)), together, limit)]


def row_of(lines: list[Line]) -> dict:
    """
    One row: `input_ids`; `position_ids`, by which each end goes on where the beginning ends; `branch`, 0 for the beginning and the
    number of its line for each end; `labels`, of the replies alone.
    """
    shared = _shared(lines)
    first = lines[0].tokens[:shared]
    row = {"input_ids": first, "position_ids": list(range(shared)), "branch": [0] * shared, "labels": [NO_LOSS] * shared}
    for number, line in enumerate(lines, start=1):
        end = line.tokens[shared:]
        row["input_ids"] = row["input_ids"] + end
        row["position_ids"] = row["position_ids"] + list(range(shared, len(line.tokens)))
        row["branch"] = row["branch"] + [number] * len(end)
        row["labels"] = row["labels"] + [NO_LOSS] * (line.prompt - shared) + line.tokens[line.prompt :]
    return row


class JoinRows:
    """Rows of one length, with who may see whom: (rows, 1, tokens, tokens), true where the first sees the second."""

    def __init__(self, padding: int):
        self.padding = padding

    def __call__(self, rows: list[dict]) -> dict[str, torch.Tensor]:
        length = max(len(row["input_ids"]) for row in rows)
        fills = {"input_ids": self.padding, "position_ids": 0, "branch": -1, "labels": NO_LOSS}
        joined = {
            name: torch.tensor([row[name] + [fill] * (length - len(row[name])) for row in rows])
            for name, fill in fills.items()
        }
        branch = joined.pop("branch")
        same = branch[:, :, None] == branch[:, None, :]
        beginning = branch[:, None, :] == 0
        sees = (same | beginning) & torch.ones(length, length, dtype=torch.bool).tril()
        return {**joined, "attention_mask": sees[:, None]}


def _groups(lines: list[Line]) -> list[list[Line]]:
    """Lines that begin alike, in the order of the first of each."""
    groups: list[list[Line]] = []
    for line in lines:
        group = next((one for one in groups if _belong(one[0], line)), None)
        if group is None:
            groups.append([line])
        else:
            group.append(line)
    return groups


def _parts(lines: list[Line], together: int, limit: int) -> list[list[Line]]:
    """Cuts a group where a row would be too long."""
    parts: list[list[Line]] = []
    for line in lines:
        last = parts[-1] if parts else None
        if last is not None and len(last) < together and _length([*last, line]) <= limit:
            last.append(line)
        else:
            parts.append([line])
    return parts


def _belong(one: Line, other: Line) -> bool:
    """
    Whether the first half of the shorter prompt is the same, and of its last message. Where rules and examples stand before every
    question, as for EDL, they alone are half of a prompt: the last message has the schema.
    """
    return _half_alike(one.tokens[: one.prompt], other.tokens[: other.prompt]) and _half_alike(one.asked, other.asked)


def _half_alike(one: Sequence, other: Sequence) -> bool:
    half = math.ceil(ALIKE * min(len(one), len(other)))
    return one[:half] == other[:half]


def _shared(lines: list[Line]) -> int:
    """How many tokens are read once: those that all begin with, but for the last one of a prompt, which foretells the reply."""
    return min(_alike(lines), *(line.prompt - 1 for line in lines)) if len(lines) > 1 else 0


def _length(lines: list[Line]) -> int:
    """Tokens of the row of these lines."""
    shared = _shared(lines)
    return shared + sum(len(line.tokens) - shared for line in lines)


def _alike(lines: list[Line]) -> int:
    """How many tokens all of them begin with, by halves: thousands of lines are held against each other."""
    first, *others = (line.tokens for line in lines)
    low, high = 0, min(len(line.tokens) for line in lines)
    while low < high:
        middle = (low + high + 1) // 2
        if all(other[low:middle] == first[low:middle] for other in others):
            low = middle
        else:
            high = middle - 1
    return low
