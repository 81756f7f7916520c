"""What a band may be, so that its picture stays in 0..255."""

import numpy as np
import tensorflow as tf

from tf_selfvae.transforms.haar_ends import haar_ends
from tf_selfvae.transforms.haar_lifting import haar_join, haar_split_numpy


def test_every_picture_lies_inside():
    random = np.random.default_rng(0)
    pictures = random.integers(0, 256, [4, 200, 200, 3])
    pictures[1] = random.choice([0, 1, 254, 255], pictures[1].shape)
    low, bands = haar_split_numpy(pictures.astype(np.uint8))
    for band in range(3):
        least, most = haar_ends(band, low, bands[:band])
        assert (least <= bands[band]).all() and (bands[band] <= most).all()
        floats = [tf.constant(value, tf.float32) for value in (low, *bands[:band])]
        for end, same in zip((least, most), haar_ends(band, floats[0], floats[1:], tf)):
            np.testing.assert_array_equal(end, same)


def test_the_last_band_leads_nowhere_else():
    """Of all triples that the first two intervals allow, the diagonal's is exactly what keeps the picture in 0..255."""
    random = np.random.default_rng(1)
    low = random.integers(0, 256, 300)
    low[:100] = random.choice([0, 1, 2, 253, 254, 255], 100)
    known = []
    for band in range(2):
        least, most = haar_ends(band, low, known)
        known.append(random.integers(least, most + 1))
    least, most = haar_ends(2, low, known)
    diagonal = np.arange(-510, 511)
    bands = [np.broadcast_to(x[:, None, None, None], [300, 1, len(diagonal), 1]) for x in (low, *known)]
    bands.append(np.broadcast_to(diagonal[:, None], [300, 1, len(diagonal), 1]))
    lows, *bands = (x.astype(np.int32) for x in bands)
    picture = haar_join(lows, bands).numpy().reshape(300, 2, -1, 2)
    inside = ((picture >= 0) & (picture <= 255)).all((1, 3))
    np.testing.assert_array_equal(inside, (diagonal >= least[:, None]) & (diagonal <= most[:, None]))


def test_the_first_two_bands_have_no_other_ends():
    """Each end of "across" and of "down" is that of all pairs of pairs with that rounded mean."""
    pairs = np.stack(np.meshgrid(np.arange(256), np.arange(256), indexing="ij"), -1).reshape(-1, 2)
    difference = pairs[:, 0] - pairs[:, 1]
    mean = pairs[:, 1] + difference // 2
    least, most = extremes(mean, difference)
    # Rows of these means, whose mean is the coarser value; each with any of its differences.
    across = [extremes(mean, end[pairs].sum(1) // 2)[place] for place, end in enumerate((least, most))]
    for band, ends in ((0, across), (1, (least, most))):
        for found, end in zip(haar_ends(band, np.arange(256), []), ends, strict=True):
            np.testing.assert_array_equal(found, end)


def extremes(where, values):
    """The least and the greatest of the values at each of 256 places."""
    least, most = np.full(256, 999), np.full(256, -999)
    np.minimum.at(least, where, values)
    np.maximum.at(most, where, values)
    return least, most
