"""PNG files by hand, good and bad."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png(image):
    """Encode a uint8 array [H, W, C]."""
    stream = io.BytesIO()
    Image.fromarray(np.squeeze(image)).save(stream, "PNG")
    return stream.getvalue()


def pixels(file):
    """Decode to a uint8 array [H, W, C]."""
    array = np.asarray(Image.open(io.BytesIO(file)))
    return array if array.ndim == 3 else array[..., None]


def chunk(kind, data):
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checksum


def handmade(width, height, depth=8, colour=2, pixels=b"", extra=b""):
    """Put a PNG together, whatever it claims."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return SIGNATURE + header + extra + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def bomb():
    """70 kilobytes that claim, and hold the start of, 10.8 gigabytes of pixels."""
    return handmade(60000, 60000, pixels=bytes(60_000_000))
