"""Search for configurations with Keras Tuner: `tune` runs a search, `SelfVAEHyperModel` fits any tuner."""

from __future__ import annotations

import importlib

__all__ = ["SearchSpace", "SelfVAEHyperModel", "tune"]
_NAMES = {"SearchSpace": "space", "SelfVAEHyperModel": "hypermodel", "tune": "search"}


def __getattr__(name):
    # Loaded on first use: reading a search's results needs neither TensorFlow nor Keras Tuner.
    if name in _NAMES:
        return getattr(importlib.import_module(f".{_NAMES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
