"""A data set of images: arrays of three splits, given out as tf.data pipelines of graph operations."""

from __future__ import annotations

import itertools

import numpy as np
import tensorflow as tf

from ..checks import check_count
from ..errors import UserError
from . import service as services
from .augment import flip, shift
from .order import check_shard, seed_pair, shuffled
from .records import row_reader


class Dataset:
    """uint8 images in three splits.

    Args:
        name: the spec that it was loaded by.
        splits: dict of "train", "validation" and "test" to uint8 arrays [N, H, W, C]; those of a cache
            are read from its files, others are held in memory.
        resize: how the images were brought to their size, for reports.
        flips: whether training images are mirrored at random.
        shifts: pixels that training images are moved by at most.
        contents: dict of split to uint8 [N, n]: a digest of each picture before it was resized; None for
            a set that never changes.

    Example:
        >>> images = load("photos64")
        >>> model.fit(images.train(32), validation_data=images.validation(32), epochs=5)
    """

    def __init__(self, name, splits, resize, flips=True, shifts=0, contents=None):
        self.name, self.resize, self.contents = name, resize, contents
        self._splits, self._flips, self._shifts = splits, flips, shifts

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Rows, columns and channels."""
        return tuple(self._splits["train"].shape[1:])

    @property
    def counts(self) -> dict[str, int]:
        """Number of images of each split."""
        return {name: len(images) for name, images in self._splits.items()}

    def describe(self):
        """Return one line: name, size, counts and resize."""
        height, width, channels = self.image_shape
        counts = ", ".join(f"{self.counts[s]} {s}" for s in ("train", "validation", "test"))
        return f"{self.name}: {height}x{width}x{channels}, {counts}; resize: {self.resize}"

    def train(
        self,
        batch_size: int,
        seed: int = 0,
        augment: bool | None = None,
        repeat: bool = False,
        start_batch: int = 0,
        shard: tuple[int, int, int] = (0, 1, 1),
        service: str | None = None,
    ) -> tf.data.Dataset:
        """Give training batches, shuffled anew each pass and augmented; the last partial one is dropped.

        Pass p is a permutation drawn from (seed, p), and row j of batch b is augmented from (seed, b, j):
        the stream can start anywhere without reading what comes before, and be shared out to workers.

        Args:
            batch_size: images a global batch, over all replicas.
            seed: of order and augmentation, at least 0.
            augment: False for none; by default as the data set asks.
            repeat: whether to go on for ever; else the stream ends with the pass that it starts in, and
                each iteration over it is the next pass. (That pass is counted in Python, once an
                iteration; everything else, and all of an endless stream, is a graph.)
            start_batch: the global batch of the endless stream to start at.
            shard: (first, count, total): this stream feeds replicas first .. first + count - 1 of
                `total`. Of each global batch it gives `count` parts, one after another: that of replica
                r holds rows r, r + total, r + 2 total, ...
            service: "grpc://host:port" of a tf.data service that is to compute an endless stream; the
                batches and their order stay the same. See `tf_selfvae.data.service`.

        Returns:
            A tf.data.Dataset of uint8 [batch_size / total, H, W, C].

        Raises:
            ValueError: for a batch below 1, larger than the split or not divisible by the shard's total;
                a bad seed, start or shard; a service that does not answer, has no workers, or is asked
                for a stream that ends.
        """
        images = self._splits["train"]
        batch_size = check_count(batch_size, "batch_size")
        seed = check_count(seed, "seed", least=0)
        start = check_count(start_batch, "start_batch", least=0)
        first, count, total = check_shard(shard)
        if batch_size > len(images):
            raise UserError(f"batch_size: expected at most {len(images)} (all training images), got {batch_size}")
        if batch_size % total:
            raise UserError(f"batch_size: expected a multiple of {total}, the replicas that share it, got {batch_size}")
        if service is not None:
            if not repeat:
                raise UserError("service: expected with repeat=True only: a service knows no passes that end")
            services.check_source(images)
        augment = augment is None or augment
        read, pair = row_reader(images), tf.constant(seed_pair(seed))
        per_pass, size = len(images) // batch_size, batch_size // total

        def part(number):
            batch, replica = number // count, first + number % count
            epoch, place = batch // per_pass, batch % per_pass
            positions = place * batch_size + replica + total * tf.range(size, dtype=tf.int64)
            rows = read(shuffled(positions, pair, epoch, len(images)))
            mine = (tf.cast(replica, tf.int32), total)
            batch_seed = _fold(pair, batch)
            if augment and self._flips:
                rows = flip(rows, _fold(batch_seed, 1), mine)
            if augment and self._shifts:
                rows = shift(rows, _fold(batch_seed, 2), self._shifts, mine)
            return tf.ensure_shape(rows, [size, *self.image_shape])

        if repeat:
            numbers = tf.data.Dataset.counter(start * count)
            return _pipeline(numbers, part, service)
        left = per_pass - start % per_pass
        passes = itertools.count()
        # Keras iterates once an epoch: each time is another pass, in another order.
        begins = tf.data.Dataset.from_generator(
            lambda: [np.int64((start + next(passes) * per_pass) * count)],
            output_signature=tf.TensorSpec([], tf.int64),
        )
        numbers = begins.flat_map(lambda begin: tf.data.Dataset.range(begin, begin + left * count))
        return _pipeline(numbers.apply(tf.data.experimental.assert_cardinality(left * count)), part)

    def validation(self, batch_size: int, shard: tuple[int, int, int] = (0, 1, 1)) -> tf.data.Dataset:
        """Give the validation images in order, the last partial batch included.

        Args:
            batch_size: images a global batch.
            shard: as for `train`; parts of the last global batch can differ by one image, or hold none.

        Returns:
            A tf.data.Dataset of uint8 [n, H, W, C]; all shards give the same number of batches a replica.

        Raises:
            ValueError: for a bad batch size or shard.
        """
        return self._in_order("validation", batch_size, shard)

    def test(self, batch_size: int, shard: tuple[int, int, int] = (0, 1, 1)) -> tf.data.Dataset:
        """Give the test images in order, as `validation` does."""
        return self._in_order("test", batch_size, shard)

    def examples(self, split: str, count: int, without: np.ndarray | None = None) -> np.ndarray:
        """Return up to `count` images spread evenly over a split: folders are sorted.

        Args:
            split: "train", "validation" or "test".
            count: how many at most.
            without: boolean array [N]: images of the split that are left out; None for none.

        Returns:
            A uint8 array [n, H, W, C].
        """
        images = self._splits[split]
        rows = np.arange(len(images)) if without is None else np.flatnonzero(~without)
        count = min(check_count(count, "count"), len(rows))
        return np.asarray(images[rows[np.arange(count) * len(rows) // count]] if count else images[:0])

    def _in_order(self, split, batch_size, shard):
        images = self._splits[split]
        batch_size = check_count(batch_size, "batch_size")
        first, count, total = check_shard(shard)
        read = row_reader(images)

        def part(number):
            batch, replica = number // count, first + number % count
            begin = batch * batch_size + replica
            end = tf.minimum((batch + 1) * batch_size, len(images))
            rows = read(tf.range(begin, tf.maximum(begin, end), total))
            return tf.ensure_shape(rows, [None, *self.image_shape])

        batches = -(-len(images) // batch_size)
        return _pipeline(tf.data.Dataset.range(batches * count), part)


def _fold(seed, data):
    return tf.random.experimental.stateless_fold_in(seed, data)


def _pipeline(numbers, part, service=None):
    stream = numbers.map(part, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True).prefetch(4)
    if service is not None:
        stream = services.through(stream, service).prefetch(4)
    # A strategy must not share the batches out once more.
    options = tf.data.Options()
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.OFF
    return stream.with_options(options)
