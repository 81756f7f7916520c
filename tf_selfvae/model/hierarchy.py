"""The ordered graph of random variables of a K-level model."""

from __future__ import annotations

import dataclasses

from ..transforms import get as get_transform


@dataclasses.dataclass(frozen=True)
class Variable:
    """One random variable.

    Attributes:
        name: "u", "z1".., "y1".. or "x".
        kind: "latent" or "image".
        level: k of z_k and y_k; 0 for x; K + 1 for u.
        shape: rows, columns, channels.
        parents: what its p is conditioned on.
        observed: the image that its q (latent) or its transform (image) reads; None for x.
    """

    name: str
    kind: str
    level: int
    shape: tuple
    parents: tuple
    observed: str | None


def image_name(level):
    """Return the name of y_level: "x" for 0."""
    return f"y{level}" if level else "x"


def latent_name(level, depth):
    """Return the name of z_level in a model with `depth` transforms: "u" past the last."""
    return "u" if level == depth + 1 else f"z{level}"


def build_graph(config):
    """List a model's variables in generative order: u, y_K, z_K, ..., y_1, z_1, x.

    Args:
        config: a `Config`.

    Returns:
        A dict of name to `Variable`, ordered.

    Raises:
        ValueError: when a transform is unknown or its factor does not divide the size.
    """
    depth = len(config.levels)
    shapes = [tuple(config.image)]
    for level in config.levels:
        shapes.append(tuple(get_transform(level.transform).output_shape(shapes[-1])))
    top = image_name(depth)
    graph = {"u": Variable("u", "latent", depth + 1, tuple(config.top.latent), (), top)}
    for k in range(depth, -1, -1):
        image, latent = image_name(k), latent_name(k + 1, depth)
        parents = (latent,) if k == depth else (image_name(k + 1), latent)
        source = image_name(k - 1) if k else None
        graph[image] = Variable(image, "image", k, shapes[k], parents, source)
        if k:
            coarser = latent_name(k + 1, depth)
            shape = tuple(config.levels[k - 1].latent)
            name = latent_name(k, depth)
            graph[name] = Variable(name, "latent", k, shape, (image, coarser), image_name(k - 1))
    return graph
