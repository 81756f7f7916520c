"""A data set of images: arrays of three splits, given out as tf.data pipelines."""

from __future__ import annotations

import itertools

import numpy as np
import tensorflow as tf

from ..checks import check_count
from .augment import flip, shift


class Dataset:
    """uint8 images in three splits.

    Args:
        name: the spec that it was loaded by.
        splits: dict of "train", "validation" and "test" to uint8 arrays [N, H, W, C].
        resize: how the images were brought to their size, for reports.
        flips: whether training images are mirrored at random.
        shifts: pixels that training images are moved by at most.

    Example:
        >>> images = load("photos64")
        >>> model.fit(images.train(32), validation_data=images.validation(32), epochs=5)
    """

    def __init__(self, name, splits, resize, flips=True, shifts=0):
        self.name, self.resize = name, resize
        self._splits, self._flips, self._shifts = splits, flips, shifts

    @property
    def image_shape(self):
        """Rows, columns and channels."""
        return tuple(self._splits["train"].shape[1:])

    @property
    def counts(self):
        """Number of images of each split."""
        return {name: len(images) for name, images in self._splits.items()}

    def describe(self):
        """Return one line: name, size, counts and resize."""
        height, width, channels = self.image_shape
        counts = ", ".join(f"{self.counts[s]} {s}" for s in ("train", "validation", "test"))
        return f"{self.name}: {height}x{width}x{channels}, {counts}; resize: {self.resize}"

    def train(self, batch_size, seed=0, augment=None, repeat=False, start_batch=0, shard=(0, 1, 1), service=None):
        """Give training batches, shuffled anew each pass and augmented; the last partial one is dropped.

        Pass p is a permutation drawn from (seed, p), and batch b is augmented from (seed, b): the
        stream can start anywhere without reading what comes before.

        Args:
            batch_size: images a batch.
            seed: of order and augmentation, at least 0.
            augment: False for none; by default as the data set asks.
            repeat: whether to go on for ever; else the stream ends with the pass it starts in.
            start_batch: the batch of the endless stream to start at.

        Returns:
            A tf.data.Dataset of uint8 [batch_size, H, W, C].

        Raises:
            ValueError: for a batch below 1 or larger than the split, or a bad seed or start.
        """
        images = self._splits["train"]
        batch_size = check_count(batch_size, "batch_size")
        seed = check_count(seed, "seed", least=0)
        start = check_count(start_batch, "start_batch", least=0)
        if batch_size > len(images):
            raise ValueError(
                f"batch_size: expected at most {len(images)} (all training images), got {batch_size}"
            )
        per_pass = len(images) // batch_size

        passes = itertools.count()

        def batches():
            # Keras iterates once an epoch: each time is another pass, in another order.
            batch = start + next(passes) * per_pass
            while True:
                epoch, place = divmod(batch, per_pass)
                order = np.random.default_rng([seed, epoch]).permutation(len(images))
                for begin in range(place * batch_size, per_pass * batch_size, batch_size):
                    for r in range(shard[0], shard[0] + shard[1]):
                        yield images[order[begin : begin + batch_size][r :: shard[2]]], np.int32([seed % 2**31, batch])
                    batch += 1
                if not repeat:
                    return

        signature = (
            tf.TensorSpec([batch_size // shard[2], *self.image_shape], tf.uint8),
            tf.TensorSpec([2], tf.int32),
        )
        stream = tf.data.Dataset.from_generator(batches, output_signature=signature)
        if not repeat:
            left = per_pass - start % per_pass
            stream = stream.apply(tf.data.experimental.assert_cardinality(left))
        augment = augment is None or augment

        def prepare(batch, batch_seed):
            if augment and self._flips:
                batch = flip(batch, tf.random.experimental.stateless_fold_in(batch_seed, 1))
            if augment and self._shifts:
                batch_seed = tf.random.experimental.stateless_fold_in(batch_seed, 2)
                batch = shift(batch, batch_seed, self._shifts)
            return batch

        return stream.map(prepare, num_parallel_calls=1).prefetch(4)

    def validation(self, batch_size, shard=(0, 1, 1)):
        """Give the validation images in order, the last partial batch included."""
        return self._in_order("validation", batch_size, shard)

    def test(self, batch_size, shard=(0, 1, 1)):
        """Give the test images in order, the last partial batch included."""
        return self._in_order("test", batch_size, shard)

    def examples(self, split, count):
        """Return up to `count` images spread evenly over a split, as a uint8 array: folders are sorted."""
        images = self._splits[split]
        count = min(check_count(count, "count"), len(images))
        return np.asarray(images[np.arange(count) * len(images) // count])

    def _in_order(self, split, batch_size, shard):
        images = self._splits[split]
        batch_size = check_count(batch_size, "batch_size")

        def batches():
            for begin in range(0, len(images), batch_size):
                for r in range(shard[0], shard[0] + shard[1]):
                    yield np.asarray(images[begin : begin + batch_size])[r :: shard[2]]

        signature = tf.TensorSpec([None, *self.image_shape], tf.uint8)
        stream = tf.data.Dataset.from_generator(batches, output_signature=signature)
        count = -(-len(images) // batch_size) * shard[1]
        return stream.apply(tf.data.experimental.assert_cardinality(count)).prefetch(2)
