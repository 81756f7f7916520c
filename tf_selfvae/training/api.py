"""Training from a configuration and a data set to a run's folder."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

import tensorflow as tf

from ..checks import check_positive
from ..data.records import is_of_records
from ..errors import DataDamaged, DiskFull, UserError
from ..files import check_spelling
from ..runs import Run
from ..workers import Workers, get_strategy
from .trainer import open_job

if TYPE_CHECKING:
    from ..config import Config


def train(
    config: Config | None,
    data: str | None,
    run: str | PathLike[str],
    minutes: float | None = None,
    epochs: int | None = None,
    seed: int = 0,
    resume: bool = False,
    cache_dir: str | PathLike[str] | None = None,
    verbose: int = 1,
    clock: str = "wall",
    strategy: str | tf.distribute.Strategy = "auto",
    service: str | None = None,
    checkpoint_seconds: float = 60,
    callbacks: Sequence[Any] = (),
    levels=None,
    start=None,
) -> dict[str, Any] | None:
    """Train a model and leave a run's folder: weights, metrics, pictures and test results.

    Several workers (strategy "multiworker") call it alike; the first of them, the chief, says what to
    train and alone reads and writes the folder.

    Args:
        config: a `Config`; None to take the run's own, or that of `start`.
        data: a data set's spec, such as "photos64" or "folder:PATH"; None to take the run's own.
        run: the run's folder.
        minutes: budget of training, by `clock`; or
        epochs: budget in passes over the training images.
        seed: of the order of the images and their augmentation.
        resume: whether to go on with what the folder holds; where it holds no run yet, one is started.
        cache_dir: where decoded images are cached.
        verbose: 0 for silence.
        clock: "wall", or "cpu": minutes of processor time over all threads.
        strategy: one of `workers.STRATEGIES`, or a `tf.distribute.Strategy`.
        service: address of a `tf.data` service that prepares training batches, as "grpc://HOST:PORT".
        checkpoint_seconds: between two checkpoints.
        callbacks: Keras callbacks, to be called after the library's own.
        levels: levels to train alone, such as "1" or "2-" (1 is the finest); None: all. Training and validation count
            their terms, the test at the end counts all.
        start: a run's folder or a `.keras` file whose weights training starts from; None: new ones.

    Returns:
        The test results: a dict, also in the run's results.json; None where a signal ended the training.

    Raises:
        ValueError: when the arguments do not fit together.
        NotFinite: when a term became NaN or infinite; the last good weights are kept.
        ServiceLost: when the `tf.data` service is gone, or silent for 30 seconds.
        WorkerLost: when another worker ended; every worker can be started again with `resume`.
        DiskFull: when it is; the last whole checkpoint is kept.
        DataDamaged: when a decoded image can't be read any more.

    Example:
        >>> train(get_preset("downscale4-64-small"), "photos64", "runs/mine", minutes=5)["bpd"]
    """
    check_spelling(run, "run")
    run = Run(run)
    if (minutes is None) == (epochs is None):
        raise UserError("budget: expected either minutes or epochs")
    check_positive(minutes if epochs is None else epochs, "minutes" if epochs is None else "epochs")
    strategy = get_strategy(strategy) if isinstance(strategy, str) else strategy
    advice = f" Start all workers again with --resume: training goes on from {run.folder}'s last checkpoint."
    try:
        with contextlib.ExitStack() as held:
            workers = Workers(strategy)
            held.enter_context(workers.errors(advice))
            job = open_job(workers, run, config, data, seed, resume, clock, cache_dir, verbose, levels, start, held)
            return job.train(minutes, epochs, service, checkpoint_seconds, callbacks)
    except (tf.errors.DataLossError, tf.errors.InvalidArgumentError) as error:
        if not is_of_records(error):
            raise
        raise DataDamaged(
            f"data: a decoded image can't be read ({error.message.splitlines()[0]}). The last checkpoint is kept: "
            "go on with --resume, which decodes the images again"
        ) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFull(f"run: no space left to write {run.folder}; make room, then go on with --resume") from error
        raise
