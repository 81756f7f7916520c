"""Phases: the places of a grid in groups that are drawn one after another, each given those before it."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from ..errors import UserError

_ORDER = ((0, 0), (1, 1), (0, 1), (1, 0))  # of the places of a cell of 2x2: those furthest apart first


class Phases:
    """Splits grids [B, h, w, c] into the values of `count` phases, and puts them together again.

    Two phases are the squares of a checkerboard, four the places of a cell of 2x2; eight and sixteen divide a cell of
    4x4 likewise, so that what is known is always spread evenly (Reed et al. 2017, section 3, order groups so).

    Only reshapes, stacks and slices without a stride, of up to four dimensions, are used: TF.js takes a fiftieth of the
    time for such a slice on WebAssembly.

    Args:
        count: 1, 2, 4, 8 or 16.

    Attributes:
        cell: rows and columns of a cell; they divide those of a grid.

    Example:
        >>> [part.shape for part in Phases(2).split(tf.zeros([1, 8, 8, 3]))]
        [TensorShape([1, 4, 8, 3]), TensorShape([1, 4, 8, 3])]
    """

    def __init__(self, count):
        self.count = count
        order, self.cell = [(0, 0)], 1
        while len(order) < count:
            # The places of the coarse cells vary first: each next one is as far away as can be.
            order = [(2 * row + r, 2 * column + c) for r, c in _ORDER for row, column in order]
            self.cell *= 2
        size = len(order) // count
        self._groups = [order[first : first + size] for first in range(0, len(order), size)]

    def shape(self, rows, columns, channels):
        """Return the shape of a phase of a grid of that shape: cells' rows, their columns times places, channels.

        Raises:
            UserError: when cells don't divide the grid.
        """
        if rows % self.cell or columns % self.cell:
            cells = f"{self.cell}x{self.cell}"
            raise UserError(f"phases: {self.count} take cells of {cells}, which don't divide {rows}x{columns} places")
        return (rows // self.cell, columns // self.cell * len(self._groups[0]), channels)

    def places(self, phase):
        """List the (row, column) in a cell that a phase draws."""
        return self._groups[phase]

    def pick(self, grid, phase):
        """Return the values of one phase of a grid: [B, *shape]."""
        if self.count == 1:
            return grid
        step = self.cell
        rows, columns, channels = grid.shape[1:]
        lines = tf.reshape(grid, [-1, step, columns // step, step * channels])
        places = [lines[:, row, :, column * channels : (column + 1) * channels] for row, column in self._groups[phase]]
        return self.gather([tf.reshape(place, [-1, rows // step, columns // step, channels]) for place in places])

    def gather(self, places):
        """Put a phase's places together, each [B, rows, columns, channels] of its cells, in the order of `places`."""
        if len(places) == 1:
            return places[0]
        _, rows, columns, channels = places[0].shape
        return tf.reshape(tf.stack(places, 3), [-1, rows, columns * len(places), channels])

    def split(self, grid):
        """Return the values of all phases, in order."""
        return [self.pick(grid, phase) for phase in range(self.count)]

    def join(self, parts):
        """Put together what `split` gave; where later phases are left out, with zeros at their places."""
        if self.count == 1:
            return parts[0]
        rows, wide, channels = parts[0].shape[1:]
        size, step = len(self._groups[0]), self.cell
        columns = wide // size
        places = {}
        for part, group in zip(parts, self._groups):
            spread = tf.split(tf.reshape(part, [-1, rows, columns, size * channels]), size, -1)
            places.update(zip(group, spread))
        nothing = tf.zeros_like(next(iter(places.values())))
        lines = []
        for row in range(step):
            line = [places.get((row, column), nothing) for column in range(step)]
            lines.append(tf.reshape(tf.stack(line, 3), [-1, rows, columns * step, channels]))
        return tf.reshape(tf.stack(lines, 2), [-1, rows * step, columns * step, channels])

    def known(self, phase, rows, columns):
        """Return the float32 array [1, rows, columns, 1] that is 1 at the places of the phases before one."""
        mask = np.zeros([self.cell, self.cell], np.float32)
        for group in self._groups[:phase]:
            mask[tuple(zip(*group))] = 1
        return np.tile(mask, [rows // self.cell, columns // self.cell])[None, :, :, None]
