"""Fewer bits per channel (figure 2, f to h)."""

import math

import numpy as np
import tensorflow as tf

from ..checks import check_count
from .base import Transform

UNIT = 2**14


class Quantize(Transform):
    """Keeps the highest `bits` bits of each value and spreads them over 0..255.

    [B, H, W, C] to the same shape, with values round(255 k / (2**bits - 1)) where k is
    the value shifted right by 8 - bits; applying it again changes nothing.
    Raises ValueError unless bits is an integer in 1..7.
    """

    name = "bits"
    usage = "bits:2"
    argument = ("bits", int)

    def __init__(self, bits):
        self.bits = check_count(bits, "bits", most=7)

    def _apply_tensor(self, images):
        level = tf.floor(tf.cast(images, tf.float32) * 2.0 ** (self.bits - 8))
        # level * step is an integer below 2**24: exact, while a division need not be
        # the same everywhere. It is never close enough to a half for the rounding of
        # the step to show.
        step = math.floor(255 * UNIT / (2**self.bits - 1) + 0.5)
        return tf.cast(tf.floor((level * step + UNIT / 2) * (1 / UNIT)), tf.uint8)

    def _apply_array(self, images):
        top = 2**self.bits - 1
        level = images.astype(np.int64) >> (8 - self.bits)
        return ((level * 255 * 2 + top) // (2 * top)).astype(np.uint8)
