"""Stacks, encoders and decoders of both families."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from tests.layers.layer_contract import inputs_for, run_layer_test
from tf_selfvae.config import Network
from tf_selfvae.layers import Decoder, Encoder, Stack

FAMILIES = {"dense": Network("dense", 4, 2), "residual": Network("residual", 8, 1)}
IN, UP = (2, 16, 8, 3), (2, 4, 2, 8)


@pytest.mark.parametrize("blocks", [1, 2])
@pytest.mark.parametrize("family", FAMILIES)
def test_stack_contract(family, blocks):
    network = dataclasses.replace(FAMILIES[family], blocks=blocks)
    layer = run_layer_test(lambda **k: Stack(network, **k), (2, 4, 6, 5))
    assert len(layer.stages) == blocks + (family == "residual")


@pytest.mark.parametrize("channels,stages", [(8, 1), (5, 2)])
def test_residual_stack_widens_only_where_channels_differ(channels, stages):
    layer = Stack(Network("residual", 8, 1))
    assert layer(inputs_for((2, 4, 6, channels))).shape == (2, 4, 6, 8)
    assert len(layer.stages) == stages


def test_a_stack_of_no_steps_is_the_identity():
    x = inputs_for((2, 4, 6, 8))
    np.testing.assert_array_equal(Stack(Network("residual", 8, 0))(x), x)


# What comes without a last convolution: the residual family's width, what the dense one has grown to.
GROWN = {"encoder": {(4, 2): 76 + 32, (16, 8): 11, (3, 3): 76 + 32}, "decoder": {(16, 8): 6, (4, 2): 16, (9, 7): 16}}


@pytest.mark.parametrize("size,filters", [*((size, None) for size in GROWN["encoder"]), ((16, 8), 5)])
@pytest.mark.parametrize("family", FAMILIES)
def test_encoder_contract(family, size, filters):
    layer = run_layer_test(lambda **k: Encoder(FAMILIES[family], *size, filters, **k), IN, tolerance=0.2)
    grown = 8 if family == "residual" else GROWN["encoder"][size]
    assert layer(inputs_for(IN)).shape == (2, *size, filters or grown)
    assert layer.output_channels == (filters or grown)


@pytest.mark.parametrize("size,filters", [*((size, None) for size in GROWN["decoder"]), ((4, 2), 5)])
@pytest.mark.parametrize("family", FAMILIES)
def test_decoder_contract(family, size, filters):
    layer = run_layer_test(lambda **k: Decoder(FAMILIES[family], *size, filters, **k), UP, tolerance=0.2)
    grown = 8 if family == "residual" else GROWN["decoder"][size]
    assert layer(inputs_for(UP)).shape == (2, *size, filters or grown)
    assert layer.output_channels == (filters or grown)
    assert layer.kernel_size == (3 if family == "dense" and size == (16, 8) else 1)


@pytest.mark.parametrize("factory", [Encoder, Decoder])
def test_init_scale_is_that_of_the_last_convolution(factory):
    layer = factory(FAMILIES["residual"], 8, 8, 4, init_scale=0.0)
    np.testing.assert_array_equal(layer(inputs_for((2, 8, 8, 8))), np.zeros((2, 8, 8, 4)))
    assert layer.get_config()["init_scale"] == 0


def growths(stages):
    return [[dense.growth for dense in stage.stages] for stage in stages if isinstance(stage, Stack)]


def test_the_dense_encoder_doubles_channels_and_growth_where_it_halves_the_size():
    layer = Encoder(Network("dense", 4, 2, blocks=2), 4, 2)
    layer(inputs_for(IN))
    assert [s.filters for s in layer.stages[1::2]] == [2 * (3 + 16), 2 * (38 + 32)]
    assert growths(layer.stages + layer.last) == [[4, 4], [8, 8], [16, 16]]


def test_the_dense_decoder_halves_channels_and_growth_where_it_doubles_the_size():
    layer, x = Decoder(Network("dense", 4, 2), 16, 8, 5), inputs_for(UP)
    outputs = layer(x)
    assert [s.filters for s in layer.stages[1::2]] == [(8 + 8) // 2, (8 + 4) // 2]
    assert growths(layer.stages + layer.last) == [[4], [2]]  # none at the top
    for stage in layer.stages:
        x = stage(x)
    np.testing.assert_array_equal(outputs, layer.last[-1](tf.nn.elu(x)))


def test_every_pixel_reaches_the_code():
    layer, x = Encoder(FAMILIES["residual"], 4, 4, 2), inputs_for((1, 16, 16, 3))
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_sum(layer(x) ** 2)
    assert (np.abs(tape.gradient(loss, x)) > 0).mean() > 0.99
