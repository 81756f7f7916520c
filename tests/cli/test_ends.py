"""How commands end: what a person can act on is one sentence, a signal ends in order, a fault keeps its traceback."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

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
    (folder / "newer.json").write_text('{"version": 4, "nope": 1}')
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
        (["train", "--config", "{}/newer.json"], "{}/newer.json: Config: expected version 3, got 4: it was made"),
        (["train", "--config", "{}/list.json"], "{}/list.json: expected JSON with an object, got something else"),
        (["sample", "{}/no.keras"], "model: {}/no.keras cannot be loaded as a SelfVAE:"),
        (["evaluate", "{}/run"], "{}/run/settings.json: expected JSON, got something else"),
        (["evaluate", "{}/m.keras", "--data", "npz:{}/images.npz", "--cache", "{}/m.keras/c"], "cache: expected"),
        (["table", "{}/run"], "{}/run/settings.json: expected JSON, got something else"),
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


_WRITERS = {
    "sample": ["{}/m.keras"],
    "reconstruct": ["{}/m.keras", "{}/p.png"],
    "transforms": ["{}/p.png"],
    "compress": ["{}/p.png"],
    "table": ["{}/run"],
    "score": ["{}/m.keras", "{}/p.png"],
    "report": ["{}/run"],
    "export": ["{}/m.keras", "--format", "tfjs"],
    "merge": ["{}/run", "{}/run"],
}
_INTO_FOLDERS = ("score", "report", "export", "merge")


def refused_outputs():
    """Yield (command, output, what is said of it)."""
    for name in _WRITERS:
        ending = ".svae" if name == "compress" else ".png"
        into, file = ("", "a file") if name in _INTO_FOLDERS else (ending, "a folder")
        yield name, f"{{}}/no.json/x{into}", "can't be written (Not a directory)"
        yield name, f"{{}}/{'x' * 300}{into}", "can't be written (File name too long)"
        yield name, f"{{}}/\udcfc{into}", "expected a path in UTF-8, got"
        yield name, "{}/m.keras" if name in _INTO_FOLDERS else f"{{}}/d{ending}", f"which is {file}"
        if name in ("sample", "reconstruct", "transforms"):
            yield name, "{}/new/x.txt", "expected a name ending in .png, .jpg, .jpeg, .webp, got"
        if sys.platform == "linux":
            yield name, f"/proc/new/x{into}", "can't be written ("  # to nobody, not even to an administrator


@pytest.mark.parametrize("name, output, said", refused_outputs())
def test_where_a_result_can_not_go_is_told_before_the_work(folder, monkeypatch, name, output, said):
    def work(*_):
        raise AssertionError("the work began")

    monkeypatch.setattr("tf_selfvae.cli.common.check_backend", work)
    for ending in (".png", ".svae"):
        (folder / f"d{ending}").mkdir(exist_ok=True)
    arguments = [argument.replace("{}", str(folder)) for argument in [*_WRITERS[name], "-o", output]]
    before = sorted(folder.rglob("*"))
    result = CliRunner().invoke(main, [name, *arguments])
    assert result.exit_code == 1 and isinstance(result.exception, SystemExit), result.exception
    assert result.output.startswith("Error: --output: ") and said in result.output
    assert len(result.output.splitlines()) == 1 and sorted(folder.rglob("*")) == before


def test_where_a_result_can_go_is_left_as_it_is(tmp_path):
    for output, endings in (("a/b/c", None), ("a/b/c.png", (".png",)), ("a/b/c", ()), (".", None)):
        files.check_output(tmp_path / output, "output", endings)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("place", ["sample \0", "train --run \0", "evaluate m --cache \ud800", "tune --run \0"])
def test_what_no_system_can_have_as_a_path_is_a_mistake(place):
    result = CliRunner().invoke(main, place.split(" "))
    assert result.exit_code == 2 and "is no path (" in result.output, result.exception


_NAMES = [
    ("run", ["--data", "npz:{}/images.npz", "--run", "{}/r\u00fcn", "--cache", "{}/cache"]),
    ("data", ["--data", "folder:{}/\u00fc", "--run", "{}/ascii", "--cache", "{}/cache"]),
    ("cache", ["--data", "npz:{}/images.npz", "--run", "{}/ascii", "--cache", "{}/\u00fc"]),
]
# Each command as from a line of its own, and its end on both streams.
_IN_TURN = """
import sys
from tf_selfvae.cli.app import main
for line in sys.argv[1:]:
    try:
        main(line.split("|"))
    except SystemExit as end:
        for stream in (sys.stdout, sys.stderr):
            print(f"{end.code} is how it ended", file=stream, flush=True)
"""


@pytest.fixture(scope="module")
def in_ascii(folder):
    """Commands into pipes in one new process, where the system's encoding is ASCII: each one's status and streams."""
    (folder / "vae.json").write_text(CONFIG.to_json())
    Image.fromarray(pictures(CONFIG, 1)[0]).save(folder / "b\u00fcld.png")
    commands = {name: ["train", "--config", "{}/vae.json", "--epochs", "1", *options] for name, options in _NAMES}
    commands["transforms"] = ["transforms", "{}/b\u00fcld.png", "-o", "{}/t.png"]
    commands["evaluate"] = ["evaluate", "{}/m.keras", "--data", "npz:{}/images.npz", "--cache", "{}/cache"]
    lines = [os.fsencode("|".join(command).replace("{}", str(folder))) for command in commands.values()]
    names = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONPATH": str(ROOT)}
    environment = {**os.environ, **names, "TF_CPP_MIN_LOG_LEVEL": "2", "XDG_CACHE_HOME": str(folder / "xdg")}
    done = subprocess.run([sys.executable, "-c", _IN_TURN, *lines], env=environment, capture_output=True)
    ends = [re.findall(r"(.*?)(\d+) is how it ended\n", s.decode("ascii"), re.S) for s in (done.stdout, done.stderr)]
    assert len(ends[0]) == len(ends[1]) == len(commands), done
    return {name: (int(status), out, err) for name, (out, status), (err, _) in zip(commands, *ends)}


_UNICODE = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the system's names are always Unicode there")


@_UNICODE
@pytest.mark.parametrize("place", [name for name, _ in _NAMES])
def test_names_that_the_locale_can_not_tell_are_refused_before_the_work(folder, in_ascii, place):
    status, printed, said = in_ascii[place]
    assert status == 1 and said.startswith(f"Error: {place}: expected a path in UTF-8, got "), said
    assert said.endswith("; if its name is UTF-8, run Python with PYTHONUTF8=1\n") and len(said.splitlines()) == 1
    assert not printed and not (folder / "ascii").exists()


@_UNICODE
def test_a_picture_may_have_any_name(folder, in_ascii):
    assert in_ascii["transforms"] == (0, f"wrote {folder / 't.png'}\n", "")


@_UNICODE
def test_evaluate_writes_no_control_characters_into_a_pipe(in_ascii):
    status, printed, said = in_ascii["evaluate"]
    assert status == 0 and "bits per dimension of x" in printed and said == ""
    assert not set(printed) & set("\r\b\x1b")


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
