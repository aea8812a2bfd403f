"""Teaches a base model answers: LoRA on chat lines, loss on the last reply alone. `python sft.py --help` lists what it takes."""

import argparse
from pathlib import Path

from datasets import Dataset
from transformers import set_seed
from trl import SFTConfig, SFTTrainer

from querent_training.base_model import facts_of, find_base, load_model, load_tokenizer
from querent_training.chat_data import hash_of_file, read_answers, within_length
from querent_training.checkpoints import begin_or_resume
from querent_training.lora import load_adapter, new_lora
from querent_training.manifest import check_base, read_card, read_manifest
from querent_training.problems import run_program
from querent_training.training import (
    common_options,
    keep_adapter,
    run_training,
    said_settings,
    settings_of,
    trainer_arguments,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    common_options(parser)
    parser.add_argument("--from", dest="start", type=Path, help="an adapter that goes on learning, in place of a new one")
    parser.add_argument("--evaluate", type=Path, help="lines that are kept aside: their loss before and after is written down")
    options = parser.parse_args()
    settings = settings_of(options)
    card = read_card(options)
    lines = read_answers(options.data)
    base = find_base(options.base, options.base_name)
    tokenizer = load_tokenizer(base)
    kept, too_long = within_length(lines, lambda line: answer_tokens(tokenizer, line), settings.max_length)
    print(f"{len(kept)} lines, {too_long} too long for {settings.max_length} tokens")
    start = start_of(options.start, base.sha256)
    run = {
        "program": "sft",
        "base": base.sha256,
        "data": hash_of_file(options.data),
        "settings": said_settings(settings),
        "start": start and start["adapter"]["sha256"],
    }
    checkpoint = begin_or_resume(options.out, run, options.resume)
    set_seed(settings.seed)
    model = load_model(base, settings.dtype)
    facts = facts_of(base, model)
    trainer = sft_trainer(model, tokenizer, kept, settings, options, start)
    before = trainer.evaluate()["eval_loss"] if options.evaluate else None
    trained = run_training(trainer, options.out, checkpoint)
    after = trainer.evaluate()["eval_loss"] if options.evaluate else None
    manifest = {
        **card,
        "method": "sft",
        "base": facts,
        "data": {"file": options.data.name, "sha256": run["data"], "lines": len(kept), "tooLong": too_long},
        "settings": run["settings"],
        "trained": trained,
        **({"start": {"name": start["name"], "sha256": run["start"]}} if start else {}),
        **({"heldBackLoss": {"before": round(before, 4), "after": round(after, 4)}} if options.evaluate else {}),
    }
    keep_adapter(trainer, options.out, manifest)


def answer_tokens(tokenizer, line: dict) -> int:
    """How long a line is as the model reads it."""
    return len(tokenizer.apply_chat_template(line["prompt"] + line["completion"], tokenize=True, return_dict=False))


def start_of(folder: Path | None, base_hash: str) -> dict | None:
    """The manifest of the adapter that training begins from, which must be of the same base."""
    if folder is None:
        return None
    manifest = read_manifest(folder)
    check_base(folder, manifest, base_hash)
    return manifest


def sft_trainer(model, tokenizer, lines: list[dict], settings, options, start: dict | None) -> SFTTrainer:
    held_back = read_answers(options.evaluate) if options.evaluate else None
    arguments = trainer_arguments(settings, options.out, settings.max_length)
    return SFTTrainer(
        model=load_adapter(model, options.start) if start else model,
        args=SFTConfig(**arguments, completion_only_loss=True, packing=False),
        train_dataset=Dataset.from_list(lines),
        eval_dataset=Dataset.from_list(held_back) if held_back else None,
        processing_class=tokenizer,
        peft_config=None if start else new_lora(model, settings),
    )


if __name__ == "__main__":
    run_program(main)
