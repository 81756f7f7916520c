"""Phases against NumPy, and likelihoods in phases and pixel by pixel: scoring sees what sampling saw."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.layers.layer_contract import inputs_for, randomise, run_layer_test
from tf_selfvae.config import Network, Transformer
from tf_selfvae.errors import UserError
from tf_selfvae.layers import AutoregressiveLikelihood, CausalBlock, ReversibleLikelihood
from tf_selfvae.layers.networks import Stack
from tf_selfvae.layers.phases import Phases
from tf_selfvae.layers.weight_norm import WeightNormConv2D
from tf_selfvae.model.noise import BatchNoise

COUNTS = (1, 2, 4, 8, 16)
NET = Network("residual", 8, 1, activation="relu")


@pytest.mark.parametrize("count", COUNTS)
def test_every_place_is_in_one_phase(count):
    phases = Phases(count)
    places = np.arange(8 * 12).reshape(1, 8, 12, 1).astype(np.float32)
    parts = phases.split(tf.constant(places))
    assert {part.shape[1:] for part in parts} == {phases.shape(8, 12, 1)}
    found = [set(part.numpy().ravel().astype(int)) for part in parts]
    assert len(found) == count and sorted(sum(map(sorted, found), [])) == list(range(96))
    np.testing.assert_array_equal(phases.join(parts), places)
    for phase in range(1, count):
        mask = phases.known(phase, 8, 12)
        assert set(places[mask == 1].astype(int)) == set.union(*found[:phase])
        np.testing.assert_array_equal(phases.join(parts[:phase]), places * mask)


def test_two_phases_are_a_checkerboard():
    rows, columns = np.indices((4, 4))
    np.testing.assert_array_equal(Phases(2).known(1, 4, 4)[0, :, :, 0], (rows + columns) % 2 == 0)


@pytest.mark.parametrize("count", (4, 16))
def test_the_first_places_of_a_cell_are_as_far_apart_as_can_be(count):
    mask = Phases(count).known(count // 4, 8, 8)[0, :, :, 0]
    step = int((4 * 64 / mask.sum()) ** 0.5 / 2)
    np.testing.assert_array_equal(np.argwhere(mask)[:, 0] % step, 0)


def test_onednn_has_the_gradients_of_a_phases_convolution():
    """It has none of a convolution with explicit padding, whose gradients in bfloat16 take five times a whole step."""
    layer, phases = WeightNormConv2D(4), Phases(4)
    layer.build([None, 8, 8, 4])

    @tf.function
    def gradient(inputs):
        return tf.gradients(layer(inputs, where=(phases, 1)), inputs)

    operations = gradient.get_concrete_function(tf.TensorSpec([2, 8, 8, 4])).graph.get_operations()
    padding = [step.get_attr("padding") for step in operations if step.type.startswith("Conv2D")]
    assert len(padding) > 1 and set(padding) <= {b"VALID", b"SAME"}


def test_cells_must_divide_the_grid():
    with pytest.raises(UserError, match="phases: 16 take cells of 4x4, which don't divide 6x8 places"):
        Phases(16).shape(6, 8, 3)


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("network", [NET, Network("dense", 4, 1, 2), Network("residual", 8, 0)])
def test_a_stack_computed_where_a_phase_draws_is_the_whole_one_there(count, network):
    stack, phases = Stack(network), Phases(count)
    inputs = tf.random.stateless_normal([2, 8, 12, 8], [1, 2])
    stack.build(inputs.shape)
    randomise(stack)
    whole = stack(inputs)
    for phase in range(count):
        np.testing.assert_allclose(stack(inputs, where=(phases, phase)), phases.pick(whole, phase), 1e-5, 1e-5)


def reversible(phases, channels, latent=None, **options):
    return ReversibleLikelihood(latent, (16, 16, channels), 3, NET, NET, phases=phases, **options)


def drawn(channels, latent=None, **options):
    return AutoregressiveLikelihood(latent, (4, 4, channels), 3, Transformer(8, 2, 2), **options)


@pytest.mark.parametrize("channels", [1, 3])
def test_contracts(channels):
    images = ("image", 2, 16, 16, channels), ("image", 2, 8, 8, channels)
    run_layer_test(lambda **k: reversible(2, channels, **k), images, tolerance=1.0)
    image = ("image", 2, 4, 4, channels)
    run_layer_test(lambda **k: drawn(channels, NET, **k), (image, (2, 2, 2, 3)), tolerance=1.0)


def test_contract_of_a_block():
    run_layer_test(lambda **k: CausalBlock(2, 0.1, **k), (2, 6, 8))


def made(layer, shapes, deviation):
    keras.utils.set_random_seed(0)
    inputs = inputs_for(shapes)
    layer(inputs)
    randomise(layer, deviation=deviation)
    return inputs


@pytest.mark.parametrize("phases", (1, 2, 4, 8))
def test_scoring_gives_each_phase_what_it_was_drawn_from(phases):
    """The noise that drew the bands draws them again from the distributions that score the picture."""
    layer = reversible(phases, 3)
    made(layer, (("image", 2, 16, 16, 3), ("image", 2, 8, 8, 3)), 0.02)
    coarser = tf.cast(np.random.default_rng(0).integers(120, 136, (2, 8, 8, 3)), tf.float32)
    noise = BatchNoise([1, 2], 2)
    image = layer.draw("x", coarser, None, noise, 0.1).numpy()
    assert 0 < image.min() and image.max() < 255  # none was clipped
    values, context = layer.split(image, coarser), layer.context(coarser, None)
    assert len(values) == 3 * phases
    for index, (value, band) in enumerate(zip(values, layer.bands(), strict=True)):
        component = noise.gumbel(f"x/{band.name}/component", [*band.shape[:2], 3])
        logistic = noise.logistic(f"x/{band.name}/value", band.shape)
        distribution = layer.band_distribution(index, context, values[:index], coarser)
        again = distribution.sample_from_noise(component, logistic, 0.1)[0]
        np.testing.assert_array_equal(again, value)
    # What is at a later phase's place changes nothing that was drawn before.
    scores = [part.numpy() for part in layer._log_probs([image, coarser])]
    for later in range(1, 3 * phases, phases + (phases > 2)):  # in each band, at other phases
        changed = [value + 3.0 * (index >= later) for index, value in enumerate(values)]
        found = layer._log_probs([layer.join(coarser, changed), coarser])
        for index in range(later):
            np.testing.assert_array_equal(found[index], scores[index])
        assert not np.array_equal(found[later], scores[later])


@pytest.mark.parametrize("phases", (1, 2, 4))
def test_a_map_has_each_places_own_bits(phases):
    layer = reversible(phases, 1)
    inputs = made(layer, (("image", 2, 16, 16, 1), ("image", 2, 8, 8, 1)), 0.1)
    maps = layer.log_prob_by_place(inputs)
    assert [part.shape for part in maps] == [(2, 8, 8)] * 3
    np.testing.assert_allclose(layer(inputs), sum(part.numpy().sum((1, 2)) for part in maps), rtol=1e-5)


@pytest.mark.parametrize("channels,latent", [(1, None), (3, None), (3, NET)])
def test_scoring_gives_each_pixel_what_it_was_drawn_from(channels, latent):
    layer = drawn(channels, latent)
    shapes = [("image", 3, 4, 4, channels), *([(3, 2, 2, 3)] if latent else [])]
    _, *given = made(layer, tuple(shapes), 0.3) if latent else (made(layer, tuple(shapes), 0.3),)
    given = given[0] if latent else None
    noise = BatchNoise([3, 4], 3)
    image, unrounded = layer.draw_unrounded("y2", None, given, noise, 1.0)
    assert np.abs(np.asarray(image) - unrounded).max() <= 0.5 and len(np.unique(np.asarray(image))) > 5
    component = noise.gumbel("y2/component", [4, 4, 3])
    logistic = noise.logistic("y2/value", [4, 4, channels])
    again = layer.distribution(image, given).sample_from_noise(component, logistic)[0]
    np.testing.assert_array_equal(again, image)
    mean = layer.mean(None, given, noise)
    np.testing.assert_array_equal(np.floor(layer.distribution(mean, given).mean() + 0.5), mean)
    inputs = [image, *([given] if latent else [])]
    scores = layer.log_prob_by_place(inputs)[0].numpy().reshape(3, 16)
    for place in range(1, 16):
        changed = np.array(image).reshape(3, 16, channels)
        changed[:, place:] = 255 - changed[:, place:]
        found = layer.log_prob_by_place([changed.reshape(image.shape), *inputs[1:]])[0].numpy().reshape(3, 16)
        np.testing.assert_allclose(found[:, :place], scores[:, :place], rtol=1e-5)
        assert (found[:, place] != scores[:, place]).any()


def test_a_tiny_picture_s_probabilities_sum_to_one():
    """Both orders enumerated: of two pixels, each given the one before it."""
    layer = AutoregressiveLikelihood(None, (1, 2, 1), 2, Transformer(4, 1, 1))
    made(layer, ("image", 1, 1, 2, 1), 0.5)
    first = np.arange(256, dtype=np.float32)
    pairs = np.stack(np.meshgrid(first[::17], first, indexing="ij"), -1).reshape(-1, 1, 2, 1)
    by_place = np.exp(layer.log_prob_by_place([pairs])[0].numpy()).reshape(16, 256, 2)
    np.testing.assert_allclose(by_place[:, :, 1].sum(1), 1, rtol=1e-4)  # given each first pixel
    every = np.stack([first, first], -1).reshape(-1, 1, 2, 1)
    np.testing.assert_allclose(np.exp(layer.log_prob_by_place([every])[0].numpy()[:, 0, 0]).sum(), 1, rtol=1e-4)
