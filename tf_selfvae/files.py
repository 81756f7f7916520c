"""Files and folders that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path


@contextlib.contextmanager
def atomic(path):
    """Give a temporary path beside `path`; what was written there replaces `path` on success.

    A reader sees the old content or the whole new one. The suffix is kept, since writers go by it.

    Args:
        path: the file to write.
    """
    path = Path(path)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
    os.close(handle)
    os.chmod(temporary, 0o666 & ~_umask())
    try:
        yield Path(temporary)
        _sync(temporary)
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


@contextlib.contextmanager
def atomic_folder(path):
    """Give a temporary folder beside `path`, which becomes `path` on success and is removed on failure.

    What it holds is on the disk before it gets its name. One that a killed process left behind is
    called ".NAME-" and a random end.

    Args:
        path: the folder to make; its parent must exist.

    Raises:
        OSError: when `path` exists and is not an empty folder, or the disk is full.
    """
    path = Path(path)
    temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}-"))
    try:
        os.chmod(temporary, 0o777 & ~_umask())
        yield temporary
        for inside in [*temporary.rglob("*"), temporary]:
            _sync(inside)
        os.rename(temporary, path)
        _sync(path.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _sync(path):
    """Wait until a file's content, or a folder's list of names, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_text(path, text):
    """Write a text file whole or not at all; its folder is made when it is missing."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic(path) as temporary:
        temporary.write_text(text)


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask
