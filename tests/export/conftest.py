"""One exported model for all tests of it: tracing its signatures takes most of their time."""

import pytest

import tf_selfvae as sv
from tests.small import CONFIGS
from tests.test_model import pictures
from tf_selfvae.export.saved_model import export_saved_model


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
