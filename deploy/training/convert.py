"""Writes an adapter as GGUF, for llama.cpp's --lora. `python convert.py --help` lists what it takes."""

import argparse
import subprocess
import sys
from pathlib import Path

from querent_training.base_model import config_of, find_base
from querent_training.gguf_adapter import write_gguf
from querent_training.manifest import check_base, read_manifest
from querent_training.problems import Problem, run_program


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("adapter", type=Path, help="the folder that sft.py or mdpo.py wrote")
    parser.add_argument("--base", required=True, help="the base, as it was named in training")
    parser.add_argument("--out", type=Path, help="the file; NAME.gguf in the adapter's folder, if absent")
    parser.add_argument("--converter", type=Path, help="llama.cpp's convert_lora_to_gguf.py, for other architectures than Qwen's")
    options = parser.parse_args()
    base = find_base(options.base)
    check_base(options.adapter, read_manifest(options.adapter), base.sha256)
    out = options.out or options.adapter / f"{options.adapter.resolve().name}.gguf"
    if options.converter:
        by_llama_cpp(options, base.folder, out)
    else:
        changed = write_gguf(options.adapter, config_of(base), out)
        print(f"{out}: {changed} weights changed")


def by_llama_cpp(options, base: Path, out: Path) -> None:
    """The converter reads the base's configuration from a folder; its own words say what is wrong."""
    command = [sys.executable, str(options.converter), "--base", str(base), "--outfile", str(out), str(options.adapter)]
    if subprocess.run(command, check=False).returncode:
        raise Problem(f"{options.converter} did not convert {options.adapter}.")


if __name__ == "__main__":
    run_program(main)
