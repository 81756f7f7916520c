"""`folder:PATH`: any pictures below a folder."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from ..errors import UserError
from . import pictures
from .cache import cached, stamp
from .crops import CUT
from .splits import complete, dealt

# Folders and files that systems and programs keep for themselves; so is all that begins with a dot.
_OF_SYSTEMS = {"__macosx", "@eadir", "#recycle", "$recycle.bin", "lost+found", "system volume information", "thumbs.db"}
_LOG = logging.getLogger(__name__)


def find_pictures(root):
    """List the pictures below a folder: what has the ending of a picture's name.

    Links are followed, and each folder is read once however many links lead to it, so that loops end.

    Args:
        root: the folder.

    Returns:
        (sorted list of paths, list of the reasons why others were left out).
    """
    found, left_out, seen = [], [], set()
    known = pictures.endings()
    folders, links = [str(root)], []

    def walk(folder):
        try:
            status = os.stat(folder)
            if (status.st_dev, status.st_ino) in seen:
                return
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(folder) as entries:
                entries = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            left_out.append("unreadable folders")
            return
        for entry in entries:
            try:
                is_folder, is_file = entry.is_dir(), entry.is_file()
            except OSError:  # a loop of links
                is_folder = is_file = False
            if entry.name.startswith(".") or entry.name.lower() in _OF_SYSTEMS:
                left_out.append("hidden or of the system")
            elif is_folder:
                (links if entry.is_symlink() else folders).append(entry.path)
            elif not is_file:
                left_out.append("links to nothing" if entry.is_symlink() else "no files")
            elif Path(entry.name).suffix.lower() in known:
                found.append(Path(entry.path))
            else:
                left_out.append("of other kinds")

    # What is here itself before what links lead to.
    while folders or links:
        walk((folders or links).pop(0))
    return sorted(found), left_out


CROPS = 8  # of each training picture, for "crops:PATH"


def load_crops(path, size, channels, cache_dir):
    """Do what `load_folder` does, with `CROPS` more pieces of each training picture; arguments and errors as there."""
    return load_folder(path, size, channels, cache_dir, CROPS)


def load_folder(path, size, channels, cache_dir, more=0):
    """Read every picture below a folder, resized and cut to a size; `splits.part_of` says to which part each goes.

    What is decoded once is taken from the cache while the folder's files have the same names, lengths,
    times of change and numbers on the disk: to replace a file's content and keep all four, one has to
    write to the disk past the file system.

    Args:
        path: the folder.
        size: (rows, columns); None for 64 x 64.
        channels: 1 or 3.
        cache_dir: as for `load`.
        more: how many pieces of each training picture are cut out at random and resized, beside the whole; see
            `crops.crops`.

    Returns:
        (dict of part to array, dict of part to digests, description of the resize).

    Raises:
        UserError: when the folder is missing or holds no pictures, or more than 1% and more than one are
            unreadable.
    """
    root = Path(path)
    if not root.is_dir():
        raise UserError(f"data: {root} is not a folder")
    paths, left_out = find_pictures(root)
    said = f"left out in {root}: {pictures.listed(left_out)}"
    if not paths:
        hint = f" ({said})" if left_out else ""
        raise UserError(
            f"data: {root} holds no pictures{hint}; expected files ending in {', '.join(sorted(pictures.endings()))}"
        )
    if left_out:
        _LOG.warning(said)
    size = size or (64, 64)
    resize = pictures.resize_text(size)
    files = [(str(p.relative_to(root)), *stamp(p)) for p in paths]
    key = ["folder", str(root), files, size, channels, resize, f"{more} {CUT}"]
    arrays = cached(key, lambda: dealt(pictures.read_all(paths, size, channels, str(root), more)), cache_dir)
    return *complete(arrays, str(root)), resize
