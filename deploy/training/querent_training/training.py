"""What both programs share: the command line, the loop with its stops, and what is left on the disk."""

import argparse
import dataclasses
import json
import signal
from pathlib import Path

import torch
from transformers import PrinterCallback, TrainerCallback, TrainingArguments

from .checkpoints import CHECKPOINTS, MarkWhole
from .chat_data import hash_of_file
from .manifest import write_manifest
from .problems import Problem, Stopped
from .settings import Settings, read_settings

LOG_FILE = "log.jsonl"
KEPT_CHECKPOINTS = 2
#: What recomputing is called; older transformers (5.17) have the older name.
RECOMPUTE = next(name for name in ("activation_checkpointing", "gradient_checkpointing") if name in TrainingArguments.__dataclass_fields__)


def common_options(parser: argparse.ArgumentParser) -> None:
    """The options of sft.py and mdpo.py alike."""
    parser.add_argument("--base", required=True, help="a folder of Hugging Face's format, a .gguf file, or a name on the hub")
    parser.add_argument("--base-name", help="what the base is called where it is served; its folder's name, if absent")
    parser.add_argument("--data", required=True, type=Path, help="lines that training:export wrote")
    parser.add_argument("--out", required=True, type=Path, help="the folder of the adapter; its name is the adapter's")
    parser.add_argument("--config", type=Path, help="settings, as those in configs/")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting in place of the file's")
    parser.add_argument("--card", type=Path, help="the data card of the lines: task, prompt style, schemas; card.json beside them, if absent")
    parser.add_argument("--task", help="what it learns, in place of the card's (sql, linking, selection, learnat, …)")
    parser.add_argument("--style", help="the prompt style of the lines, in place of the card's (plain, kinds, …)")
    parser.add_argument("--only-for", nargs="+", metavar="DATABASE", help="the databases that it is asked over; any, if absent")
    parser.add_argument("--resume", action="store_true", help="go on from the last whole checkpoint of --out")


def settings_of(options: argparse.Namespace) -> Settings:
    """Settings of the file with those of the command line in their place."""
    over: dict[str, object] = {}
    for text in options.set:
        name, sign, value = text.partition("=")
        if not sign:
            raise Problem(f"--set {text} is not NAME=VALUE.")
        over[name] = {"true": True, "false": False}.get(value, value)
    return read_settings(options.config, over)


def trainer_arguments(settings: Settings, out: Path, prompt_tokens: int) -> dict:
    """What both of TRL's trainers are told."""
    has_gpu = torch.cuda.is_available()
    return {
        "output_dir": str(out / CHECKPOINTS),
        "learning_rate": settings.learning_rate,
        "num_train_epochs": settings.epochs,
        "max_steps": settings.max_steps,
        "per_device_train_batch_size": settings.batch,
        "per_device_eval_batch_size": settings.batch,
        "gradient_accumulation_steps": settings.accumulate,
        "max_length": prompt_tokens,
        "warmup_steps": settings.warmup,
        "lr_scheduler_type": settings.schedule,
        "bf16": has_gpu and settings.dtype == "bfloat16",
        "use_cpu": not has_gpu,
        RECOMPUTE: settings.recompute,
        "save_strategy": "steps",
        "save_steps": settings.save_every,
        "save_total_limit": KEPT_CHECKPOINTS,
        "logging_steps": 1,
        "seed": settings.seed,
        "data_seed": settings.seed,
        "report_to": [],
        "disable_tqdm": True,
        "dataloader_pin_memory": has_gpu,
    }


def run_training(trainer, out: Path, start: Path | None) -> dict:
    """
    Trains to the end, or until somebody presses Ctrl-C: the step that is under way is finished and kept. A second Ctrl-C ends at
    once; what the last checkpoint has is kept then.
    """
    print(f"goes on at {start.name}" if start else "begins anew", flush=True)
    stop = StopWhenAsked()
    trainer.remove_callback(PrinterCallback)
    for callback in (MarkWhole(), KeepLog(out / LOG_FILE), TellSteps(), stop):
        trainer.add_callback(callback)
    with stop:
        trained = trainer.train(resume_from_checkpoint=str(start) if start else None)
    if stop.asked:
        raise Stopped(f"Stopped after step {trainer.state.global_step} of {trainer.state.max_steps}; --resume goes on there.")
    return {"steps": trainer.state.global_step, "loss": round(trained.training_loss, 4)}


def keep_adapter(trainer, out: Path, manifest: dict) -> None:
    """The adapter alone, with its tokenizer and manifest, as servers and convert.py read it."""
    trainer.model.save_pretrained(str(out), selected_adapters=["default"])
    trainer.processing_class.save_pretrained(str(out))
    adapter = out / "adapter_model.safetensors"
    write_manifest(out, {"name": out.resolve().name, **manifest, "adapter": {"sha256": hash_of_file(adapter)}})
    print(f"{adapter} and its manifest are written.")


def said_settings(settings: Settings) -> dict:
    return dataclasses.asdict(settings)


class KeepLog(TrainerCallback):
    """One JSON line a logged step, for whoever plots it."""

    def __init__(self, file: Path):
        self.file = file

    def on_log(self, args, state, control, logs=None, **kwargs):
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("a", encoding="utf-8") as opened:
            opened.write(json.dumps({"step": state.global_step, **(logs or {})}) + "\n")


class TellSteps(TrainerCallback):
    """A line a step, which `querent train` reads, too."""

    def on_log(self, args, state, control, logs=None, **kwargs):
        if logs and "loss" in logs:
            print(f"step {state.global_step} of {state.max_steps}: loss {logs['loss']:.4f}", flush=True)


class StopWhenAsked(TrainerCallback):
    """Turns the first Ctrl-C (or a polite end by the system) into a checkpoint and a stop."""

    def __init__(self):
        self.asked = False
        self.before: dict[int, object] = {}

    def __enter__(self):
        self.before = {one: signal.signal(one, self._ask) for one in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_):
        for one, handler in self.before.items():
            signal.signal(one, handler)

    def _ask(self, number, frame):
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        print("\nfinishes this step, then keeps it and stops; once more ends at once", flush=True)

    def on_step_end(self, args, state, control, **kwargs):
        if self.asked and state.global_step < state.max_steps:
            control.should_save = True
            control.should_training_stop = True
        return control
