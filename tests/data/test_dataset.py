"""Streams of batches: order, restart, augmentation, and the archive reader."""

import numpy as np
import pytest
import tensorflow as tf

from tf_selfvae import data
from tf_selfvae.data.augment import flip, shift


def archive(path, **arrays):
    np.savez(path, **arrays)
    return f"npz:{path}"


def numbered(count=50, size=8):
    """Images that tell which one they are, wherever they are flipped to."""
    images = np.random.default_rng(0).integers(0, 256, [count, size, size, 3], np.uint8)
    images[:, 0] = np.arange(count)[:, None, None]
    return images


@pytest.fixture
def images(tmp_path):
    return data.load(archive(tmp_path / "a.npz", images=numbered()), cache_dir=tmp_path / "cache")


def identities(stream):
    return np.concatenate([batch.numpy()[:, 0, 0, 0] for batch in stream])


def test_each_pass_is_another_permutation(images):
    endless = images.train(8, seed=1, repeat=True)
    assert images.counts == {"train": 40, "validation": 2, "test": 8}
    order = identities(endless.take(10)).reshape(2, 40)
    for one_pass in order:
        assert len(set(one_pass)) == 40
    assert (order[0] != order[1]).any()
    np.testing.assert_array_equal(identities(images.train(8, seed=1)), order[0])
    assert (identities(images.train(8, seed=2)) != order[0]).any()
    assert len(list(images.train(12))) == 3  # the last partial batch is dropped


def test_a_stream_starts_anywhere(images):
    whole = list(images.train(8, seed=3, repeat=True).take(14))
    late = list(images.train(8, seed=3, repeat=True, start_batch=7).take(7))
    for expected, got in zip(whole[7:], late):
        np.testing.assert_array_equal(expected, got)


def test_validation_and_test_come_in_order_and_whole(images):
    batches = list(images.test(3))
    assert [len(batch) for batch in batches] == [3, 3, 2]
    assert (np.diff(identities(batches).astype(int)) > 0).all()
    np.testing.assert_array_equal(identities(images.test(8)), identities(images.test(3)))
    assert len(list(images.validation(64))) == 1


def test_augmentation_can_be_left_out(images):
    plain = {image.tobytes() for image in numbered()}
    for batch in images.train(8, augment=False):
        assert {image.tobytes() for image in batch.numpy()} <= plain
    changed = [i for b in images.train(8) for i in b.numpy() if i.tobytes() not in plain]
    assert 8 < len(changed) < 32  # about half of 40 are mirrored


@pytest.mark.parametrize("batch", [0, -1, 1.5, "8", True, 41])
def test_bad_batch_sizes(images, batch):
    with pytest.raises(ValueError, match="batch_size: expected"):
        images.train(batch)


def test_flip_mirrors_about_half():
    images = tf.constant(numbered(400))
    flipped = flip(images, [1, 2]).numpy()
    same = (flipped == images.numpy()).all((1, 2, 3))
    mirrored = (flipped == images.numpy()[:, :, ::-1]).all((1, 2, 3))
    assert (same ^ mirrored).all() and 160 < mirrored.sum() < 240
    np.testing.assert_array_equal(flipped, flip(images, [1, 2]))


def test_shift_cuts_out_of_the_reflected_image():
    images = numbered(64)
    moved = shift(tf.constant(images), [3, 4], 2).numpy()
    padded = np.pad(images, [(0, 0), (2, 2), (2, 2), (0, 0)], mode="reflect")
    offsets = set()
    for image, result in zip(padded, moved):
        found = [
            (i, j) for i in range(5) for j in range(5)
            if (image[i : i + 8, j : j + 8] == result).all()
        ]
        assert found
        offsets.update(found)
    assert len(offsets) > 15


def test_archives(tmp_path):
    cache = {"cache_dir": tmp_path / "cache"}
    grey = np.random.default_rng(0).integers(0, 256, [30, 12, 12], np.uint8)
    loaded = data.load(archive(tmp_path / "g.npz", anything=grey), channels=1, **cache)
    assert loaded.image_shape == (12, 12, 1) and loaded.resize.startswith("none")
    np.testing.assert_array_equal(np.sort(identities(loaded.test(30))), np.sort(identities(loaded.test(2))))
    resized = data.load(archive(tmp_path / "r.npz", x=grey), size=6, channels=3, **cache)
    assert resized.image_shape == (6, 6, 3) and "bicubic" in resized.resize


@pytest.mark.parametrize(
    "arrays, message",
    [
        ({"images": np.zeros([9, 8, 8, 3], np.float32)}, "expected a uint8 array.*images: float32"),
        ({"images": np.zeros([9, 8], np.uint8)}, "expected a uint8 array"),
        ({"images": np.zeros([9, 8, 8, 4], np.uint8)}, "1 or 3"),
        ({"a": numbered(9), "b": numbered(9)}, 'several arrays.*name one "images"'),
        ({"labels": np.zeros(9)}, "expected a uint8 array"),
        ({"images": numbered(2)}, "2 images are too few"),
    ],
)
def test_bad_archives(tmp_path, arrays, message):
    with pytest.raises(ValueError, match=message):
        data.load(archive(tmp_path / "bad.npz", **arrays), cache_dir=tmp_path / "cache")


def test_what_is_no_archive(tmp_path):
    (tmp_path / "text.npz").write_text("hello")
    with pytest.raises(ValueError, match="not a NumPy .npz archive"):
        data.load(f"npz:{tmp_path / 'text.npz'}", cache_dir=tmp_path)
    with pytest.raises(ValueError, match="absent.npz is not a file"):
        data.load(f"npz:{tmp_path / 'absent.npz'}", cache_dir=tmp_path)
