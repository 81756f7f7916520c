"""Training from a configuration and a data set to a run's folder."""

from __future__ import annotations

import contextlib
import errno
import functools
import json
import math
import resource
import sys
import time

import keras
import numpy as np
import tensorflow as tf

from . import data as datasets
from . import devices
from .agreement import Agreement, Gather
from .apart import parse_levels
from .callbacks import Budget, Checkpoints, Pictures, ProgressBar, StopOnNotFinite, Throughput
from .data.records import is_of_records
from .data.service import watched
from .config import Config
from .evaluation.figures import reconstruction_sheet, sample_sheet
from .files import alone_in, atomic
from .keras_faults import SwapAveragedWeights
from .level_crew import LevelCrew, Link
from .model import SelfVAE
from .optimizers import default_optimizer
from .runs import Run
from .strategies import Crew, get_strategy

_INIT_BATCH = 64
_LEAST_BATCH = 64  # of validation, which keeps nothing for gradients
_LEAST_STEPS = 100  # an epoch of a small data set is at least this long: validation costs
_FRESH = {"step": 0, "elapsed": 0.0, "best": float("inf")}


def train(
    config, data, run, minutes=None, epochs=None, seed=0, resume=False, cache_dir=None, verbose=1,
    clock="wall", strategy="auto", service=None, checkpoint_seconds=60, callbacks=(),
    levels=None, peer=None,
):
    """Train a model and leave a run's folder: weights, metrics, pictures and test results.

    Several workers (strategy "multiworker") call it alike; the first of them, the chief, says what to
    train and alone reads and writes the folder.

    Args:
        config: a `Config`; None to take the run's own.
        data: a data set's spec, such as "photos64" or "folder:PATH"; None to take the run's own.
        run: the run's folder.
        minutes: budget of training, by `clock`; or
        epochs: budget in passes over the training images.
        seed: of the order of the images and their augmentation.
        resume: whether to go on with what the folder holds; where it holds no run yet, one is started.
        cache_dir: where decoded images are cached.
        verbose: 0 for silence.
        clock: "wall", or "cpu": minutes of processor time over all threads.
        strategy: one of `strategies.STRATEGIES`, or a `tf.distribute.Strategy`.
        service: address of a `tf.data` service that prepares training batches, as "grpc://HOST:PORT".
        checkpoint_seconds: between two checkpoints.
        callbacks: Keras callbacks, to be called after the library's own.
        levels: train only these, with another process that trains the others: "1" or "1-2" for the finest,
            "2-" for the others; None for all.
        peer: with levels: HOST:PORT where the process of the finest levels listens; it is the chief.

    Returns:
        The test results: a dict, also in the run's results.json; None where a signal ended the training.

    Raises:
        ValueError: when the arguments do not fit together.
        NotFinite: when a term became NaN or infinite; the last good weights are kept.
        ServiceLost: when the `tf.data` service is gone, or silent for 30 seconds.
        WorkerLost: when another worker ended; every worker can be started again with `resume`.
        OSError: when the disk is full; the last whole checkpoint is kept.

    Example:
        >>> train(get_preset("downscale4-64-small"), "photos64", "runs/mine", minutes=5)["bpd"]
    """
    run = Run(run)
    if (minutes is None) == (epochs is None):
        raise ValueError("budget: expected either minutes or epochs")
    if (levels is None) != (peer is None):
        raise ValueError(f"levels: expected together with peer, got levels {levels!r} and peer {peer!r}")
    strategy = get_strategy(strategy) if isinstance(strategy, str) else strategy
    if levels is None:
        crew = Crew(strategy)
    else:
        is_finer = str(levels).split("-")[0] == "1"
        crew = LevelCrew(strategy, is_finer, Link(peer, is_finer))
    advice = f" Start all workers again with --resume: training goes on from {run.folder}'s last checkpoint."
    try:
        with crew.errors(advice), contextlib.ExitStack() as held:
            job = _Job(crew, run, config, data, seed, resume, clock, cache_dir, verbose, held)
            if levels is not None:
                crew.take_part(job.model, *parse_levels(levels, len(job.config.levels) + 1))
            return job.train(minutes, epochs, service, checkpoint_seconds, callbacks)
    except (tf.errors.DataLossError, tf.errors.InvalidArgumentError) as error:
        if not is_of_records(error):
            raise
        raise OSError(
            f"data: a decoded image can't be read ({error.message.splitlines()[0]}). The last checkpoint is kept: "
            "go on with --resume, which decodes the images again"
        ) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise OSError(f"run: no space left to write {run.folder}; make room, then go on with --resume") from error
        raise


def initialise(model, images, seed=0):
    """Initialise a model's convolutions from the first training images that a seed gives.

    Args:
        model: a `SelfVAE`.
        images: a `Dataset`.
        seed: of the order of images.
    """
    count = min(_INIT_BATCH, images.counts["train"])
    model.data_init(next(iter(images.train(count, seed=seed))))


class _Job:
    """One training of one run on one worker."""

    def __init__(self, crew, run, config, data, seed, resume, clock, cache_dir, verbose, held):
        self.crew, self.run = crew, run
        self.verbose = verbose if crew.is_chief else 0
        resume = resume and run.config.exists()
        plan = b""
        if crew.is_chief:
            plan = json.dumps(self._plan(config, data, seed, resume, clock)).encode()
        plan = json.loads(crew.share(plan))
        self.config = Config.from_dict(plan["config"])
        self.data, self.seed, self.clock = plan["data"], plan["seed"], plan["clock"]
        height, width, channels = self.config.image
        self.images = datasets.load(self.data, size=height, channels=channels, cache_dir=cache_dir)
        if tuple(self.images.image_shape) != tuple(self.config.image):
            raise ValueError(
                f"data: {self.data!r} has images of {tuple(self.images.image_shape)}, "
                f"the model expects {tuple(self.config.image)}"
            )
        counts = np.float64(list(self.images.counts.values()))
        if not np.array_equal(crew.agree(counts), counts * crew.count):
            raise ValueError(
                f"data: the workers do not have the same images; this one: {self.images.describe()}"
            )
        batch_size = self.config.optimizer.batch_size
        if batch_size % crew.replicas:
            raise ValueError(
                f"optimizer.batch_size: the global batch must split evenly over {crew.replicas} replicas, got {batch_size}"
            )
        if crew.is_chief:
            run.folder.mkdir(parents=True, exist_ok=True)
            held.enter_context(alone_in(run.folder, "training"))
        if crew.is_chief and not resume:
            settings = {"data": self.data, "seed": self.seed, "resize": self.images.resize, "clock": self.clock}
            run.create(self.config, settings)
        self.say(self.images.describe())
        self.model, self.state = self._model(resume)
        self.say(
            f"{self.model.count_params():,} parameters, {len(self.config.levels)} transforms, "
            f"{self.config.precision} convolutions on {devices.describe()}"
            + (f"; {crew.replicas} replicas of {crew.count} workers" if crew.replicas > 1 else "")
        )

    def say(self, text):
        if self.verbose:
            print(text, flush=True)

    def _plan(self, config, data, seed, resume, clock):
        """What is trained: by the arguments, or by the run in the folder, which they must not contradict."""
        if not resume:
            if config is None or data is None:
                raise ValueError(f"run: {self.run.folder} holds no run to go on with; expected a configuration and data")
            self.run.check_free()
            return {"config": config.to_dict(), "data": data, "seed": seed, "clock": clock}
        own, settings = self.run.read_config(), self.run.read_settings()
        if config is not None and config != own:
            raise ValueError(f"config: another one than that of the run in {self.run.folder}; --resume goes on with its own")
        if data is not None and data != settings["data"]:
            raise ValueError(f"data: the run in {self.run.folder} is trained on {settings['data']!r}, got {data!r}")
        return {
            "config": own.to_dict(), "data": settings["data"], "seed": settings["seed"],
            "clock": settings.get("clock", "wall"),
        }

    def _model(self, resume):
        """Build the model; its weights, and the optimizer's state, are the chief's."""
        with self.crew.strategy.scope():
            model = SelfVAE(self.config)
            # The budget sets the rate: a schedule object inside the optimizer would not let it.
            model.compile(default_optimizer(self.config.optimizer, self.config.optimizer.learning_rate))
        variables = [*model.weights, *model.optimizer.variables]
        state = dict(_FRESH)
        if self.crew.is_chief:
            checkpoint = self.run.load_checkpoint() if resume else None
            if checkpoint:
                loaded, state = checkpoint
                values = [*loaded.weights, *loaded.optimizer.variables]
                if [v.shape for v in values] != [v.shape for v in variables]:
                    raise ValueError("resume: the checkpoint's optimizer differs from the configured one")
                for variable, value in zip(variables, values):
                    variable.assign(value)
                del loaded
            else:
                initialise(model, self.images, self.seed)
        if self.crew.count > 1:
            state = json.loads(self.crew.share(json.dumps(state).encode()))
            self.crew.share_variables(variables)
        return model, state

    def train(self, minutes, epochs, service, checkpoint_seconds, more):
        crew, model, images, run, state = self.crew, self.model, self.images, self.run, self.state
        batch_size = self.config.optimizer.batch_size
        steps_per_pass = max(1, images.counts["train"] // batch_size)
        steps_per_epoch = steps_per_pass * math.ceil(_LEAST_STEPS / steps_per_pass)
        steps = None if epochs is None else epochs * steps_per_pass
        examples = images.examples("validation", 8)

        agreement = Agreement(crew)
        budget = Budget(
            self.config.optimizer, minutes, steps, state["elapsed"], clock=self.clock, agreement=agreement
        )
        checkpoints = Checkpoints(run, budget, agreement, state["best"], checkpoint_seconds)
        throughput = Throughput(batch_size)
        drawn = Pictures(run, examples)
        swap = SwapAveragedWeights() if self.config.optimizer.ema is not None else None
        callbacks = [Gather(crew), *([swap] if swap else []), agreement]
        callbacks += [budget, throughput, StopOnNotFinite(), checkpoints]
        if crew.is_chief:
            callbacks += [
                drawn,
                keras.callbacks.TensorBoard(run.logs, write_graph=False),
                keras.callbacks.CSVLogger(run.metrics, append=True),
            ]
            run.trim_metrics(state["step"] // steps_per_epoch)
        callbacks += [*more, ProgressBar(budget)]
        started, processor = time.monotonic(), time.process_time()
        validation = max(_LEAST_BATCH, batch_size)
        epoch, done = divmod(state["step"], steps_per_epoch)

        def fit(first, last, batches, start):
            stream = functools.partial(
                images.train, batch_size, seed=self.seed, repeat=True, start_batch=start, service=service
            )
            read = functools.partial(images.validation, validation)
            with watched(service):
                model.fit(
                    crew.distribute(lambda shard: stream(shard=shard)),
                    initial_epoch=first,
                    epochs=last,
                    steps_per_epoch=batches,
                    validation_data=crew.distribute(lambda shard: read(shard=shard)) if crew.validates else None,
                    validation_steps=math.ceil(images.counts["validation"] / validation),
                    callbacks=callbacks,
                    verbose=self.verbose,
                    shuffle=False,  # it is, by the stream
                )

        last = sys.maxsize if steps is None else max(1, math.ceil(steps / steps_per_epoch))
        model.stop_training = steps is not None and state["step"] >= steps
        try:
            if done and not model.stop_training:
                # The epoch that a checkpoint lies in ends where it would have ended.
                fit(epoch, epoch + 1, steps_per_epoch - done, state["step"])
                epoch += 1
            if not model.stop_training:
                fit(epoch, last, steps_per_epoch, epoch * steps_per_epoch)
        except BaseException:
            self.say("")  # what comes next starts after the progress bar's line
            raise
        finally:
            checkpoints.restore_signals()
        if checkpoints.interrupted and not budget.finished:
            self.say(f"\ninterrupted; continue with: selfvae train --run {run.folder} --resume ...")
            return None
        for callback in (checkpoints, drawn, *([swap] if swap else [])):
            callback.set_model(model)  # where all steps were taken already, `fit` did not
        if swap:
            swap.put(False)
        checkpoints.save()
        if swap:
            swap.put(True)
        results = evaluate(model, images, verbose=self.verbose, crew=crew) if crew.validates else {}
        if not crew.is_chief:
            return results
        with atomic(run.model) as path:
            model.save(path, include_optimizer=False)
        drawn.draw()
        with atomic(run.samples) as path:
            sample_sheet(model).save(path)
        with atomic(run.reconstructions) as path:
            reconstruction_sheet(model, examples).save(path)
        results |= {
            "data": images.describe(),
            "resize": images.resize,
            "parameters": model.count_params(),
            "steps": int(model.optimizer.iterations.numpy()),
            "images_seen": int(model.optimizer.iterations.numpy()) * batch_size,
            "images_per_second": throughput.rate,
            "training_minutes": budget.elapsed / 60,
            "clock": self.clock,
            "wall_minutes": (time.monotonic() - started) / 60,
            "cpu_minutes": (time.process_time() - processor) / 60,
            "hardware": devices.describe(),
            "replicas": crew.replicas,
            "workers": crew.count,
            "peak_memory_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        }
        run.write_json(run.results, results)
        return results


def evaluate(model, images, split="test", batch_size=64, verbose=1, crew=None):
    """Measure bits per dimension (one importance sample: the evidence lower bound) and every term.

    Args:
        model: a compiled `SelfVAE`.
        images: a `Dataset`.
        split: "test", "validation" or "train".
        batch_size: images at once.
        verbose: 0 for no progress bar.
        crew: the `Crew` that the model was built by, all of whose workers must call this; None for one.

    Returns:
        A dict: "bpd" and each term in bits per dimension of x, "split" and "images".

    Example:
        >>> evaluate(load_model("runs/mine"), data.load("photos64"))["bpd"]
    """
    count = images.counts[split]
    read = functools.partial(getattr(images, split), batch_size)
    stream = crew.distribute(lambda shard: read(shard=shard)) if crew else read()
    if getattr(model, "optimizer", None) is None:
        model.compile()
    steps = count // batch_size if split == "train" else math.ceil(count / batch_size)
    values = model.evaluate(stream, steps=steps, return_dict=True, verbose=verbose)
    values = {name: float(np.asarray(value)) for name, value in values.items() if name != "loss"}
    return {"split": split, "images": count, **values}
