"""The networks of the latents: contract, ranges, the priors and their draws."""

import keras
import numpy as np
import pytest
import scipy.special
import scipy.stats
import tensorflow as tf

from tests.layers.layer_contract import inputs_for, randomise, run_layer_test
from tf_selfvae.config import Network, Prior
from tf_selfvae.layers import ConditionalPrior, CouplingNetwork, LatentPosterior, LatentPrior
from tf_selfvae.layers.latents import normal, scale_image
from tf_selfvae.model.noise import BatchNoise, RowNoise, row_seeds

FAMILIES = {"dense": Network("dense", 4, 1), "residual": Network("residual", 8, 1)}
IMAGE, LATENT = ("image", 2, 8, 8, 3), (8, 4, 1)
PRIORS = {
    "realnvp of one scale": Prior("realnvp", FAMILIES["dense"], scales=1),
    "realnvp of three scales": Prior("realnvp", Network("residual", 8, 0), scales=3),
    "gaussian_mixture": Prior("gaussian_mixture", components=3),
    "standard_normal": Prior("standard_normal"),
}


@pytest.mark.parametrize("family,channels", [("dense", 1), ("residual", 3)])
def test_posterior_contract(family, channels):
    layer = run_layer_test(
        lambda **k: LatentPosterior(FAMILIES[family], LATENT, **k), (*IMAGE[:-1], channels), tolerance=0.2
    )
    mean, log_variance = layer(inputs_for((*IMAGE[:-1], channels)))
    assert mean.shape == log_variance.shape == (2, *LATENT)
    assert mean.dtype == log_variance.dtype == tf.float32


@pytest.mark.parametrize(
    "family,coarser", [("dense", (2, 2, 6)), ("dense", (8, 8, 1)), ("residual", (2, 2, 6)), ("residual", (4, 4, 2))]
)
def test_conditional_prior_contract(family, coarser):
    network, latent = FAMILIES[family], (8, 4, 4)
    layer = run_layer_test(
        lambda **k: ConditionalPrior(network, network, network.to_dict(), latent, **k),
        (IMAGE, (2, *coarser)),
        tolerance=0.2,
    )
    inputs = inputs_for((IMAGE, (2, *coarser)))
    mean, log_variance = layer(inputs)
    assert mean.shape == log_variance.shape == (2, *latent)
    # Features of the two have the latent's channels, or the residual family's width.
    width = 4 if family == "dense" else 8
    assert layer.encode_image.output_channels == layer.encode_latent.output_channels == width
    # It reads both.
    for other in ((255 - inputs[0], inputs[1]), (inputs[0], inputs[1] + 1)):
        assert np.abs(layer(other)[0] - mean).max() > 1e-4


@pytest.mark.parametrize("family", FAMILIES)
def test_coupling_network_contract(family):
    run_layer_test(lambda **k: CouplingNetwork(FAMILIES[family], **k), (2, 4, 4, 6), unused=("rescale",), tolerance=0.2)
    outputs = CouplingNetwork(FAMILIES[family])(inputs_for((2, 4, 4, 6)))
    np.testing.assert_array_equal(outputs, np.zeros((2, 4, 4, 12)))


def test_normal_clips_log_variances():
    mean = np.full((1, 1, 1, 4), 0.5, np.float32)
    dist = normal(tf.constant(mean), tf.constant([[[[-50.0, -7, 1, 50]]]]))
    assert dist.event_shape == (1, 1, 4) and dist.batch_shape == (1,)
    deviations = np.exp(np.array([-3.5, -3.5, 0.5, 3.5]))
    np.testing.assert_allclose(dist.stddev()[0, 0, 0], deviations, rtol=1e-5)
    x = np.float32([[[[0.4, 0.6, 1, 2]]]])
    np.testing.assert_allclose(dist.log_prob(x), [scipy.stats.norm.logpdf(x, mean, deviations).sum()], rtol=1e-5)


def test_images_are_scaled_to_1():
    scaled = scale_image(tf.constant([0, 255], tf.uint8))
    assert scaled.dtype == tf.float32
    np.testing.assert_array_equal(scaled, [-1, 1])


@pytest.mark.parametrize("name", PRIORS)
def test_prior_contract(name):
    layer = run_layer_test(lambda **k: LatentPrior(PRIORS[name], LATENT, **k), (3, *LATENT), tolerance=0.5)
    assert layer(inputs_for((3, *LATENT))).dtype == tf.float32
    assert LatentPrior(PRIORS[name].to_dict(), list(LATENT)).get_config()["prior"] == PRIORS[name].to_dict()


def built(name, deviation=0.3):
    keras.utils.set_random_seed(0)
    layer = LatentPrior(PRIORS[name], LATENT)
    layer.build()
    randomise(layer, deviation=deviation)
    return layer


@pytest.mark.parametrize("name", [n for n in PRIORS if "mixture" not in n])
def test_a_new_flow_is_the_standard_normal(name):
    layer, u = LatentPrior(PRIORS[name], LATENT), inputs_for((3, *LATENT))
    expected = scipy.stats.norm.logpdf(u.numpy()).sum((1, 2, 3))
    np.testing.assert_allclose(layer(u), expected, rtol=1e-5)


@pytest.mark.parametrize("name", PRIORS)
def test_to_base_and_from_base_are_inverse(name):
    layer, u = built(name), inputs_for((3, *LATENT))
    v = layer.to_base(u)
    assert np.prod(v.shape) == np.prod(u.shape) and v.shape[1:] == layer.base_shape
    np.testing.assert_allclose(layer.from_base(tf.identity(v)), u, atol=1e-4)
    np.testing.assert_allclose(layer.to_base(tf.identity(layer.from_base(v))), v, atol=1e-4)


@pytest.mark.parametrize("name", [n for n in PRIORS if n != "standard_normal"])
def test_log_prob_follows_the_weights_at_once(name):
    layer, u = built(name), inputs_for((3, *LATENT))
    before = layer(u).numpy()
    np.testing.assert_array_equal(layer(u), before)
    randomise(layer, 1)
    after = layer(u).numpy()
    assert (after != before).all()
    np.testing.assert_array_equal(after, layer(tf.identity(u)))


@pytest.mark.parametrize("name", [n for n in PRIORS if "mixture" not in n])
def test_draws_are_normal_in_the_base_space(name):
    layer, temperatures = built(name, 0.1), (1.0, 0.5)
    draws = [layer.draw(BatchNoise([1, 2], 500), temperature) for temperature in temperatures]
    for u, temperature in zip(draws, temperatures):
        assert u.shape == (500, *LATENT)
        v = layer.to_base(tf.identity(u)).numpy().reshape(500, -1)
        assert scipy.stats.kstest(v.ravel() / temperature, "norm").pvalue > 1e-3
        assert np.abs(np.corrcoef(v.T) - np.eye(32)).max() < 0.25
    by_row = layer.draw(BatchNoise([1, 2], 500), tf.reshape(tf.tile(temperatures, [250]), [500, 1, 1, 1]))
    for row, u in enumerate(draws):  # temperatures take turns
        np.testing.assert_allclose(by_row[row::2], u[row::2], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("temperature", [1.0, 0.5])
def test_draws_of_the_mixture_follow_it(temperature):
    layer = built("gaussian_mixture", 1.0)
    u = layer.draw(BatchNoise([1, 2], 2000), temperature).numpy()
    assert u.shape == (2000, *LATENT)
    weights = scipy.special.softmax(layer.logits.numpy().astype(np.float64))
    loc, scale = layer.loc.numpy(), temperature * np.exp(layer.log_scale.numpy())
    for place in [(0, 0, 0), (1, 3, 0), (6, 2, 0)]:
        index = (slice(None), *place)

        def cdf(x, index=index):
            return weights @ scipy.stats.norm.cdf(x, loc[index][:, None], scale[index][:, None])

        assert scipy.stats.kstest(u[index], cdf).pvalue > 1e-3
    # Rows choose one component for all places: the likeliest by far is one of them.
    each = scipy.stats.norm.logpdf(u[:, None], loc, scale).sum((2, 3, 4))
    counts = np.bincount(each.argmax(1), minlength=3)
    assert scipy.stats.chisquare(counts, 2000 * weights).pvalue > 1e-3


@pytest.mark.parametrize("name", PRIORS)
def test_draws_of_a_row_do_not_depend_on_its_batch(name):
    layer, seeds = built(name), row_seeds(3, 4)
    drawn = layer.draw(RowNoise(seeds), 0.8)
    alone = layer.draw(RowNoise(seeds[2:3]), 0.8)
    np.testing.assert_allclose(alone, drawn[2:3], rtol=1e-3, atol=1e-4)
