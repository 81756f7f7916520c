"""Decoding once more, in another process with other threads, before an original may be forgotten."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from ..errors import Damaged, UserError

_TOLD = 3  # exit status of what is told in one sentence


def verify(path, digests, model=None):
    """Have another process decode a file, with other settings of TensorFlow, and compare all pictures.

    Args:
        path: a `.svae` or `.svar` file.
        digests: dict of the names of the pictures that must be in it ("" for the one of a `.svae`) to their `digest`.
        model: its codec model, as for `decompress`.

    Raises:
        Damaged: when it decodes to anything else.
    """
    threads = 1 if (os.cpu_count() or 1) > 1 else 2
    asked = {"path": str(path), "names": list(digests), "model": _spelled(model)}
    environment = {
        **os.environ,
        "TF_ENABLE_ONEDNN_OPTS": "1" if os.environ.get("TF_ENABLE_ONEDNN_OPTS") == "0" else "0",
        "TF_NUM_INTRAOP_THREADS": str(threads),
        "TF_NUM_INTEROP_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")])),
    }
    result = subprocess.run(
        [sys.executable, "-m", __name__],
        input=json.dumps(asked),
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if result.returncode == _TOLD:
        raise Damaged(f"verify: {result.stdout.strip()}")
    if result.returncode:
        reason = (result.stderr.strip().splitlines() or [f"exit status {result.returncode}"])[-1]
        raise Damaged(f"verify: another process could not decode what was written ({reason})")
    found = json.loads(result.stdout)
    other = [name for name, digest in digests.items() if found.get(name) != digest]
    if other:
        raise Damaged(
            f"verify: {len(other)} of {len(digests)} pictures decode to something else in another process"
            + (f", {other[0]!r} among them" if other[0] else "")
        )


def _spelled(model):
    return os.fspath(model) if isinstance(model, str | os.PathLike) else None


def digests(path, names, model):
    """Decode a file; returns a dict of names ("" for the one of a `.svae`) to the pictures' `digest`."""
    from .about import opened
    from .archive import Archive
    from .single import decode

    with opened(path) as (file, name, kind):
        if kind == "svae":
            return {"": decode(file, name, 0, True, model=model, most=sys.maxsize).digest()}
        found = {}
        for name, record, picture in Archive(file, model, sys.maxsize).decode(names):
            if isinstance(picture, UserError):
                raise picture
            if record.problem:
                raise record.problem
            found[name] = picture.digest()
        return found


def _main():
    sys.stdin.reconfigure(encoding="utf-8")
    sys.stdout.reconfigure(encoding="utf-8")
    try:
        asked = json.load(sys.stdin)
        print(json.dumps(digests(asked["path"], asked["names"], asked["model"])))
    except UserError as error:
        print(error)
        sys.exit(_TOLD)


if __name__ == "__main__":
    _main()
