"""What `SelfVAE.fit` adds to Keras's: the callbacks of every training, and a look at the first batch of its data."""

from __future__ import annotations

import itertools
import types

import keras
import numpy as np
import tensorflow as tf

from ..checks import check_images
from ..errors import NotFinite, UserError
from ..workers import Workers
from .optimizers import scheduled, steps_taken

INIT_IMAGES = 64  # that the data-dependent initialisation reads


def put_averages(model, inside):
    """Have the averaged weights in a model, or those that training goes on with; see `ScheduledOptimizer`."""
    optimizer = scheduled(model)
    if optimizer is not None:
        optimizer.put_averages(inside)


class Averages(keras.callbacks.Callback):
    """Have the averaged weights in the model while it is validated, and while callbacks look at an epoch's end.

    Two of them make the window: the first, before all other callbacks, opens it; the second, after those that may
    look at the model, closes it.

    Args:
        closes: whether this is the second.
    """

    def __init__(self, closes=False):
        super().__init__()
        self._closes = closes

    def on_train_begin(self, logs=None):
        put_averages(self.model, False)

    def on_test_begin(self, logs=None):
        if not self._closes:
            put_averages(self.model, True)

    def on_epoch_end(self, epoch, logs=None):
        put_averages(self.model, not self._closes)


class Progress(keras.callbacks.Callback):
    """Tell the optimizer how much of the training is done, so that its schedule fits.

    Args:
        first, last: the epochs of this `fit`.
    """

    def __init__(self, first=0, last=1):
        super().__init__()
        self._first, self._last = first, last

    def progress_at(self, batch):
        """Return how much of the training is done before a batch of the running epoch, 0..1; 0 where unknown."""
        steps = self.params.get("steps")
        epochs = self._last - self._first
        return 0.0 if not steps or epochs <= 0 else (self._epoch - self._first + batch / steps) / epochs

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        optimizer = scheduled(self.model)
        if optimizer is not None:
            optimizer.progress.assign(self.progress_at(batch))


def are_finite(arrays):
    """Say whether every number of a list of arrays is finite."""
    return all(np.isfinite(array).all() for array in arrays)


class StopOnNotFinite(keras.callbacks.Callback):
    """Stop when a term is NaN or infinite, name it, and put the last good weights back.

    Args:
        every: steps between copies of the weights.
    """

    def __init__(self, every=50):
        super().__init__()
        self._every = every

    def on_train_begin(self, logs=None):
        self._good = None

    def on_epoch_begin(self, epoch, logs=None):
        if self._good is not None:
            return
        self._step = int(steps_taken(self.model.optimizer))  # after callbacks that bring an earlier state back
        self._copy()
        if self._good is None:
            raise NotFinite("training did not start: weights are NaN or infinite before the first step")

    def _copy(self):
        weights = self.model.get_weights()
        if are_finite(weights):
            self._good, self._good_step = weights, self._step

    def on_train_batch_end(self, batch, logs=None):
        self._step += 1
        bad = [name for name, value in (logs or {}).items() if not np.isfinite(value)]
        if bad:
            terms = [name for name in bad if name in self.model.terms] or bad
            self.model.set_weights(self._good)
            raise NotFinite(
                f"training stopped at step {self._step}: {', '.join(terms)} became NaN or infinite; "
                f"the weights of step {self._good_step} were put back. A lower learning rate, gradient "
                "clipping (optimizer.clip_norm) or float32 precision may help."
            )
        if self._step % self._every == 0:
            self._copy()


def with_own(model, callbacks, first, last):
    """Put `fit`'s own callbacks around a user's.

    Args:
        model: a `SelfVAE`.
        callbacks: what `fit` was given: None, one callback, a list or a `CallbackList`.
        first, last: the epochs of this `fit`.

    Returns:
        A list, whose order matters: the averages come in first of all; a schedule's progress and the guard against
        NaN need nothing of the others; what looks at the model (checkpoints of the best one, early stopping,
        pictures) sees the averages that were validated; and what backs the training up comes after they went out,
        since training goes on from the other weights.
    """
    given = [each for each in keras.tree.flatten(getattr(callbacks, "callbacks", callbacks)) if each is not None]
    for each in given:
        # Keras knows the better direction of the metrics that a model is compiled with alone.
        if getattr(each, "mode", None) == "auto" and each.monitor.removeprefix("val_") in ("bpd", *model.terms):
            each.mode = "min"
    kinds = (Progress, StopOnNotFinite)  # of which a given one takes the place of ours
    own = [kind for kind in kinds if not any(isinstance(each, kind) for each in given)]
    own = [Progress(first, last) if kind is Progress else kind() for kind in own]
    last_of_all = [each for each in given if isinstance(each, keras.callbacks.BackupAndRestore)]
    looking = [each for each in given if each not in last_of_all]
    return [Averages(), *own, *looking, Averages(closes=True), *last_of_all]


def first_images(data, count=INIT_IMAGES):
    """Take some images of what `fit` may be given as `x`, and lose none of them.

    Args:
        data: an array or tensor, a `tf.data.Dataset` (of a strategy, too) or `PyDataset` of batches or of tuples
            that start with them, a generator or another iterable.
        count: how many images at most; of a generator, its first batch's.

    Returns:
        (an array or tensor of images, what is left to be given to `fit`: the data, whose generator starts anew).

    Raises:
        UserError: when there is no image.
    """
    if isinstance(data, (np.ndarray, list)) or tf.is_tensor(data):
        data = data if tf.is_tensor(data) else np.asarray(data)
        total = int(data.shape[0]) if len(data.shape) else 0
        # Spread over all, which may be sorted by what they show.
        rows = np.unique(np.linspace(0, max(0, total - 1), min(count, total)).astype(int))
        return (tf.gather(data, rows) if tf.is_tensor(data) else data[rows]), data
    try:
        if isinstance(data, types.GeneratorType):
            batch = next(data)
            return _images_of(batch), _again(batch, data)
        if isinstance(data, keras.utils.PyDataset):
            return _images_of(data[0])[:count], data
        images, total = [], 0
        for batch in data:
            images.append(_images_of(batch))
            total += int(images[-1].shape[0])
            if total >= count:
                break
        return tf.concat(images, 0)[:count], data
    except (StopIteration, IndexError, tf.errors.InvalidArgumentError):
        raise UserError("x: expected at least one image, got none") from None
    except TypeError as error:
        raise UserError(
            f"x: expected images, batches of them or a data set of batches, got {type(data).__name__} ({error})"
        ) from None


def _again(batch, rest):
    for each in itertools.chain([batch], rest):
        yield each if isinstance(each, tuple) else (each,)  # Keras takes nothing else of a generator


def _images_of(batch):
    images = keras.utils.unpack_x_y_sample_weight(batch)[0]
    if isinstance(images, tf.distribute.DistributedValues):
        images = tf.concat([each for each in images.values if each.shape[0]], 0)
    return images


def check_first(images, shape, argument="x"):
    """Return images of a data set as uint8; grey levels that are floats are rounded.

    `image_dataset_from_directory` gives them so.

    Args:
        images: uint8, or floats in 0..255, [B, H, W, C].
        shape: expected (H, W, C).
        argument: its name, for the error.

    Raises:
        UserError: for another type, size or range: floats up to 1 would all be black.
    """
    dtype = tf.as_dtype(getattr(images, "dtype", np.asarray(images).dtype))
    if dtype.is_floating:
        values = np.asarray(tf.cast(images, tf.float32))
        low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 255.0)
        if not (0 <= low and 1 < high <= 255) and not low == high == 0:
            raise UserError(f"{argument}: expected grey levels in 0..255, got {dtype.name} in {low:.4g}..{high:.4g}")
        images = round_levels(tf.convert_to_tensor(images))
    return check_images(images, shape, argument)


def prepare(model, x, y, arguments, initialise):
    """Look at what `fit` or `evaluate` was given, before Keras does.

    Args:
        model: a `SelfVAE`.
        x, y: images, or batches of them, and labels; nobody reads these, but Keras drops weights without them.
        arguments: dict of the others; `sample_weight` and `class_weight` are looked at.
        initialise: whether to initialise a fresh model from the first images.

    Returns:
        (x, y), to be handed on to Keras.

    Raises:
        UserError: for images that don't fit, or none, or class weights without labels.
    """
    counts = None if arguments.get("sample_weight") is None else np.asarray(arguments["sample_weight"]).ravel() != 0
    if y is None and counts is not None:
        y = np.zeros(len(counts), np.float32)
    fresh = initialise and not model.initialised
    if isinstance(x, (tf.data.Dataset, tf.distribute.DistributedDataset)):
        first = keras.utils.unpack_x_y_sample_weight(x.element_spec)[0]
        if not fresh and not getattr(getattr(first, "dtype", None), "is_floating", False):
            return x, y  # a look would start the pipeline twice
    elif y is None and arguments.get("class_weight") is not None and hasattr(x, "shape"):
        raise UserError("class_weight: expected labels y beside the images, got none")
    images, x = first_images(x)
    if counts is not None and len(counts) == len(x):
        fresh = fresh and counts.any()
        images = first_images(np.asarray(x)[counts])[0] if fresh else images  # those that count
    images = check_first(images, model.config.image)
    if fresh:
        model.data_init(images)
        Workers(model.distribute_strategy).share_variables(model.weights)
    return x, y


def rounded(data):
    """Round the images of a batch that Keras hands to a step, where they are floats."""
    x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
    x = round_levels(x) if tf.is_tensor(x) and x.dtype.is_floating else x
    return keras.utils.pack_x_y_sample_weight(x, y, sample_weight)


def round_levels(images):
    """Round a float tensor of grey levels to uint8, in a graph."""
    return tf.cast(tf.clip_by_value(tf.round(images), 0.0, 255.0), tf.uint8)
