"""SelfVAE: one Keras model for a hierarchical VAE with any list of image transforms."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import keras
import tensorflow as tf
from numpy.typing import ArrayLike

from .. import weights
from ..checks import check_images
from ..config import Config
from ..transforms import get as get_transform
from . import importance, inference, traversal
from . import noise as noises
from .hierarchy import Hierarchy
from .levels import (
    all_levels,
    convolutions_of,
    describe_levels,
    freeze_all_but,
    names_of,
    parse_levels,
    plan_of,
    untouched_levels,
)
from .networks import build_networks
from .optimizers import steps_taken
from .presets import get_preset
from .trainable import TrainableModel

if TYPE_CHECKING:
    from .plans import Plan

Seed = int | Sequence[int]
Temperature = float | Mapping[str, float]


@keras.saving.register_keras_serializable("tf_selfvae")
class SelfVAE(TrainableModel):
    """A K-level self-supervised VAE; with no transform, a VAE with a bijective prior.

    The objective is equation 6 of the paper (equation 4 for K = 1, equation 3 for K = 0).

    Args:
        config: a `Config` (or the dict that its `to_dict` gives).

    Raises:
        ValueError: when the configuration does not fit together.

    Example:
        >>> model = SelfVAE.from_preset("downscale4-64-small")
        >>> model.compile()
        >>> model.fit(dataset, epochs=10)
        >>> model.sample(16, seed=0).shape
        TensorShape([16, 64, 64, 3])
    """

    def __init__(self, config, **kwargs):
        super().__init__(Config.from_dict(config), **kwargs)
        self.hierarchy = Hierarchy(self.config)
        self.transforms = {
            self.hierarchy.image(k): get_transform(level.transform) for k, level in enumerate(self.config.levels, 1)
        }
        # Keras draws initializers' seeds from Python's generator: seed it, and leave it as it was.
        state = random.getstate()
        random.seed(self.config.seed)
        self.posteriors, self.priors, self.likelihoods = {}, {}, {}
        for networks, name, layer in build_networks(self.config, self.hierarchy):
            getattr(self, networks)[name] = layer
        random.setstate(state)
        self.terms = list(self.hierarchy.terms.values())
        self._means = {name: keras.metrics.Mean(name=name) for name in ["bpd", *self.terms]}
        self._functions = {}
        self.levels = tuple(all_levels(self.hierarchy))
        self.built = True

    @classmethod
    def from_preset(cls, name: str, *, load_weights: bool = True, **overrides: Any) -> SelfVAE:
        """Build a model from a named configuration, trained where its weights come with the package.

        Args:
            name: one of `tf_selfvae.model.presets.available()`.
            load_weights: False for the bare network.
            **overrides: fields of `Config` to replace.

        Raises:
            ValueError: when the preset is unknown, or overrides change networks whose weights are to be loaded.

        Example:
            >>> SelfVAE.from_preset("vae-64-small", precision="bfloat16")
        """
        model = cls(get_preset(name).override(overrides))
        return weights.load(model, name) if load_weights and name in weights.names() else model

    # The traversal ------------------------------------------------------------------------------

    def observe(self, start, images):
        """Apply the transforms: y_k and everything coarser.

        Args:
            start: name of the image that is handed in.
            images: tensor [B, H, W, C] of integers.

        Returns:
            A dict of image name to float32 tensor.
        """
        return traversal.observe(self, start, images)

    def traverse(self, plan, noise, given=None, temperature=1.0, score=False, encoded=None):
        """Give every variable its value in generative order: the one walk that all else is made of.

        Args:
            plan: a checked `Plan`.
            noise: a `Noise`.
            given: dict of name to tensor: the plan's start image, and latents to be given.
            temperature: of sampling from p: scalar, or [B, 1, 1, 1]; or a dict of each variable's name to its own.
            score: whether to compute log-probabilities and KL terms, or the names to compute them of.
            encoded: the (images, posteriors) that `encode` gave for the start image; by default, from it.

        Returns:
            A dict of name to `Step`, in generative order; unused variables are left out.
        """
        return traversal.traverse(self, plan, noise, given or {}, temperature, score, encoded)

    # Use ----------------------------------------------------------------------------------------

    def sample(
        self, count: int, seed: Seed = 0, temperature: Temperature = 1.0, return_variables: bool = False
    ) -> tf.Tensor | dict[str, tf.Tensor]:
        """Generate images: u, y_K, z_K, ..., z_1, x, each from p.

        Args:
            count: number of images.
            seed: an int, or `count` ints: image i then depends on seed[i] alone, and is what
                `sample(1, seed=seed[i])` gives.
            temperature: scales the standard deviation of every distribution, or of each by name, where those left
                out have 1; 0 takes a latent's mean and the location of an image's likeliest components.
            return_variables: whether to return every variable, not x alone.

        Returns:
            A uint8 tensor [count, H, W, C], or a dict of all variables in generative order.

        Raises:
            ValueError: for a count below 1, a seed of another type or length, or a temperature that is
                negative, not finite or of no variable of the model.

        Example:
            >>> model.sample(16, seed=0, temperature={"x": 0, "y1": 0.8}, return_variables=True)["y1"].shape
            TensorShape([16, 32, 32, 3])
        """
        return inference.sample(self, count, seed, temperature, return_variables)

    def reconstruct(
        self,
        images: ArrayLike,
        plan: str | Plan = "reconstruction_1",
        seed: Seed = 0,
        temperature: Temperature = 1.0,
        return_variables: bool = False,
    ) -> tf.Tensor | dict[str, tf.Tensor]:
        """Rebuild images from what a plan sends (section 3.3).

        Args:
            images: uint8 [B, H, W, C]: x; for "super_resolution", low-resolution images y_k.
            plan: a `Plan` or a name of `tf_selfvae.available_plans(model.hierarchy)`.
            seed, temperature, return_variables: as for `sample`.

        Returns:
            A uint8 tensor [B, H, W, C], or a dict of the variables that the plan uses.

        Raises:
            ValueError: for an unknown plan (the error lists the valid ones) or images that don't fit.

        Example:
            >>> model.reconstruct(images, plan="super_resolution:1").shape
        """
        return inference.reconstruct(self, images, plan, seed, temperature, return_variables)

    def log_prob(self, images: ArrayLike, importance_samples: int = 1, seed: Seed = 0) -> tf.Tensor:
        """Estimate log p(x) by importance sampling (Burda et al. 2015): log mean exp(log p - log q).

        Args:
            images: uint8 [B, H, W, C].
            importance_samples: number of samples per image; with 1, the evidence lower bound.
            seed: as for `sample`.

        Returns:
            A float32 tensor [B], nats: a lower bound of log p(x) in expectation.

        Raises:
            ValueError: for images of another type or size, or fewer than one sample.

        Example:
            >>> model.log_prob(images, importance_samples=64, seed=0)
        """
        return inference.log_prob(self, images, importance_samples, seed)

    def bits_per_dim(self, images: ArrayLike, importance_samples: int = 1, seed: Seed = 0) -> tf.Tensor:
        """Return -log2 p(x) / (H W C), a float32 tensor [B]; arguments and errors as for `log_prob`."""
        return -self.log_prob(images, importance_samples, seed) / self.hierarchy.unit

    def interpolate(
        self, image_a: ArrayLike, image_b: ArrayLike, steps: int = 8, seed: Seed = 0, temperature: Temperature = 1.0
    ) -> tf.Tensor:
        """Walk between two images through their latents.

        The posterior means of all latents are interpolated (u in the base space of the flow), and each
        picture is sampled from them with the same noise: the first and last are `reconstruction`s of
        the two images from all latents.

        Args:
            image_a: uint8 [H, W, C].
            image_b: uint8 [H, W, C].
            steps: number of pictures, at least 2.
            seed, temperature: as for `sample`.

        Returns:
            A uint8 tensor [steps, H, W, C].

        Raises:
            ValueError: for images of another type or size, or fewer than two steps.
        """
        return inference.interpolate(self, image_a, image_b, steps, seed, temperature)

    def encode(self, images):
        """Run the transforms and every encoder.

        Args:
            images: uint8 tensor [B, H, W, C].

        Returns:
            (dict of image name to float32 [B, h, w, c], dict of latent name to the posterior's
            (mean, log-variance), each [B, h, w, c]).
        """
        return importance.encode(self, images)

    def importance_weights(self, encoded, seeds, first, count):
        """Score `count` samples of each encoded image: only priors and decoders run.

        Args:
            encoded: what `encode` gave for B images.
            seeds: int32 tensor [B, 2].
            first: number of the first sample.
            count: S, how many.

        Returns:
            (log-weights float32 [B, S], dict of term to float32 [B, S]), nats. A KL term is exact
            between normals, so the terms' sum has the mean of minus the weights, with less noise.
        """
        return importance.importance_weights(self, encoded, seeds, first, count)

    def traced(self, name, make):
        """Return what `make` gave when the name was first asked for: a `tf.function` is made and traced once."""
        if name not in self._functions:
            self._functions[name] = make()
        return self._functions[name]

    # Training -----------------------------------------------------------------------------------

    def compile(self, optimizer: keras.optimizers.Optimizer | str | None = None, *, levels=None, **kwargs: Any) -> None:
        """Configure training; without an optimizer, the configured one with its warm-up, schedule and averages.

        Args:
            optimizer: any Keras optimizer.
            levels: the levels to train, such as "1", "1-2" or "2-" (1 is the finest): the other levels' networks are
                frozen, and the loss, the terms and their sum `bpd`, in `fit` and `evaluate`, are of these levels
                alone; nothing else is computed. None: all levels, and layers that you froze yourself stay so.
            **kwargs: `jit_compile`, `run_eagerly` and `steps_per_execution` of `keras.Model.compile`.

        Raises:
            UserError: when `levels` is no range of the model's levels, or for a loss or metrics: they are its own.
        """
        every = tuple(all_levels(self.hierarchy))
        if levels is not None or self.levels != every:  # the freezing of an earlier `compile` ends, too
            self.levels = every if levels is None else tuple(parse_levels(levels, self.hierarchy))
            freeze_all_but(self, self.levels)
        super().compile(optimizer, **kwargs)

    def get_compile_config(self):
        config = super().get_compile_config()
        if config and list(self.levels) != all_levels(self.hierarchy):
            config["levels"] = describe_levels(self.levels)
        return config

    def _fresh_convolutions(self):
        fresh = [level for level in untouched_levels(self) if level in self.levels]
        return convolutions_of(self, fresh)

    def call(self, images, training=False):
        """Return the terms of the objective: a dict of name to nats per image, [B].

        `re_` terms are -log p(image | ...), `kl_` terms are KL(q || p); their sum is minus the
        evidence lower bound (equation 6). Compiled with `levels`: the terms of these.

        Raises:
            ValueError: for images of another type or size.
        """
        images = check_images(images, self.config.image)
        seed = tf.constant([self.config.seed, 0], tf.int32)
        optimizer = getattr(self, "optimizer", None)
        if training and optimizer is not None:
            seed = noises.fold(seed, 1 + tf.cast(steps_taken(optimizer), tf.int32))
        context = tf.distribute.get_replica_context()
        replica = (context.replica_id_in_sync_group, context.num_replicas_in_sync) if context else (0, 1)
        noise = noises.BatchNoise(seed, tf.shape(images)[0], replica)
        names = names_of(self.hierarchy, self.levels)
        steps = self.traverse(plan_of(self.hierarchy, self.levels), noise, {"x": images}, score=names)
        return {self.hierarchy.terms[name]: steps[name].cost for name in names}

    def get_metrics_result(self):
        names = names_of(self.hierarchy, self.levels)
        idle = {term for name, term in self.hierarchy.terms.items() if name not in names}
        return {name: value for name, value in super().get_metrics_result().items() if name not in idle}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the training loss: bits per dimension of x (with free bits, when configured)."""
        unit = self.hierarchy.unit
        variables = {variable.term: variable for variable in self.hierarchy.values()}
        total = 0.0
        weights = None if sample_weight is None else tf.reshape(tf.cast(sample_weight, tf.float32), [-1])
        for term, nats in y_pred.items():
            self._means[term].update_state(nats / unit, weights)
            nats = nats if weights is None else nats * weights
            # A replica may get no row of a last batch.
            mean = tf.math.divide_no_nan(tf.reduce_sum(nats), tf.cast(tf.size(nats), tf.float32))
            variable = variables[term]
            if variable.is_latent and training:
                if self.config.free_bits:
                    mean = tf.maximum(mean, self.config.free_bits * math.log(2) * variable.size)
                mean *= self._kl_weight(variable)
            total += mean / unit
        self._means["bpd"].update_state(sum(y_pred.values()) / unit, weights)
        # Keras averages over replicas by summing: each must bring its share.
        return total / tf.distribute.get_strategy().num_replicas_in_sync

    def _kl_weight(self, variable):
        """The weight that a latent's KL has in the loss now: it rises over the configured steps."""
        levels = [*self.config.levels, self.config.top]
        steps = levels[variable.network_level - 1].kl_warmup
        if not steps or getattr(self, "optimizer", None) is None:
            return 1.0
        return tf.minimum(1.0, tf.cast(steps_taken(self.optimizer), tf.float32) / steps)

    # Saving -------------------------------------------------------------------------------------

    def get_config(self):
        return {**super().get_config(), "config": self.config.to_dict()}

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        return cls(Config.from_stored(config.pop("config")), **config)

    def build(self, input_shape=None):
        self.built = True
