"""Checks of what users hand in; each error names the argument, what came and what was expected."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from .errors import UserError


def check_images(images, shape=None, argument="images"):
    """Return images as a uint8 tensor.

    Args:
        images: uint8 array or tensor [B, H, W, C].
        shape: expected (H, W, C), of at least one image; None for images of any size with 1 or 3
            channels. In a graph, B alone may be unknown.
        argument: the argument's name, for the error.

    Raises:
        ValueError: for another type, rank or size.
    """
    if not tf.is_tensor(images):
        images = np.asarray(images)
    return tf.convert_to_tensor(_check_pixels(images, _batch_of(shape), argument))


def check_array(images, shape=None, argument="images"):
    """Return images as a uint8 NumPy array; arguments and errors as for `check_images`."""
    return _check_pixels(np.asarray(images), _batch_of(shape), argument)


def check_image(image, argument="image"):
    """Return one image as a uint8 NumPy array [H, W, 1 or 3]; errors as for `check_images`."""
    return _check_pixels(np.asarray(image), _ANY, argument)


_ANY = ("H", "W", "1 or 3")


def _batch_of(shape):
    return ("N", *_ANY) if shape is None else ("B", *shape)


def _check_pixels(images, sizes, argument):
    """Compare with sizes: numbers, "N" for any, "B", "H" and "W" for at least 1, "1 or 3"."""
    wanted = ", ".join(map(str, sizes)).replace("N", "B")
    expected = f"{argument}: expected uint8 [{wanted}] with values in 0..255"
    dtype = getattr(images.dtype, "name", str(images.dtype))
    if getattr(images.shape, "rank", 0) is None:
        raise UserError(f"{expected}, got {dtype} of unknown rank")
    shape = list(images.shape)
    if dtype != "uint8":
        hint = ""
        if dtype.startswith("float") and not tf.is_tensor(images) and images.size:
            hint = f" in {np.min(images):.4g}..{np.max(images):.4g}"
            if np.isnan(images).any():
                hint = " with NaN"
        raise UserError(f"{expected}, got {dtype} {shape}{hint}")
    if len(shape) != len(sizes) or not all(map(_fits, shape, sizes)):
        raise UserError(f"{expected}, got {'no images' if shape[:1] == [0] else f'{dtype} {shape}'}")
    return images


def _fits(size, wanted):
    if wanted in ("H", "W"):
        return size is not None and size >= 1
    if wanted == "1 or 3":
        return size in (1, 3)
    return wanted == "N" or (wanted == "B" and size != 0) or size == wanted


def check_shape(shape):
    """Return an image's shape as ints (height, width, 1 or 3 channels), or raise a ValueError."""
    expected = "shape: expected (height, width, channels) with sizes of at least 1 and 1 or 3 channels"
    try:
        sizes = tuple(shape)
    except (TypeError, ValueError):
        raise UserError(f"{expected}, got {shape!r}") from None
    if len(sizes) != 3 or not all(_is_whole(size) for size in sizes) or not all(map(_fits, sizes, _ANY)):
        raise UserError(f"{expected}, got {sizes!r}")
    return tuple(map(int, sizes))


def check_count(value, argument, least=1, most=None):
    """Return a whole number of at least `least` (and at most `most`), or raise a ValueError that names the argument."""
    if not _is_whole(value) or value < least or (most is not None and value > most):
        wanted = f"of at least {least}" if most is None else f"in {least}..{most}"
        raise UserError(f"{argument}: expected a whole number {wanted}, got {value!r}")
    return int(value)


def check_positive(value, argument):
    """Return a finite number above 0 as a float, or raise a ValueError that names the argument."""
    real = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not real or not math.isfinite(value) or value <= 0:
        raise UserError(f"{argument}: expected a finite number above 0, got {value!r}")
    return float(value)


def check_temperature(value, argument="temperature"):
    """Return a finite temperature of at least 0 as a float, or raise a ValueError that names the argument."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number) or number < 0:
        raise UserError(f"{argument}: expected a finite number of at least 0, got {value!r}")
    return number


def check_temperatures(value, names):
    """Return each variable's temperature.

    Args:
        value: a finite number of at least 0, or a dict of variables' names to such; those left out have 1.
        names: of all variables.

    Returns:
        A dict of each name to a float.

    Raises:
        ValueError: for another number, or a name that is none of them.
    """
    if not isinstance(value, Mapping):
        return dict.fromkeys(names, check_temperature(value))
    unknown = [name for name in value if name not in names]
    if unknown:
        raise UserError(f"temperature: expected names of {', '.join(names)}, got {unknown[0]!r}")
    return {name: check_temperature(value.get(name, 1.0), f"temperature: {name}") for name in names}


def _is_whole(value):
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)
