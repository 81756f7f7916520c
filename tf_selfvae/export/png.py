"""PNG files in and out of a graph, looked at before they are decoded."""

from __future__ import annotations

import tensorflow as tf

from .saved_model_checks import expect

_SIGNATURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"  # of every PNG; then the header's fields
_HEADER = 26  # bytes up to and with the colour type
_METADATA = 1 << 16  # bytes that a file may have beyond its uncompressed pixels
# Colour types without an alpha channel, by channels: a conversion to RGB of these is exact.
_COLOUR_TYPES = {1: {0: "greyscale"}, 3: {0: "greyscale", 2: "RGB", 3: "palette"}}


def decode_pngs(files, shape, argument):
    """Decode PNG files of one known size.

    The header is read from the bytes first: a file that claims another size, such as a bomb (a few
    bytes that stand for gigabytes of pixels), is refused before any memory is taken for its pixels. So is
    a file with a chunk tRNS, whatever pixels it makes transparent: decoded to the model's channels, they
    would be solid. Of checksums, those of the header, the palette, the pixels and the end must be right, as
    libpng has it; those of other chunks are not looked at.

    Args:
        files: string tensor [B].
        shape: rows, columns and channels (1 or 3) of the images.
        argument: the input's name, for errors.

    Returns:
        A uint8 tensor [B, H, W, C].

    Raises:
        tf.errors.InvalidArgumentError: when it runs, for bytes that are not a PNG, another size, a
            colour type or a chunk with transparency, colour where the model is grey, more than 8 bits per channel,
            much metadata, or pixels that can't be decoded.
    """
    height, width, channels = shape
    types = _COLOUR_TYPES[channels]
    most = height * (1 + width * channels) + _METADATA
    length = tf.strings.length(files)
    checks = [
        expect(
            tf.reduce_all(length >= _HEADER),
            f"{argument}: expected PNG files, got something shorter than the header of a PNG, bytes:",
            length,
        ),
        expect(
            tf.reduce_all(length <= most),
            f"{argument}: expected PNG files of at most {most} bytes (without metadata), got bytes:",
            length,
        ),
    ]
    with tf.control_dependencies(checks):
        header = tf.cast(tf.io.decode_raw(tf.strings.substr(files, 0, _HEADER), tf.uint8), tf.int64)
    start = header[:, : len(_SIGNATURE)]
    is_png = tf.reduce_all(tf.equal(start, list(_SIGNATURE)))
    # The error shows numbers: a status message with raw bytes in it would not be UTF-8.
    message = f"{argument}: expected PNG files, got another format, which starts with the bytes:"
    with tf.control_dependencies([expect(is_png, message, start)]):
        base = tf.constant([1 << 24, 1 << 16, 1 << 8, 1], tf.int64)
        size = tf.reduce_sum(tf.reshape(header[:, 16:24], [-1, 2, 4]) * base, -1)
        depth, colour = header[:, 24], header[:, 25]
    allowed = tf.constant(sorted(types), tf.int64)
    checks = [
        expect(
            tf.reduce_all(tf.equal(size, [width, height])),
            f"{argument}: expected images of {width}x{height} pixels, got widths and heights:",
            size,
        ),
        expect(
            tf.reduce_all(depth <= 8),
            f"{argument}: expected at most 8 bits per channel, got",
            depth,
        ),
        expect(
            tf.reduce_all(tf.reduce_any(tf.equal(colour[:, None], allowed), -1)),
            f"{argument}: expected a colour type of {types} (no transparency), got",
            colour,
        ),
    ]
    with tf.control_dependencies(checks):
        clear = tf.map_fn(_has_transparency, files, fn_output_signature=tf.TensorSpec([], tf.bool))
    message = f"{argument}: expected no transparency, got a chunk tRNS in the files numbered"
    with tf.control_dependencies([expect(~tf.reduce_any(clear), message, tf.where(clear)[:, 0])]):
        files = tf.identity(files)
    images = tf.map_fn(
        lambda file: tf.ensure_shape(tf.io.decode_png(file, channels=channels), shape),
        files,
        fn_output_signature=tf.TensorSpec(shape, tf.uint8),
    )
    return images


def _has_transparency(file):
    """Look through the chunks before the pixels for a tRNS: length (4 bytes), name (4), content, checksum (4)."""
    end = tf.cast(tf.strings.length(file), tf.int64)

    def go_on(place, name, found):
        return (place + 8 <= end) & (name != b"IDAT")

    def read(place, name, found):
        length = tf.cast(tf.io.decode_raw(tf.strings.substr(file, place, 4), tf.uint8), tf.int64)
        name = tf.strings.substr(file, place + 4, 4)
        length = tf.reduce_sum(length * tf.constant([1 << 24, 1 << 16, 1 << 8, 1], tf.int64))
        return place + 12 + length, name, found | (name == b"tRNS")

    start = (tf.constant(8, tf.int64), tf.constant(b""), tf.constant(False))
    return tf.while_loop(go_on, read, start)[2]


def encode_pngs(images):
    """Encode images as PNG files.

    Args:
        images: uint8 tensor [B, H, W, C], C is 1 or 3.

    Returns:
        A string tensor [B].
    """
    return tf.map_fn(tf.io.encode_png, images, fn_output_signature=tf.TensorSpec([], tf.string))
