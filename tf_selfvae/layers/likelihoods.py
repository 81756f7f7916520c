"""Networks of the images: p(y_K | u) and p(y_{k-1} | y_k, z_k), as one or more bands of integers.

A likelihood splits an image into ordered bands of integers, each a discretized logistic mixture
given the coarser image, the latent and the bands before it. Training, sampling and coding all walk
the same bands.
"""

from __future__ import annotations

import keras
import tensorflow as tf

from ..config import Network
from .fan_out import fan_out
from .heads import Band, MixtureHead, mixture_sizes
from .latents import scale_image
from .networks import Decoder, NetworkLayer, Stack, handed_on
from .resize import resize_bilinear


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

    def _build_decoder(self, latent_shape, height, width, filters=None):
        """Build what decodes the latent, where one is read; return how many channels it gives, else 0."""
        if not self.reads_latent:
            return 0
        self.decoder = Decoder(self.network, height, width, filters, dtype=self.dtype_policy, name="decoder")
        self.decoder.build(latent_shape)
        return self.decoder.output_channels

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

    def band_distribution(self, index, context, previous, coarser):
        """Build a band's distribution from the context, the values of the bands before it and the coarser image."""
        raise NotImplementedError

    def log_prob_by_place(self, inputs):
        """Return log p of each place of each band, a list of [B, h, w]; inputs as for `call`."""
        return self._log_probs(inputs)

    def _log_probs(self, inputs):
        image, latent, coarser = self.parts_of(inputs)
        values = self.split(image, coarser)
        contexts = fan_out(self.context(coarser, latent), len(values))
        return [
            self.band_distribution(index, contexts[index], values[:index], coarser).log_prob(value)
            for index, value in enumerate(values)
        ]

    def call(self, inputs):
        """Return log p(image | coarser, latent), [B]; inputs are (image[, latent][, coarser])."""
        return sum(tf.reduce_sum(by_place, [1, 2]) for by_place in self._log_probs(inputs))

    def _walk(self, coarser, latent, choose):
        context = self.context(coarser, latent)
        values, unrounded = [], []
        for index, band in enumerate(self.bands()):
            chosen = choose(band, self.band_distribution(index, context, values, coarser))
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
        outputs = sum(mixture_sizes(self.mixtures, channels))
        filters = None if self.joint is None else handed_on(self.network, outputs)
        features = (None, height, width, self._build_decoder(latent_shape, height, width, filters))
        kernel_size = self.decoder.kernel_size if self.joint is None else 1
        if self.joint is not None:
            features = (*features[:3], features[3] + coarser_shape[-1])
            self.join_stack = Stack(self.joint, dtype=policy, name="joint")
            self.join_stack.build(features)
            features = self.join_stack.compute_output_shape(features)
        self.head = MixtureHead(self.mixtures, channels, False, kernel_size, dtype=policy, name="head")
        self.head.build(features)
        self.built = True

    def context(self, coarser, latent):
        features = [self.decoder(latent)] if self.reads_latent else []
        if self.joint is None:
            return self.head(features[0])
        features.append(tf.cast(resize_bilinear(scale_image(coarser), *self.image[:2]), self.compute_dtype))
        return self.head(self.join_stack(tf.concat(features, -1)))

    def band_distribution(self, index, context, previous, coarser):
        return self.head.distribution(context, self.bands()[0])
