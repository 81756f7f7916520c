"""One `.svae` file, from bytes or a file to a picture."""

from __future__ import annotations

import logging

from ..errors import Damaged
from . import coding, ladder, models
from .file import MOST, read, read_header
from .stream import naming

_LOG = logging.getLogger(__name__)


def decode(file, name="data", level=0, strict=False, most=MOST, model=None):
    """Decode a `.svae` file, reading no more of it than a level needs.

    Args:
        file: a binary file at its begin.
        name: the file's, in errors.
        level: how often the picture is halved, as far as it can be.
        strict: whether to refuse a file that is not whole; otherwise its finest whole level is given, with a word.
        most: pixels that the picture may have.
        model: the codec model, where it is none of the package's; see `models.for_file`.

    Returns:
        A `pictures.Picture`.

    Raises:
        Damaged: when it was cut or changed, and no level is whole or `strict`.
        UserError: for another kind of file, a larger picture, or another codec model.
    """
    with naming(name):
        head, needs, source = read_header(file, most)
        record = read(source, head, len(ladder.rungs(head.height, head.width)), level)
        if strict and record.problem:
            raise record.problem
    model = None if head.stored else models.for_file(needs, model)
    (picture,) = coding.decode([record], [model], level)
    if isinstance(picture, Damaged):
        raise Damaged(f"{name}: {picture}")
    report(name, record, picture, strict)
    return picture


def report(name, record, picture, strict):
    """Say what a picture that is not whole was decoded to, or refuse it.

    Args:
        name: of its file.
        record: its `Record`.
        picture: what it was decoded to.
        strict: whether to refuse it.

    Raises:
        Damaged: when it is not whole, and `strict`.
    """
    if record.problem and strict:
        raise Damaged(f"{name}: {record.problem}")
    if record.problem:
        height, width = picture.size
        level = coding.level_of(picture, record.head)
        _LOG.warning("%s: %s; it is given at level %d, %dx%d", name, record.problem, level, width, height)
