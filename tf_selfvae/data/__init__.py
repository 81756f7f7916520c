"""Data sets of images by name: `load(name)` gives `.train(batch)`, `.validation(batch)`, `.test(batch)`."""

from __future__ import annotations

from os import PathLike

from ..checks import check_count
from ..errors import UserError
from .dataset import Dataset
from .folder import load_folder
from .npz import load_npz
from .photos import load_photos
from .public import PUBLIC, load_public

__all__ = ["Dataset", "available", "load"]

_PHOTOS = {"photos32": 32, "photos64": 64}


def available() -> list[str]:
    """List the specs that `load` takes."""
    return [*_PHOTOS, *PUBLIC, "folder:PATH", "npz:PATH"]


def load(
    name: str, size: int | None = None, channels: int = 3, cache_dir: str | PathLike[str] | None = None
) -> Dataset:
    """Load a data set; decoded and resized images are cached on disk once.

    Args:
        name: one of `available()`: "photos32" and "photos64" (crops of photographs that come with a
            dependency), "cifar10", "imagenette64", "celeba64" (TensorFlow Datasets),
            "folder:PATH" (any pictures), "npz:PATH" (a uint8 array).
        size: side of the images of a folder (64 by default) or an archive (its own by default); for
            the others it must be theirs.
        channels: 1 or 3.
        cache_dir: where caches are; by default the platform's folder for caches (on Linux ~/.cache/tf_selfvae).

    Returns:
        A `Dataset`.

    Raises:
        ValueError: names the argument, what came and what was expected.

    Example:
        >>> load("folder:~/Pictures", size=64).train(16)
    """
    if size is not None:
        size = check_count(size, "size")
    if channels not in (1, 3):
        raise UserError(f"channels: expected 1 or 3, got {channels!r}")
    name, channels = str(name), int(channels)
    kind, _, path = name.partition(":")
    if kind in ("folder", "npz") and path:
        reader = load_folder if kind == "folder" else load_npz
        splits, resize = reader(path, size, channels, cache_dir)
        return Dataset(name, splits, resize)
    if name in _PHOTOS:
        _check_own_size(name, size, _PHOTOS[name])
        splits, resize = load_photos(_PHOTOS[name], channels, cache_dir)
        return Dataset(name, splits, resize)
    if name in PUBLIC:
        own = PUBLIC[name].size
        _check_own_size(name, size, own)
        splits, resize = load_public(name, channels, cache_dir)
        # CelebA is not augmented (section 4.1).
        augmented = name != "celeba64"
        return Dataset(name, splits, resize, flips=augmented, shifts=own // 16 if augmented else 0)
    raise UserError(f"data: {name!r} is unknown; valid ones: {', '.join(available())}")


def _check_own_size(name, size, own):
    if size not in (None, own):
        raise UserError(f"size: {name!r} has images of {own}x{own}, got {size}")
