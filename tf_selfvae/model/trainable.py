"""What a `SelfVAE` does as a Keras model: it is compiled, fitted, measured and saved as users of Keras expect."""

from __future__ import annotations

import contextlib
import logging
import warnings
import zipfile
from collections.abc import Sequence
from os import PathLike
from typing import Any

import keras
from numpy.typing import ArrayLike

from ..checks import check_images
from ..errors import UserError
from ..layers import WeightNormConv2D
from . import fitting
from .optimizers import default_optimizer
from .workarounds import ModelUnderStrategies, without_optimizer

_LOG = logging.getLogger(__name__)


class TrainableModel(ModelUnderStrategies):
    """A Keras model of images with an objective of its own and weight-normalised convolutions.

    A subclass writes `call`, which takes uint8 images [B, H, W, C], and `compute_loss`.

    Args:
        config: a `Config`, of which `image` and `optimizer` are read.
    """

    def __init__(self, config, **kwargs):
        super().__init__(**kwargs)
        self.config = config

    def compile(self, optimizer: keras.optimizers.Optimizer | str | None = None, **kwargs: Any) -> None:
        """Configure training; without an optimizer, AdaMax with its warm-up, schedule and averages as configured.

        Args:
            optimizer: any Keras optimizer.
            **kwargs: `jit_compile`, `run_eagerly` and `steps_per_execution` of `keras.Model.compile`.

        Raises:
            UserError: for a loss or metrics: they are the model's own.
        """
        for name in ("loss", "loss_weights", "metrics", "weighted_metrics"):
            if kwargs.pop(name, None) is not None:
                raise UserError(f"{name}: expected none, since the objective and its terms are the model's own")
        kwargs = {"jit_compile": False, **kwargs}  # XLA's convolutions are slower on CPUs
        with self.distribute_strategy.scope():
            super().compile(optimizer=optimizer or default_optimizer(self.config.optimizer), **kwargs)
            # Variables made inside the first step would have it traced twice.
            self.optimizer.build(self.trainable_variables)

    def compile_from_config(self, config):
        """Compile as a saved model was compiled (Keras calls it when it loads one)."""
        try:
            self.compile(**keras.saving.deserialize_keras_object(config))
        except (TypeError, ValueError) as error:
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            _LOG.warning("the optimizer that the model was compiled with is left out, compile it again: %s", reason)

    @property
    def compiled(self):
        """Whether the model was compiled; Keras sets it where it loads one whose optimizer it can't make, too."""
        return self._compiled and getattr(self, "optimizer", None) is not None

    @compiled.setter
    def compiled(self, value):
        self._compiled = value

    @property
    def initialised(self):
        """Whether the weights that are trained are others than those that a fresh model is made with."""
        return not self._fresh_convolutions()

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Sequence[keras.callbacks.Callback] | None = None,
        initial_epoch: int = 0,
        **kwargs: Any,
    ) -> keras.callbacks.History:
        """Train as `keras.Model.fit` does, and as `selfvae train` does: both are this.

        A fresh model is first initialised from the first images. The default optimizer's cosine runs over this
        call's steps (its warm-up once, in the first call); validation, and what is left in the model, are its
        averaged weights, and the next call goes on from the others.

        Args:
            x: uint8 images [N, H, W, C], or batches of them: a `tf.data.Dataset`, `PyDataset` or generator, of
                (images, labels), too. Grey levels that are floats in 0..255 are rounded. Labels are not read.
            callbacks: any of Keras; see `fitting.with_own` for their order.
            y, batch_size, epochs, verbose, initial_epoch, **kwargs: as for `keras.Model.fit`.

        Returns:
            A `keras.callbacks.History`: "loss", "bpd" and each term in bits per dimension of x.

        Raises:
            UserError: for images of another type, size or range.
            NotFinite: when a term became NaN or infinite; the last good weights are put back.
        """
        self._check_optimizer()
        callbacks = fitting.with_own(self, callbacks, initial_epoch, epochs)
        kwargs.update(batch_size=batch_size, epochs=epochs, verbose=verbose, callbacks=callbacks)
        x, y = fitting.prepare(self, x, y, kwargs, initialise=True)
        return super().fit(x, y, initial_epoch=initial_epoch, **kwargs)

    def train_on_batch(self, x, y=None, **kwargs):
        """Take one step as `keras.Model.train_on_batch` does; a fresh model is first initialised from the batch."""
        self._check_optimizer()
        x, y = fitting.prepare(self, x, y, kwargs, initialise=True)
        fitting.put_averages(self, False)
        return super().train_on_batch(x, y, **kwargs)

    def evaluate(self, x: Any = None, y: Any = None, **kwargs: Any) -> float | list[float] | dict[str, float]:
        """Measure loss, bits per dimension and every term as `keras.Model.evaluate` does; `x` as for `fit`."""
        if not kwargs.get("_use_cached_eval_dataset"):
            x, y = fitting.prepare(self, x, y, kwargs, initialise=False)
        return super().evaluate(x, y, **kwargs)

    def _check_optimizer(self):
        optimizer = getattr(self, "optimizer", None)
        known = {id(variable) for variable in getattr(optimizer, "_trainable_variables", self.trainable_variables)}
        new = [variable.path for variable in self.trainable_variables if id(variable) not in known]
        if optimizer is not None and new:
            raise UserError(
                f"trainable: {len(new)} weights ({new[0]}, ...) are trainable that were not when the model was "
                "compiled; compile it again"
            )

    def train_step(self, data):
        return super().train_step(fitting.rounded(data))

    def test_step(self, data):
        return super().test_step(fitting.rounded(data))

    def predict_step(self, data):
        return super().predict_step(fitting.rounded(data))

    def data_init(self, images: ArrayLike) -> None:
        """Initialise every weight-normalised convolution from a batch, layer by layer.

        Each output channel gets zero mean and its starting standard deviation on this batch (Salimans & Kingma
        2016, section 3). What was initialised or trained before is left as it is.

        Args:
            images: uint8 [B, H, W, C].

        Raises:
            ValueError: for images of another type or size.
        """
        images = check_images(images, self.config.image)
        convolutions = self._fresh_convolutions()

        def initialising(layer, call):
            def run(inputs, **where):
                layer.initialise(inputs)
                return call(inputs, **where)

            return run

        try:
            for layer in convolutions:
                layer.call = initialising(layer, layer.call)
            self(images)
        finally:
            for layer in convolutions:
                del layer.call

    def _fresh_convolutions(self):
        """List the convolutions that are to be initialised: all, where none has been or was trained."""
        layers = self._flatten_layers(include_self=False)
        convolutions = [layer for layer in layers if isinstance(layer, WeightNormConv2D)]
        return [] if any(layer.initialised for layer in convolutions) else convolutions

    def save(
        self,
        filepath: str | PathLike[str],
        overwrite: bool = True,
        zipped: bool | None = None,
        include_optimizer: bool = True,
        **kwargs: Any,
    ) -> None:
        """Save as `keras.Model.save` does, to a name that ends in .keras.

        Args:
            filepath, overwrite, zipped, **kwargs: as for `keras.Model.save`.
            include_optimizer: whether to save what training needs to go on, too: twice to four times the size.

        Raises:
            UserError: for a name that ends otherwise.
        """
        if not str(filepath).endswith(".keras"):
            raise UserError(f"filepath: expected a name that ends in .keras, got {str(filepath)!r}")
        with contextlib.nullcontext() if include_optimizer else without_optimizer(self):
            super().save(filepath, overwrite=overwrite, zipped=zipped, **kwargs)

    def restore(self, path):
        """Load the weights of a .keras or .weights.h5 file and, all or none of it, the optimizer's state.

        Raises:
            UserError: when the file can't be read, or is of another model or optimizer.
        """
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", UserWarning)  # Keras skips an optimizer that does not fit
                self.load_weights(path)
        except (ValueError, OSError, KeyError, zipfile.BadZipFile, UserWarning) as error:
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise UserError(f"restore: {path} does not hold this model and its optimizer ({reason})") from error

    def export(self, *args, **kwargs):
        """Not Keras's: a `SelfVAE` has more to serve than its call.

        Raises:
            UserError: always; it says what to use.
        """
        raise UserError("export: expected tf_selfvae.export_saved_model or export_tfjs, or the command selfvae export")
