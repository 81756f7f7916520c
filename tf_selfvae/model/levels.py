"""Levels: which variables and networks belong to one, what its terms read, and what its weights are.

Level k has z_k and p(y_{k-1} | y_k, z_k), the last one u and p(y_K | u). Its terms read coarser images, which follow
from x, and latents of coarser levels, each from its q; of finer levels they read nothing (equation 5 of the paper).
"""

from __future__ import annotations

import dataclasses
import hashlib

from ..errors import UserError
from ..layers import WeightNormConv2D
from .hierarchy import Hierarchy
from .plans import Plan, Source


def all_levels(hierarchy):
    """List a model's levels: 1 to K + 1."""
    return list(range(1, hierarchy.depth + 2))


def parse_levels(text, hierarchy):
    """Read a range of levels.

    Args:
        text: such as "1", "1-2" or "2-" (up to the coarsest one); 1 is the finest.
        hierarchy: a model's `Hierarchy`.

    Returns:
        The list of the levels' numbers.

    Raises:
        ValueError: when it is no range of the model's levels.

    Example:
        >>> parse_levels("2-", hierarchy)
        [2, 3]
    """
    count = len(all_levels(hierarchy))
    first, dash, last = str(text).partition("-")
    last = (last or str(count)) if dash else first
    if not (first.isdecimal() and last.isdecimal() and 1 <= int(first) <= int(last) <= count):
        raise UserError(
            f"levels: expected a range of the model's {count}, such as 1, 1-{count} or 2- (1 is the "
            f"finest), got {text!r}"
        )
    return list(range(int(first), int(last) + 1))


def describe_levels(levels):
    """Return a contiguous list of levels as "2-3", or as "1" where it is one; others as "1, 3"."""
    if len(levels) > 1 and levels[-1] - levels[0] == len(levels) - 1:
        return f"{levels[0]}-{levels[-1]}"
    return ", ".join(map(str, levels))


def names_of(hierarchy, levels):
    """List the variables of some levels, in generative order."""
    return [name for name, variable in hierarchy.items() if variable.network_level in levels]


def latents_read(hierarchy, levels):
    """List the latents of other levels that the terms of some levels read."""
    names = names_of(hierarchy, levels)
    parents = {parent for name in names for parent in hierarchy[name].parents}
    return [name for name in hierarchy if name in parents and name not in names and hierarchy[name].is_latent]


def plan_of(hierarchy, levels):
    """Return the plan that gives some levels' terms from x and computes nothing else.

    Args:
        hierarchy: a model's `Hierarchy`.
        levels: their numbers.
    """
    names = names_of(hierarchy, levels)
    used = {*names, *(parent for name in names for parent in hierarchy[name].parents)}
    sources = {}
    for name, variable in hierarchy.items():
        observed = Source.POSTERIOR if variable.is_latent else Source.GIVEN
        sources[name] = observed if name in used else Source.UNUSED
    return Plan(f"infer levels {describe_levels(levels)}", sources, "x").check(hierarchy)


def networks_of(model, levels):
    """List the networks of some levels of a `SelfVAE`."""
    kinds = (model.posteriors, model.priors, model.likelihoods)
    return [networks[name] for name in names_of(model.hierarchy, levels) for networks in kinds if name in networks]


def freeze_all_but(model, levels):
    """Make the networks of some levels trainable, and those of all others not."""
    for level in all_levels(model.hierarchy):
        for network in networks_of(model, [level]):
            network.trainable = level in levels


def convolutions_of(model, levels):
    """List the weight-normalised convolutions of some levels of a `SelfVAE`."""
    layers = [layer for network in networks_of(model, levels) for layer in network._flatten_layers()]
    return [layer for layer in layers if isinstance(layer, WeightNormConv2D)]


def untouched_levels(model):
    """List the levels whose weights are as they were made: neither initialised from data nor trained."""
    every = all_levels(model.hierarchy)
    return [level for level in every if not any(layer.initialised for layer in convolutions_of(model, [level]))]


def weights_hash(networks):
    """Return the SHA-256 of networks' weights: shapes and bytes, in the order that they were made in."""
    digest = hashlib.sha256()
    for network in networks:
        for weight in network.weights:
            value = weight.numpy()
            digest.update(f"{value.dtype}{value.shape}".encode())
            digest.update(value.tobytes())
    return digest.hexdigest()


def level_hashes(model):
    """Return a dict of level, as a string, to the hash of its weights."""
    return {str(level): weights_hash(networks_of(model, [level])) for level in all_levels(model.hierarchy)}


def coarser_config(config, size):
    """Return the configuration of the part of a model that is a model of smaller pictures, p(y_k).

    Args:
        config: a `Config`.
        size: side of y_k; that of x gives `config` itself.

    Raises:
        ValueError: when no picture of the model has that side.
    """
    hierarchy = Hierarchy(config)
    shapes = [hierarchy[hierarchy.image(k)].shape for k in range(hierarchy.depth + 1)]
    sides = [shape[0] for shape in shapes]
    if size not in sides:
        known = ", ".join(map(str, dict.fromkeys(sides)))  # a sketch has the side of what it is of
        raise UserError(f"size: expected that of a picture of the model, {known}, got {size}")
    k = sides.index(size)
    return dataclasses.replace(config, image=shapes[k], levels=config.levels[k:])


def coarser(model, config):
    """Return the part of a `SelfVAE` that is a model of smaller pictures, with weights of its own.

    Args:
        model: a `SelfVAE`.
        config: as `coarser_config` gives it.
    """
    part = type(model)(config)
    levels = all_levels(model.hierarchy)[len(model.config.levels) - len(config.levels) :]
    for network, own in zip(networks_of(part, all_levels(part.hierarchy)), networks_of(model, levels)):
        network.set_weights(own.get_weights())
    return part
