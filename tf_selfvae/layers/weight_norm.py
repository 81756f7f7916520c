"""Weight-normalised convolution with an explicit data-dependent initialisation."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf


@keras.saving.register_keras_serializable("tf_selfvae")
class WeightNormConv2D(keras.layers.Layer):
    """A 2-D convolution whose kernel is g * v / ||v||, one g per output channel.

    Source: Salimans & Kingma 2016, equation 2 (weights) and section 3 (initialisation).

    Args:
        filters: output channels.
        kernel_size: side of the square kernel.
        strides: step in both directions.
        init_scale: standard deviation that `initialise` gives each output channel.
        transposed: whether to convolve the other way round, [B, H, W, C] to [B, H strides, W strides,
            filters]: the mirror image of a strided convolution.

    Shapes: [B, H, W, C] to [B, ceil(H / strides), ceil(W / strides), filters]; H and W are static for
    a transposed one.

    Example:
        >>> WeightNormConv2D(8)(tf.zeros([1, 4, 4, 3])).shape
        TensorShape([1, 4, 4, 8])
    """

    def __init__(self, filters, kernel_size=3, strides=1, init_scale=1.0, transposed=False, **kwargs):
        # Casts are explicit here: the norm and the gains stay float32 in mixed precision.
        super().__init__(autocast=False, **kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.strides = strides
        self.init_scale = init_scale
        self.transposed = transposed

    def build(self, input_shape):
        channels = (input_shape[-1], self.filters)
        shape = (self.kernel_size, self.kernel_size, *(channels[::-1] if self.transposed else channels))
        stddev = (self.kernel_size**2 * input_shape[-1]) ** -0.5
        name = "v_transposed" if self.transposed else "v"  # `Muon` reads off it which axes are which
        self.v = self.add_weight(name=name, shape=shape, initializer=keras.initializers.RandomNormal(stddev=stddev))
        self.g = self.add_weight(
            name="g",
            shape=(self.filters,),
            initializer=keras.initializers.Constant(self.init_scale),
        )
        self.b = self.add_weight(name="b", shape=(self.filters,), initializer="zeros")
        self.built = True

    def _convolve(self, inputs, dtype, where=None):
        # The norm is taken in float32: bfloat16 holds three digits.
        v = tf.cast(self.v, tf.float32)
        axes = [0, 1, 3] if self.transposed else [0, 1, 2]
        kernel = v * tf.math.rsqrt(tf.reduce_sum(v * v, axes, keepdims=True) + 1e-12)
        g = tf.cast(self.g, tf.float32)
        kernel = tf.cast(kernel * (g[:, None] if self.transposed else g), dtype)
        inputs = tf.cast(inputs, dtype)
        if where is not None:
            phases, phase = where
            return phases.gather([_convolve_at(inputs, kernel, *place, phases.cell) for place in phases.places(phase)])
        if not self.transposed:
            return tf.nn.conv2d(inputs, kernel, self.strides, "SAME")
        return self._convolve_transposed(inputs, kernel)

    def _convolve_transposed(self, inputs, kernel):
        _, height, width, _ = inputs.shape
        shape = [tf.shape(inputs)[0], height * self.strides, width * self.strides, self.filters]
        return tf.nn.conv2d_transpose(inputs, kernel, shape, self.strides, "SAME")

    def call(self, inputs, where=None):
        """Convolve; given (phases, phase) as `where`, to the places of that phase alone, which costs so much less.

        Then the kernel must be 3x3, neither strided nor transposed; the result is as `Phases.pick` gives it.
        """
        outputs = self._convolve(inputs, self.compute_dtype, where)
        return tf.nn.bias_add(outputs, tf.cast(self.b, outputs.dtype))

    @property
    def initialised(self):
        """Whether g or b are others than those that a layer is built with."""
        return bool((self.g.numpy() != np.float32(self.init_scale)).any() or self.b.numpy().any())

    def initialise(self, inputs):
        """Set g and b so that each output channel of this batch has mean 0 and standard deviation init_scale.

        Args:
            inputs: float tensor [B, H, W, C], the first batch as it reaches this layer.
        """
        if self.init_scale == 0.0:
            return  # an output that starts at zero stays there
        outputs = self._convolve(inputs, "float32")
        mean, variance = tf.nn.moments(outputs, [0, 1, 2])
        # A channel that is constant on the batch keeps its gain.
        ratio = tf.where(variance > 1e-8, self.init_scale * tf.math.rsqrt(variance + 1e-12), 1.0)
        self.g.assign(self.g * tf.clip_by_value(ratio, 0.0, 100.0))
        self.b.assign(-mean * tf.clip_by_value(ratio, 0.0, 100.0))

    def compute_output_shape(self, input_shape):
        step = self.strides
        height, width = (
            None if n is None else n * step if self.transposed else -(-n // step) for n in input_shape[1:3]
        )
        return (input_shape[0], height, width, self.filters)

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "init_scale": self.init_scale,
            "transposed": self.transposed,
        }


def _convolve_at(inputs, kernel, row, column, step):
    """Convolve 3x3 with zeros around, to the places row::step, column::step; step divides both sides."""
    # A window begins one place before its own: at the first ones, outside. They are padded by themselves, since oneDNN
    # has no gradients of `conv2d` with explicit padding: what takes their place is five times as slow in bfloat16.
    inputs = inputs[:, max(row - 1, 0) :, max(column - 1, 0) :]
    padding = [[0, 0], *([int(first == 0), int(first == step - 1)] for first in (row, column)), [0, 0]]
    return tf.nn.conv2d(tf.pad(inputs, padding), kernel, step, "VALID")
