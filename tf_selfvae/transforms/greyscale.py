"""Greyscale (figure 2, j)."""

import numpy as np
import tensorflow as tf

from .base import Transform

# ITU-R BT.601 luma out of 2**16. 255 * 2**16 + 2**15 is still below 2**24, so float32
# holds every sum exactly. These are also the weights of Pillow's convert("L").
WEIGHTS = (19595, 38470, 7471)
UNIT = 2**16


class Greyscale(Transform):
    """Replaces red, green and blue by their luma of ITU-R BT.601, in one channel.

    [B, H, W, 3] to [B, H, W, 1]; images of one channel pass unchanged.
    """

    name = "grey"
    usage = "grey"

    def _map_shape(self, height, width, channels):
        return height, width, 1

    def _apply_tensor(self, images):
        if images.shape[3] == 1:
            return images
        # Three products instead of a matrix: a matrix unit may cut 16-bit weights.
        x = tf.cast(images, tf.float32)
        red, green, blue = (x[..., c : c + 1] * float(WEIGHTS[c]) for c in range(3))
        return tf.cast(tf.floor((red + green + blue + UNIT / 2) * (1 / UNIT)), tf.uint8)

    def _apply_array(self, images):
        if images.shape[3] == 1:
            return images.copy()
        luma = images.astype(np.int64) @ np.array(WEIGHTS)
        return ((luma + UNIT // 2) >> 16).astype(np.uint8)[..., None]
