"""What of a preference is learned: the step by which two replies differ, and not the steps before it, nor an end that is none."""

from trl.trainer.dpo_trainer import DataCollatorForPreference


class StepCollator:
    """
    TRL's batches of pairs, each pair cut down to its step. Steps before it stand in both replies: they go to the prompt, which is
    read and has no loss. The sign that a reply is over is left out behind a step that others would follow: a model that learns to
    prefer it there would stop too soon.
    """

    def __init__(self, tokenizer, max_length: int):
        self.end = end_of_turn(tokenizer)
        self.pairs = DataCollatorForPreference(pad_token_id=tokenizer.pad_token_id, max_length=max_length)

    def __call__(self, examples: list[dict]) -> dict:
        return self.pairs([self.step_of(example) for example in examples])

    def step_of(self, example: dict) -> dict:
        chosen, rejected = (self.without_end(example, side) for side in ("chosen", "rejected"))
        shared = min(shared_length(chosen, rejected), example.get("before_tokens", 0), len(chosen) - 1, len(rejected) - 1)
        step = {"prompt_ids": example["prompt_ids"] + chosen[:shared], "chosen_ids": chosen[shared:], "rejected_ids": rejected[shared:]}
        references = {key: example[key] for key in ("ref_chosen_logps", "ref_rejected_logps") if key in example}
        return {**step, **references}

    def without_end(self, example: dict, side: str) -> list[int]:
        ids = example[f"{side}_ids"]
        if example.get(f"{side}_ends", True) or self.end not in ids:
            return ids
        return ids[: len(ids) - 1 - ids[::-1].index(self.end)]


def end_of_turn(tokenizer) -> int:
    """
    The sign that a reply is over, as the chat template writes it. It is not always the tokenizer's end of text: of a Qwen in a GGUF
    file that is <|endoftext|>, and its turns end in <|im_end|>.
    """
    turn = [{"role": "user", "content": "1"}, {"role": "assistant", "content": "1"}]
    ids = tokenizer.apply_chat_template(turn, tokenize=True, return_dict=False)
    special = {*tokenizer.all_special_ids, *tokenizer.added_tokens_decoder}
    return next((one for one in reversed(ids) if one in special), tokenizer.eos_token_id)


def shared_length(one: list[int], other: list[int]) -> int:
    """How many tokens two replies begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
