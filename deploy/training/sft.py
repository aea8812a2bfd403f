"""Teaches a base model answers: LoRA on chat lines, loss on the last reply alone. `python sft.py --help` lists what it takes."""

import argparse
from pathlib import Path

from datasets import Dataset
from transformers import set_seed
from trl import SFTConfig

from querent_training.answer_trainer import AnswerTrainer
from querent_training.base_model import facts_of, find_base, load_model, load_tokenizer
from querent_training.chat_data import hash_of_file, read_answers, within_length
from querent_training.checkpoints import begin_or_resume
from querent_training.lora import load_adapter, new_lora
from querent_training.manifest import check_base, read_card, read_manifest
from querent_training.problems import run_program
from querent_training.shared_prompts import JoinRows, Line, read_line, rows_of
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
    answers = read_answers(options.data)
    held_back = read_answers(options.evaluate) if options.evaluate else []
    base = find_base(options.base, options.base_name)
    tokenizer = load_tokenizer(base)
    lines = [read_line(tokenizer, line) for line in answers]
    kept, too_long = within_length(lines, lambda line: len(line.tokens), settings.max_length)
    held_back = [read_line(tokenizer, line) for line in held_back]
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
    trainer = sft_trainer(model, tokenizer, kept, held_back, settings, options, start)
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


def start_of(folder: Path | None, base_hash: str) -> dict | None:
    """The manifest of the adapter that training begins from, which must be of the same base."""
    if folder is None:
        return None
    manifest = read_manifest(folder)
    check_base(folder, manifest, base_hash)
    return manifest


def sft_trainer(
    model, tokenizer, lines: list[Line], held_back: list[Line], settings, options, start: dict | None
) -> AnswerTrainer:
    rows = rows_of(lines, settings.together, settings.max_length, settings.seed)
    if settings.together > 1:
        print(f"{len(rows)} rows of {sum(len(row['input_ids']) for row in rows)} tokens, {sum(map(token_count, lines))} one by one")
    arguments = trainer_arguments(settings, options.out, settings.max_length)
    return AnswerTrainer(
        model=load_adapter(model, options.start) if start else model,
        args=SFTConfig(**arguments, packing=False, remove_unused_columns=False, dataset_kwargs={"skip_prepare_dataset": True}),
        train_dataset=Dataset.from_list(rows),
        eval_dataset=Dataset.from_list(rows_of(held_back, settings.together, settings.max_length, settings.seed)) if held_back else None,
        data_collator=JoinRows(tokenizer.pad_token_id),
        processing_class=tokenizer,
        peft_config=None if start else new_lora(model, settings),
    )


def token_count(line: Line) -> int:
    return len(line.tokens)


if __name__ == "__main__":
    run_program(main)
