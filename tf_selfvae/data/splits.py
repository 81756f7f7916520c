"""Splits by a fixed seed."""

from __future__ import annotations

import numpy as np

from ..errors import UserError

_SEED = 20210117


def permutation(count):
    """Return the fixed permutation of `count` images that splits are cut from."""
    return np.random.default_rng(_SEED).permutation(count)


def split(count, **fractions):
    """Cut 0..count-1 into named parts by the fixed permutation; the rest is "train".

    Args:
        count: number of images.
        **fractions: name and fraction of each part that is put aside, cut in this order.

    Returns:
        A dict of name to sorted index array; parts that are put aside hold at least one image.

    Raises:
        ValueError: when nothing would be left to train on.
    """
    order = permutation(count)
    parts, begin = {}, 0
    for name, fraction in fractions.items():
        size = max(1, round(fraction * count))
        parts[name] = np.sort(order[begin : begin + size])
        begin += size
    if begin >= count:
        raise UserError(f"data: {count} images are too few to put {', '.join(fractions)} aside")
    return {"train": np.sort(order[begin:]), **parts}
