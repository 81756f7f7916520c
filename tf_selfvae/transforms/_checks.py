"""Checks at the boundary: what came in is named, next to what was expected."""

import math
import numbers

import numpy as np
import tensorflow as tf

from ..errors import UserError


def check_images(images):
    """Returns `images` as a tensor, after checking that it is uint8 [B, H, W, 1 or 3].

    H, W and C must be known when the graph is built; B may stay open.
    Raises ValueError naming what came and what was expected.
    """
    if not tf.is_tensor(images):
        images = np.asarray(images)
        if images.dtype != np.uint8:  # before tf guesses a type of its own
            raise UserError(f"images: expected uint8, got {images.dtype}")
    elif images.dtype != tf.uint8:
        raise UserError(f"images: expected uint8, got {images.dtype.name}")
    _check_dimensions(images.shape)
    return tf.convert_to_tensor(images)


def check_array(images):
    """Returns `images` as a NumPy array, after the same checks as `check_images`."""
    images = np.asarray(images)
    if images.dtype != np.uint8:
        raise UserError(f"images: expected uint8, got {images.dtype}")
    _check_dimensions(images.shape)
    return images


def check_shape(shape):
    """Returns `shape` as a tuple (H, W, C) of ints, or raises ValueError."""
    expected = "expected (height, width, channels) with sizes >= 1 and 1 or 3 channels"
    try:
        height, width, channels = shape
    except (TypeError, ValueError):
        raise UserError(f"shape: {expected}, got {shape!r}") from None
    if not all(is_integer(size) and size >= 1 for size in (height, width, channels)):
        raise UserError(f"shape: {expected}, got {tuple(shape)!r}")
    if channels not in (1, 3):
        raise UserError(f"shape: {expected}, got {channels} channels in {tuple(shape)!r}")
    return int(height), int(width), int(channels)


def check_integer(name, value, low, high=None):
    """Returns `value` as an int in low..high, or raises ValueError naming `name`."""
    wanted = f"an integer >= {low}" if high is None else f"an integer in {low}..{high}"
    if not is_integer(value) or value < low or (high is not None and value > high):
        raise UserError(f"{name}: expected {wanted}, got {value!r}")
    return int(value)


def check_positive(name, value):
    """Returns `value` as a finite float above 0, or raises ValueError naming `name`."""
    real = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not real or not math.isfinite(value) or value <= 0:
        raise UserError(f"{name}: expected a finite number > 0, got {value!r}")
    return float(value)


def is_integer(value):
    """Says whether `value` is an integer of Python or NumPy (a bool is not one)."""
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def _check_dimensions(shape):
    rank = None if getattr(shape, "rank", 0) is None else len(shape)
    if rank != 4:
        raise UserError(
            f"images: expected rank 4 [batch, height, width, channels], got "
            f"{'unknown rank' if rank is None else f'rank {rank}, shape {tuple(shape)}'}"
        )
    if None in tuple(shape)[1:]:
        raise UserError(f"images: expected height, width and channels known in advance, got shape {tuple(shape)}")
    if shape[3] not in (1, 3):
        raise UserError(f"images: expected 1 or 3 channels, got {shape[3]}, shape {tuple(shape)}")
    if shape[1] < 1 or shape[2] < 1:
        raise UserError(f"images: expected height and width >= 1, got shape {tuple(shape)}")
