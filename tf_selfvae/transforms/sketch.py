"""Pencil sketch (figure 2, i)."""

import functools
import math

import numpy as np
import tensorflow as tf

from ..checks import check_positive
from ..errors import UserError
from .base import Transform, format_number, parse_number

UNIT = 2**14
QUERIES = 32  # pixels of a row that are handled at once: bounds the memory


class Sketch(Transform):
    """Draws images as a grey pencil sketch with the domain transform.

    [B, H, W, C] to [B, H, W, 1]; one channel counts as red = green = blue. Gastal &
    Oliveira (2011), section 5: along a row, the distance between neighbours is
    1 + sigma_s / sigma_r * sum over channels of the absolute difference in 0..1. The
    shade of a pixel is the number of pixels of its row within the radius
    sqrt(3) sigma_h of it, plus the same for its column, times shade_factor; strokes
    are where edges cut these intervals short. sigma_h = sigma_s sqrt(3) 4 / sqrt(63) is
    the first of three iterations. The defaults are those of OpenCV's `pencilSketch`,
    whose grey picture this is.
    Raises ValueError unless all three arguments are finite and above 0.
    """

    name = "sketch"
    usage = "sketch"

    def __init__(self, sigma_s=60, sigma_r=0.07, shade_factor=0.02):
        self.sigma_s = check_positive(sigma_s, "sigma_s")
        self.sigma_r = check_positive(sigma_r, "sigma_r")
        self.shade_factor = check_positive(shade_factor, "shade_factor")

    @property
    def spec(self):
        arguments = (self.sigma_s, self.sigma_r, self.shade_factor)
        if arguments == (60, 0.07, 0.02):
            return "sketch"
        return "sketch:" + ",".join(format_number(x) for x in arguments)

    @classmethod
    def from_argument(cls, text):
        if text is None:
            return cls()
        parts = text.split(",")
        if len(parts) != 3:
            raise UserError(
                "spec: expected 'sketch' or 'sketch:60,0.07,0.02' (sigma_s, "
                f"sigma_r, shade_factor), got {f'sketch:{text}'!r}"
            )
        names = ("sigma_s", "sigma_r", "shade_factor")
        return cls(*(parse_number("sketch:60,0.07,0.02", name, part, float) for name, part in zip(names, parts)))

    def _map_shape(self, height, width, channels):
        return height, width, 1

    def _limits(self, size):
        return _limits(size, self.sigma_s, self.sigma_r)

    def _shade(self):
        """Grey levels a counted pixel, out of 2**14, and how many make white."""
        step = max(1, math.floor(255 * self.shade_factor * UNIT + 0.5))
        return step, -(-255 * UNIT // step)

    def _apply_tensor(self, images):
        x = tf.cast(images, tf.float32)
        count = _count_tensor(x, self._limits(x.shape[2]))
        down = _count_tensor(tf.transpose(x, [0, 2, 1, 3]), self._limits(x.shape[1]))
        count = count + tf.transpose(down, [0, 2, 1])
        step, white = self._shade()
        # Cut the count first: the product then stays below 2**24 and is exact.
        grey = tf.minimum(count, float(white)) * min(step, 255 * UNIT)
        grey = tf.minimum(tf.floor((grey + UNIT / 2) * (1 / UNIT)), 255.0)
        return tf.cast(grey, tf.uint8)[..., None]

    def _apply_array(self, images):
        x = images.astype(np.int64)
        count = _count_array(x, self._limits(x.shape[2]))
        down = _count_array(np.swapaxes(x, 1, 2), self._limits(x.shape[1]))
        count = count + np.swapaxes(down, 1, 2)
        step, white = self._shade()
        grey = np.minimum(count, white) * min(step, 255 * UNIT)
        return np.minimum((grey + UNIT // 2) >> 14, 255).astype(np.uint8)[..., None]


@functools.lru_cache(maxsize=64)
def _limits(size, sigma_s, sigma_r):
    """The largest variation between pixels `offset` apart that keeps them together.

    Between pixels j and k of a row the distance is |j - k| + weight * v, with v the sum
    of the absolute differences on the way, an integer. So `distance <= radius` is
    `v <= floor((radius - |j - k|) / weight)`: a comparison of integers, with nothing to
    round. Returns float64 [min(size, floor(radius) + 1)].
    """
    sigma_h = sigma_s * math.sqrt(3) * 4 / math.sqrt(63)
    radius = math.sqrt(3) * sigma_h
    weight = sigma_s / (255 * sigma_r)
    offsets = np.arange(min(size, math.floor(radius) + 1))
    return np.minimum(np.floor((radius - offsets) / weight), 2.0**24)


def _count_tensor(x, limits):
    """Counts the pixels of each row within the radius: [B, H, W, C] to [B, H, W]."""
    _, height, width, channels = x.shape
    if width == 1:
        return tf.ones_like(x[..., 0])
    # Prefix sums as a product with a matrix of ones: integers of at most 8 bits,
    # exact in any order and on any hardware.
    steps = tf.abs(x[:, :, 1:] - x[:, :, :-1])
    before = np.arange(width - 1)[:, None] < np.arange(width)
    ones = np.repeat(before, channels, 0).astype(np.float32)
    total = tf.matmul(tf.reshape(steps, [-1, (width - 1) * channels]), tf.constant(ones))
    total = tf.reshape(total, [-1, height, width]) * (3 / channels)
    reach = len(limits) - 1
    counts = []
    for start in range(0, width, QUERIES):
        stop = min(start + QUERIES, width)
        low, high = max(0, start - reach), min(width, stop + reach)
        offsets = np.abs(np.arange(start, stop)[:, None] - np.arange(low, high))
        limit = np.where(offsets <= reach, limits[np.minimum(offsets, reach)], -1)
        variation = tf.abs(total[:, :, start:stop, None] - total[:, :, None, low:high])
        near = tf.cast(variation <= tf.constant(limit.astype(np.float32)), tf.float32)
        counts.append(tf.reduce_sum(near, -1))
    return tf.concat(counts, -1)


def _count_array(x, limits):
    """The same in NumPy, offset by offset."""
    steps = np.abs(np.diff(x, axis=2)).sum(-1) * (3 // x.shape[3])
    total = np.pad(np.cumsum(steps, 2), [(0, 0), (0, 0), (1, 0)])
    count = np.ones_like(total)
    for offset in range(1, len(limits)):
        near = total[:, :, offset:] - total[:, :, :-offset] <= limits[offset]
        count[:, :, offset:] += near
        count[:, :, :-offset] += near
    return count
