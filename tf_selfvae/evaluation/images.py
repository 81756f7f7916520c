"""Finding and opening the pictures that a run is measured on and shown with."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np

from .. import data as datasets
from ..data.fingerprint import Known
from ..data.pictures import fit, read_picture
from ..errors import UserError
from ..runs import Run, load_model

_LOG = logging.getLogger(__name__)


def run_images(path, model, split, count=None, data=None, cache=None):
    """Load images of one split of a data set at a model's size.

    What changed in a run's own data since it was trained is said. Pictures of the validation or test
    split that the run was trained on are left out, with a word.

    Args:
        path: a run's folder or a `.keras` file.
        model: its `SelfVAE`.
        split: "train", "validation" or "test".
        count: how many at most, spread evenly; None for all.
        data: a data set's spec; None for the run's own.
        cache: where decoded images are cached.

    Returns:
        (the `Dataset`, uint8 array [n, H, W, C], number of images of the split that were left out).

    Raises:
        UserError: when there is no data, or the run was trained on every picture of the split.
    """
    run = Run(path) if Path(path).is_dir() else None
    if data is None and run is None:
        raise UserError("--data: expected a data set, since the model is not in a run's folder")
    height, width, channels = model.config.image
    spec = run.own_data(data) if run else data
    dataset = datasets.load(spec, size=(height, width), channels=channels, cache_dir=cache)
    if run is None:
        return dataset, dataset.examples(split, count or dataset.counts[split]), 0
    known = Known(run.pictures)
    changes = known.changes(dataset) if dataset.name == datasets.resolve(run.read_settings()["data"]) else None
    if changes:
        _LOG.warning(changes)
    seen = known.trained_on(dataset, split) & (split != "train")
    left_out = int(seen.sum())
    if left_out == dataset.counts[split]:
        raise UserError(f"data: the run was trained on all {left_out} {split} pictures of {dataset.name}")
    if left_out:
        _LOG.warning(
            "data: the run was trained on %d of the %d %s pictures of %s: they are left out",
            left_out,
            dataset.counts[split],
            split,
            dataset.name,
        )
    return dataset, dataset.examples(split, count or dataset.counts[split], seen), left_out


def pictures_for(path, files, data, count, cache):
    """Load a model and the images to reconstruct.

    Args:
        path: a run's folder or a `.keras` file.
        files: paths of pictures; with none, `count` test images of `data` (or of the run's data).

    Returns:
        (model, uint8 array [B, H, W, C]).
    """
    model = load_model(path)
    height, width, channels = model.config.image
    if files:
        return model, np.stack([fit(read_picture(file), (height, width), channels) for file in files])
    return model, run_images(path, model, "test", count, data, cache)[1]
