"""Pictures whose sides are odd."""

import numpy as np
import pytest

from tf_selfvae.codec.halving import determined, evened
from tf_selfvae.transforms.haar_lifting import haar_split_numpy


@pytest.mark.parametrize("height, width", [(1, 1), (1, 6), (5, 4), (7, 9)])
def test_a_doubled_end_is_known(height, width):
    picture = np.random.default_rng(2).integers(0, 256, [2, height, width, 3]).astype(np.uint8)
    _, bands = haar_split_numpy(evened(picture))
    for band in range(3):
        where = determined(band, height, width)
        assert (bands[band][:, where] == 0).all()
        assert where.any() == (bool(width % 2 and band != 1) or bool(height % 2 and band != 0))
