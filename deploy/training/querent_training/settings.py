"""What a configuration file can say; every fault is a sentence."""

import dataclasses
from pathlib import Path

import yaml

from .problems import Problem


@dataclasses.dataclass(frozen=True)
class Settings:
    """How an adapter is trained. Defaults are those of docs/sources.md#learnat-training for one GPU."""

    rank: int = 16
    alpha: int = 32
    dropout: float = 0.05
    learning_rate: float = 1e-4
    epochs: float = 3.0
    #: Steps in place of epochs, where above 0.
    max_steps: int = -1
    #: Rows that are read at once.
    batch: int = 4
    accumulate: int = 8
    #: Tokens of a row at most.
    max_length: int = 4096
    #: Lines of a row at most, which read what their prompts begin with once (only sft.py).
    together: int = 1
    warmup: float = 0.03
    schedule: str = "cosine"
    dtype: str = "bfloat16"
    #: Trades a third more work for the memory of the layers between.
    recompute: bool = True
    save_every: int = 100
    seed: int = 1
    #: Only mdpo.py reads what follows.
    beta: float = 0.1
    margin_weight: float = 1.0
    margin_form: str = "difference"
    sft_weight: float = 0.1


CHOICES = {"margin_form": ("difference", "logarithm"), "dtype": ("bfloat16", "float32"), "schedule": ("cosine", "linear", "constant")}
MAY_BE_ZERO = {"dropout", "warmup", "margin_weight", "sft_weight", "seed"}


def read_settings(file: Path | None, over: dict[str, object]) -> Settings:
    """Settings of a file, with those of the command line in their place."""
    given = {**(_read_yaml(file) if file else {}), **over}
    fields = {field.name: field.type for field in dataclasses.fields(Settings)}
    unknown = [name for name in given if name not in fields]
    if unknown:
        raise Problem(f"{', '.join(unknown)}: no such setting; there are {', '.join(fields)}.")
    return Settings(**{name: _checked(name, value, fields[name]) for name, value in given.items()})


def _read_yaml(file: Path) -> dict[str, object]:
    try:
        read = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError) as error:
        raise Problem(f"{file} cannot be read as YAML: {str(error).splitlines()[0].rstrip('.')}.") from error
    if not isinstance(read, dict):
        raise Problem(f"{file} is no list of settings with their values.")
    return read


def _checked(name: str, value: object, kind: type) -> object:
    if name in CHOICES:
        if value not in CHOICES[name]:
            raise Problem(f"{name} is {value!r}; it must be one of {', '.join(CHOICES[name])}.")
        return value
    if kind is bool:
        if not isinstance(value, bool):
            raise Problem(f"{name} is {value!r}; it must be true or false.")
        return value
    # YAML reads 1e-4 as text.
    try:
        number = kind(str(value))
    except ValueError as error:
        raise Problem(f"{name} is {value!r}; it must be a number.") from error
    if name != "max_steps" and (number < 0 or (number == 0 and name not in MAY_BE_ZERO)):
        raise Problem(f"{name} is {value!r}; it must be above 0.")
    return number
