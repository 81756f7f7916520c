"""Networks of the images: p(y_K | u) and p(y_{k-1} | y_k, z_k), as one or more bands of integers.

A likelihood splits an image into ordered bands of integers, each a discretized logistic mixture
given the coarser image, the latent and the bands before it. Training, sampling and coding all walk
the same bands.
"""

from __future__ import annotations

import dataclasses

import keras
import numpy as np
import tensorflow as tf

from ..config import Network
from ..distributions import DiscretizedLogisticMixture
from ..transforms import HAAR_RANGES, haar_join, haar_join_unrounded, haar_split
from .fan_out import fan_out
from .latents import scale_image
from .networks import Decoder, NetworkLayer, Stack, handed_on
from .phases import Phases
from .resize import resize_bilinear
from .weight_norm import WeightNormConv2D


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


def _sizes(mixtures, channels):
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
        sizes = _sizes(mixtures, channels)
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

    def distribution(self, outputs, band):
        """Build the distribution of a band from what `call` gave (its event is [C], batch [B, H, W])."""
        mixtures, channels = self.mixtures, self.channels
        pairs = channels * (channels - 1) // 2
        logits, loc, log_scale, coeffs = tf.split(outputs, _sizes(mixtures, channels), -1)

        def by_channel(tensor, count):
            return tf.reshape(tensor, [-1, *band.shape[:2], count, mixtures])

        middle = (band.low + band.high) / 2
        return DiscretizedLogisticMixture(
            logits,
            middle + band.unit * by_channel(loc, channels),
            # 0.05 grey levels puts all mass on one value; 400 is flat.
            tf.exp(tf.clip_by_value(by_channel(log_scale, channels), -3.0, 6.0)),
            tf.tanh(by_channel(coeffs, pairs)) if pairs else None,
            low=band.low,
            high=band.high,
        )


class Likelihood(NetworkLayer):
    """p(image | coarser image, latent), band by band.

    Args:
        network: decodes the latent to the likelihood's resolution; None where no latent is read.
        image: rows, columns and channels of the image.
        mixtures: logistic components per pixel.
        joint: `Network` that reads the decoded latent with the coarser image.
        band: `Network` of one band (reversible only).
        phases: in how many phases a band's places are drawn (reversible only).

    Shapes: images are float32 or integer tensors [B, H, W, C] of integers in 0..255; the latent is
    [B, h, w, c]; log-probabilities are nats, [B].
    """

    def __init__(self, network, image, mixtures, joint=None, band=None, phases=1, **kwargs):
        super().__init__(network or Network(), **kwargs)
        self.reads_latent = network is not None
        self.image = tuple(image)
        self.mixtures = mixtures
        self.joint = None if joint is None else Network.from_dict(joint)
        self.band = None if band is None else Network.from_dict(band)
        self.phases = phases

    def get_config(self):
        return {
            **super().get_config(),
            "network": self.network.to_dict() if self.reads_latent else None,
            "image": list(self.image),
            "mixtures": self.mixtures,
            "joint": self.joint and self.joint.to_dict(),
            "band": self.band and self.band.to_dict(),
            "phases": self.phases,
        }

    def parts_of(self, inputs):
        """Return (image, latent or None, coarser image or None) of a layer's inputs, or of their shapes."""
        image, *rest = inputs
        latent = rest.pop(0) if self.reads_latent else None
        return image, latent, rest[0] if rest else None

    def bands(self):
        """List the `Band`s in order."""
        raise NotImplementedError

    def split(self, image, coarser):
        """Split an image into its bands' integers (float32 tensors)."""
        raise NotImplementedError

    def join(self, coarser, values):
        """Put the bands' integers together to an image in 0..255 (float32)."""
        raise NotImplementedError

    def join_unrounded(self, coarser, values):
        """Put the bands together before any rounding: float32, continuous in every band."""
        raise NotImplementedError

    def context(self, coarser, latent):
        """Compute once what every band's distribution reads."""
        raise NotImplementedError

    def band_distribution(self, index, context, previous):
        """Build a band's distribution from the context and the values of the bands before it."""
        raise NotImplementedError

    def log_prob_by_place(self, inputs):
        """Return log p of each place of each band, a list of [B, h, w]; inputs as for `call`."""
        return self._log_probs(inputs)

    def _log_probs(self, inputs):
        image, latent, coarser = self.parts_of(inputs)
        values = self.split(image, coarser)
        contexts = fan_out(self.context(coarser, latent), len(values))
        return [
            self.band_distribution(index, contexts[index], values[:index]).log_prob(value)
            for index, value in enumerate(values)
        ]

    def call(self, inputs):
        """Return log p(image | coarser, latent), [B]; inputs are (image[, latent][, coarser])."""
        return sum(tf.reduce_sum(by_place, [1, 2]) for by_place in self._log_probs(inputs))

    def _walk(self, coarser, latent, choose):
        context = self.context(coarser, latent)
        values, unrounded = [], []
        for index, band in enumerate(self.bands()):
            chosen = choose(band, self.band_distribution(index, context, values))
            values.append(chosen[0])
            unrounded.append(chosen[1])
        return self.join(coarser, values), self.join_unrounded(coarser, unrounded)

    def draw(self, name, coarser, latent, noise, temperature):
        """Sample an image.

        Args:
            name: the variable's name, for the noise.
            coarser: the coarser image, or None.
            latent: tensor [B, h, w, c].
            noise: a `Noise`.
            temperature: scalar tensor, or [B, 1, 1, 1]: scales logits and logistic scales.

        Returns:
            A float32 tensor of integers in 0..255, [B, H, W, C].
        """
        return self.draw_unrounded(name, coarser, latent, noise, temperature)[0]

    def draw_unrounded(self, name, coarser, latent, noise, temperature):
        """Sample an image, and return with it what it was before rounding.

        Args: as for `draw`.

        Returns:
            Two float32 tensors [B, H, W, C]: the image, and the image put together from the bands'
            values before rounding (each band still follows the rounded bands and channels before it).
        """

        def choose(band, distribution):
            label = f"{name}/{band.name}" if band.name else name
            component = noise.gumbel(f"{label}/component", [*band.shape[:2], self.mixtures])
            value = noise.logistic(f"{label}/value", band.shape)
            return distribution.sample_from_noise(component, value, temperature)

        return self._walk(coarser, latent, choose)

    def mean(self, coarser, latent, noise=None):
        """Return the mean image, rounded band by band, in 0..255: float32 [B, H, W, C].

        Args:
            coarser, latent: as for `draw`.
            noise: a `Noise`; gives the number of rows where there is neither of the two.
        """

        def choose(band, distribution):
            mean = distribution.mean()
            return tf.floor(mean + 0.5), mean

        return self._walk(coarser, latent, choose)[0]


@keras.saving.register_keras_serializable("tf_selfvae")
class MixtureLikelihood(Likelihood):
    """One mixture over all pixels, independent given the coarser image and the latent (the paper's).

    Without a coarser image it is p(y_K | u): the decoder alone.
    """

    def bands(self):
        return [Band("", self.image, 0, 255, 127.5)]

    def split(self, image, coarser):
        return [tf.cast(image, tf.float32)]

    def join(self, coarser, values):
        return values[0]

    join_unrounded = join

    def build(self, input_shape):
        height, width, channels = self.image
        policy = self.dtype_policy
        _, latent_shape, coarser_shape = self.parts_of(input_shape)
        features, kernel_size = (None, height, width, 0), 1
        if self.reads_latent:
            filters = None if self.joint is None else handed_on(self.network, sum(_sizes(self.mixtures, channels)))
            self.decoder = Decoder(self.network, height, width, filters, dtype=policy, name="decoder")
            self.decoder.build(latent_shape)
            features, kernel_size = (*features[:3], self.decoder.output_channels), self.decoder.kernel_size
        if self.joint is not None:
            features = (*features[:3], features[3] + coarser_shape[-1])
            self.join_stack = Stack(self.joint, dtype=policy, name="joint")
            self.join_stack.build(features)
            features = self.join_stack.compute_output_shape(features)
            kernel_size = 1
        self.head = MixtureHead(self.mixtures, channels, False, kernel_size, dtype=policy, name="head")
        self.head.build(features)
        self.built = True

    def context(self, coarser, latent):
        features = [self.decoder(latent)] if self.reads_latent else []
        if self.joint is None:
            return self.head(features[0])
        features.append(tf.cast(resize_bilinear(scale_image(coarser), *self.image[:2]), self.compute_dtype))
        return self.head(self.join_stack(tf.concat(features, -1)))

    def band_distribution(self, index, context, previous):
        return self.head.distribution(context, self.bands()[0])


@keras.saving.register_keras_serializable("tf_selfvae")
class ReversibleLikelihood(Likelihood):
    """The three detail bands of an integer Haar lifting, one after another, each in phases.

    The image and (coarser, bands) determine one another, so nothing of the coarser image is paid for
    twice, and every network runs at the coarser resolution. Bands that lead outside 0..255 keep a
    little probability; a sampled image is clipped there.
    """

    def bands(self):
        height, width, channels = self.image
        shape = Phases(self.phases).shape(height // 2, width // 2, channels)
        labels = [f"/phase{phase}" for phase in range(self.phases)] if self.phases > 1 else [""]
        return [
            Band(f"band{i}{label}", shape, low, high, 32.0)
            for i, (low, high) in enumerate(HAAR_RANGES)
            for label in labels
        ]

    def split(self, image, coarser):
        _, bands = haar_split(tf.cast(image, tf.int32))
        return [part for band in bands for part in Phases(self.phases).split(tf.cast(band, tf.float32))]

    def _whole(self, values):
        """Put phases together to bands; the last one may be incomplete, with zeros at its unknown places."""
        step = self.phases
        return [Phases(step).join(values[first : first + step]) for first in range(0, len(values), step)]

    def log_prob_by_place(self, inputs):
        return [band[..., 0] for band in self._whole([part[..., None] for part in self._log_probs(inputs)])]

    def join(self, coarser, values):
        bands = tuple(tf.cast(value, tf.int32) for value in self._whole(values))
        image = haar_join(tf.cast(coarser, tf.int32), bands)
        return tf.cast(tf.clip_by_value(image, 0, 255), tf.float32)

    def join_unrounded(self, coarser, values):
        return tf.clip_by_value(haar_join_unrounded(coarser, self._whole(values)), 0.0, 255.0)

    def build(self, input_shape):
        _, latent_shape, coarser_shape = self.parts_of(input_shape)
        height, width, channels = coarser_shape[1:]
        policy = self.dtype_policy
        features = channels
        if self.reads_latent:
            self.decoder = Decoder(self.network, height, width, dtype=policy, name="decoder")
            self.decoder.build(latent_shape)
            features += self.decoder.output_channels
        self.trunk = Stack(self.joint, dtype=policy, name="trunk")
        self.trunk.build((None, height, width, features))
        trunk = self.trunk.compute_output_shape((None, height, width, features))[-1]
        self.embeddings, self.stacks, self.heads = [], [], []
        shape = (None, height, width, trunk)
        for index in range(len(self.bands())):
            band, phase = divmod(index, self.phases)
            if index:
                known = band * channels + (channels + 1 if phase else 0)  # with a mask
                embedding = WeightNormConv2D(trunk, 3, dtype=policy, name=f"bands_before{index}")
                embedding.build((None, height, width, known))
                self.embeddings.append(embedding)
            stack = Stack(self.band, dtype=policy, name=f"band{index}")
            stack.build(shape)
            head = MixtureHead(self.mixtures, channels, True, network=self.band, dtype=policy, name=f"head{index}")
            head.build(stack.compute_output_shape(shape))
            self.stacks.append(stack)
            self.heads.append(head)
        self.built = True

    def context(self, coarser, latent):
        features = [tf.cast(scale_image(coarser), self.compute_dtype)]
        if self.reads_latent:
            features.append(self.decoder(latent))
        return self.trunk(tf.concat(features, -1))

    def band_distribution(self, index, context, previous):
        bands, phases, phase = self.bands(), Phases(self.phases), index % self.phases
        features = context
        if index:
            known = [
                bands[i * self.phases].scaled(band) for i, band in enumerate(self._whole(previous))
            ]  # every range is even around zero: an unknown place is zero
            if phase:
                mask = tf.constant(phases.known(phase, *context.shape[1:3]))
                known.append(tf.zeros_like(known[-1][..., :1]) + mask)
            features += self.embeddings[index - 1](tf.concat(known, -1))
        features = phases.pick(self.stacks[index](features), phase)
        return self.heads[index].distribution(self.heads[index](features), bands[index])
