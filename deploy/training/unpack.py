"""Turns a GGUF base back into weights once, for several trainings. `python unpack.py --help` lists what it takes."""

import argparse
from pathlib import Path

from querent_training.base_model import find_base, unpack
from querent_training.problems import run_program


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", help="the .gguf file, or another base")
    parser.add_argument("--out", type=Path, required=True, help="the folder to name as --base from then on")
    parser.add_argument("--dtype", choices=("bfloat16", "float32"), default="bfloat16", help="as the trainings have it")
    options = parser.parse_args()
    unpack(find_base(options.base), options.out, options.dtype)
    print(f"{options.out} is written; name it with --base.")


if __name__ == "__main__":
    run_program(main)
