"""Bytes of compressed files, in and out: whole numbers, exact lengths and a checksum of all that came before."""

from __future__ import annotations

import contextlib
import zlib

from ..errors import Damaged, UserError

_PIECE = 1 << 20  # bytes that are asked for at once: a length that a file claims costs no memory before it is there
_LONGEST = 5  # bytes of a whole number


class Cut(Damaged):
    """A compressed file ended early."""


class Source:
    """Reads from a file, and keeps the CRC-32 of all that was read, checksums left out.

    Args:
        file: a binary file, or another thing with `read`.
    """

    def __init__(self, file):
        self._file, self._sum = file, 0

    def take(self, count):
        """Return the next `count` bytes.

        Raises:
            Cut: where there are fewer.
        """
        pieces, left = [], count
        while left:
            piece = self._file.read(min(left, _PIECE))
            if not piece:
                raise Cut(f"the file ends {left} bytes early")
            self._sum = zlib.crc32(piece, self._sum)
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces)

    def number(self, most, what):
        """Return a whole number of 7 bits a byte, the lowest first.

        Args:
            most: the largest that is valid.
            what: it is, in the error.

        Raises:
            Cut: where the file ends.
            Damaged: for another number, or one that is written with more bytes than it needs.
        """
        value = 0
        for place in range(_LONGEST):
            (byte,) = self.take(1)
            value |= (byte & 0x7F) << 7 * place
            if byte < 0x80:
                if value > most or (place and not byte):
                    break
                return value
        raise Damaged(f"expected {what} of at most {most}, got another number")

    def check(self, what):
        """Compare the next 4 bytes with the CRC-32 of all before them.

        Raises:
            Cut: where the file ends.
            Damaged: when they differ.
        """
        expected, before = self._sum, self._sum
        found = int.from_bytes(self.take(4), "little")
        self._sum = before
        if found != expected:
            raise Damaged(f"{what} was changed: its checksum is another one")

    def is_at_end(self):
        """Whether nothing follows; it takes a byte of what does."""
        return not self._file.read(1)


class Sink:
    """Collects bytes, as `Source` reads them.

    Attributes:
        data: a bytearray of all so far.
    """

    def __init__(self):
        self.data, self._sum = bytearray(), 0

    def put(self, data):
        """Append bytes."""
        self.data += data
        self._sum = zlib.crc32(data, self._sum)

    def number(self, value):
        """Append a whole number below 2^35."""
        self.put(number(value))

    def check(self):
        """Append the CRC-32 of all so far."""
        self.data += self._sum.to_bytes(4, "little")


def number(value):
    """Return a whole number below 2^35 as bytes."""
    data = bytearray()
    while value >= 0x80:
        data.append(0x80 | value & 0x7F)
        value >>= 7
    return bytes([*data, value])


def inflate(data, most, what):
    """Return what zlib compressed.

    Args:
        data: bytes.
        most: bytes that may come out.
        what: it is, in the error.

    Raises:
        Damaged: for more, or other bytes.
    """
    inflater = zlib.decompressobj()
    try:
        result = inflater.decompress(data, most + 1)
    except zlib.error:
        result = None
    if result is None or len(result) > most or not inflater.eof or inflater.unused_data:
        raise Damaged(f"{what} was changed: it is not what was compressed")
    return result


@contextlib.contextmanager
def naming(name):
    """Begin what is told of a file with its name."""
    try:
        yield
    except UserError as error:
        raise type(error)(f"{name}: {error}") from error
