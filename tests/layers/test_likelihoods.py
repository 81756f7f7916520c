"""The networks of the images: contract, bands, log-probabilities by hand, draws."""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.distributions.test_discretized_logistic_mixture import log_prob_scipy
from tests.layers.layer_contract import inputs_for, randomise, run_layer_test
from tf_selfvae.config import Network
from tf_selfvae.layers import Band, MixtureHead, MixtureLikelihood, ReversibleLikelihood
from tf_selfvae.model.noise import BatchNoise, RowNoise, row_seeds
from tf_selfvae.transforms import HAAR_RANGES, haar_split

FAMILIES = {"dense": Network("dense", 4, 1), "residual": Network("residual", 8, 1)}


def mixture(family="residual", channels=3, **kwargs):
    return MixtureLikelihood(FAMILIES[family], (8, 8, channels), 3, **kwargs)


def mixture_given(family="residual", channels=3, **kwargs):
    return mixture(family, channels, joint=FAMILIES[family], **kwargs)


def reversible(family="residual", channels=3, **kwargs):
    network = FAMILIES[family]
    return ReversibleLikelihood(network, (8, 8, channels), 3, network, network.to_dict(), **kwargs)


KINDS = {"mixture": mixture, "mixture given coarser": mixture_given, "reversible": reversible}


def shapes(kind, channels=3, batch=3):
    both = (("image", batch, 8, 8, channels), (batch, 2, 2, 4))
    return both if kind == "mixture" else (*both, ("image", batch, 4, 4, channels))


@functools.cache
def built(kind, channels=3, batch=3, deviation=0.1):
    """A layer with moved weights, and an image with its latent and its coarser image, or None."""
    keras.utils.set_random_seed(0)
    layer = KINDS[kind](channels=channels)
    inputs = inputs_for(shapes(kind, channels, batch))
    image, latent = inputs[:2]
    coarser = None if kind == "mixture" else tf.cast(haar_split(tf.cast(image, tf.int32))[0], tf.float32)
    layer(inputs)
    randomise(layer, deviation=deviation)
    return layer, image, latent, coarser


def log_prob(layer, image, latent, coarser):
    return layer((image, latent) if coarser is None else (image, latent, coarser))


@pytest.mark.parametrize("family,channels", [("dense", 1), ("residual", 3)])
@pytest.mark.parametrize("kind", KINDS)
def test_contract(kind, family, channels):
    run_layer_test(lambda **k: KINDS[kind](family, channels, **k), shapes(kind, channels), tolerance=1.0)


@pytest.mark.parametrize("detail", [True, False])
@pytest.mark.parametrize("mixtures,channels", [(1, 1), (4, 1), (1, 3), (4, 3)])
def test_head_contract(mixtures, channels, detail):
    layer = run_layer_test(lambda **k: MixtureHead(mixtures, channels, detail, **k), (2, 4, 4, 8))
    size = mixtures * (1 + 2 * channels + channels * (channels - 1) // 2)
    outputs = layer(inputs_for((2, 4, 4, 8)))
    assert outputs.shape == (2, 4, 4, size) and outputs.dtype == tf.float32
    band = Band("", (4, 4, channels), *((-255, 255, 32.0) if detail else (0, 255, 127.5)))
    dist = layer.distribution(100 * outputs, band)  # outputs of any size
    assert dist.event_shape == (channels,) and dist.batch_shape == (2, 4, 4)
    assert (dist.low, dist.high) == (band.low, band.high)
    scale = dist.scale.numpy()
    assert scale.min() >= np.exp(-3) * 0.999 and scale.max() <= np.exp(6) * 1.001
    assert (dist.coeffs is None) == (channels == 1)
    assert channels == 1 or np.abs(dist.coeffs).max() <= 1
    assert np.isfinite(dist.log_prob(tf.zeros([2, 4, 4, channels]))).all()


@pytest.mark.parametrize("detail", [True, False])
def test_a_heads_components_start_apart(detail):
    layer = MixtureHead(4, 3, detail)
    features = tf.zeros([1, 4, 4, 8])
    band = Band("", (4, 4, 3), *((-510, 510, 32.0) if detail else (0, 255, 127.5)))
    dist = layer.distribution(layer(features), band)
    apart = dist.scale if detail else dist.loc
    assert (np.diff(apart[0, 0, 0], axis=-1) > 0).all()
    middle = (band.low + band.high) / 2
    np.testing.assert_allclose(tf.reduce_mean(dist.loc, -1), middle, atol=1e-3)
    np.testing.assert_array_equal(dist.coeffs, tf.zeros_like(dist.coeffs))


def test_parts():
    assert mixture().bands() == [Band("", (8, 8, 3), 0, 255, 127.5)]
    bands = built("reversible")[0].bands()
    assert [p.name for p in bands] == ["band0", "band1", "band2"]
    assert [(p.low, p.high) for p in bands] == list(HAAR_RANGES)
    assert {p.shape for p in bands} == {(4, 4, 3)}
    np.testing.assert_array_equal(mixture().bands()[0].scaled([0, 255]), [-1, 1])
    np.testing.assert_array_equal(bands[2].scaled([-32, 0, 64]), [-1, 0, 2])


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_join_inverts_split(kind, channels):
    layer, drawn, _, coarser = built(kind, channels, batch=20)
    for image in (drawn, tf.cast(drawn, tf.uint8), tf.cast(255 * (np.asarray(drawn) > 127), tf.float32)):
        if kind == "reversible":
            coarser = haar_split(tf.cast(image, tf.int32))[0]
        values = layer.split(image, coarser)
        for value, band in zip(values, layer.bands(), strict=True):
            assert value.dtype == tf.float32 and value.shape[1:] == band.shape
            assert value.numpy().min() >= band.low and value.numpy().max() <= band.high
        back = layer.join(coarser, values)
        assert back.dtype == tf.float32
        np.testing.assert_array_equal(back, tf.cast(image, tf.float32))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_log_prob_is_the_sum_over_parts(kind, channels):
    layer, image, latent, coarser = built(kind, channels)
    context = layer.context(coarser, latent)
    values = layer.split(image, coarser)
    total = np.zeros(3)
    for index, (value, band) in enumerate(zip(values, layer.bands())):
        dist = layer.band_distribution(index, context, values[:index], coarser)
        p = {name: getattr(dist, name) for name in ("logits", "loc", "scale", "coeffs")}
        p = {name: None if t is None else t.numpy().astype(np.float64) for name, t in p.items()}
        each = log_prob_scipy(value.numpy().astype(np.float64), **p, low=dist.low, high=dist.high, center=dist.center)
        assert dist.center == (band.low + band.high) / 2
        assert each.shape == (3, *band.shape[:2])
        total += each.sum((1, 2))
    found = log_prob(layer, image, latent, coarser)
    assert found.shape == (3,) and found.dtype == tf.float32
    np.testing.assert_allclose(found, total, rtol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_log_prob_reads_the_latent_and_the_coarser_image(kind):
    layer, image, latent, coarser = built(kind)
    before = log_prob(layer, image, latent, coarser).numpy()
    assert (log_prob(layer, image, latent + 1, coarser).numpy() != before).all()
    if coarser is not None:
        assert (log_prob(layer, image, latent, 255 - coarser).numpy() != before).all()
    np.testing.assert_array_equal(log_prob(layer, tf.cast(image, tf.uint8), latent, coarser), before)


def test_a_band_reads_the_bands_before_it_and_no_others():
    layer, image, latent, coarser = built("reversible")
    context, values = layer.context(coarser, latent), layer.split(image, coarser)
    for index in range(3):
        loc = layer.band_distribution(index, context, values[:index], coarser).loc
        for place in range(index):
            moved = [v + 20 * (i == place) for i, v in enumerate(values[:index])]
            assert np.abs(layer.band_distribution(index, context, moved, coarser).loc - loc).max() > 1e-3


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_draws(kind, channels):
    layer, _, latent, coarser = built(kind, channels)
    drawn = {}
    for temperature in (1e-6, 0.5, 1.0):
        noise = BatchNoise([1, 2], 3)
        image = layer.draw("x", coarser, latent, noise, temperature)
        assert image.shape == (3, 8, 8, channels) and image.dtype == tf.float32
        assert image.numpy().min() >= 0 and image.numpy().max() <= 255
        np.testing.assert_array_equal(image, np.round(image))
        np.testing.assert_array_equal(
            layer.draw("x", coarser, latent, noise, tf.fill([3, 1, 1, 1], temperature)), image
        )
        drawn[temperature] = image.numpy()
        again, unrounded = layer.draw_unrounded("x", coarser, latent, noise, temperature)
        np.testing.assert_array_equal(again, image)
        # The bands' roundings add up to a few grey levels at most; the whole image's is half of one.
        assert np.abs(unrounded - image).max() <= (0.5 if kind != "reversible" else 3)
        assert (unrounded != image).numpy().mean() > 0.3
    assert (drawn[0.5] != drawn[1.0]).mean() > 0.3 and (drawn[1e-6] != drawn[1.0]).mean() > 0.3
    other = layer.draw("y1", coarser, latent, BatchNoise([1, 2], 3), 1.0)  # its own numbers
    assert (other.numpy() != drawn[1.0]).mean() > 0.3
    cold = layer.draw("y1", coarser, latent, BatchNoise([3, 4], 3), 1e-6)
    assert (cold.numpy() == drawn[1e-6]).mean() > 0.99


@pytest.mark.parametrize("coarser", [0, 2, 254])
@pytest.mark.parametrize("deviation", [0.02, 0.3])
def test_the_pictures_of_a_coarser_one_have_all_probability(coarser, deviation):
    """Every picture of 2x2 pixels with that rounded mean; others get nothing but where both first bands are far out."""
    network = FAMILIES["residual"]
    layer = ReversibleLikelihood(None, (2, 2, 1), 3, network, network.to_dict())
    levels = np.arange(12) if coarser < 128 else 255 - np.arange(12)
    every = np.stack(np.meshgrid(*[levels] * 4, indexing="ij"), -1).reshape(-1, 2, 2, 1).astype(np.int32)
    means = haar_split(every)[0].numpy()
    every, means = (part[(means == coarser).all((1, 2, 3))].astype(np.float32) for part in (every, means))
    assert 4 < len(every) < 5000
    layer((every, means))
    randomise(layer, deviation=deviation)
    total = np.exp(layer((every, means)).numpy().astype(float)).sum()
    assert 0.8 < total < 1 + 1e-4


def test_draws_keep_the_coarser_image_where_nothing_is_clipped():
    layer, _, latent, _ = built("reversible", deviation=0.02)
    coarser = tf.cast(np.random.default_rng(0).integers(110, 140, (3, 4, 4, 3)), tf.float32)
    for image in (layer.draw("x", coarser, latent, BatchNoise([1, 2], 3), 0.1), layer.mean(coarser, latent)):
        assert image.numpy().min() > 0 and image.numpy().max() < 255
        np.testing.assert_array_equal(haar_split(tf.cast(image, tf.int32))[0], coarser)


@pytest.mark.parametrize("kind", KINDS)
def test_draws_of_a_row_do_not_depend_on_its_batch(kind):
    layer, _, latent, coarser = built(kind)
    seeds = row_seeds(3, 3)
    drawn = layer.draw("x", coarser, latent, RowNoise(seeds), 1.0).numpy()
    alone = layer.draw("x", None if coarser is None else coarser[1:2], latent[1:2], RowNoise(seeds[1:2]), 1.0).numpy()
    assert (alone == drawn[1:2]).mean() > 0.99  # a tie may round either way


@pytest.mark.parametrize("kind", ["mixture", "mixture given coarser"])
def test_draws_follow_the_distribution(kind):
    layer, _, latent, coarser = built(kind, 1, batch=1)
    dist = layer.band_distribution(0, layer.context(coarser, latent), [], coarser)
    rows = 800
    many = [None if t is None else tf.repeat(t, rows, 0) for t in (coarser, latent)]
    drawn = layer.draw("x", *many, BatchNoise([1, 2], rows), 1.0).numpy()
    x = np.arange(256, dtype=np.float32)[:, None, None, None]
    probabilities = np.exp(dist.log_prob(tf.broadcast_to(x[:, None], [256, 1, 8, 8, 1])))[:, 0]
    mean = (probabilities[..., None] * x).sum(0)
    deviation = np.sqrt((probabilities[..., None] * (x - mean) ** 2).sum(0))
    assert (np.abs(drawn.mean(0) - mean) < 5 * deviation / rows**0.5).all()
    assert abs((drawn.std(0) / deviation).mean() - 1) < 0.05


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_mean_images(kind, channels):
    layer, _, latent, coarser = built(kind, channels)
    mean = layer.mean(coarser, latent)
    assert mean.shape == (3, 8, 8, channels) and mean.dtype == tf.float32
    assert mean.numpy().min() >= 0 and mean.numpy().max() <= 255
    np.testing.assert_array_equal(mean, np.round(mean))
    if kind == "mixture":
        dist = layer.band_distribution(0, layer.context(None, latent), [], None)
        np.testing.assert_array_equal(mean, np.floor(dist.mean().numpy() + 0.5))
