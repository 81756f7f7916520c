"""Files and folders that are written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import shutil
import tempfile
from pathlib import Path

import filelock

from .errors import UserError

_LOG = logging.getLogger(__name__)
_WINDOWS = os.name == "nt"


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
def atomic_folder(path, replace=False):
    """Give a temporary folder beside `path`, which becomes `path` on success and is removed on failure.

    What it holds is on the disk before it gets its name. One that a killed process left behind is
    called ".NAME-" and a random end.

    Args:
        path: the folder to make, whose parent must exist; or a function without arguments that says its
            name, asked before and again at the end: another process may have taken the name meanwhile.
        replace: whether what is at `path` goes, once the new folder is whole.

    Raises:
        OSError: when `path` exists and is not an empty folder, or the disk is full.
    """
    name = path if callable(path) else lambda: Path(path)
    beside = name()
    temporary = Path(tempfile.mkdtemp(dir=beside.parent, prefix=f".{beside.name}-"))
    try:
        os.chmod(temporary, 0o777 & ~_umask())
        yield temporary
        for inside in [*temporary.rglob("*"), temporary]:
            _sync(inside)
        while True:
            final = name()
            try:
                _rename_folder(temporary, final, replace)
                break
            except OSError:
                if name() == final:
                    raise
        _sync(final.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _rename_folder(folder, final, replace):
    if replace and final.exists():
        with tempfile.TemporaryDirectory(dir=final.parent, prefix=".old-") as old:
            old = Path(old) / final.name
            os.rename(final, old)
            try:
                os.rename(folder, final)
            except OSError:
                os.rename(old, final)
                raise
        return
    if _WINDOWS and final.is_dir():
        final.rmdir()  # elsewhere a rename replaces an empty folder
    os.rename(folder, final)


@contextlib.contextmanager
def locked(path, wait=True):
    """Hold a lock that the kernel frees when its holder ends, however that ends.

    Args:
        path: the lock's file, made when it is missing; it stays.
        wait: whether to wait for another holder.

    Raises:
        BlockingIOError: when another process holds it, and `wait` is False.
        OSError: on a file system without locks.
    """
    # The soft lock that filelock would fall back to outlives a holder that is killed.
    lock = filelock.FileLock(path, timeout=-1 if wait else 0, fallback_to_soft=False)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise BlockingIOError(errno.EWOULDBLOCK, "another process holds the lock", str(path)) from None
    try:
        yield
    finally:
        lock.release()


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


def _sync(path):
    """Wait until a file's content, or a folder's list of names, is on the disk."""
    if _WINDOWS and os.path.isdir(path):
        return  # it opens no folders, and writes their lists of names by itself
    handle = os.open(path, os.O_RDWR if _WINDOWS else os.O_RDONLY)
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
