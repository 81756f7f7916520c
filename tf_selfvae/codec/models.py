"""Which codec model a file needs, and whether the one that is given is it."""

from __future__ import annotations

import contextlib
import functools
import os
import tempfile
from pathlib import Path

from ..errors import UserError
from . import model as models
from .file import Needs


def load(model=None):
    """Return a codec model: loaded once a process for each name or file.

    Args:
        model: None for the package's newest, a released one's name, the path of a `.svcm`, or a codec model.

    Raises:
        UserError: when there is none.
    """
    if model is not None and not isinstance(model, str | os.PathLike):
        return model
    path = None if model is None else Path(model)
    stamp = None
    with contextlib.suppress(OSError):
        status = path and os.stat(path)
        stamp = status and (status.st_mtime_ns, status.st_size, status.st_ino)
    return _load(None if model is None else os.fspath(model), stamp)


@functools.lru_cache(maxsize=8)
def _load(name, stamp):
    return models.load_codec(name)


def needs(model):
    """Return the `Needs` of what a codec model writes."""
    return Needs(model.hash, "" if model.name in models.released() else model.name)


def for_file(needed, model=None):
    """Return the codec model that a file needs.

    Args:
        needed: the file's `Needs`.
        model: the one that a caller gives, as for `load`; None: it must be released.

    Raises:
        UserError: when it is another one, or can't be found.
    """
    wanted = f"{needed.name or 'a released one'} ({needed.hash.hex()})"
    if model is not None:
        found = load(model)
        if found.hash != needed.hash:
            raise UserError(f"model: expected the file's codec model, {wanted}, got {found.name} ({found.hash.hex()})")
        return found
    for name in reversed(models.released()):
        found = load(name)
        if found.hash == needed.hash:
            return found
    hint = "hand in its .svcm as the model" if needed.name else "a later tf_selfvae may bring it"
    raise UserError(f"model: expected one for the file, which needs the codec model {wanted}: {hint}")


def from_bytes(data):
    """Return the codec model whose `.svcm` file has these bytes."""
    with tempfile.TemporaryDirectory(prefix="selfvae-") as folder:
        path = Path(folder) / "model.svcm"
        path.write_bytes(data)
        return models.load_codec(path)
