"""Which values a detail band may take, so that the picture stays in 0..255, given what is known of it."""

from __future__ import annotations

import numpy as np


def haar_ends(band, low, known, library=np):
    """Return the least and greatest value that a band of `haar_split` may take at each place.

    Args:
        band: 0 across, 1 down, 2 diagonal.
        low: the coarser picture, [...], integers in 0..255.
        known: the bands before it, [...] each.
        library: numpy, or tensorflow: then floats [...], which hold integers.

    Returns:
        Two arrays [...] of the type of `low`. A picture's own values lie between them; of "across" and "down" some
        others do, too, for which no diagonal is left: then its least value is above its greatest.
    """
    if band == 0:  # over all differences between the rows
        most = library.minimum(library.minimum(2 * low + 2, 510 - 2 * low), 255)
        return -most, most
    if band == 1:
        return _of_difference(low, library)
    across, down = known[:2]
    second = low - library.floor(down * 0.5) if library is not np else low - down // 2
    (least1, most1), (least2, most2) = (_of_difference(row, library) for row in (second + down, second))
    least = library.maximum(2 * (least1 - across) - 1, 2 * (across - most2))
    most = library.minimum(2 * (most1 - across), 2 * (across - least2) + 1)
    return least, most


def _of_difference(mean, library):
    """Return the least and greatest difference of two values in 0..255 with that rounded mean."""
    least = library.maximum(2 * mean - 510, -2 * mean - 1)
    return least, library.minimum(510 - 2 * mean, 2 * mean + 1)
