"""Decoded images on disk, written once, whole or not at all, and checked when they are read."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import shutil
from pathlib import Path

import platformdirs

from ..errors import DiskFull, UserError
from ..files import atomic_folder, check_spelling, locked, make_folder
from .records import RecordWriter, checksum, file_size, open_records

# Part of each key: an older version's entries, in another format, are not looked at.
_FORMAT = "records-1"
_META = "meta.json"
_LOG = logging.getLogger(__name__)


def default_folder():
    """Return the platform's folder for caches: on Linux $XDG_CACHE_HOME/tf_selfvae, by default ~/.cache/tf_selfvae."""
    return platformdirs.user_cache_path("tf_selfvae", appauthor=False)


def stamp(path):
    """Return what tells a file from the one that was there before: length, times and number.

    The time of the last change of any kind (on Windows: that it was made) can't be set by programs, as
    that of the content can: a file that replaces another is seen also where it has its length and its
    time.

    Raises:
        UserError: when the file is gone.
    """
    try:
        status = Path(path).stat()
    except OSError as error:
        raise UserError(f"data: {path} can't be read ({error.strerror})") from None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def cached(key, build, folder=None):
    """Return the splits of a data set, from disk when they are there and whole.

    Of several processes that want the same entry one builds it, and the others wait. A damaged entry
    is logged as a warning and built again.

    Args:
        key: a JSON-ready value; anything that changes the images must be part of it.
        build: a function that gives a dict of split to uint8 array [N, H, W, C], or for sets that are
            larger than memory an iterator of (split, uint8 array [n, H, W, C]), in any order.
        folder: where caches are; by default `default_folder()`.

    Returns:
        A dict of split to `Records`, a memory-mapped array.

    Raises:
        DiskFull: when it is.
        UserError: when the folder can't be made.
    """
    root = Path(folder).expanduser().resolve() if folder else default_folder().resolve()
    check_spelling(root, "cache")
    digest = hashlib.sha256(json.dumps([_FORMAT, key], sort_keys=True).encode()).hexdigest()[:24]
    final = root / digest
    if not _damage(final):
        return _open(final)
    make_folder(root, "cache")
    with locked(root / f".{digest}.lock"):
        damage = _damage(final)  # another process may have built it meanwhile
        if damage:
            if final.exists():
                _LOG.warning("the cache entry %s is damaged (%s): building it again", final, damage)
                shutil.rmtree(final)
            for leftover in root.glob(f".{digest}-*"):  # of a process that was killed
                shutil.rmtree(leftover)
            _write(final, build)
        return _open(final)


def _write(final, build):
    try:
        with atomic_folder(final) as temporary, contextlib.ExitStack() as files:
            writers = {}
            built = build()
            for split, images in built.items() if isinstance(built, dict) else built:
                if split not in writers:
                    writers[split] = RecordWriter(_file(temporary, split))
                    files.callback(writers[split].close)
                writers[split].write(images)
            files.close()
            meta = {
                split: {"shape": writer.shape, "crc32": checksum(_file(temporary, split))}
                for split, writer in writers.items()
            }
            (temporary / _META).write_text(json.dumps(meta))
    except DiskFull as error:
        raise DiskFull(
            f"cache: no space left for decoded images in {final.parent}; free some, or cache them elsewhere"
        ) from error


def _damage(final):
    """Say what is wrong with an entry, or return None."""
    try:
        for split, about in json.loads((final / _META).read_text()).items():
            path = _file(final, split)
            expected, found = file_size(about["shape"]), path.stat().st_size
            # A map of a file that is too short would end the process when it is read.
            if found != expected:
                return f"{path.name} has {found} bytes, expected {expected}"
            if checksum(path) != about["crc32"]:
                return f"the checksum of {path.name} differs"
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return f"{type(error).__name__}: {error}"
    return None


def _open(final):
    meta = json.loads((final / _META).read_text())
    return {split: open_records(_file(final, split), about["shape"]) for split, about in sorted(meta.items())}


def _file(folder, split):
    return folder / f"{split}.tfrecord"
