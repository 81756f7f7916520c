"""Small models for the export, with weights away from their starting values."""

import functools

import numpy as np

import tests.small as small
from tf_selfvae.config import Network, Prior, Top, Transformer
from tf_selfvae.model.selfvae import SelfVAE

DENSE = Network("dense", 4, 1)
DENSE_TOP = Top((2, 2, 4), DENSE, Prior("gaussian_mixture", components=4), DENSE, mixtures=3)

CONFIGS = {
    # Of a width and of heads that the page's program pads.
    "drawn": small.CONFIGS["drawn"].override({"top.transformer": Transformer(12, 2, 3).to_dict()}),
    "reversible": small.CONFIGS["reversible"],
    "composed": small.CONFIGS["composed"],
    "dense-sketch": small.config([small.level("sketch", "mixture")], channels=1).override(
        {"top": DENSE_TOP.to_dict(), "levels.0.decoder": DENSE.to_dict(), "levels.0.prior": DENSE.to_dict()}
    ),
}


@functools.cache
def make(name):
    model = SelfVAE(CONFIGS[name])
    random = np.random.default_rng(1)
    shape = model.config.image
    model.data_init(random.integers(0, 256, (8, *shape), np.uint8))
    # Some layers start at zero (couplings) or alike: move every weight.
    model.set_weights([w + 0.1 * random.normal(size=w.shape).astype(np.float32) for w in model.get_weights()])
    return model


def pictures(model, count):
    """Smooth pictures with some noise, uint8."""
    random = np.random.default_rng(2)
    height, width, channels = model.config.image
    rows, columns = np.mgrid[:height, :width] / height
    waves = [
        np.sin(6 * rows * random.uniform(0, 1) + 6 * columns * random.uniform(0, 1)) for _ in range(count * channels)
    ]
    waves = np.reshape(waves, (count, channels, height, width)).transpose(0, 2, 3, 1)
    return np.clip(127 + 90 * waves + random.normal(size=waves.shape) * 8, 0, 255).astype(np.uint8)
