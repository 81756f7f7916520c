"""Networks of integers: float32 kernels that carry them, so that who computes a sum, and in what order, is the same.

An activation is an integer in 0..511 behind a ReLU, or one of 16 bits in the sum that residual blocks add to; bands
and pictures are taken as they are. A kernel is an int8 with the change of grid folded into it, so that a convolution
ends in floor((sum + 2^(s - 1)) / 2^s). Every partial sum stays below 2^24, which float32 holds exactly.
"""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import tensorflow as tf

from ..errors import UserError
from ..layers.heads import mixture_sizes
from ..layers.phases import Phases
from . import tables as t

ACTIVATION = 511  # greatest
STREAM = 2**15 - 1  # greatest absolute value of the residual sum
PICTURE = 255  # greatest absolute value of 2 y - 255
BAND = 510  # ... of a band
KNOWN = 32  # what marks a known place, a network's 1: so many grey levels of a band are that
EXACT = 2**24  # below this all integers are float32


@dataclasses.dataclass(frozen=True)
class Level:
    """What a level's networks look like.

    Attributes:
        channels: of the picture.
        width: channels of trunk and bands.
        trunk: residual blocks of the trunk.
        band: residual blocks of each band's phase, at least one.
        mixtures: logistic components.
        phases: in how many a band is drawn.
    """

    channels: int
    width: int
    trunk: int
    band: int
    mixtures: int
    phases: int

    @property
    def parts(self):
        """How many (band, phase) there are."""
        return 3 * self.phases

    @property
    def reach(self):
        """How many places around one its distribution reads."""
        return 2 + 2 * self.trunk + 2 * self.band

    @property
    def outputs(self):
        """How many integers a place's distribution has."""
        return sum(mixture_sizes(self.mixtures, self.channels))

    def limits(self):
        """Return the least and greatest value of each output: two int arrays [outputs]."""
        sizes = mixture_sizes(self.mixtures, self.channels)
        least = (-t.LOGIT_LIMIT, -t.LOCATION_LIMIT, t.LOG_SCALES[0], -t.COEFFICIENT_LIMIT)
        most = (t.LOGIT_LIMIT, t.LOCATION_LIMIT, t.LOG_SCALES[1], t.COEFFICIENT_LIMIT)
        return np.repeat(least, sizes), np.repeat(most, sizes)

    def known(self, part):
        """Return how many channels a part's network reads of the bands before it; with one that marks known places."""
        band, phase = divmod(part, self.phases)
        return band * self.channels + (self.channels + 1 if phase else 0)

    def convolutions(self):
        """List (name, kernel's shape, greatest absolute value that it reads) in the order of the file."""
        wide = (3, 3, self.width, self.width)
        listed = [("trunk/widen", (3, 3, self.channels, self.width), PICTURE)]
        listed += self._blocks("trunk", self.trunk, wide)
        for part in range(self.parts):
            if part:
                listed.append((f"part{part}/known", (3, 3, self.known(part), self.width), BAND))
            listed += self._blocks(f"part{part}", self.band, wide)
            listed.append((f"part{part}/head", (1, 1, self.width, self.outputs), ACTIVATION))
        return listed

    @staticmethod
    def _blocks(stack, count, shape):
        names = [f"{stack}/block{i}/{half}" for i in range(count) for half in ("first", "second")]
        return [(name, shape, ACTIVATION) for name in names]

    def entries(self):
        """List where the residual sum is brought to activations: each has a factor and a shift."""
        names = [f"trunk/block{i}/in" for i in range(self.trunk)]
        for part in range(self.parts):
            names += [f"part{part}/block{i}/in" for i in range(self.band)] + [f"part{part}/head/in"]
        return names


def largest_sums(kernel, bias, most):
    """Return the worst case of any partial sum by output channel, bias included: int64 [outputs]."""
    weights = np.abs(kernel.astype(np.int64)).sum((0, 1, 2))
    return weights * most + np.abs(bias.astype(np.int64))


def convolve(inputs, kernel, step=None):
    """Convolve to the same size, with zeros around, or, given a step, to every so many places of what is padded."""
    return tf.nn.conv2d(inputs, kernel, step or 1, "SAME" if step is None else "VALID")


class Walk:
    """How a level's networks lead from one convolution to the next, in whatever numbers a subclass computes.

    A subclass has `level`, `_convolve(name, inputs, step)`, as `convolve` has it, `_inside(name, values)`,
    `_stream(values)` and `_enter(name, values)`.
    """

    def _context(self, picture):
        """Return the trunk's sum [N, h, w, width] of a coarser picture, float32 integers in 0..255 [N, h, w, C]."""
        stream = self._stream(self._convolve("trunk/widen", 2.0 * picture - 255.0))
        return self._blocks("trunk", self.level.trunk, stream)

    def _part(self, part, context, known):
        """Return a part's outputs, as `Networks.part` does, with no limits yet."""
        name, stream = f"part{part}", context
        if part:
            stream = self._stream(stream + self._convolve(f"{name}/known", known))
        grid = Phases(self.level.phases)
        places = grid.places(part % self.level.phases)
        last = self.level.band - 1
        stream = self._blocks(name, last, stream)
        inside = self._inner(f"{name}/block{last}", stream)
        # Of the last convolution and the head only what the phase draws is computed.
        inside = tf.pad(inside, [[0, 0], [1, 1], [1, 1], [0, 0]])
        outputs = []
        for row, column in places:
            added = self._convolve(f"{name}/block{last}/second", inside[:, row:, column:], grid.cell)
            drawn = self._stream(stream[:, row :: grid.cell, column :: grid.cell] + added)
            outputs.append(self._convolve(f"{name}/head", self._enter(f"{name}/head/in", drawn)))
        return outputs

    def _blocks(self, stack, count, stream):
        for i in range(count):
            name = f"{stack}/block{i}"
            stream = self._stream(stream + self._convolve(f"{name}/second", self._inner(name, stream)))
        return stream

    def _inner(self, name, stream):
        return self._inside(f"{name}/first", self._convolve(f"{name}/first", self._enter(f"{name}/in", stream)))


class Networks(Walk):
    """A level's networks, run on integers.

    Args:
        level: a `Level`.
        convolutions: dict of name to (kernel int8 [k, k, in, out], bias int32 [out] with the half of rounding in it,
            shift uint8 [out]).
        entries: dict of name to (factor, shift), at most 255 and 15.

    Raises:
        UserError: where a sum could leave the integers that float32 holds.
    """

    def __init__(self, level, convolutions, entries):
        self.level = level
        self.convolutions, self.entries = convolutions, entries
        self._tensors = {}
        for name, _, most in level.convolutions():
            kernel, bias, shift = convolutions[name]
            if largest_sums(kernel, bias, most).max(initial=0) >= EXACT:
                raise UserError(f"codec model: the sums of {name} could reach 2^24, where float32 is no longer exact")
            numbers = (kernel, bias, np.exp2(-shift.astype(np.float32)))
            # Variables: a constant would be copied into each graph.
            self._tensors[name] = [tf.Variable(x.astype(np.float32), trainable=False) for x in numbers]
        self._limits = [tf.constant(limit, tf.float32) for limit in level.limits()]

    @functools.cached_property
    def _graphs(self):
        """The trunk's and the parts', traced: to look for a trace takes longer than a small picture's sums."""
        level = self.level
        picture = tf.TensorSpec([None, None, None, level.channels], tf.float32)
        context = tf.TensorSpec([None, None, None, level.width], tf.int16)
        graphs = [tf.function(self._short_context).get_concrete_function(picture)]
        for part in range(level.parts):
            known = tf.TensorSpec([None, None, None, level.known(part)], tf.float32)
            graphs.append(tf.function(functools.partial(self._limited, part)).get_concrete_function(context, known))
        return graphs

    def context(self, picture):
        """Return the trunk's sum, int16 [N, h, w, width], of a coarser picture, float32 [N, h, w, C] of 0..255."""
        return self._graphs[0](tf.constant(picture))

    def part(self, part, context, known):
        """Return a part's outputs at the places that it draws, as the phase's places in a cell are listed.

        Each is float32 integers inside `Level.limits`, [N, rows, columns, outputs]: those at row::cell, column::cell.

        Args:
            part: its number, band * phases + phase.
            context: what `context` gave.
            known: float32 [N, h, w, Level.known(part)]: the bands before, their unknown places 0, and `KNOWN` where the
                band's own places are known.
        """
        return self._graphs[1 + part](context, tf.constant(known))

    def _short_context(self, picture):
        return tf.cast(self._context(picture), tf.int16)

    def _limited(self, part, context, known):
        parts = self._part(part, tf.cast(context, tf.float32), known)
        return [tf.clip_by_value(outputs, *self._limits) for outputs in parts]

    def _convolve(self, name, inputs, step=None):
        kernel, bias, unit = self._tensors[name]
        return tf.floor(tf.nn.bias_add(convolve(inputs, kernel, step), bias) * unit)

    def _inside(self, name, values):
        return tf.clip_by_value(values, 0.0, ACTIVATION)

    def _stream(self, values):
        return tf.clip_by_value(values, -STREAM, STREAM)

    def _enter(self, name, stream):
        factor, shift = self.entries[name]
        half = 2.0**shift / 2
        return tf.clip_by_value(tf.floor((tf.nn.relu(stream) * factor + half) * 2.0**-shift), 0.0, ACTIVATION)
