"""Bicubic downscaling (figure 2, b to d)."""

import functools

import numpy as np

from ..checks import check_count
from ..errors import UserError
from ._separable import SeparableFilter, integer_weights


class Bicubic(SeparableFilter):
    """Shrinks images by a whole factor with antialiased bicubic interpolation.

    [B, H, W, C] to [B, H / factor, W / factor, C]. The kernel is Keys' (1981) with
    a = -0.5, widened by the factor, as in Pillow's `Image.resize(..., BICUBIC)`, from
    which it differs by at most one grey level.
    Raises ValueError unless factor is an integer >= 2 that divides H and W.
    """

    name = "bicubic"
    usage = "bicubic:2"
    argument = ("factor", int)

    def __init__(self, factor):
        self.factor = check_count(factor, "factor", least=2)

    def _map_shape(self, height, width, channels):
        for name, size in (("height", height), ("width", width)):
            if size % self.factor:
                raise UserError(
                    f"images: expected a {name} that {self.factor} divides (transform {self.spec!r}), got {name} {size}"
                )
        return height // self.factor, width // self.factor, channels

    def _weights(self, size):
        return _weights(size, self.factor)


@functools.lru_cache(maxsize=64)
def _weights(size, factor):
    """Integer weights [size / factor, size]; taps outside the image are left out."""
    centres = (np.arange(size // factor) + 0.5) * factor
    distance = (np.arange(size) + 0.5 - centres[:, None]) / factor
    rows = _keys_kernel(np.abs(distance))
    return integer_weights(rows / rows.sum(1, keepdims=True))


def _keys_kernel(t, a=-0.5):
    near = ((a + 2) * t - (a + 3)) * t * t + 1
    far = a * (((t - 5) * t + 8) * t - 4)
    return np.where(t < 1, near, np.where(t < 2, far, 0.0))
