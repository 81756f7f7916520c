"""What compressed data says of itself: nothing here is decoded, or needs TensorFlow."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path

from ..errors import UserError
from . import index
from .file import MAGIC, MOST, read_header
from .stream import naming


def info(data, most=MOST):
    """Say what compressed data holds, without decoding it.

    Args:
        data: bytes, a path, or a binary file.
        most: pixels that a picture may have.

    Returns:
        A dict of "format" ("svae" or "svar"), "bytes", "model" (its name, None for one of the package's), "model_hash";
        of one picture "width", "height", "mode", "stored" (whether in another format), "left_out" (levels), "fill",
        "kept"; of an archive "names", "has_model" and "problem".

    Raises:
        Damaged: when its head or index was cut or changed.
        UserError: for other data.
    """
    with opened(data) as (file, name, kind):
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        if kind == "svar":
            found = index.Index(file, name)
            needs, about = found.needs, {"names": list(found.entries), "has_model": found.model is not None}
            about["problem"] = found.problem
        else:
            with naming(name):
                head, needs, _ = read_header(file, most)
            about = {"width": head.width, "height": head.height, "mode": head.mode, "stored": head.stored}
            about |= {"left_out": head.left_out, "fill": head.fill if head.left_out else None, "kept": head.has_kept}
    digest = needs.hash.hex() if needs else None
    return {"format": kind, "bytes": size, "model": (needs and needs.name) or None, "model_hash": digest, **about}


@contextlib.contextmanager
def opened(data):
    """Open compressed data.

    Args:
        data: bytes, a path, or a binary file.

    Yields:
        (a binary file at its begin, its name, "svae" or "svar").

    Raises:
        UserError: for a missing file, or one of another kind.
    """
    with contextlib.ExitStack() as held:
        name = "data"
        if isinstance(data, str | os.PathLike):
            name = str(data)
            if not Path(data).is_file():  # a pipe would be waited for
                raise UserError(f"data: expected a .svae or .svar file, got {name}, which is no file")
            file = held.enter_context(open(data, "rb"))
        elif hasattr(data, "read"):
            file = data
        else:
            file = io.BytesIO(data)
        magic = file.read(4)
        file.seek(0)
        kind = {MAGIC: "svae", index.MAGIC: "svar"}.get(magic)
        if kind is None:
            raise UserError(f"data: expected a .svae or .svar file, got {name}, which is another file")
        yield file, name, kind
