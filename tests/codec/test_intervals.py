"""What a band may be, so that its picture stays in 0..255."""

import numpy as np
import pytest

from tf_selfvae.codec.intervals import determined, evened, interval
from tf_selfvae.transforms.haar_lifting import haar_join, haar_split_numpy


def test_every_picture_lies_inside():
    random = np.random.default_rng(0)
    pictures = random.integers(0, 256, [4, 200, 200, 3])
    pictures[1] = random.choice([0, 1, 254, 255], pictures[1].shape)
    low, bands = haar_split_numpy(pictures.astype(np.uint8))
    for band in range(3):
        least, end = interval(band, low, bands[:band])
        assert (least <= bands[band]).all() and (bands[band] < end).all()


def test_the_last_band_leads_nowhere_else():
    """Of all triples that the first two intervals allow, the diagonal's is exactly what keeps the picture in 0..255."""
    random = np.random.default_rng(1)
    low = random.integers(0, 256, 300)
    low[:100] = random.choice([0, 1, 2, 253, 254, 255], 100)
    known = []
    for band in range(2):
        least, end = interval(band, low, known)
        known.append(random.integers(least, end))
    least, end = interval(2, low, known)
    diagonal = np.arange(-510, 511)
    bands = [np.broadcast_to(x[:, None, None, None], [300, 1, len(diagonal), 1]) for x in (low, *known)]
    bands.append(np.broadcast_to(diagonal[:, None], [300, 1, len(diagonal), 1]))
    lows, *bands = (x.astype(np.int32) for x in bands)
    picture = haar_join(lows, bands).numpy().reshape(300, 2, -1, 2)
    inside = ((picture >= 0) & (picture <= 255)).all((1, 3))
    np.testing.assert_array_equal(inside, (diagonal >= least[:, None]) & (diagonal < end[:, None]))


@pytest.mark.parametrize("height, width", [(1, 1), (1, 6), (5, 4), (7, 9)])
def test_a_doubled_end_is_known(height, width):
    picture = np.random.default_rng(2).integers(0, 256, [2, height, width, 3]).astype(np.uint8)
    _, bands = haar_split_numpy(evened(picture))
    for band in range(3):
        where = determined(band, height, width)
        assert (bands[band][:, where] == 0).all()
        assert where.any() == (bool(width % 2 and band != 1) or bool(height % 2 and band != 0))
