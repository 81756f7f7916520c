"""Which codec model a file needs, and whether the one that is given is it."""

from __future__ import annotations

import os

from ..errors import UserError
from . import model as models
from .file import Needs


def load(model=None):
    """Return a codec model.

    Args:
        model: None for the package's newest, a released one's name, the path of a `.svcm`, or a codec model.

    Raises:
        UserError: when there is none.
    """
    return models.load_codec(model) if model is None or isinstance(model, str | os.PathLike) else model


def needs(model):
    """Return the `Needs` of what a codec model writes."""
    return Needs(model.hash, "" if model.name in models.released() else model.name)


def for_file(needed, model=None):
    """Return the codec model that a file needs.

    Args:
        needed: the file's `Needs`.
        model: the one that a caller gives, as for `load`; None: it must be released.

    Raises:
        UserError: when it is another one, or can't be found.
    """
    wanted = f"{needed.name or 'a released one'} ({needed.hash.hex()})"
    if model is not None:
        found = load(model)
        if found.hash != needed.hash:
            raise UserError(f"model: expected the file's codec model, {wanted}, got {found.name} ({found.hash.hex()})")
        return found
    for name in reversed(models.released()):
        if models.released_hash(name) == needed.hash:
            return load(name)
    hint = "hand in its .svcm as the model" if needed.name else "a later tf_selfvae may bring it"
    raise UserError(f"model: expected one for the file, which needs the codec model {wanted}: {hint}")
