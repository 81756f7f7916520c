"""Keras callbacks of training: the budget, checkpoints and pictures."""

from __future__ import annotations

import math
import signal
import time

import keras
import numpy as np
import tensorflow as tf

from ..errors import UserError
from ..evaluation.figures import reconstruction_sheet, sample_sheet
from ..files import atomic
from ..model.fitting import Progress, are_finite
from ..model.optimizers import scheduled, steps_taken

CLOCKS = {"wall": time.monotonic, "cpu": time.process_time}


class Budget(Progress):
    """Tell the optimizer how much of a budget is used, and stop at its end.

    Args:
        minutes: budget by the clock, or None.
        steps: budget in steps, or None; one of the two must be given.
        elapsed: seconds that earlier sittings of the same run took.
        clock: what minutes and seconds are: "wall", or "cpu": the processor time of all threads, fair
            between runs that share a machine.
        agreement: the `Agreement` of several workers, who go by the chief's clock; None for one alone.

    Attributes:
        elapsed: seconds so far, earlier sittings included.
        finished: whether the budget was used up.
    """

    def __init__(self, minutes=None, steps=None, elapsed=0.0, clock="wall", agreement=None):
        super().__init__()
        if (minutes is None) == (steps is None):
            raise UserError("budget: expected either minutes or steps")
        if clock not in CLOCKS:
            raise UserError(f"clock: expected one of {', '.join(CLOCKS)}, got {clock!r}")
        self._minutes, self._steps = minutes, steps
        self._now = CLOCKS[clock]
        self._before = elapsed
        self._start = None
        self.finished = False
        self._agreement = agreement
        if agreement:
            agreement.offer("elapsed", lambda: self._own_elapsed if agreement.workers.is_chief else 0.0)

    @property
    def elapsed(self):
        return self._agreement["elapsed"] if self._agreement else self._own_elapsed

    @property
    def _own_elapsed(self):
        return self._before + (0.0 if self._start is None else self._now() - self._start)

    @property
    def progress(self):
        """How much of the budget is used now, 0 to 1."""
        if self._minutes is not None:
            return min(1.0, self.elapsed / (60 * self._minutes))
        return min(1.0, self._step / self._steps)

    def progress_at(self, batch):
        return self.progress

    def set_model(self, model):
        super().set_model(model)
        if self._start is None:  # `fit` may be called once more in the same sitting
            self._start = self._now()

    def on_train_begin(self, logs=None):
        self._step = int(steps_taken(self.model.optimizer))

    def on_train_batch_end(self, batch, logs=None):
        self._step += 1
        if self.progress >= 1.0:
            self.finished = True
            self.model.stop_training = True

    def on_epoch_end(self, epoch, logs=None):
        if logs is not None:
            logs["minutes"] = self.elapsed / 60


class Checkpoints(keras.callbacks.Callback):
    """Save the last state every so often and at the end, and the best model on validation.

    SIGTERM and Ctrl-C, to any of the workers, finish the running step, save, and stop all of them. Only
    the chief writes.

    Args:
        run: a `Run`.
        budget: the `Budget`, for the seconds used.
        agreement: the `Agreement` of the workers.
        best: best validation bits per dimension so far.
        seconds: between two saves, the first of which is that long after the first step.

    Attributes:
        interrupted: whether a signal ended the training.
    """

    def __init__(self, run, budget, agreement, best=float("inf"), seconds=60):
        super().__init__()
        self._run, self._budget, self.best, self._seconds = run, budget, best, seconds
        self._agreement = agreement
        self._is_chief = agreement.workers.is_chief
        self._signals = 0
        self._old = {}
        self._saved_at = float("inf")  # of the first step, which builds the graph, nothing need be saved
        agreement.offer("signals", lambda: self._signals)
        agreement.offer("due", lambda: time.monotonic() - self._saved_at > seconds)

    @property
    def interrupted(self):
        return self._agreement["signals"] > 0

    def on_train_begin(self, logs=None):
        for number in (signal.SIGINT, signal.SIGTERM):
            if number not in self._old:
                self._old[number] = signal.signal(number, self._note)

    def restore_signals(self):
        """Give the signals back to whoever had them."""
        for number, handler in self._old.items():
            signal.signal(number, handler)

    def _note(self, number, frame):
        self._signals += 1

    def save(self):
        """Save the last state now, unless a weight or the optimizer's state is not finite."""
        if self._is_chief:
            self._write()
        self._saved_at = time.monotonic()  # from its end: where saving is slow, training still goes on

    def _write(self):
        variables = [*self.model.variables, *self.model.optimizer.variables]
        if not are_finite(variable.numpy() for variable in variables):
            return  # a step before the loss shows it: the checkpoint before is the one to keep
        step = int(steps_taken(self.model.optimizer))
        state = {"step": step, "elapsed": self._budget.elapsed, "best": self.best}
        with scheduled(self.model).raw_weights():
            self._run.save_checkpoint(self.model, state)

    def on_train_batch_end(self, batch, logs=None):
        # The averaged weights are not swapped in here: this is the state that training goes on from.
        if self.interrupted:
            self.model.stop_training = True
            self.save()
        elif math.isinf(self._saved_at):
            self._saved_at = time.monotonic()
        elif batch + 1 < self.params["steps"]:
            self._save_if_due()

    def on_epoch_begin(self, epoch, logs=None):
        # Not at the last step before: a run that is killed while it validates has to do that again.
        self._save_if_due()

    def _save_if_due(self):
        if self._agreement["due"] and not self.model.stop_training:
            self._agreement.settle("due")
            self.save()

    def on_epoch_end(self, epoch, logs=None):
        value = (logs or {}).get("val_bpd")
        if value is not None and value < self.best:
            self.best = value
            if self._is_chief:
                with atomic(self._run.best) as path:
                    self.model.save(path, include_optimizer=False)


class Throughput(keras.callbacks.Callback):
    """Log training images per second, validation and pictures left out.

    Args:
        batch_size: images per step.
    """

    def __init__(self, batch_size):
        super().__init__()
        self._batch_size = batch_size
        self.images = 0
        self.seconds = 0.0

    def on_epoch_begin(self, epoch, logs=None):
        self._steps, self._spent = 0, 0.0

    def on_train_batch_begin(self, batch, logs=None):
        self._begin = time.monotonic()

    def on_train_batch_end(self, batch, logs=None):
        spent = time.monotonic() - self._begin
        self._steps += 1
        # A run's first step traces the graph.
        if self._steps > 1:
            self._spent += spent
            self.images += self._batch_size
            self.seconds += spent

    def on_epoch_end(self, epoch, logs=None):
        if logs is not None:
            images = (self._steps - 1) * self._batch_size
            logs["images_per_second"] = images / self._spent if self._spent else float("nan")

    @property
    def rate(self):
        """Images a second since the start."""
        return self.images / self.seconds if self.seconds else float("nan")


class Pictures(keras.callbacks.Callback):
    """Write sample and reconstruction grids to TensorBoard.

    Args:
        run: a `Run`.
        images: uint8 [B, H, W, C], to reconstruct.
        every: seconds between grids, so that they cost little of a budget.
    """

    def __init__(self, run, images, every=240):
        super().__init__()
        self._run, self._images, self._every = run, images, every

    def on_train_begin(self, logs=None):
        self._drawn_at = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        if time.monotonic() - self._drawn_at > self._every:
            few = self._images[:4]
            log_pictures(self._run, self.model, sample_sheet(self.model, 4), reconstruction_sheet(self.model, few))
            self._drawn_at = time.monotonic()


def log_pictures(run, model, samples, reconstructions):
    """Write two PIL images to TensorBoard, at the model's step.

    Args:
        run: a `Run`.
        model: a compiled `SelfVAE`.
        samples, reconstructions: figures of it.
    """
    with tf.summary.create_file_writer(str(run.logs)).as_default(step=int(steps_taken(model.optimizer))):
        tf.summary.image("samples", np.asarray(samples)[None])
        tf.summary.image("reconstructions", np.asarray(reconstructions)[None])
