"""The reversible integer Haar lifting (S-transform), exact both ways.

A pair (p, q) becomes the difference h = p - q and the rounded mean l = q + floor(h / 2);
back, q = l - floor(h / 2) and p = h + q. Applied to the pairs of each row, then to the
pairs of each column, it splits an image into a low band and three detail bands of half
the size (Said & Pearlman 1996; Calderbank et al. 1998).
"""

import numpy as np
import tensorflow as tf

from ..errors import UserError

# The smallest and largest value of each detail band, in the order of `haar_split`.
HAAR_RANGES = ((-255, 255), (-255, 255), (-510, 510))


def haar_split(images):
    """Splits images into the low band and the three detail bands, without loss.

    images: uint8 or int32 [B, H, W, C] with values in 0..255, H and W even.
    Returns (low, (across, down, diagonal)), int32 [B, H/2, W/2, C]: low is in 0..255,
    the details are the differences between columns, between rows, and of differences,
    in the ranges of HAAR_RANGES.
    Raises ValueError for another type, rank or an odd size.
    """
    if not tf.is_tensor(images):
        images = np.asarray(images)
    _check("images", images)
    _check_even(images.shape)
    low, *details = (tf.cast(band, tf.int32) for band in _split(_float(images), tf.floor))
    return low, tuple(details)


def haar_join(low, details):
    """Inverts `haar_split`.

    low: uint8 or int32 [B, h, w, C]; details: the three bands of the same shape.
    Returns int32 [B, 2 h, 2 w, C]. The bands of an image give its values in 0..255 back;
    other bands can lead outside, and clipping is left to the caller.
    Raises ValueError for another type, rank or number of bands, or unequal shapes.
    """
    bands = [x if tf.is_tensor(x) else np.asarray(x) for x in _bands(low, details)]
    _check_bands(bands)
    return tf.cast(_join([_float(band) for band in bands], tf.floor, tf), tf.int32)


def haar_join_unrounded(low, details):
    """Inverts the lifting with its roundings left out, for bands that are not integers yet.

    low: float [B, h, w, C]; details: the three bands of the same shape.
    Returns float32 [B, 2 h, 2 w, C], continuous in every band.
    """
    return _join([_float(band) for band in _bands(low, details)], tf.identity, tf)


def haar_split_numpy(images):
    """The same as `haar_split` in NumPy, int32 arrays."""
    images = np.asarray(images)
    _check("images", images)
    _check_even(images.shape)
    low, *details = (band.astype(np.int32) for band in _split(images.astype(np.float32), np.floor))
    return low, tuple(details)


def haar_join_numpy(low, details):
    """The same as `haar_join` in NumPy, an int32 array."""
    bands = [np.asarray(x) for x in _bands(low, details)]
    _check_bands(bands)
    return _join([band.astype(np.float32) for band in bands], np.floor, np).astype(np.int32)


# Floats inside: floor(h * 0.5) of a small integer is exact on every backend, while
# floor division and shifts of negative int32 are wrong or missing on some.


def _float(x):
    return tf.cast(x, tf.float32)


def _split(x, floor):
    mean, difference = _forward(x, 2, floor)
    low, down = _forward(mean, 1, floor)
    across, diagonal = _forward(difference, 1, floor)
    return low, across, down, diagonal


def _join(bands, floor, library):
    low, across, down, diagonal = bands
    mean = _inverse(low, down, 1, floor, library)
    difference = _inverse(across, diagonal, 1, floor, library)
    return _inverse(mean, difference, 2, floor, library)


def _forward(x, axis, floor):
    first, second = ((slice(None),) * axis + (slice(start, None, 2),) for start in (0, 1))
    p, q = x[first], x[second]
    difference = p - q
    return q + floor(difference * 0.5), difference


def _inverse(mean, difference, axis, floor, library):
    q = mean - floor(difference * 0.5)
    p = difference + q
    shape = [-1] + list(mean.shape[1:])
    shape[axis] *= 2
    return library.reshape(library.stack([p, q], axis + 1), shape)


def _bands(low, details):
    details = tuple(details)
    if len(details) != 3:
        raise UserError(f"details: expected 3 bands, got {len(details)}")
    return (low,) + details


def _check_bands(bands):
    names = ("low", "details[0]", "details[1]", "details[2]")
    for name, band in zip(names, bands):
        _check(name, band)
        if tuple(band.shape[1:]) != tuple(bands[0].shape[1:]):
            raise UserError(f"{name}: expected the shape of low, {tuple(bands[0].shape)}, got {tuple(band.shape)}")


def _check(name, x):
    dtype = tf.as_dtype(x.dtype)
    if dtype not in (tf.uint8, tf.int32):
        raise UserError(f"{name}: expected uint8 or int32, got {dtype.name}")
    if getattr(x.shape, "rank", 0) is None or len(x.shape) != 4 or None in tuple(x.shape)[1:]:
        raise UserError(f"{name}: expected [batch, height, width, channels] with known sizes, got shape {x.shape}")


def _check_even(shape):
    if shape[1] % 2 or shape[2] % 2:
        raise UserError(f"images: expected an even height and width, got {shape[1]}x{shape[2]}")
