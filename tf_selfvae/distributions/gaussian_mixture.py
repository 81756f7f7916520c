"""Simpler priors: a mixture of Gaussians and the standard normal."""

from __future__ import annotations

import tensorflow as tf
import tensorflow_probability as tfp

tfd = tfp.distributions


def gaussian_mixture(logits, loc, log_scale):
    """Build a mixture of diagonal Gaussians over latents.

    Args:
        logits: component logits, [K].
        loc: means, [K, h, w, c].
        log_scale: logs of the standard deviations, [K, h, w, c].

    Returns:
        A TFP distribution with events [h, w, c]; `log_prob` is nats.
    """
    components = tfd.Independent(tfd.Normal(loc, tf.exp(log_scale)), 3)
    return tfd.MixtureSameFamily(tfd.Categorical(logits=logits), components, name="gaussian_mixture")


def standard_normal(shape):
    """Build N(0, I) over latents [h, w, c]; `log_prob` is nats."""
    return tfd.Independent(tfd.Normal(tf.zeros(tuple(shape)), 1.0), 3, name="standard_normal")
