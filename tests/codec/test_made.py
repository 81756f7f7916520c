"""A codec model made and measured on the command line."""

import numpy as np
import pytest
from click.testing import CliRunner

from tests import small
from tests.codec.conftest import CONFIG
from tf_selfvae.cli.app import main
from tf_selfvae.codec import quantise
from tf_selfvae.codec.ladder import code_lengths
from tf_selfvae.codec.model import load_codec
from tf_selfvae.data import load
from tf_selfvae.errors import UserError
from tf_selfvae.model.selfvae import SelfVAE


def run(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)


def test_export_then_evaluate(source, tmp_path):
    source.save(tmp_path / "m.keras")
    images = small.pictures(CONFIG, 60)
    np.savez(tmp_path / "images.npz", images=images)
    data = ["--data", f"npz:{tmp_path / 'images.npz'}", "--cache", tmp_path / "cache"]
    made = run("export", tmp_path / "m.keras", "--format", "codec", "--output", tmp_path / "mine-1.svcm", *data)
    assert made.exit_code == 0, made.output
    codec = load_codec(tmp_path / "mine-1.svcm")
    assert (codec.name, codec.image) == ("mine-1", (16, 16))
    shown = run("evaluate", tmp_path / "mine-1.svcm", *data, "--split", "train")
    found = {words[0]: float(words[1]) for words in map(str.split, shown.output.splitlines()) if len(words) == 2}
    trained = load(f"npz:{tmp_path / 'images.npz'}", size=(16, 16), channels=3, cache_dir=tmp_path / "cache")
    expected = code_lengths(codec, trained.examples("train", trained.counts["train"])).mean(0) / images[0].size
    assert found["bpd"] == pytest.approx(expected.sum(), abs=1e-4)
    assert found["re_x"] == pytest.approx(expected[0], abs=1e-4)


@pytest.mark.parametrize("option", ["--importance-samples", "--memory", "--seed"])
def test_what_a_code_length_does_not_depend_on_is_refused(option):
    shown = run("evaluate", "mine-1.svcm", "--data", "photos64", option, 1)
    assert shown.exit_code == 1
    assert shown.output == (
        f"Error: {option}: expected none, since the code length of a codec model needs no samples\n"
    )


def test_what_can_not_be_made(tmp_path):
    shown = run("export", "--format", "codec", "--output", tmp_path / "mine.npz")
    assert shown.exit_code == 1 and "--output: expected a name ending in .svcm" in shown.output
    with pytest.raises(UserError, match="codec: expected reversible .* with a latent"):
        quantise.codec_of(SelfVAE(small.CONFIGS["reversible"]), small.pictures(small.CONFIGS["reversible"]), "mine")
    with pytest.raises(UserError, match="with ReLU"):
        quantise.codec_of(SelfVAE(small.CONFIGS["drawn"]), small.pictures(small.CONFIGS["drawn"]), "mine")
    for network in ("joint", "band"):
        with pytest.raises(UserError, match="no halvings, .* halvings=1"):
            around = CONFIG.override({f"levels.0.{network}.halvings": 1})
            quantise.codec_of(SelfVAE(around), small.pictures(around), "mine")
    with pytest.raises(UserError, match="name: expected at most 32"):
        quantise.codec_of(SelfVAE(CONFIG), small.pictures(CONFIG), "mine/other")
