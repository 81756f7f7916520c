"""PNG files in a graph: what is decoded, and what is refused before it is."""

import io
import re
import resource

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tf_selfvae.export.png import decode_pngs, encode_pngs

from .pngs import bomb, chunk, handmade, pixels, png

RANDOM = np.random.default_rng(0)
COLOUR = RANDOM.integers(0, 256, [3, 16, 12, 3], dtype=np.uint8)
GREY = RANDOM.integers(0, 256, [3, 16, 12, 1], dtype=np.uint8)
SHAPES = {1: (16, 12, 1), 3: (16, 12, 3)}


@tf.function
def graph(files, channels):
    return decode_pngs(files, SHAPES[channels], "images_bytes")


def decode(*files, channels=3):
    return graph(tf.constant(files), channels)


@pytest.mark.parametrize("images", [COLOUR, GREY], ids=["colour", "grey"])
def test_pixels_survive(images):
    channels = images.shape[-1]
    np.testing.assert_array_equal(decode(*map(png, images), channels=channels), images)
    for file, image in zip(encode_pngs(images).numpy(), images):
        np.testing.assert_array_equal(pixels(file), image)


def test_grey_and_palette_files_are_colour_pictures_too():
    np.testing.assert_array_equal(decode(png(GREY[0]))[0], GREY[0].repeat(3, -1))
    palette = Image.fromarray(COLOUR[0]).quantize(16)
    stream = io.BytesIO()
    palette.save(stream, "PNG")
    np.testing.assert_array_equal(decode(stream.getvalue())[0], np.asarray(palette.convert("RGB")))


def palette_file(extra=b""):
    """A PNG whose pixels are all the first colour of its palette."""
    colours = chunk(b"PLTE", b"\xff\0\0\0\xff\0")
    return handmade(12, 16, colour=3, pixels=(b"\0" + bytes(12)) * 16, extra=colours + extra)


def with_checksum_wrong(file, name):
    at = file.index(name)
    end = at + 4 + int.from_bytes(file[at - 4 : at], "big")
    return file[:end] + bytes([file[end] ^ 1]) + file[end + 1 :]


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_grey_of_few_bits(depth):
    rows = RANDOM.integers(0, 2**depth, [16, 12], dtype=np.uint8)
    bits = np.unpackbits(rows[..., None], -1)[..., -depth:].reshape(16, -1)
    file = handmade(12, 16, depth, 0, b"".join(b"\0" + row.tobytes() for row in np.packbits(bits, 1)))
    np.testing.assert_array_equal(decode(file, channels=1)[0, ..., 0], rows * (255 // (2**depth - 1)))


def test_checksums():
    text = chunk(b"tEXt", b"a\0b")
    np.testing.assert_array_equal(decode(with_checksum_wrong(palette_file(text), b"tEXt"))[0, 0, 0], [255, 0, 0])
    for name in (b"IHDR", b"PLTE", b"IDAT"):
        with pytest.raises(tf.errors.InvalidArgumentError, match="Invalid PNG"):
            decode(with_checksum_wrong(palette_file(), name))


JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(100)
GOOD = png(COLOUR[0])
BAD = {
    "empty": (b"", "shorter than the header of a PNG, bytes:"),
    "short": (GOOD[:20], "shorter than the header of a PNG, bytes:"),
    "JPEG": (JPEG, "expected PNG files, got another format"),
    "text": (b"not a picture at all, just text", "expected PNG files, got another format"),
    "other size": (png(COLOUR[0][:8]), "expected images of 12x16 pixels, got widths and heights"),
    "turned": (png(COLOUR[0].swapaxes(0, 1)), "expected images of 12x16 pixels"),
    "no pixels": (handmade(0, 0), "expected images of 12x16 pixels"),
    "16 bits": (handmade(12, 16, depth=16), "expected at most 8 bits per channel, got"),
    "transparent": (handmade(12, 16, colour=6), "no transparency), got"),
    "unknown type": (handmade(12, 16, colour=9), "no transparency), got"),
    "clear palette": (palette_file(chunk(b"tRNS", b"\0")), "expected no transparency, got a chunk tRNS"),
    "clear palette, wrong checksum": (
        with_checksum_wrong(palette_file(chunk(b"tRNS", b"\0")), b"tRNS"),
        "expected no transparency, got a chunk tRNS",
    ),
    "clear colour": (
        handmade(12, 16, extra=chunk(b"tRNS", bytes(6)), pixels=(b"\0" + bytes(36)) * 16),
        "expected no transparency, got a chunk tRNS in the files numbered",
    ),
    "length of a chunk": (handmade(12, 16, extra=b"\xff\xff\xff\xfftEXt"), "Invalid PNG"),
    "long": (handmade(12, 16, extra=chunk(b"tEXt", b"a\0" + b"b" * 70_000)), "at most 66128 bytes"),
    "cut": (GOOD[:-40], "Invalid PNG data"),
    "damaged": (GOOD[:80] + bytes([GOOD[80] ^ 255]) + GOOD[81:], "Invalid PNG data"),
    "no data": (handmade(12, 16), "Invalid PNG data"),
}


@pytest.mark.parametrize("file, message", BAD.values(), ids=BAD)
def test_bad_files_are_explained(file, message):
    # One bad file among good ones.
    with pytest.raises(tf.errors.InvalidArgumentError, match=re.escape(message)):
        decode(GOOD, file)


def test_a_grey_model_takes_grey_files_only():
    with pytest.raises(tf.errors.InvalidArgumentError, match="greyscale.*no transparency.*got"):
        decode(GOOD, channels=1)


def test_a_bomb_is_refused_before_it_is_decoded():
    file = bomb()
    assert len(file) < 66_000  # what is refused is its claim, not its length
    decode(GOOD)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"got widths and heights:.*60000 60000"):
        decode(file)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # KiB
