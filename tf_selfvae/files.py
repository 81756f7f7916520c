"""Files and folders that are written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import shutil
import sys
import tempfile
from pathlib import Path

import filelock

from .errors import DiskFull, UserError

_LOG = logging.getLogger(__name__)
_WINDOWS = os.name == "nt"
_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


def check_spelling(path, name):
    """Refuse a path that TensorFlow can't take, or would look for elsewhere: it spells all of them in UTF-8.

    Args:
        path: a path, as Python has it from the system.
        name: what it is for, in the error, such as "run".

    Raises:
        UserError: when the system's bytes of the path are not its UTF-8, or one of them is zero.
    """
    text = os.fspath(path)
    try:
        taken = os.fsencode(text) == text.encode() and "\0" not in text
    except UnicodeEncodeError:  # bytes that are nothing in the system's encoding
        taken = False
    if not taken:
        hint = "" if sys.getfilesystemencoding() == "utf-8" else "; if its name is UTF-8, run Python with PYTHONUTF8=1"
        raise UserError(f"{name}: expected a path in UTF-8, got {text!r}{hint}")


def make_folder(path, name):
    """Make a folder and those above it, where they are missing.

    Args:
        path: the folder.
        name: what it is for, in errors, such as "run".

    Raises:
        UserError: when it can't be made.
    """
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{name}: expected a folder that can be made, got {path} ({error.strerror})") from error


@contextlib.contextmanager
def _told(path):
    """Say in one sentence that the disk of `path` is full."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise DiskFull(f"{path}: can't be written, since no space is left on its disk") from error


def _beside(make, path, **options):
    """Make a temporary file or folder beside `path`."""
    try:
        return make(dir=path.parent, **options)
    except OSError as error:
        if error.errno in _FULL:
            raise
        raise UserError(f"{path}: can't be written ({error.strerror})") from error


@contextlib.contextmanager
def atomic(path):
    """Give a temporary path beside `path`; what was written there replaces `path` on success.

    A reader sees the old content or the whole new one. The suffix is kept, since writers go by it.

    Args:
        path: the file to write.

    Raises:
        UserError: when its folder is missing or can't be written.
        DiskFull: when it is.
    """
    path = Path(path)
    with _told(path):
        handle, temporary = _beside(tempfile.mkstemp, path, prefix=".", suffix="".join(path.suffixes))
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
        UserError: when its parent is missing or can't be written.
        OSError: when `path` exists and is not an empty folder.
        DiskFull: when it is.
    """
    name = path if callable(path) else lambda: Path(path)
    beside = name()
    with _told(beside):
        temporary = Path(_beside(tempfile.mkdtemp, beside, prefix=f".{beside.name}-"))
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
def alone_in(folder, doing, lock=".lock"):
    """Keep a second process out of a folder that this one writes.

    Args:
        folder: an existing folder.
        doing: what for, such as "training".
        lock: name of the lock's file, where several things can be done in the folder at once.

    Raises:
        ValueError: when another process is there.
    """
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(locked(Path(folder) / lock, wait=False))
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


def check_output(path, name, endings=None):
    """Make sure, before work begins, that its result can be written where it is asked for; nothing is made.

    Args:
        path: the file or folder.
        name: what it is for, in the error, such as "output".
        endings: those that the file's name may have, in lower case; of none: any; None: it is a folder.

    Raises:
        UserError: for another ending, a folder in place of a file or the reverse, a path that is not UTF-8,
            or a place that can't be written.
    """
    path = Path(path)
    check_spelling(path, name)
    if endings and path.suffix.lower() not in endings:
        raise UserError(f"{name}: expected a name ending in {', '.join(endings)}, got {str(path)!r}")
    try:
        if path.exists() and path.is_dir() != (endings is None):
            kinds = ("a file", "a folder")
            raise UserError(f"{name}: expected {kinds[endings is None]}, got {path}, which is {kinds[path.is_dir()]}")
        place = path if endings is None else path.parent
        while not os.path.lexists(place):
            place = place.parent
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        raise UserError(f"{name}: {path} can't be written ({error.strerror})") from None


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
    make_folder(path.parent, path.name)
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask
