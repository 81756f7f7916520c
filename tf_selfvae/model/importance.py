"""Importance weights log p(x, y, z, u) - log q(z, u | x), chunk by chunk (Burda et al. 2015)."""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from scipy.special import logsumexp

from . import noise as noises
from .plans import get_plan


def log_mean_exp(weights):
    """Return log mean exp over the last axis, in float64.

    Args:
        weights: array [..., S] of log-weights, nats.
    """
    weights = np.asarray(weights, np.float64)
    return logsumexp(weights, -1) - np.log(weights.shape[-1])


def sample_weights(model, images, seeds, first, last, rows):
    """Draw importance samples first..last-1 of a batch of images, at most `rows` rows at once.

    The images are encoded once; sample s of an image depends on its seed and on s alone, not on the
    batch or the chunk that it is drawn in.

    Args:
        model: a `SelfVAE`, or anything with its `encode` and `importance_weights`.
        images: uint8 tensor [B, H, W, C].
        seeds: int32 tensor [B, 2]; see `noise.row_seeds`.
        first, last: numbers of the samples.
        rows: images times samples to hold at once; fewer than the images counts as one sample.

    Yields:
        (number of the chunk's first sample, log-weights [B, S] in float64, dict of term to
        float64 [B, S]), nats.
    """
    encoded = model.encode(images)
    chunk = max(1, rows // int(images.shape[0]))
    for begin in range(first, last, chunk):
        count = min(chunk, last - begin)
        weights, terms = model.importance_weights(encoded, seeds, begin, count)
        yield begin, np.float64(weights), {name: np.float64(value) for name, value in terms.items()}


def encode(model, images):
    """Do what `SelfVAE.encode` says."""

    def make():
        @tf.function(input_signature=[tf.TensorSpec([None, *model.config.image], tf.uint8)], autograph=False)
        def encode(images):
            observed = model.observe("x", images)
            return observed, {
                name: model.posteriors[name](observed[model.hierarchy[name].observed])
                for name in model.hierarchy.latents
            }

        return encode

    return model.traced("encode", make)(images)


def importance_weights(model, encoded, seeds, first, count):
    """Do what `SelfVAE.importance_weights` says."""
    return _weights_function(model)(encoded, seeds, tf.constant(first), tf.constant(count))


def _weights_function(model):
    def make():
        hierarchy = model.hierarchy
        plan = get_plan("infer", hierarchy)
        spec = {name: tf.TensorSpec([None, *v.shape], tf.float32) for name, v in hierarchy.items()}
        images = {name: spec[name] for name in hierarchy.images}
        latents = {name: (spec[name],) * 2 for name in hierarchy.latents}
        scalar = tf.TensorSpec([], tf.int32)
        signature = [(images, latents), tf.TensorSpec([None, 2], tf.int32), scalar, scalar]

        @tf.function(input_signature=signature, autograph=False)
        def weights(encoded, seeds, first, count):
            def repeated(tensor):
                return tf.repeat(tensor, count, 0)

            batch = tf.shape(seeds)[0]
            numbers = tf.tile(tf.range(first, first + count), [batch])
            pairs = (repeated(seeds), numbers)
            seeds = tf.map_fn(lambda pair: noises.fold(*pair), pairs, fn_output_signature=tf.int32)
            noise = noises.RowNoise(tf.ensure_shape(seeds, [None, 2]))
            encoded = tf.nest.map_structure(repeated, encoded)
            steps = model.traverse(plan, noise, score=True, encoded=encoded)

            def shaped(nats):
                return tf.reshape(nats, [batch, count])

            terms = {hierarchy.terms[name]: shaped(step.cost) for name, step in steps.items()}
            return shaped(tf.add_n([step.log_weight for step in steps.values()])), terms

        return weights

    return model.traced("weights", make)


def bytes_per_row(model):
    """Estimate the memory that scoring one sample of one image takes at its peak.

    Walks the graph of `importance_weights` in order and adds up what is alive.

    Args:
        model: a `SelfVAE`.
    """
    graph = _weights_function(model).get_concrete_function().graph
    last_use = {}
    for number, operation in enumerate(graph.get_operations()):
        for tensor in (*operation.inputs, *operation.outputs):
            last_use[tensor.name] = number
    freed, alive, peak = {}, 0, 0
    for number, operation in enumerate(graph.get_operations()):
        for tensor in operation.outputs:
            size = _bytes_of_row(tensor)
            alive += size
            freed[last_use[tensor.name]] = freed.get(last_use[tensor.name], 0) + size
        peak = max(peak, alive)
        alive -= freed.get(number, 0)
    return peak


def _bytes_of_row(tensor):
    """Bytes that a row of a tensor [None, ...] takes; 0 for what does not grow with the batch."""
    shape = tensor.shape
    if shape.rank is None or shape.rank < 2 or shape[0] is not None or None in shape.as_list()[1:]:
        return 0
    return int(np.prod(shape.as_list()[1:])) * tensor.dtype.size
