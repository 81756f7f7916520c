"""The mixture's distribution function in integers; a value is found by cutting its interval in two, again and again.

All numbers are float64 that hold integers of at most 2^53, or those over a power of two: their products, sums and
quotients' floors are then exact, whoever computes them in whatever order, and JavaScript's numbers can repeat them.
"""

from __future__ import annotations

import numpy as np

from . import tables as t

PRECISION = 24  # bits of a decision's probability
_FUNCTION = 28  # bits of the distribution function
_LEAST = 4.0  # what every value has of them: the function increases strictly
_SHIFT = t.WEIGHT_BITS + t.MASS_BITS - _FUNCTION
_STEP = 2.0**-t.STEP_BITS  # of an argument, which counts entries of the logistic table
_MIDDLE = float(t.REACH * 2 ** (t.ARGUMENT_BITS - t.STEP_BITS))
_LAST = 2 * _MIDDLE - _STEP
_CHUNK = 4096  # places whose numbers fit into a core's own cache


class Tables:
    """The tables of a codec model in the numbers that `Mixture` computes with.

    Args:
        table: as `tables.make` gives them.
    """

    def __init__(self, table):
        self.coefficient, self.exponential, inverse_scale, logistic = (
            table[name].astype(np.float64) for name in ("coefficient", "exponential", "inverse_scale", "logistic")
        )
        self.inverse_scale = inverse_scale * _STEP
        # Between two entries the logistic function is a line: a slope, and what it is at argument 0.
        self.slope = np.diff(logistic)
        self.start = logistic[:-1] - self.slope * np.arange(len(self.slope))


class Mixture:
    """Mixtures of logistics over the channels of P places, which share their component.

    Args:
        outputs: int [P, M (1 + 2C + C (C - 1) / 2)]: logits, locations, log-scales and coefficients on their grids and
            inside their limits, each channel-major.
        level: the `Level` whose head gave them: its mixtures are M, its channels C.
        tables: a `Tables`.

    Source: Salimans et al. 2017, sections 2.1 and 2.2.
    """

    def __init__(self, outputs, level, tables):
        self.count = len(outputs)
        self._tables, self._channels = tables, level.channels
        self._outputs = np.ascontiguousarray(np.asarray(outputs).T).reshape(-1, level.mixtures, self.count)
        logits = self._outputs[0]
        self._weights = _normalised(tables.exponential[logits.max(0) - logits])
        self._values = []

    def channel(self, low, high, decide):
        """Choose the next channel's values, a decision after another.

        Args:
            low: int [P], the least that each may be.
            high: int [P], one more than the greatest, at least low + 1.
            decide: takes (p, open, middle), float64 [P], bool [P], float64 [P]: the probabilities that a value lies
                below `middle`, and where more than one is left, and gives bool [P], false elsewhere.

        Returns:
            int64 [P].
        """
        components = self._components()
        low, size = low.astype(np.float64), np.maximum(high - low, 1).astype(np.float64)
        below = self._mass(components, low)
        inside = self._mass(components, low + size) - below
        while True:
            half = np.floor(size * 0.5)  # nothing where one value is left: then all below stays as it is
            left = half > 0
            if not left.any():
                break
            middle = low + half
            there = self._mass(components, middle)
            first = there - below
            p = first * 2.0**PRECISION
            p /= inside
            np.floor(p, out=p)
            np.maximum(p, 1.0, out=p)
            np.minimum(p, 2.0**PRECISION - 1, out=p)
            p *= 2.0**-PRECISION
            lower = decide(p, left, middle)
            size, inside = np.where(lower, half, size - half), np.where(lower, first, inside - first)
            low, below = np.where(lower, low, middle), np.where(lower, below, there)
        return self._chosen(components, low)

    def mean(self, low, high):
        """Choose the next channel's values: the mean of the locations, inside [low, high); int64 [P]."""
        components = self._components()
        location = (self._weights * self._location()).sum(0) / (t.LOCATION * self._weights.sum(0))
        return self._chosen(components, np.clip(np.floor(location + 0.5), low, high - 1))

    def _location(self):
        """Return the next channel's locations, given the channels before it: [M, P]."""
        index, channels = len(self._values), self._channels
        location = self._outputs[1 + index].astype(np.float64)
        first = 1 + 2 * channels + index * (index - 1) // 2
        for coefficients, value in zip(self._outputs[first : first + index], self._values):
            coefficient = self._tables.coefficient[coefficients + t.COEFFICIENT_LIMIT]
            location += np.floor((coefficient * value + 8) / 16)
        return location

    def _components(self):
        """Return (places, weights, factor, offset), [M, places] each, of as many places as fit into a cache at once.

        A component's argument below v is v * factor - offset.
        """
        scales = self._outputs[1 + self._channels + len(self._values)] - t.LOG_SCALES[0]
        inverse = self._tables.inverse_scale[scales]
        offset = (2 * self._location() + t.LOCATION) * inverse - _MIDDLE
        numbers = self._weights * 2.0**-_SHIFT, 2 * t.LOCATION * inverse, offset
        parts = (slice(first, first + _CHUNK) for first in range(0, self.count, _CHUNK))
        return [(part, *(of[:, part] for of in numbers)) for part in parts]

    def _component_mass(self, factor, offset, value):
        """Return each component's mass below the values [P], of 2^26: [M, P]."""
        argument = factor * value
        argument -= offset
        np.maximum(argument, 0.0, out=argument)
        np.minimum(argument, _LAST, out=argument)
        step = argument.astype(np.intp)
        argument *= self._tables.slope.take(step)
        argument += self._tables.start.take(step)
        return argument

    def _mass(self, components, value):
        """Return the mixture's mass below the values [P], of 2^28, and what every value has."""
        total = np.empty(self.count)
        for part, weights, *numbers in components:
            np.einsum("mp,mp->p", weights, self._component_mass(*numbers, value[part]), out=total[part])
        np.floor(total, out=total)
        total += _LEAST * value
        return total

    def _chosen(self, components, value):
        """Weigh the components by what they gave the value of the channel; the most that a weight loses is 2^-14."""
        for part, _, *numbers in components:
            mass = self._component_mass(*numbers, value[part] + 1)
            mass -= self._component_mass(*numbers, value[part])
            np.floor(mass, out=mass)
            mass += 1
            mass *= self._weights[:, part]
            mass *= 1 / 16
            np.floor(mass, out=mass)
            mass += 1
            self._weights[:, part] = _normalised(mass)
        self._values.append(value)
        return value.astype(np.int64)


def _normalised(weights):
    """Bring weights [M, P] to a sum of at most 2^14."""
    return np.floor(weights * 2.0**t.WEIGHT_BITS / weights.sum(0))
