"""`npz:PATH`: an array of images in a NumPy archive."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..errors import UserError
from . import pictures
from .cache import cached, stamp
from .splits import complete, dealt


def load_npz(path, size, channels, cache_dir):
    """Read uint8 images [N, H, W, C] or [N, H, W] from an archive; `splits.part_of` says to which part each goes.

    The array is under "images", under "x", or the only uint8 array of rank 3 or 4.

    Args:
        path: the archive.
        size: (rows, columns) that images are resized and cut to; None leaves them as they are.
        channels: 1 or 3.
        cache_dir: as for `load`.

    Returns:
        (dict of part to array, dict of part to digests, description of the resize).

    Raises:
        UserError: when the file is missing or no archive, or holds no such array.
    """
    path = Path(path)
    if not path.is_file():
        raise UserError(f"data: {path} is not a file")
    before = stamp(path)
    images = _read(path)
    own = images.shape[1:3]
    size = size or own
    same = size == own
    resize = "none: images kept as they are" if same else pictures.resize_text(size)

    def build():
        for image in images:
            picture = pictures.from_array(image)
            ready = image if same and image.shape[-1] == channels else pictures.fit(picture, size, channels)
            yield pictures.content(picture), [ready]

    arrays = cached(["npz", str(path), *before, size, channels, resize], lambda: dealt(build()), cache_dir)
    return *complete(arrays, str(path)), resize


def _read(path):
    try:
        with np.load(path, allow_pickle=False) as archive:
            return _images(path, {name: archive[name] for name in archive.files})
    except UserError:
        raise
    except Exception as error:  # NumPy and zipfile raise many kinds for what is no archive, or is damaged
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise UserError(f"data: {path} is not a NumPy .npz archive ({reason})") from None


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
