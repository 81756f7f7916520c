"""Stacks, encoders and decoders of both families."""

import numpy as np
import pytest
import tensorflow as tf

from tests.layers.layer_contract import inputs_for, run_layer_test
from tf_selfvae.config import Network
from tf_selfvae.layers import Decoder, Encoder, Stack

FAMILIES = {"dense": Network("dense", 4, 2), "residual": Network("residual", 8, 1)}
IN, UP = (2, 16, 8, 3), (2, 4, 2, 8)


@pytest.mark.parametrize("blocks", [None, 2])
@pytest.mark.parametrize("family", FAMILIES)
def test_stack_contract(family, blocks):
    layer = run_layer_test(lambda **k: Stack(FAMILIES[family], blocks, **k), (2, 4, 6, 5))
    assert layer.blocks == (blocks or 1)


@pytest.mark.parametrize("channels,stages", [(8, 1), (5, 2)])
def test_residual_stack_widens_only_where_channels_differ(channels, stages):
    layer = Stack(Network("residual", 8, 1))
    assert layer(inputs_for((2, 4, 6, channels))).shape == (2, 4, 6, 8)
    assert len(layer.stages) == stages


def test_a_stack_of_no_steps_is_the_identity():
    x = inputs_for((2, 4, 6, 8))
    np.testing.assert_array_equal(Stack(Network("residual", 8, 0))(x), x)


@pytest.mark.parametrize("filters", [None, 5])
@pytest.mark.parametrize("size", [(4, 2), (16, 8), (3, 3)])
@pytest.mark.parametrize("family", FAMILIES)
def test_encoder_contract(family, size, filters):
    layer = run_layer_test(lambda **k: Encoder(FAMILIES[family], *size, filters, **k), IN, tolerance=0.2)
    width = FAMILIES[family].width
    assert layer(inputs_for(IN)).shape == (2, *size, filters or width)
    assert layer.output_channels == (filters or width)


@pytest.mark.parametrize("filters", [None, 5])
@pytest.mark.parametrize("size", [(16, 8), (4, 2), (9, 7)])
@pytest.mark.parametrize("family", FAMILIES)
def test_decoder_contract(family, size, filters):
    layer = run_layer_test(lambda **k: Decoder(FAMILIES[family], *size, filters, **k), UP, tolerance=0.2)
    width = FAMILIES[family].width
    assert layer(inputs_for(UP)).shape == (2, *size, filters or width)
    assert layer.output_channels == (filters or width)


@pytest.mark.parametrize("factory", [Encoder, Decoder])
def test_init_scale_is_that_of_the_last_convolution(factory):
    layer = factory(FAMILIES["residual"], 8, 8, 4, init_scale=0.0)
    np.testing.assert_array_equal(layer(inputs_for((2, 8, 8, 8))), np.zeros((2, 8, 8, 4)))
    assert layer.get_config()["init_scale"] == 0


def test_the_dense_encoder_doubles_channels_where_it_halves_the_size():
    layer = Encoder(FAMILIES["dense"], 4, 2)
    layer(inputs_for(IN))
    strided = [s for s in layer.stages if getattr(s, "strides", 1) == 2]
    assert [s.filters for s in strided] == [2 * (3 + 8), 2 * (22 + 8)]


def test_every_pixel_reaches_the_code():
    layer, x = Encoder(FAMILIES["residual"], 4, 4, 2), inputs_for((1, 16, 16, 3))
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_sum(layer(x) ** 2)
    assert (np.abs(tape.gradient(loss, x)) > 0).mean() > 0.99
