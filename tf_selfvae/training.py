"""Training from a configuration and a data set to a run's folder."""

from __future__ import annotations

import math
import resource
import sys
import time

import keras
import numpy as np

from . import data as datasets
from . import devices
from .callbacks import Budget, Checkpoints, Pictures, StopOnNotFinite, Throughput
from .evaluation.figures import reconstruction_sheet, sample_sheet
from .files import atomic
from .model import SelfVAE
from .optimizers import default_optimizer
from .runs import Run

_INIT_BATCH = 64
_LEAST_STEPS = 100  # an epoch of a small data set is at least this long: validation costs


def train(
    config, data, run, minutes=None, epochs=None, seed=0, resume=False, cache_dir=None, verbose=1, clock="wall"
):
    """Train a model and leave a run's folder: weights, metrics, pictures and test results.

    Args:
        config: a `Config`.
        data: a data set's spec, such as "photos64" or "folder:PATH".
        run: the run's folder.
        minutes: budget of training, by `clock`; or
        epochs: budget in passes over the training images.
        seed: of the order of the images and their augmentation.
        resume: whether to go on with what the folder holds (its configuration and data are used).
        cache_dir: where decoded images are cached.
        verbose: 0 for silence.
        clock: "wall", or "cpu": minutes of processor time over all threads.

    Returns:
        The test results: a dict, also in the run's results.json.

    Raises:
        ValueError: when the arguments do not fit together.
        NotFinite: when a term became NaN or infinite; the last good weights are kept.

    Example:
        >>> train(get_preset("downscale4-64-small"), "photos64", "runs/mine", minutes=5)["bpd"]
    """
    run = Run(run)
    if (minutes is None) == (epochs is None):
        raise ValueError("budget: expected either minutes or epochs")
    checkpoint = None
    if resume:
        config, settings = run.read_config(), run.read_settings()
        data, seed, clock = settings["data"], settings["seed"], settings.get("clock", "wall")
        checkpoint = run.load_checkpoint()
    images = datasets.load(
        data, size=config.image[0], channels=config.image[2], cache_dir=cache_dir
    )
    if tuple(images.image_shape) != tuple(config.image):
        raise ValueError(
            f"data: {data!r} has images of {tuple(images.image_shape)}, "
            f"the model expects {tuple(config.image)}"
        )
    if not resume:
        run.create(config, {"data": data, "seed": seed, "resize": images.resize, "clock": clock})
    if verbose:
        print(images.describe())

    model, state = checkpoint or (None, {"step": 0, "elapsed": 0.0, "best": float("inf")})
    batch_size = config.optimizer.batch_size
    if model is None:
        model = SelfVAE(config)
    # The budget sets the rate: a schedule object inside the optimizer would not let it.
    optimizer = default_optimizer(config.optimizer, config.optimizer.learning_rate)
    if checkpoint:
        optimizer = _with_state(optimizer, model)
    model.compile(optimizer)
    if checkpoint is None:
        first = next(iter(images.train(min(_INIT_BATCH, images.counts["train"]), seed=seed)))
        model.data_init(first)
    if verbose:
        print(
            f"{model.count_params():,} parameters, {len(config.levels)} transforms, "
            f"{config.precision} convolutions on {devices.describe()}"
        )
    steps_per_pass = max(1, images.counts["train"] // batch_size)
    steps_per_epoch = steps_per_pass * math.ceil(_LEAST_STEPS / steps_per_pass)
    steps = None if epochs is None else epochs * steps_per_pass
    validation = images.validation(_INIT_BATCH)
    examples = images.examples("validation", 8)

    budget = Budget(config.optimizer, minutes, steps, state["elapsed"], clock=clock)
    checkpoints = Checkpoints(run, budget, state["best"])
    throughput = Throughput(batch_size)
    callbacks = [budget, throughput, StopOnNotFinite(), checkpoints]
    if config.optimizer.ema is not None:
        callbacks.insert(0, keras.callbacks.SwapEMAWeights(swap_on_epoch=True))
    drawn = Pictures(run, examples)
    callbacks += [
        drawn,
        keras.callbacks.TensorBoard(run.logs, write_graph=False),
        keras.callbacks.CSVLogger(run.metrics, append=resume),
    ]
    started, processor = time.monotonic(), time.process_time()
    try:
        model.fit(
            images.train(batch_size, seed=seed, repeat=True, start_batch=state["step"]),
            initial_epoch=state["step"] // steps_per_epoch,
            epochs=sys.maxsize if steps is None else max(1, math.ceil(steps / steps_per_epoch)),
            steps_per_epoch=steps_per_epoch,
            validation_data=validation,
            callbacks=callbacks,
            verbose=verbose,
        )
    finally:
        checkpoints.restore_signals()
    if checkpoints.interrupted and not budget.finished:
        if verbose:
            print(f"\ninterrupted; continue with: selfvae train --run {run.folder} --resume ...")
        return None
    with atomic(run.model) as path:
        model.save(path, include_optimizer=False)
    drawn.draw()
    with atomic(run.samples) as path:
        sample_sheet(model).save(path)
    with atomic(run.reconstructions) as path:
        reconstruction_sheet(model, examples).save(path)
    results = evaluate(model, images, verbose=verbose)
    results |= {
        "data": images.describe(),
        "resize": images.resize,
        "parameters": model.count_params(),
        "steps": int(model.optimizer.iterations),
        "images_seen": int(model.optimizer.iterations) * batch_size,
        "images_per_second": throughput.rate,
        "training_minutes": budget.elapsed / 60,
        "clock": clock,
        "wall_minutes": (time.monotonic() - started) / 60,
        "cpu_minutes": (time.process_time() - processor) / 60,
        "hardware": devices.describe(),
        "peak_memory_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }
    run.write_json(run.results, results)
    return results


def _with_state(optimizer, model):
    """Move a loaded model's optimizer state to a freshly configured optimizer."""
    optimizer.build(model.trainable_variables)
    loaded = model.optimizer
    if len(loaded.variables) != len(optimizer.variables):
        raise ValueError("resume: the checkpoint's optimizer differs from the configured one")
    for new, old in zip(optimizer.variables, loaded.variables):
        new.assign(old)
    return optimizer


def evaluate(model, images, split="test", batch_size=64, verbose=1):
    """Measure bits per dimension (one importance sample: the evidence lower bound) and every term.

    Args:
        model: a compiled `SelfVAE`.
        images: a `Dataset`.
        split: "test", "validation" or "train".
        batch_size: images at once.
        verbose: 0 for no progress bar.

    Returns:
        A dict: "bpd" and each term in bits per dimension of x, "split" and "images".

    Example:
        >>> evaluate(load_model("runs/mine"), data.load("photos64"))["bpd"]
    """
    count = images.counts[split]
    stream = getattr(images, split)(batch_size)
    if getattr(model, "optimizer", None) is None:
        model.compile()
    values = model.evaluate(stream, return_dict=True, verbose=verbose)
    values = {name: float(np.asarray(value)) for name, value in values.items() if name != "loss"}
    return {"split": split, "images": count, **values}
