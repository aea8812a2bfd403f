"""Where a run goes on: the last checkpoint that was written whole, of the same run."""

import json
import shutil
from pathlib import Path

from transformers import TrainerCallback

from .problems import Problem

RUN_FILE = "run.json"
CHECKPOINTS = "checkpoints"
#: Written into a checkpoint when all else in it is on the disk.
WHOLE = "whole"


class MarkWhole(TrainerCallback):
    """Marks a checkpoint once it is there: one without the mark was cut off while it was written."""

    def on_save(self, args, state, control, **kwargs):
        (Path(args.output_dir) / f"checkpoint-{state.global_step}" / WHOLE).touch()


def begin_or_resume(out: Path, run: dict, resume: bool) -> Path | None:
    """
    Settles where a run begins. What it is made of stands in run.json: a run that is gone on with must be the same one, or its
    manifest would say what is not so.
    """
    file = out / RUN_FILE
    if resume:
        before = _read_run(file)
        differs = [key for key in run if before.get(key) != run[key]]
        if differs:
            raise Problem(f"{out} was begun with other {', '.join(differs)}; name the same, or another folder with --out.")
        return last_whole(out / CHECKPOINTS)
    if file.exists():
        raise Problem(f"{out} holds a run already: --resume goes on with it, another --out begins anew.")
    out.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(run, indent=2) + "\n", encoding="utf-8")
    return None


def last_whole(folder: Path) -> Path | None:
    """The last checkpoint that is whole; half-written ones are told and taken away."""
    whole: list[Path] = []
    for checkpoint in sorted(folder.glob("checkpoint-*"), key=_step_of):
        if (checkpoint / WHOLE).is_file():
            whole.append(checkpoint)
        else:
            print(f"{checkpoint.name} was cut off while it was written: left out.")
            shutil.rmtree(checkpoint)
    return whole[-1] if whole else None


def _read_run(file: Path) -> dict:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise Problem(f"{file} cannot be read: there is no run to go on with; leave --resume out.") from error


def _step_of(checkpoint: Path) -> int:
    step = checkpoint.name.rsplit("-", 1)[-1]
    return int(step) if step.isdigit() else -1
