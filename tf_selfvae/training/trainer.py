"""One training of one run: the model, its images, and all that happens to them."""

from __future__ import annotations

import functools
import json
import math
import sys
import time

import keras

from .. import devices
from ..data.service import watched
from ..evaluation.figures import reconstruction_sheet, sample_sheet
from ..evaluation.terms import measure_terms
from ..files import alone_in, atomic, check_writable
from ..json_files import write_json
from ..model.fitting import first_images, put_averages
from ..model.hierarchy import Hierarchy
from ..model.levels import all_levels, describe_levels
from ..model.optimizers import steps_taken
from ..model.selfvae import SelfVAE
from ..terminal import is_live
from .agreement import Agreement
from .callbacks import Budget, Checkpoints, Pictures, Throughput, log_pictures
from .progress import ProgressBar
from .task import Task, load_images, new_task, own_task

_LEAST_BATCH = 64  # of validation, which keeps nothing for gradients
_LEAST_STEPS = 100  # an epoch of a small data set is at least this long: validation costs
_FRESH = {"step": 0, "elapsed": 0.0, "best": float("inf")}


def build_model(task, workers, dataset, before, restore):
    """Build the model of a task; its weights, and the optimizer's state, are the chief's.

    Args:
        task: a `Task`.
        workers: the `Workers`, all of which must call this.
        dataset: a `Dataset`, to initialise a fresh model from.
        before: the `SelfVAE` that it starts from, or None.
        restore: a function that gives a model an earlier sitting's variables and returns the state then, or None.

    Returns:
        (a compiled `SelfVAE`, a dict: "step", "elapsed" and "best").
    """
    with workers.strategy.scope():
        model = SelfVAE(task.config)
        model.compile(levels=None if trains_all(task) else describe_levels(task.levels))
    state = None
    if workers.is_chief:
        state = restore(model)
        if state is None:
            state = _FRESH
            if before:
                model.set_weights(before.get_weights())
            if not model.initialised:
                # As `fit` would, but not from a data service, whose batches a second reader would take away.
                model.data_init(
                    first_images(dataset.train(task.config.optimizer.batch_size, seed=task.seed, repeat=True))[0]
                )
    if workers.count > 1:
        state = json.loads(workers.share(json.dumps(state).encode()))
        workers.share_variables([*model.weights, *model.optimizer.variables])
    return model, state


def trains_all(task):
    """Say whether a task trains all levels of its model."""
    return task.levels == all_levels(Hierarchy(task.config))


def open_job(workers, run, config, data, seed, resume, clock, cache_dir, verbose, levels, start, held):
    """Make one worker's part in a training, from what it was asked for.

    Args:
        workers: a `Workers`.
        run: a `Run`.
        config, data, seed, resume, clock, cache_dir, verbose, levels, start: as for `training.train`; of the chief.
        held: a `contextlib.ExitStack` that lets go of the run at the end.

    Returns:
        A `Job`.
    """
    resume = resume and run.config.exists()
    told, before, recorded = b"", None, None
    if workers.is_chief:
        if resume:
            task, before = own_task(run, config, data, levels, start)
        else:
            task, before, recorded = new_task(run, config, data, seed, clock, levels, start)
        told = task.to_json()
    task = Task.from_json(workers.share(told))
    dataset = load_images(task, workers, cache_dir)
    if workers.is_chief:
        check_writable(run.folder, "run")
        held.enter_context(alone_in(run.folder, "training"))
    restore = run.restore_checkpoint if resume else lambda model: None
    model, state = build_model(task, workers, dataset, before, restore)
    return Job(workers, run, task, dataset, model, state, recorded, verbose if workers.is_chief else 0)


class Job:
    """One training of one run, as one of its workers does it; see `training.train`.

    Args:
        workers: a `Workers`.
        run: a `Run`.
        task: the `Task`.
        dataset: the `Dataset`.
        model: the compiled `SelfVAE`.
        state: where training stands, as `build_model` gives it.
        recorded: what a new run's settings say, of the chief; None to go on with a run.
        verbose: 0 for silence.
    """

    def __init__(self, workers, run, task, dataset, model, state, recorded, verbose):
        self.workers, self.run, self.task, self.dataset = workers, run, task, dataset
        self.model, self.state, self.recorded, self.verbose = model, state, recorded, verbose

    @property
    def batch_size(self):
        return self.task.config.optimizer.batch_size

    @property
    def examples(self):
        """Images that pictures are drawn of."""
        return self.dataset.examples("validation", 8)

    def say(self, text):
        if self.verbose:
            print(text, flush=True)

    def _describe(self):
        """Say what is trained, on what."""
        workers, config = self.workers, self.task.config
        self.say(self.dataset.describe())
        self.say(
            f"{self.model.count_params():,} parameters, {len(config.levels)} transforms, "
            f"{config.precision} convolutions on {devices.describe()}"
            + (f"; {workers.replicas} replicas of {workers.count} workers" if workers.replicas > 1 else "")
        )
        if not trains_all(self.task):
            self.say(f"levels {describe_levels(self.task.levels)} alone are trained: bpd is the sum of their terms")

    def train(self, minutes, epochs, service, checkpoint_seconds, more):
        """Train to the budget's end or to a signal; see `training.train`."""
        workers, state = self.workers, self.state
        self._describe()
        if service is not None:
            self.dataset.train(self.batch_size, repeat=True, service=service)  # refuses one that does not answer
        self._begin()
        per_pass = max(1, self.dataset.counts["train"] // self.batch_size)
        per_epoch = per_pass * math.ceil(_LEAST_STEPS / per_pass)
        steps = None if epochs is None else epochs * per_pass

        agreement = Agreement(workers)
        budget = Budget(minutes, steps, state["elapsed"], clock=self.task.clock, agreement=agreement)
        checkpoints = Checkpoints(self.run, budget, agreement, state["best"], checkpoint_seconds)
        throughput = Throughput(self.batch_size)
        # Of these, the agreement is what all that follow go by; what logs comes after what adds to the logs; the
        # progress bar, which prints them, is last. `fit` puts its own around them.
        callbacks = [agreement, budget, throughput, checkpoints]
        if workers.is_chief:
            callbacks += [
                Pictures(self.run, self.examples),
                keras.callbacks.TensorBoard(self.run.logs, write_graph=False),
                keras.callbacks.CSVLogger(self.run.metrics, append=True),
            ]
            self.run.trim_metrics(state["step"] // per_epoch)
        callbacks += [*more, ProgressBar(budget)]

        started, processor = time.monotonic(), time.process_time()
        last = sys.maxsize if steps is None else max(1, math.ceil(steps / per_epoch))
        epoch, done = divmod(state["step"], per_epoch)
        self.model.stop_training = steps is not None and state["step"] >= steps
        try:
            if done and not self.model.stop_training:
                # The epoch that a checkpoint lies in ends where it would have ended.
                self._fit(epoch, epoch + 1, per_epoch - done, state["step"], service, callbacks)
                epoch += 1
            if not self.model.stop_training:
                self._fit(epoch, last, per_epoch, epoch * per_epoch, service, callbacks)
        except BaseException:
            if is_live(sys.stdout):
                self.say("")  # what comes next starts after the progress bar's line
            raise
        finally:
            checkpoints.restore_signals()
        if checkpoints.interrupted and not budget.finished:
            self.say(f"\ninterrupted; continue with: selfvae train --run {self.run.folder} --resume ...")
            return None
        checkpoints.set_model(self.model)  # where all steps were taken already, `fit` did not
        checkpoints.save()
        put_averages(self.model, True)  # likewise
        return self._finish(
            **({"images_per_second": throughput.rate} if throughput.images else {}),  # a first step tells none
            training_minutes=budget.elapsed / 60,
            wall_minutes=(time.monotonic() - started) / 60,
            cpu_minutes=(time.process_time() - processor) / 60,
        )

    def _begin(self):
        """Leave the first traces in the run's folder, once nothing is left to refuse."""
        if not self.workers.is_chief:
            return
        if self.recorded is None:
            self.run.go_on(self.dataset)
        else:
            self.run.create(self.task.config, self.recorded, self.dataset)

    def _fit(self, first, last, steps, start, service, callbacks):
        """Train epochs `first` to `last`, of `steps` each, from the batch `start` on."""
        workers, dataset = self.workers, self.dataset
        validation = max(_LEAST_BATCH, self.batch_size)
        train = functools.partial(
            dataset.train, self.batch_size, seed=self.task.seed, repeat=True, start_batch=start, service=service
        )
        validate = functools.partial(dataset.validation, validation)
        with watched(service):
            self.model.fit(
                workers.distribute(lambda shard: train(shard=shard)),
                initial_epoch=first,
                epochs=last,
                steps_per_epoch=steps,
                validation_data=workers.distribute(lambda shard: validate(shard=shard)),
                validation_steps=math.ceil(dataset.counts["validation"] / validation),
                callbacks=callbacks,
                verbose=self.verbose,
                shuffle=False,  # it is, by the stream
            )

    def _finish(self, **measured):
        """Test the model, and leave it in the run's folder with pictures and results."""
        workers, model, run = self.workers, self.model, self.run
        if not trains_all(self.task):
            model.compile(model.optimizer)  # the test is of the whole model
        results = measure_terms(model, self.dataset, verbose=self.verbose, workers=workers)
        if not workers.is_chief:
            return results
        with atomic(run.model) as path:
            model.save(path, include_optimizer=False)
        samples, reconstructions = sample_sheet(model), reconstruction_sheet(model, self.examples)
        log_pictures(run, model, samples, reconstructions)
        for picture, file in ((samples, run.samples), (reconstructions, run.reconstructions)):
            with atomic(file) as path:
                picture.save(path)
        steps = int(steps_taken(model.optimizer))
        results |= {
            "data": self.dataset.describe(),
            "resize": self.dataset.resize,
            "parameters": model.count_params(),
            "steps": steps,
            "images_seen": steps * self.batch_size,
            **measured,
            "clock": self.task.clock,
            "hardware": devices.describe(),
            "replicas": workers.replicas,
            "workers": workers.count,
        }
        if (peak := devices.peak_memory_gib()) is not None:
            results["peak_memory_gib"] = peak
        write_json(run.results, results)
        return results
