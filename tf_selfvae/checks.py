"""Checks of what users hand in; each error names the argument, what came and what was expected."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from .errors import UserError


def check_images(images, shape, argument="images"):
    """Return images as a uint8 tensor.

    Args:
        images: uint8 array or tensor [B, H, W, C].
        shape: expected (H, W, C).
        argument: the argument's name, for the error.

    Raises:
        ValueError: for another type, rank or size, or no images.
    """
    expected = f"expected uint8 [B, {', '.join(map(str, shape))}] with values in 0..255"
    if not tf.is_tensor(images):
        images = np.asarray(images)
    dtype = getattr(images.dtype, "name", str(images.dtype))
    if dtype != "uint8":
        hint = ""
        if dtype.startswith("float") and not tf.is_tensor(images) and images.size:
            hint = f" in {np.min(images):.4g}..{np.max(images):.4g}"
            if np.isnan(images).any():
                hint = " with NaN"
        raise UserError(f"{argument}: {expected}, got {dtype} {list(images.shape)}{hint}")
    if len(images.shape) != 4 or tuple(images.shape[1:]) != tuple(shape):
        raise UserError(f"{argument}: {expected}, got {dtype} {list(images.shape)}")
    if images.shape[0] == 0:
        raise UserError(f"{argument}: {expected}, got no images")
    return tf.convert_to_tensor(images)


def check_count(value, argument, least=1):
    """Return a whole number of at least `least`, or raise a ValueError that names the argument."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise UserError(f"{argument}: expected a whole number of at least {least}, got {value!r}")
    return int(value)


def check_temperature(value):
    """Return a finite temperature of at least 0 as a float, or raise a ValueError."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not np.isfinite(number) or number < 0:
        raise UserError(f"temperature: expected a finite number of at least 0, got {value!r}")
    return number
