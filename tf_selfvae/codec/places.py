"""Which places of a band's grid, of any size, a phase draws, and what is known before it."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from ..layers.phases import Phases
from .networks import KNOWN


def known_mask(phases, phase, rows, columns):
    """Return 1 at the places of the phases before one: float32 [r, c].

    Args:
        phases: of a band.
        phase: a number up to them; all places are known before the one behind the last.
        rows, columns: slices of the grid.
    """
    grid = Phases(phases)
    cell = grid.known(phase, grid.cell, grid.cell)[0, :, :, 0]
    down, across = (np.arange(part.start, part.stop) % grid.cell for part in (rows, columns))
    return cell[np.ix_(down, across)]


def drawn(phases, phase, rows, columns):
    """Return which places a phase draws, bool [r, c]; arguments as for `known_mask`."""
    return known_mask(phases, phase + 1, rows, columns) > known_mask(phases, phase, rows, columns)


def known_before(phases, part, bands, rows, columns):
    """Return what a part's network reads of the bands before it, float32 [N, r, c, Level.known(part)]; see `Networks`.

    Args:
        phases: of a band.
        part: band * phases + phase.
        bands: integers [N, r, c, C] of the slices; whole, or complete up to the part.
        rows, columns: slices of the grid.
    """
    band, phase = divmod(part, phases)
    read = [tf.cast(known, tf.float32) for known in bands[:band]]
    if phase:
        mask = known_mask(phases, phase, rows, columns)[None, :, :, None]
        read.append(tf.cast(bands[band], tf.float32) * mask)
        read.append(tf.zeros_like(read[-1][..., :1]) + KNOWN * mask)
    return tf.concat(read, -1) if read else tf.zeros([*bands[0].shape[:3], 0])
