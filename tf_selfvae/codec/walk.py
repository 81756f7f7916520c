"""One rung of the ladder: from a picture to the one of twice its size, band after band, in the order of the format."""

from __future__ import annotations

import numpy as np

from ..layers.phases import Phases
from ..transforms.haar_ends import haar_ends
from ..transforms.haar_lifting import haar_join_numpy
from .halving import determined
from .mixture import Mixture
from .places import drawn, known_before

BLOCK = 256  # rows and columns of the coarser picture that are coded together
_KEPT = 640_000_000  # integers of 16 bits of the trunk's sums that are kept between parts


def blocks(rows, columns):
    """List the (rows, columns) slices of a grid's blocks in raster order."""
    return [
        (slice(row, min(row + BLOCK, rows)), slice(column, min(column + BLOCK, columns)))
        for row in range(0, rows, BLOCK)
        for column in range(0, columns, BLOCK)
    ]


class _Tile:
    """A block with the places around it that its distributions read, inside the picture.

    Where the picture ends, convolutions pad with zeros as they do over the whole of it; elsewhere what they pad is too
    far away to be read.
    """

    def __init__(self, networks, block, shape):
        reach, cell = networks.level.reach, Phases(networks.level.phases).cell
        # A tile begins where a cell of phases does.
        starts = [max(s.start - reach, 0) // cell * cell for s in block]
        self.read = tuple(slice(start, min(s.stop + reach, n)) for start, s, n in zip(starts, block, shape))
        self._crop = tuple(slice(s.start - r.start, s.stop - r.start) for s, r in zip(block, self.read))
        self._networks, self._context = networks, None

    def outputs(self, part, coarser, bands, keep):
        """Return a part's outputs at the block's places that it draws, int32 [N, rows, columns, outputs]."""
        rows, columns = self.read
        context = self._context
        if context is None:
            context = self._networks.context(coarser[:, rows, columns].astype(np.float32))
        self._context = context if keep else None
        phases = self._networks.level.phases
        known = known_before(phases, part, [band[:, rows, columns] for band in bands], rows, columns)
        grid, level = Phases(phases), self._networks.level
        outputs = np.zeros([*known.shape[:3], level.outputs], np.int32)
        parts = self._networks.part(part, context, known)
        for (row, column), drawn_there in zip(grid.places(part % phases), parts):
            outputs[:, row :: grid.cell, column :: grid.cell] = drawn_there.numpy()
        return outputs[:, self._crop[0], self._crop[1]]


def climb(model, halving, coarser, height, width, choose):
    """Lead pictures to the finer rung.

    Args:
        model: a `CodecModel`.
        halving: the number of the finer rung, 0 for the pictures' own size.
        coarser: uint8 [N, h, w, C].
        height, width: of the finer rung, 2h or 2h - 1, and 2w or 2w - 1.
        choose: takes (where, mixture, channel, low, high): (band, block, bool [rows, columns] of the block), the
            `Mixture` of N P places, and int [N P] bounds, and gives the values, int64 [N P].

    Returns:
        uint8 [N, height, width, C].
    """
    networks = model.at(halving)
    level = networks.level
    count, rows, columns, channels = coarser.shape
    read = np.repeat(coarser, level.channels // channels, -1).astype(np.int16)
    bands = [np.zeros([count, rows, columns, level.channels], np.int16) for _ in range(3)]
    tiles = [(block, _Tile(networks, block, (rows, columns))) for block in blocks(rows, columns)]
    keep = count * rows * columns * level.width <= _KEPT
    for part in range(level.parts):
        keep = keep and part + 1 < level.parts
        band, phase = divmod(part, level.phases)
        fixed = determined(band, height, width)
        for block, tile in tiles:
            where = drawn(level.phases, phase, *block)
            if not where.any():
                continue
            outputs = tile.outputs(part, read, bands, keep)[:, where]
            inside = (slice(None), *block)
            least, most = haar_ends(band, read[inside][:, where], [known[inside][:, where] for known in bands[:band]])
            still = fixed[block][where][:, None]
            low, high = (np.where(still, end, bound) for end, bound in ((0, least), (1, most + 1)))
            mixture = Mixture(outputs.reshape(-1, level.outputs), level, model.constants)
            target = bands[band][inside]
            for channel in range(channels):
                ends = (bound[..., channel].reshape(-1) for bound in (low, high))
                values = choose((band, block, where), mixture, channel, *ends)
                spread = np.repeat(values.reshape(count, -1, 1), level.channels // channels, -1)
                target[:, where, channel : channel + spread.shape[-1]] = spread
    finer = np.empty([count, 2 * rows, 2 * columns, channels], np.uint8)
    for first in range(0, rows, BLOCK):  # a whole photograph takes a gigabyte on its way
        strip = slice(first, first + BLOCK)
        details = (band[:, strip, :, :channels].astype(np.int32) for band in bands)
        images = haar_join_numpy(coarser[:, strip], details)
        finer[:, 2 * first : 2 * (first + BLOCK)] = images.clip(0, 255)
    return np.ascontiguousarray(finer[:, :height, :width])
