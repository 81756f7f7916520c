"""Models that come trained with the package: `NAME.json` says what one is, `NAME.weights.h5` holds its weights."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ..errors import UserError
from ..json_files import read_json

_FOLDER = Path(__file__).parent


def names():
    """List the trained models."""
    return sorted(path.stem for path in _FOLDER.glob("*.json"))


def about(name):
    """Return what a trained model's file says: its "config", its weights' "sha256", and how it was made.

    Args:
        name: one of `names()`.
    """
    return read_json(_FOLDER / f"{name}.json", needs=["config", "sha256"])


def load(model, name):
    """Give a model the weights of a trained one.

    Args:
        model: a Keras model of its configuration.
        name: one of `names()`.

    Returns:
        The model.

    Raises:
        UserError: when the file is not the one that the package was made with, or its networks are others.
    """
    path = _FOLDER / f"{name}.weights.h5"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != about(name)["sha256"]:
        raise UserError(f"weights: {path} is damaged: install the package again")
    try:
        model.load_weights(path)
    except ValueError as error:
        reason = str(error).strip().splitlines()[0]
        raise UserError(
            f"preset: the weights of {name!r} don't fit networks that overrides changed ({reason}); load_weights=False "
            "gives them untrained"
        ) from None
    return model
