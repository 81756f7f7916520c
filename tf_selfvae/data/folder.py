"""`folder:PATH`: any pictures below a folder."""

from __future__ import annotations

from pathlib import Path

from ..errors import UserError
from . import pictures
from .cache import cached
from .splits import split

_ENDINGS = {".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm"}


def load_folder(path, size, channels, cache_dir):
    """Read every picture below a folder, resized to a square.

    Of the sorted relative paths, a fixed permutation puts 15% aside as test and 5% as validation.

    Returns:
        (dict of split to array, description of the resize).

    Raises:
        ValueError: when the folder is missing or holds no pictures, or over 1% are unreadable.
    """
    root = Path(path).expanduser()
    if not root.is_dir():
        raise UserError(f"data: {root} is not a folder")
    paths = sorted(p for p in root.rglob("*") if p.suffix.lower() in _ENDINGS and p.is_file())
    if not paths:
        raise UserError(f"data: {root} holds no pictures; expected files ending in {', '.join(sorted(_ENDINGS))}")
    size = size or 64
    stats = [(str(p.relative_to(root)), *_stamp(p)) for p in paths]
    key = ["folder", str(root.resolve()), stats, size, channels, pictures.SQUARE]

    def build():
        images, _ = pictures.decode_all(paths, size, channels, str(root))
        parts = split(len(images), test=0.15, validation=0.05)
        return {name: images[index] for name, index in parts.items()}

    return cached(key, build, cache_dir), pictures.SQUARE


def _stamp(path):
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns
