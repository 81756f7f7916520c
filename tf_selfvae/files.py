"""Files and folders that are written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import logging
import os
import shutil
import tempfile
from pathlib import Path

from .errors import UserError

_LOG = logging.getLogger(__name__)


@contextlib.contextmanager
def atomic(path):
    """Give a temporary path beside `path`; what was written there replaces `path` on success.

    A reader sees the old content or the whole new one. The suffix is kept, since writers go by it.

    Args:
        path: the file to write.
    """
    path = Path(path)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix="".join(path.suffixes))
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


@contextlib.contextmanager
def locked(path, wait=True):
    """Hold a lock that the kernel frees when its holder ends, however that ends.

    Args:
        path: the lock's file, made when it is missing; it stays.
        wait: whether to wait for another holder.

    Raises:
        BlockingIOError: when another process holds it, and `wait` is False.
    """
    with open(path, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield


@contextlib.contextmanager
def alone_in(folder, doing):
    """Keep a second process out of a folder that this one writes.

    Args:
        folder: an existing folder.
        doing: what for, such as "training".

    Raises:
        ValueError: when another process is there.
    """
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(locked(Path(folder) / ".lock", wait=False))
        except BlockingIOError:
            raise UserError(f"run: another process is {doing} in {folder}") from None
        except OSError as error:
            if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
                raise
            _LOG.warning(
                "%s is on a file system without locks: see to it that one process alone is %s there", folder, doing
            )
        yield


def check_writable(folder, name):
    """Make sure that files can be written into a folder, which is made when it is missing, before work begins.

    Args:
        folder: the folder.
        name: what it is for, in the error, such as "output".

    Raises:
        UserError: when it can't be made or written.
    """
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UserError(f"{name}: {folder} can't be written ({error.strerror})") from None


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
        temporary.write_text(text, encoding="utf-8")


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask
