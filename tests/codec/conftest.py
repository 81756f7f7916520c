"""A codec model of tiny networks, made of a model with random weights; and the simplest ladder in its place."""

import pytest

from tests import small
from tests.codec import double as ladder
from tf_selfvae.codec import pictures, quantise
from tf_selfvae.codec.model import CodecModel
from tf_selfvae.codec.tables import make
from tf_selfvae.config import Config, Level, Network, Top, Transformer
from tf_selfvae.model.selfvae import SelfVAE

NET = Network("residual", 8, 1, activation="relu")
CONFIG = Config(
    image=(16, 16, 3),
    levels=tuple(Level("haar", "reversible", None, *[NET] * 7, mixtures=3, phases=phases) for phases in (2, 4)),
    top=Top(None, transformer=Transformer(8, 1, 2), mixtures=3),
)


@pytest.fixture(scope="session")
def source():
    """The model, after the initialisation by data that gives its networks sizes as of a trained one."""
    model = SelfVAE(CONFIG)
    model.data_init(small.pictures(CONFIG, 16))
    return model


@pytest.fixture(scope="session")
def codec(source):
    return CodecModel("tiny-1", (16, 16), quantise.quantise(source, small.pictures(CONFIG, 16)), make())


@pytest.fixture
def double(monkeypatch):
    """Files of the simplest ladder."""
    ladder.install(monkeypatch.setattr)


@pytest.fixture
def no_other_format(monkeypatch):
    """No picture is stored as PNG or WebP."""
    monkeypatch.setattr(pictures, "stored", lambda picture, size: None)
