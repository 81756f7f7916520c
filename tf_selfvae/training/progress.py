"""What is told of each epoch while a model trains."""

from __future__ import annotations

import sys
import time

import keras

from ..terminal import is_live


class ProgressBar(keras.callbacks.ProgbarLogger):
    """Keras's progress bar, whose titles tell how much of a budget is used: a budget in minutes has no last epoch.

    In a file or a pipe it is one line an epoch, without control characters.

    Args:
        budget: the `Budget`, which must come before.
    """

    def __init__(self, budget):
        super().__init__()
        self._budget = budget
        self._lines = False

    def set_params(self, params):
        super().set_params(params)
        self.epochs = 1  # no title of Keras
        if self.verbose and not is_live(sys.stdout):
            self._lines, self.verbose = True, 0

    def on_epoch_begin(self, epoch, logs=None):
        self._begun = time.monotonic()
        if self.verbose:
            print(f"Epoch {epoch + 1}, {self._budget.progress:.0%} of the budget used", flush=True)
        super().on_epoch_begin(epoch, logs)

    def on_epoch_end(self, epoch, logs=None):
        super().on_epoch_end(epoch, logs)
        if self._lines:
            seconds, used = time.monotonic() - self._begun, self._budget.progress
            numbers = ", ".join(f"{name} {value:.4g}" for name, value in (logs or {}).items())
            print(f"epoch {epoch + 1}, {used:.0%} of the budget used, {seconds:.0f} s: {numbers}", flush=True)
