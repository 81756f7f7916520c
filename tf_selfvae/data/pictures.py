"""Decoding and resizing of pictures with Pillow."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from PIL import Image, ImageOps

from ..errors import UserError
from ..terminal import bar

SQUARE = "antialiased bicubic (Pillow) to the short side, then a centre crop"
_MODES = {1: "L", 3: "RGB"}
_LOG = logging.getLogger(__name__)
_FEW = 0.01


def to_mode(picture, channels):
    """Bring a PIL image to 1 or 3 channels; what is transparent lies over white.

    Raises:
        ValueError: for floating-point values, whose range a file does not say.
    """
    picture = ImageOps.exif_transpose(picture)
    if picture.mode == "F":
        raise UserError("expected whole values, got floating-point ones")
    if picture.mode.startswith("I"):
        # 16 bits: Pillow's convert would clip; the upper eight are kept, as it does for colour.
        upper = np.clip(np.asarray(picture) >> 8, 0, 255)
        picture = Image.fromarray(upper.astype(np.uint8))
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture)
    return picture.convert("RGB").convert(_MODES[channels])


def to_array(picture, channels):
    """Return a PIL image of mode L or RGB as uint8 [H, W, channels]."""
    return np.asarray(picture).reshape(picture.height, picture.width, channels)


def square(picture, size, channels=3):
    """Resize the short side to `size` by antialiased bicubic, and cut out the centre.

    Args:
        picture: a PIL image of any mode and size.
        size: side of the result.
        channels: 1 or 3.

    Returns:
        A uint8 array [size, size, channels].
    """
    picture = to_mode(picture, channels)
    picture = ImageOps.fit(picture, (size, size), Image.BICUBIC)
    return to_array(picture, channels)


def open_picture(path):
    """Read a picture file as uint8 [H, W, 3].

    Raises:
        ValueError: when it is missing or no picture.
    """
    try:
        with Image.open(path) as picture:
            return to_array(to_mode(picture, 3), 3)
    except (OSError, ValueError) as error:
        raise UserError(f"image: {path} can't be read as a picture ({error})") from None


def decode_all(paths, size, channels, label):
    """Decode and resize many files, in threads and with a progress bar.

    Args:
        paths: list of paths.
        size: side of the results.
        channels: 1 or 3.
        label: what the paths are, for messages.

    Returns:
        (uint8 array [N, size, size, channels], list of the N positions in `paths` that were readable).

    Raises:
        ValueError: when more than 1% of the files can't be read; fewer are logged and left out.
    """

    def decode(path):
        try:
            with Image.open(path) as picture:
                return square(picture, size, channels)
        except Exception as error:  # Pillow raises many kinds for broken files
            return error

    with ThreadPoolExecutor() as pool:
        results = list(bar(pool.map(decode, paths), total=len(paths), desc=f"reading {label}", leave=False))
    broken = [i for i, result in enumerate(results) if isinstance(result, Exception)]
    if broken:
        listing = "; ".join(f"{paths[i]} ({results[i]})" for i in broken[:10])
        more = f" and {len(broken) - 10} more" if len(broken) > 10 else ""
        if len(broken) > _FEW * len(paths):
            raise UserError(
                f"data: {len(broken)} of {len(paths)} pictures of {label} can't be read, expected at "
                f"most 1%: {listing}{more}"
            )
        _LOG.warning("skipped %d unreadable pictures: %s%s", len(broken), listing, more)
    kept = [i for i, result in enumerate(results) if not isinstance(result, Exception)]
    return np.stack([results[i] for i in kept]), kept
