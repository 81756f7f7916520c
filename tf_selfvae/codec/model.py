"""A codec model: integer networks and tables, in a file of their own that any machine reads alike (`.svcm`)."""

from __future__ import annotations

import functools
import hashlib
import json
import re
import struct
import zlib
from os import PathLike
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import UserError
from ..files import atomic
from . import tables
from .mixture import Tables
from .networks import Level, Networks
from .places import known_before

_MAGIC = b"SVCM\x01"
_FOLDER = Path(__file__).parents[1] / "weights"
_LARGEST = 64 * 2**20  # of a file
_HASH = 8  # bytes
_SIDE = 2**14  # greatest, of a model's own pictures
_CONVOLUTIONS = 1024  # of all levels: a small file may claim many, and each takes its time however small it is
_SHIFT = 24  # greatest of a convolution, whose sums are below 2^24
_NAME = r"^[A-Za-z0-9._-]{1,32}$"


class _LevelHeader(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    channels: int = Field(ge=1, le=3)
    width: int = Field(ge=1, le=1024)
    trunk: int = Field(ge=0, le=64)
    band: int = Field(ge=1, le=64)
    mixtures: int = Field(ge=1, le=64)
    phases: int

    def level(self):
        if self.phases not in (1, 2, 4, 8, 16):
            raise UserError(f"codec model: expected 1, 2, 4, 8 or 16 phases, got {self.phases}")
        return Level(**self.model_dump())


class _Header(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    name: str = Field(pattern=_NAME)
    image: list[Annotated[int, Field(ge=1, le=_SIDE)]] = Field(min_length=2, max_length=2)
    levels: list[_LevelHeader] = Field(min_length=1, max_length=8)
    answer: int = Field(ge=0, lt=2**32)


def check_name(name):
    """Refuse what can't name a codec model."""
    if not re.fullmatch(_NAME, name):
        raise UserError(f"name: expected at most 32 letters, digits, dots, dashes and underscores, got {name!r}")


def digest(data):
    """Return the hash of a `.svcm` file's content, as compressed pictures name it: 8 bytes."""
    return hashlib.sha256(data).digest()[:_HASH]


class CodecModel:
    """Integer networks by level, and the tables of their mixtures.

    Args:
        name: at most 32 letters, digits, dots, dashes and underscores.
        image: rows and columns of the pictures that it was trained on; it codes any.
        networks: a list of `Networks`, the finest level's first; the last one serves all coarser levels.
        table: as `tables.make` gives them.

    Attributes:
        constants: the tables as `Mixture` reads them.
        hash: the first 8 bytes of the SHA-256 of its file.
    """

    def __init__(self, name, image, networks, table):
        self.name, self.image, self.networks, self.tables = name, tuple(image), networks, table
        self.constants = Tables(table)
        self.channels = networks[0].level.channels
        self._bytes = None

    def at(self, halving):
        """Return the `Networks` of a halving, 0 for the picture's own."""
        return self.networks[min(halving, len(self.networks) - 1)]

    @functools.cached_property
    def hash(self):
        """What a compressed picture says that it needs: bytes."""
        return digest(self.to_bytes())

    def to_bytes(self):
        """Return the content of its file."""
        if self._bytes is None:
            levels = [vars(networks.level) for networks in self.networks]
            header = {"name": self.name, "image": self.image, "levels": levels, "answer": self.answer()}
            text = json.dumps(header, separators=(",", ":")).encode()
            arrays = [self.tables[name].astype("<i4") for name in tables.SIZES]
            for networks in self.networks:
                arrays += [np.array(networks.entries[name], "u1") for name in networks.level.entries()]
                for name, _, _ in networks.level.convolutions():
                    kernel, bias, shift = networks.convolutions[name]
                    arrays += [kernel.astype("i1"), bias.astype("<i4"), shift.astype("u1")]
            self._bytes = _MAGIC + struct.pack("<I", len(text)) + text + b"".join(a.tobytes() for a in arrays)
        return self._bytes

    def save(self, path: str | PathLike[str]):
        """Write the file."""
        with atomic(path) as temporary:
            temporary.write_bytes(self.to_bytes())

    @classmethod
    def from_bytes(cls, data):
        """Read the content of a file.

        Raises:
            UserError: when it is none, is damaged, or this machine computes its networks wrongly.
        """
        header, numbers = _parsed(data)
        levels = [level.level() for level in header.levels]
        count = sum(len(level.convolutions()) for level in levels)
        if count > _CONVOLUTIONS:
            raise UserError(f"codec model: expected at most {_CONVOLUTIONS} convolutions, got {count}")
        expected = sum(_size(level) for level in levels) + 4 * sum(tables.SIZES.values())
        if len(numbers) != expected:
            raise UserError(f"codec model: expected {expected} bytes behind its header, got {len(numbers)}")
        read = _Reader(numbers)
        table = {name: read("<i4", size) for name, size in tables.SIZES.items()}
        for name, values in table.items():
            if values.min() < -tables.LARGEST[name] or values.max() > tables.LARGEST[name]:
                raise UserError(f"codec model: its table {name!r} leaves its range")
        _check_tables(table)
        networks = []
        for level in levels:
            entries = {name: tuple(map(int, read("u1", 2))) for name in level.entries()}
            if any(shift > 15 for _, shift in entries.values()):
                raise UserError("codec model: a shift leaves its range")
            convolutions = {}
            for name, shape, _ in level.convolutions():
                kernel, bias = read("i1", int(np.prod(shape))).reshape(shape), read("<i4", shape[-1])
                shift = read("u1", shape[-1])
                if shift.max() > _SHIFT:
                    raise UserError(f"codec model: a shift of {name} leaves its range")
                convolutions[name] = kernel, bias, shift
            networks.append(Networks(level, convolutions, entries))
        model = cls(header.name, header.image, networks, table)
        model._bytes = bytes(data)
        if model.answer() != header.answer:
            raise UserError(
                f"codec model: this machine computes {header.name!r} inexactly (a device of reduced precision?): its "
                "files would not decode"
            )
        return model

    def answer(self):
        """Return a number that depends on all networks' outputs for known inputs: the CRC-32 of them."""
        value = 0
        for networks in self.networks:
            level = networks.level
            shape = (1, 12, 10, level.channels)
            picture, *bands = (_scattered(shape, seed) for seed in range(4))
            bands = [(band - 128) // 4 for band in bands]
            whole = [slice(0, size) for size in shape[1:3]]
            context = networks.context(picture.astype(np.float32))
            for part in range(level.parts):
                for outputs in networks.part(part, context, known_before(level.phases, part, bands, *whole)):
                    value = zlib.crc32(outputs.numpy().astype("<i4").tobytes(), value)
        return value


def _scattered(shape, seed):
    """Return integers in 0..255 that arithmetic of 32 bits gives anywhere."""
    places = np.arange(1, np.prod(shape) + 1, dtype=np.uint64) + np.uint64(1000 * seed)
    return (places * np.uint64(2654435761) % np.uint64(2**32) >> np.uint64(24)).astype(np.int64).reshape(shape)


def _parsed(data):
    data = memoryview(data)
    fixed = len(_MAGIC) + 4
    if bytes(data[: len(_MAGIC)]) != _MAGIC or len(data) < fixed:
        raise UserError("codec model: expected a .svcm file of version 1, got something else")
    (length,) = struct.unpack("<I", data[len(_MAGIC) : fixed])
    if length > min(2**16, len(data) - fixed):
        raise UserError("codec model: its header is cut off or damaged")
    try:
        header = _Header.model_validate_json(bytes(data[fixed : fixed + length]))
    except (ValidationError, ValueError) as error:
        raise UserError(f"codec model: its header is damaged ({str(error).splitlines()[0]})") from None
    return header, data[fixed + length :]


def _size(level):
    """Return the bytes of a level's numbers, before any of them is read."""
    size = 2 * len(level.entries())
    for _, shape, _ in level.convolutions():
        size += int(np.prod(shape)) + 5 * shape[-1]
    return size


def _check_tables(table):
    if (np.diff(table["logistic"]) < 0).any() or table["logistic"][0] < 0 or (table["inverse_scale"] < 1).any():
        raise UserError("codec model: its tables are no distribution functions")
    if table["exponential"][0] != tables.LARGEST["exponential"] or (table["exponential"] < 0).any():
        raise UserError("codec model: its table 'exponential' doesn't begin at 1")


class _Reader:
    def __init__(self, data):
        self.data = data

    def __call__(self, dtype, count):
        taken = np.frombuffer(self.data, dtype, count)
        self.data = self.data[taken.nbytes :]
        return taken


def released():
    """List the codec models of the package, the newest last."""
    return sorted(path.stem for path in _FOLDER.glob("*.svcm"))


def released_files():
    """Return the content of each of `released()`: dict of names to bytes."""
    return {name: (_FOLDER / f"{name}.svcm").read_bytes() for name in released()}


def released_hash(name):
    """Return the hash of one of `released()`, read from its file: no network is made."""
    path = _FOLDER / f"{name}.svcm"
    return _file_hash(path, path.stat().st_mtime_ns)


@functools.lru_cache
def _file_hash(path, changed):
    return digest(path.read_bytes())


@functools.lru_cache(maxsize=8)
def _load(path, changed):
    size = path.stat().st_size
    if size > _LARGEST:
        raise UserError(f"codec model: expected a file of at most {_LARGEST} bytes, got {size}")
    return CodecModel.from_bytes(path.read_bytes())


def load_codec(name_or_path: str | PathLike[str] | None = None) -> CodecModel:
    """Load a codec model, once a process.

    Args:
        name_or_path: one of `released()`, or the path of a `.svcm`; None for the package's newest.

    Raises:
        UserError: when there is none, or it is damaged.
    """
    if name_or_path is None:
        if not released():
            raise UserError("model: the package brings no codec model; name one")
        name_or_path = released()[-1]
    path = _FOLDER / f"{name_or_path}.svcm" if str(name_or_path) in released() else Path(name_or_path)
    if not path.is_file():
        raise UserError(f"model: expected a .svcm or one of {', '.join(released()) or 'none'}, got {name_or_path}")
    return _load(path, path.stat().st_mtime_ns)
