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


def half_clear(picture):
    """The picture, clearer from left to right."""
    alpha = Image.linear_gradient("L").rotate(90).resize(picture.size)
    picture = picture.convert("RGBA")
    picture.putalpha(alpha)
    return picture


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


def entries(cache):
    return [path for path in cache.iterdir() if path.suffix != ".lock"]


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
        "half-clear.png": half_clear(base),
        "grey-clear.png": half_clear(base).convert("LA"),
        "tall.bmp": photo(1, 30, 90),
        "small.png": photo(2, 9, 7),
    }
    for name, picture in saved.items():
        picture.save(root / name)
    turned = photo(3, 80, 50)
    exif = turned.getexif()
    exif[274] = 6  # taken with the camera turned
    turned.save(root / "turned.png", exif=exif)
    turned.save(root / "deeper.JPEG", exif=exif)
    colourful = base.quantize(16)
    colourful.save(root / "key.gif", transparency=int(np.asarray(colourful)[20, 30]))
    add_pictures(root)
    images = data.load(f"folder:{root}", size=16, cache_dir=tmp_path / "cache")
    assert images.image_shape == (16, 16, 3) and sum(images.counts.values()) == 13 + 40
    found = keys(np.concatenate(list(everything(images).values())))

    def expected(picture):
        return np.asarray(ImageOps.fit(picture, (16, 16), Image.BICUBIC)).tobytes()

    assert expected(base) in found
    assert expected(saved["tall.bmp"]) in found
    assert expected(base.convert("L").convert("RGB")) not in found  # JPEG is lossy: not exact
    assert expected(ImageOps.exif_transpose(Image.open(root / "turned.png"))) in found
    assert np.full([16, 16, 3], 255, np.uint8).tobytes() in found  # transparent: white
    for name in ("grey.jpg", "cmyk.jpeg", "palette.gif", "one-bit.png", "small.png"):
        with Image.open(root / name) as picture:
            assert expected(picture.convert("RGB")) in found, name
    with Image.open(root / "deeper.JPEG") as picture:
        assert expected(ImageOps.exif_transpose(picture)) in found
        assert expected(picture) not in found
    for name in ("half-clear.png", "grey-clear.png", "key.gif"):
        with Image.open(root / name) as picture:
            picture = picture.convert("RGBA")
        over_white = Image.new("RGB", picture.size, "white")
        over_white.paste(picture, mask=picture.getchannel("A"))
        # Pillow's paste and its alpha_composite may round one value apart.
        wanted = np.asarray(ImageOps.fit(over_white, (16, 16), Image.BICUBIC)).astype(int)
        errors = [np.abs(np.frombuffer(f, np.uint8) - wanted.ravel()).max() for f in found]
        assert min(errors) <= 1, name


def add_pictures(folder, count=40):
    """So many more pictures that every part has some."""
    for i in range(count):
        photo(2000 + i, 8, 8).save(folder / f"more-{i:02d}.bmp")


@pytest.mark.parametrize("ending", ["png", "tif", "pgm"])
def test_16_bit_grey_keeps_its_upper_bits(tmp_path, ending):
    root = tmp_path / "deep"
    root.mkdir()
    values = np.random.default_rng(1).integers(0, 2**16, [40, 8, 8]).astype(np.uint16)
    for i, value in enumerate(values):
        Image.fromarray(value).save(root / f"{i}.{ending}")
    images = data.load(f"folder:{root}", size=8, channels=1, cache_dir=tmp_path / "cache")
    found = keys(np.concatenate(list(everything(images).values())))
    assert found == keys((values // 256).astype(np.uint8)[..., None])
    np.testing.assert_array_equal(
        pictures.open_picture(root / f"0.{ending}"), np.repeat(values[0, ..., None] // 256, 3, -1)
    )


def test_values_of_unknown_range_are_an_error(tmp_path):
    Image.fromarray(np.ones([8, 8], np.float32)).save(tmp_path / "float.tif")
    with pytest.raises(ValueError, match="float.tif.*floating-point"):
        data.load(f"folder:{tmp_path}", cache_dir=tmp_path / "cache")
    with pytest.raises(ValueError, match="image: .*float.tif.*floating-point"):
        pictures.open_picture(tmp_path / "float.tif")


def test_one_channel(folder, tmp_path):
    images = data.load(f"folder:{folder}", size=8, channels=1, cache_dir=tmp_path / "cache")
    assert images.image_shape == (8, 8, 1)
    grey = ImageOps.fit(photo(400).convert("L"), (8, 8), Image.BICUBIC)
    found = keys(np.concatenate(list(everything(images).values())))
    assert np.asarray(grey)[..., None].tobytes() in found


def test_splits_are_disjoint_whole_and_stable(folder, tmp_path):
    add_pictures(folder, 276)
    first = everything(data.load(f"folder:{folder}", size=16, cache_dir=tmp_path / "a"))
    again = everything(data.load(f"folder:{folder}", size=16, cache_dir=tmp_path / "b"))
    sets = {split: keys(images) for split, images in first.items()}
    assert len(set.union(*sets.values())) == sum(map(len, sets.values())) == 300
    # 15% and 5% of 300, within three standard deviations.
    assert 27 <= len(sets["test"]) <= 63 and 4 <= len(sets["validation"]) <= 26
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


def test_a_cut_jpeg_in_the_middle_is_named_and_left_out(tmp_path, caplog):
    root = tmp_path / "many"
    root.mkdir()
    for i in range(120):
        photo(i, 20, 20).save(root / f"{i:03d}.jpg")
    whole = (root / "060.jpg").read_bytes()
    (root / "060.jpg").write_bytes(whole[: len(whole) // 2])
    with caplog.at_level(logging.WARNING):
        images = data.load(f"folder:{root}", size=8, cache_dir=tmp_path / "cache")
    assert "left out 1 unreadable picture of" in caplog.text and "060.jpg" in caplog.text
    assert sum(images.counts.values()) == 119
    wanted = set()
    for i in set(range(120)) - {60}:
        wanted.add(pictures.fit(Image.open(root / f"{i:03d}.jpg"), (8, 8)).tobytes())
    assert keys(np.concatenate(list(everything(images).values()))) == wanted
    # Two passes go over where it was.
    passes = list(images.train(8, repeat=True).take(2 * (images.counts["train"] // 8)))
    assert all(batch.shape == (8, 8, 8, 3) for batch in passes)


def test_one_unreadable_picture_of_a_few_is_left_out_and_two_are_an_error(folder, tmp_path, caplog):
    whole = (folder / "cats" / "00.png").read_bytes()
    (folder / "cut.png").write_bytes(whole[: len(whole) // 2])
    with caplog.at_level(logging.WARNING):
        images = data.load(f"folder:{folder}", size=8, cache_dir=tmp_path / "another")
    assert sum(images.counts.values()) == 24
    assert "left out 1 unreadable picture of" in caplog.text and "cut.png" in caplog.text
    (folder / "empty.png").write_bytes(b"")
    with pytest.raises(ValueError, match="2 of 26 pictures.*at most 1%, or one:.*cut.png.*empty.png"):
        data.load(f"folder:{folder}", size=8, cache_dir=tmp_path / "cache")
    assert not entries(tmp_path / "cache")  # nothing half made stays


@pytest.mark.parametrize("broken", [1, 2])
def test_one_percent_may_be_unreadable(tmp_path, caplog, broken):
    root = tmp_path / "hundred"
    root.mkdir()
    for i in range(100):
        if i < broken:
            (root / f"{i:03d}.jpg").write_bytes(b"no picture")
        else:
            photo(i, 8, 8).save(root / f"{i:03d}.png")
    if broken == 1:
        images = data.load(f"folder:{root}", size=8, cache_dir=tmp_path / "cache")
        assert sum(images.counts.values()) == 99
        assert "left out 1 unreadable" in caplog.text and "000.jpg" in caplog.text
    else:
        with pytest.raises(ValueError, match="2 of 100.*000.jpg.*001.jpg"):
            data.load(f"folder:{root}", size=8, cache_dir=tmp_path / "cache")


def test_long_lists_of_unreadable_pictures_are_cut(tmp_path):
    for i in range(13):
        (tmp_path / f"{i:02d}.png").write_bytes(b"")
    with pytest.raises(ValueError, match="13 of 13.*00.png.*09.png.* and 3 more") as caught:
        data.load(f"folder:{tmp_path}", cache_dir=tmp_path / "cache")
    assert "10.png" not in str(caught.value)


def test_missing_and_empty_folders(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="empty holds no pictures; expected files ending in .*jpg"):
        data.load(f"folder:{tmp_path / 'empty'}", cache_dir=tmp_path / "cache")
    with pytest.raises(ValueError, match="absent is not a folder"):
        data.load(f"folder:{tmp_path / 'absent'}", cache_dir=tmp_path / "cache")
    photo(0).save(tmp_path / "single.png")
    with pytest.raises(ValueError, match="single.png is not a folder"):
        data.load(f"folder:{tmp_path / 'single.png'}", cache_dir=tmp_path / "cache")
    (tmp_path / "empty" / "notes.txt").write_text("not a picture")
    (tmp_path / "empty" / "folder.png").mkdir()
    with pytest.raises(ValueError, match="empty holds no pictures .*1 of other kinds"):
        data.load(f"folder:{tmp_path / 'empty'}", cache_dir=tmp_path / "cache")
    photo(0).save(tmp_path / "empty" / "one.png")
    with pytest.raises(ValueError, match="1 pictures in .* are too few"):
        data.load(f"folder:{tmp_path / 'empty'}", cache_dir=tmp_path / "cache")


def test_the_cache_is_used_until_a_picture_changes(folder, tmp_path, monkeypatch):
    calls = []
    real = pictures.read_all
    monkeypatch.setattr(pictures, "read_all", lambda *a: calls.append(a) or real(*a))

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


def test_pictures_that_come_and_go_rebuild_the_cache(folder, tmp_path):
    def count():
        images = data.load(f"folder:{folder}", size=8, cache_dir=tmp_path / "cache")
        return sum(images.counts.values())

    assert count() == 24
    photo(1).save(folder / "new.png")
    assert count() == 25
    (folder / "new.png").unlink()
    assert count() == 24
    (folder / "cats" / "00.png").rename(folder / "cats" / "zz.txt")
    assert count() == 23


def test_caches_lie_in_the_user_folder_by_default(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    data.load(f"folder:{folder}", size=8)
    assert len(entries(tmp_path / "xdg" / "tf_selfvae")) == 1
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(pictures, "read_all", None)  # the cache is found
    data.load("folder:~/pictures", size=8, cache_dir="~/xdg/tf_selfvae")
