"""The distribution of a piece of an image: its range of integers, and the convolution that gives its parameters."""

from __future__ import annotations

import dataclasses

import keras
import numpy as np
import tensorflow as tf

from ..config import Network
from ..distributions import DiscretizedLogisticMixture
from .networks import NetworkLayer


@dataclasses.dataclass(frozen=True)
class Band:
    """A piece of an image with one distribution: the whole image, or a band of details.

    Attributes:
        name: "" for a whole image, "band0" .. "band2" for details.
        shape: rows, columns, channels.
        low: lowest value.
        high: highest value.
        unit: grey levels that a network's output of 1 stands for.
    """

    name: str
    shape: tuple
    low: int
    high: int
    unit: float

    def scaled(self, value):
        """Bring the band's integers to the range that networks read."""
        return (tf.cast(value, tf.float32) - (self.low + self.high) / 2) / self.unit


def mixture_sizes(mixtures, channels):
    """List how many logits, locations, log-scales and coefficients a mixture has at each place."""
    return [mixtures * count for count in (1, channels, channels, channels * (channels - 1) // 2)]


@keras.saving.register_keras_serializable("tf_selfvae")
class MixtureHead(NetworkLayer):
    """A nonlinearity (ELU), then a convolution to the parameters of a discretized logistic mixture.

    Args:
        mixtures: logistic components.
        channels: channels of the band.
        detail: whether it is a band of details around zero, not an image.
        network: a `Network`, of which the nonlinearity is taken.
        kernel_size: of the convolution.

    Shapes: [B, H, W, F] to [B, H, W, mixtures * (1 + 2C + C(C - 1)/2)], float32, with the starting
    values added.
    """

    def __init__(self, mixtures, channels, detail, kernel_size=1, **kwargs):
        super().__init__(kwargs.pop("network", Network()), **kwargs)
        self.mixtures, self.channels, self.detail, self.kernel_size = mixtures, channels, detail, kernel_size

    def get_config(self):
        own = {name: getattr(self, name) for name in ("mixtures", "channels", "detail", "kernel_size")}
        return {**super().get_config(), **own}

    def build(self, input_shape):
        mixtures, channels = self.mixtures, self.channels
        sizes = mixture_sizes(mixtures, channels)
        self.out = self._conv(sum(sizes), self.kernel_size, "out", init_scale=0.1)
        self.out.build(input_shape)
        # Components start apart: an image's by place, a detail band's (peaked at zero) by width.
        steps = np.linspace(-1, 1, mixtures) if mixtures > 1 else np.zeros(1)
        loc = 0.05 * steps if self.detail else 0.9 * steps
        log_scale = 1.5 + 1.5 * steps if self.detail else np.full(mixtures, np.log(160 / mixtures))
        start = [np.zeros(mixtures), np.tile(loc, channels), np.tile(log_scale, channels)]
        start.append(np.zeros(sizes[3]))
        self.start = np.concatenate(start).astype(np.float32)
        self.built = True

    def call(self, inputs):
        inputs = getattr(tf.nn, self.network.activation)(inputs)
        return tf.cast(self.out(inputs), tf.float32) + self.start

    def distribution(self, outputs, band, ends=None):
        """Build the distribution of a band from what `call` gave (its event is [C], batch [B, H, W]).

        Args:
            outputs: what `call` gave.
            band: the `Band`.
            ends: least and greatest value at each place, two tensors [B, H, W, C]; None: those of the band.
        """
        mixtures, channels = self.mixtures, self.channels
        pairs = channels * (channels - 1) // 2
        logits, loc, log_scale, coeffs = tf.split(outputs, mixture_sizes(mixtures, channels), -1)

        def by_channel(tensor, count):
            return tf.reshape(tensor, [-1, *band.shape[:2], count, mixtures])

        middle, (low, high) = (band.low + band.high) / 2, ends or (band.low, band.high)
        return DiscretizedLogisticMixture(
            logits,
            middle + band.unit * by_channel(loc, channels),
            # 0.05 grey levels puts all mass on one value; 400 is flat.
            tf.exp(tf.clip_by_value(by_channel(log_scale, channels), -3.0, 6.0)),
            tf.tanh(by_channel(coeffs, pairs)) if pairs else None,
            low=low,
            high=high,
            center=middle,
        )
