"""Names of pictures: of files in an archive, and of the files that are made of one."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path, PurePosixPath

_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # what Windows keeps for itself
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')
_LONGEST = 200  # bytes of a part


def in_archive(path, root):
    """Return the name of a file below a folder, as an archive has it: parts between slashes."""
    return Path(path).relative_to(root).as_posix()


def on_disk(names, suffix):
    """Return where each picture of an archive goes below a folder, whatever its name says.

    Args:
        names: list of names.
        suffix: the ending of what is written, such as ".png"; it replaces a name's own.

    Returns:
        A list of relative paths, all of them different on any file system and none outside of the folder.
    """
    found, taken = [], set()
    for name in names:
        path = _safe(name, suffix)
        tries = [path.with_name(f"{path.stem}{suffix}"), path.with_name(f"{path.name}{suffix}")]
        number = 2
        while _folded(made := tries.pop(0)) in taken:
            if not tries:
                tries, number = [path.with_name(f"{path.name}-{number}{suffix}")], number + 1
        taken.add(_folded(made))
        found.append(Path(made))
    return found


def _folded(path):
    """What a file system that knows no case, or one form of an accent, makes of a path."""
    return unicodedata.normalize("NFC", path.as_posix().casefold())


def _safe(name, suffix):
    parts = []
    for part in re.split(r"[/\\]", name):
        part = _FORBIDDEN.sub("_", part).encode("utf-8", "replace")[:_LONGEST].decode("utf-8", "ignore")
        part = part.strip(" ").rstrip(". ")
        if not part:  # nothing, ".", "..", or dots and spaces alone
            continue
        parts.append(f"_{part}" if _RESERVED.fullmatch(part) else part)
    # A folder never has the name that a picture may get.
    folders = [f"{part}_" if part.lower().endswith(suffix) else part for part in parts[:-1]]
    return PurePosixPath(*folders, *parts[-1:] or ["_"])
