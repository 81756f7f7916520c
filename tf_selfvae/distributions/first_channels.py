"""A bijector on the first channels only: the multi-scale split."""

from __future__ import annotations

import tensorflow as tf
import tensorflow_probability as tfp

tfb = tfp.bijectors


class FirstChannels(tfb.Bijector):
    """Apply a bijector to the first channels and leave the rest (Dinh et al. 2016, section 3.6).

    Args:
        bijector: keeps the shape [B, h, w, channels].
        channels: how many channels it takes.

    Shapes: [B, h, w, c] to the same; log-determinants are [B].
    """

    def __init__(self, bijector, channels, validate_args=False, name="first_channels"):
        parameters = dict(locals())
        self._bijector, self._channels = bijector, channels
        self._known = {}
        super().__init__(forward_min_event_ndims=3, validate_args=validate_args, parameters=parameters, name=name)

    def _apply(self, function, x):
        first = function(self._first(x))
        outputs = tf.concat([first, x[..., self._channels :]], -1)
        self._known[id(outputs)] = (outputs, first)
        return outputs

    def _first(self, x):
        # The same slice for the same tensor: the inner bijector knows its results by tensor.
        if id(x) not in self._known:
            self._known[id(x)] = (x, x[..., : self._channels])
        return self._known[id(x)][1]

    def _forward(self, x):
        return self._apply(self._bijector.forward, x)

    def _inverse(self, y):
        return self._apply(self._bijector.inverse, y)

    def _forward_log_det_jacobian(self, x):
        return self._bijector.forward_log_det_jacobian(self._first(x), event_ndims=3)

    def _inverse_log_det_jacobian(self, y):
        return self._bijector.inverse_log_det_jacobian(self._first(y), event_ndims=3)
