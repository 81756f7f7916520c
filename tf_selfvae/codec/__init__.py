"""Compressed pictures: `compress(images) -> bytes` and back, bit for bit; Pillow opens `.svae` files from here on."""

from __future__ import annotations

import importlib

from .plugin import register as register_pillow

__all__ = ["Archive", "compress", "compress_files", "decompress", "decompress_files", "info", "register_pillow"]
_NAMES = {name: "api" for name in ("compress", "decompress")}
_NAMES |= {"info": "about", "Archive": "archive", "compress_files": "transfer", "decompress_files": "transfer"}

register_pillow()


def __getattr__(name):
    # Loaded on first use: what a file says of itself needs no TensorFlow.
    if name in _NAMES:
        return getattr(importlib.import_module(f".{_NAMES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
