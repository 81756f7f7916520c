"""Models exported once for all tests: tracing their graphs takes most of the time."""

import pytest

import tf_selfvae as sv
from tests.small import CONFIGS, pictures
from tf_selfvae.export.saved_model import export_saved_model
from tf_selfvae.export.tfjs import export_tfjs

from .models import make


@pytest.fixture(scope="session")
def model():
    made = sv.SelfVAE(CONFIGS["reversible"])
    made.data_init(pictures(made.config, 16))
    return made


@pytest.fixture(scope="session")
def images(model):
    return pictures(model.config, 5, seed=1)


@pytest.fixture(scope="session")
def exported(model, tmp_path_factory):
    """The version folder of the model."""
    return export_saved_model(model, tmp_path_factory.mktemp("served") / "selfvae")


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """A function from a small model's name to the folder of its page, made once a session."""
    made = {}

    def export(name):
        if name not in made:
            made[name] = export_tfjs(make(name), tmp_path_factory.mktemp("sites") / name)
        return made[name]

    return export
