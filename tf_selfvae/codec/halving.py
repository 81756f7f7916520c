"""Halving pictures of any size: what is doubled where a side is odd."""

from __future__ import annotations

import numpy as np

from ..transforms.haar_lifting import haar_split_numpy


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
