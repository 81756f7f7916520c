"""SelfVAE: one Keras model for a hierarchical VAE with any list of image transforms."""

from __future__ import annotations

import math
import random

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from ..checks import check_images
from ..config import Config
from ..layers import (
    ConditionalPrior,
    LatentPosterior,
    LatentPrior,
    MixtureLikelihood,
    ReversibleLikelihood,
)
from ..layers.latents import normal
from ..transforms import get as get_transform
from . import noise as noises
from .hierarchy import build_graph
from .inference import Usage
from .optimizers import steps_taken
from .plans import Source, get_plan
from .presets import get_preset
from .step import Step
from .trainable import TrainableModel

tfd = tfp.distributions


@keras.saving.register_keras_serializable("tf_selfvae")
class SelfVAE(Usage, TrainableModel):
    """A K-level self-supervised VAE; with no transform, a VAE with a bijective prior.

    The objective is equation 6 of the paper (equation 4 for K = 1, equation 3 for K = 0).

    Args:
        config: a `Config` (or the dict that its `to_dict` gives).

    Raises:
        ValueError: when the configuration does not fit together.

    Example:
        >>> model = SelfVAE.from_preset("downscale4-64-small")
        >>> model.compile()
        >>> model.data_init(images)
        >>> model.fit(dataset, epochs=10)
        >>> model.sample(16, seed=0).shape
        TensorShape([16, 64, 64, 3])
    """

    def __init__(self, config, **kwargs):
        super().__init__(Config.from_dict(config), **kwargs)
        self.graph = build_graph(self.config)
        self._transforms = [get_transform(level.transform) for level in self.config.levels]
        # Keras draws initializers' seeds from Python's generator: seed it, and leave it as it was.
        state = random.getstate()
        random.seed(self.config.seed)
        self._make_networks()
        random.setstate(state)
        self.terms = [f"{'kl' if v.kind == 'latent' else 're'}_{v.name}" for v in self.graph.values()]
        self._means = {name: keras.metrics.Mean(name=name) for name in ["bpd", *self.terms]}
        self._functions = {}
        self.built = True

    @classmethod
    def from_preset(cls, name, **overrides):
        """Build a model from a named configuration.

        Args:
            name: one of `tf_selfvae.model.presets.available()`.
            **overrides: fields of `Config` to replace.

        Raises:
            ValueError: when the preset is unknown; the error lists the valid ones.

        Example:
            >>> SelfVAE.from_preset("vae-64-small", precision="bfloat16")
        """
        return cls(get_preset(name).override(overrides))

    def _make_networks(self):
        config, graph = self.config, self.graph
        policy = "mixed_bfloat16" if config.precision == "bfloat16" else "float32"
        self.posteriors, self.priors, self.likelihoods = {}, {}, {}
        for variable in graph.values():
            name, k = variable.name, variable.level
            source = config.top if k > len(config.levels) else None
            if variable.kind == "latent":
                level = source or config.levels[k - 1]
                posterior = LatentPosterior(level.posterior, variable.shape, dtype=policy, name=f"q_{name}")
                posterior.build((None, *graph[variable.observed].shape))
                self.posteriors[name] = posterior
                if source:
                    self.priors[name] = LatentPrior(level.prior, variable.shape, dtype=policy, name=f"p_{name}")
                    self.priors[name].build()
                else:
                    self.priors[name] = ConditionalPrior(
                        level.prior,
                        level.prior_image,
                        level.prior_latent,
                        variable.shape,
                        dtype=policy,
                        name=f"p_{name}",
                    )
                    self.priors[name].build([(None, *graph[p].shape) for p in variable.parents])
            else:
                is_top = len(variable.parents) == 1
                level = config.top if is_top else config.levels[k]
                reversible = not is_top and level.likelihood == "reversible"
                kind = ReversibleLikelihood if reversible else MixtureLikelihood
                likelihood = kind(
                    level.decoder,
                    variable.shape,
                    level.mixtures,
                    joint=None if is_top else level.joint,
                    band=level.band if reversible else None,
                    dtype=policy,
                    name=f"p_{name}",
                )
                shapes = [(None, *graph[n].shape) for n in (name, *reversed(variable.parents))]
                likelihood.build(shapes)
                self.likelihoods[name] = likelihood

    # The traversal ------------------------------------------------------------------------------

    def observe(self, start, images):
        """Apply the transforms: y_k and everything coarser.

        Args:
            start: name of the image that is handed in.
            images: tensor [B, H, W, C] of integers.

        Returns:
            A dict of image name to float32 tensor.
        """
        observed = {start: tf.cast(images, tf.float32)}
        for name, variable in reversed(self.graph.items()):
            if variable.kind == "image" and variable.observed in observed:
                transform = self._transforms[variable.level - 1]
                finer = tf.cast(observed[variable.observed], tf.uint8)
                observed[name] = tf.cast(transform(finer), tf.float32)
        return observed

    def traverse(self, plan, noise, given=None, temperature=1.0, score=False, encoded=None):
        """Give every variable its value in generative order: the one walk that all else is made of.

        Args:
            plan: a checked `Plan`.
            noise: a `Noise`.
            given: dict of name to tensor: the plan's start image, and latents to be given.
            temperature: of sampling from p: scalar, or [B, 1, 1, 1].
            score: whether to compute log-probabilities and KL terms, or the names to compute them of.
            encoded: the (images, posteriors) that `encode` gave for the start image; by default, from it.

        Returns:
            A dict of name to `Step`, in generative order; unused variables are left out.
        """
        given = given or {}
        scored = (self.graph if score else ()) if isinstance(score, bool) else score
        observed, posteriors = encoded or ({}, {})
        if plan.start and encoded is None:
            observed = self.observe(plan.start, given[plan.start])
        steps = {}
        for name, variable in self.graph.items():
            source = plan.sources[name]
            if source is Source.UNUSED:
                continue
            parents = [steps[parent].value for parent in variable.parents if parent in steps]
            if variable.kind == "latent":
                q = posteriors.get(name)
                if q is None and source in (Source.POSTERIOR, Source.POSTERIOR_MEAN):
                    q = self.posteriors[name](observed[variable.observed])
                steps[name] = self._latent_step(variable, source, parents, q, given, noise, temperature, name in scored)
                continue
            likelihood = self.likelihoods[name]
            coarser, latent = (None, *parents)[-2:] if parents else (None, None)
            if source is Source.GIVEN:
                value = observed[name]
            elif source is Source.PRIOR:
                value = likelihood.draw(name, coarser, latent, noise, temperature)
            else:
                value = likelihood.mean(coarser, latent)
            steps[name] = Step(value)
            if name in scored:
                inputs = [value, latent] if coarser is None else [value, latent, coarser]
                steps[name].log_p = likelihood(inputs)
        return steps

    def _latent_step(self, variable, source, parents, q, given, noise, temperature, score):
        name = variable.name
        prior_layer = self.priors[name]
        is_top = not variable.parents
        p = None
        if not is_top and (score or source in (Source.PRIOR, Source.PRIOR_MEAN)):
            p = normal(*prior_layer(parents))
        q = None if q is None else normal(*q)
        if source is Source.GIVEN:
            value = tf.cast(given[name], tf.float32)
        elif source is Source.POSTERIOR:
            value = q.mean() + q.stddev() * noise.normal(name, variable.shape)
        elif source is Source.POSTERIOR_MEAN:
            value = q.mean()
        elif is_top:
            is_mean = source is Source.PRIOR_MEAN
            value = prior_layer.mean(noise) if is_mean else prior_layer.draw(noise, temperature)
        elif source is Source.PRIOR:
            value = p.mean() + p.stddev() * noise.normal(name, variable.shape) * temperature
        else:
            value = p.mean()
        step = Step(value)
        if score:
            step.log_p = prior_layer(step.value) if is_top else p.log_prob(step.value)
            if q is not None:
                step.log_q = q.log_prob(step.value)
                step.kl = step.log_q - step.log_p if p is None else tfd.kl_divergence(q, p)
        return step

    # Training -----------------------------------------------------------------------------------

    def call(self, images, training=False):
        """Return the terms of the objective: a dict of name to nats an image, [B].

        `re_` terms are -log p(image | ...), `kl_` terms are KL(q || p); their sum is minus the
        evidence lower bound (equation 6).

        Raises:
            ValueError: for images of another type or size.
        """
        images = check_images(images, self.config.image)
        seed = tf.constant([self.config.seed, 0], tf.int32)
        optimizer = getattr(self, "optimizer", None)
        if training and optimizer is not None:
            seed = noises.fold(seed, 1 + tf.cast(steps_taken(optimizer), tf.int32))
        context = tf.distribute.get_replica_context()
        part = (context.replica_id_in_sync_group, context.num_replicas_in_sync) if context else (0, 1)
        noise = noises.BatchNoise(seed, tf.shape(images)[0], part)
        steps = self.traverse(get_plan("infer", self.graph), noise, {"x": images}, score=True)
        return {term: steps[name].cost for name, term in zip(self.graph, self.terms) if name in steps}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the training loss: bits per dimension of x (with free bits, when configured)."""
        unit = math.log(2) * math.prod(self.config.image)
        total = 0.0
        weights = None if sample_weight is None else tf.reshape(tf.cast(sample_weight, tf.float32), [-1])
        for term, nats in y_pred.items():
            self._means[term].update_state(nats / unit, weights)
            nats = nats if weights is None else nats * weights
            # A replica may get no row of a last batch.
            mean = tf.math.divide_no_nan(tf.reduce_sum(nats), tf.cast(tf.size(nats), tf.float32))
            if term.startswith("kl_") and training and self.config.free_bits:
                size = math.prod(self.graph[term[3:]].shape)
                mean = tf.maximum(mean, self.config.free_bits * math.log(2) * size)
            if term.startswith("kl_") and training:
                mean *= self._kl_weight(self.graph[term[3:]])
            total += mean / unit
        self._means["bpd"].update_state(tf.add_n(list(y_pred.values())) / unit, weights)
        # Keras averages over replicas by summing: each must bring its share.
        return total / tf.distribute.get_strategy().num_replicas_in_sync

    def _kl_weight(self, variable):
        """The weight that a latent's KL has in the loss now: it rises over the configured steps."""
        levels = [*self.config.levels, self.config.top]
        steps = levels[variable.level - 1].kl_warmup
        if not steps or getattr(self, "optimizer", None) is None:
            return 1.0
        return tf.minimum(1.0, tf.cast(steps_taken(self.optimizer), tf.float32) / steps)

    # Saving -------------------------------------------------------------------------------------

    def get_config(self):
        return {**super().get_config(), "config": self.config.to_dict()}

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        return cls(Config.from_dict(config.pop("config")), **config)

    def build(self, input_shape=None):
        self.built = True
