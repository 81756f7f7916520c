"""Images that the tests of the transforms share."""

import functools

import numpy as np
from PIL import Image
from skimage import data

SPECS = (
    "bicubic:2",
    "bicubic:3",
    "bicubic:4",
    "haar",
    "blur:1",
    "blur:0.6",
    "bits:1",
    "bits:2",
    "bits:3",
    "sketch",
    "grey",
    "blur:1|bicubic:2",
    "grey|sketch",
    "sketch|bicubic:3|bits:2",
)


@functools.cache
def photographs(size=60):
    """Three photographs shrunk and three crops at full resolution, uint8 [6, size, size, 3]."""
    whole = [data.astronaut(), data.coffee(), data.chelsea()]
    small = [np.asarray(Image.fromarray(x).resize((size, size), Image.LANCZOS)) for x in whole]
    crops = [x[100 : 100 + size, 120 : 120 + size] for x in whole]
    return np.stack(small + crops)


def noise(shape=(3, 60, 60, 3), seed=0):
    """Uniform random integers, uint8."""
    return np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)


def extremes(size=24, channels=3):
    """Only 0 and 255: flat, stripes, checkerboard, random bits; uint8 [6, size, size, channels]."""
    i, j = np.mgrid[:size, :size]
    random = np.random.default_rng(1).integers(0, 2, (size, size))
    patterns = [0 * i, 0 * i + 1, i % 2, j % 2, (i + j) % 2, random]
    images = np.stack(patterns).astype(np.uint8) * 255
    return np.repeat(images[..., None], channels, -1)
