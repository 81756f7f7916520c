"""Decoded images on disk, written once, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np


def default_folder():
    """Return $XDG_CACHE_HOME/tf_selfvae, by default ~/.cache/tf_selfvae."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "tf_selfvae"


def cached(key, build, folder=None):
    """Return the splits of a data set, from disk when they are there.

    Args:
        key: a JSON-ready value; anything that changes the images must be part of it.
        build: a function that gives a dict of split to uint8 array [N, H, W, C].
        folder: where caches are; by default `default_folder()`.

    Returns:
        A dict of split to memory-mapped array.
    """
    root = Path(folder).expanduser() if folder else default_folder()
    digest = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:24]
    final = root / digest
    if not final.exists():
        root.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=root, prefix=".unfinished-"))
        try:
            for split, images in build().items():
                np.save(temporary / f"{split}.npy", images)
            try:
                os.rename(temporary, final)
            except OSError:
                if not final.exists():  # else another process was faster: its cache is as good
                    raise
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    return {path.stem: np.load(path, mmap_mode="r") for path in sorted(final.glob("*.npy"))}
