"""`cifar10`, `imagenette64` and `celeba64`, through TensorFlow Datasets."""

from __future__ import annotations

import dataclasses

import numpy as np

from ..errors import DownloadFailed, MissingPackage
from ..terminal import bar
from . import pictures
from .cache import cached
from .splits import held_out


@dataclasses.dataclass(frozen=True)
class Public:
    """Where a public data set's images come from.

    Attributes:
        builder: its name in TensorFlow Datasets.
        size: side of the images.
        test: the official split that is kept as test.
        crop: left, upper, right, lower, cut out before resizing; None for all.
    """

    builder: str
    size: int
    test: str
    crop: tuple | None = None


# CelebA is cropped at row 40 and column 15 to 148 x 148 (section 4.1).
PUBLIC = {
    "cifar10": Public("cifar10", 32, "test"),
    "imagenette64": Public("imagenette/320px-v2", 64, "validation"),
    "celeba64": Public("celeb_a", 64, "test", (15, 40, 15 + 148, 40 + 148)),
}


def load_public(name, channels, cache_dir):
    """Read a public data set; 15% of its training images are put aside as validation by a fixed seed.

    The paper reports on such a 15% as its test set; here the official test images stay the test set.

    Returns:
        (dict of split to array, description of the resize).

    Raises:
        DownloadFailed: when it is not on disk and can't be downloaded.
        MissingPackage: when a package is missing that reads it.
    """
    source = PUBLIC[name]
    resize = pictures.SQUARE
    if source.crop:
        resize = f"crop of columns and rows {source.crop}, then {resize}"
    if name == "cifar10":
        resize = "none: images kept as they are"

    def build():
        import tensorflow_datasets as tfds  # takes seconds to import

        download = (OSError, tfds.download.DownloadError, tfds.core.download.download_manager.NonMatchingChecksumError)
        try:
            parts = tfds.load(source.builder, split=["train", source.test], shuffle_files=False)
        except ImportError as error:  # it declares few of the packages that it imports for one data set or another
            raise MissingPackage(
                f"data: {name!r} needs a package that can't be imported ({_first_line(error)}); install it"
            ) from error
        except download as error:
            raise DownloadFailed(
                f"data: {name!r} is not on disk and can't be downloaded ({type(error).__name__}: "
                f'{_first_line(error)}); use "photos64", "folder:PATH" or "npz:PATH" without a network'
            ) from error
        train, test = parts
        validation = set(held_out(_count(train), 0.15))
        for number, image in enumerate(_read(train, source, channels, name)):
            yield "validation" if number in validation else "train", image[None]
        for image in _read(test, source, channels, name):
            yield "test", image[None]

    return cached(["public", name, source.builder, channels, resize], build, cache_dir), resize


def _first_line(error):
    return next(iter(str(error).strip().splitlines()), "no message")


def _count(part):
    try:
        return len(part)
    except TypeError:  # a reader that does not know how many it has
        return sum(1 for _ in part)


def _read(part, source, channels, name):
    for example in bar(part, desc=f"reading {name}", leave=False):
        picture = pictures.from_array(np.asarray(example["image"]))
        if source.crop:
            picture = picture.crop(source.crop)
        yield pictures.fit(picture, (source.size, source.size), channels)
