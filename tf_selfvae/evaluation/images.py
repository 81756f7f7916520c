"""Finding and opening the pictures that a run is measured on and shown with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from .. import data as datasets
from ..data.pictures import open_picture, square
from ..errors import UserError
from ..runs import Run, load_model


def run_data(path, model, data=None, cache=None):
    """Load a data set at a model's size: `data`, or that of the run in the folder `path`."""
    if data is None:
        run = Run(path)
        if not run.settings.exists():
            raise UserError("--data: expected a data set, since the model is not in a run's folder")
        data = run.read_settings()["data"]
    size, _, channels = model.config.image
    return datasets.load(data, size=size, channels=channels, cache_dir=cache)


def pictures_for(path, files, data, count, cache):
    """Load a model and the images to reconstruct.

    Args:
        path: a run's folder or a `.keras` file.
        files: paths of pictures; with none, `count` test images of `data` (or of the run's data).

    Returns:
        (model, uint8 array [B, H, W, C]).
    """
    model = load_model(path)
    size, _, channels = model.config.image
    if files:
        arrays = [open_picture(Path(file)) for file in files]
        return model, np.stack([square(Image.fromarray(a), size, channels) for a in arrays])
    return model, run_data(path, model, data, cache).examples("test", count)
