"""A tiny model with random weights, of the architecture that is trained for real, and lines to train it on."""

import json
import os
import sys
from pathlib import Path

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TQDM_DISABLE", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch  # noqa: E402
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers  # noqa: E402
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM  # noqa: E402

CHAT_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def tiny_tokenizer() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=300, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    tokenizer.train_from_iterator(["SELECT name FROM pet WHERE age > 3"], trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    fast.chat_template = CHAT_TEMPLATE
    return fast


def make_base(folder: Path, *, width: int = 32, seed: int = 7) -> Path:
    tokenizer = tiny_tokenizer()
    torch.manual_seed(seed)
    config = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=2 * width,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    Qwen2ForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def base(tmp_path_factory) -> Path:
    return make_base(tmp_path_factory.mktemp("base") / "tiny")


@pytest.fixture(scope="session")
def other_base(tmp_path_factory) -> Path:
    return make_base(tmp_path_factory.mktemp("other") / "wide", width=48, seed=8)


def answers() -> list[dict]:
    return [
        {
            "messages": [
                {"role": "system", "content": "You write one query."},
                {"role": "user", "content": f"pet(name, age)\n\nQuestion: pets older than {age}"},
                {"role": "assistant", "content": f"SELECT name FROM pet WHERE age > {age}"},
            ]
        }
        for age in range(8)
    ]


def pairs() -> list[dict]:
    return [
        {
            "prompt": [{"role": "user", "content": f"pets older than {age}"}],
            "chosen": [{"role": "assistant", "content": f"SELECT name FROM pet WHERE age > {age}"}],
            "rejected": [{"role": "assistant", "content": f"SELECT age FROM pet LIMIT {age}"}],
            "margin": (age + 1) / 10,
        }
        for age in range(6)
    ]


def write_lines(file: Path, lines: list[dict]) -> Path:
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return file


@pytest.fixture
def answers_file(tmp_path) -> Path:
    return write_lines(tmp_path / "answers.jsonl", answers())


@pytest.fixture
def pairs_file(tmp_path) -> Path:
    return write_lines(tmp_path / "pairs.jsonl", pairs())
