"""The mixture's distribution function in integers, and the decisions that a value is coded by.

All numbers are float64 that hold integers below 2^53: products, sums, floors and quotients' floors are then exact,
whoever computes them in whatever order; JavaScript's numbers can repeat them.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from . import tables as t

PRECISION = 24  # bits of a decision's probability
_MASS = t.WEIGHT_BITS + t.MASS_BITS - 12  # bits of the distribution function
_LEAST = 4.0  # of 2^28: what every value has, so that the function increases strictly


def _floor(numerator, denominator):
    return tf.floor(numerator / denominator)


class Mixture:
    """A mixture of logistics over the channels of P places, given by a head's integers.

    Args:
        outputs: [P, M (1 + 2C + C (C - 1) / 2)]: logits, locations, log-scales and coefficients on their grids, each
            channel-major, inside their limits.
        mixtures: M.
        channels: C of the head; fewer may be coded.
        tables: of the codec model, float64 tensors by name.

    Source: Salimans et al. 2017, sections 2.1 and 2.2; a component is shared by the channels.
    """

    def __init__(self, outputs, mixtures, channels, tables):
        self.mixtures, self.channels = mixtures, channels
        self.tables = tables
        self.outputs = tf.cast(outputs, tf.int32)
        self.weights = _weights(self._columns(0, 1), self.tables["exponential"])

    def _columns(self, first, count):
        m = self.mixtures
        return self.outputs[:, first * m : (first + count) * m]

    def channel(self, index, values):
        """Return a channel's (locations, inverse scales), [P, M] each, given the values [P] of those before it."""
        c = self.channels
        location = tf.cast(self._columns(1 + index, 1), tf.float64)
        first = 1 + 2 * c + index * (index - 1) // 2
        for earlier in range(index):
            read = self._columns(first + earlier, 1) + t.COEFFICIENT_LIMIT
            coefficient = tf.gather(self.tables["coefficient"], read)
            location += _floor(coefficient * tf.cast(values[earlier], tf.float64)[:, None] + 8.0, 16.0)
        scales = self._columns(1 + c + index, 1) - t.LOG_SCALES[0]
        return location, tf.gather(self.tables["inverse_scale"], scales)


def _weights(logits, exponential):
    far = tf.reduce_max(logits, -1, keepdims=True) - logits
    return normalise(tf.gather(exponential, far))


def normalise(weights):
    """Bring weights [P, M] to a sum of at most 2^14."""
    return _floor(weights * 2.0**t.WEIGHT_BITS, tf.reduce_sum(weights, -1, keepdims=True))


def component_mass(location, inverse, value, logistic):
    """Return each component's mass [P, M] below the values [P], of 2^26."""
    distance = 2.0 * t.LOCATION * value[:, None] - (2.0 * location + t.LOCATION)
    limit = float(t.REACH * 2**t.ARGUMENT_BITS)
    argument = tf.clip_by_value(distance * inverse, -limit, limit - 1) + limit
    step = tf.floor(argument / 2.0**t.STEP_BITS)
    rest = argument - step * 2.0**t.STEP_BITS
    index = tf.cast(step, tf.int32)
    below, above = tf.gather(logistic, index), tf.gather(logistic, index + 1)
    return below + _floor((above - below) * rest, 2.0**t.STEP_BITS)


def mass(weights, location, inverse, value, logistic):
    """Return the mixture's distribution function [P] below the values [P]: integers that increase strictly."""
    components = component_mass(location, inverse, value, logistic)
    return _floor(tf.reduce_sum(weights * components, -1), 2.0**12) + _LEAST * value


def middle(low, high):
    """Return where [low, high) is cut in two."""
    return _floor(low + high, 2.0)


def probability(below, cut, above):
    """Return the probability, of 2^24, of the lower part of an interval cut in two, and no less than 1 of either."""
    share = _floor((cut - below) * 2.0**PRECISION, tf.maximum(above - below, 1.0))
    return tf.clip_by_value(share, 1.0, 2.0**PRECISION - 1)


def reweigh(weights, location, inverse, value, logistic):
    """Return the weights [P, M] given the value [P] of the channel."""
    above = component_mass(location, inverse, value + 1.0, logistic)
    mass = above - component_mass(location, inverse, value, logistic) + 1.0
    return normalise(_floor(weights * mass, 16.0) + 1.0)


def decisions(low, high):
    """Return how many decisions the widest interval [low, high) takes (NumPy arrays)."""
    return int(np.max(high - low, initial=1) - 1).bit_length()
