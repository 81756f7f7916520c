"""p(y_{k-1} | y_k, z_k) on what a reversible transform leaves beside y_k: bands of details, in phases."""

from __future__ import annotations

import dataclasses

import keras
import tensorflow as tf

from ..transforms import HAAR_RANGES, haar_join, haar_join_unrounded, haar_split
from ..transforms.haar_ends import haar_ends
from .blocks import Surroundings
from .heads import Band, MixtureHead
from .latents import scale_image
from .likelihoods import Likelihood
from .networks import Stack
from .phases import Phases
from .weight_norm import WeightNormConv2D


@keras.saving.register_keras_serializable("tf_selfvae")
class ReversibleLikelihood(Likelihood):
    """The three detail bands of an integer Haar lifting, one after another, each in phases.

    The image and (coarser, bands) determine one another, so nothing of the coarser image is paid for
    twice, and every network runs at the coarser resolution. Bands that lead outside 0..255 keep a
    little probability; a sampled image is clipped there.
    """

    def bands(self):
        return self._bands

    def split(self, image, coarser):
        _, bands = haar_split(tf.cast(image, tf.int32))
        return [part for band in bands for part in self._places.split(tf.cast(band, tf.float32))]

    def _whole(self, values):
        """Put phases together to bands; the last one may be incomplete, with zeros at its unknown places."""
        step = self.phases
        return [self._places.join(values[first : first + step]) for first in range(0, len(values), step)]

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
        self._places = Phases(self.phases)
        band_shape = self._places.shape(height, width, channels)
        labels = [f"/phase{phase}" for phase in range(self.phases)] if self.phases > 1 else [""]
        self._bands = [
            Band(f"band{i}{label}", band_shape, low, high, 32.0)
            for i, (low, high) in enumerate(HAAR_RANGES)
            for label in labels
        ]
        features = channels + self._build_decoder(latent_shape, height, width)
        self.trunk = Stack(self.joint, dtype=policy, name="trunk")
        self.trunk.build((None, height, width, features))
        trunk = self.trunk.compute_output_shape((None, height, width, features))[-1]
        self.embeddings, self.around, self.stacks, self.heads = [], [], [], []
        shape, own = (None, height, width, trunk), dataclasses.replace(self.band, halvings=0)
        for index in range(len(self._bands)):
            band, phase = divmod(index, self.phases)
            if index:
                known = band * channels + (channels + 1 if phase else 0)  # with a mask
                embedding = WeightNormConv2D(trunk, 3, dtype=policy, name=f"bands_before{index}")
                embedding.build((None, height, width, known))
                self.embeddings.append(embedding)
                if self.band.halvings:
                    options = {"activation": self.band.activation, "width": max(1, trunk // 3), "dtype": policy}
                    around = Surroundings(self.band.halvings, name=f"around{index}", **options)
                    around.build(shape)
                    self.around.append(around)
            stack = Stack(own, dtype=policy, name=f"band{index}")
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

    def band_distribution(self, index, context, previous, coarser):
        (band, phase), features = divmod(index, self.phases), context
        if index:
            # Every range is even around zero: an unknown place is zero.
            whole = self._whole(previous)
            known = [self._bands[i * self.phases].scaled(value) for i, value in enumerate(whole)]
            if phase:
                mask = tf.constant(self._places.known(phase, *context.shape[1:3]))
                known.append(tf.zeros_like(known[-1][..., :1]) + mask)
            features += self.embeddings[index - 1](tf.concat(known, -1))
            if self.around:
                features = self.around[index - 1](features)
        features = self.stacks[index](features, where=(self._places, phase) if self.phases > 1 else None)
        # A place's ends follow from what is at that place alone: the same phase of the coarser image and of each band.
        here = self._places.pick(tf.cast(coarser, tf.float32), phase)
        ends = haar_ends(band, here, previous[phase : band * self.phases : self.phases], tf)
        return self.heads[index].distribution(self.heads[index](features), self._bands[index], ends)
