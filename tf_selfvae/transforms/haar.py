"""The low band of the reversible Haar lifting, as a transform."""

import numpy as np
import tensorflow as tf

from ..errors import UserError
from .base import Transform
from .haar_lifting import haar_split, haar_split_numpy


class Haar(Transform):
    """Shrinks images by 2 to the low band of the reversible integer Haar lifting.

    [B, H, W, C] to [B, H/2, W/2, C]: the mean of the pairs of each row, rounded down,
    then of each column, rounded down. With the details of `haar_split` it is a
    bijection, which is what `likelihood="reversible"` needs.
    Raises ValueError for an odd height or width.
    """

    name = "haar"
    usage = "haar"

    def _map_shape(self, height, width, channels):
        for name, size in (("height", height), ("width", width)):
            if size % 2:
                raise UserError(f"images: expected an even {name} (transform 'haar'), got {name} {size}")
        return height // 2, width // 2, channels

    def _apply_tensor(self, images):
        return tf.cast(haar_split(images)[0], tf.uint8)

    def _apply_array(self, images):
        return haar_split_numpy(images)[0].astype(np.uint8)
