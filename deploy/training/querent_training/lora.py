"""Which weights are trained: low-rank changes of the attention's and the MLP's projections, and no others."""

import json
from pathlib import Path

from peft import LoraConfig, PeftModel

from .problems import Problem
from .settings import Settings

#: llama.cpp and vLLM both serve changes of these. Embeddings, the head and norms are left alone: they do not convert.
PROJECTIONS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


def new_lora(model, settings: Settings) -> LoraConfig:
    """The configuration of a new adapter for a model whose projections have the usual names."""
    names = {name.rsplit(".", 1)[-1] for name, _ in model.named_modules()}
    present = [name for name in PROJECTIONS if name in names]
    if not present:
        raise Problem(f"{type(model).__name__} names its projections otherwise than {', '.join(PROJECTIONS)}.")
    return LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=settings.dropout,
        target_modules=present,
        bias="none",
        task_type="CAUSAL_LM",
    )


def load_adapter(model, folder: Path):
    """An adapter that was trained before, on top of its base, to be trained on."""
    try:
        return PeftModel.from_pretrained(model, str(folder), is_trainable=True)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise Problem(f"{folder} holds no adapter of this base: {str(error).splitlines()[0]}") from error


def adapter_config(folder: Path) -> dict:
    """The configuration of an adapter on the disk."""
    try:
        return json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise Problem(f"{folder} has no adapter_config.json that can be read: it is no adapter.") from error
