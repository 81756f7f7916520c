"""The one place that opens picture files, against files made by hand or by Pillow; which pictures a folder holds."""

import io
import logging
import os
import struct
import subprocess
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.export.pngs import bomb, chunk, handmade
from tf_selfvae import data
from tf_selfvae.data import pictures
from tf_selfvae.data.pictures import open_picture, read_picture
from tf_selfvae.errors import UserError


def tiff(path, bits, form, samples, photometric=1):
    """A grey TIFF of one row; `samples` are its bytes."""
    count = len(samples) * 8 // bits
    tags = [(256, count), (257, 1), (258, bits), (259, 1), (262, photometric), (273, 134), (277, 1), (278, 1)]
    tags += [(279, len(samples)), (339, form)]
    head = b"II*\0" + struct.pack("<IH", 8, 10) + b"".join(struct.pack("<HHII", t, 4, 1, v) for t, v in tags)
    path.write_bytes(head + bytes(4) + samples)
    return path


@pytest.mark.parametrize(
    "bits, form, samples, wanted",
    [
        (8, 1, b"\x00\x7f\xff", [0, 127, 255]),
        (12, 1, b"\x00\x07\xff\xff\xf0\x10", [0, 127, 255, 1]),
        (16, 1, struct.pack("<3H", 0, 0x7FFF, 0xFFFF), [0, 127, 255]),
        (16, 2, struct.pack("<3h", -0x8000, -1, 0x7FFF), [0, 127, 255]),
        (32, 1, struct.pack("<3I", 0, 0x7FFFFFFF, 0xFFFFFFFF), [0, 127, 255]),
        (32, 2, struct.pack("<3i", -0x80000000, -1, 0x7FFFFFFF), [0, 127, 255]),
    ],
)
def test_every_depth_goes_to_8_bits_by_its_own_range(tmp_path, bits, form, samples, wanted):
    assert open_picture(tiff(tmp_path / "x.tif", bits, form, samples))[0, :, 0].tolist() == wanted


@pytest.mark.parametrize("bits, samples", [(8, b"\x00\xff"), (16, b"\x00\x00\xff\xff")])
def test_zero_may_be_white(tmp_path, bits, samples):
    assert open_picture(tiff(tmp_path / "x.tif", bits, 1, samples, photometric=0))[0, :, 0].tolist() == [255, 0]


@pytest.mark.parametrize("bits, form", [(10, 1), (14, 1), (16, 3), (32, 3), (64, 1), (8, 3)])
def test_ranges_that_are_not_known_are_refused(tmp_path, bits, form):
    with pytest.raises(UserError, match=r"image: .*x.tif can't be read as a picture \(.+\)"):
        open_picture(tiff(tmp_path / "x.tif", bits, form, bytes(80)))


def test_a_scientific_file_of_16_bits_is_refused(tmp_path):
    cards = ["SIMPLE  =                    T", "BITPIX  =                   16", "NAXIS   =                    2"]
    cards += ["NAXIS1  =                    4", "NAXIS2  =                    4", "END"]
    head = "".join(card.ljust(80) for card in cards).ljust(2880).encode()
    (tmp_path / "x.fits").write_bytes(head + bytes(2880))
    with pytest.raises(UserError, match="known range.*FITS"):
        open_picture(tmp_path / "x.fits")


def test_a_transparent_grey_or_colour_of_any_depth_becomes_white(tmp_path):
    for depth in (1, 2, 4, 8, 16):
        top = 2**depth - 1
        for clear in {0, 1, top}:
            width, values = 16 // min(depth, 16) * 2, np.arange(16 // min(depth, 16) * 2) % (top + 1)
            bits = (values[:, None] >> np.arange(depth)[::-1]) & 1
            row = np.packbits(bits.astype(np.uint8).ravel()).tobytes()
            file = handmade(width, 1, depth, 0, b"\0" + row, chunk(b"tRNS", struct.pack(">H", clear)))
            (tmp_path / "x.png").write_bytes(file)
            wanted = np.where(values == clear, 255, values >> 8 if depth == 16 else values * 255 // top)
            assert open_picture(tmp_path / "x.png")[0, :, 1].tolist() == wanted.tolist(), (depth, clear)
    for depth, form in ((8, ">3B"), (16, ">3H")):
        key, other = (7, 8, 9), (200, 8, 9)
        scale = 257 if depth == 16 else 1
        row = b"".join(struct.pack(form, *(v * scale for v in c)) for c in (key, other))
        extra = chunk(b"tRNS", struct.pack(">3H", *(v * scale for v in key)))
        (tmp_path / "x.png").write_bytes(handmade(2, 1, depth, 2, b"\0" + row, extra))
        assert open_picture(tmp_path / "x.png")[0].tolist() == [[255, 255, 255], [200, 8, 9]]


def test_palettes_with_alpha_outside_png(tmp_path):
    palette = Image.new("P", (2, 1))
    palette.putdata([0, 1])
    palette.putpalette([255, 0, 0, 0, 0, 255, 0, 255], "RGBA")
    palette.save(tmp_path / "x.webp", lossless=True)
    palette.convert("RGBA").save(tmp_path / "x.tif")
    palette.convert("RGBA").save(tmp_path / "x.tga")
    for name in ("x.webp", "x.tif", "x.tga"):
        assert open_picture(tmp_path / name)[0].tolist() == [[255, 255, 255], [0, 255, 0]], name
    half = Image.new("LA", (1, 1), (0, 128))
    half.save(tmp_path / "half.png")
    assert open_picture(tmp_path / "half.png")[0, 0].tolist() == [127] * 3


@pytest.mark.parametrize("name", ["a.jpg", "b.webp", "c.png", "d.jpg"])
def test_damaged_exif_leaves_the_picture_unrotated_with_a_word(tmp_path, caplog, name):
    options = {"dpi": (72, 72)} if name == "d.jpg" else {}
    Image.new("RGB", (40, 20), "teal").save(tmp_path / name, exif=b"Exif\0\0not a TIFF header", **options)
    with caplog.at_level(logging.WARNING):
        assert open_picture(tmp_path / name).shape == (20, 40, 3)
    assert name in caplog.text and "EXIF" in caplog.text and "unrotated" in caplog.text


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientations(tmp_path, form, orientation):
    upright = np.zeros([24, 40, 3], np.uint8)
    upright[:8, :16] = 255
    turned = Image.fromarray(upright)
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Pillow's operations that lead to what a camera stores
    if orientation > 1:
        turned = turned.transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[274] = orientation
    options = {"lossless": True} if form == "WEBP" else {"quality": 100} if form == "JPEG" else {}
    turned.save(tmp_path / "x", form, exif=exif, **options)
    found = open_picture(tmp_path / "x")
    assert found.shape == upright.shape
    assert np.abs(found.astype(int) - upright).max() < 12


def files():
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, [16, 16, 3], np.uint8))
    for form in ("JPEG", "PNG", "GIF", "TIFF", "WEBP", "BMP", "ICO", "PPM", "TGA", "JPEG2000", "AVIF", "PCX", "SGI"):
        file = io.BytesIO()
        picture.save(file, form)
        yield form, file.getvalue()


@pytest.mark.parametrize("form, whole", files(), ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_damaged_is_a_picture_or_one_sentence(tmp_path, form, whole):
    random, path = np.random.default_rng(1), tmp_path / "damaged picture"
    for number in range(60):
        broken = bytearray(whole[: random.integers(1, len(whole))] if number % 3 == 0 else whole)
        for place in random.integers(0, len(broken), 1 + number % 5):
            broken[place] = random.integers(256)
        path.write_bytes(bytes(broken))
        try:
            assert open_picture(path).shape[2] == 3
        except UserError as error:
            assert str(path) in str(error) and "\n" not in str(error)


def test_pillows_own_warnings_are_not_printed_and_others_are(tmp_path):
    path, random = tmp_path / "x.png", np.random.default_rng(0)
    palette = Image.fromarray(random.integers(0, 256, [16, 16, 3], np.uint8)).quantize(8)
    palette.save(path, transparency=bytes(range(8)))
    before = warnings.filters[:]
    with warnings.catch_warnings(record=True) as met:
        warnings.simplefilter("always")
        with Image.open(path) as picture:
            picture.convert("RGB")
        assert len(met) == 1 and "Transparency" in str(met.pop().message)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(open_picture, [path] * 64))
        assert not met
        with Image.open(path) as picture:
            picture.convert("RGB")
        assert len(met) == 1  # a program's own use of Pillow is as it was
    assert warnings.filters == before


def test_whatever_pillow_raises_becomes_a_sentence(tmp_path, monkeypatch):
    Image.new("RGB", (8, 8)).save(tmp_path / "x.png")
    for error in (SyntaxError("a"), NotImplementedError(), struct.error("b"), EOFError(), MemoryError(), KeyError("c")):
        monkeypatch.setattr(Image, "open", lambda *a, error=error, **k: (_ for _ in ()).throw(error))
        with pytest.raises(UserError, match=r"x.png can't be read as a picture \(.+\)"):
            read_picture(tmp_path / "x.png")
    monkeypatch.setattr(Image, "open", lambda *a, **k: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        read_picture(tmp_path / "x.png")


def test_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")  # reading it would wait for ever
    for path in (tmp_path / "pipe.png", tmp_path, tmp_path / "absent.png"):
        with pytest.raises(UserError, match="it is not a file"):
            read_picture(path)


def test_a_bomb_and_what_is_too_large_are_one_sentence(tmp_path):
    limit = Image.MAX_IMAGE_PIXELS
    (tmp_path / "bomb.png").write_bytes(bomb())
    (tmp_path / "large.png").write_bytes(handmade(16001, 16001))
    for name in ("bomb.png", "large.png"):
        with pytest.raises(UserError, match=f"{name} can't be read .*at most 256 megapixels"):
            read_picture(tmp_path / name)
    assert Image.MAX_IMAGE_PIXELS == limit


LARGE = """
import sys
from PIL import Image
from tf_selfvae.data.pictures import read_picture
Image.MAX_IMAGE_PIXELS = None
Image.new(sys.argv[2], (14000, 13000), sys.argv[3]).save(sys.argv[1])
Image.MAX_IMAGE_PIXELS = 1000
picture = read_picture(sys.argv[1])
assert Image.MAX_IMAGE_PIXELS == 1000
# Not by getrusage, which counts what the process was before it became this program.
[peak] = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(picture.size, picture.getpixel((5, 5)), int(peak) / 2**20)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's count of memory")
@pytest.mark.parametrize("name, mode", [("x.png", "L"), ("x.jpg", "L")])
def test_a_scan_of_182_megapixels_is_read_reduced(tmp_path, name, mode):
    command = [sys.executable, "-c", LARGE, tmp_path / name, mode, "white"]
    found = subprocess.run([str(a) for a in command], capture_output=True, text=True, timeout=300)
    assert found.stdout.startswith(
        "(4667, 4334) (255, 255, 255)" if name == "x.png" else "(3500, 3250) (255, 255, 255)"
    )
    assert float(found.stdout.split()[-1]) < 2, "GiB"


def test_reduced_as_by_pillow_in_strips(tmp_path, monkeypatch):
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, [101, 67, 3], np.uint8))
    picture.save(tmp_path / "x.png")
    monkeypatch.setattr(pictures, "_KEPT", 700)
    monkeypatch.setattr(pictures, "_STRIP", 1000)
    monkeypatch.setattr(pictures._factor, "__defaults__", (700,))
    np.testing.assert_array_equal(np.asarray(read_picture(tmp_path / "x.png")), np.asarray(picture.reduce(4)))


def test_threads_share_the_room(tmp_path):
    room, inside, most = pictures._Room(10), [], []

    def work():
        with room.take(4):
            inside.append(1)
            most.append(len(inside))
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert max(most) <= 2 and room._left == 10
    with room.take(1000):  # more than there is: alone
        assert room._left == 0


def test_the_endings_are_those_of_what_pillow_reads():
    endings = pictures.endings()
    assert {".jpg", ".jpeg", ".jfif", ".jpe", ".png", ".avif", ".tga", ".webp", ".gif", ".tif", ".bmp"} <= endings
    assert not {".eps", ".ps", ".mpg", ".h5", ".txt", ".db", ".npz"} & endings


def test_a_picture_keeps_its_part_whatever_comes_goes_or_is_asked_for(tmp_path):
    root = tmp_path / "pictures"
    root.mkdir()
    random = np.random.default_rng(0)
    for i in range(120):
        Image.fromarray(random.integers(0, 256, [12, 10, 3], np.uint8)).save(root / f"{i:03d}.png")

    def parts(size=8):
        images = data.load(f"folder:{root}", size=size, cache_dir=tmp_path / "cache")
        return {digest.tobytes(): part for part, digests in images.contents.items() for digest in digests}, images

    before, first = parts()
    assert len(before) == 120
    assert parts(size=(6, 11))[0] == before
    for i in range(10):
        Image.fromarray(random.integers(0, 256, [12, 10, 3], np.uint8)).save(root / f"050-{i}.png")
    for i in range(0, 20):
        (root / f"{i:03d}.png").unlink()
    Image.open(root / "077.png").save(root / "zz-copy.bmp")
    after, second = parts()
    common = before.keys() & after.keys()
    assert len(common) == 100 and all(before[digest] == after[digest] for digest in common)
    assert sum(second.counts.values()) == 111 and len(after) == 110  # the copy is where the original is
    # In an archive the same pictures are dealt in the same way.
    np.savez(tmp_path / "a.npz", images=np.stack([open_picture(p) for p in sorted(root.iterdir())]))
    archive = data.load(f"npz:{tmp_path / 'a.npz'}", cache_dir=tmp_path / "cache")
    assert archive.counts == second.counts


def test_a_set_without_validation_pictures_says_so(tmp_path, caplog):
    from tests.data.test_dataset import dealt

    np.savez(tmp_path / "a.npz", images=dealt(9, 0, 2))
    with caplog.at_level(logging.WARNING):
        images = data.load(f"npz:{tmp_path / 'a.npz'}", cache_dir=tmp_path / "cache")
    assert images.counts == {"train": 9, "test": 2, "validation": 9}
    assert "none of its 11 pictures falls into validation" in caplog.text
    np.testing.assert_array_equal(images.examples("validation", 9), images.examples("train", 9))


def test_links_are_followed_and_what_is_left_out_is_said(tmp_path, caplog):
    store, root = tmp_path / "store", tmp_path / "set"
    for folder, blue in ((store / "cats", 0), (root / "dogs", 255), (root / ".hidden", 7), (root / "__MACOSX", 8)):
        folder.mkdir(parents=True)
        for i in range(30):
            Image.new("RGB", (8, 8), (i, 3 * i, blue)).save(folder / f"{i}.png")
    (root / "cats").symlink_to(store / "cats")
    (root / "again").symlink_to(store / "cats")
    (root / "dogs" / "loop").symlink_to(root)
    (root / "self").symlink_to(root / "self")
    (root / "gone.png").symlink_to(tmp_path / "nothing.png")
    (root / "Thumbs.db").write_text("")
    (root / "._1.png").write_bytes(b"")
    (root / "notes.txt").write_text("")
    with caplog.at_level(logging.WARNING):
        images = data.load(f"folder:{root}", size=8, cache_dir=tmp_path / "cache")
    assert sum(images.counts.values()) == 60
    assert f"left out in {root}: 4 hidden or of the system, 2 links to nothing, 1 of other kinds" in caplog.text


def test_a_folder_that_can_not_be_listed_is_said(tmp_path, monkeypatch):
    from tf_selfvae.data import folder

    (tmp_path / "closed").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    real = os.scandir

    def scandir(path):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found, left_out = folder.find_pictures(tmp_path)
    assert [path.name for path in found] == ["a.png"] and left_out == ["unreadable folders"]


def test_a_file_that_replaces_another_of_its_length_and_time_is_seen(tmp_path):
    root = tmp_path / "set"
    root.mkdir()
    for i in range(40):
        Image.new("RGB", (8, 8), (i, 2 * i, 3 * i)).save(root / f"{i:02d}.bmp")

    def pixels():
        images = data.load(f"folder:{root}", size=8, cache_dir=tmp_path / "cache")
        return {tuple(image[0, 0]) for split in images.counts for image in images.examples(split, 99)}

    assert (0, 0, 0) in pixels()
    first = (root / "00.bmp").stat()
    Image.new("RGB", (8, 8), (250, 251, 252)).save(tmp_path / "new.bmp")
    os.utime(tmp_path / "new.bmp", ns=(first.st_atime_ns, first.st_mtime_ns))
    os.replace(tmp_path / "new.bmp", root / "00.bmp")
    again = (root / "00.bmp").stat()
    assert (again.st_size, again.st_mtime_ns) == (first.st_size, first.st_mtime_ns)
    assert (250, 251, 252) in pixels() and (0, 0, 0) not in pixels()


def test_specs_of_one_folder_are_one(tmp_path, monkeypatch):
    (tmp_path / "pics").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "pics")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for path in ("pics", "./pics", "pics/", "pics/../pics", tmp_path / "pics", "~/pics", "link"):
        assert data.resolve(f"folder:{path}") == f"folder:{(tmp_path / 'pics').resolve()}"
    assert data.resolve("photos64") == "photos64"
    for bad in ("folder:", "nonsense", "folder:\0", "folder:~nobody-of-this-name/x"):
        with pytest.raises(UserError, match="data: "):
            data.load(bad, cache_dir=tmp_path / "cache")
