"""The simpler priors against SciPy."""

import numpy as np
import scipy.stats
import tensorflow as tf
from scipy.special import log_softmax, logsumexp

from tf_selfvae.distributions import gaussian_mixture, standard_normal

SHAPE = (2, 3, 2)


def parameters():
    rng = np.random.default_rng(0)
    return (
        rng.normal(size=4).astype(np.float32),
        rng.normal(size=(4, *SHAPE)).astype(np.float32),
        (0.3 * rng.normal(size=(4, *SHAPE))).astype(np.float32),
    )


def test_mixture_is_scipys():
    logits, loc, log_scale = parameters()
    dist = gaussian_mixture(logits, loc, log_scale)
    assert dist.event_shape == SHAPE and dist.batch_shape == ()
    x = np.random.default_rng(1).normal(size=(5, *SHAPE)).astype(np.float32)
    each = scipy.stats.norm.logpdf(x[:, None], loc, np.exp(log_scale)).sum((2, 3, 4))
    np.testing.assert_allclose(dist.log_prob(x), logsumexp(log_softmax(logits) + each, 1), rtol=1e-5)
    samples = dist.sample(20000, seed=(1, 2)).numpy()
    weights = np.exp(log_softmax(logits))
    mean = np.tensordot(weights, loc, 1)
    assert (np.abs(samples.mean(0) - mean) < 5 * samples.std(0) / 20000**0.5).all()


def test_standard_normal_is_scipys():
    dist = standard_normal(list(SHAPE))
    assert dist.event_shape == SHAPE and dist.batch_shape == ()
    x = tf.constant(np.random.default_rng(1).normal(size=(5, *SHAPE)), tf.float32)
    expected = scipy.stats.norm.logpdf(x.numpy()).sum((1, 2, 3))
    np.testing.assert_allclose(dist.log_prob(x), expected, rtol=1e-5)
