"""Which values a band may take, so that the picture stays in 0..255, given what is known (integer Haar lifting)."""

from __future__ import annotations

import numpy as np

from ..transforms.haar_lifting import haar_split_numpy


def _of_difference(mean):
    """Return the least and greatest difference of two values in 0..255 with that rounded mean."""
    return np.maximum(2 * (mean - 255), -2 * mean - 1), np.minimum(2 * (255 - mean), 2 * mean + 1)


def _rows(low, down):
    """Return the two rows' means."""
    second = low - down // 2
    return second + down, second


def _widest():
    """Return the bounds of "across" by the low band's value: over all differences between the rows."""
    bounds = []
    for low in range(256):
        least, most = _of_difference(low)
        rows = _rows(low, np.arange(least, most + 1))
        ends = [_of_difference(row) for row in rows]
        bounds.append(((ends[0][0] + ends[1][0]).min() // 2, (ends[0][1] + ends[1][1]).max() // 2))
    return np.array(bounds).T


_ACROSS = _widest()


def interval(band, low, known):
    """Return the least value and one more than the greatest that a band may take at each place.

    Args:
        band: 0 across, 1 down, 2 diagonal.
        low: the coarser picture, int [...].
        known: the bands before it, int [...] each.

    Returns:
        Two int arrays [...]. A picture's own values lie inside; of "across" and "down" some others do, too.
    """
    if band == 0:
        least, most = _ACROSS[:, low]
    elif band == 1:
        least, most = _of_difference(low)
    else:
        across = known[0]
        (least1, most1), (least2, most2) = (_of_difference(row) for row in _rows(low, known[1]))
        least = np.maximum(2 * (least1 - across) - 1, 2 * (across - most2))
        most = np.minimum(2 * (most1 - across), 2 * (across - least2) + 1)
    return least, most + 1


def determined(band, height, width):
    """Return where a band is zero, since the picture's last column or row was doubled: bool [h, w].

    Args:
        band: 0 across, 1 down, 2 diagonal.
        height, width: of the picture, of any size.
    """
    where = np.zeros([-(-height // 2), -(-width // 2)], bool)
    if width % 2 and band != 1:
        where[:, -1] = True
    if height % 2 and band != 0:
        where[-1] = True
    return where


def evened(pictures):
    """Double the last row and column of pictures [N, H, W, C] where their number is odd."""
    height, width = pictures.shape[1:3]
    return np.pad(pictures, [(0, 0), (0, height % 2), (0, width % 2), (0, 0)], "edge")


def halved(pictures):
    """Halve pictures, uint8 [N, H, W, C], evened.

    Returns:
        (uint8 [N, h, w, C], its three bands, int16 likewise).
    """
    low, bands = haar_split_numpy(evened(pictures))
    return low.astype(np.uint8), [band.astype(np.int16) for band in bands]
