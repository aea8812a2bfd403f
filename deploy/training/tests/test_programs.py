"""The programs as they are run: they learn, stop, go on, convert, and say what is wrong."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import gguf
import pytest
import torch
from conftest import answers, pairs, write_lines
from safetensors.torch import load_file

import convert
import mdpo
import sft as sft_program
from querent_training.base_model import find_base, unpack
from querent_training.problems import Problem, run_program

HERE = Path(__file__).resolve().parents[1]
SMALL = ["batch=2", "accumulate=1", "max_length=256", "dtype=float32", "recompute=false", "save_every=2", "learning_rate=0.01", "rank=4"]


def command(program: str, *words: object, sets=SMALL) -> list[str]:
    options = [part for one in sets for part in ("--set", one)] if program in ("sft.py", "mdpo.py") else []
    return [sys.executable, str(HERE / program), *map(str, words), *options]


class Ended(NamedTuple):
    """How a program ended, as whoever called it sees it."""

    returncode: int
    stdout: str
    stderr: str


def run(program: str, *words: object, sets=SMALL) -> Ended:
    """A program's own main, in this process: importing PyTorch anew takes longer than all that is trained here."""
    said = io.StringIO()
    argv = command(program, *words, sets=sets)[1:]
    main = {"sft.py": sft_program.main, "mdpo.py": mdpo.main, "convert.py": convert.main}[program]
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(said):
        patch.setattr(sys, "argv", argv)
        try:
            main()
        except Problem as problem:
            return Ended(1, said.getvalue(), str(problem))
    return Ended(0, said.getvalue(), "")


def sft(base, data, out, *words, sets=SMALL) -> Ended:
    named = ["--base", base, "--data", data, "--out", out, "--task", "sql", "--style", "kinds"]
    return run("sft.py", *named, *words, sets=sets)


@pytest.fixture(scope="module")
def trained(base, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    out = folder / "pets"
    made = sft(base, write_lines(folder / "answers.jsonl", answers()), out, sets=[*SMALL, "max_steps=4"])
    assert made.returncode == 0, made.stderr
    return out


def test_an_adapter_is_trained_with_a_manifest_beside_it(trained, base):
    manifest = json.loads((trained / "manifest.json").read_text())
    assert manifest["version"] == 1
    assert (manifest["name"], manifest["task"], manifest["style"], manifest["method"]) == ("pets", "sql", "kinds", "sft")
    assert manifest["base"]["name"] == base.name
    assert (manifest["base"]["width"], manifest["base"]["layers"]) == (32, 2)
    assert manifest["data"]["lines"] == 8
    assert manifest["trained"]["steps"] == 4
    weights = load_file(trained / "adapter_model.safetensors")
    assert {name.split(".")[-3] for name in weights} == {
        "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"
    }  # fmt: skip
    assert any(one.abs().sum() > 0 for name, one in weights.items() if "lora_B" in name)


def test_the_loss_falls_and_is_written_down(base, answers_file, tmp_path):
    made = sft(base, answers_file, tmp_path / "a", "--evaluate", answers_file, sets=[*SMALL, "max_steps=12"])
    assert made.returncode == 0, made.stderr
    assert "step 1 of 12: loss " in made.stdout and "step 12 of 12: loss " in made.stdout
    loss = json.loads((tmp_path / "a" / "manifest.json").read_text())["heldBackLoss"]
    assert loss["after"] < loss["before"]
    assert len((tmp_path / "a" / "log.jsonl").read_text().splitlines()) >= 12


def test_the_same_seed_gives_the_same_adapter(trained, base, answers_file, tmp_path):
    assert sft(base, answers_file, tmp_path / "pets", sets=[*SMALL, "max_steps=4"]).returncode == 0
    ours, theirs = load_file(tmp_path / "pets" / "adapter_model.safetensors"), load_file(trained / "adapter_model.safetensors")
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_a_run_that_was_interrupted_ends_as_if_it_had_not_been(base, answers_file, tmp_path):
    """Ctrl-C after some step: it keeps that step, and goes on there to the same weights bit for bit."""
    steps = [*SMALL, "max_steps=40"]
    assert sft(base, answers_file, tmp_path / "straight", sets=steps).returncode == 0
    named = ["--base", base, "--data", answers_file, "--out", tmp_path / "stopped", "--task", "sql", "--style", "kinds"]
    running = subprocess.Popen(command("sft.py", *named, sets=steps), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    log = tmp_path / "stopped" / "log.jsonl"
    until = time.monotonic() + 300
    while not (log.exists() and len(log.read_text().splitlines()) >= 3):
        assert running.poll() is None and time.monotonic() < until, "it never came to a third step"
        time.sleep(0.05)
    os.kill(running.pid, signal.SIGINT)
    _, said = running.communicate(timeout=300)
    assert running.returncode == 130, said
    assert "--resume goes on there" in said
    assert not (tmp_path / "stopped" / "adapter_model.safetensors").exists()
    again = sft(base, answers_file, tmp_path / "stopped", "--resume", sets=steps)
    assert again.returncode == 0, again.stderr
    assert "goes on at checkpoint-" in again.stdout
    ours = load_file(tmp_path / "stopped" / "adapter_model.safetensors")
    theirs = load_file(tmp_path / "straight" / "adapter_model.safetensors")
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_a_checkpoint_that_was_cut_off_is_left_out(trained, base, answers_file, tmp_path):
    steps = [*SMALL, "max_steps=4"]
    assert sft(base, answers_file, tmp_path / "a", sets=steps).returncode == 0
    torn = tmp_path / "a" / "checkpoints" / "checkpoint-4"
    (torn / "whole").unlink()
    (torn / "optimizer.pt").write_bytes(b"")
    again = sft(base, answers_file, tmp_path / "a", "--resume", sets=steps)
    assert again.returncode == 0, again.stderr
    assert "checkpoint-4 was cut off while it was written: left out." in again.stdout
    assert "goes on at checkpoint-2" in again.stdout
    ours, theirs = load_file(tmp_path / "a" / "adapter_model.safetensors"), load_file(trained / "adapter_model.safetensors")
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_pairs_are_trained_from_the_adapter_of_answers_and_go_on(trained, base, pairs_file, tmp_path):
    out = tmp_path / "better"
    named = ["--base", base, "--data", pairs_file, "--out", out, "--task", "sql", "--style", "kinds"]
    told_apart = pairs()
    longer = {**told_apart[0], "chosen": [{"role": "assistant", "content": "SELECT name FROM pet " * 400}]}
    held_back = write_lines(tmp_path / "held.jsonl", [*told_apart, longer])
    begun = run("mdpo.py", *named, "--from", trained, "--evaluate", held_back, sets=[*SMALL, "max_steps=6"])
    assert begun.returncode == 0, begun.stderr
    manifest = json.loads((out / "manifest.json").read_text())
    assert (manifest["method"], manifest["start"]["name"]) == ("mdpo", "pets")
    assert (manifest["heldBack"]["pairs"], manifest["heldBack"]["tooLong"]) == (len(told_apart), 1)
    assert manifest["heldBack"]["rewardAccuracy"] == 1
    assert manifest["heldBack"]["rewardMargin"] > 0
    before, after = load_file(trained / "adapter_model.safetensors"), load_file(out / "adapter_model.safetensors")
    assert before.keys() == after.keys()
    assert any(not torch.equal(before[name], after[name]) for name in before)
    for name in ("checkpoint-6",):
        (out / "checkpoints" / name / "whole").unlink()
    again = run("mdpo.py", *named, "--from", trained, "--evaluate", held_back, "--resume", sets=[*SMALL, "max_steps=6"])
    assert again.returncode == 0, again.stderr
    assert "goes on at checkpoint-4" in again.stdout
    resumed = load_file(out / "adapter_model.safetensors")
    assert all(torch.equal(resumed[name], after[name]) for name in after)


def test_it_converts_to_what_llama_cpp_reads(trained, base, tmp_path):
    out = tmp_path / "pets.gguf"
    made = run("convert.py", trained, "--base", base, "--out", out)
    assert made.returncode == 0, made.stderr
    read = gguf.GGUFReader(out)
    fields = {name: field.contents() for name, field in read.fields.items()}
    assert (fields["general.type"], fields["adapter.type"], fields["general.architecture"]) == ("adapter", "lora", "qwen2")
    assert fields["adapter.lora.alpha"] == 32
    tensors = {tensor.name: torch.from_numpy(tensor.data.copy()) for tensor in read.tensors}
    assert len(tensors) == 2 * 7 * 2
    weights = load_file(trained / "adapter_model.safetensors")
    key = "base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight"
    assert torch.equal(tensors["blk.1.attn_q.weight.lora_a"], weights[key])


@pytest.mark.skipif("LLAMA_CPP" not in os.environ, reason="LLAMA_CPP names no folder with llama.cpp's convert_lora_to_gguf.py")
def test_llama_cpps_own_converter_writes_the_same_tensors(trained, base, tmp_path):
    ours, theirs = tmp_path / "ours.gguf", tmp_path / "theirs.gguf"
    assert run("convert.py", trained, "--base", base, "--out", ours).returncode == 0
    converter = Path(os.environ["LLAMA_CPP"]) / "convert_lora_to_gguf.py"
    made = run("convert.py", trained, "--base", base, "--out", theirs, "--converter", converter)
    assert made.returncode == 0, made.stderr
    mine, other = gguf.GGUFReader(ours), gguf.GGUFReader(theirs)
    assert {t.name: t.data.tobytes() for t in mine.tensors} == {t.name: t.data.tobytes() for t in other.tensors}
    said = {name: field.contents() for name, field in mine.fields.items()}
    known = {name: field.contents() for name, field in other.fields.items()}
    described = ("general.name", "general.base_model", "general.tags", "GGUF.kv_count")
    assert {name: value for name, value in said.items() if not name.startswith(described)} == {
        name: value for name, value in known.items() if not name.startswith(described)
    }


def test_an_unpacked_base_is_the_same_base(trained, base, answers_file, tmp_path):
    unpack(find_base(str(base)), tmp_path / "unpacked", "float32")
    packed, unpacked = find_base(str(base)), find_base(str(tmp_path / "unpacked"))
    assert (unpacked.name, unpacked.sha256) == (packed.name, packed.sha256)
    assert run("convert.py", trained, "--base", unpacked.folder, "--out", tmp_path / "pets.gguf").returncode == 0
    assert sft(unpacked.folder, answers_file, tmp_path / "pets", sets=[*SMALL, "max_steps=4"]).returncode == 0
    ours, theirs = load_file(tmp_path / "pets" / "adapter_model.safetensors"), load_file(trained / "adapter_model.safetensors")
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def says(made: Ended, sentence: str) -> None:
    assert made.returncode == 1, made.stdout + made.stderr
    assert sentence in made.stderr


def test_what_is_no_chat_line_is_told_by_its_line(base, pairs_file, tmp_path):
    file = tmp_path / "odd.jsonl"
    file.write_text('{"messages": []}\n')
    says(sft(base, file, tmp_path / "a"), "line 1, messages is no list of messages.")
    file.write_text("SELECT 1\n")
    says(sft(base, file, tmp_path / "a"), "line 1 is no JSON: is this the file that training:export wrote?")
    file.write_text("")
    says(sft(base, file, tmp_path / "a"), "has no lines: nothing can be learned from it.")
    says(sft(base, pairs_file, tmp_path / "a"), "It holds preferences: mdpo.py trains on these.")
    says(sft(base, tmp_path / "gone.jsonl", tmp_path / "a"), "cannot be read as text")


def test_a_problem_ends_a_program_with_one_line(tmp_path):
    words = ["--base", tmp_path, "--data", tmp_path / "gone.jsonl", "--out", tmp_path / "a", "--task", "sql", "--style", "kinds"]
    made = subprocess.run(command("sft.py", *words), capture_output=True, text=True, timeout=300, check=False)
    assert made.returncode == 1
    assert made.stderr.splitlines()[-1].startswith(str(tmp_path / "gone.jsonl"))
    assert "Traceback" not in made.stderr


def test_a_program_that_is_ended_at_once_says_how_it_goes_on(capsys):
    def ended() -> None:
        raise KeyboardInterrupt

    with pytest.raises(SystemExit) as status:
        run_program(ended)
    assert status.value.code == 130
    assert capsys.readouterr().err.startswith("Stopped at once; --resume goes on at the last checkpoint")


def test_pairs_without_a_margin_are_told(base, answers_file, tmp_path):
    named = ["--base", base, "--out", tmp_path / "a", "--task", "sql", "--style", "kinds"]
    says(run("mdpo.py", *named, "--data", answers_file), "It holds answers: sft.py trains on these.")
    flat = write_lines(tmp_path / "flat.jsonl", [{**pairs()[0], "margin": 0}])
    says(run("mdpo.py", *named, "--data", flat), "has the margin 0, which is no number above 0 and at most 1.")


def test_an_adapter_of_another_base_is_refused(trained, base, other_base, answers_file, tmp_path):
    says(run("convert.py", trained, "--base", other_base), "is an adapter of another base (tiny)")
    says(sft(other_base, answers_file, tmp_path / "a", "--from", trained), "is an adapter of another base (tiny)")


def test_a_half_written_adapter_is_told(trained, base, tmp_path):
    torn = tmp_path / "torn"
    torn.mkdir()
    for name in ("manifest.json", "adapter_config.json"):
        (torn / name).write_bytes((trained / name).read_bytes())
    whole = (trained / "adapter_model.safetensors").read_bytes()
    (torn / "adapter_model.safetensors").write_bytes(whole[: len(whole) // 2])
    says(run("convert.py", torn, "--base", base), "was cut off while it was written")


def test_a_run_goes_on_only_as_the_same_run(base, answers_file, tmp_path):
    assert sft(base, answers_file, tmp_path / "a", sets=[*SMALL, "max_steps=2"]).returncode == 0
    says(sft(base, answers_file, tmp_path / "a", sets=[*SMALL, "max_steps=2"]), "holds a run already: --resume goes on with it")
    says(sft(base, answers_file, tmp_path / "a", "--resume", sets=[*SMALL, "max_steps=3"]), "was begun with other settings")
    says(sft(base, answers_file, tmp_path / "b", "--resume"), "there is no run to go on with")


def test_the_card_beside_the_lines_says_what_they_are_of(base, tmp_path):
    write_lines(tmp_path / "sql.jsonl", answers())
    card = {
        "version": 1,
        "settings": {"style": "kinds"},
        "tasks": {"sql": {"file": "sql.jsonl", "lines": 8}},
        "databases": [{"id": "pets", "columns": ["00ff", "11ee"]}, {"id": "others"}],
    }
    (tmp_path / "card.json").write_text(json.dumps(card))
    named = ["--base", base, "--data", tmp_path / "sql.jsonl"]
    made = run("sft.py", *named, "--out", tmp_path / "a", "--only-for", "pets", "others", sets=[*SMALL, "max_steps=1"])
    assert made.returncode == 0, made.stderr
    manifest = json.loads((tmp_path / "a" / "manifest.json").read_text())
    assert (manifest["task"], manifest["style"]) == ("sql", "kinds")
    assert manifest["databases"] == {"pets": ["00ff", "11ee"], "others": []}
    says(run("sft.py", *named, "--out", tmp_path / "b", "--only-for", "shop"), "the data card has no database of that name.")
    assert run("sft.py", *named, "--out", tmp_path / "c", sets=[*SMALL, "max_steps=1"]).returncode == 0
    assert "databases" not in json.loads((tmp_path / "c" / "manifest.json").read_text()), "it is for any"


def test_what_it_is_trained_for_must_be_said(base, answers_file, tmp_path):
    made = run("sft.py", "--base", base, "--data", answers_file, "--out", tmp_path / "a")
    says(made, "For which task and style is it trained?")
    says(sft(base, answers_file, tmp_path / "a", sets=["rnak=4"]), "rnak: no such setting; there are rank,")
    says(sft("no-such-model", answers_file, tmp_path / "a"), "no-such-model is no folder here")


@pytest.mark.parametrize("config", sorted((HERE / "configs").glob("*.yaml")), ids=lambda file: file.stem)
def test_every_configuration_is_of_settings_that_there_are(config):
    sys.path.insert(0, str(HERE))
    from querent_training.settings import read_settings

    assert read_settings(config, {}).seed == 1
