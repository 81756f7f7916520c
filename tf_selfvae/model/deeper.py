"""Deeper networks that compute what a trained model's do: from there training goes on."""

from __future__ import annotations

import dataclasses

import tensorflow as tf

from ..config import Network
from ..errors import UserError


def deepened(config, like):
    """Return a configuration with as many residual blocks in each network as another has, where that has more.

    Args:
        config: a `Config`.
        like: the other `Config`.
    """
    if isinstance(config, Network) and isinstance(like, Network):
        deeper = config.family == like.family == "residual" and config.steps * config.blocks < like.steps * like.blocks
        return dataclasses.replace(config, steps=like.steps, blocks=like.blocks) if deeper else config
    if isinstance(config, tuple) and isinstance(like, tuple) and len(config) == len(like):
        return tuple(deepened(*pair) for pair in zip(config, like))
    if not dataclasses.is_dataclass(config) or type(config) is not type(like):
        return config
    names = [field.name for field in dataclasses.fields(config)]
    return dataclasses.replace(config, **{n: deepened(getattr(config, n), getattr(like, n)) for n in names})


def deepen(model, config):
    """Return a model of more residual blocks that gives every picture the log-probability that a model gives it.

    The blocks that are new come last and begin as the identity: the second convolution's gain is zero, and learns.
    Source: Chen et al. 2016, section 2.3 (Net2DeeperNet), for residual blocks.

    Args:
        model: a `SelfVAE`.
        config: of the result: the model's own, `deepened`.

    Raises:
        UserError: when it is another.

    Example:
        >>> deeper = deepen(model, model.config.override({"levels.0.joint.blocks": 2}))
    """
    if config != deepened(model.config, config):
        raise UserError("config: expected the model's own, with as many residual blocks in each network or more")
    made = type(model)(config)
    known = {weight.path: weight for weight in model.weights}
    for weight in made.weights:
        if weight.path in known:
            weight.assign(known[weight.path])
        elif weight.path.endswith("/second/g"):
            weight.assign(tf.zeros(weight.shape))
    return made
