"""What is where in an archive: its head, its indices, and how pictures are put in; `docs/format.md` describes the file.

What is appended stands behind all that was there, with an index of its own that names the one before: until it is
whole, the file is what it was.
"""

from __future__ import annotations

import contextlib
import os
import struct
import zlib

from ..errors import Damaged, UserError
from .file import VERSION, Needs, start, write
from .stream import Cut, Sink, Source, inflate, naming, number

MAGIC = b"\x8bSVR"
_END = b"\x8bSVX"
_FOOTER = struct.Struct("<QQQI4s")  # records' and index's begin, footer before, CRC-32, _END
_LONGEST_NAME = 1000  # bytes
_RATIO = 64  # of what an index inflates to
_LARGEST_MODEL = 1 << 30  # bytes
_PIECE = 1 << 20
_TRIES = 16  # of what looks like a footer, each of which costs reading an index


class Window:
    """A part of a file, as a file."""

    def __init__(self, file, begin, length):
        self._file, self._at, self._left = file, begin, length

    def read(self, count):
        self._file.seek(self._at)
        data = self._file.read(min(count, self._left))
        self._at, self._left = self._at + len(data), self._left - len(data)
        return data


class Index:
    """What an archive says that it holds.

    Args:
        file: a binary file that seeks.
        name: the file's, in errors.

    Attributes:
        needs: the `Needs` of its pictures.
        model: None, or the bytes of the `.svcm` that goes with them.
        entries: dict of each picture's name to (where its record begins, bytes), in the order of the file.
        footer: where the last one begins.
        problem: why pictures may be missing, or None.

    Raises:
        Damaged: when it was cut or changed before its first index.
        UserError: for another kind of file.
    """

    def __init__(self, file, name):
        self._file, self._name, self.problem = file, name, None
        with naming(name):
            self._size = file.seek(0, os.SEEK_END)
            file.seek(0)
            self.needs, self.model = _read_header(file)
            self.entries = {}
            self.footer = self._find_footer()
            self._read_index()

    def _find_footer(self):
        """Return where the last whole footer begins: at the end, or before what was not written to its end."""
        at = self._size - _FOOTER.size
        if at >= 0 and self._footer(at):
            return at
        tail, end, tries = b"", self._size, _TRIES
        while end > 0:
            begin = max(0, end - _PIECE)
            self._file.seek(begin)
            block = self._file.read(end - begin) + tail
            found = block.rfind(_END)
            while found >= 0 and tries:
                tries -= 1
                at = begin + found + len(_END) - _FOOTER.size
                if at >= 0 and self._footer(at):
                    self.problem = f"{self._name}: its end was cut or changed: what was last put in may be missing"
                    return at
                found = block.rfind(_END, 0, found + len(_END) - 1)
            tail, end = block[: len(_END) - 1], begin
        raise Cut("it was cut or changed: its index is missing")

    def _footer(self, at):
        """Return (records' begin, index, footer before) of the footer at a place, or None."""
        self._file.seek(at)
        data = self._file.read(_FOOTER.size)
        if len(data) != _FOOTER.size:
            return None
        records, index, before, checksum, end = _FOOTER.unpack(data)
        if end != _END or not before <= records <= index <= at:
            return None
        self._file.seek(index)
        packed = self._file.read(at - index)
        return (records, packed, before) if zlib.crc32(data[:24], zlib.crc32(packed)) == checksum else None

    def _read_index(self):
        blocks, at = [], self.footer
        while at:
            footer = self._footer(at)
            if footer is None or footer[2] >= at:
                raise Damaged("an index of it was changed")
            blocks.append((*footer, at))
            at = footer[2]
        for records, packed, _, at in reversed(blocks):
            data = inflate(packed, _RATIO * len(packed), "its index")
            source = Source(_Bytes(data))
            for _ in range(source.number(len(data), "a number of pictures")):
                try:
                    name = source.take(source.number(_LONGEST_NAME, "a name's length")).decode()
                except UnicodeDecodeError:
                    raise Damaged("an index of it was changed: a name is not UTF-8") from None
                length = source.number(2**35 - 1, "a picture's length")
                if name in self.entries or records + length > at:
                    raise Damaged("an index of it was changed: its pictures don't fit")
                self.entries[name] = records, length
                records += length


class _Bytes:
    """`io.BytesIO` that copies nothing."""

    def __init__(self, data):
        self._data, self._at = data, 0

    def read(self, count):
        self._at += count
        return self._data[self._at - count : self._at]


def _read_header(file):
    source = Source(file)
    start(source, MAGIC, "a .svar file")
    (flags,) = source.take(1)
    needs = Needs.read(source)
    source.check("its head")
    if flags > 1:
        raise Damaged("its head was changed: it has flags that don't exist")
    embedded = None
    if flags:
        embedded = source.take(source.number(_LARGEST_MODEL, "a codec model's length"))
        source.check("the codec model in it")
    return needs, embedded


class Writer:
    """Writes records and their index to the end of a file.

    Args:
        file: a binary file, at its end.
        before: where the footer of what the file has begins; 0 for a new file.
        names: those that it has.
    """

    def __init__(self, file, before=0, names=()):
        self._file, self._before, self._taken = file, before, set(names)
        self._begin, self._index = file.tell(), []

    def header(self, needs, model=None):
        """Write what a new file begins with.

        Args:
            needs: the `Needs` of its pictures.
            model: None, or the bytes of the `.svcm` that goes with them.
        """
        sink = Sink()
        sink.put(MAGIC + bytes([VERSION, model is not None]))
        needs.write(sink)
        sink.check()
        if model is not None:
            sink.number(len(model))
            sink.put(model)
            sink.check()
        self._file.write(sink.data)
        self._begin = self._file.tell()

    def add(self, name, record):
        """Write one picture.

        Raises:
            UserError: when there is one of that name, or it is too long.
        """
        if name in self._taken:
            raise UserError(f"name: expected one that the archive does not have, got {name!r}")
        encoded = name.encode("utf-8", "surrogatepass")
        if not 0 < len(encoded) <= _LONGEST_NAME or encoded != name.encode("utf-8", "replace"):
            raise UserError(f"name: expected UTF-8 of 1 to {_LONGEST_NAME} bytes, got {name!r}")
        sink = Sink()
        record.head.write(sink)
        write(record, sink)
        self._file.seek(0, os.SEEK_END)
        self._file.write(sink.data)
        self._taken.add(name)
        self._index.append(number(len(encoded)) + encoded + number(len(sink.data)))

    def finish(self):
        """Write the index, once all before it is on the disk."""
        index = self._file.seek(0, os.SEEK_END)
        data = number(len(self._index)) + b"".join(self._index)
        packed = zlib.compress(data, 9)
        if len(data) > _RATIO * len(packed):
            packed = zlib.compress(data, 0)
        places = _FOOTER.pack(self._begin, index, self._before, 0, _END)[:24]
        checksum = zlib.crc32(places, zlib.crc32(packed))
        _sync(self._file)
        self._file.write(packed + places + checksum.to_bytes(4, "little") + _END)
        _sync(self._file)


def _sync(file):
    file.flush()
    with contextlib.suppress(OSError, ValueError):  # bytes in memory
        os.fsync(file.fileno())
