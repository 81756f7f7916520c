"""The model that comes with the package: its weights, their checksum, and what it is good for."""

import shutil

import numpy as np
import pytest

import tf_selfvae as sv
from tf_selfvae import weights
from tf_selfvae.errors import UserError


@pytest.fixture(scope="module")
def model():
    return sv.SelfVAE.from_preset("imagenette64")


@pytest.mark.parametrize("name", weights.names())
def test_it_finds_photographs_likelier_than_a_lossless_format_does(name):
    """On photographs that it never saw: PNG needs more than five bits per dimension of such pictures."""
    model = sv.SelfVAE.from_preset(name)
    images = sv.data.load(f"photos{model.config.image[0]}").examples("test", 64)
    assert model.bits_per_dim(images).numpy().mean() < 4.5


def test_its_name_is_taken_where_a_model_is(model):
    loaded = sv.load_model("imagenette64")
    for a, b in zip(model.weights, loaded.weights):
        np.testing.assert_array_equal(a, b)
    bare = sv.SelfVAE.from_preset("imagenette64", load_weights=False)
    assert bare.config == model.config and not bare.initialised


def test_other_networks_and_damaged_files_are_refused(model, tmp_path, monkeypatch):
    with pytest.raises(UserError, match="don't fit networks that overrides changed"):
        sv.SelfVAE.from_preset("imagenette64", **{"levels.0.band.width": 32})
    for path in weights._FOLDER.glob("imagenette64.*"):
        shutil.copy(path, tmp_path)
    with open(tmp_path / "imagenette64.weights.h5", "r+b") as file:
        file.seek(4000)
        file.write(b"\x55")
    monkeypatch.setattr(weights, "_FOLDER", tmp_path)
    with pytest.raises(UserError, match="is damaged"):
        weights.load(model, "imagenette64")
