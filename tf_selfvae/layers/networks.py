"""Stacks, encoders and decoders, chosen by configuration."""

from __future__ import annotations

import keras

from ..config import Network
from .blocks import DenseLayer, ResidualBlock
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

    def _stack(self, name, blocks=None):
        return Stack(self.network, blocks=blocks, dtype=self.dtype_policy, name=name)

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
    residual blocks.

    Args:
        network: a `Network`.
        blocks: replaces `network.blocks`.

    Shapes: [B, H, W, C] to [B, H, W, C'].
    """

    def __init__(self, network, blocks=None, **kwargs):
        super().__init__(network, **kwargs)
        self.blocks = self.network.blocks if blocks is None else blocks

    def get_config(self):
        return {**super().get_config(), "blocks": self.blocks}

    def build(self, input_shape):
        network = self.network
        self.stages = []
        if network.family == "dense":
            for i in range(self.blocks):
                layer = DenseLayer(network.width, network.steps, dtype=self.dtype_policy, name=f"dense{i}")
                self.stages.append(layer)
        else:
            if input_shape[-1] != network.width:
                self.stages.append(self._conv(network.width, 3, "widen"))
            for i in range(self.blocks * network.steps):
                self.stages.append(ResidualBlock(network.activation, dtype=self.dtype_policy, name=f"residual{i}"))
        self._build_in_turn(self.stages, tuple(input_shape))
        self.built = True

    def call(self, inputs):
        for stage in self.stages:
            inputs = stage(inputs)
        return inputs

    def compute_output_shape(self, input_shape):
        network = self.network
        if network.family == "dense":
            added = self.blocks * network.steps * network.width
            return (*input_shape[:-1], input_shape[-1] + added)
        return (*input_shape[:-1], network.width)


def _halvings(size, target):
    count = 0
    while size % 2 == 0 and size // 2 >= target:
        size //= 2
        count += 1
    return count


@keras.saving.register_keras_serializable("tf_selfvae")
class Encoder(NetworkLayer):
    """(stack, stride-2 3x3 convolution) down to the target size, a stack, a 1x1 convolution.

    In the dense family the strided convolution doubles the channels (section 4.1 of the paper).
    A size that halving does not reach exactly is resized bilinearly at the end.

    Args:
        network: a `Network`.
        height: rows of the output.
        width: columns of the output.
        filters: channels of the output; None for features: the network's width.

    Shapes: [B, H, W, C] to [B, height, width, filters].
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
        shape = tuple(input_shape)
        self.stages = []
        for i in range(_halvings(shape[1], self.height)):
            # In the residual family full-resolution blocks cost most and give least: halve first.
            if self.network.family == "dense":
                stack = self._stack(f"stack{i}")
                shape = self._build_in_turn([stack], shape)
                self.stages.append(stack)
                filters = 2 * shape[-1]
            else:
                filters = self.network.width
            halve = self._conv(filters, 3, f"halve{i}", strides=2)
            shape = self._build_in_turn([halve], shape)
            self.stages.append(halve)
        self._build_last((shape[0], self.height, self.width, shape[-1]))
        self.built = True

    def _build_last(self, shape):
        self.last = [self._stack("stack")]
        filters = self.network.width if self.filters is None else self.filters
        # A residual stack of features ends in the network's width by itself.
        if self.filters is not None or self.network.family == "dense":
            self.last.append(self._conv(filters, 1, "out", init_scale=self.init_scale))
        self._build_in_turn(self.last, shape)
        self.output_channels = filters

    def call(self, inputs):
        for stage in self.stages:
            inputs = stage(inputs)
        inputs = resize_bilinear(inputs, self.height, self.width)
        for stage in self.last:
            inputs = stage(inputs)
        return inputs


@keras.saving.register_keras_serializable("tf_selfvae")
class Decoder(Encoder):
    """The encoder's mirror image: (stack, transposed convolution) up to the target size, a stack, 1x1.

    In the dense family each doubling of the size quarters the channels: the published sizes are silent
    here, and this brings the models' parameters into the published range.

    Args:
        network: a `Network`.
        height: rows of the output.
        width: columns of the output.
        filters: channels of the output; None for features: the network's width.

    Shapes: [B, h, w, c] to [B, height, width, filters].
    """

    def build(self, input_shape):
        shape = tuple(input_shape)
        self.stages = []
        for i in range(_halvings(self.height, shape[1])):
            stack = self._stack(f"stack{i}")
            shape = self._build_in_turn([stack], shape)
            filters = shape[-1] // 4 if self.network.family == "dense" else self.network.width
            double = self._conv(filters, 3, f"double{i}", strides=2, transposed=True)
            shape = self._build_in_turn([double], shape)
            self.stages += [stack, double]
        self._build_last((shape[0], self.height, self.width, shape[-1]))
        self.built = True
