"""PNG files in and out of a graph, looked at before they are decoded."""

from __future__ import annotations

import tensorflow as tf

from .saved_model_checks import expect

_SIGNATURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"  # of every PNG; then the header's fields
_HEADER = 26  # bytes up to and with the colour type
_METADATA = 1 << 16  # bytes that a file may have beyond its uncompressed pixels
# Colour types without transparency, by channels: a conversion to RGB of these is exact.
_COLOUR_TYPES = {1: {0: "greyscale"}, 3: {0: "greyscale", 2: "RGB", 3: "palette"}}


def decode_pngs(files, shape, argument):
    """Decode PNG files of one known size.

    The header is read from the bytes first: a file that claims another size, such as a bomb (a few
    bytes that stand for gigabytes of pixels), is refused before any memory is taken for its pixels.

    Args:
        files: string tensor [B].
        shape: rows, columns and channels (1 or 3) of the images.
        argument: the input's name, for errors.

    Returns:
        A uint8 tensor [B, H, W, C].

    Raises:
        tf.errors.InvalidArgumentError: when it runs, for bytes that are not a PNG, another size, a
            colour type with transparency, colour where the model is grey, more than 8 bits per channel,
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
        files = tf.identity(files)
    images = tf.map_fn(
        lambda file: tf.ensure_shape(tf.io.decode_png(file, channels=channels), shape),
        files,
        fn_output_signature=tf.TensorSpec(shape, tf.uint8),
    )
    return images


def encode_pngs(images):
    """Encode images as PNG files.

    Args:
        images: uint8 tensor [B, H, W, C], C is 1 or 3.

    Returns:
        A string tensor [B].
    """
    return tf.map_fn(tf.io.encode_png, images, fn_output_signature=tf.TensorSpec([], tf.string))
