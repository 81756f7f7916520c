"""Pictures, runs' files and command lines with something wrong: each is taken, or refused in one sentence."""

import dataclasses
import io
import json
from pathlib import Path

import numpy as np
from click.testing import CliRunner
from hypothesis import strategies
from PIL import Image

import tf_selfvae as sv
from tests.small import config, pictures
from tf_selfvae.cli.app import main
from tf_selfvae.data.fingerprint import Known
from tf_selfvae.data.pictures import open_picture
from tf_selfvae.errors import Told
from tf_selfvae.evaluation.run_record import read_record
from tf_selfvae.runs import load_model

FORMATS = ("JPEG", "PNG", "GIF", "TIFF", "WEBP", "BMP", "ICO", "PPM", "TGA", "JPEG2000", "AVIF", "PCX", "SGI", "DDS")
MODES = ("RGB", "L", "P", "RGBA", "1", "I;16", "CMYK")
COMMANDS = ("train", "evaluate", "frechet", "report", "table", "sample", "reconstruct", "transforms", "score", "export")
OPTIONS = (
    *("--preset", "--config", "--data", "--run", "--size", "--minutes", "--clock", "--epochs", "--seed", "--resume"),
    *("--set", "--cache", "--limit", "--count", "-n", "-t", "-o", "--format", "--features", "--split", "--memory"),
    *("--strategy", "--precision", "--importance-samples", "--checkpoint-seconds", "--output", "--levels", "--from"),
)
VALUES = (
    "0",
    "-1",
    "1",
    "nan",
    "inf",
    "1e999",
    "",
    ".",
    "/",
    "photos65",
    "npz:absent.npz",
    "folder:\0",
    "vae-32-small",
)


def whole_pictures():
    """Yield files of every format and mode that Pillow writes here."""
    random = np.random.default_rng(0)
    for mode in MODES:
        picture = Image.fromarray(random.integers(0, 256, [16, 16, 4], np.uint8))
        grey = Image.fromarray(random.integers(0, 2**16, [16, 16]).astype(np.uint16))
        picture = grey if mode == "I;16" else picture.convert(mode)
        for form in FORMATS:
            file = io.BytesIO()
            try:
                picture.save(file, form)
            except (OSError, ValueError):  # no such mode in that format
                continue
            yield file.getvalue()


@dataclasses.dataclass(frozen=True)
class Mutation:
    """What is done to a file's bytes: where it is cut (a fraction), and bytes that are put at places (fractions)."""

    end: float
    changes: tuple

    def of(self, whole):
        broken = bytearray(whole[: round(self.end * len(whole))])
        for place, values in self.changes:
            at = round(place * len(broken))
            broken[at : at + len(values)] = values
        return bytes(broken)


_FRACTION = strategies.floats(0, 1)
MUTATIONS = strategies.builds(
    Mutation,
    strategies.one_of(strategies.just(1.0), _FRACTION),
    strategies.lists(strategies.tuples(_FRACTION, strategies.binary(max_size=8)), max_size=6).map(tuple),
)
PICTURES = strategies.tuples(strategies.sampled_from(sorted(set(whole_pictures()))), MUTATIONS)
RUN_FILES = strategies.tuples(
    strategies.sampled_from(["config.json", "settings.json", "results.json", "pictures.npz", "model.keras"]), MUTATIONS
)
_WORD = strategies.one_of(strategies.sampled_from(VALUES), strategies.text(max_size=12))
LINES = strategies.tuples(
    strategies.sampled_from(COMMANDS),
    strategies.lists(strategies.one_of(_WORD, strategies.tuples(strategies.sampled_from(OPTIONS), _WORD)), max_size=6),
)


def make_run(folder):
    """Make a run of a small model, untrained, and return its files' bytes by name."""
    run, images = sv.Run(Path(folder) / "run"), pictures(config(), 40)
    np.savez(Path(folder) / "images.npz", images=images)
    dataset = sv.data.load(f"npz:{folder}/images.npz", cache_dir=Path(folder) / "cache")
    run.create(config(), {"seed": 0, "clock": "wall", "levels": [1], "from": None, "start": {}}, dataset)
    sv.SelfVAE(config()).save(run.model)
    run.results.write_text(json.dumps({"bpd": 5.0, "split": "test", "count": 4}))
    return {path.name: path.read_bytes() for path in run.folder.iterdir() if path.is_file()}


def check_picture(folder, case):
    """A mutated picture is an array or one sentence that names it."""
    whole, mutation = case
    path = Path(folder) / "picture"
    path.write_bytes(mutation.of(whole))
    try:
        assert open_picture(path).dtype == np.uint8
    except Told as error:
        assert str(path) in str(error) and "\n" not in str(error)


def check_run(folder, files, case):
    """A run with a mutated file is read, or one sentence says what is wrong."""
    name, mutation = case
    run = sv.Run(Path(folder) / "run")
    for other, content in files.items():
        (run.folder / other).write_bytes(mutation.of(content) if other == name else content)
    readers = (load_model,) if name == "model.keras" else (read_record, lambda _: Known(run.pictures), sv.Run.own_data)
    for read in readers:
        try:
            read(run if read is sv.Run.own_data else run.folder)
        except Told as error:
            assert "\n" not in str(error)


def check_line(folder, case):
    """A command line ends in order: with a result, click's explanation, or one sentence."""
    command, words = case
    words = [part for word in words for part in (word if isinstance(word, tuple) else (word,))]
    runner = CliRunner()
    with runner.isolated_filesystem(folder):
        # What would be trained is not there: no line takes long.
        fixed = ["--data", "npz:absent.npz", "--run", "run"] if command == "train" else []
        result = runner.invoke(main, [command, *words, *fixed])
    assert result.exception is None or isinstance(result.exception, SystemExit), (case, result.exception)
    assert "Traceback" not in result.output
