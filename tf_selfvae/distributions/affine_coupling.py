"""Affine coupling over space (checkerboard) or channels, as a bijector."""

from __future__ import annotations

import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp

from ..errors import UserError
from .batch import flat_batch, with_batch_of

tfb = tfp.bijectors

MASKS = ("checkerboard", "checkerboard_inverse", "channel", "channel_inverse")


def coupling_mask(shape, mask):
    """Return the float32 array [h, w, c] that is 1 where a coupling leaves its input as it is.

    Args:
        shape: rows, columns and channels; the channels are even for a mask of channels.
        mask: one of `MASKS`.

    Raises:
        ValueError: for an unknown mask, or one of channels that can't be halved.
    """
    if mask not in MASKS:
        raise UserError(f"mask: expected one of {', '.join(MASKS)}, got {mask!r}")
    rows, columns, channels = np.indices(tuple(shape))
    if mask.startswith("checkerboard"):
        kept = (rows + columns) % 2 == 0
    elif shape[-1] % 2:
        raise UserError(f"shape: expected an even number of channels for the mask {mask!r}, got {tuple(shape)}")
    else:
        kept = channels < shape[-1] // 2
    return (kept != mask.endswith("inverse")).astype(np.float32)


def coupling_network_shape(shape, mask):
    """Return the (rows, columns, channels) that a coupling's network reads, and gives a t and a raw s of.

    Over space that is all of the shape, with zeros in the half that changes; over channels, the half that stays.
    Arguments are those of `coupling_mask`.
    """
    return (*shape[:2], shape[2] // 2 if mask.startswith("channel") else shape[2])


class AffineCoupling(tfb.Bijector):
    """y = x where the mask is 1, else x * exp(s) + t, with (t, s) a function of what the mask keeps.

    s = rescale * tanh(raw). Source: Dinh et al. 2016, equations 7 to 9.

    Args:
        network: any callable [B, h, w, k] to [B, h, w, 2k]: t, then raw s; (h, w, k) is what
            `coupling_network_shape` gives.
        rescale: tensor [k].
        shape: rows, columns and channels.
        mask: one of `MASKS`.

    Build one afresh for each use: it remembers its results by tensor, and weights change.

    Shapes: [..., h, w, c] to the same; log-determinants are [...].
    """

    # Never equal to another: TFP shares its cache between equal bijectors, and weights change.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __init__(self, network, rescale, shape, mask, validate_args=False, name="affine_coupling"):
        parameters = dict(locals())
        self._network, self._rescale = network, rescale
        self._kept, self._by_channel = coupling_mask(shape, mask), mask.startswith("channel")
        self._first_is_kept = not mask.endswith("inverse")
        self._known = {}
        super().__init__(forward_min_event_ndims=3, validate_args=validate_args, parameters=parameters, name=name)

    def _shift_and_log_scale(self, x):
        # A log-prob asks for the value and then for its log-determinant: run the network once. The
        # tensor is kept beside the result, so that its id stays its own.
        if id(x) not in self._known:
            self._known[id(x)] = (x, self._compute(x))
        return self._known[id(x)][1]

    def _compute(self, x):
        if not self._by_channel:
            kept = tf.constant(self._kept, x.dtype)
            return [part * (1 - kept) for part in self._parts(x * kept)]
        kept = tf.split(x, 2, -1)[0 if self._first_is_kept else 1]
        unchanged = tf.zeros_like(kept)
        pairs = [(unchanged, part) for part in self._parts(kept)]
        return [tf.concat(pair if self._first_is_kept else pair[::-1], -1) for pair in pairs]

    def _parts(self, kept):
        """The shift and the log-scale that the network gives."""
        height, width, channels = kept.shape[-3:]
        outputs = tf.cast(self._network(flat_batch(kept)), kept.dtype)
        shift, raw = tf.split(with_batch_of(kept, outputs, [height, width, 2 * channels]), 2, -1)
        return shift, tf.cast(self._rescale, kept.dtype) * tf.tanh(raw)

    def _forward(self, x):
        shift, log_scale = known = self._shift_and_log_scale(x)
        y = x * tf.exp(log_scale) + shift
        self._known[id(y)] = (y, known)  # the part that the network reads is the same on both sides
        return y

    def _inverse(self, y):
        shift, log_scale = known = self._shift_and_log_scale(y)
        x = (y - shift) * tf.exp(-log_scale)
        self._known[id(x)] = (x, known)
        return x

    def _forward_log_det_jacobian(self, x):
        return tf.reduce_sum(self._shift_and_log_scale(x)[1], [-3, -2, -1])

    def _inverse_log_det_jacobian(self, y):
        return -self._forward_log_det_jacobian(y)
