"""What a run keeps of the pictures that it is trained on: enough to say later which came, went and were known."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from ..errors import UserError
from ..files import atomic
from .pictures import DIGEST, counted

_PARTS = ("train", "validation", "test")
_EARLIER = "earlier"  # trained on once, and no longer there


def fingerprint(dataset):
    """Return a short text that two data sets share when each part of one holds the pictures of that of the other.

    Returns:
        Hexadecimal digits; None for a set that never changes, which has its name.
    """
    if dataset.contents is None:
        return None
    digest = hashlib.sha256()
    for part in _PARTS:
        # A picture twice is what it is once.
        digest.update(part.encode() + b"".join(sorted(_digests(dataset, part))))
    return digest.hexdigest()[:16]


class Known:
    """The digests of a run's pictures, in a file of the run.

    Args:
        path: the file; it need not be there.

    Raises:
        UserError: when it is there and can't be read.
    """

    def __init__(self, path):
        self.path = Path(path)
        self._parts = _read(self.path) if self.path.exists() else None

    def keep(self, dataset):
        """Write the file: what is there now, and what was trained on earlier."""
        if dataset.contents is None:
            return
        parts = {part: _digests(dataset, part) for part in _PARTS}
        parts[_EARLIER] = self._trained_on() - parts["train"]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with atomic(self.path) as temporary:
            np.savez(temporary, **{name: _array(digests) for name, digests in parts.items()})
        self._parts = parts

    def changes(self, dataset):
        """Say how many pictures came and went since `keep`, or that it isn't known; None where nothing changed."""
        if dataset.contents is None:
            return None
        if self._parts is None:
            return (
                f"data: the run does not know which pictures it was trained on ({self.path.name} is missing): some of "
                f"those of {dataset.name} that count as unseen may be among them"
            )
        before = set().union(*(self._parts[part] for part in _PARTS))
        now = set().union(*(_digests(dataset, part) for part in _PARTS))
        said = []
        if came := now - before:
            parts = ((part, len(came & _digests(dataset, part))) for part in _PARTS)
            said.append(f"{counted(len(came), 'picture')} came ({', '.join(f'{n} {part}' for part, n in parts if n)})")
        if gone := before - now:
            said.append(f"{counted(len(gone), 'picture')} went")
        return f"data: since the run was trained last, {' and '.join(said)} in {dataset.name}" if said else None

    def trained_on(self, dataset, split):
        """Return which pictures of a split the run was ever trained on: boolean [N]."""
        if dataset.contents is None or self._parts is None:
            return np.zeros(dataset.counts[split], bool)
        seen = self._trained_on()
        return np.array([row.tobytes() in seen for row in dataset.contents[split]])

    def _trained_on(self):
        return set() if self._parts is None else self._parts["train"] | self._parts[_EARLIER]


def _digests(dataset, part):
    return {row.tobytes() for row in dataset.contents[part]}


def _array(digests):
    return np.frombuffer(b"".join(sorted(digests)), np.uint8).reshape(-1, DIGEST)


def _read(path):
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {part: file[part].reshape(-1, DIGEST) for part in (*_PARTS, _EARLIER)}
            return {part: {row.tobytes() for row in array} for part, array in arrays.items()}
    except Exception as error:  # NumPy raises many kinds for a file that is not what it was
        raise UserError(
            f"run: {path} can't be read ({type(error).__name__}): it says which pictures were trained on; remove it to "
            "go on without"
        ) from error
