"""Squeeze: 2x2 blocks of space to channels, as a bijector."""

from __future__ import annotations

import tensorflow as tf
import tensorflow_probability as tfp

from ..errors import UserError
from .batch import with_batch_of

tfb = tfp.bijectors


class Squeeze(tfb.Bijector):
    """Trade each 2x2 block of space for four times the channels (Dinh et al. 2016, section 3.6).

    Built of reshape and transpose alone, which run everywhere.

    Args:
        shape: rows, columns and channels of the input; rows and columns are even.

    Shapes: forward [..., h, w, c] to [..., h/2, w/2, 4c]. The log-determinant is 0.
    """

    def __init__(self, shape, validate_args=False, name="squeeze"):
        parameters = dict(locals())
        height, width, channels = shape
        if height % 2 or width % 2:
            raise UserError(f"shape: expected even rows and columns, got {tuple(shape)}")
        self._shape = (height, width, channels)
        super().__init__(
            forward_min_event_ndims=3,
            is_constant_jacobian=True,
            validate_args=validate_args,
            parameters=parameters,
            name=name,
        )

    def _forward(self, x):
        height, width, channels = self._shape
        blocks = tf.reshape(x, [-1, height // 2, 2, width // 2, 2, channels])
        blocks = tf.transpose(blocks, [0, 1, 3, 2, 4, 5])
        return with_batch_of(x, blocks, [height // 2, width // 2, 4 * channels])

    def _inverse(self, y):
        height, width, channels = self._shape
        blocks = tf.reshape(y, [-1, height // 2, width // 2, 2, 2, channels])
        blocks = tf.transpose(blocks, [0, 1, 3, 2, 4, 5])
        return with_batch_of(y, blocks, [height, width, channels])

    def _forward_log_det_jacobian(self, x):
        return tf.zeros([], x.dtype)

    def _forward_event_shape(self, shape):
        height, width, channels = self._shape
        return tf.TensorShape([height // 2, width // 2, 4 * channels])

    def _inverse_event_shape(self, shape):
        return tf.TensorShape(self._shape)

    def _forward_event_shape_tensor(self, shape):
        return tf.constant(self._forward_event_shape(shape).as_list(), tf.int32)

    def _inverse_event_shape_tensor(self, shape):
        return tf.constant(self._shape, tf.int32)
