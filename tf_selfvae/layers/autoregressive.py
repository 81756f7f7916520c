"""p(y_K | u) pixel by pixel: a causal transformer over a small picture in raster order."""

from __future__ import annotations

import dataclasses

import keras
import numpy as np
import tensorflow as tf

from ..config import Transformer
from .heads import MixtureHead
from .latents import scale_image
from .likelihoods import MixtureLikelihood


@keras.saving.register_keras_serializable("tf_selfvae")
class CausalBlock(keras.layers.Layer):
    """Causal self-attention, then two layers at each place, each added to what came in.

    Source: Vaswani et al. 2017, sections 3.2 and 3.3; normalised first, by the root mean square (Zhang & Sennrich
    2019), and with a squared ReLU (So et al. 2021), both for their time: GELU took a third of a step.

    Args:
        heads: of attention; they divide the channels.
        scale: standard deviation of the kernels that lead back into the sum.

    Shapes: [B, T, C] to the same; a place reads itself and those before it.
    """

    def __init__(self, heads, scale=0.02, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.heads, self.scale = heads, scale

    def get_config(self):
        return {**super().get_config(), "heads": self.heads, "scale": self.scale}

    def build(self, input_shape):
        channels = input_shape[-1]

        def dense(units, inputs, name, scale):
            start = keras.initializers.RandomNormal(stddev=scale)
            layer = keras.layers.Dense(units, kernel_initializer=start, dtype=self.dtype_policy, name=name)
            layer.build((None, None, inputs))
            return layer

        self.gains = [
            self.add_weight(name=f"gain{i}", shape=(channels,), initializer="ones", autocast=False) for i in range(2)
        ]
        self.attend = dense(3 * channels, channels, "attend", channels**-0.5)
        self.mix = dense(channels, channels, "mix", self.scale)
        self.widen = dense(4 * channels, channels, "widen", channels**-0.5)
        self.narrow = dense(channels, 4 * channels, "narrow", self.scale)
        self.built = True

    def _normalised(self, inputs, i):
        inputs = tf.cast(inputs, tf.float32)
        inputs *= tf.math.rsqrt(tf.reduce_mean(tf.square(inputs), -1, keepdims=True) + 1e-6) * self.gains[i]
        return tf.cast(inputs, self.compute_dtype)

    def _queries_keys_values(self, inputs, times):
        """Three tensors [B, heads, t, C / heads] of inputs [B t, C]."""
        parts = tf.split(self.attend(self._normalised(inputs, 0)), 3, -1)
        shape = [-1, times, self.heads, inputs.shape[-1] // self.heads]
        return [tf.transpose(tf.reshape(part, shape), [0, 2, 1, 3]) for part in parts]

    def _scores(self, queries, keys):
        """How much each place attends to each, before the softmax: float32 [B, heads, t, T]."""
        return tf.cast(tf.matmul(queries * queries.shape[-1] ** -0.5, keys, transpose_b=True), tf.float32)

    def _rest(self, inputs, mixed):
        """Add to the inputs [B t, C] what attention mixed, [B, heads, t, C / heads], and then the two layers."""
        mixed = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [-1, inputs.shape[-1]])
        inputs += tf.cast(self.mix(mixed), inputs.dtype)
        wide = tf.square(tf.nn.relu(self.widen(self._normalised(inputs, 1))))
        return inputs + tf.cast(self.narrow(wide), inputs.dtype)

    def call(self, inputs):
        times, channels = inputs.shape[1:]
        flat = tf.reshape(inputs, [-1, channels])
        queries, keys, values = self._queries_keys_values(flat, times)
        ahead = (np.tri(times, dtype=np.float32) - 1) * 1e9
        weights = tf.nn.softmax(self._scores(queries, keys) + ahead)
        outputs = self._rest(flat, tf.matmul(tf.cast(weights, values.dtype), values))
        return tf.reshape(outputs, [-1, times, channels])

    def step(self, inputs, far, near):
        """Compute one place from the keys and values of those before it.

        They come in two parts, so that only the second, short one is written anew at each step.

        Args:
            inputs: [B, C].
            far: keys and values of the first places, each [B, heads, T, C / heads].
            near: those of the places behind these, likewise.

        Returns:
            ([B, C], `near` with this place at its end).
        """
        queries, *here = self._queries_keys_values(inputs, 1)
        near = tuple(tf.concat(pair, 2) for pair in zip(near, here))
        scores = [self._scores(queries, keys) for keys, _ in (far, near)]
        weights = tf.cast(tf.nn.softmax(tf.concat(scores, -1)), queries.dtype)
        weights = tf.split(weights, [tf.shape(keys)[2] for keys, _ in (far, near)], -1)
        mixed = [tf.matmul(part, values) for part, (_, values) in zip(weights, (far, near))]
        return self._rest(inputs, sum(mixed)), near


@keras.saving.register_keras_serializable("tf_selfvae")
class AutoregressiveLikelihood(MixtureLikelihood):
    """p(y_K | u) as a product over pixels in raster order, each given all before it.

    A pixel's place in the sequence holds the pixel before it and the one above it, so that what a causal transformer
    gives there depends on earlier pixels alone (Salimans et al. 2017 for the pixel's own distribution; Child et al.
    2019 for transformers over pixels). Scoring is one pass; sampling takes a step a pixel, with keys and values kept.

    Args:
        network: brings the latent to the image's resolution; None where there is none.
        image: rows, columns and channels of the image.
        mixtures: logistic components per pixel.
        transformer: a `Transformer`.

    Shapes: as for `Likelihood`.
    """

    def __init__(self, network, image, mixtures, transformer=None, **kwargs):
        super().__init__(network, image, mixtures, **kwargs)
        self.transformer = Transformer.from_dict(transformer or {})

    def get_config(self):
        return {**super().get_config(), "transformer": self.transformer.to_dict()}

    def build(self, input_shape):
        height, width, channels = self.image
        policy, features = self.dtype_policy, self.transformer.width
        _, latent_shape, _ = self.parts_of(input_shape)
        inputs = 2 * channels + self._build_decoder(latent_shape, height, width)
        self.embed = keras.layers.Dense(features, dtype=policy, name="embed")
        self.embed.build((None, None, inputs))
        start = keras.initializers.RandomNormal(stddev=0.1)
        shape = (height * width, features)
        self.positions = self.add_weight(name="positions", shape=shape, initializer=start, autocast=False)
        scale = 0.5 * (2 * self.transformer.blocks * features) ** -0.5
        self.blocks = []
        for i in range(self.transformer.blocks):
            block = CausalBlock(self.transformer.heads, scale, dtype=policy, name=f"block{i}")
            block.build((None, height * width, features))
            self.blocks.append(block)
        self.head = MixtureHead(self.mixtures, channels, False, dtype=policy, name="head")
        self.head.build((None, height, width, features))
        self.built = True

    def _latent_features(self, latent):
        if not self.reads_latent:
            return []
        decoded = self.decoder(latent)
        return [tf.reshape(decoded, [-1, self.image[0] * self.image[1], decoded.shape[-1]])]

    def _embedded(self, read, positions):
        """Give the features of places from what is read there: the pixel before, the one above, the decoded latent."""
        read = tf.concat([tf.cast(part, self.compute_dtype) for part in read], -1)
        return tf.cast(self.embed(read), tf.float32) + positions

    def _log_probs(self, inputs):
        image, latent, _ = self.parts_of(inputs)
        return [self.distribution(image, latent).log_prob(tf.cast(image, tf.float32))]

    def distribution(self, image, latent=None):
        """Build the distribution of every pixel given those before it; its event is [C], its batch [B, H, W]."""
        height, width, channels = self.image
        pixels = tf.reshape(scale_image(image), [-1, height * width, channels])
        before = [tf.pad(pixels[:, :-back], [[0, 0], [back, 0], [0, 0]]) for back in (1, width)]
        features = self._embedded([*before, *self._latent_features(latent)], self.positions)
        for block in self.blocks:
            features = block(features)
        outputs = self.head(tf.reshape(features, [-1, height, width, features.shape[-1]]))
        return self.head.distribution(outputs, self.bands()[0])

    def noise_of(self, name, noise):
        """Draw what an image is sampled from: Gumbel noise [B, H, W, M] and logistic noise [B, H, W, C]."""
        height, width, channels = self.image
        component = noise.gumbel(f"{name}/component", [height, width, self.mixtures])
        return component, noise.logistic(f"{name}/value", [height, width, channels])

    def _pixel(self, place, read, far, near):
        """Build the distribution of one pixel from what is remembered of those before it.

        Args:
            place: its number in raster order, an int32 scalar.
            read: the pixel before and the one above, scaled, each [B, C], and the decoded latent there.
            far, near: of each block, as for `CausalBlock.step`.

        Returns:
            (a distribution, its event [C], its batch [B, 1, 1]; `near` of each block with this pixel at its end).
        """
        features, kept = self._embedded(read, tf.gather(tf.convert_to_tensor(self.positions), place)), []
        for block, *caches in zip(self.blocks, far, near):
            features, cache = block.step(features, *caches)
            kept.append(cache)
        band = dataclasses.replace(self.bands()[0], shape=(1, 1, self.image[-1]))
        return self.head.distribution(self.head(features[:, None, None]), band), kept

    def draw_unrounded(self, name, coarser, latent, noise, temperature):
        height, width, _ = self.image
        component, value = self.noise_of(name, noise)
        flat = [tf.reshape(part, [-1, height * width, part.shape[-1]]) for part in (component, value)]

        def choose(place, distribution):
            drawn = [tf.gather(part, place, axis=1)[:, None, None] for part in flat]
            return distribution.sample_from_noise(*drawn, temperature)

        return self._walk(latent, tf.shape(value)[0], choose)

    def mean(self, coarser, latent, noise=None):
        def choose(place, distribution):
            mean = distribution.mean()
            return tf.floor(mean + 0.5), mean

        rows = tf.shape(latent if noise is None else noise.normal("rows", [1]))[0]
        return self._walk(latent, rows, choose)[0]

    def _walk(self, latent, rows, choose):
        def walk():
            return self._pixel_by_pixel(latent, rows, choose)

        # Op by op, each of hundreds of steps would take as long as one of a larger picture.
        return tf.function(walk, autograph=False).get_concrete_function()() if tf.executing_eagerly() else walk()

    def _pixel_by_pixel(self, latent, rows, choose):
        """Walk the pixels; `choose` takes a place and its distribution, and gives a value and what it was unrounded."""
        height, width, channels = self.image
        heads, blocks = self.transformer.heads, len(self.blocks)
        context = self._latent_features(latent)
        # Pixels (two of each: see `choose`), and keys and values of the blocks, grow along an axis.
        shape = (heads, None, self.transformer.width // heads)
        keys = tf.zeros([rows, heads, 0, shape[-1]], self.compute_dtype)
        nothing = [tf.zeros([rows, 0, channels])] * 2, [(keys, keys)] * blocks
        growing = [tf.TensorShape([None, None, channels])] * 2, [(tf.TensorShape([None, *shape]),) * 2] * blocks

        def draw_row(row, above, image, caches):
            def draw_pixel(column, before, pixels, recent):
                place = row * width + column
                read = [before, tf.gather(above, column, axis=1), *(tf.gather(part, place, axis=1) for part in context)]
                distribution, kept = self._pixel(place, read, caches, recent)
                chosen = choose(place, distribution)
                pixels = [tf.concat([old, new[:, 0]], 1) for old, new in zip(pixels, chosen)]
                return column + 1, scale_image(chosen[0][:, 0, 0]), pixels, kept

            start = (tf.constant(0), above[:, -1], *nothing)
            shapes = (tf.TensorShape([]), tf.TensorShape([None, channels]), *growing)
            _, _, pixels, recent = tf.while_loop(lambda column, *_: column < width, draw_pixel, start, shapes)
            image = [tf.concat(pair, 1) for pair in zip(image, pixels)]
            caches = [tuple(tf.concat(pair, 2) for pair in zip(*both)) for both in zip(caches, recent)]
            return row + 1, tf.reshape(scale_image(pixels[0]), [-1, width, channels]), image, caches

        start = (tf.constant(0), tf.zeros([rows, width, channels]), *nothing)
        shapes = (tf.TensorShape([]), tf.TensorShape([None, width, channels]), *growing)
        _, _, image, _ = tf.while_loop(lambda row, *_: row < height, draw_row, start, shapes)
        return tuple(tf.reshape(one, [-1, *self.image]) for one in image)
