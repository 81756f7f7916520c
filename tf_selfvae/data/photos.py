"""`photos32` and `photos64`: crops of photographs that come inside scikit-image and scikit-learn.

Only files that lie in the installed packages are read; nothing is downloaded. Whole photographs are
held out: no test crop shares a scene with training. Everyday colour photographs were chosen; textures,
drawings and medical or astronomical pictures were not.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
from PIL import Image

from . import pictures
from .cache import cached

_SKIMAGE, _SKLEARN = ("skimage", "data"), ("sklearn", "datasets/images")
PHOTOS = {
    "train": [
        (*_SKIMAGE, "astronaut.png"),
        (*_SKIMAGE, "chelsea.png"),
        (*_SKIMAGE, "motorcycle_left.png"),
        (*_SKIMAGE, "rocket.jpg"),
        (*_SKLEARN, "flower.jpg"),
    ],
    "validation": [(*_SKIMAGE, "coffee.png")],
    "test": [(*_SKLEARN, "china.jpg")],
}
_COUNTS = {"train": 4000, "validation": 128, "test": 320}
_RESIZE = "antialiased bicubic (Pillow) of square crops at several scales"


def load_photos(size, channels, cache_dir):
    """Cut and resize the crops.

    Crop sides run from the picture's size to the photograph's short side, evenly in the logarithm;
    places are drawn by a fixed seed.

    Returns:
        (dict of split to array, description of the resize).
    """

    def build():
        random = np.random.default_rng(64)
        return {
            split: np.concatenate(
                [_crops(photo, _COUNTS[split] // len(photos), size, channels, random) for photo in photos]
            )
            for split, photos in PHOTOS.items()
        }

    key = ["photos", PHOTOS, _COUNTS, size, channels, _RESIZE]
    return cached(key, build, cache_dir), _RESIZE


def photo_path(package, folder, name):
    """Return the path of a photograph that comes with a package."""
    # The package is found, not imported: importing scikit-learn takes seconds.
    return Path(importlib.util.find_spec(package).origin).parent / folder / name


def _crops(photo, count, size, channels, random):
    picture = pictures.read_picture(photo_path(*photo)).convert("RGB" if channels == 3 else "L")
    short = min(picture.size)
    crops = []
    for side in np.exp(np.linspace(np.log(size), np.log(short), count)):
        side = min(round(side), short)
        left = random.integers(picture.width - side + 1)
        upper = random.integers(picture.height - side + 1)
        box = (left, upper, left + side, upper + side)
        crop = picture.resize((size, size), Image.BICUBIC, box=box)
        crops.append(pictures.to_array(crop, channels))
    return np.stack(crops)
