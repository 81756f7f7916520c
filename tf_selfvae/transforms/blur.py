"""Gaussian blur (figure 2, e)."""

import functools
import math

import numpy as np

from ..checks import check_positive
from ._separable import SeparableFilter, integer_weights


class GaussianBlur(SeparableFilter):
    """Convolves images with a Gaussian of standard deviation `sigma` pixels.

    [B, H, W, C] to the same shape. The kernel is sampled at whole pixels, cut at
    ceil(3 sigma), normalised; beyond the border the edge pixel is repeated.
    Raises ValueError unless sigma is finite and above 0.
    """

    name = "blur"
    usage = "blur:1"
    argument = ("sigma", float)

    def __init__(self, sigma):
        self.sigma = check_positive(sigma, "sigma")

    def _weights(self, size):
        return _weights(size, self.sigma)


@functools.lru_cache(maxsize=64)
def _weights(size, sigma):
    """Integer weights [size, size]; taps beyond the border fall on the edge pixel."""
    radius = math.ceil(3 * sigma)
    offsets = np.arange(-radius, radius + 1)
    kernel = np.exp(-0.5 * (offsets / sigma) ** 2)
    kernel /= kernel.sum()
    rows = np.zeros((size, size))
    outputs = np.arange(size)
    for offset, weight in zip(offsets, kernel):
        rows[outputs, np.clip(outputs + offset, 0, size - 1)] += weight
    return integer_weights(rows)
