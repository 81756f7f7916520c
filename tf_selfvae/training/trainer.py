"""One training of one run: the model, its images, and all that happens to them."""

from __future__ import annotations

import functools
import json
import math
import sys
import time

import keras
import numpy as np

from .. import data as datasets
from .. import devices
from ..config import Config
from ..data.service import watched
from ..errors import UserError
from ..evaluation.figures import reconstruction_sheet, sample_sheet
from ..evaluation.terms import measure_terms
from ..files import alone_in, atomic, check_writable
from ..json_files import write_json
from ..model.fitting import INIT_IMAGES, put_averages
from ..model.hierarchy import Hierarchy
from ..model.levels import all_levels, describe_levels
from ..model.optimizers import steps_taken
from ..model.selfvae import SelfVAE
from ..terminal import is_live
from .agreement import Agreement
from .callbacks import Budget, Checkpoints, Pictures, Throughput, log_pictures
from .levels import check_levels, check_resumed, load_recorded_start, load_start, record
from .progress import ProgressBar

_LEAST_BATCH = 64  # of validation, which keeps nothing for gradients
_LEAST_STEPS = 100  # an epoch of a small data set is at least this long: validation costs
_FRESH = {"step": 0, "elapsed": 0.0, "best": float("inf")}


def initialise(model, images, seed=0):
    """Initialise a model's convolutions from the first training images that a seed gives.

    Args:
        model: a `SelfVAE`.
        images: a `Dataset`.
        seed: of the order of images.
    """
    count = min(INIT_IMAGES, images.counts["train"])
    model.data_init(next(iter(images.train(count, seed=seed))))


class Job:
    """One training of one run, as one of its workers does it; see `training.train`.

    Args:
        workers: a `Workers`.
        run: a `Run`.
        config, data, seed, resume, clock, cache_dir, verbose, levels, start: as for `training.train`; of the chief.
        held: a `contextlib.ExitStack` that lets go of the run at the end.
    """

    def __init__(self, workers, run, config, data, seed, resume, clock, cache_dir, verbose, levels, start, held):
        self.workers, self.run = workers, run
        self.verbose = verbose if workers.is_chief else 0
        resume = resume and run.config.exists()
        plan = b""
        if workers.is_chief:
            plan = json.dumps(self._plan(config, data, seed, resume, clock, levels, start)).encode()
        plan = json.loads(workers.share(plan))
        self.config, self.levels = Config.from_dict(plan["config"]), plan["levels"]
        self.data, self.seed, self.clock = plan["data"], plan["seed"], plan["clock"]
        height, width, channels = self.config.image
        self.images = datasets.load(self.data, size=(height, width), channels=channels, cache_dir=cache_dir)
        if tuple(self.images.image_shape) != tuple(self.config.image):
            raise UserError(
                f"data: {self.data!r} has images of {tuple(self.images.image_shape)}, "
                f"the model expects {tuple(self.config.image)}"
            )
        counts = np.float64(list(self.images.counts.values()))
        if not np.array_equal(workers.agree(counts), counts * workers.count):
            raise UserError(f"data: the workers do not have the same images; this one: {self.images.describe()}")
        self.batch_size = self.config.optimizer.batch_size
        if self.batch_size % workers.replicas:
            raise UserError(
                f"optimizer.batch_size: the global batch must split evenly over {workers.replicas} replicas, "
                f"got {self.batch_size}"
            )
        self.images.train(self.batch_size)  # refuses a batch that is larger than the set
        if workers.is_chief:
            check_writable(run.folder, "run")
            held.enter_context(alone_in(run.folder, "training"))
            self._settings = None if resume else record(self.levels, start, self._start)
        self.say(self.images.describe())
        self.examples = self.images.examples("validation", 8)
        self.model, self.state = self._model(resume)
        self.say(
            f"{self.model.count_params():,} parameters, {len(self.config.levels)} transforms, "
            f"{self.config.precision} convolutions on {devices.describe()}"
            + (f"; {workers.replicas} replicas of {workers.count} workers" if workers.replicas > 1 else "")
        )
        if not self._trains_all(self.model):
            self.say(f"levels {describe_levels(self.levels)} alone are trained: bpd is the sum of their terms")

    def _trains_all(self, model):
        return self.levels == all_levels(model.hierarchy)

    def say(self, text):
        if self.verbose:
            print(text, flush=True)

    def _plan(self, config, data, seed, resume, clock, levels, start):
        """What is trained: by the arguments, or by the run in the folder, which they must not contradict."""
        if not resume:
            if (config is None and start is None) or data is None:
                raise UserError(f"run: {self.run.folder} holds no run to go on with; expected a configuration and data")
            self.run.check_free()
            self._start = load_start(start, config) if start else None
            config = config or self._start.config
            levels = check_levels(levels, Hierarchy(config), self._start)
            data = datasets.resolve(data)
            return {"config": config.to_dict(), "data": data, "seed": seed, "clock": clock, "levels": levels}
        own, settings = self.run.read_config(), self.run.read_settings()
        if config is not None and config != own:
            raise UserError(
                f"config: another one than that of the run in {self.run.folder}; --resume goes on with its own"
            )
        check_resumed(settings, levels, start, Hierarchy(own))
        # Where a checkpoint holds everything, what the run started from is not needed again.
        self._start = None if self.run.checkpoints() else load_recorded_start(settings, own)
        return {
            "config": own.to_dict(),
            "data": self.run.own_data(data),
            "seed": settings["seed"],
            "clock": settings.get("clock", "wall"),
            "levels": settings["levels"],
        }

    def _model(self, resume):
        """Build the model; its weights, and the optimizer's state, are the chief's."""
        with self.workers.strategy.scope():
            model = SelfVAE(self.config)
            model.compile(levels=None if self._trains_all(model) else describe_levels(self.levels))
        state = None
        if self.workers.is_chief:
            state = self.run.restore_checkpoint(model) if resume else None
            if state is None:
                state = _FRESH
                if self._start:
                    model.set_weights(self._start.get_weights())
                if not model.initialised:
                    initialise(model, self.images, self.seed)
        if self.workers.count > 1:
            state = json.loads(self.workers.share(json.dumps(state).encode()))
            self.workers.share_variables([*model.weights, *model.optimizer.variables])
        return model, state

    def train(self, minutes, epochs, service, checkpoint_seconds, more):
        """Train to the budget's end or to a signal; see `training.train`."""
        workers, state = self.workers, self.state
        if service is not None:
            self.images.train(self.batch_size, repeat=True, service=service)  # refuses one that does not answer
        self._begin()
        per_pass = max(1, self.images.counts["train"] // self.batch_size)
        per_epoch = per_pass * math.ceil(_LEAST_STEPS / per_pass)
        steps = None if epochs is None else epochs * per_pass

        agreement = Agreement(workers)
        budget = Budget(minutes, steps, state["elapsed"], clock=self.clock, agreement=agreement)
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
            images_per_second=throughput.rate,
            training_minutes=budget.elapsed / 60,
            wall_minutes=(time.monotonic() - started) / 60,
            cpu_minutes=(time.process_time() - processor) / 60,
        )

    def _begin(self):
        """Leave the first traces in the run's folder, once nothing is left to refuse."""
        if not self.workers.is_chief:
            return
        if self._settings is None:
            self.run.go_on(self.images)
        else:
            self.run.create(self.config, {"seed": self.seed, "clock": self.clock, **self._settings}, self.images)

    def _fit(self, first, last, steps, start, service, callbacks):
        """Train epochs `first` to `last`, of `steps` each, from the batch `start` on."""
        workers, images = self.workers, self.images
        validation = max(_LEAST_BATCH, self.batch_size)
        train = functools.partial(
            images.train, self.batch_size, seed=self.seed, repeat=True, start_batch=start, service=service
        )
        validate = functools.partial(images.validation, validation)
        with watched(service):
            self.model.fit(
                workers.distribute(lambda shard: train(shard=shard)),
                initial_epoch=first,
                epochs=last,
                steps_per_epoch=steps,
                validation_data=workers.distribute(lambda shard: validate(shard=shard)),
                validation_steps=math.ceil(images.counts["validation"] / validation),
                callbacks=callbacks,
                verbose=self.verbose,
                shuffle=False,  # it is, by the stream
            )

    def _finish(self, **measured):
        """Test the model, and leave it in the run's folder with pictures and results."""
        workers, model, run = self.workers, self.model, self.run
        if not self._trains_all(model):
            model.compile(model.optimizer)  # the test is of the whole model
        results = measure_terms(model, self.images, verbose=self.verbose, workers=workers)
        if not workers.is_chief:
            return results
        with atomic(run.model) as path:
            model.save(path, include_optimizer=False)
        log_pictures(run, model, self.examples)
        with atomic(run.samples) as path:
            sample_sheet(model).save(path)
        with atomic(run.reconstructions) as path:
            reconstruction_sheet(model, self.examples).save(path)
        steps = int(steps_taken(model.optimizer))
        results |= {
            "data": self.images.describe(),
            "resize": self.images.resize,
            "parameters": model.count_params(),
            "steps": steps,
            "images_seen": steps * self.batch_size,
            **measured,
            "clock": self.clock,
            "hardware": devices.describe(),
            "replicas": workers.replicas,
            "workers": workers.count,
        }
        if (peak := devices.peak_memory_gib()) is not None:
            results["peak_memory_gib"] = peak
        write_json(run.results, results)
        return results
