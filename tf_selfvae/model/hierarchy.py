"""The ordered random variables of a K-level model, and what each got in a traversal."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

import tensorflow as tf

from ..transforms import get as get_transform


@dataclasses.dataclass(frozen=True)
class Variable:
    """One random variable.

    Attributes:
        name: "u", "z1".., "y1".. or "x".
        kind: "latent" or "image".
        level: k of z_k and y_k; 0 for x; K + 1 for u.
        shape: rows, columns, channels.
        coarser: the image that its p reads: y_k of z_k, y_{k+1} of y_k; None for u and y_K.
        latent: the latent that its p reads; None for u, and where the configuration has none.
        observed: the image that its q (latent) or its transform (image) reads; None for x.
    """

    name: str
    kind: str
    level: int
    shape: tuple
    coarser: str | None
    latent: str | None
    observed: str | None

    @property
    def is_latent(self):
        """Whether it has a q; an image has a transform instead."""
        return self.kind == "latent"

    @property
    def network_level(self):
        """Number of the level that its networks belong to: k of z_k and y_{k-1}, K + 1 of u and y_K."""
        return self.level if self.is_latent else self.level + 1

    @property
    def parents(self):
        """What its p is conditioned on: the coarser image, the latent; those that there are."""
        return tuple(name for name in (self.coarser, self.latent) if name)

    @property
    def size(self):
        """Number of dimensions."""
        return math.prod(self.shape)

    @property
    def term(self):
        """Name of its term of the objective: -log p of an image, KL(q || p) of a latent."""
        return f"{'kl' if self.is_latent else 're'}_{self.name}"


class Hierarchy(Mapping):
    """A model's variables by name, in generative order: u, y_K, z_K, ..., y_1, z_1, x.

    Args:
        config: a `Config`.

    Attributes:
        depth: K, how many transforms there are.
        images: names of the images, coarse to fine: ("y2", "y1", "x").
        latents: names of the latents, coarse to fine: ("u", "z2", "z1").
        terms: dict of a variable's name to its term's: {"u": "kl_u", "x": "re_x"}.

    Raises:
        ValueError: when a transform is unknown or its factor does not divide the size.

    Example:
        >>> Hierarchy(get_preset("downscale2-32-paper"))["z1"].parents
        ('y1', 'u')
    """

    def __init__(self, config):
        self.depth = depth = len(config.levels)
        shapes = [tuple(config.image)]
        for level in config.levels:
            shapes.append(tuple(get_transform(level.transform).output_shape(shapes[-1])))
        images = ["x", *(f"y{k}" for k in range(1, depth + 1))]  # by level
        shapes_of_latents = [None, *(level.latent for level in config.levels), config.top.latent]
        names = [None, *(f"z{k}" for k in range(1, depth + 1)), "u"]
        latents = [name if shape else None for name, shape in zip(names, shapes_of_latents)]
        variables = []
        if latents[-1]:
            variables.append(Variable("u", "latent", depth + 1, tuple(config.top.latent), None, None, images[depth]))
        for k in range(depth, -1, -1):
            coarser = images[k + 1] if k < depth else None
            finer = images[k - 1] if k else None
            variables.append(Variable(images[k], "image", k, shapes[k], coarser, latents[k + 1], finer))
            if latents[k]:
                shape = tuple(shapes_of_latents[k])
                variables.append(Variable(latents[k], "latent", k, shape, images[k], latents[k + 1], finer))
        self._variables = {variable.name: variable for variable in variables}
        self.images = tuple(images[::-1])
        self.latents = tuple(name for name in latents[::-1] if name)
        self.terms = {variable.name: variable.term for variable in variables}

    def __getitem__(self, name):
        return self._variables[name]

    def __iter__(self):
        return iter(self._variables)

    def __len__(self):
        return len(self._variables)

    def image(self, level):
        """Return the name of y_level; of x for level 0."""
        return self.images[self.depth - level]

    @property
    def unit(self):
        """One bit per dimension of x, in nats."""
        return math.log(2) * self["x"].size


@dataclasses.dataclass
class Step:
    """What one variable got in a traversal.

    Attributes:
        value: latent [B, h, w, c], or image [B, H, W, C] of integers, float32.
        log_p: log p(value | parents), nats, [B]; None where not asked for.
        log_q: log q(value | image), nats, [B]; None where the value is not from q.
        kl: KL(q || p), nats, [B]: exact between normals, else log_q - log_p.
    """

    value: tf.Tensor
    log_p: tf.Tensor | None = None
    log_q: tf.Tensor | None = None
    kl: tf.Tensor | None = None

    @property
    def cost(self):
        """The variable's term of the objective: -log p, or KL(q || p)."""
        return -self.log_p if self.kl is None else self.kl

    @property
    def log_weight(self):
        """What the variable adds to log p - log q."""
        return self.log_p if self.log_q is None else self.log_p - self.log_q
