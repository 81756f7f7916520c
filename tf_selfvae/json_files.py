"""JSON files of runs: written whole or not at all, without NaN, and read with one sentence for what is no JSON."""

from __future__ import annotations

import json
import math
from pathlib import Path

from .errors import UserError
from .files import write_text


def to_json(data, indent=None):
    """Return data as JSON that every program reads: NaN and infinities, which JSON does not have, become null."""
    return json.dumps(_finite(data), indent=indent, allow_nan=False)


def write_json(path, data):
    """Write JSON whole or not at all; the folder is made when it is missing."""
    write_text(path, to_json(data, indent=2) + "\n")


def read_json(path, needs=()):
    """Read a file that holds a JSON object.

    Args:
        path: the file.
        needs: names that the object must have.

    Returns:
        A dict; NaN and infinities, which earlier versions wrote, are None.

    Raises:
        UserError: when the file is missing, can't be read, holds something else, or lacks a name.
    """
    path = Path(path)
    try:
        data = json.loads(path.read_text(encoding="utf-8"), parse_constant=lambda _: None)
    except (OSError, ValueError, RecursionError) as error:
        if isinstance(error, OSError):
            raise UserError(f"{path}: can't be read ({error.strerror})") from error
        raise UserError(f"{path}: expected JSON, got something else ({error})") from error
    missing = [name for name in needs if name not in data] if isinstance(data, dict) else ["an object"]
    if missing:
        raise UserError(f"{path}: expected JSON with {', '.join(missing)}, got something else")
    return data


def _finite(data):
    if isinstance(data, dict):
        return {str(name): _finite(value) for name, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_finite(value) for value in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data
