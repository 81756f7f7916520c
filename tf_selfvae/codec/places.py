"""Which places of a band's grid, of any size, a phase draws, and what is known before it."""

from __future__ import annotations

import functools

import numpy as np

from ..layers.phases import Phases
from .networks import KNOWN


@functools.lru_cache
def _cell(phases):
    """Return which phase draws each place of a cell: int [cell, cell]."""
    grid = Phases(phases)
    cell = np.empty([grid.cell, grid.cell], int)
    for phase in range(phases):
        cell[tuple(zip(*grid.places(phase)))] = phase
    return cell


def _phase_of(phases, rows, columns):
    """Return which phase draws each place of slices of a grid: int [r, c]."""
    cell = _cell(phases)
    down, across = (np.arange(part.start, part.stop) % len(cell) for part in (rows, columns))
    return cell[down[:, None], across]


def drawn(phases, phase, rows, columns):
    """Return which places a phase draws, bool [r, c].

    Args:
        phases: of a band.
        phase: a number below them.
        rows, columns: slices of the grid.
    """
    return _phase_of(phases, rows, columns) == phase


def known_before(phases, part, bands, rows, columns):
    """Return what a part's network reads of the bands before it, float32 [N, r, c, Level.known(part)]; see `Networks`.

    Args:
        phases: of a band.
        part: band * phases + phase.
        bands: integers [N, r, c, C] of the slices; whole, or complete up to the part.
        rows, columns: slices of the grid.
    """
    band, phase = divmod(part, phases)
    bands = [np.asarray(known) for known in bands]
    *shape, channels = bands[0].shape
    first = band * channels  # of the band's own
    read = np.empty([*shape, first + (channels + 1 if phase else 0)], np.float32)
    for i, known in enumerate(bands[:band]):
        read[..., i * channels : (i + 1) * channels] = known
    if phase:
        mask = _phase_of(phases, rows, columns) < phase
        read[..., first:-1] = bands[band] * mask[:, :, None]
        read[..., -1] = KNOWN * mask
    return read
