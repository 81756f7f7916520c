"""Pieces of a picture: most of them nearly the whole of it."""

import numpy as np
import pytest
from PIL import Image

from tests.small import CONFIGS, pictures
from tf_selfvae.data.crops import crops


@pytest.fixture
def picture():
    [pixels] = pictures(CONFIGS["vae"].override({"image": [96, 120, 3]}), 1)
    return Image.fromarray(pixels)


def test_most_are_nearly_the_whole_and_few_down_to_its_own_pixels():
    """How large a piece is shows in the slope of its pixels: three of the whole, one of its own pixels."""
    slope = np.tile(np.arange(120, dtype=np.uint8), [96, 1])
    pieces = crops(Image.fromarray(slope).convert("RGB"), (32, 32), 3, 400, seed=1)
    scales = np.array([(piece[16, 24, 0] - 1.0 * piece[16, 8, 0]) / 16 for piece in pieces])
    assert 0.9 < scales.min() < 1.3 and scales.max() < 3.1
    assert np.mean(scales > 2.5) > 0.55 and np.mean(scales < 2.0) > 0.1  # a cube: 0.63 and 0.21


def test_a_picture_smaller_than_the_result_is_cut_as_large_as_it_goes(picture):
    small = picture.resize((20, 16))
    whole = {small.resize((32, 32), Image.BICUBIC, (x, 0, x + 16, 16)).tobytes() for x in np.linspace(0, 4, 4001)}
    pieces = crops(small, (32, 32), 3, 4, seed=2)
    assert all(piece.shape == (32, 32, 3) for piece in pieces) and len({piece.tobytes() for piece in pieces}) > 1
    # Nothing is cut smaller than its own height: each is, to the rounding, a whole height at some place.
    nearest = [min(np.abs(np.frombuffer(w, np.uint8).astype(int) - p.ravel()).max() for w in whole) for p in pieces]
    assert max(nearest) <= 1


def test_a_seed_gives_the_same_pieces(picture):
    first, again, other = (crops(picture, (16, 24), 1, 5, seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert (np.array(first) != np.array(other)).any() and first[0].shape == (16, 24, 1)
