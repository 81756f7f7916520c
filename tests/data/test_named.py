"""The built-in photographs, and the public data sets through TensorFlow Datasets."""

import importlib.metadata
import importlib.util
import socket
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow_datasets as tfds
from PIL import Image, ImageOps
from tensorflow_datasets.core import constants
from tensorflow_datasets.core.download import downloader

from tf_selfvae import data
from tf_selfvae.data import photos, public
from tf_selfvae.errors import DownloadFailed, MissingPackage


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
    names = [{photo[2] for photo in photos.PHOTOS[s]} for s in ("train", "validation", "test")]
    assert not (names[0] & names[1] or names[0] & names[2] or names[1] & names[2])


def photograph(package, folder, name):
    return Path(importlib.util.find_spec(package).origin).parent / folder / name


def test_photographs_come_with_the_packages():
    packages = {"skimage": "scikit-image", "sklearn": "scikit-learn"}
    for package, folder, name in sum(photos.PHOTOS.values(), []):
        assert photograph(package, folder, name).is_file()
        files = {str(file) for file in importlib.metadata.files(packages[package])}
        assert f"{package}/{folder}/{name}" in files


def test_crops_are_cut_from_their_photographs(cache):
    images = data.load("photos32", cache_dir=cache)
    splits = {
        "validation": np.concatenate(list(images.validation(128))),
        "test": np.concatenate(list(images.test(320))),
    }
    for split, crops in splits.items():
        (source,) = photos.PHOTOS[split]
        picture = Image.open(photograph(*source)).convert("RGB")
        width, height = picture.size
        # The largest crop has the photograph's height; the smallest is cut, not resized.
        wide = {
            picture.resize((32, 32), Image.BICUBIC, (left, 0, left + height, height)).tobytes()
            for left in range(width - height + 1)
        }
        assert crops[-1].tobytes() in wide
        windows = np.lib.stride_tricks.sliding_window_view(np.asarray(picture), (32, 32), (0, 1))
        first = np.moveaxis(crops[0], -1, 0)
        corners = np.argwhere((windows[..., 0, 0] == first[:, 0, 0]).all(-1))
        assert any((windows[i, j] == first).all() for i, j in corners)


def test_grey_photos(cache):
    images = data.load("photos32", channels=1, cache_dir=cache)
    assert images.image_shape == (32, 32, 1) and images.counts["test"] == 320
    colour = next(iter(data.load("photos32", cache_dir=cache).test(320)))[0].numpy()
    # The smallest crops are not resized: grey is Pillow's, of the same place.
    np.testing.assert_array_equal(
        next(iter(images.test(1)))[0, ..., 0], np.asarray(Image.fromarray(colour).convert("L"))
    )


def test_photos_are_the_same_on_every_machine(cache, tmp_path):
    a, b = (data.load("photos32", cache_dir=folder) for folder in (cache, tmp_path))
    np.testing.assert_array_equal(next(iter(a.test(320))), next(iter(b.test(320))))


@pytest.mark.parametrize("name", list(public.PUBLIC))
def test_public_sets_keep_the_official_test_images(name, tmp_path, monkeypatch):
    source = {
        "cifar10": ("cifar10", "test", (32, 32)),
        "celeba64": ("celeb_a", "test", (218, 178)),
        "imagenette64": ("imagenette/320px-v2", "validation", (80, 96)),
    }
    builder, held_out, size = source[name]
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, [30, *size, 3], np.uint8)
    calls = []

    def load(asked, split, **options):
        calls.append((asked, split))
        assert not options.get("shuffle_files")
        return [[{"image": i} for i in pixels[:20]], [{"image": i} for i in pixels[20:]]]

    monkeypatch.setattr(tfds, "load", load)
    images = data.load(name, cache_dir=tmp_path / "cache")
    assert calls == [(builder, ["train", held_out])]
    assert images.counts == {"train": 17, "validation": 3, "test": 10}

    def prepared(image):
        picture = Image.fromarray(image)
        if name == "celeba64":
            picture = picture.crop((15, 40, 163, 188))
        own = (32, 32) if name == "cifar10" else (64, 64)
        return np.asarray(ImageOps.fit(picture, own, Image.BICUBIC))

    wanted = [prepared(image) for image in pixels]
    np.testing.assert_array_equal(next(iter(images.test(10))), wanted[20:])
    kept = np.concatenate([*images.train(17, augment=False), *images.validation(3)])
    assert sorted(i.tobytes() for i in kept) == sorted(i.tobytes() for i in wanted[:20])
    if name == "cifar10":
        np.testing.assert_array_equal(wanted, pixels)
        assert images.resize.startswith("none")
    data.load(name, cache_dir=tmp_path / "cache")
    assert len(calls) == 1  # the second time comes from the cache


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
    with pytest.raises(DownloadFailed, match="'cifar10' is not on disk.*ConnectionError.*photos64"):
        data.load("cifar10", cache_dir=tmp_path / "cache")
    assert [path.suffix for path in (tmp_path / "cache").iterdir()] == [".lock"]


@pytest.mark.parametrize(
    "name, host",
    [("cifar10", "www.cs.toronto.edu"), ("imagenette64", "s3.amazonaws.com"), ("celeba64", "drive.google.com")],
)
def test_a_download_goes_as_far_as_its_first_request(name, host, tmp_path, monkeypatch):
    asked = []

    def refuse(name, *arguments, **options):
        asked.append(name)
        raise socket.gaierror("Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(downloader, "MAX_RETRIES", 0)  # they take two minutes
    monkeypatch.setattr(constants, "DATA_DIR", str(tmp_path / "datasets"))
    with pytest.raises(
        DownloadFailed, match=f"^data: '{name}' is not on disk and can't be downloaded .*{host}.*photos64"
    ):
        data.load(name, cache_dir=tmp_path / "cache")
    assert set(asked) == {host}


def test_a_missing_package_is_not_the_networks_fault(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow_datasets.scripts.documentation", None)

    def refuse(*arguments, **options):
        import tensorflow_datasets.scripts.documentation

        return tensorflow_datasets

    monkeypatch.setattr(tfds, "load", refuse)
    with pytest.raises(MissingPackage, match="'cifar10' needs a package that can't be imported .*documentation"):
        data.load("cifar10", cache_dir=tmp_path / "cache")


def test_bad_arguments(cache):
    for arguments, message in [
        (("photos65",), "unknown; valid ones: photos32, photos64, cifar10"),
        (("folder:",), "unknown; valid ones"),
        (("nonsense",), "'nonsense' is unknown.*imagenette64, celeba64, folder:PATH, crops:PATH, npz:PATH"),
        ((None,), "unknown; valid ones"),
        ((["photos64"],), "unknown; valid ones"),
        (("cifar10", 64), "size: 'cifar10' has images of 32x32, got 64"),
        (("photos64", 64, "3"), "channels: expected 1 or 3, got '3'"),
        (("photos64", 64.0), "size: expected"),
        (("photos64", 32), "size: 'photos64' has images of 64x64, got 32"),
        (("photos64", 0), "size: expected"),
        (("photos64", 64, 2), "channels: expected 1 or 3, got 2"),
    ]:
        with pytest.raises(ValueError, match=message):
            data.load(*arguments, cache_dir=cache)
