"""The built-in photographs, and the public data sets through TensorFlow Datasets."""

import socket

import numpy as np
import pytest
import tensorflow_datasets as tfds
from PIL import Image

from tf_selfvae import data
from tf_selfvae.data import photos, public


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


def no_network(*arguments):
    raise AssertionError("the network was asked")


@pytest.mark.parametrize("size", [32, 64])
def test_photos_need_no_network(size, cache, monkeypatch):
    monkeypatch.setattr(socket.socket, "connect", no_network)
    images = data.load(f"photos{size}", cache_dir=cache)
    assert images.image_shape == (size, size, 3)
    assert images.counts == {"train": 4000, "validation": 128, "test": 320}
    batch = next(iter(images.train(64))).numpy()
    assert len({image.tobytes() for image in batch}) == 64 and batch.std() > 20


def test_whole_photographs_are_held_out():
    names = [{photo[2] for photo in photos._PHOTOS[s]} for s in ("train", "validation", "test")]
    assert not (names[0] & names[1] or names[0] & names[2] or names[1] & names[2])


def test_photos_are_the_same_on_every_machine(cache, tmp_path):
    a, b = (data.load("photos32", cache_dir=folder) for folder in (cache, tmp_path))
    np.testing.assert_array_equal(next(iter(a.test(320))), next(iter(b.test(320))))


@pytest.mark.parametrize("name", list(public.PUBLIC))
def test_public_sets_are_split_15_to_85(name, tmp_path):
    with tfds.testing.mock_data(num_examples=40):
        images = data.load(name, cache_dir=tmp_path)
    size = 32 if name == "cifar10" else 64
    assert images.image_shape == (size, size, 3)
    assert images.counts == {"train": 34, "validation": 6, "test": 40}
    flips = {a.tobytes() for a in next(iter(images.train(34, augment=False))).numpy()}
    augmented = {a.tobytes() for a in next(iter(images.train(34))).numpy()}
    # CelebA is not augmented; the others are.
    assert (flips == augmented) == (name == "celeba64")


def test_celeba_is_cropped_as_in_the_paper(tmp_path, monkeypatch):
    random = np.random.default_rng(0)
    faces = random.integers(0, 256, [20, 218, 178, 3], np.uint8)
    parts = [[{"image": face} for face in faces]] * 2
    monkeypatch.setattr(tfds, "load", lambda *a, **k: parts)
    images = data.load("celeba64", cache_dir=tmp_path)
    got = {image.tobytes() for image in next(iter(images.test(20))).numpy()}
    for face in faces:
        crop = Image.fromarray(face[40 : 40 + 148, 15 : 15 + 148]).resize((64, 64), Image.BICUBIC)
        assert np.asarray(crop).tobytes() in got
    assert "(15, 40, 163, 188)" in images.resize


def test_a_download_that_is_impossible_is_explained(tmp_path, monkeypatch):
    def refuse(*arguments, **options):
        raise ConnectionError("Name or service not known")

    monkeypatch.setattr(tfds, "load", refuse)
    with pytest.raises(ValueError, match="'cifar10' is not on disk.*ConnectionError.*photos64"):
        data.load("cifar10", cache_dir=tmp_path)


def test_bad_arguments(cache):
    for arguments, message in [
        (("photos65",), "unknown; valid ones: photos32, photos64, cifar10"),
        (("folder:",), "unknown; valid ones"),
        (("photos64", 32), "size: 'photos64' has images of 64x64, got 32"),
        (("photos64", 0), "size: expected"),
        (("photos64", 64, 2), "channels: expected 1 or 3, got 2"),
    ]:
        with pytest.raises(ValueError, match=message):
            data.load(*arguments, cache_dir=cache)
