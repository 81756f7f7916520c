"""`folder:` from outside: any pictures, unreadable ones, splits and the cache."""

import logging

import numpy as np
import pytest
from PIL import Image, ImageOps

from tf_selfvae import data
from tf_selfvae.data import pictures


def photo(seed, width=60, height=40, channels=3):
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, [5, 6, channels], np.uint8)
    image = Image.fromarray(coarse if channels == 3 else coarse[..., 0])
    return image.resize((width, height), Image.BILINEAR)


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "pictures"
    for first, label in ((400, "cats"), (500, "dogs")):
        (root / label).mkdir(parents=True)
        for i in range(12):
            photo(first + i).save(root / label / f"{i:02d}.png")
    (root / "notes.txt").write_text("not a picture")
    return root


def everything(images, batch=4):
    parts = {}
    for split in ("train", "validation", "test"):
        stream = images.train(1, augment=False) if split == "train" else getattr(images, split)(batch)
        parts[split] = np.concatenate([part.numpy() for part in stream])
    return parts


def keys(images):
    return {image.tobytes() for image in images}


def test_pictures_of_every_kind(tmp_path):
    root = tmp_path / "kinds"
    root.mkdir()
    base = photo(0)
    clear = base.convert("RGBA")
    clear.putalpha(0)
    saved = {
        "rgb.PNG": base,
        "grey.jpg": base.convert("L"),
        "cmyk.jpeg": base.convert("CMYK"),
        "palette.gif": base.quantize(16),
        "clear.png": clear,
        "one-bit.png": base.convert("1"),
        "tall.bmp": photo(1, 30, 90),
        "small.png": photo(2, 9, 7),
    }
    for name, picture in saved.items():
        picture.save(root / name)
    turned = photo(3, 80, 50)
    exif = turned.getexif()
    exif[274] = 6  # taken with the camera turned
    turned.save(root / "turned.png", exif=exif)
    images = data.load(f"folder:{root}", size=16, cache_dir=tmp_path / "cache")
    assert images.image_shape == (16, 16, 3) and sum(images.counts.values()) == 9
    found = keys(np.concatenate(list(everything(images).values())))

    def expected(picture):
        return np.asarray(ImageOps.fit(picture, (16, 16), Image.BICUBIC)).tobytes()

    assert expected(base) in found
    assert expected(saved["tall.bmp"]) in found
    assert expected(base.convert("L").convert("RGB")) not in found  # JPEG is lossy: not exact
    assert expected(ImageOps.exif_transpose(Image.open(root / "turned.png"))) in found
    assert np.full([16, 16, 3], 255, np.uint8).tobytes() in found  # transparent: white


def test_one_channel(folder, tmp_path):
    images = data.load(f"folder:{folder}", size=8, channels=1, cache_dir=tmp_path / "cache")
    assert images.image_shape == (8, 8, 1)
    grey = ImageOps.fit(photo(400).convert("L"), (8, 8), Image.BICUBIC)
    found = keys(np.concatenate(list(everything(images).values())))
    assert np.asarray(grey)[..., None].tobytes() in found


def test_splits_are_disjoint_whole_and_stable(folder, tmp_path):
    first = everything(data.load(f"folder:{folder}", size=16, cache_dir=tmp_path / "a"))
    again = everything(data.load(f"folder:{folder}", size=16, cache_dir=tmp_path / "b"))
    sets = {split: keys(images) for split, images in first.items()}
    assert {split: len(images) for split, images in first.items()} == {
        "train": 19, "validation": 1, "test": 4,
    }
    assert len(set.union(*sets.values())) == 24
    for split in first:
        assert sets[split] == keys(again[split])


def test_few_unreadable_pictures_are_listed_and_skipped(folder, tmp_path, caplog):
    for i in range(100):
        photo(1000 + i, 20, 20).save(folder / f"more{i}.png")
    (folder / "broken.png").write_bytes(b"\x89PNG but not really")
    with caplog.at_level(logging.WARNING):
        images = data.load(f"folder:{folder}", size=8, cache_dir=tmp_path / "cache")
    assert sum(images.counts.values()) == 124
    assert "broken.png" in caplog.text


def test_many_unreadable_pictures_are_an_error(folder, tmp_path):
    whole = (folder / "cats" / "00.png").read_bytes()
    (folder / "cut.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match="1 of 25 pictures.*at most 1%.*cut.png"):
        data.load(f"folder:{folder}", size=8, cache_dir=tmp_path / "cache")
    assert not list((tmp_path / "cache").iterdir())  # nothing half made stays


def test_missing_and_empty_folders(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="empty holds no pictures; expected files ending in"):
        data.load(f"folder:{tmp_path / 'empty'}", cache_dir=tmp_path / "cache")
    with pytest.raises(ValueError, match="absent is not a folder"):
        data.load(f"folder:{tmp_path / 'absent'}", cache_dir=tmp_path / "cache")


def test_the_cache_is_used_until_a_picture_changes(folder, tmp_path, monkeypatch):
    calls = []
    real = pictures.decode_all
    monkeypatch.setattr(pictures, "decode_all", lambda *a: calls.append(a) or real(*a))

    def load(**options):
        return data.load(f"folder:{folder}", cache_dir=tmp_path / "cache", **options)

    first = everything(load(size=16))
    second = everything(load(size=16))
    assert len(calls) == 1
    np.testing.assert_array_equal(first["test"], second["test"])
    load(size=8)
    assert len(calls) == 2
    photo(7777).save(folder / "cats" / "00.png")
    changed = everything(load(size=16))
    assert len(calls) == 3
    assert set.union(*map(keys, first.values())) != set.union(*map(keys, changed.values()))


def test_a_half_written_cache_is_never_used(folder, tmp_path, monkeypatch):
    real = np.save

    def fail(path, images):
        real(path, images)
        if "validation" in str(path):
            raise OSError("No space left on device")

    monkeypatch.setattr(np, "save", fail)
    with pytest.raises(OSError, match="No space left"):
        data.load(f"folder:{folder}", size=8, cache_dir=tmp_path / "cache")
    monkeypatch.setattr(np, "save", real)
    assert sum(data.load(f"folder:{folder}", size=8, cache_dir=tmp_path / "cache").counts.values()) == 24
