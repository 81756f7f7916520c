"""What is written while something goes on: bars where a person looks on, nothing that redraws itself elsewhere."""

from __future__ import annotations

import sys

from tqdm import tqdm


def is_live(stream):
    """Whether what is written to a stream can be drawn over: a terminal or a notebook, not a file or a pipe."""
    return stream.isatty() or "ipykernel" in sys.modules


def bar(iterable=None, show=True, **options):
    """Return a `tqdm.tqdm` that is drawn where standard error is live.

    Args:
        iterable: what it wraps, or None.
        show: False for none.
        **options: see `tqdm.tqdm`.
    """
    return tqdm(iterable, disable=not (show and is_live(sys.stderr)), **options)
