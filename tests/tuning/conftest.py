"""Data and a space of models so small that a trial takes little over a second."""

import numpy as np
import pytest

from tests.small import config, pictures
from tf_selfvae.data import load
from tf_selfvae.tuning.space import SearchSpace

OVERRIDES = {
    "optimizer.batch_size": 8,
    "top.prior.kind": "standard_normal",
    "top.posterior.steps": 0,
    "top.decoder.steps": 0,
}
SPACE = {"kinds": ("vae",), "widths": (8,), "mixtures": (2, 3), "overrides": OVERRIDES}


@pytest.fixture(scope="session")
def spec(tmp_path_factory):
    path = tmp_path_factory.mktemp("tuning-data") / "images.npz"
    np.savez(path, images=pictures(config(), 99))
    return f"npz:{path}"


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("tuning-cache")


@pytest.fixture(scope="session")
def data(spec, cache):
    return load(spec, cache_dir=cache)


@pytest.fixture(scope="session")
def tiny(data):
    return SearchSpace(data.image_shape, **SPACE)
