"""A trial: a model of the search space, trained for so many images and measured on validation."""

from __future__ import annotations

import math
import time
from pathlib import Path

import keras
import tensorflow as tf

from ..checks import check_count
from ..errors import NotFinite, UserError
from ..evaluation.terms import measure_terms
from ..extras import needs
from ..files import atomic
from ..model.optimizers import steps_taken
from ..model.selfvae import SelfVAE
from ..training.callbacks import Budget, Throughput
from .space import SearchSpace

with needs("tune"):
    import keras_tuner

OBJECTIVE = "val_bpd"


class SelfVAEHyperModel(keras_tuner.HyperModel):
    """Trains each configuration of a search space as `train` does, on the same number of images.

    A trial of Hyperband (Li et al. 2018) sees `images * tuner/epochs / epochs` of them, on the learning
    rates of the whole budget: it is the first part of a full trial. One that is promoted goes on where the
    trial before stopped, with its optimizer, average and order of images, so that it ends where training
    in one go ends; where that state is missing (`previous`, which stock tuners do not give), it starts
    from the first image.

    Args:
        data: a `data.Dataset` with validation images.
        images: training images that a full trial sees; a multiple of the batch size.
        space: a `SearchSpace`; by default all of it, for the data's size.
        seed: of the order of images.
        epochs: parts that `images` is divided into: Hyperband's `max_epochs`.

    Raises:
        ValueError: names the argument, what came and what was expected.

    Example:
        >>> tuner = keras_tuner.RandomSearch(
        ...     SelfVAEHyperModel(data.load("photos32"), images=3200),
        ...     objective=keras_tuner.Objective("val_bpd", "min"), max_trials=5)
        >>> tuner.search()
    """

    def __init__(self, data, images, space=None, seed=0, epochs=1):
        super().__init__()
        self.data, self.seed = data, check_count(seed, "seed", least=0)
        self.images, self.epochs = check_count(images, "images"), check_count(epochs, "epochs")
        self.space = space or SearchSpace(data.image_shape)
        if tuple(self.space.image) != tuple(data.image_shape):
            raise UserError(
                f"space: is for images of {tuple(self.space.image)}, the data's are {tuple(data.image_shape)}"
            )
        if not data.counts["validation"]:
            raise UserError(f"data: {data.name!r} has no validation images to measure trials on")
        # What fails for every configuration fails now.
        self.steps(self.space.config(keras_tuner.HyperParameters()).optimizer.batch_size)

    def declare_hyperparameters(self, hp):
        """Register every hyperparameter without building a model."""
        self.space.config(hp)

    def steps(self, batch_size, epochs=None):
        """Return the steps of a full trial, or of its first `epochs` parts."""
        if self.images % batch_size:
            near = max(1, round(self.images / batch_size)) * batch_size
            raise UserError(
                f"images: expected a multiple of the batch size {batch_size}, got {self.images} ({near} is the nearest)"
            )
        total = self.images // batch_size
        if total < self.epochs:
            raise UserError(
                f"images: expected at least {self.epochs * batch_size} ({self.epochs} parts of a batch), "
                f"got {self.images}"
            )
        return total if epochs is None else round(total * epochs / self.epochs)

    def build(self, hp):
        """Build and compile a model; it is initialised from data when it is fitted."""
        model = SelfVAE(self.space.config(hp))
        model.compile()
        return model

    def fit(self, hp, model, callbacks=(), previous=None, state=None, verbose=0, **_):
        """Train a model on the trial's images and measure it.

        Args:
            hp: the trial's hyperparameters.
            model: what `build` gave.
            callbacks: of Keras.
            previous: a file that a trial with fewer images left as its `state`, to go on from.
            state: a file to leave the end of training in; None for none.
            verbose: as for `keras.Model.fit`.

        Returns:
            A dict: "val_bpd" and each "val_" term in bits per dimension of x, with averaged weights;
            "images_seen" by the model, "images_spent" by this trial; "parameters", "images_per_second" and
            "minutes".

        Raises:
            keras_tuner.errors.FailedTrialError: when a term became NaN or infinite, or memory ran out.
        """
        started, batch = time.monotonic(), model.config.optimizer.batch_size
        parts = hp.values.get("tuner/epochs", self.epochs)
        first, total, last = 0, self.steps(batch), self.steps(batch, parts)
        if previous and Path(previous).exists():
            model.restore(previous)
            first = int(steps_taken(model.optimizer))
        else:
            if "tuner/trial_id" in hp.values:
                # Stock Hyperband loads averaged weights without their optimizer: not a point to go on from.
                model.set_weights(SelfVAE(model.config).get_weights())
        throughput = Throughput(batch)
        own = [Budget(steps=total), throughput]
        own += [_KeepState(state, last)] if state else []
        try:
            model.fit(
                self.data.train(batch, seed=self.seed, repeat=True, start_batch=first),
                epochs=1,
                steps_per_epoch=last - first,
                callbacks=[*own, *callbacks],
                verbose=verbose,
            )
            measured = measure_terms(model, self.data, "validation", verbose=0)
        except (NotFinite, tf.errors.ResourceExhaustedError) as error:
            raise keras_tuner.errors.FailedTrialError(str(error)) from error
        values = {f"val_{name}": measured[name] for name in ("bpd", *model.terms)}
        bad = [name for name, value in values.items() if not math.isfinite(value)]
        if bad:
            raise keras_tuner.errors.FailedTrialError(f"{', '.join(bad)} of validation is NaN or infinite")
        return {
            **values,
            "images_seen": last * batch,
            "images_spent": (last - first) * batch,
            "parameters": model.count_params(),
            "images_per_second": throughput.rate,
            "minutes": (time.monotonic() - started) / 60,
        }


class _KeepState(keras.callbacks.Callback):
    """Save the state that training can go on from after the last step: before averages are swapped in."""

    def __init__(self, path, last):
        super().__init__()
        self._path, self._last = path, last

    def on_train_batch_end(self, batch, logs=None):
        if int(steps_taken(self.model.optimizer)) == self._last:
            with atomic(self._path) as path:
                self.model.save_weights(path)
