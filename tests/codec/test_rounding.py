"""Rounded kernels against all integers around, and against rounding each number by itself."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from tf_selfvae.codec import quantise
from tf_selfvae.codec.networks import convolve
from tf_selfvae.codec.rounding import Patches, nearest
from tf_selfvae.errors import UserError


def pictures(seed, *shape):
    """Smooth ones, which differ in brightness most: neighbours see nearly the same."""
    random = np.random.default_rng(seed)
    return (random.normal(0, 100, (shape[0], 1, 1, 1)) + random.normal(0, 5, shape) + 30).astype(np.float32)


def met(images, side, step=None):
    patches = Patches(side)
    for half in np.split(images, 2):
        patches.meet(tf.constant(half), step)
    return patches


@pytest.mark.parametrize("step", [None, 2])
def test_patches_are_those_that_a_convolution_reads(step):
    images, kernel = pictures(0, 4, 9, 11, 2), np.random.default_rng(1).normal(size=(3, 3, 2, 5)).astype(np.float32)
    outputs = convolve(images, kernel, step).numpy().reshape(-1, 5)
    patches, weights = met(images, 3, step), kernel.reshape(-1, 5)
    np.testing.assert_allclose(patches.mean() @ weights, outputs.mean(0), rtol=1e-3)
    np.testing.assert_allclose(weights.T @ patches.covariance() @ weights, np.cov(outputs.T, bias=True), rtol=2e-2)


def test_no_integers_around_are_much_better():
    patches, kernel = met(pictures(2, 8, 16, 16, 1), 2), np.random.default_rng(3).normal(0, 20, (2, 2, 1, 6))
    covariance, wanted = patches.covariance(), kernel.reshape(4, 6)
    found, _ = nearest(kernel, covariance, patches.mean(), 127)

    def error(whole):
        return np.einsum("io,ij,jo->o", whole - wanted, covariance, whole - wanted)

    around = [error(np.floor(wanted) + np.array(up)[:, None]) for up in itertools.product((-1, 0, 1, 2), repeat=4)]
    assert np.mean(error(found.reshape(4, 6))) < 1.5 * np.mean(np.min(around, 0))
    assert np.mean(error(found.reshape(4, 6))) < 0.5 * np.mean(error(np.round(wanted)))


def test_outputs_keep_their_mean_and_vary_less_than_by_rounding_each_number():
    images, kernel = pictures(4, 8, 16, 16, 3), np.random.default_rng(5).normal(0, 20, (3, 3, 3, 4))
    patches = met(images, 3)
    whole, more = nearest(kernel, patches.covariance(), patches.mean(), 127)
    assert np.array_equal(whole, np.round(whole)) and np.abs(whole).max() <= 127
    errors = [convolve(images, np.float32(each - kernel), None).numpy() for each in (whole, np.round(kernel))]
    np.testing.assert_allclose(errors[0].mean((0, 1, 2)) + more, 0, atol=0.5)
    assert np.mean(errors[0].std((0, 1, 2))) < 0.5 * np.mean(errors[1].std((0, 1, 2)))


def test_integers_stay_inside():
    patches, kernel = met(pictures(6, 2, 8, 8, 1), 3), np.random.default_rng(7).normal(0, 100, (3, 3, 1, 8))
    whole, _ = nearest(kernel, patches.covariance(), patches.mean(), 127)
    assert np.abs(whole).max() == 127


def test_a_kernel_beyond_8_bits_is_refused_not_cut():
    with pytest.raises(UserError, match="the kernel of head is too large for integers of 8 bits"):
        quantise._rounded("head", np.full((1, 1, 2, 1), 200.0), np.zeros(1), 511, np.eye(2), np.zeros(2))
