"""An adapter in the format of llama.cpp, for the architectures whose projections it takes as they are."""

from pathlib import Path

import gguf
import torch
from safetensors import SafetensorError, safe_open

from .lora import PROJECTIONS, adapter_config
from .problems import Problem

#: Hugging Face's name and llama.cpp's. Others (Llama, for one) have their query and key rows put into another order first, which is
#: what llama.cpp's own converter is for.
AS_THEY_ARE = {"qwen2": gguf.MODEL_ARCH.QWEN2, "qwen3": gguf.MODEL_ARCH.QWEN3}
PREFIX = "base_model.model."


def write_gguf(adapter: Path, base_config, out: Path) -> int:
    """Writes an adapter as GGUF, 32-bit floats, and says how many weights it changes."""
    kind = AS_THEY_ARE.get(base_config.model_type)
    if kind is None:
        raise Problem(
            f"{base_config.model_type} is converted by llama.cpp's own converter: --converter PATH/convert_lora_to_gguf.py."
        )
    halves = _read_halves(adapter)
    names = gguf.get_tensor_name_map(kind, base_config.num_hidden_layers)
    fresh = out.with_suffix(".gguf.new")
    writer = gguf.GGUFWriter(fresh, gguf.MODEL_ARCH_NAMES[kind])
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_name(adapter.resolve().name)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, float(adapter_config(adapter)["lora_alpha"]))
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    for name, (down, up) in sorted(halves.items()):
        known = names.get_name(name, try_suffixes=(".weight",))
        if known is None:
            raise Problem(f"{adapter} changes {name}, which {base_config.model_type} does not have: it is of another base.")
        _fits(name, down, up, base_config, adapter)
        writer.add_tensor(f"{known}.lora_a", down.float().numpy())
        writer.add_tensor(f"{known}.lora_b", up.float().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    fresh.replace(out)
    return len(halves)


def _read_halves(adapter: Path) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    file = adapter / "adapter_model.safetensors"
    halves: dict[str, dict[str, torch.Tensor]] = {}
    try:
        with safe_open(file, framework="pt") as opened:
            for key in opened.keys():
                name, half = _part_of(key, file)
                halves.setdefault(name, {})[half] = opened.get_tensor(key)
    except (OSError, SafetensorError) as error:
        raise Problem(f"{file} is missing or was cut off while it was written; take a checkpoint that is whole.") from error
    if not halves or any(len(both) != 2 for both in halves.values()):
        raise Problem(f"{file} lacks a half of some change; take a checkpoint that is whole.")
    return {name: (both["A"], both["B"]) for name, both in halves.items()}


def _part_of(key: str, file: Path) -> tuple[str, str]:
    for half in ("A", "B"):
        ending = f".lora_{half}.weight"
        if key.endswith(ending) and key.split(".")[-3] in PROJECTIONS:
            return f"{key.removeprefix(PREFIX).removesuffix(ending)}.weight", half
    raise Problem(f"{file} has {key}, which is no change of an attention's or MLP's projection: it does not convert.")


def _fits(name: str, down: torch.Tensor, up: torch.Tensor, config, adapter: Path) -> None:
    """A change of another width is one of another base, whatever its names."""
    at, _, _ = name.removesuffix(".weight").rpartition(".")
    projection = name.removesuffix(".weight").rsplit(".", 1)[-1]
    head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    queries, keys = head * config.num_attention_heads, head * config.num_key_value_heads
    width, inner = config.hidden_size, config.intermediate_size
    sizes = {
        "q_proj": (width, queries),
        "k_proj": (width, keys),
        "v_proj": (width, keys),
        "o_proj": (queries, width),
        "gate_proj": (width, inner),
        "up_proj": (width, inner),
        "down_proj": (inner, width),
    }
    if (down.shape[1], up.shape[0]) != sizes[projection]:
        raise Problem(f"{adapter} changes {at}.{projection} of another size: it is an adapter of another base.")
