"""A value of many bits as decisions: the interval that it lies in is cut in two until one value is left."""

from __future__ import annotations

import functools

import numpy as np
import tensorflow as tf

from .mixture import PRECISION, Mixture, mass, middle, probability, reweigh


def _padded(count):
    """Return the next of 4 sizes an octave: XLA compiles each size anew."""
    octave = max(count - 1, 255).bit_length() - 3
    return -(-count >> octave << octave) if count % (1 << octave) == 0 else ((count >> octave) + 1) << octave


@functools.lru_cache(maxsize=None)
def _compiled(mixtures, channels, index):
    """Return the functions of a channel, each one call of XLA: they are made of small steps over many places."""

    @tf.function(jit_compile=True, reduce_retracing=False)
    def begin(table, outputs, weights, values, low, high):
        mixture = Mixture(outputs, mixtures, channels, table)
        location, inverse = mixture.channel(index, values)
        weights = mixture.weights if index == 0 else weights
        of = (weights, location, inverse)
        return of, _cut(table, of, low, high, mass(*of, low, table["logistic"]), mass(*of, high, table["logistic"]))

    @tf.function(jit_compile=True, reduce_retracing=False)
    def narrow(table, of, cut, lower):
        low, high, below, above, at, there, _ = cut
        low, below = tf.where(lower, low, at), tf.where(lower, below, there)
        high, above = tf.where(lower, at, high), tf.where(lower, there, above)
        return _cut(table, of, low, high, below, above)

    @tf.function(jit_compile=True, reduce_retracing=False)
    def end(table, of, value):
        return reweigh(*of, value, table["logistic"])

    return begin, narrow, end


def _cut(table, of, low, high, below, above):
    at = middle(low, high)
    there = mass(*of, at, table["logistic"])
    return low, high, below, above, at, there, probability(below, there, above) * 2.0**-PRECISION


class Places:
    """The values of P places, channel after channel.

    Args:
        outputs: integers [P, outputs] of a level's head.
        level: its `Level`.
        tables: of the codec model.
    """

    def __init__(self, outputs, level, tables):
        self.count = len(outputs)
        self._room = _padded(self.count) - self.count
        self._outputs = self._wide(np.asarray(outputs, np.int32))
        self._level, self._tables = level, tables
        self._values, self._weights = [], tf.zeros([self.count + self._room, level.mixtures], tf.float64)

    def _wide(self, array):
        return np.pad(array, [(0, self._room)] + [(0, 0)] * (array.ndim - 1))

    def channel(self, low, high, decide):
        """Choose the next channel's values.

        Args:
            low: int [P], the least that each may be.
            high: int [P], one more than the greatest.
            decide: takes (p, open, middle): the float64 [P] probabilities that a value lies below `middle`, and where
                more than one is left, and gives bool [P].

        Returns:
            int64 [P].
        """
        index = len(self._values)
        begin, narrow, end = _compiled(self._level.mixtures, self._level.channels, index)
        least = self._wide(low.astype(np.float64))
        most = least + np.maximum(self._wide((high - low).astype(np.float64)), 1.0)
        of, cut = begin(self._tables, self._outputs, self._weights, self._values, least, most)
        for _ in range(int((high - low).max(initial=1) - 1).bit_length()):
            at, p = cut[4].numpy(), cut[6].numpy()
            left = cut[1].numpy() - cut[0].numpy() > 1
            lower = np.ones(len(p), bool)  # nothing is cut off an interval of one value: its middle is its low end
            count = self.count
            lower[:count] = decide(p[:count], left[:count], at[:count])
            lower &= left
            cut = narrow(self._tables, of, cut, lower)
        self._values.append(cut[0])
        self._weights = end(self._tables, of, cut[0])
        return cut[0].numpy()[: self.count].astype(np.int64)

    def mean(self, low, high):
        """Choose the next channel's values: the mean of the locations, inside [low, high); int64 [P]."""
        index = len(self._values)
        begin, _, end = _compiled(self._level.mixtures, self._level.channels, index)
        least, most = (self._wide(x.astype(np.float64)) for x in (low, np.maximum(high, low + 1)))
        of, _ = begin(self._tables, self._outputs, self._weights, self._values, least, most)
        weights, location = of[0].numpy(), of[1].numpy()
        mean = (weights * location).sum(-1) / weights.sum(-1) / 16
        value = np.clip(np.floor(mean + 0.5), least, most - 1)
        self._values.append(tf.constant(value))
        self._weights = end(self._tables, of, self._values[-1])
        return value[: self.count].astype(np.int64)
