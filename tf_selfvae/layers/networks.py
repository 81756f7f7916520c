"""Stacks, encoders and decoders, chosen by configuration."""

from __future__ import annotations

import dataclasses

import keras

from ..config import Network
from .blocks import DenseLayer, ResidualBlock, Surroundings
from .resize import resize_bilinear
from .weight_norm import WeightNormConv2D


class NetworkLayer(keras.layers.Layer):
    """A layer configured by a `Network`, which JSON carries."""

    def __init__(self, network, **kwargs):
        # Images and latents must not reach a distribution in bfloat16: layers cast by hand.
        super().__init__(autocast=False, **kwargs)
        self.network = network if isinstance(network, Network) else Network(**network)

    def get_config(self):
        return {**super().get_config(), "network": self.network.to_dict()}

    def _conv(self, filters, size, name, **kwargs):
        return WeightNormConv2D(filters, size, dtype=self.dtype_policy, name=name, **kwargs)

    def _stack(self, name, network=None):
        return Stack(network or self.network, dtype=self.dtype_policy, name=name)

    def _build_in_turn(self, layers, shape):
        for layer in layers:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)
        return shape


@keras.saving.register_keras_serializable("tf_selfvae")
class Stack(NetworkLayer):
    """Blocks of one family at one resolution.

    "dense": `blocks` dense layers of `steps` blocks each, growth `width`.
    "residual": a 3x3 convolution to `width` (where the channels differ), then blocks * steps
    residual blocks, and `Surroundings` where there are halvings.

    Args:
        network: a `Network`.

    Shapes: [B, H, W, C] to [B, H, W, C'].
    """

    def build(self, input_shape):
        network = self.network
        self.stages = []
        if network.family == "dense":
            for i in range(network.blocks):
                layer = DenseLayer(network.width, network.steps, dtype=self.dtype_policy, name=f"dense{i}")
                self.stages.append(layer)
        else:
            if input_shape[-1] != network.width:
                self.stages.append(self._conv(network.width, 3, "widen"))
            for i in range(network.blocks * network.steps):
                self.stages.append(ResidualBlock(network.activation, dtype=self.dtype_policy, name=f"residual{i}"))
            if network.halvings:
                around = Surroundings(network.halvings, network.activation, dtype=self.dtype_policy, name="around")
                self.stages.append(around)
        self._build_in_turn(self.stages, tuple(input_shape))
        self.built = True

    def call(self, inputs, where=None):
        """Given (phases, phase) as `where`, the result is at the places of that phase, as `Phases.pick` gives it."""
        early = where is not None and self.stages and isinstance(self.stages[-1], ResidualBlock)
        for stage in self.stages[:-1] if early else self.stages:
            inputs = stage(inputs)
        if early:
            return self.stages[-1](inputs, where=where)
        return inputs if where is None else where[0].pick(inputs, where[1])

    def compute_output_shape(self, input_shape):
        network = self.network
        if network.family == "dense":
            added = network.blocks * network.steps * network.width
            return (*input_shape[:-1], input_shape[-1] + added)
        return (*input_shape[:-1], network.width)


def handed_on(network, channels):
    """Return the `filters` of an encoder or decoder whose output another network reads.

    Args:
        network: its `Network`.
        channels: how many a dense one is brought down to, which has grown; a residual one has its width.
    """
    return channels if network.family == "dense" else None


def _halvings(size, target):
    count = 0
    while size % 2 == 0 and size // 2 >= target:
        size //= 2
        count += 1
    return count


@keras.saving.register_keras_serializable("tf_selfvae")
class Encoder(NetworkLayer):
    """Strided 3x3 convolutions down to the target size, a stack, and a 1x1 convolution to `filters`.

    "dense": a stack before each halving, too, which then doubles the channels; what follows grows twice as fast.
    "residual": each halving gives the network's width.
    A size that halving does not reach exactly is resized bilinearly before the last stack.

    Source: the sizes of the paper's published code.

    Args:
        network: a `Network`; the growth of a dense one is that at the input's size.
        height: rows of the output.
        width: columns of the output.
        filters: channels of the output; None: those that the last block gives, `output_channels`.
        init_scale: standard deviation that the last convolution starts at, where there are filters.

    Shapes: [B, H, W, C] to [B, height, width, output_channels].
    """

    def __init__(self, network, height, width, filters=None, init_scale=1.0, **kwargs):
        super().__init__(network, **kwargs)
        self.height, self.width, self.filters = height, width, filters
        self.init_scale = init_scale

    def get_config(self):
        return {
            **super().get_config(),
            "height": self.height,
            "width": self.width,
            "filters": self.filters,
            "init_scale": self.init_scale,
        }

    def build(self, input_shape):
        network, shape = self.network, tuple(input_shape)
        self.stages = []
        for i in range(_halvings(shape[1], self.height)):
            # In the residual family full-resolution blocks cost most and give least: halve first.
            filters = network.width
            if network.family == "dense":
                shape = self._add(self._stack(f"stack{i}", network), shape)
                filters = 2 * shape[-1]
                network = dataclasses.replace(network, width=2 * network.width)
            shape = self._add(self._conv(filters, 3, f"halve{i}", strides=2), shape)
        self._build_last([self._stack("stack", network)], 1, shape)

    def _add(self, stage, shape):
        self.stages.append(stage)
        return self._build_in_turn([stage], shape)

    def _build_last(self, last, kernel_size, shape):
        """Build the layers of the target size, and a convolution behind them, where there are filters."""
        self.last, self.kernel_size = last, kernel_size
        if self.filters is not None:
            self.last.append(self._conv(self.filters, kernel_size, "out", init_scale=self.init_scale))
        shape = self._build_in_turn(self.last, (shape[0], self.height, self.width, shape[-1]))
        self.output_channels = shape[-1]
        self.built = True

    def call(self, inputs):
        for stage in self.stages:
            inputs = stage(inputs)
        inputs = resize_bilinear(inputs, self.height, self.width)
        for stage in self.last:
            inputs = stage(inputs)
        return inputs


@keras.saving.register_keras_serializable("tf_selfvae")
class Decoder(Encoder):
    """(Stack, transposed 3x3 convolution) up to the target size, what is there, and a convolution to `filters`.

    "dense": each doubling halves the channels, and what follows grows half as fast. At the target size stands no
    stack: an ELU, then a 3x3 convolution. Where nothing is doubled, a stack does, and the convolution is 1x1.
    "residual": each doubling gives the network's width; at the target size stands a stack, the convolution is 1x1.

    Source and arguments are those of `Encoder`; the growth of a dense network is that at the latent's size.

    Attributes:
        kernel_size: of the convolution that a reader of the output should begin with: 3 behind a doubling, else 1.

    Shapes: [B, h, w, c] to [B, height, width, output_channels].
    """

    def build(self, input_shape):
        network, shape = self.network, tuple(input_shape)
        doublings = _halvings(self.height, shape[1])
        self.stages = []
        for i in range(doublings):
            shape = self._add(self._stack(f"stack{i}", network), shape)
            filters = network.width
            if network.family == "dense":
                filters = max(1, shape[-1] // 2)
                network = dataclasses.replace(network, width=max(1, network.width // 2))
            shape = self._add(self._conv(filters, 3, f"double{i}", strides=2, transposed=True), shape)
        if network.family == "dense" and doublings:
            activation = keras.layers.ELU(dtype=self.dtype_policy, name="elu")
            self._build_last([activation] if self.filters is not None else [], 3, shape)
        else:
            self._build_last([self._stack("stack", network)], 1, shape)
