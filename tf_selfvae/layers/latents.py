"""Networks of the latent variables: q(z | image), p(z | image, coarser latent) and p(u)."""

from __future__ import annotations

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from ..config import Prior
from ..distributions import coupling_network_shape, coupling_shapes, gaussian_mixture, realnvp, standard_normal
from .networks import Encoder, NetworkLayer, Stack, handed_on
from .resize import resize_bilinear
from .weight_norm import WeightNormConv2D

tfd = tfp.distributions


def normal(mean, log_variance):
    """Return the diagonal normal of a latent: an event is [h, w, c].

    Args:
        mean: tensor [B, h, w, c].
        log_variance: tensor [B, h, w, c]; clipped to [-7, 7].
    """
    log_variance = tf.clip_by_value(log_variance, -7.0, 7.0)
    return tfd.Independent(tfd.Normal(mean, tf.exp(0.5 * log_variance)), 3)


def scale_image(image):
    """Bring grey levels 0..255 to [-1, 1], where networks read them."""
    return tf.cast(image, tf.float32) / 127.5 - 1.0


@keras.saving.register_keras_serializable("tf_selfvae")
class LatentPosterior(NetworkLayer):
    """q(latent | image): a diagonal normal (equation 5).

    Args:
        network: a `Network`.
        latent: rows, columns and channels of the latent.

    Shapes: image [B, H, W, C] in 0..255 to (mean, log-variance), each [B, h, w, c], float32.
    """

    def __init__(self, network, latent, **kwargs):
        super().__init__(network, **kwargs)
        self.latent = tuple(latent)

    def get_config(self):
        return {**super().get_config(), "latent": list(self.latent)}

    def build(self, input_shape):
        height, width, channels = self.latent
        self.encoder = Encoder(self.network, height, width, 2 * channels, dtype=self.dtype_policy, name="encoder")
        self.encoder.build(input_shape)
        self.built = True

    def call(self, image):
        outputs = tf.cast(self.encoder(scale_image(image)), tf.float32)
        mean, log_variance = tf.split(outputs, 2, -1)
        # Start precise: a latent that starts as noise is given up before anything learns to read it.
        return mean, log_variance - 3.0


@keras.saving.register_keras_serializable("tf_selfvae")
class ConditionalPrior(NetworkLayer):
    """p(z_k | y_k, z_{k+1}): a diagonal normal (section 3.2).

    Args:
        network: joins what the two others read.
        image_network: reads y_k.
        latent_network: reads z_{k+1}; None where there is none.
        latent: rows, columns and channels of z_k.

    Shapes: (y_k [B, H, W, C] in 0..255[, z_{k+1} [B, h', w', c']]) to (mean, log-variance), each
    [B, h, w, c], float32.
    """

    def __init__(self, network, image_network, latent_network, latent, **kwargs):
        super().__init__(network, **kwargs)
        self.image_network = type(self.network).from_dict(image_network)
        self.latent_network = None if latent_network is None else type(self.network).from_dict(latent_network)
        self.latent = tuple(latent)

    def get_config(self):
        return {
            **super().get_config(),
            "image_network": self.image_network.to_dict(),
            "latent_network": self.latent_network and self.latent_network.to_dict(),
            "latent": list(self.latent),
        }

    def build(self, input_shape):
        image_shape, *latent_shapes = input_shape
        height, width, channels = self.latent
        policy = self.dtype_policy

        def encoder(network, name):
            return Encoder(network, height, width, handed_on(network, channels), dtype=policy, name=name)

        self.encode_image = encoder(self.image_network, "image")
        self.join = Stack(self.network, dtype=policy, name="join")
        self.out = WeightNormConv2D(2 * channels, 1, init_scale=0.1, dtype=policy, name="out")
        shape = (None, height, width)
        self.encode_image.build(image_shape)
        features = self.encode_image.output_channels
        if latent_shapes:
            self.encode_latent = encoder(self.latent_network, "latent")
            self.encode_latent.build((*shape, latent_shapes[0][-1]))
            features += self.encode_latent.output_channels
        self.join.build((*shape, features))
        self.out.build(self.join.compute_output_shape((*shape, features)))
        self.built = True

    def call(self, inputs):
        height, width, _ = self.latent
        features = [self.encode_image(scale_image(inputs[0]))]
        for latent in inputs[1:]:
            features.append(self.encode_latent(resize_bilinear(tf.cast(latent, features[0].dtype), height, width)))
        outputs = tf.nn.elu(self.join(tf.concat(features, -1)))
        return tuple(tf.split(tf.cast(self.out(outputs), tf.float32), 2, -1))


@keras.saving.register_keras_serializable("tf_selfvae")
class CouplingNetwork(NetworkLayer):
    """A coupling layer's network: a stack, then a 3x3 convolution started at zero (identity).

    Shapes: [B, h, w, c] to [B, h, w, 2c], float32: shift and raw scale.
    """

    def build(self, input_shape):
        self.stack = self._stack("stack")
        self.out = self._conv(2 * input_shape[-1], 3, "out", init_scale=0.0)
        self._build_in_turn([self.stack, self.out], tuple(input_shape))
        self.rescale = self.add_weight(name="rescale", shape=(input_shape[-1],), initializer="ones")
        self.built = True

    def call(self, inputs):
        return tf.cast(self.out(tf.nn.elu(self.stack(inputs))), tf.float32)


@keras.saving.register_keras_serializable("tf_selfvae")
class LatentPrior(keras.layers.Layer):
    """p(u): RealNVP (the paper's bijective prior, equation 2), a mixture of Gaussians or N(0, I).

    Args:
        prior: a `Prior`.
        latent: rows, columns and channels of u.

    Shapes: `call` takes u [B, h, w, c] and gives log p(u) in nats, [B].
    """

    def __init__(self, prior, latent, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.prior = Prior.from_dict(prior)
        self.latent = tuple(latent)

    def get_config(self):
        return {**super().get_config(), "prior": self.prior.to_dict(), "latent": list(self.latent)}

    def build(self, input_shape=None):
        prior = self.prior
        if prior.kind == "realnvp":
            self.couplings = []
            for i, (*shape, mask) in enumerate(coupling_shapes(self.latent, prior.scales)):
                network = CouplingNetwork(prior.network, dtype=self.dtype_policy, name=f"coupling{i}")
                network.build((None, *coupling_network_shape(shape, mask)))
                self.couplings.append(network)
        elif prior.kind == "gaussian_mixture":
            shape = (prior.components, *self.latent)
            self.logits = self.add_weight(name="logits", shape=shape[:1], initializer="zeros")
            self.loc = self.add_weight(name="loc", shape=shape, initializer="random_normal")
            self.log_scale = self.add_weight(name="log_scale", shape=shape, initializer="zeros")
        self.built = True

    def distribution(self):
        """Build the distribution afresh: TFP caches on tensor identity, weights change."""
        if self.prior.kind == "realnvp":
            rescales = [tf.cast(network.rescale, tf.float32) for network in self.couplings]
            return realnvp(self.latent, self.couplings, rescales)
        if self.prior.kind == "gaussian_mixture":
            parameters = (self.logits, self.loc, self.log_scale)
            return gaussian_mixture(*(tf.cast(p, tf.float32) for p in parameters))
        return standard_normal(self.latent)

    def call(self, latent):
        return self.distribution().log_prob(latent)

    def draw(self, noise, temperature):
        """Sample u: the base distribution's standard deviation is scaled by the temperature.

        Args:
            noise: a `Noise`.
            temperature: scalar tensor, or [B, 1, 1, 1].

        Returns:
            A tensor [B, h, w, c].
        """
        if self.prior.kind == "gaussian_mixture":
            value = noise.normal("u", self.latent) * temperature
            gumbel = noise.gumbel("u/component", [self.prior.components])
            chosen = tf.argmax(gumbel + tf.cast(self.logits, tf.float32), -1)
            loc, scale = tf.gather(self.loc, chosen), tf.exp(tf.gather(self.log_scale, chosen))
            return tf.cast(loc, tf.float32) + tf.cast(scale, tf.float32) * value
        return self.from_base(noise.normal("u", self.base_shape) * temperature)

    def mean(self, noise):
        """Return u at the mean of the base distribution (of p(u) itself where there is no flow).

        Args:
            noise: a `Noise`; gives the number of rows.

        Returns:
            A tensor [B, h, w, c].
        """
        zeros = tf.zeros_like(noise.normal("u", self.base_shape))
        if self.prior.kind == "gaussian_mixture":
            weights = tf.nn.softmax(tf.cast(self.logits, tf.float32))
            return zeros + tf.tensordot(weights, tf.cast(self.loc, tf.float32), 1)
        return self.from_base(zeros)

    @property
    def base_shape(self):
        """Rows, columns and channels of the base distribution's event."""
        if self.prior.kind == "realnvp":
            return tuple(self.distribution().distribution.event_shape)
        return self.latent

    def to_base(self, latent):
        """Map u to the base space, where straight lines stay likely (identity without a flow)."""
        if self.prior.kind == "realnvp":
            return self.distribution().bijector.inverse(latent)
        return latent

    def from_base(self, value):
        """Map the base space to u; the inverse of `to_base`."""
        if self.prior.kind == "realnvp":
            return self.distribution().bijector.forward(value)
        return value
