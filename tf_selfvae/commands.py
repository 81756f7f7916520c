"""What the commands evaluate and reconstruct share: finding a run's model and images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tqdm import tqdm

from . import data as datasets
from .data.pictures import open_picture, square
from .runs import Run, load_model
from .training import evaluate as evaluate_bound


def _dataset(path, model, data, cache):
    if data is None:
        run = Run(path)
        if not run.settings.exists():
            raise ValueError("--data: expected a data set, since the model is not in a run's folder")
        data = run.read_settings()["data"]
    size, _, channels = model.config.image
    return datasets.load(data, size=size, channels=channels, cache_dir=cache)


def evaluate(path, data=None, split="test", limit=None, importance_samples=1, cache=None, seed=0):
    """Measure a run's or a file's bits per dimension; see `selfvae evaluate --help`.

    Returns:
        A dict as `tf_selfvae.training.evaluate` gives; with several importance samples, "bpd" and its
        "standard_error" alone.
    """
    model = load_model(path)
    images = _dataset(path, model, data, cache)
    if limit is None and importance_samples == 1:
        return evaluate_bound(model, images, split) | {"resize": images.resize}
    batches = _limited(images, split, limit)
    bits = []
    for number, batch in enumerate(tqdm(batches, desc="images", unit="batch")):
        bits.append(model.bits_per_dim(batch, importance_samples, seed + number).numpy())
    bits = np.concatenate(bits)
    return {
        "split": split,
        "images": len(bits),
        "resize": images.resize,
        "bpd": float(bits.mean()),
        "standard_error": float(bits.std(ddof=1) / len(bits) ** 0.5) if len(bits) > 1 else float("nan"),
    }


def _limited(images, split, limit):
    if split == "train":
        stream = images.train(min(32, images.counts["train"]), augment=False)
    else:
        stream = getattr(images, split)(32)
    stream = stream.unbatch().take(limit or -1).batch(32)
    return list(stream)


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
        from PIL import Image

        arrays = [open_picture(Path(file)) for file in files]
        return model, np.stack([square(Image.fromarray(a), size, channels) for a in arrays])
    return model, _dataset(path, model, data, cache).examples("test", count)
