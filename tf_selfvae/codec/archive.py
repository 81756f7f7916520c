"""Archives, `.svar`: many pictures of one codec model, each of them found by its name."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from ..errors import Damaged, UserError
from ..files import locked
from . import coding, ladder, model, models
from .file import MOST, Head, read
from .index import Index, Window, Writer
from .single import report
from .stream import Source, naming


class Archive:
    """An archive that is open for reading, until `close` or the end of a `with`.

    Args:
        file: its path, or a binary file that seeks.
        model: a `.svcm` file, a released codec model's name or a codec model, when it needs neither a released one nor
            brings its own.
        most: pixels that a picture may have.

    Attributes:
        names: list of the pictures' names, in the order in which they were put in.
        problem: why pictures may be missing, or None.

    Raises:
        Damaged: when it was cut or changed before its first index.
        UserError: for another kind of file.
    """

    def __init__(self, file, model=None, most=MOST):
        self.name = str(file) if isinstance(file, str | os.PathLike) else "archive"
        self._file = open(file, "rb") if isinstance(file, str | os.PathLike) else file
        self._most, self._given = most, model
        self._model = None
        self.index = Index(self._file, self.name)
        self.names, self.problem = list(self.index.entries), self.index.problem

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Close the file."""
        self._file.close()

    def __len__(self):
        return len(self.names)

    def __contains__(self, name):
        return name in self.index.entries

    @property
    def model(self):
        """Its codec model."""
        if self._model is None:
            if self.index.model is None or self._given is not None:
                self._model = models.for_file(self.index.needs, self._given)
            else:
                self._model = model.CodecModel.from_bytes(self.index.model)
                if self._model.hash != self.index.needs.hash:
                    raise Damaged(f"{self.name}: the codec model in it is another than the one that it needs")
        return self._model

    def record(self, name, level=0):
        """Read one picture as far as a level needs it.

        Args:
            name: one of `names`.
            level: how many of the finest levels to leave unread.

        Returns:
            A `Record`.

        Raises:
            Damaged: when nothing of it is whole.
            UserError: when there is no such picture.
        """
        if name not in self:
            raise UserError(f"name: expected a picture of {self.name}, which has {len(self)}, got {name!r}")
        source = Source(Window(self._file, *self.index.entries[name]))
        with naming(f"{self.name}: {name}"):
            head = Head.read(source, self._most)
            return read(source, head, len(ladder.rungs(head.height, head.width)), level)

    def read(self, name, level=0, strict=False):
        """Decode one picture; nothing else of the archive is read.

        Args:
            name: one of `names`.
            level: how often it is halved, as far as it can be.
            strict: whether to refuse one that is not whole; otherwise its finest whole level is given, with a word.

        Returns:
            uint8 [H, W, C], C = 1 (grey), 2 (with alpha), 3 or 4.

        Raises:
            Damaged: when it was cut or changed, and no level is whole or `strict`.
            UserError: when there is no such picture.
        """
        ((_, record, picture),) = self.decode([name], level)
        if record is None or isinstance(picture, UserError):
            raise picture
        report(f"{self.name}: {name}", record, picture, strict)
        return picture.to_array()

    def decode(self, names=None, level=0):
        """Decode pictures, many at once.

        Args:
            names: of `names`; None for all.
            level: as for `record`.

        Yields:
            (name, its `Record` or None, its `Picture` or the `UserError` in its place).
        """
        part, pixels = [], 0
        for name in self.names if names is None else names:
            try:
                record = self.record(name, level)
                pixels += record.head.width * record.head.height
            except UserError as error:
                record = error
            part.append((name, record))
            if len(part) == coding.AHEAD or pixels > coding.AHEAD_PIXELS:
                yield from self._decode(part, level)
                part, pixels = [], 0
        yield from self._decode(part, level)

    def _decode(self, part, level):
        whole = [record for _, record in part if not isinstance(record, UserError)]
        made = [None if record.stored else self.model for record in whole]
        found = iter(coding.decode(whole, made, level))
        for name, record in part:
            if isinstance(record, UserError):
                yield name, None, record
                continue
            picture = next(found)
            if isinstance(picture, Damaged):
                picture = Damaged(f"{self.name}: {name}: {picture}")
            yield name, record, picture


@contextlib.contextmanager
def appending(path, model=None, check=None):
    """Open an archive to put pictures in.

    Args:
        path: the file.
        model: its codec model, where it is none of the package's.
        check: called without arguments once all is written; where it raises, the file is what it was.

    Yields:
        (its `Archive`, a `Writer`); without an error, what was added is in the archive at the end, otherwise the file
        is what it was.

    Raises:
        UserError: when another process is appending to it, or it is no archive.
    """
    path = Path(path)
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(locked(path.with_name(f".{path.name}.lock"), wait=False))
        except BlockingIOError:
            raise UserError(f"output: another process is writing {path}") from None
        file = held.enter_context(open(path, "r+b"))
        reader = Archive(file, model)
        reader.name = str(path)
        size = file.seek(0, os.SEEK_END)
        writer = Writer(file, reader.index.footer, reader.names)
        try:
            yield reader, writer
            writer.finish()
            if check:
                check()
        except BaseException:
            file.flush()
            file.truncate(size)
            raise
