"""The reversible lifting: exact inverse, ranges, twins, errors."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from tests.transforms.pictures import extremes, noise, photographs
from tf_selfvae.transforms import (
    HAAR_RANGES,
    haar_join,
    haar_join_unrounded,
    haar_split,
)
from tf_selfvae.transforms.haar_lifting import haar_join_numpy, haar_split_numpy

# All 2x2 blocks of values around the ends and the middle of the range.
VALUES = (0, 1, 2, 127, 128, 254, 255)
BLOCKS = np.array(list(itertools.product(VALUES, repeat=4)), np.uint8).reshape(-1, 2, 2, 1)
BATCHES = {
    "photographs": photographs(),
    "noise": noise(),
    "extremes": extremes(),
    "grey": noise((2, 10, 14, 1)),
    "blocks": BLOCKS,
}


def loop_split(block):
    """The definition on one 2x2 block, in Python integers: rows, then columns."""
    (a, b), (c, d) = block.tolist()
    top, bottom = (b + (a - b) // 2, a - b), (d + (c - d) // 2, c - d)
    (l1, h1), (l2, h2) = top, bottom
    return l2 + (l1 - l2) // 2, h2 + (h1 - h2) // 2, l1 - l2, h1 - h2


def test_the_unrounded_join_is_linear_and_near_the_rounded_one():
    low, details = haar_split(BATCHES["photographs"])
    rounded = haar_join(low, details).numpy()
    unrounded = haar_join_unrounded(low, details).numpy()
    # Each step rounds down by at most a half: 0.5 for columns, 0.5 and 0.25 for what rows left out.
    assert 0 < np.abs(unrounded - rounded).max() <= 1.25
    moved = haar_join_unrounded(low, [band + 0.25 for band in map(tf.cast, details, [tf.float32] * 3)])
    change = (moved - unrounded).numpy()
    # The bands' signs in each 2x2 block: across + down + diagonal in halves and a quarter.
    np.testing.assert_allclose(change[0, :2, :2, 0], 0.25 * np.array([[1.25, -0.25], [-0.25, -0.75]]), atol=1e-4)


@pytest.mark.parametrize("name", BATCHES)
def test_join_inverts_split_everywhere(name):
    images = BATCHES[name]
    low, details = haar_split(images)
    assert all(band.dtype == tf.int32 for band in (low, *details))
    back = haar_join(low, details)
    assert back.dtype == tf.int32
    np.testing.assert_array_equal(back, images)

    array_low, array_details = haar_split_numpy(images)
    np.testing.assert_array_equal(low, array_low)
    for band, array in zip(details, array_details):
        assert array.dtype == np.int32
        np.testing.assert_array_equal(band, array)
    back = haar_join_numpy(array_low, array_details)
    assert back.dtype == np.int32
    np.testing.assert_array_equal(back, images)

    both = tf.function(lambda x: haar_join(*haar_split(x)), jit_compile=True)
    np.testing.assert_array_equal(both(tf.constant(images)), images)
    open_batch = tf.function(
        lambda x: (haar_split(x), haar_join(*haar_split(x))),
        input_signature=[tf.TensorSpec([None, *images.shape[1:]], tf.uint8)],
    )
    (graph_low, _), graph_back = open_batch(images)
    np.testing.assert_array_equal(graph_low, low)
    np.testing.assert_array_equal(graph_back, images)

    assert low.numpy().min() >= 0 and low.numpy().max() <= 255
    for band, (smallest, largest) in zip(details, HAAR_RANGES):
        assert band.numpy().min() >= smallest and band.numpy().max() <= largest


def test_split_is_the_definition():
    low, details = haar_split(BLOCKS)
    found = np.stack([low, *details], -1).reshape(-1, 4)
    np.testing.assert_array_equal(found, [loop_split(block[..., 0]) for block in BLOCKS])


def test_ranges_are_reached():
    _, details = haar_split(BLOCKS)
    assert tuple((band.numpy().min(), band.numpy().max()) for band in details) == HAAR_RANGES


def test_split_inverts_join_on_any_integers():
    rng = np.random.default_rng(2)
    low = rng.integers(0, 256, (2, 5, 7, 3)).astype(np.int32)
    details = tuple(rng.integers(a, b + 1, low.shape).astype(np.int32) for a, b in HAAR_RANGES)
    images = haar_join(low, details)
    again, more = haar_split(images)
    np.testing.assert_array_equal(again, low)
    for band, expected in zip(more, details):
        np.testing.assert_array_equal(band, expected)
    np.testing.assert_array_equal(haar_join(low.astype(np.uint8), details), images)
    assert haar_split(images[:0])[0].shape == (0, 5, 7, 3)
    assert haar_join(low[:0], [band[:0] for band in details]).shape == (0, 10, 14, 3)


@pytest.mark.parametrize("split", [haar_split, haar_split_numpy])
def test_wrong_images_are_explained(split):
    for images, words in [
        (np.zeros((1, 4, 4, 3), np.float32), "images.*int32.*float32"),
        (np.zeros((4, 4, 3), np.uint8), r"images.*\(4, 4, 3\)"),
        (np.zeros((1, 4, 5, 3), np.uint8), "images.*even.*4x5"),
    ]:
        with pytest.raises(ValueError, match=words):
            split(images)


def test_wrong_bands_are_explained():
    band = np.zeros((1, 4, 4, 3), np.int32)
    with pytest.raises(ValueError, match="details: expected 3 bands, got 2"):
        haar_join(band, (band, band))
    with pytest.raises(ValueError, match=r"details\[1\].*float64"):
        haar_join(band, (band, band * 1.0, band))
    with pytest.raises(ValueError, match=r"details\[2\].*shape of low"):
        haar_join(band, (band, band, band[:, :2]))
