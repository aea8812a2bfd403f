"""The model that an adapter is trained on: a folder of Hugging Face's format, a hub's name, or one GGUF file."""

import dataclasses
import hashlib
import json
from pathlib import Path

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, GgufConfig

from .chat_data import hash_of_file
from .problems import Problem

#: The files of a folder that make a model what it is.
WEIGHTS = ("*.safetensors", "*.bin", "*.gguf")
FACTS_FILE = "config.json"
#: Beside weights that unpack.py wrote: of which base they are.
UNPACKED_FILE = "unpacked.json"


@dataclasses.dataclass(frozen=True)
class Base:
    """Where a base model lies, and what tells it apart from others."""

    name: str
    folder: Path
    gguf: str | None
    sha256: str

    def source(self) -> dict:
        return {"gguf_file": self.gguf} if self.gguf else {}


def find_base(given: str, name: str | None = None) -> Base:
    """Finds a base and its hash. A hub's name is downloaded, once; anything else must be on this machine."""
    path = Path(given).expanduser()
    if path.suffix == ".gguf":
        if not path.is_file():
            raise Problem(f"{given} is not there.")
        return Base(name or path.stem, path.parent, path.name, hash_of_file(path))
    folder = path if path.is_dir() else _downloaded(given)
    if not (folder / FACTS_FILE).is_file():
        raise Problem(f"{given} has no {FACTS_FILE}: name the folder of a model, its .gguf file, or its name on the hub.")
    if (folder / UNPACKED_FILE).is_file():
        packed = json.loads((folder / UNPACKED_FILE).read_text(encoding="utf-8"))
        return Base(name or packed["name"], folder, None, packed["sha256"])
    return Base(name or given.rstrip("/").split("/")[-1], folder, None, _hash_of_folder(folder))


def unpack(base: Base, out: Path, dtype: str) -> None:
    """A base as a folder of plain weights that is the same base to manifests: several trainings need not turn a GGUF back each."""
    load_model(base, dtype).save_pretrained(out)
    load_tokenizer(base).save_pretrained(out)
    # Last: a folder that was cut off while it was written is not taken for the base.
    (out / UNPACKED_FILE).write_text(json.dumps({"name": base.name, "sha256": base.sha256}) + "\n", encoding="utf-8")


def load_tokenizer(base: Base):
    """The base's tokenizer, which must know how a chat is laid out."""
    tokenizer = AutoTokenizer.from_pretrained(base.folder, **base.source())
    if not tokenizer.chat_template:
        raise Problem(f"{base.name} has no chat template: train an instruct model, which the prompts are written for.")
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_model(base: Base, dtype: str):
    """The base's weights; those of a GGUF file are turned back into numbers first, which takes a minute for 0.5B."""
    kind = getattr(torch, dtype)
    unpacked = {"quantization_config": GgufConfig(dequantize=True)} if base.gguf else {}
    try:
        model = AutoModelForCausalLM.from_pretrained(base.folder, dtype=kind, **base.source(), **unpacked)
    except (OSError, ValueError) as error:
        raise Problem(f"{base.name} cannot be loaded: {str(error).splitlines()[0]}") from error
    return _without_packing(model, kind) if base.gguf else model


def _without_packing(model, kind: torch.dtype):
    """The same weights in a model that bears no mark of having been packed: one that does is not trained."""
    config = model.config.to_dict()
    config.pop("quantization_config", None)
    plain = AutoModelForCausalLM.from_config(type(model.config).from_dict(config), dtype=kind)
    plain.load_state_dict(model.state_dict())
    plain.generation_config = model.generation_config
    return plain


def facts_of(base: Base, model) -> dict:
    """What a server can be asked about the base that it serves."""
    config = model.config
    return {
        "name": base.name,
        "sha256": base.sha256,
        "parameters": sum(one.numel() for name, one in model.named_parameters() if "lora_" not in name),
        "width": config.hidden_size,
        "layers": config.num_hidden_layers,
        "vocabulary": config.vocab_size,
    }


def config_of(base: Base):
    return AutoConfig.from_pretrained(base.folder, **base.source())


def _downloaded(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    try:
        return Path(snapshot_download(name, allow_patterns=["*.json", "*.safetensors", "*.txt", "*.jinja", "*.model"]))
    except (HFValidationError, HfHubHTTPError, OSError) as error:
        raise Problem(f"{name} is no folder here, and no hub that can be reached has a model of that name.") from error


def _hash_of_folder(folder: Path) -> str:
    """One hash of all weights, by file name, and of the configuration: seconds a gigabyte."""
    files = sorted({file for pattern in WEIGHTS for file in folder.glob(pattern)} | {folder / FACTS_FILE})
    if len(files) == 1:
        raise Problem(f"{folder} has no weights ({', '.join(WEIGHTS)}).")
    lines = json.dumps([[file.name, hash_of_file(file)] for file in files])
    return hashlib.sha256(lines.encode()).hexdigest()
