"""Keras callbacks by which the workers of a job act at the same step."""

from __future__ import annotations

import keras


class Agreement(keras.callbacks.Callback):
    """What the workers of a job must do at the same step: stop, save, and know the time.

    Each callback offers a number; every so many steps they are added up over the workers, and all act on
    the same sums. It must be the first of the callbacks.

    Args:
        crew: a `Crew`.
        every: steps between two agreements; one worker agrees with itself at each step.
    """

    def __init__(self, crew, every=10):
        super().__init__()
        self.crew = crew
        self._every = 1 if crew.count == 1 else every
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
        sums = self.crew.agree([float(number()) for number in self._offers.values()])
        self._agreed = dict(zip(self._offers, sums))

    def on_train_begin(self, logs=None):
        self._step = int(self.model.optimizer.iterations.numpy())
        self.meet()

    def on_train_batch_end(self, batch, logs=None):
        self._step += 1
        if self._step % self._every == 0:
            self.meet()


class Gather(keras.callbacks.Callback):
    """Bring what other processes trained to the chief before each validation; all must call it.

    Args:
        crew: a `Crew`.
    """

    def __init__(self, crew):
        super().__init__()
        self._crew = crew

    def on_test_begin(self, logs=None):  # the chief validates, ...
        self._crew.gather(self.model)

    def on_epoch_end(self, epoch, logs=None):
        if not self._crew.validates:  # ... the others come here at once
            self._crew.gather(self.model)
