"""`npz:PATH`: an array of images in a NumPy archive."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from ..errors import UserError
from . import pictures
from .cache import cached
from .splits import split

# What NumPy raises for an empty file, another format, a lone array, or damage.
_NO_ARCHIVE = (ValueError, OSError, EOFError, TypeError, AttributeError, zipfile.BadZipFile, zlib.error)


def load_npz(path, size, channels, cache_dir):
    """Read uint8 images [N, H, W, C] or [N, H, W] from an archive.

    The array is under "images", under "x", or the only uint8 array of rank 3 or 4. Without a size,
    images keep theirs. A fixed permutation puts 15% aside as test and 5% as validation.

    Returns:
        (dict of split to array, description of the resize).

    Raises:
        ValueError: when the file is missing or no archive, or holds no such array.
    """
    path = Path(path).expanduser()
    if not path.is_file():
        raise UserError(f"data: {path} is not a file")
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except _NO_ARCHIVE as error:
        raise UserError(f"data: {path} is not a NumPy .npz archive ({error})") from None
    images = _images(path, arrays)
    same = size in (None, images.shape[1]) and images.shape[1] == images.shape[2]
    resize = "none: images kept as they are" if same else pictures.SQUARE
    stamp = path.stat()
    key = ["npz", str(path.resolve()), stamp.st_size, stamp.st_mtime_ns, size, channels, resize]

    def build():
        if same and images.shape[-1] == channels:
            ready = images
        else:
            side = size or min(images.shape[1:3])
            ready = np.stack([pictures.square(_picture(image), side, channels) for image in images])
        parts = split(len(ready), test=0.15, validation=0.05)
        return {name: ready[index] for name, index in parts.items()}

    return cached(key, build, cache_dir), resize


def _picture(image):
    return Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image)


def _images(path, arrays):
    candidates = [name for name, a in arrays.items() if a.dtype == np.uint8 and a.ndim in (3, 4)]
    names = [name for name in ("images", "x") if name in arrays] or candidates
    listing = ", ".join(f"{n}: {a.dtype} {list(a.shape)}" for n, a in arrays.items())
    if len(names) > 1 and "images" not in names:
        raise UserError(f'data: {path} holds several arrays of images; name one "images": {listing}')
    if not names or names[0] not in candidates:
        raise UserError(f"data: expected a uint8 array [N, H, W, 1 or 3] in {path}, got {listing}")
    images = arrays[names[0]]
    images = images[..., None] if images.ndim == 3 else images
    if images.shape[-1] not in (1, 3) or images.size == 0:
        raise UserError(f"data: expected a uint8 array [N, H, W, 1 or 3] in {path}, got {listing}")
    return images
