"""The loss: what it is worth by hand, where it meets DPO, which way it pushes."""

import math

import pytest
import torch
from conftest import pairs
from datasets import Dataset
from trl import DPOConfig, DPOTrainer

import mdpo
from querent_training.base_model import find_base, load_model, load_tokenizer
from querent_training.lora import new_lora
from querent_training.margins import clipped, offset_of, shifted_reference
from querent_training.settings import Settings
from querent_training.step_collator import end_of_turn
from querent_training.training import trainer_arguments

PLAIN = {"batch": 3, "accumulate": 1, "max_length": 256, "dtype": "float32", "recompute": False, "dropout": 0.0, "rank": 4}


def settings(**over) -> Settings:
    return Settings(**{**PLAIN, "sft_weight": 0.0, "learning_rate": 1e-2, "warmup": 0.0, "schedule": "constant", **over})


def trainer_of(base, out, lines=None, **over) -> DPOTrainer:
    found = find_base(str(base))
    model = load_model(found, "float32")
    return mdpo.mdpo_trainer(model, load_tokenizer(found), lines or pairs(), settings(**over), out)


def plain_dpo(base, out) -> DPOTrainer:
    """TRL's own DPO, which knows nothing of margins."""
    found = find_base(str(base))
    model = load_model(found, "float32")
    chosen = settings()
    return DPOTrainer(
        model=model,
        args=DPOConfig(**trainer_arguments(chosen, out, 256), beta=chosen.beta, precompute_ref_log_probs=True),
        train_dataset=Dataset.from_list(pairs()),
        processing_class=load_tokenizer(found),
        peft_config=new_lora(model, chosen),
    )


def first_loss(trainer) -> torch.Tensor:
    batch = next(iter(torch.utils.data.DataLoader(trainer.train_dataset, batch_size=6, collate_fn=trainer.data_collator)))
    trainer.model.train()
    return trainer.compute_loss(trainer.model, batch)


def losses_of(trainer, steps: int = 2) -> list[float]:
    trainer.args.max_steps = steps
    trainer.train()
    return [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]


def weights_of(trainer) -> dict[str, torch.Tensor]:
    return {name: one.detach().clone() for name, one in trainer.model.named_parameters() if one.requires_grad}


def test_a_loss_reckoned_by_hand_is_the_one_that_is_trained(base, tmp_path):
    """Before a step the policy is the reference, so h is 0: the loss is the mean of log(1 + e^margin)."""
    trainer = trainer_of(base, tmp_path)
    by_hand = sum(math.log1p(math.exp(pair["margin"])) for pair in pairs()) / len(pairs())
    assert first_loss(trainer).item() == pytest.approx(by_hand, abs=1e-6)


def test_one_pair_by_hand_with_a_policy_that_moved(base, tmp_path):
    """-log sigmoid(0.1 * h - 0.4), h from log-probabilities that are summed here token by token."""
    trainer = trainer_of(base, tmp_path, [pairs()[3]])
    torch.manual_seed(1)
    for name, one in trainer.model.named_parameters():
        if "lora_B" in name:
            one.data.normal_(0, 0.05)
    line = trainer.train_dataset[0]

    def log_probability(reply: list[int], adapted: bool) -> float:
        ids = torch.tensor([line["prompt_ids"] + reply])
        model = trainer.model.eval()
        with torch.no_grad():
            if adapted:
                logits = model(input_ids=ids).logits
            else:
                with model.disable_adapter():
                    logits = model(input_ids=ids).logits
        chances = logits.log_softmax(-1)[0]
        at = len(line["prompt_ids"])
        return sum(chances[at + i - 1, token].item() for i, token in enumerate(reply))

    won, lost = (log_probability(line[f"{side}_ids"], True) for side in ("chosen", "rejected"))
    won_before, lost_before = (log_probability(line[f"{side}_ids"], False) for side in ("chosen", "rejected"))
    h = (won - won_before) - (lost - lost_before)
    assert abs(h) > 0.01
    by_hand = math.log1p(math.exp(-(0.1 * h - 0.4)))
    assert first_loss(trainer).item() == pytest.approx(by_hand, abs=1e-5)


def test_a_weight_of_0_is_dpo_bit_for_bit(base, tmp_path):
    ours, theirs = trainer_of(base, tmp_path / "ours", margin_weight=0.0), plain_dpo(base, tmp_path / "theirs")
    assert losses_of(ours) == losses_of(theirs)
    after, also_after = weights_of(ours), weights_of(theirs)
    assert after.keys() == also_after.keys()
    assert all(torch.equal(after[name], also_after[name]) for name in after)


def test_a_margin_changes_what_is_learned(base, tmp_path):
    with_margin, without = trainer_of(base, tmp_path / "a"), trainer_of(base, tmp_path / "b", margin_weight=0.0)
    losses_of(with_margin)
    losses_of(without)
    before, after = weights_of(without), weights_of(with_margin)
    assert any(not torch.equal(before[name], after[name]) for name in before)


def test_the_loss_rises_with_the_margin(base, tmp_path):
    found = [
        first_loss(trainer_of(base, tmp_path / str(margin), [{**pair, "margin": margin} for pair in pairs()])).item()
        for margin in (0.1, 0.5, 1.0)
    ]
    assert found == sorted(found) and found[0] < found[-1]


def test_the_gradient_widens_the_gap_between_the_replies(base, tmp_path):
    trainer = trainer_of(base, tmp_path)
    losses = losses_of(trainer, 6)
    margins = [entry["rewards/margins"] for entry in trainer.state.log_history if "rewards/margins" in entry]
    assert losses[-1] < losses[0]
    assert margins[-1] > margins[0]


def test_the_sft_part_is_added_by_its_weight(base, tmp_path):
    without, with_it = first_loss(trainer_of(base, tmp_path / "a")), first_loss(trainer_of(base, tmp_path / "b", sft_weight=0.1))
    mean_loss = (with_it - without).item() / 0.1
    # A model that knows nothing guesses among its tokens.
    assert mean_loss == pytest.approx(math.log(len(load_tokenizer(find_base(str(base))))), rel=0.1)


def test_the_prompt_has_no_loss(base, tmp_path):
    trainer = trainer_of(base, tmp_path)
    batch = trainer.data_collator([trainer.train_dataset[0], trainer.train_dataset[1]])
    tokenizer = trainer.processing_class
    shown = tokenizer.decode(batch["input_ids"][0][batch["completion_mask"][0].bool()])
    assert shown == "SELECT name FROM pet WHERE age > 0<|im_end|>\n"


def test_only_the_step_has_loss_and_ends_where_the_reply_does(base, tmp_path):
    before = "Sub-question 1: pets\nSELECT name FROM pet\n"
    pair = {
        "prompt": [{"role": "user", "content": "pets older than 3"}],
        "chosen": [{"role": "assistant", "content": f"{before}SELECT age FROM pet"}],
        "rejected": [{"role": "assistant", "content": f"{before}SELECT name FROM pet"}],
        "margin": 0.4,
        "before": before,
        "chosen_ends": False,
        "rejected_ends": True,
    }
    trainer = trainer_of(base, tmp_path, [pair, {**pair, "chosen_ends": True}])
    batch = trainer.data_collator([trainer.train_dataset[0], trainer.train_dataset[1]])
    shown = [
        trainer.processing_class.decode(ids[mask.bool()])
        for ids, mask in zip(batch["input_ids"], batch["completion_mask"], strict=True)
    ]
    # The tokenizer may draw the first letters of a step to what stands before it.
    assert [text.replace("SELECT ", "") for text in shown] == [
        "age FROM pet",
        "age FROM pet<|im_end|>\n",
        "name FROM pet<|im_end|>\n",
        "name FROM pet<|im_end|>\n",
    ]
    read = trainer.processing_class.decode(batch["input_ids"][0][batch["attention_mask"][0].bool()])
    assert before in read and read.endswith("SELECT age FROM pet")


def test_the_end_of_a_reply_is_the_templates_whatever_ends_a_text(base):
    tokenizer = load_tokenizer(find_base(str(base)))
    end = tokenizer.convert_tokens_to_ids("<|im_end|>")
    assert end_of_turn(tokenizer) == end
    tokenizer.eos_token = "<|endoftext|>"
    assert (end_of_turn(tokenizer), tokenizer.eos_token_id == end) == (end, False)


def test_margins_are_clipped():
    assert [clipped(margin) for margin in (0.001, 0.3, 1.5)] == [0.05, 0.3, 1.0]


def test_the_authors_logarithm_asks_for_less_than_dpo_does():
    assert offset_of(0.5, "logarithm", 1.0) == pytest.approx(math.log(0.5))
    assert offset_of(1.0, "logarithm", 1.0) == 0
    assert offset_of(0.5, "difference", 2.0) == 1.0


def test_the_shift_of_the_reference_is_the_offset_over_beta():
    assert shifted_reference(-12.5, 0.4, form="difference", weight=1.0, beta=0.1) == pytest.approx(-8.5)
    assert shifted_reference(-12.5, 0.4, form="difference", weight=0.0, beta=0.1) == -12.5
