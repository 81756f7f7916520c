"""Keras callbacks by which the workers of a job act at the same step."""

from __future__ import annotations

import keras

from ..model.optimizers import steps_taken


class Agreement(keras.callbacks.Callback):
    """What the workers of a job must do at the same step: stop, save, and know the time.

    Each callback offers a number; every so many steps they are added up over the workers, and all act on
    the same sums. It must be the first of the callbacks.

    Args:
        workers: a `Workers`.
        every: steps between two agreements; one worker agrees with itself at each step.
    """

    def __init__(self, workers, every=10):
        super().__init__()
        self.workers = workers
        self._every = 1 if workers.count == 1 else every
        self._offers = {}
        self._agreed = {}

    def offer(self, name, number):
        """Let a function without arguments say this worker's number from now on."""
        self._offers[name] = number
        self._agreed[name] = 0.0

    def __getitem__(self, name):
        return self._agreed[name]

    def settle(self, name):
        """Forget what was agreed on until the next meeting: it was done."""
        self._agreed[name] = 0.0

    def meet(self):
        """Agree now; all workers must call it at the same step."""
        sums = self.workers.agree([float(number()) for number in self._offers.values()])
        self._agreed = dict(zip(self._offers, sums))

    def on_train_begin(self, logs=None):
        self._step = int(steps_taken(self.model.optimizer))
        self.meet()

    def on_train_batch_end(self, batch, logs=None):
        self._step += 1
        if self._step % self._every == 0:
            self.meet()
