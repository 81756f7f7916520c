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
        shape: rows, columns and channels.
        mask: one of `MASKS`.

    Raises:
        ValueError: for an unknown mask.
    """
    if mask not in MASKS:
        raise UserError(f"mask: expected one of {', '.join(MASKS)}, got {mask!r}")
    rows, columns, channels = np.indices(tuple(shape))
    if mask.startswith("checkerboard"):
        kept = (rows + columns) % 2 == 0
    else:
        kept = channels < shape[-1] // 2
    return (kept != mask.endswith("inverse")).astype(np.float32)


class AffineCoupling(tfb.Bijector):
    """y = x where the mask is 1, else x * exp(s) + t, with (t, s) a function of the masked x.

    s = rescale * tanh(raw). Source: Dinh et al. 2016, equations 7 to 9.

    Args:
        network: any callable [B, h, w, c] to [B, h, w, 2c]: t, then raw s.
        rescale: tensor [c].
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
        self._mask = coupling_mask(shape, mask)
        self._known = {}
        super().__init__(forward_min_event_ndims=3, validate_args=validate_args, parameters=parameters, name=name)

    def _shift_and_log_scale(self, x):
        # A log-prob asks for the value and then for its log-determinant: run the network once. The
        # tensor is kept beside the result, so that its id stays its own.
        if id(x) not in self._known:
            self._known[id(x)] = (x, self._compute(x))
        return self._known[id(x)][1]

    def _compute(self, x):
        kept = tf.constant(self._mask, x.dtype)
        outputs = self._network(flat_batch(x * kept))
        height, width, channels = self._mask.shape
        outputs = with_batch_of(x, tf.cast(outputs, x.dtype), [height, width, 2 * channels])
        shift, raw = tf.split(outputs, 2, -1)
        log_scale = tf.cast(self._rescale, x.dtype) * tf.tanh(raw)
        return shift * (1 - kept), log_scale * (1 - kept)

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
