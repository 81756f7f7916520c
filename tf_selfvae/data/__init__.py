"""Data sets of images by name: `load(name)` gives `.train(batch)`, `.validation(batch)`, `.test(batch)`."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from ..checks import check_count
from ..errors import UserError
from ..files import check_spelling
from .dataset import Dataset
from .folder import load_crops, load_folder
from .npz import load_npz
from .photos import load_photos
from .public import PUBLIC, load_public

__all__ = ["Dataset", "available", "load", "resolve"]

_PHOTOS = {"photos32": 32, "photos64": 64}
_FILES = {"folder": load_folder, "crops": load_crops, "npz": load_npz}


def available() -> list[str]:
    """List the specs that `load` takes."""
    return [*_PHOTOS, *PUBLIC, "folder:PATH", "crops:PATH", "npz:PATH"]


def resolve(name: str) -> str:
    """Return the one spec of a data set, wherever it is asked for from: "folder:" and an absolute path without links.

    Raises:
        UserError: for a spec that `load` does not know.
    """
    name = str(name)
    kind, _, path = name.partition(":")
    if kind in _FILES and path:
        try:
            path = Path(path).expanduser().resolve()
        except (OSError, RuntimeError, ValueError) as error:  # a loop of links, no such user, a zero byte
            raise UserError(f"data: {path!r} is no path ({error})") from None
        check_spelling(path, "data")
        return f"{kind}:{path}"
    if name not in _PHOTOS and name not in PUBLIC:
        raise UserError(f"data: {name!r} is unknown; valid ones: {', '.join(available())}")
    return name


def load(
    name: str,
    size: int | tuple[int, int] | None = None,
    channels: int = 3,
    cache_dir: str | PathLike[str] | None = None,
) -> Dataset:
    """Load a data set; decoded and resized images are cached on disk once.

    Of a folder or an archive, a picture's pixels decide whether it is a test (15%), validation (5%) or
    training picture: it stays what it is when others come or go.

    Args:
        name: one of `available()`: "photos32" and "photos64" (crops of photographs that come with a
            dependency), "cifar10", "imagenette64", "celeba64" (TensorFlow Datasets),
            "folder:PATH" (any pictures), "crops:PATH" (the same, and of each training picture eight pieces more, cut
            out at random: a set of some thousands is learned by heart within hours), "npz:PATH" (a uint8 array).
        size: of the images: a side, or (rows, columns). Of a folder 64 by default, of an archive its
            own; for the others it must be theirs.
        channels: 1 or 3.
        cache_dir: where caches are; by default the platform's folder for caches (on Linux ~/.cache/tf_selfvae).

    Returns:
        A `Dataset`.

    Raises:
        UserError: names the argument, what came and what was expected.

    Example:
        >>> load("folder:~/Pictures", size=64).train(16)
    """
    if size is not None:
        size = _check_size(size)
    if channels not in (1, 3):
        raise UserError(f"channels: expected 1 or 3, got {channels!r}")
    name, channels = resolve(name), int(channels)
    kind, _, path = name.partition(":")
    if kind in _FILES:
        splits, contents, resize = _FILES[kind](path, size, channels, cache_dir)
        return Dataset(name, splits, resize, contents=contents)
    if name in _PHOTOS:
        _check_own_size(name, size, _PHOTOS[name])
        splits, resize = load_photos(_PHOTOS[name], channels, cache_dir)
        return Dataset(name, splits, resize)
    own = PUBLIC[name].size
    _check_own_size(name, size, own)
    splits, resize = load_public(name, channels, cache_dir)
    # CelebA is not augmented (section 4.1).
    augmented = name != "celeba64"
    return Dataset(name, splits, resize, flips=augmented, shifts=own // 16 if augmented else 0)


def _check_size(size):
    if isinstance(size, (tuple, list)):
        if len(size) != 2:
            raise UserError(f"size: expected a side or (rows, columns), got {size!r}")
        return tuple(check_count(side, "size") for side in size)
    return (check_count(size, "size"),) * 2


def _check_own_size(name, size, own):
    if size not in (None, (own, own)):
        raise UserError(f"size: {name!r} has images of {own}x{own}, got {size[0]}x{size[1]}")
