"""Deeper networks that compute what a trained model's do: from there training goes on."""

from __future__ import annotations

import dataclasses

import tensorflow as tf

from ..config import Network
from ..errors import UserError


def deepened(config, like):
    """Return a configuration with as many residual blocks and halvings in each network as another has, if more.

    Args:
        config: a `Config`.
        like: the other `Config`.
    """
    if isinstance(config, Network) and isinstance(like, Network):
        if not config.family == like.family == "residual":
            return config
        more = {"halvings": max(config.halvings, like.halvings)}
        if config.steps * config.blocks < like.steps * like.blocks:
            more |= {"steps": like.steps, "blocks": like.blocks}
        return dataclasses.replace(config, **more)
    if isinstance(config, tuple) and isinstance(like, tuple) and len(config) == len(like):
        return tuple(deepened(*pair) for pair in zip(config, like))
    if not dataclasses.is_dataclass(config) or type(config) is not type(like):
        return config
    names = [field.name for field in dataclasses.fields(config)]
    return dataclasses.replace(config, **{n: deepened(getattr(config, n), getattr(like, n)) for n in names})


def deepen(model, config):
    """Return a model of more blocks or halvings that gives every picture the log-probability that a model gives it.

    What is new comes last and begins as the identity: the last convolution's gain is zero, and learns.
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
        raise UserError("config: expected the model's own, with as many residual blocks and halvings in each or more")
    made = type(model)(config)
    known = {weight.path: weight for weight in model.weights}
    new = {weight.path: weight for weight in made.weights if weight.path not in known}
    for weight in made.weights:
        if weight.path in known:
            weight.assign(known[weight.path])
    ends = [path for path in new if path.endswith(("/second/g", "/double/g"))]
    for path in ends:
        # What is inside of something new that begins at zero would wait for that to learn.
        if not any(end != path and path.startswith(end.removesuffix("double/g")) for end in ends):
            new[path].assign(tf.zeros(new[path].shape))
    return made
