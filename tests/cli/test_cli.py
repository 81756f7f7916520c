"""The command line, from outside."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

import tf_selfvae as sv
from tests.small import config, eagerly, level, pictures
from tf_selfvae.cli.app import main

CONFIG = config([level(), level("bicubic:2", "mixture")], size=8)


def run(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)


def fails(*arguments):
    result = run(*arguments)
    assert result.exit_code != 0
    assert "Traceback" not in result.output
    return result.output


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli")
    made = sv.SelfVAE(CONFIG)
    images = pictures(CONFIG, 40)
    made.data_init(images)
    made.save(folder / "m.keras")
    np.savez(folder / "images.npz", images=images)
    for i in range(2):
        Image.fromarray(images[i]).resize((40, 30)).save(folder / f"{i}.png")
    return folder


def test_presets_are_listed_and_printed():
    assert run("presets").output.split() == sv.presets.available()
    printed = run("presets", "vae-32-paper").output
    assert sv.Config.from_json(printed) == sv.presets.get_preset("vae-32-paper")
    assert "valid ones: vae-32-paper" in fails("presets", "vae-33")


def test_evaluate(model):
    data = ["--data", f"npz:{model / 'images.npz'}", "--cache", model / "cache"]
    output = run("evaluate", model / "m.keras", *data).output
    assert "bpd" in output and "kl_z1" in output and "10 images" in output
    assert "resize: none" in output
    limited = run("evaluate", model / "m.keras", *data, "--limit", 3, "--importance-samples", 2)
    assert "3 images" in limited.output and "2 samples" in limited.output and "+-" in limited.output
    assert "--data: expected" in fails("evaluate", model / "m.keras")


@eagerly()
def test_sample_and_reconstruct(model, tmp_path):
    result = run("sample", model / "m.keras", "-n", 2, "-t", 0.5, "-o", tmp_path / "s.png")
    assert result.exit_code == 0
    # Three levels, one temperature: wider than high for two rows.
    width, height = Image.open(tmp_path / "s.png").size
    assert width > 3 * 96 and height > 2 * 96
    named = run("sample", model / "m.keras", "-n", 1, "-t", "x=0,y1=0.9", "-t", 1, "-o", tmp_path / "named.png")
    assert named.exit_code == 0
    assert Image.open(tmp_path / "named.png").size[0] > 6 * 96
    assert "temperature: expected names of u, y2, z2, y1, z1, x, got 'y'" in fails(
        "sample", model / "m.keras", "-t", "y=1"
    )
    assert "variables' own such as x=0.7,y1=0.9, got 'x=warm'" in fails("sample", model / "m.keras", "-t", "x=warm")
    files = [model / "0.png", model / "1.png"]
    result = run("reconstruct", model / "m.keras", *files, "-o", tmp_path / "deep" / "r.png")
    assert result.exit_code == 0
    assert Image.open(tmp_path / "deep" / "r.png").size[0] > 8 * 96  # image and seven plans
    assert "can't be read" in fails("reconstruct", model / "m.keras", model / "images.npz")
    assert "ending in .png" in fails("sample", model / "m.keras", "-o", tmp_path / "s.txt")


def test_transforms(model, tmp_path):
    big = tmp_path / "big.png"
    Image.fromarray(pictures(CONFIG, 1)[0]).resize((96, 72)).save(big)
    assert run("transforms", big, "-o", tmp_path / "t.png").exit_code == 0
    assert min(Image.open(tmp_path / "t.png").size) > 200
    assert "can't be read" in fails("transforms", tmp_path / "absent.png")


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--preset", "vae-64-small"], "either --minutes or --epochs"),
        (["--preset", "vae-64-small", "--minutes", "1", "--epochs", "1"], "either --minutes or"),
        (["--preset", "vae-64-small", "--minutes", "-1"], "--minutes: expected more than 0"),
        (["--epochs", "1", "--data", "photos64"], "either --preset or --config"),
        (["--preset", "nope", "--epochs", "1", "--data", "photos64"], "valid ones: vae-32-paper"),
        (["--preset", "vae-64-small", "--epochs", "1"], "--data: expected"),
        (["--preset", "vae-64-small", "--epochs", "1", "--data", "nope"], "valid ones: photos32"),
        (["--preset", "vae-64-small", "--epochs", "1", "--data", "photos32"], "32x32"),
        (["--preset", "vae-64-small", "--epochs", "1", "--data", "photos64", "--size", "32"], "--size"),
        (["--preset", "vae-64-small", "--epochs", "1", "--data", "photos64", "--set", "top.nope=1"], "it has: decoder"),
        (["--preset", "vae-64-small", "--epochs", "1", "--data", "photos64", "--set", "x"], "FIELD=VALUE"),
        (["--preset", "vae-64-small", "--epochs", "1", "--resume"], "holds no run to go on with"),
        (["--epochs", "1", "--resume"], "holds no run to go on with"),
        (["--epochs", "1", "--resume", "--set", "seed=1"], "--set changes a --preset"),
        (["--preset", "vae-64-small", "--epochs", "1", "--data", "photos64", "--strategy", "multiworker"], "TF_CONFIG"),
    ],
)
def test_bad_training_arguments(arguments, message, tmp_path):
    output = fails("train", "--run", tmp_path / "run", *arguments)
    assert message in " ".join(output.split())
    assert not (tmp_path / "run").exists()


@eagerly()
def test_overrides_reach_the_run(model, tmp_path):
    file = tmp_path / "c.json"
    file.write_text(config([level("bicubic:2", "mixture")], size=8).to_json())
    result = run(
        "train",
        "--config",
        file,
        "--data",
        f"npz:{model / 'images.npz'}",
        "--run",
        tmp_path / "run",
        "--epochs",
        1,
        "--set",
        "levels.0.mixtures=2",
        "--set",
        "optimizer.batch_size=4",
        "--seed",
        7,
        "--precision",
        "float32",
        "--cache",
        tmp_path / "cache",
    )
    assert result.exit_code == 0, result.output
    written = json.loads((tmp_path / "run" / "config.json").read_text())
    assert written["levels"][0]["mixtures"] == 2 and written["top"]["mixtures"] == 3
    assert written["optimizer"]["batch_size"] == 4 and written["seed"] == 7
    assert "bits per dimension" in result.output and "samples.png" in result.output
