"""More pictures of one: pieces of it, cut out at random."""

from __future__ import annotations

import numpy as np
from PIL import Image

MODES = {1: "L", 3: "RGB"}  # of Pillow, by channels
CUT = "crops, most of them nearly the whole"  # part of the key of what is cached


def crops(picture, size, channels, count, seed):
    """Cut boxes out of a picture, at random, and resize them to a size.

    Most of them are nearly the whole picture, so that they look like it; few are much smaller, down to the size of the
    result (where the picture is as large), which shows the picture's own pixels.

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
    own = min(1.0, largest)
    found = []
    for unusual, x, y in random.uniform(size=[count, 3]):
        scale = largest - (largest - own) * unusual**3
        sides = scale * width, scale * height
        left, upper = x * (picture.width - sides[0]), y * (picture.height - sides[1])
        box = (left, upper, min(left + sides[0], picture.width), min(upper + sides[1], picture.height))
        found.append(np.asarray(picture.resize((width, height), Image.BICUBIC, box)).reshape(height, width, channels))
    return found
