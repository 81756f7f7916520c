"""Training: from a configuration and a data set to a run's folder."""

from __future__ import annotations


def __getattr__(name):
    # Loaded on first use, so that the command line names strategies without waiting for TensorFlow.
    if name == "train":
        from .api import train

        return train
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
