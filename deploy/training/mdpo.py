"""
Teaches a base model to prefer one reply to another by a margin (LearNAT's MDPO): -log sigmoid(beta * h - lambda * margin), with
the margin clipped to [0.05, 1]. `python mdpo.py --help` lists what it takes.
"""

import argparse
from pathlib import Path

from datasets import Dataset
from transformers import set_seed
from trl import DPOConfig, DPOTrainer

from querent_training.base_model import facts_of, find_base, load_model, load_tokenizer
from querent_training.chat_data import hash_of_file, read_pairs, within_length
from querent_training.checkpoints import begin_or_resume
from querent_training.lora import adapter_config, load_adapter, new_lora
from querent_training.manifest import check_base, read_card, read_manifest
from querent_training.margins import shifted_reference
from querent_training.problems import Problem, run_program
from querent_training.settings import Settings
from querent_training.step_collator import StepCollator
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
    parser.add_argument("--from", dest="start", type=Path, help="the adapter of sft.py that it begins from and is measured against")
    parser.add_argument("--evaluate", type=Path, help="pairs that are kept aside: reward accuracy before and after is written down")
    options = parser.parse_args()
    settings = settings_of(options)
    card = read_card(options)
    # The card names the pairs; what the adapter learns is the task that their answers are of.
    card["task"] = card["task"].removesuffix("-pairs")
    pairs = read_pairs(options.data)
    held_back = read_pairs(options.evaluate) if options.evaluate else None
    base = find_base(options.base, options.base_name)
    tokenizer = load_tokenizer(base)
    kept, too_long = short_enough(pairs, tokenizer, settings)
    print(f"{len(kept)} pairs, {too_long} too long for {settings.max_length} tokens")
    held_back, held_too_long = short_enough(held_back, tokenizer, settings) if held_back else (None, 0)
    manifest_before = read_manifest(options.start) if options.start else None
    if options.start:
        check_base(options.start, manifest_before, base.sha256)
        same_prompts(manifest_before, card, options.start)
    run = {
        "program": "mdpo",
        "base": base.sha256,
        "data": hash_of_file(options.data),
        "settings": said_settings(settings),
        "start": manifest_before and manifest_before["adapter"]["sha256"],
    }
    checkpoint = begin_or_resume(options.out, run, options.resume)
    set_seed(settings.seed)
    model = load_model(base, settings.dtype)
    facts = facts_of(base, model)
    trainer = mdpo_trainer(model, tokenizer, kept, settings, options.out, options.start, held_back)
    trained = run_training(trainer, options.out, checkpoint)
    manifest = {
        **card,
        "method": "mdpo",
        "base": facts,
        "data": {"file": options.data.name, "sha256": run["data"], "lines": len(kept), "tooLong": too_long},
        "settings": run["settings"],
        "trained": trained,
        **({"start": {"name": manifest_before["name"], "sha256": run["start"]}} if manifest_before else {}),
        **({"heldBack": {**held_back_rewards(trainer), "tooLong": held_too_long}} if held_back else {}),
    }
    keep_adapter(trainer, options.out, manifest)


def short_enough(pairs: list[dict], tokenizer, settings: Settings) -> tuple[list[dict], int]:
    """The pairs whose replies are whole within the longest row, and how many are not: the trainer would cut these, held back or not."""
    return within_length(pairs, lambda pair: pair_tokens(tokenizer, pair), settings.max_length)


def pair_tokens(tokenizer, pair: dict) -> int:
    """How long the longer of a pair's two replies is with its prompt."""
    chats = (pair["prompt"] + pair[side] for side in ("chosen", "rejected"))
    return max(len(tokenizer.apply_chat_template(chat, tokenize=True, return_dict=False)) for chat in chats)


def same_prompts(before: dict, card: dict, folder: Path) -> None:
    """Pairs in another prompt than the answers were in would unlearn both."""
    differs = [key for key in ("task", "style") if before.get(key) != card.get(key)]
    if differs:
        said = ", ".join(f"{key} {before.get(key)}" for key in differs)
        raise Problem(f"{folder} was trained for {said}; these pairs are of another.")


def mdpo_trainer(
    model, tokenizer, pairs: list[dict], settings: Settings, out: Path, start: Path | None = None, held_back=None
) -> DPOTrainer:
    """
    DPO whose references are computed once, with each pair's margin in that of its chosen reply (margins.py): exactly MDPO's loss.
    Held-back pairs keep their references as they are, so that what is measured of them is plain reward accuracy.
    """
    arguments = trainer_arguments(settings, out, settings.max_length)
    with_sft = settings.sft_weight > 0
    model.config.pad_token_id = model.generation_config.pad_token_id = tokenizer.pad_token_id
    trainer = DPOTrainer(
        # With an adapter to begin from, the trainer keeps a frozen copy of it as the reference.
        model=load_adapter(model, start) if start else model,
        args=DPOConfig(
            **arguments,
            beta=settings.beta,
            loss_type=["sigmoid", "sft"] if with_sft else ["sigmoid"],
            loss_weights=[1.0, settings.sft_weight] if with_sft else [1.0],
            precompute_ref_log_probs=True,
            # The collator reads more of a line than the model does.
            remove_unused_columns=False,
        ),
        data_collator=StepCollator(tokenizer, settings.max_length),
        train_dataset=steps_of(pairs, tokenizer),
        eval_dataset=steps_of(held_back, tokenizer) if held_back else None,
        processing_class=tokenizer,
        peft_config=None if start else new_lora(model, settings),
    )
    trainer.train_dataset = with_margins(trainer.train_dataset, settings)
    return trainer


def steps_of(pairs: list[dict], tokenizer) -> Dataset:
    """Pairs with the length of what stands before their steps."""
    lengths = (len(tokenizer(pair.get("before", ""), add_special_tokens=False)["input_ids"]) for pair in pairs)
    return Dataset.from_list([{**pair, "before_tokens": length} for pair, length in zip(pairs, lengths, strict=True)])


def with_margins(dataset: Dataset, settings: Settings) -> Dataset:
    """The references of the chosen replies, each with its margin in it."""
    if settings.margin_weight == 0:
        return dataset

    def shifted(line: dict) -> dict:
        reference = shifted_reference(
            line["ref_chosen_logps"],
            line["margin"],
            form=settings.margin_form,
            weight=settings.margin_weight,
            beta=settings.beta,
        )
        return {"ref_chosen_logps": reference}

    return dataset.map(shifted, features=dataset.features, desc="Margins")


def held_back_rewards(trainer: DPOTrainer) -> dict:
    """
    How often a held-back pair's better reply has the larger reward, and by how much. Before training the policy is the reference:
    all rewards are 0, and no pair is told apart.
    """
    found = trainer.evaluate()
    return {
        "pairs": len(trainer.eval_dataset),
        "rewardAccuracy": round(found["eval_rewards/accuracies"], 4),
        "rewardMargin": round(found["eval_rewards/margins"], 4),
    }


if __name__ == "__main__":
    run_program(main)
