"""What the commands evaluate, frechet and report do: measure a run, and keep the numbers with their conditions."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from .. import data as datasets
from .. import devices
from ..checks import check_temperature, check_temperatures
from ..codec.ladder import code_lengths
from ..codec.model import load_codec
from ..data.cache import default_folder
from ..errors import UserError
from ..files import check_writable
from ..json_files import write_json
from ..runs import Run, load_model
from ..terminal import bar
from .bounds import fingerprint, importance_bound
from .features import load_features
from .frechet import FeatureStatistics, frechet_distance
from .images import run_images
from .run_record import read_record

_BATCH = 64
_SHOWN = 16  # test images that a report draws on


def bound(path, data=None, split="test", limit=None, importance_samples=1, cache=None, seed=0, memory_gib=1.0):
    """Measure a run's or a file's bits per dimension; see `selfvae evaluate --help`.

    What was drawn is kept in the run's folder (of a file: in the cache folder), so that the command can
    be stopped and started again, or asked for more samples.

    Returns:
        A dict as `evaluation.bounds.importance_bound` gives, with its conditions; of a run it is kept in
        the folder "evaluations" too.
    """
    model = load_model(path)
    run = Run(path) if Path(path).is_dir() else None
    folder = run.evaluations if run else default_folder() / "evaluations"
    check_writable(folder, "evaluations")
    dataset, images, left_out = run_images(path, model, split, limit, data, cache)
    results = importance_bound(
        model,
        images,
        importance_samples,
        seed,
        memory_gib=memory_gib,
        path=folder / f"{fingerprint(model, images, seed)}.npz",
    )
    results |= {
        "split": split,
        "count_of_split": dataset.counts[split],
        "left_out_as_trained_on": left_out,
        "data": dataset.name,
        "resize": dataset.resize,
        "precision": model.config.precision,
        "hardware": devices.describe(),
    }
    if run:
        name = f"bpd-{split}-{len(images)}x{importance_samples}-seed{seed}.json"
        write_json(run.evaluations / name, results)
    return results


def code_length(path, data, split="test", limit=None, cache=None):
    """Measure a codec model's own code length, in bits per dimension; see `selfvae evaluate --help`.

    Returns:
        A dict: "bpd"; those of each payload, coarse to fine, "re_top", ..., "re_y1", "re_x"; "count", "split", "data",
        "resize".
    """
    codec = load_codec(path)
    if data is None:
        raise UserError("--data: expected a data set, since a codec model has none of its own")
    dataset = datasets.load(data, size=codec.image, channels=codec.channels, cache_dir=cache)
    images = dataset.examples(split, limit or dataset.counts[split])
    bits = np.concatenate(
        [
            code_lengths(codec, images[begin : begin + _BATCH])
            for begin in bar(range(0, len(images), _BATCH), desc="pictures", unit="batch")
        ]
    ) / np.prod(images.shape[1:])
    names = ["top", *(f"y{level}" for level in range(bits.shape[1] - 2, 0, -1)), "x"][-bits.shape[1] :]
    return {
        "bpd": float(bits.sum(1).mean()),
        **{f"re_{name}": float(column.mean()) for name, column in zip(names, bits.T)},
        "count": len(images),
        "split": split,
        "data": dataset.name,
        "resize": dataset.resize,
    }


def frechet(
    path,
    data=None,
    split="train",
    count=10_000,
    features="inception",
    inception_weights=None,
    cache=None,
    seed=0,
    temperature=1.0,
):
    """Measure the Frechet distance between a model's samples and a data set; see `selfvae frechet --help`.

    Returns:
        A dict: "frechet_distance", "features", "count" (of each side), "split", "data", "resize", "seed" and
        "temperature"; of a run it is kept in the folder "evaluations" too.

    Raises:
        ValueError: when a side has too few pictures for the features' covariance.
    """
    model = load_model(path)
    check_temperatures(temperature, model.hierarchy)
    run = Run(path) if Path(path).is_dir() else None
    if run:
        check_writable(run.evaluations, "evaluations")
    network = load_features(features, inception_weights)
    dataset, pictures, _ = run_images(path, model, split, count, data, cache)
    needed, available = network.size + 1, len(pictures)
    if available < needed:
        raise UserError(
            f"images: a Frechet distance on the {network.size} features of {network.name} needs at least "
            f"{needed} pictures on each side; got count {count}, and {split} has {dataset.counts[split]}"
        )
    real, generated = FeatureStatistics(network.size), FeatureStatistics(network.size)
    seeds = np.random.default_rng(seed).integers(0, 2**31, available, np.int32)
    for begin in bar(range(0, available, _BATCH), desc="pictures", unit="batch"):
        batch = slice(begin, begin + _BATCH)
        real.update(network(pictures[batch]))
        generated.update(network(model.sample(len(seeds[batch]), seeds[batch], temperature).numpy()))
    results = {
        "frechet_distance": frechet_distance(real, generated),
        "features": network.name,
        "count": available,
        "split": split,
        "data": dataset.name,
        "resize": dataset.resize,
        "seed": seed,
        "temperature": temperature,
    }
    if run:
        own = "" if temperature == 1 else "-" + re.sub(r"[^\w.]+", "-", str(temperature)).strip("-")
        name = f"frechet-{split}-{available}-{network.name.split()[0]}-seed{seed}{own}.json"
        write_json(run.evaluations / name, results)
    return results


def report(path, data=None, temperature=0.7, output=None, cache=None, seed=0):
    """Write a run's report; see `selfvae report --help`.

    Returns:
        The page's path.
    """
    check_temperature(temperature)
    read_record(path)  # what is not a run says so before TensorFlow builds anything
    from .report import check_place, write_report  # needs packages that measuring does not

    output = Path(output) if output else Run(path).folder / "report"
    check_place(output)
    model = load_model(path)
    images = run_images(path, model, "test", _SHOWN, data, cache)[1]
    if len(images) < 4:
        raise UserError(f"data: a report needs at least 4 test images, got {len(images)}")
    return write_report(path, model, images, seed, temperature, output)
