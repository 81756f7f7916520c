"""Where randomness comes from: every random number of the library is drawn here, by name.

A draw is named after the variable that it is for ("u", "z1", "x/bands0/value"), so its numbers do
not depend on the order of the draws or on what else is drawn. Sources:

* `BatchNoise`: one stateless seed for a whole batch; the fast source, for training.
* `RowNoise`: one seed per row; a row's numbers do not depend on the batch that it is in.
* `GivenNoise`: tensors handed in, for exports that hold no random operation.
"""

from __future__ import annotations

import functools
import zlib

import tensorflow as tf

from ..errors import UserError

_SMALLEST = 2.0**-24  # half of a float32 uniform's grid: log of it is finite


def fold(seed, data):
    """Derive a new stateless seed from a seed and an integer.

    Args:
        seed: int tensor [2].
        data: an integer or an integer scalar tensor.

    Returns:
        An int32 tensor [2], the same for the same inputs on every device.
    """
    seed = tf.cast(seed, tf.int32)
    data = tf.cast(data, tf.int32)
    return tf.random.experimental.stateless_fold_in(seed, data)


def name_tag(name):
    """Return the integer that is folded into a seed for the draw of that name."""
    return zlib.crc32(name.encode()) & 0x7FFFFFFF


class Noise:
    """A source of named random tensors with a leading batch axis."""

    def uniform(self, name, shape):
        """Draw float32 uniforms in the open interval (0, 1).

        Args:
            name: what the numbers are for; each name gets numbers of its own.
            shape: static shape of one row.

        Returns:
            A float32 tensor [B, *shape].
        """
        raise NotImplementedError

    def normal(self, name, shape):
        """Draw float32 standard normals; arguments and shapes as for `uniform`."""
        raise NotImplementedError

    def gumbel(self, name, shape):
        """Draw standard Gumbel noise, -log(-log U) of the `uniform` of that name."""
        return -tf.math.log(-tf.math.log(self.uniform(name, shape)))

    def logistic(self, name, shape):
        """Draw standard logistic noise, log(U / (1 - U)) of the `uniform` of that name."""
        uniform = self.uniform(name, shape)
        return tf.math.log(uniform) - tf.math.log(1.0 - uniform)


class _StatelessNoise(Noise):
    """Noise that TensorFlow's stateless generators draw; a subclass says from which seeds."""

    def _draw(self, draw, name, shape):
        raise NotImplementedError

    def uniform(self, name, shape):
        drawn = self._draw(tf.random.stateless_uniform, name, shape)
        return _with_shape(tf.maximum(drawn, _SMALLEST), shape)

    def normal(self, name, shape):
        return _with_shape(self._draw(tf.random.stateless_normal, name, shape), shape)


class BatchNoise(_StatelessNoise):
    """Noise of a whole batch from one stateless seed.

    Args:
        seed: int tensor [2].
        batch: number of rows, an int or an int scalar tensor.
        replica: (number, count), where a larger batch is dealt out to replicas row by row: the noise is
            that of its rows number, number + count, ..., so that it does not depend on how many
            replicas there are, nor, with shares of unequal length, on the others' lengths.

    Example:
        >>> BatchNoise([0, 1], 4).normal("u", [8, 8, 16]).shape
        TensorShape([4, 8, 8, 16])
    """

    def __init__(self, seed, batch, replica=(0, 1)):
        self._seed = seed
        self._batch = batch
        self._replica, self._replicas = replica

    def _draw(self, draw, name, shape):
        rows = [self._batch] if self._replicas == 1 else [self._batch, self._replicas]
        seed = fold(self._seed, name_tag(name))
        drawn = draw(tf.concat([rows, tf.constant(list(shape), tf.int32)], 0), seed)
        return drawn if self._replicas == 1 else tf.gather(drawn, self._replica, axis=1)


class RowNoise(_StatelessNoise):
    """Noise with a seed per row, so that a row's numbers depend on nothing but its own seed.

    Args:
        seeds: int tensor [B, 2]; see `row_seeds`.
    """

    def __init__(self, seeds):
        self._seeds = tf.cast(tf.convert_to_tensor(seeds), tf.int32)

    def _draw(self, draw, name, shape):
        return _row_by_row(draw, tuple(shape))(self._seeds, tf.constant(name_tag(name), tf.int32))


@functools.cache
def _row_by_row(draw, shape):
    """Make the loop of `RowNoise` for draws of one shape: a loop takes long to trace, and a model has dozens."""

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.int32), tf.TensorSpec([], tf.int32)], autograph=False)
    def drawn(seeds, tag):
        return tf.map_fn(lambda seed: draw(shape, fold(seed, tag)), seeds, fn_output_signature=tf.float32)

    with tf.init_scope():  # it outlives the graph that first asks for it; called itself, it would warn of "retracing"
        return drawn.get_concrete_function()


class GivenNoise(Noise):
    """Noise handed in as tensors, by name, each of the kind that is drawn.

    Gumbel and logistic noise is handed in as such, not as uniforms: near one, the logarithms of a
    graphics processor are too coarse for them.

    Args:
        tensors: dict of name to tensor [B, *shape].

    Raises:
        KeyError: when a name that is drawn was not handed in.
    """

    def __init__(self, tensors):
        self._tensors = dict(tensors)

    def _get(self, name, shape):
        if name not in self._tensors:
            raise KeyError(f"noise: no tensor for {name!r}; given: {sorted(self._tensors)}")
        return _with_shape(self._tensors[name], shape)

    uniform = normal = gumbel = logistic = lambda self, name, shape: self._get(name, shape)


class RecordedNoise(Noise):
    """Passes another source's draws on and keeps a list of what was drawn.

    Args:
        source: the `Noise` that draws.

    Attributes:
        drawn: dict of name to (kind, shape of one row), in order of drawing; a kind is "uniform",
            "normal", "gumbel" or "logistic".
    """

    def __init__(self, source):
        self._source = source
        self.drawn = {}

    def _record(self, kind, name, shape):
        self.drawn[name] = (kind, tuple(shape))
        return getattr(self._source, kind)(name, shape)

    uniform = functools.partialmethod(_record, "uniform")
    normal = functools.partialmethod(_record, "normal")
    gumbel = functools.partialmethod(_record, "gumbel")
    logistic = functools.partialmethod(_record, "logistic")


def _with_shape(tensor, shape):
    tensor = tf.convert_to_tensor(tensor)
    # Where the shape is known, no operation is left in the graph: TF.js cannot run this one.
    if tensor.shape.rank is not None and tensor.shape[1:].as_list() == list(shape):
        return tensor
    return tf.ensure_shape(tensor, [None, *shape])


def row_seeds(seed, rows):
    """Give each of `rows` images a seed of its own.

    Args:
        seed: an int, or one int a row (then row i is what `row_seeds(seed[i], 1)` gives).
        rows: number of rows.

    Returns:
        An int32 tensor [rows, 2].

    Raises:
        ValueError: when `seed` is neither an int nor `rows` ints, or outside -2**31..2**31 - 1.
    """
    given = seed
    try:
        seed = tf.convert_to_tensor(seed)
    except (ValueError, TypeError) as error:
        raise UserError(f"seed: expected an int or {rows} ints, got {seed!r}") from error
    if not seed.dtype.is_integer or seed.shape.rank not in (0, 1):
        raise UserError(f"seed: expected an int or {rows} ints, got {seed.dtype.name} {seed.shape}")
    values = tf.get_static_value(seed)
    if values is not None and ((values < -(2**31)) | (values >= 2**31)).any():
        # Cut to 32 bits, it would be another seed's twin.
        raise UserError(f"seed: expected whole numbers from -2147483648 to 2147483647, got {given!r}")
    seed = tf.cast(seed, tf.int32)
    if seed.shape.rank == 0:
        return tf.stack([tf.fill([rows], seed), tf.range(rows)], 1)
    if isinstance(rows, int) and seed.shape[0] not in (None, rows):
        raise UserError(f"seed: expected an int or {rows} ints, got {seed.shape[0]} ints")
    return tf.stack([seed, tf.zeros_like(seed)], 1)
