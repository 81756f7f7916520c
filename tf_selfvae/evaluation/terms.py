"""Bits per dimension and every term of the objective, in one pass over a split."""

from __future__ import annotations

import functools
import math
import sys
from typing import TYPE_CHECKING

import numpy as np

from ..terminal import is_live

if TYPE_CHECKING:
    from ..data.dataset import Dataset
    from ..model.selfvae import SelfVAE


def measure_terms(
    model: SelfVAE, dataset: Dataset, split: str = "test", batch_size: int = 64, verbose: int = 1, workers=None
) -> dict[str, float]:
    """Measure bits per dimension (one importance sample: the evidence lower bound) and every term.

    Args:
        model: a compiled `SelfVAE`.
        dataset: a `Dataset`.
        split: "test", "validation" or "train".
        batch_size: images per batch.
        verbose: 0 for no progress bar; where standard output is a file or a pipe there is none.
        workers: the `Workers` that the model was built by, all of whose workers must call this; None for one.

    Returns:
        A dict: "bpd" and each term in bits per dimension of x, "split" and "count" (of images).

    Example:
        >>> measure_terms(load_model("runs/mine"), data.load("photos64"))["bpd"]
    """
    count = dataset.counts[split]
    read = functools.partial(getattr(dataset, split), batch_size)
    stream = workers.distribute(lambda shard: read(shard=shard)) if workers else read()
    if getattr(model, "optimizer", None) is None:
        model.compile()
    steps = count // batch_size if split == "train" else math.ceil(count / batch_size)
    values = model.evaluate(stream, steps=steps, return_dict=True, verbose=int(verbose and is_live(sys.stdout)))
    values = {name: float(np.asarray(value)) for name, value in values.items() if name != "loss"}
    return {"split": split, "count": count, **values}
