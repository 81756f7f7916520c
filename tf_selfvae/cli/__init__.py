"""The command line, `selfvae`."""

from __future__ import annotations


def __getattr__(name):
    if name == "main":
        from .app import main

        return main
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
