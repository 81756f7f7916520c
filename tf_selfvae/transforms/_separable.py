"""Exact separable linear filters on uint8 images: two constant integer matrices.

Why integers: a float sum depends on its order, and eager, XLA, NumPy and TF.js each
have their own. With weights that are multiples of 2**-14, split into two parts of at
most 8 bits, every product and partial sum is an integer below 2**24, thus exact in
float32 whatever the order, also on hardware that multiplies float32 matrices with
operands cut to TF32 or bfloat16.
"""

import numpy as np
import tensorflow as tf

from ..errors import UserError
from .base import Transform

UNIT = 2**14  # the weights of a row sum to this
SPLIT = 2**7  # weight = high * SPLIT + low, with 0 <= low < SPLIT


def integer_weights(rows):
    """Rounds filter weights to integers out of 2**14 that keep each row's sum exact.

    rows: float [outputs, inputs], each row sums to 1, row i mirrors row n-1-i.
    Returns a read-only int64 array of that shape; rows sum to 2**14. The mirror
    symmetry is kept exactly, so a flip of the image flips the result.
    Raises ValueError if a sum of 255 times a row could reach 2**24.
    """
    rows = np.asarray(rows, np.float64)
    rows = (rows + rows[::-1, ::-1]) / 2  # equal but for the last bit: make it equal
    weights = np.floor(rows * UNIT + 0.5).astype(np.int64)
    for row in weights:
        # What rounding left over goes to the largest weight, where it matters least;
        # two equal ones in the middle of a symmetric kernel share it.
        rest = UNIT - row.sum()
        largest = np.flatnonzero(row == row.max())
        if len(largest) == 2 and rest % 2 == 0:
            row[largest] += rest // 2
        else:
            row[largest[0]] += rest
    half = len(weights) // 2
    weights[len(weights) - half :] = weights[:half][::-1, ::-1]
    if 255 * np.abs(weights).sum(1).max() + UNIT // 2 >= 2**24:
        raise UserError("weights: expected sums below 2**24, got larger ones")
    weights.setflags(write=False)
    return weights


class SeparableFilter(Transform):
    """A filter along the width, then along the height, each rounded to uint8, as Pillow does.

    A subclass writes `_weights`.
    """

    def _weights(self, size):
        """Returns the integer weights [outputs, size] of a side, see `integer_weights`."""
        raise NotImplementedError

    def _apply_tensor(self, images):
        _, height, width, channels = images.shape
        rows, columns = self._weights(height), self._weights(width)
        x = tf.transpose(tf.cast(images, tf.float32), [0, 1, 3, 2])
        x = _multiply(tf.reshape(x, [-1, width]), columns)
        x = tf.transpose(tf.reshape(x, [-1, height, channels, len(columns)]), [0, 3, 2, 1])
        x = _multiply(tf.reshape(x, [-1, height]), rows)
        x = tf.reshape(x, [-1, len(columns), channels, len(rows)])
        return tf.cast(tf.transpose(x, [0, 3, 1, 2]), tf.uint8)

    def _apply_array(self, images):
        rows, columns = (self._weights(size) for size in images.shape[1:3])
        x = images.astype(np.float64)  # sums below 2**53 are exact, and BLAS is fast
        x = _round(np.moveaxis(x, 2, 3) @ columns.T.astype(np.float64))
        x = _round(np.moveaxis(x, 1, 3) @ rows.T.astype(np.float64))  # [B, C, w, h]
        return np.ascontiguousarray(np.transpose(x, [0, 3, 2, 1]).astype(np.uint8))


def _multiply(x, weights):
    outputs = len(weights)
    high = weights // SPLIT
    both = np.concatenate([high, weights - SPLIT * high]).T.astype(np.float32)
    x = tf.matmul(x, tf.constant(both))
    x = x[:, :outputs] * float(SPLIT) + x[:, outputs:]
    x = tf.floor((x + UNIT / 2) * (1 / UNIT))
    return tf.minimum(tf.maximum(x, 0.0), 255.0)


def _round(x):
    return np.clip(np.floor((x + UNIT / 2) / UNIT), 0, 255)
