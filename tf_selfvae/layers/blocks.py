"""The building blocks of the two families of networks: dense (the paper's) and residual."""

from __future__ import annotations

import keras
import tensorflow as tf

from ..errors import UserError
from .phases import Phases
from .weight_norm import WeightNormConv2D


@keras.saving.register_keras_serializable("tf_selfvae")
class ChannelAttention(keras.layers.Layer):
    """Scale each channel by a gate computed from all channels' global means.

    Source: Zhang et al. 2018, section 3.3 (channel attention), with the paper's ELU.

    Args:
        reduction: the hidden layer has C / reduction units.

    Shapes: [B, H, W, C] to the same.
    """

    def __init__(self, reduction=8, **kwargs):
        super().__init__(**kwargs)
        self.reduction = reduction

    def build(self, input_shape):
        channels = input_shape[-1]
        hidden = max(1, channels // self.reduction)
        self.squeeze = WeightNormConv2D(hidden, 1, dtype=self.dtype_policy, name="squeeze")
        self.excite = WeightNormConv2D(channels, 1, dtype=self.dtype_policy, name="excite")
        self.squeeze.build((None, 1, 1, channels))
        self.excite.build((None, 1, 1, hidden))
        self.built = True

    def call(self, inputs):
        gate = tf.reduce_mean(inputs, [1, 2], keepdims=True)
        gate = tf.nn.sigmoid(self.excite(tf.nn.elu(self.squeeze(gate))))
        return inputs * gate

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)

    def get_config(self):
        return {**super().get_config(), "reduction": self.reduction}


@keras.saving.register_keras_serializable("tf_selfvae")
class DenseLayer(keras.layers.Layer):
    """`steps` dense blocks, then channel attention.

    A block is 1x1 to 4 * growth, ELU, 3x3 to growth, concatenated to its input, ELU.
    Source: Huang et al. 2016 (bottleneck blocks), as in section 4.1 of the paper.

    Args:
        growth: channels that a block adds.
        steps: number of blocks.

    Shapes: [B, H, W, C] to [B, H, W, C + steps * growth].
    """

    def __init__(self, growth, steps, **kwargs):
        super().__init__(**kwargs)
        self.growth = growth
        self.steps = steps

    def build(self, input_shape):
        channels = input_shape[-1]
        self.pairs = []
        for step in range(self.steps):
            narrow = WeightNormConv2D(4 * self.growth, 1, dtype=self.dtype_policy, name=f"narrow{step}")
            grow = WeightNormConv2D(self.growth, 3, dtype=self.dtype_policy, name=f"grow{step}")
            narrow.build((None, None, None, channels))
            grow.build((None, None, None, 4 * self.growth))
            self.pairs.append([narrow, grow])
            channels += self.growth
        self.attention = ChannelAttention(dtype=self.dtype_policy, name="attention")
        self.attention.build((None, None, None, channels))
        self.built = True

    def call(self, inputs):
        outputs = inputs
        for narrow, grow in self.pairs:
            added = grow(tf.nn.elu(narrow(outputs)))
            outputs = tf.nn.elu(tf.concat([outputs, added], -1))
        return self.attention(outputs)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] + self.steps * self.growth)

    def get_config(self):
        return {**super().get_config(), "growth": self.growth, "steps": self.steps}


@keras.saving.register_keras_serializable("tf_selfvae")
class ResidualBlock(keras.layers.Layer):
    """x + conv(f(conv(f(x)))), the second convolution started small.

    Source: He et al. 2016 (pre-activation). Starting the branch near zero keeps a deep stack near
    the identity at first.

    Args:
        activation: f, "elu" or "relu".

    Shapes: [B, H, W, C] to the same.
    """

    def __init__(self, activation="elu", **kwargs):
        super().__init__(**kwargs)
        self.activation = activation

    def get_config(self):
        return {**super().get_config(), "activation": self.activation}

    def build(self, input_shape):
        channels = input_shape[-1]
        self.first = WeightNormConv2D(channels, 3, dtype=self.dtype_policy, name="first")
        self.second = WeightNormConv2D(channels, 3, init_scale=0.1, dtype=self.dtype_policy, name="second")
        self.first.build(input_shape)
        self.second.build(input_shape)
        self.built = True

    def call(self, inputs, where=None):
        """Given (phases, phase) as `where`, the result is at the places of that phase, as `Phases.pick` gives it."""
        f = getattr(tf.nn, self.activation)
        inside = f(self.first(f(inputs)))
        if where is None:
            return inputs + self.second(inside)
        phases, phase = where
        return phases.pick(inputs, phase) + self.second(inside, where=where)

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)


class _Double(WeightNormConv2D):
    """A transposed 3x3 convolution of stride 2 as four plain ones, one for each place of a cell of 2x2.

    An even row reads its own and the one before, an odd one its own, and so do columns. On WebAssembly a transposed
    convolution is slow: two of them were a sixth of the time that `imagenette64` takes to draw a picture. Elsewhere its
    gradient is the quicker one.
    """

    def _convolve_transposed(self, inputs, kernel):
        phases, parts = Phases(4), []
        kernel = tf.transpose(kernel, [0, 1, 3, 2])
        for phase in range(phases.count):
            [(row, column)] = phases.places(phase)
            part, padding = kernel, [[0, 0], [int(row == 0), 0], [int(column == 0), 0], [0, 0]]
            part = part[1:2] if row else tf.concat([part[2:], part[:1]], 0)
            part = part[:, 1:2] if column else tf.concat([part[:, 2:], part[:, :1]], 1)
            parts.append(tf.nn.conv2d(tf.pad(inputs, padding), part, 1, "VALID"))
        return phases.join(parts)


@keras.saving.register_keras_serializable("tf_selfvae")
class Surroundings(keras.layers.Layer):
    """x + double(f(block(halve(f(x))))): what lies around each place, seen on a grid of half the side.

    On that grid stands, behind the block, another of these where there are more halvings. A place reads six places
    away by one and seventeen by two, for a quarter or less of what as many convolutions cost on the grid itself. The
    last convolution starts small. Source: Ronneberger et al. 2015, with sums for concatenations.

    Args:
        halvings: how many coarser grids, at least one; as many times the sides must be even.
        activation: f, "elu" or "relu".
        width: channels on the coarser grids; None: C.

    Shapes: [B, H, W, C] to the same.

    Raises:
        UserError: when a side can't be halved so often.
    """

    def __init__(self, halvings, activation="elu", width=None, **kwargs):
        super().__init__(**kwargs)
        self.halvings, self.activation, self.width = halvings, activation, width

    def get_config(self):
        own = {"halvings": self.halvings, "activation": self.activation, "width": self.width}
        return {**super().get_config(), **own}

    def build(self, input_shape):
        batch, height, width, channels = input_shape
        if height % 2 or width % 2:
            raise UserError(f"halvings: expected even sides to halve, got {height}x{width}")
        wide = self.width or channels
        policy, halved = self.dtype_policy, (batch, height // 2, width // 2, wide)
        self.halve = WeightNormConv2D(wide, 3, strides=2, dtype=policy, name="halve")
        self.block = ResidualBlock(self.activation, dtype=policy, name="block")
        self.double = _Double(channels, 3, strides=2, transposed=True, init_scale=0.1, dtype=policy, name="double")
        self.halve.build(input_shape)
        self.block.build(halved)
        self.double.build(halved)
        self.around = None
        if self.halvings > 1:
            self.around = Surroundings(self.halvings - 1, self.activation, dtype=policy, name="around")
            self.around.build(halved)
        self.built = True

    def call(self, inputs):
        f = getattr(tf.nn, self.activation)
        coarse = self.block(self.halve(f(inputs)))
        if self.around is not None:
            coarse = self.around(coarse)
        return inputs + self.double(f(coarse))

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)
