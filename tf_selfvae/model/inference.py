"""What a model is used for: sampling, reconstruction, likelihood and interpolation."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from ..checks import check_count, check_images, check_temperature
from ..errors import UserError
from . import noise as noises
from .importance import ImportanceWeights, log_mean_exp, sample_weights
from .plans import Plan, Source, get_plan

_CHUNK = 64  # rows that sampling and scoring hold at once


class Usage(ImportanceWeights):
    """The public methods of `SelfVAE` that run its traversal for people; mixed into it.

    Needs `config`, `hierarchy`, `priors`, `traverse` and an empty dict `_functions`.
    """

    def _run(self, plan, rows, given=None, temperature=1.0, key=0):
        """Run a plan for rows of seeds, in chunks; returns a dict of name to value."""
        plan = get_plan(plan, self.hierarchy)
        if repr(plan) not in self._functions:

            @tf.function(reduce_retracing=True, autograph=False)
            def run(rows, given, temperature):
                steps = self.traverse(plan, noises.RowNoise(rows), given, temperature)
                return {
                    name: step.value if self.hierarchy[name].is_latent else tf.cast(step.value, tf.uint8)
                    for name, step in steps.items()
                }

            self._functions[repr(plan)] = run
        run = self._functions[repr(plan)]
        temperature = tf.constant(temperature, tf.float32)
        given = given or {}
        chunks = []
        for begin in range(0, rows.shape[0], _CHUNK):
            part = {name: value[begin : begin + _CHUNK] for name, value in given.items()}
            chunks.append(run(rows[begin : begin + _CHUNK], part, temperature))
        return {name: tf.concat([chunk[name] for chunk in chunks], 0) for name in chunks[0]}

    def sample(self, count, seed=0, temperature=1.0, return_variables=False):
        """Generate images: u, y_K, z_K, ..., z_1, x, each from p.

        Args:
            count: number of images.
            seed: an int, or `count` ints: image i then depends on seed[i] alone, and is what
                `sample(1, seed=seed[i])` gives.
            temperature: scales the deviation of every distribution; 1 samples from the model.
            return_variables: whether to return every variable, not x alone.

        Returns:
            A uint8 tensor [count, H, W, C], or a dict of all variables in generative order.

        Raises:
            ValueError: for a count below 1, a seed of another type or length, or a temperature that is
                negative or not finite.

        Example:
            >>> model.sample(16, seed=0, temperature=0.8, return_variables=True)["y1"].shape
            TensorShape([16, 32, 32, 3])
        """
        rows = noises.row_seeds(seed, check_count(count, "count"))
        values = self._run("generate", rows, temperature=check_temperature(temperature))
        return self._chosen(values, return_variables)

    def reconstruct(self, images, plan="reconstruction_1", seed=0, temperature=1.0, return_variables=False):
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
        plan = get_plan(plan, self.hierarchy)
        if plan.start is None:
            raise UserError(f"plan: {plan.name!r} takes no images; use sample()")
        images = check_images(images, self.hierarchy[plan.start].shape)
        rows = noises.row_seeds(seed, images.shape[0])
        values = self._run(plan, rows, {plan.start: images}, check_temperature(temperature))
        return self._chosen(values, return_variables)

    @staticmethod
    def _chosen(values, return_variables):
        return dict(values) if return_variables else values["x"]

    def log_prob(self, images, importance_samples=1, seed=0):
        """Estimate log p(x) by importance sampling (Burda et al. 2015): log mean exp(log p - log q).

        Args:
            images: uint8 [B, H, W, C].
            importance_samples: number of samples an image; with 1, the evidence lower bound.
            seed: as for `sample`.

        Returns:
            A float32 tensor [B], nats: a lower bound of log p(x) in expectation.

        Raises:
            ValueError: for images of another type or size, or fewer than one sample.

        Example:
            >>> model.log_prob(images, importance_samples=64, seed=0)
        """
        images = check_images(images, self.config.image)
        count = check_count(importance_samples, "importance_samples")
        seeds = noises.row_seeds(seed, images.shape[0])
        results = []
        for begin in range(0, images.shape[0], _CHUNK):
            part = slice(begin, begin + _CHUNK)
            weights = [w for _, w, _ in sample_weights(self, images[part], seeds[part], 0, count, _CHUNK)]
            results.append(log_mean_exp(np.concatenate(weights, 1)))
        return tf.constant(np.concatenate(results), tf.float32)

    def bits_per_dim(self, images, importance_samples=1, seed=0):
        """Return -log2 p(x) / (H W C), a float32 tensor [B]; arguments and errors as for `log_prob`."""
        nats = self.log_prob(images, importance_samples, seed)
        return -nats / self.hierarchy.unit

    def interpolate(self, image_a, image_b, steps=8, seed=0, temperature=1.0):
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
        steps = check_count(steps, "steps", least=2)
        ends = [
            check_images(np.asarray(image)[None], self.config.image, argument)
            for argument, image in (("image_a", image_a), ("image_b", image_b))
        ]
        infer = get_plan("infer", self.hierarchy)
        latents = self.hierarchy.latents
        means = Plan(
            "means",
            {n: Source.POSTERIOR_MEAN if n in latents else s for n, s in infer.sources.items()},
            "x",
        )
        rows = noises.row_seeds(seed, 1)
        encoded = self._run(means, tf.repeat(rows, 2, 0), {"x": tf.concat(ends, 0)})
        weights = tf.reshape(tf.linspace(0.0, 1.0, steps), [-1, 1, 1, 1])
        given = {}
        for name in latents:
            value = encoded[name]
            value = self.priors[name].to_base(value) if name == "u" else value
            value = value[:1] * (1 - weights) + value[1:] * weights
            given[name] = self.priors[name].from_base(value) if name == "u" else value
        sources = {n: Source.GIVEN if n in latents else Source.PRIOR for n in self.hierarchy}
        walk = Plan("interpolate", sources)
        temperature = check_temperature(temperature)
        return self._run(walk, tf.repeat(rows, steps, 0), given, temperature)["x"]
