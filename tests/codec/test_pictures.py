"""Any picture comes back as it was, or is refused in one sentence."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

import tf_selfvae as sv
from tf_selfvae.codec import pictures
from tf_selfvae.errors import UserError

pytestmark = pytest.mark.usefixtures("double")
RANDOM = np.random.default_rng(0)
NOISE = RANDOM.integers(0, 256, [33, 47, 4], np.uint8)
FLAT = np.full([33, 47, 4], 255, np.uint8)
_BACK = {"P": "RGB", "PA": "RGBA"}


def back(image):
    """Compress a picture and decompress it by Pillow."""
    return Image.open(io.BytesIO(sv.codec.compress(image)))


@pytest.mark.parametrize("array", [NOISE, FLAT], ids=["noise", "flat"])
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA"])
def test_every_mode_comes_back(mode, array):
    image = Image.fromarray(array if "A" in mode else array[..., :3]).convert(mode)
    found = back(image)
    assert (found.mode, found.size) == (_BACK.get(mode, mode), image.size)
    assert np.array_equal(np.asarray(found), np.asarray(image.convert(found.mode)))


@pytest.mark.parametrize("mode, clear", [("P", 0), ("P", bytes(range(256))), ("L", 7), ("RGB", (1, 2, 3))])
def test_what_a_file_names_as_transparent_comes_back_as_alpha(mode, clear, tmp_path):
    image = Image.fromarray(NOISE[..., :3] // 64 * 64).convert(mode)
    image.putpixel((0, 0), {"P": 0, "L": 7, "RGB": (1, 2, 3)}[mode])
    image.save(tmp_path / "a.png", transparency=clear)
    expected = Image.open(tmp_path / "a.png").convert("LA" if mode == "L" else "RGBA")
    found = pictures.read(tmp_path / "a.png").to_pil()
    assert found.mode == expected.mode and np.array_equal(np.asarray(found), np.asarray(expected))
    assert found.getextrema()[-1][0] == 0 and np.array_equal(np.asarray(back(found)), np.asarray(expected))


def test_a_grey_png_of_few_bits_keeps_its_transparent_value(tmp_path):
    image = Image.fromarray(np.arange(16, dtype=np.uint8).reshape(4, 4) * 17)
    image.save(tmp_path / "a.png", bits=4, transparency=5)
    alpha = np.asarray(pictures.read(tmp_path / "a.png").to_pil())[..., 1].ravel()
    assert alpha.tolist() == [0 if value == 5 else 255 for value in range(16)] or (alpha == 255).all()


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (2, 1), (17, 31), (64, 64)])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_every_size_comes_back(size, channels, no_other_format):
    for fill in (NOISE[0, 0, 0], None):
        image = np.full([*size, channels], fill or 0, np.uint8)
        image = image if fill else RANDOM.integers(0, 256, image.shape, np.uint8)
        found = sv.codec.decompress(sv.codec.compress(image))
        assert found.dtype == np.uint8 and np.array_equal(found, image)


@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_orientation_profile_and_pixels_come_back(orientation, form, tmp_path):
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = orientation, "a description"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = tmp_path / f"a.{form.lower()}"
    Image.fromarray(NOISE[..., :3]).save(path, exif=exif, icc_profile=profile)
    original, again = Image.open(path), back(pictures.read(path).to_pil())
    original.load()  # Pillow turns a TIFF file upright as it loads it
    assert np.array_equal(np.asarray(again), np.asarray(original))
    assert again.info["icc_profile"] == profile
    if form != "TIFF":
        assert again.getexif()[0x0112] == orientation and again.getexif()[0x010E] == "a description"
    for ending in pictures_of(tmp_path, again):
        written = Image.open(ending)
        written.load()
        assert written.info["icc_profile"] == profile
        upright = [np.asarray(ImageOps.exif_transpose(image)) for image in (written, original)]
        assert np.array_equal(*upright)


def pictures_of(folder, image):
    for ending in ("png", "webp", "tif"):
        pictures.save(image, folder / f"again.{ending}")
        yield folder / f"again.{ending}"


def test_xmp_comes_back_through_png(tmp_path):
    image = Image.fromarray(NOISE[..., :3])
    image.save(tmp_path / "a.webp", xmp=b"<x:xmpmeta/>", lossless=True)
    found = back(pictures.read(tmp_path / "a.webp").to_pil())
    assert found.info["xmp"] == b"<x:xmpmeta/>"
    pictures.save(found, tmp_path / "a.png")
    assert pictures.read(tmp_path / "a.png").kept["xmp"] == b"<x:xmpmeta/>"


def write(path, kind):
    grey = Image.fromarray(RANDOM.integers(0, 2**16, [20, 20]).astype(np.uint16))
    if kind == "16 bits":
        grey.save(path.with_suffix(".png"))
    elif kind == "16 bits of colour":  # Pillow writes none: a PPM file
        path = path.with_suffix(".ppm")
        path.write_bytes(b"P6 4 4 65535\n" + bytes(4 * 4 * 6))
        return path
    elif kind == "floats":
        Image.fromarray(np.zeros([9, 9], np.float32)).save(path.with_suffix(".tif"))
        return path.with_suffix(".tif")
    elif kind == "CMYK":
        Image.fromarray(NOISE).convert("RGB").convert("CMYK").save(path.with_suffix(".jpg"))
        return path.with_suffix(".jpg")
    elif kind == "frames":
        frames = [Image.fromarray(NOISE[i:, :, :3]).resize((9, 9)) for i in range(3)]
        frames[0].save(path.with_suffix(".gif"), save_all=True, append_images=frames[1:])
        return path.with_suffix(".gif")
    elif kind == "deep PNG":
        import zlib

        def chunk(name, data):
            return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

        size = (2).to_bytes(4, "big") * 2
        rows = zlib.compress((b"\0" + bytes(range(12))) * 2)
        path = path.with_suffix(".png")
        data = chunk(b"IHDR", size + bytes([16, 2, 0, 0, 0])) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + data)
    else:
        path = path.with_suffix(".png")
        path.write_bytes(b"no picture")
    return path.with_suffix(".png")


@pytest.mark.parametrize(
    "kind, said",
    [
        ("16 bits", "expected 8 bits a channel, got more"),
        ("16 bits of colour", "expected 8 bits a channel, got more"),
        ("deep PNG", "expected 8 bits a channel, got more"),
        ("floats", "expected 8 bits a channel, got more"),
        ("CMYK", "expected grey, RGB or a palette, with or without alpha, got CMYK"),
        ("frames", "expected one picture, got 3 frames"),
        ("none", "cannot identify image file"),
    ],
)
def test_what_can_not_come_back_is_refused(kind, said, tmp_path):
    path = write(tmp_path / "a", kind)
    with pytest.raises(UserError) as error:
        pictures.read(path)
    assert str(error.value).startswith(f"image: {path} can't be compressed (") and said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("array", [np.zeros([4, 4, 3]), np.zeros([4, 4, 5], np.uint8), np.zeros([0, 4, 3], np.uint8)])
def test_other_arrays_are_refused(array):
    with pytest.raises(UserError, match=r"images: expected uint8 \[H, W, 1 to 4\], got"):
        sv.codec.compress(array)


def test_larger_pictures_than_asked_for_are_refused(tmp_path):
    Image.fromarray(NOISE).save(tmp_path / "a.png")
    with pytest.raises(UserError, match="expected 1 to 1000 pixels, got 47x33, 1551 pixels"):
        pictures.read(tmp_path / "a.png", most=1000)
    with pytest.raises(UserError, match="expected a picture of at most 1000 pixels, got 47x33, 1551 pixels"):
        sv.codec.decompress(sv.codec.compress(NOISE), most=1000)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA"])
def test_a_drawing_is_kept_in_the_smaller_format(mode):
    image = Image.fromarray(FLAT)
    image.paste((0, 30, 200, 40), (3, 5, 20, 30))
    image = image.convert(mode)
    data = sv.codec.compress(image)
    assert sv.codec.info(data)["stored"] and len(data) < 200
    assert sv.codec.decompress(data, level=1).shape[:2] == (17, 24)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(data))), np.asarray(image))


def test_pillow_saves_and_opens_by_name(tmp_path):
    image = Image.fromarray(NOISE)
    image.save(tmp_path / "a.svae")
    with Image.open(tmp_path / "a.svae") as found:
        assert (found.format, found.mode, found.size) == ("SVAE", "RGBA", (47, 33))
        assert np.array_equal(np.asarray(found), NOISE)
    data = (tmp_path / "a.svae").read_bytes()
    with pytest.raises(OSError, match="ends .* bytes early"):
        Image.open(io.BytesIO(data[:-9])).load()


@pytest.mark.parametrize("suffix", ["jp2", "j2k", "sgi", "bmp", "tif", "ppm", "tga"])
def test_formats_of_8_bits_are_taken(suffix, tmp_path):
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(NOISE[..., :3]).save(path)
    assert np.array_equal(pictures.read(path).to_array(), NOISE[..., :3])


def test_colour_of_16_bits_in_jpeg_2000_is_refused(tmp_path):
    path = tmp_path / "a.j2k"
    Image.fromarray(NOISE[..., :3]).save(path)
    data = bytearray(path.read_bytes())
    size = data.index(b"\xff\x51") + 38  # of its segment SIZ: the number of components, then 3 bytes of each
    assert data[size : size + 5] == b"\x00\x03\x07\x01\x01"
    for place in range(3):
        data[size + 2 + 3 * place] = 15
    path.write_bytes(data)
    with pytest.raises(UserError, match="expected 8 bits a channel, got more"):
        pictures.read(path)
