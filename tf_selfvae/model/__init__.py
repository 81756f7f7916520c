"""The model: its variables, plans and randomness, and the one class `SelfVAE`."""

from __future__ import annotations


def __getattr__(name):
    # Loaded on first use: presets and configurations need no TensorFlow.
    if name == "SelfVAE":
        from .selfvae import SelfVAE

        return SelfVAE
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
