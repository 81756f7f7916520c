"""Small configurations and pictures that the tests share."""

import contextlib
import dataclasses

import numpy as np
import tensorflow as tf

from tf_selfvae.config import Config, Level, Network, Optimizer, Prior, Top, Transformer

NET = Network("residual", 8, 1)
# Most of a test's time goes to building graphs: one network of blocks in each role, and one scale, show what they do.
FLAT = Network("residual", 8, 0)
AROUND = Network("residual", 8, 1, halvings=2)
TOP = Top((2, 2, 4), NET, Prior("realnvp", FLAT, scales=1), FLAT, mixtures=3)
FAST = Optimizer(learning_rate=3e-3, clip_norm=1.0, ema=0.9, batch_size=8)


def level(transform="haar", likelihood="reversible", latent=(2, 2, 3)):
    return Level(transform, likelihood, latent, posterior=NET, joint=NET, mixtures=3, **dict.fromkeys(_FLAT, FLAT))


_FLAT = ("prior_image", "prior_latent", "prior", "decoder", "band")


def deep(cfg):
    """The same model with blocks in every network, and two scales in the prior of u."""
    every = {f"levels.{i}.{name}": NET.to_dict() for i in range(len(cfg.levels)) for name in _FLAT}
    return cfg.override({**every, "top.decoder": NET.to_dict(), "top.prior.scales": 2})


def config(levels=(), size=16, channels=3, **changes):
    return Config(image=(size, size, channels), levels=tuple(levels), top=TOP, optimizer=FAST, **changes)


CONFIGS = {
    "vae": config(),
    "vae-grey": config(channels=1),
    "downscale": config([level("bicubic:2", "mixture")]),
    "sketch": config([level("sketch", "mixture")]),
    "downscale3": config([level("bicubic:2", "mixture"), level("bicubic:2", "mixture")]),
    "reversible": config([level(), level()]),
    "drawn": Config(
        image=(16, 16, 3),
        levels=(
            dataclasses.replace(level(latent=None), phases=2, joint=AROUND, band=dataclasses.replace(AROUND, steps=0)),
            dataclasses.replace(level(latent=None), phases=4),
        ),
        top=Top(None, transformer=Transformer(8, 1, 2), mixtures=3),
        optimizer=Optimizer("muon", learning_rate=1e-2, ema=0.9, batch_size=8),
    ),
    "reversible-grey": config([level()], channels=1),
    "composed": deep(config([level("blur:1|bicubic:2", "mixture"), level("bits:2", "mixture")])),
    "by-three": config([level("bicubic:3", "mixture")], size=24),
}

# Where only that something is trained matters.
TINY = config(size=8).override({"top.prior.kind": "standard_normal"})


@contextlib.contextmanager
def eagerly():
    """Where something is computed once, tracing it takes longer; that graphs do the same is shown elsewhere."""
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(False)


def pictures(cfg, count=5, seed=0):
    """Smooth random pictures: neighbours agree, as in photographs."""
    height, width, channels = cfg.image
    random = np.random.default_rng(seed)
    coarse = random.uniform(0, 255, [count, height // 4, width // 4, channels])
    fine = coarse.repeat(4, 1).repeat(4, 2) + random.normal(0, 6, [count, height, width, channels])
    return np.clip(fine.round(), 0, 255).astype(np.uint8)
