"""The container of one picture, a `.svae` file or a record of an archive: its head and sections, coarse to fine.

`docs/format.md` is the description of what is read and written here.
"""

from __future__ import annotations

import dataclasses
import zlib

from ..errors import Damaged, UserError
from .stream import Cut, Sink, Source, inflate

MAGIC = b"\x8bSVA"
VERSION = 1
MOST = 200_000_000  # pixels of a picture, where a caller says nothing else
MODES = ("L", "LA", "RGB", "RGBA", "1")
FILLS = ("mean", "sample")
STORED = ("PNG", "WEBP")
KEPT = ("icc_profile", "exif", "xmp")  # of Pillow's `info`, in the order of the format
MOST_KEPT = 1 << 24  # bytes of all these together
_COLOUR, _ALPHA, _STORED, _KEPT = 0x00, 0x40, 0x80, 0xC0
_SIDE = 2**31 - 1
_GREY, _OPAQUE, _HAS_KEPT, _IS_STORED, _LOSSY = (1 << bit for bit in range(3, 8))


@dataclasses.dataclass(frozen=True)
class Head:
    """What a container says of its picture.

    Args:
        mode: what it decodes to, one of `MODES`.
        width: in pixels.
        height: in pixels.
        grey: whether the channels of RGB agree, so that one of them is coded.
        opaque: whether alpha is 255 everywhere and not coded.
        has_kept: whether there is a section of what goes with the pixels.
        stored: whether it holds the file of another format.
        left_out: how many of the finest levels are drawn from the model.
        fill: how they are drawn, one of `FILLS`.
    """

    mode: str
    width: int
    height: int
    grey: bool = False
    opaque: bool = False
    has_kept: bool = False
    stored: bool = False
    left_out: int = 0
    fill: str = "mean"

    @property
    def colours(self):
        """Channels of the coded colour planes, 1 or 3."""
        return 3 if self.mode.startswith("RGB") and not self.grey else 1

    @property
    def alpha(self):
        """Whether an alpha plane is coded."""
        return self.mode.endswith("A") and not self.opaque

    def write(self, sink):
        """Append it to a `Sink`."""
        bits = (_GREY, self.grey), (_OPAQUE, self.opaque), (_HAS_KEPT, self.has_kept), (_IS_STORED, self.stored)
        flags = MODES.index(self.mode) | sum(bit for bit, is_set in bits if is_set) | (_LOSSY if self.left_out else 0)
        sink.put(bytes([flags]))
        sink.number(self.width)
        sink.number(self.height)
        if self.left_out:
            sink.put(bytes([self.left_out | FILLS.index(self.fill) << 7]))

    @classmethod
    def read(cls, source, most):
        """Read one from a `Source`.

        Args:
            source: where.
            most: pixels that a picture may have.

        Raises:
            Damaged: when it is none.
            UserError: for a larger picture.
        """
        (flags,) = source.take(1)
        mode = MODES[flags & 7] if flags & 7 < len(MODES) else ""
        left_out, fill = 0, "mean"
        width, height = source.number(_SIDE, "a width"), source.number(_SIDE, "a height")
        if flags & _LOSSY:
            (byte,) = source.take(1)
            left_out, fill = byte & 0x7F, FILLS[byte >> 7]
        head = cls(
            mode, width, height, *(bool(flags & bit) for bit in (_GREY, _OPAQUE, _HAS_KEPT, _IS_STORED)), left_out, fill
        )
        wrong = not mode or not width or not height
        wrong |= head.grey and not mode.startswith("RGB") or head.opaque and not mode.endswith("A")
        wrong |= bool(flags & _LOSSY) and (not left_out or head.stored)
        if wrong:
            raise Damaged("the head of a picture was changed: it says what no picture is")
        if width * height > most:
            raise UserError(
                f"expected a picture of at most {most} pixels, got {width}x{height}, {width * height} pixels"
            )
        return head


@dataclasses.dataclass
class Record:
    """A picture's container, as far as it was read.

    Args:
        head: its `Head`.
        kept: dict of names of `KEPT` to bytes.
        colour: list of the payloads of its colour planes, coarse to fine.
        alpha: the same of its alpha plane; empty where it has none.
        stored: None, or (one of `STORED`, the file's bytes).
        checksum: CRC-32 of all planes' pixels; None where it was not read.
        problem: why it was read no further, a `Damaged`; None where it has all that was asked for.
    """

    head: Head
    kept: dict = dataclasses.field(default_factory=dict)
    colour: list = dataclasses.field(default_factory=list)
    alpha: list = dataclasses.field(default_factory=list)
    stored: tuple | None = None
    checksum: int | None = None
    problem: Damaged | None = None


def write(record, sink):
    """Append a picture's sections and the checksum of its pixels to a `Sink`, which has its head."""
    if record.kept:
        parts = b"".join(len(record.kept.get(name, b"")).to_bytes(4, "little") for name in KEPT)
        _put(sink, _KEPT, zlib.compress(parts + b"".join(record.kept.get(name, b"") for name in KEPT), 9))
    if record.stored:
        form, data = record.stored
        _put(sink, _STORED + STORED.index(form), data)
    for rung, payload in enumerate(record.colour):
        _put(sink, _COLOUR + rung, payload)
        if record.alpha:
            _put(sink, _ALPHA + rung, record.alpha[rung])
    sink.data += record.checksum.to_bytes(4, "little")


def _put(sink, kind, payload):
    sink.put(bytes([kind]))
    sink.number(len(payload))
    sink.put(payload)
    sink.check()


def read(source, head, rungs, level=0):
    """Read a picture's sections as far as a level needs them, or as they are whole.

    Args:
        source: a `Source`, behind the head.
        head: the picture's `Head`.
        rungs: how many sizes the picture has.
        level: how many of the finest to leave unread.

    Returns:
        A `Record`: where a section is missing or was changed, of those before it, with the `problem`.

    Raises:
        Damaged: when that is before the first size.
    """
    record = Record(head)
    try:
        _sections(source, record, rungs, level)
    except Damaged as problem:
        record.problem = problem
        done = min([len(record.colour), *([len(record.alpha)] if head.alpha else [])])
        record.colour, record.alpha = record.colour[:done], record.alpha[:done]
        if not done and not record.stored:
            raise
    return record


def _sections(source, record, rungs, level):
    head = record.head
    if head.left_out >= rungs:
        raise Damaged("the head of a picture was changed: it leaves out more levels than there are")
    record.kept = read_kept(source, head)
    largest = 4096 + 40 * head.width * head.height * (head.colours + head.alpha)  # 11 decisions of 24 bits a value
    if head.stored:
        (kind,) = source.take(1)
        if not 0 <= kind - _STORED < len(STORED):
            raise Damaged("a section was changed: it is none of a stored picture")
        record.stored = STORED[kind - _STORED], _take(source, None, largest, "the stored picture")
    else:
        level = min(level, rungs - 1)
        for rung in range(rungs - max(head.left_out, level)):
            what = f"the section of level {rungs - 1 - rung}"
            record.colour.append(_take(source, _COLOUR + rung, largest, what))
            if head.alpha:
                record.alpha.append(_take(source, _ALPHA + rung, largest, what))
        if level > head.left_out:
            return
    record.checksum = int.from_bytes(source.take(4), "little")
    if not source.is_at_end():
        raise Damaged("more follows than a picture has")


def _take(source, kind, most, what):
    if kind is not None and source.take(1)[0] != kind:
        raise Damaged(f"{what} was changed: it is another section")
    payload = source.take(source.number(most, f"a length of {what}"))
    source.check(what)
    return payload


def read_kept(source, head):
    """Read what goes with a picture's pixels, behind its `Head`; returns a dict of names of `KEPT` to bytes."""
    if not head.has_kept:
        return {}
    data = _take(source, _KEPT, MOST_KEPT, "what goes with the pixels")
    data = inflate(data, MOST_KEPT + 4 * len(KEPT), "what goes with the pixels")
    lengths = [int.from_bytes(data[4 * i : 4 * i + 4], "little") for i in range(len(KEPT))]
    if len(data) != 4 * len(KEPT) + sum(lengths):
        raise Damaged("what goes with the pixels was changed: its parts don't fit")
    kept, at = {}, 4 * len(KEPT)
    for name, length in zip(KEPT, lengths):
        if length:
            kept[name] = data[at : at + length]
        at += length
    return kept


@dataclasses.dataclass(frozen=True)
class Needs:
    """The codec model that a file needs.

    Args:
        hash: 8 bytes.
        name: of one that does not come with the package; "" of one that does.
    """

    hash: bytes
    name: str = ""

    def write(self, sink):
        """Append it to a `Sink`."""
        name = self.name.encode("ascii")
        sink.put(self.hash + bytes([len(name)]) + name)

    @classmethod
    def read(cls, source):
        """Read one from a `Source`."""
        digest, (length,) = source.take(8), source.take(1)
        name = source.take(length)
        if length > 32 or not name.isascii():
            raise Damaged("the head of a file was changed: it names no codec model")
        return cls(digest, name.decode("ascii"))


def start(source, magic, kind):
    """Read a file's first bytes.

    Raises:
        UserError: for another kind of file, or one of a later version.
    """
    try:
        found = source.take(len(magic))
    except Cut:
        found = b""
    if found != magic:
        raise UserError(f"expected {kind}, got another file")
    (version,) = source.take(1)
    if version != VERSION:
        raise UserError(f"expected {kind} of version {VERSION}, got {version}: a later tf_selfvae wrote it")


def write_file(record, needs):
    """Return the bytes of a `.svae` file.

    Args:
        record: a `Record`.
        needs: the `Needs` of a picture that is not stored.
    """
    sink = Sink()
    sink.put(MAGIC + bytes([VERSION]))
    record.head.write(sink)
    if not record.head.stored:
        needs.write(sink)
    sink.check()
    write(record, sink)
    return bytes(sink.data)


def read_header(file, most=MOST):
    """Read what stands before the sections of a `.svae` file.

    Args:
        file: a binary file at its begin.
        most: pixels that a picture may have.

    Returns:
        (its `Head`, its `Needs` or None, the `Source` behind them).

    Raises:
        Damaged: when it was cut or changed.
        UserError: for another kind of file, or a larger picture.
    """
    source = Source(file)
    start(source, MAGIC, "a .svae file")
    head = Head.read(source, most)
    needs = None if head.stored else Needs.read(source)
    source.check("the head of a file")
    return head, needs, source
