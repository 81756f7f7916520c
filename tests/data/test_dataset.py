"""Streams of batches: order, restart, augmentation, and the archive reader."""

import os

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image, ImageOps

from tf_selfvae import data
from tf_selfvae.data import pictures
from tf_selfvae.data.augment import flip, shift
from tf_selfvae.data.splits import part_of


def archive(path, **arrays):
    np.savez(path, **arrays)
    return f"npz:{path}"


def numbered(count=50, size=8):
    """Images that tell which one they are, wherever they are flipped to."""
    images = np.random.default_rng(0).integers(0, 256, [count, size, size, 3], np.uint8)
    images[:, 0] = np.arange(count)[:, None, None]
    return images


def part(image):
    return part_of(pictures.content(pictures.from_array(image)))


def dealt(train, validation, test, size=8):
    """Images as `numbered` gives, of which so many belong to each part."""
    random = np.random.default_rng(1)
    parts = random.permutation(["train"] * train + ["validation"] * validation + ["test"] * test)
    images = numbered(len(parts), size)
    for image, wanted in zip(images, parts):
        while part(image) != wanted:
            image[1:] = random.integers(0, 256, image[1:].shape)
    return images


@pytest.fixture
def images(tmp_path):
    return data.load(archive(tmp_path / "a.npz", images=dealt(40, 2, 8)), cache_dir=tmp_path / "cache")


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


def test_a_pass_ends_where_it_should(images):
    whole = list(images.train(8, seed=3, repeat=True).take(10))
    for start, expected in ((0, whole[:5]), (3, whole[3:5]), (5, whole[5:]), (9, whole[9:])):
        stream = images.train(8, seed=3, start_batch=start)
        assert stream.cardinality() == len(expected)
        got = list(stream)
        assert len(got) == len(expected)
        for a, b in zip(got, expected):
            np.testing.assert_array_equal(a, b)


def test_each_iteration_of_one_pass_is_another_pass(images):
    """`model.fit(images.train(8), epochs=2)` iterates twice."""
    endless = identities(images.train(8, seed=1, repeat=True).take(10)).reshape(2, 40)
    stream = images.train(8, seed=1)
    np.testing.assert_array_equal(identities(stream), endless[0])
    np.testing.assert_array_equal(identities(stream), endless[1])


def test_a_stream_starts_anywhere(images):
    whole = list(images.train(8, seed=3, repeat=True).take(14))
    late = list(images.train(8, seed=3, repeat=True, start_batch=7).take(7))
    for expected, got in zip(whole[7:], late):
        np.testing.assert_array_equal(expected, got)
    again = list(images.train(8, seed=3, repeat=True).skip(7).take(7))
    for expected, got in zip(again, late):
        np.testing.assert_array_equal(expected, got)


@pytest.mark.parametrize("flips, shifts", [(True, 0), (False, 2), (True, 2)])
def test_a_shifted_stream_starts_anywhere(flips, shifts):
    splits = {"train": numbered(20), "validation": numbered(2), "test": numbered(2)}
    images = data.Dataset("numbered", splits, "none", flips=flips, shifts=shifts)
    whole = np.stack(list(images.train(6, seed=5, repeat=True).take(8)))
    late = np.stack(list(images.train(6, seed=5, repeat=True, start_batch=5).take(3)))
    assert whole.dtype == np.uint8
    np.testing.assert_array_equal(whole[5:], late)
    plain = np.stack(list(images.train(6, seed=5, repeat=True, augment=False).take(8)))
    assert (whole != plain).any((1, 2, 3, 4)).all()
    other = np.stack(list(images.train(6, seed=6, repeat=True).take(8)))
    assert (whole != other).any()


def test_large_seeds_and_bad_ones(images):
    batch = next(iter(images.train(8, seed=2**40)))
    np.testing.assert_array_equal(batch, next(iter(images.train(8, seed=2**40))))
    for seed in (-1, 1.5, None, "0"):
        with pytest.raises(ValueError, match="seed: expected"):
            images.train(8, seed=seed)
    for start in (-1, 1.5, None):
        with pytest.raises(ValueError, match="start_batch: expected"):
            images.train(8, start_batch=start)


def test_validation_and_test_come_in_order_and_whole(images):
    batches = list(images.test(3))
    assert [len(batch) for batch in batches] == [3, 3, 2]
    assert (np.diff(identities(batches).astype(int)) > 0).all()
    np.testing.assert_array_equal(identities(images.test(8)), identities(images.test(3)))
    assert len(list(images.validation(64))) == 1
    assert images.test(3).cardinality() == 3 and images.validation(64).cardinality() == 1
    for bad in (0, 1.5, None):
        for split in (images.test, images.validation):
            with pytest.raises(ValueError, match="batch_size: expected"):
                split(bad)


def test_the_splits_hold_every_image_once(images):
    parts = [images.train(1, augment=False), images.validation(8), images.test(8)]
    found = np.concatenate([batch for part in parts for batch in part])
    order = np.argsort(found[:, 0, 0, 0])
    np.testing.assert_array_equal(found[order], dealt(40, 2, 8))
    assert images.describe().startswith(f"{images.name}: 8x8x3, 40 train, 2 validation, 8 test; resize")


def test_examples_are_spread_over_a_split(images):
    whole = next(iter(images.test(8))).numpy()
    np.testing.assert_array_equal(images.examples("test", 4), whole[::2])
    np.testing.assert_array_equal(images.examples("test", 100), whole)


def test_augmentation_can_be_left_out(images):
    plain = {image.tobytes() for image in dealt(40, 2, 8)}
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
    assert flipped.dtype == np.uint8 and (flipped != flip(images, [1, 3]).numpy()).any()


def test_shift_cuts_out_of_the_reflected_image():
    images = numbered(64)
    moved = shift(tf.constant(images), [3, 4], 2).numpy()
    padded = np.pad(images, [(0, 0), (2, 2), (2, 2), (0, 0)], mode="reflect")
    offsets = set()
    for image, result in zip(padded, moved):
        found = [(i, j) for i in range(5) for j in range(5) if (image[i : i + 8, j : j + 8] == result).all()]
        assert found
        offsets.update(found)
    assert len(offsets) > 15
    assert moved.dtype == np.uint8
    np.testing.assert_array_equal(moved, shift(images, [3, 4], 2))
    assert (moved != shift(images, [3, 5], 2).numpy()).any()
    np.testing.assert_array_equal(shift(images, [3, 4], 0), images)


def test_archives(tmp_path):
    cache = {"cache_dir": tmp_path / "cache"}
    grey = np.random.default_rng(0).integers(0, 256, [30, 12, 12], np.uint8)
    loaded = data.load(archive(tmp_path / "g.npz", anything=grey), channels=1, **cache)
    assert loaded.image_shape == (12, 12, 1) and loaded.resize.startswith("none")
    found = np.concatenate([*loaded.train(1, augment=False), *loaded.validation(9), *loaded.test(9)])
    assert {i.tobytes() for i in found} == {i.tobytes() for i in grey}
    resized = data.load(archive(tmp_path / "r.npz", x=grey), size=6, channels=3, **cache)
    assert resized.image_shape == (6, 6, 3) and "bicubic" in resized.resize
    found = {i.tobytes() for i in np.concatenate(list(resized.train(1, augment=False)))}
    wanted = {np.asarray(Image.fromarray(i).resize((6, 6), Image.BICUBIC).convert("RGB")).tobytes() for i in grey}
    assert found < wanted and len(found) == resized.counts["train"]


@pytest.mark.parametrize("size", [9, (9, 9), (6, 14), (12, 5), (9, 14), None])
def test_images_are_cut_to_the_shape_that_is_asked_for(tmp_path, size):
    wide = np.random.default_rng(0).integers(0, 256, [30, 9, 14, 3], np.uint8)
    images = data.load(archive(tmp_path / "w.npz", x=wide), size=size, cache_dir=tmp_path / "cache")
    height, width = (9, 14) if size is None else (9, 9) if size == 9 else size
    assert images.image_shape == (height, width, 3)
    assert images.resize.startswith("none") == ((height, width) == (9, 14))
    wanted = [np.asarray(ImageOps.fit(Image.fromarray(i), (width, height), Image.BICUBIC)) for i in wide]
    found = np.concatenate([*images.train(1, augment=False), *images.validation(9), *images.test(9)])
    assert sorted(i.tobytes() for i in found) == sorted(i.tobytes() for i in wanted)


@pytest.mark.parametrize("size", [0, (8,), (8, 8, 3), (8, 0), (8, 8.0), "8", True])
def test_bad_sizes(tmp_path, size):
    with pytest.raises(ValueError, match="size: expected"):
        data.load(archive(tmp_path / "w.npz", x=numbered(20)), size=size, cache_dir=tmp_path / "cache")


def test_which_array_of_an_archive(tmp_path):
    one, other = numbered(40), 255 - numbered(40)
    labels = np.arange(40)
    for i, (arrays, wanted) in enumerate(
        [
            ({"x": other, "images": one}, one),
            ({"x": one, "extra": other}, one),
            ({"labels": labels, "faces": one}, one),
        ]
    ):
        images = data.load(archive(tmp_path / f"{i}.npz", **arrays), cache_dir=tmp_path / "cache")
        found = {image.tobytes() for image in next(iter(images.test(40))).numpy()}
        assert found < {image.tobytes() for image in wanted}


def test_a_changed_archive_is_read_again(tmp_path):
    cache = {"cache_dir": tmp_path / "cache"}
    file = tmp_path / "a.npz"
    spec = archive(file, x=numbered(40))
    before = next(iter(data.load(spec, **cache).test(3))).numpy()
    np.testing.assert_array_equal(next(iter(data.load(spec, **cache).test(3))), before)
    first = file.stat()
    archive(file, x=255 - numbered(40))
    os.utime(file, ns=(first.st_atime_ns, first.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (first.st_size, first.st_mtime_ns)
    wanted = [image for image in 255 - numbered(40) if part(image) == "test"]
    np.testing.assert_array_equal(next(iter(data.load(spec, **cache).test(64))), wanted)


@pytest.mark.parametrize(
    "arrays, message",
    [
        ({"images": np.zeros([9, 8, 8, 3], np.float32)}, "expected a uint8 array.*images: float32"),
        ({"images": np.zeros([9, 8], np.uint8)}, "expected a uint8 array"),
        ({"images": np.zeros([9, 8, 8, 4], np.uint8)}, "1 or 3"),
        ({"a": numbered(9), "b": numbered(9)}, 'several arrays.*name one "images"'),
        ({"labels": np.zeros(9)}, "expected a uint8 array"),
        ({"images": dealt(2, 1, 0)}, "3 pictures in .* are too few.*none of these goes to test"),
        ({"images": dealt(0, 1, 2)}, "none of these goes to train"),
        ({"images": np.zeros([0, 8, 8, 3], np.uint8)}, "expected a uint8 array"),
        ({"images": np.zeros([9, 0, 0, 3], np.uint8)}, "expected a uint8 array"),
        ({"images": np.array([{}], object)}, "not a NumPy .npz archive"),
        ({}, "expected a uint8 array"),
    ],
)
def test_bad_archives(tmp_path, arrays, message):
    with pytest.raises(ValueError, match=message):
        data.load(archive(tmp_path / "bad.npz", **arrays), cache_dir=tmp_path / "cache")


def test_what_is_no_archive(tmp_path):
    (tmp_path / "text.npz").write_text("hello")
    (tmp_path / "empty.npz").write_bytes(b"")
    np.save(tmp_path / "single.npy", numbered(9))
    archive(tmp_path / "whole.npz", images=numbered(9))
    whole = (tmp_path / "whole.npz").read_bytes()
    (tmp_path / "cut.npz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "damaged.npz").write_bytes(whole[:600] + b"?" * 50 + whole[650:])
    for name in ("text.npz", "empty.npz", "single.npy", "cut.npz", "damaged.npz"):
        with pytest.raises(ValueError, match=f"{name} is not a NumPy .npz archive"):
            data.load(f"npz:{tmp_path / name}", cache_dir=tmp_path / "cache")
    with pytest.raises(ValueError, match="absent.npz is not a file"):
        data.load(f"npz:{tmp_path / 'absent.npz'}", cache_dir=tmp_path / "cache")
    with pytest.raises(ValueError, match="is not a file"):
        data.load(f"npz:{tmp_path}", cache_dir=tmp_path / "cache")
