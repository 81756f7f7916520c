"""How commands end: what a person can act on is one sentence, a signal ends in order, a fault keeps its traceback."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner

import tf_selfvae as sv
from tests.small import CONFIGS, pictures
from tf_selfvae import errors, files
from tf_selfvae.cli.app import _SECTIONS, main
from tf_selfvae.cli.common import command

ROOT = Path(__file__).parents[2]
CONFIG = CONFIGS["vae"]


def ends(function, *options):
    """Run a command that calls a function, as one of the group's."""
    group = click.Group(params=main.params, callback=lambda traceback: None)
    group.add_command(command("selfvae it", name="it")(function))
    return CliRunner().invoke(group, [*options, "it"])


def raising(error):
    def function():
        raise error

    return function


@pytest.mark.parametrize("kind", errors.Told.__subclasses__())
def test_what_a_person_can_act_on_is_one_sentence(kind):
    result = ends(raising(kind("the reason")))
    assert result.exit_code == 1 and result.output == "Error: the reason\n"
    assert type(ends(raising(kind("the reason")), "--traceback").exception) is kind


@pytest.mark.parametrize("kind", [ValueError, RuntimeError, OSError, ArithmeticError, ImportError, KeyError])
def test_a_fault_keeps_its_traceback(kind):
    result = ends(raising(kind("a fault of ours")))
    assert type(result.exception) is kind and result.output == ""


def test_ctrl_c_ends_in_order():
    result = ends(raising(KeyboardInterrupt()))
    assert result.exit_code == 130 and result.output == "Error: interrupted by SIGINT\n"


def test_sigterm_ends_in_order(tmp_path):
    def half_written():
        with files.atomic_folder(tmp_path / "it") as folder:
            (folder / "half").touch()
            os.kill(os.getpid(), signal.SIGTERM)
            signal.pause()

    before = signal.getsignal(signal.SIGTERM)
    result = ends(half_written)
    assert result.exit_code == 143 and result.output == "Error: interrupted by SIGTERM\n"
    assert not os.listdir(tmp_path) and signal.getsignal(signal.SIGTERM) is before


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ends")
    images = pictures(CONFIG, 40)
    model = sv.SelfVAE(CONFIG)
    model.data_init(images)
    model.save(folder / "m.keras")
    np.savez(folder / "images.npz", images=images)
    (folder / "no.json").write_text("{")
    (folder / "latin.json").write_bytes(b"\xff")
    (folder / "field.json").write_text('{"nope": 1}')
    (folder / "newer.json").write_text('{"version": 3, "nope": 1}')
    (folder / "list.json").write_text("[]")
    (folder / "no.keras").write_bytes(b"PK")
    run = sv.Run(folder / "run")
    run.create(CONFIG, {"data": "photos32"})
    run.settings.write_text("{")
    model.save(run.model)
    return folder


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["train", "--config", "{}/no.json"], "{}/no.json: expected JSON, got something else (Expecting property name"),
        (["train", "--config", "{}/latin.json"], "{}/latin.json: expected JSON, got something else ('utf-8' codec"),
        (["train", "--config", "{}/field.json"], "{}/field.json: Config: nope: Unexpected keyword argument (got 1)"),
        (["train", "--config", "{}/newer.json"], "{}/newer.json: Config: expected version 2, got 3: it was made"),
        (["train", "--config", "{}/list.json"], "{}/list.json: expected JSON with an object, got something else"),
        (["sample", "{}/no.keras"], "model: {}/no.keras cannot be loaded as a SelfVAE:"),
        (["sample", "{}/m.keras", "-o", "{}/m.keras/s.png"], "--output: expected a folder that can be made"),
        (["evaluate", "{}/run"], "{}/run/settings.json: expected JSON, got something else"),
        (["evaluate", "{}/m.keras", "--data", "npz:{}/images.npz", "--cache", "{}/m.keras/c"], "cache: expected"),
        (["table", "{}/run"], "{}/run/settings.json: expected JSON, got something else"),
        (["export", "{}/m.keras", "--format", "saved_model", "-o", "{}/no.json/a"], "folder: expected a folder"),
        (["report", "{}/m.keras"], "run: {}/m.keras is not a run"),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_names(folder, arguments, sentence):
    if arguments[0] == "train":
        arguments = [*arguments, "--data", "photos32", "--epochs", "1", "--run", "{}/new"]
    arguments = [argument.replace("{}", str(folder)) for argument in arguments]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1 and isinstance(result.exception, SystemExit), result.exception
    assert result.output.startswith("Error: " + sentence.replace("{}", str(folder)))
    assert len(result.output.splitlines()) == 1


def test_evaluate_writes_no_control_characters_into_a_pipe(folder):
    arguments = ["evaluate", folder / "m.keras", "--data", f"npz:{folder / 'images.npz'}", "--cache", folder / "cache"]
    done = subprocess.run(
        [sys.executable, "-m", "tf_selfvae", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "XDG_CACHE_HOME": str(folder / "xdg")},
        capture_output=True,
        check=True,
    )
    assert b"bits per dimension of x" in done.stdout and done.stderr == b""
    assert not set(done.stdout) & set(b"\r\b\x1b")


def test_help_groups_the_commands_and_gives_examples():
    text = CliRunner().invoke(main, ["--help"]).output
    places = [text.index(f"\n{title}:\n") for title in _SECTIONS]
    assert places == sorted(places) and "\nMore:\n" not in text and "\n  Example:\n    selfvae train" in text
    for name in main.commands:
        assert f"\n  {name} " in text
        shown = CliRunner().invoke(main, [name, "--help"]).output
        assert f"\n  Example:\n    selfvae {name}" in shown


def test_a_command_that_no_section_names_is_listed_last():
    group = click.Group(commands={"new": click.Command("new", help="Something new.")})
    group = type(main)(commands=group.commands, sections=_SECTIONS)
    assert "More:\n  new  Something new.\n" in CliRunner().invoke(group, ["--help"]).output
