"""What a model is used for: sampling, reconstruction, likelihood and interpolation.

Each function does what the method of `SelfVAE` of its name says.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from ..checks import check_count, check_images, check_temperatures
from ..errors import UserError
from . import noise as noises
from .importance import log_mean_exp, sample_weights
from .plans import Plan, Source, get_plan

_CHUNK = 64  # rows that sampling and scoring hold at once


def _run(model, plan, rows, given=None, temperature=1.0):
    """Run a plan for rows of seeds, in chunks; returns a dict of name to value."""
    plan = get_plan(plan, model.hierarchy)
    given = given or {}
    temperatures = check_temperatures(temperature, list(model.hierarchy))
    temperatures = {name: tf.constant(number, tf.float32) for name, number in temperatures.items()}
    # Of any number of rows: tracing takes longer than drawing, and it would be done again for the next number.
    any_rows = {name: tf.TensorSpec([None, *value.shape[1:]], value.dtype) for name, value in given.items()}
    scalars = {name: tf.TensorSpec([], tf.float32) for name in model.hierarchy}
    signature = [tf.TensorSpec([None, 2], tf.int32), any_rows, scalars]

    def make():
        @tf.function(input_signature=signature, autograph=False)
        def run(rows, given, temperatures):
            steps = model.traverse(plan, noises.RowNoise(rows), given, temperatures)
            return {
                name: step.value if model.hierarchy[name].is_latent else tf.cast(step.value, tf.uint8)
                for name, step in steps.items()
            }

        return run

    run = model.traced(repr(plan), make)
    if model.run_eagerly:
        run = run.python_function
    chunks = []
    for begin in range(0, rows.shape[0], _CHUNK):
        batch = {name: value[begin : begin + _CHUNK] for name, value in given.items()}
        chunks.append(run(rows[begin : begin + _CHUNK], batch, temperatures))
    return {name: tf.concat([chunk[name] for chunk in chunks], 0) for name in chunks[0]}


def _chosen(values, return_variables):
    return dict(values) if return_variables else values["x"]


def sample(model, count, seed, temperature, return_variables):
    rows = noises.row_seeds(seed, check_count(count, "count"))
    values = _run(model, "generate", rows, temperature=temperature)
    return _chosen(values, return_variables)


def reconstruct(model, images, plan, seed, temperature, return_variables):
    plan = get_plan(plan, model.hierarchy)
    if plan.start is None:
        raise UserError(f"plan: {plan.name!r} takes no images; use sample()")
    images = check_images(images, model.hierarchy[plan.start].shape)
    rows = noises.row_seeds(seed, images.shape[0])
    values = _run(model, plan, rows, {plan.start: images}, temperature)
    return _chosen(values, return_variables)


def log_prob(model, images, importance_samples, seed):
    images = check_images(images, model.config.image)
    count = check_count(importance_samples, "importance_samples")
    seeds = noises.row_seeds(seed, images.shape[0])
    results = []
    for begin in range(0, images.shape[0], _CHUNK):
        batch = slice(begin, begin + _CHUNK)
        weights = [w for _, w, _ in sample_weights(model, images[batch], seeds[batch], 0, count, _CHUNK)]
        results.append(log_mean_exp(np.concatenate(weights, 1)))
    return tf.constant(np.concatenate(results), tf.float32)


def interpolate(model, image_a, image_b, steps, seed, temperature):
    steps = check_count(steps, "steps", least=2)
    if not model.hierarchy.latents:
        raise UserError("interpolate: expected a model with latents to walk through, and this one has none")
    ends = [
        check_images(np.asarray(image)[None], model.config.image, argument)
        for argument, image in (("image_a", image_a), ("image_b", image_b))
    ]
    infer = get_plan("infer", model.hierarchy)
    latents = model.hierarchy.latents
    means = Plan("means", {n: Source.POSTERIOR_MEAN if n in latents else s for n, s in infer.sources.items()}, "x")
    rows = noises.row_seeds(seed, 1)
    encoded = _run(model, means, tf.repeat(rows, 2, 0), {"x": tf.concat(ends, 0)})
    weights = tf.reshape(tf.linspace(0.0, 1.0, steps), [-1, 1, 1, 1])
    given = {}
    for name in latents:
        value = encoded[name]
        flow = model.priors[name] if name == "u" else None
        value = flow.to_base(value) if flow else value
        value = value[:1] * (1 - weights) + value[1:] * weights
        given[name] = flow.from_base(value) if flow else value
    sources = {n: Source.GIVEN if n in latents else Source.PRIOR for n in model.hierarchy}
    walk = Plan("interpolate", sources)
    return _run(model, walk, tf.repeat(rows, steps, 0), given, temperature)["x"]
