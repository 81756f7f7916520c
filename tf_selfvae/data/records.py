"""Images in a TFRecord file: a NumPy view for Python, and rows read by a graph alone.

All records have the same length, so that row r begins at a known byte and any row is read without those
before it. A graph reads each row by the file system: other processes need the path and nothing else,
and no copy of the file is in a graph or in memory (an `ImmutableConst` maps the file, but TensorFlow
copies all of it each time that a function with one is made).
"""

from __future__ import annotations

import contextlib
import errno
import zlib

import numpy as np
import tensorflow as tf

from ..errors import UserError

_HEAD, _TAIL = 12, 4  # bytes of length and checksums around what a record holds


class Records(np.memmap):
    """A read-only view uint8 [N, H, W, C] of a file of records.

    Attributes:
        path: the file, for graphs that read it; None for what is cut out of the view.
    """

    path = None


def open_records(path, shape):
    """View a file of records.

    Args:
        path: the file; it must have `file_size(shape)` bytes.
        shape: (N, H, W, C).

    Returns:
        A `Records`.
    """
    count, size = shape[0], int(np.prod(shape[1:]))
    mapped = np.memmap(path, np.uint8, "r", shape=(count, _HEAD + size + _TAIL))
    images = mapped[:, _HEAD : _HEAD + size].reshape(shape).view(Records)
    images.path = str(path)
    return images


def file_size(shape):
    """Return the bytes of a file of `shape[0]` records."""
    return shape[0] * (_HEAD + int(np.prod(shape[1:])) + _TAIL)


def checksum(path):
    """Return the CRC-32 of a file."""
    value = 0
    with open(path, "rb") as file:
        while block := file.read(1 << 22):
            value = zlib.crc32(block, value)
    return value


class RecordWriter:
    """Appends images to a file, one record each.

    Raises:
        OSError: when the file can't be written.
        ValueError: for images of another shape than the first.
    """

    def __init__(self, path):
        self.count, self.image_shape = 0, None
        with _system_errors(path):
            self._path, self._writer = path, tf.io.TFRecordWriter(str(path))

    @property
    def shape(self):
        """(N, H, W, C) of what was written."""
        return (self.count, *self.image_shape)

    def write(self, images):
        """Append uint8 images [n, H, W, C]."""
        if images.dtype != np.uint8 or images.ndim != 4:
            raise UserError(f"images: expected uint8 [N, H, W, C], got {images.dtype} {list(images.shape)}")
        self.image_shape = self.image_shape or images.shape[1:]
        if images.shape[1:] != self.image_shape:
            raise UserError(f"images: expected {list(self.image_shape)} as before, got {list(images.shape[1:])}")
        with _system_errors(self._path):
            for image in images:
                self._writer.write(image.tobytes())
        self.count += len(images)

    def close(self):
        """Write what is left to the file."""
        with _system_errors(self._path):
            self._writer.close()


@contextlib.contextmanager
def _system_errors(path):
    """Turn TensorFlow's errors of the file system into Python's."""
    try:
        yield
    except tf.errors.ResourceExhaustedError as error:
        raise OSError(errno.ENOSPC, error.message, str(path)) from error
    except tf.errors.OpError as error:
        raise OSError(errno.EIO, error.message, str(path)) from error


def is_of_records(error):
    """Whether one of TensorFlow's errors says that a file of records was damaged while it was read."""
    return isinstance(error, tf.errors.DataLossError) or "was cut or changed while it was read" in str(error)


def row_reader(images):
    """Return a function that gives rows of a split inside a graph.

    Args:
        images: `Records`, which are read from their file, or an array [N, H, W, C], which the graph
            then holds.

    Returns:
        A function of int64 [n] to uint8 [n, H, W, C].
    """
    if getattr(images, "path", None) is None:
        with tf.device("CPU"):
            constant = tf.constant(np.asarray(images))
        return lambda rows: tf.gather(constant, rows)
    path, shape = images.path, images.shape[1:]
    stride = file_size((1, *shape))

    def record(row):
        variant = tf.raw_ops.TFRecordDatasetV2(
            filenames=[path], compression_type="", buffer_size=0, byte_offsets=[row * stride]
        )
        return tf.data.experimental.from_variant(variant, tf.TensorSpec([], tf.string)).take(1)

    def read(rows):
        count = tf.size(rows, tf.int64)
        records = tf.data.Dataset.from_tensor_slices(rows).flat_map(record)
        # An empty text stands for each record that is missing, and for the batch of no rows.
        padding = tf.data.Dataset.from_tensors("").repeat(count + 1)
        texts = records.concatenate(padding).batch(count + 1).take(1).get_single_element()[:count]
        whole = tf.debugging.assert_equal(
            tf.strings.length(texts), int(np.prod(shape)), message=f"{path} was cut or changed while it was read"
        )
        with tf.control_dependencies([whole]):
            images = tf.reshape(tf.io.decode_raw(texts, tf.uint8), [-1, *shape])
        return tf.ensure_shape(images, [rows.shape[0], *shape])

    return read
