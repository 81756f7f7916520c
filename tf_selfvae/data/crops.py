"""More pictures of one: pieces of it, cut out at random."""

from __future__ import annotations

import numpy as np
from PIL import Image

MODES = {1: "L", 3: "RGB"}  # of Pillow, by channels


def crops(picture, size, channels, count, seed):
    """Cut boxes of 0.7 to 1 times the height or width out of a picture, at random, and resize them to a size.

    Args:
        picture: a PIL image of mode RGB.
        size: (rows, columns) of the results.
        channels: 1 or 3.
        count: how many.
        seed: what their places follow from.

    Returns:
        A list of uint8 arrays [rows, columns, channels].
    """
    random, picture = np.random.default_rng(seed), picture.convert(MODES[channels])
    height, width = size
    largest = min(picture.height / height, picture.width / width)
    found = []
    for scale, x, y in random.uniform([0.7, 0, 0], 1, [count, 3]):
        sides = scale * largest * width, scale * largest * height
        left, upper = x * (picture.width - sides[0]), y * (picture.height - sides[1])
        box = (left, upper, min(left + sides[0], picture.width), min(upper + sides[1], picture.height))
        found.append(np.asarray(picture.resize((width, height), Image.BICUBIC, box)).reshape(height, width, channels))
    return found
