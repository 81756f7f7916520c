"""The RealNVP prior as a TransformedDistribution over a Chain."""

from __future__ import annotations

import tensorflow as tf
import tensorflow_probability as tfp

from ..errors import UserError
from .affine_coupling import AffineCoupling
from .first_channels import FirstChannels
from .squeeze import Squeeze

tfd, tfb = tfp.distributions, tfp.bijectors

_BEFORE, _AFTER, _LAST = 3, 3, 4


def _masks(kind, count):
    return [kind if i % 2 == 0 else f"{kind}_inverse" for i in range(count)]


def coupling_shapes(shape, scales=2):
    """List each coupling's (rows, columns, channels, mask), from the data side inwards.

    At each scale: 3 checkerboard couplings, a squeeze, 3 channel couplings, and a split that hands half
    of the channels on; at the last scale: 4 checkerboard couplings.

    Args:
        shape: rows, columns and channels of u.
        scales: number of scales, at least 1.

    Raises:
        ValueError: when the rows or columns can't be halved scales - 1 times.
    """
    height, width, channels = shape
    couplings = []
    for _ in range(scales - 1):
        if height % 2 or width % 2:
            raise UserError(f"scales: a latent of {tuple(shape)} can't be squeezed {scales - 1} times")
        couplings += [(height, width, channels, m) for m in _masks("checkerboard", _BEFORE)]
        height, width, channels = height // 2, width // 2, 4 * channels
        couplings += [(height, width, channels, m) for m in _masks("channel", _AFTER)]
        channels //= 2
    couplings += [(height, width, channels, m) for m in _masks("checkerboard", _LAST)]
    return couplings


def realnvp(shape, networks, rescales):
    """Build the RealNVP prior over latents [h, w, c] (Dinh et al. 2016; equation 2 of the paper).

    Build it afresh in each call: TFP's bijectors cache on tensor identity, and weights change.

    Args:
        shape: rows, columns and channels of u.
        networks: a callable a coupling, in the order of `coupling_shapes`, each from `coupling_network_shape`; their
            number sets the scales.
        rescales: a tensor a coupling, of as many channels as its network reads.

    Returns:
        A `tfd.TransformedDistribution`: `log_prob(u)` is nats, [B]; `bijector.inverse(u)` gives v, the
        normal base variable, in the squeezed shape.

    Raises:
        ValueError: when the number of networks fits no number of scales.
    """
    scales, extra = divmod(len(networks) - _LAST, _BEFORE + _AFTER)
    if extra or scales < 0 or len(rescales) != len(networks):
        raise UserError(
            f"networks: expected {_LAST} + {_BEFORE + _AFTER} a further scale, each with a rescale; "
            f"got {len(networks)} and {len(rescales)} rescales"
        )
    pieces = [
        AffineCoupling(network, rescale, piece[:3], piece[3])
        for network, rescale, piece in zip(networks, rescales, coupling_shapes(shape, scales + 1))
    ]
    towards_base, base_shape = _towards_base(tuple(shape), pieces)
    base = tfd.Independent(tfd.Normal(tf.zeros(base_shape), 1.0), 3)
    return tfd.TransformedDistribution(base, tfb.Invert(towards_base), name="realnvp")


def _towards_base(shape, pieces):
    """The chain from u to v, for the couplings that are left, and the shape of v."""
    if len(pieces) == _LAST:
        return tfb.Chain(pieces[::-1]), shape
    height, width, channels = shape
    inner, rest = pieces[: _BEFORE + _AFTER], pieces[_BEFORE + _AFTER :]
    squeezed = (height // 2, width // 2, 4 * channels)
    half = (*squeezed[:2], 2 * channels)
    deeper, deeper_shape = _towards_base(half, rest)
    if deeper_shape != half:
        # The deeper chain squeezes further: bring its result back to this scale's shape.
        deeper = tfb.Chain([tfb.Invert(Squeeze(half)), deeper])
    steps = [*inner[:_BEFORE], Squeeze(shape), *inner[_BEFORE:], FirstChannels(deeper, half[2])]
    return tfb.Chain(steps[::-1]), squeezed
