"""The blocks: the contract and their formulas."""

import numpy as np
import pytest
import tensorflow as tf

from tests.layers.layer_contract import convolve_transposed, inputs_for, randomise, run_layer_test
from tf_selfvae.config import Network
from tf_selfvae.layers import ChannelAttention, DenseLayer, ResidualBlock, Surroundings

BLOCKS = {
    "attention": lambda **k: ChannelAttention(**k),
    "attention by 2": lambda **k: ChannelAttention(reduction=2, **k),
    "dense": lambda **k: DenseLayer(3, 2, **k),
    "dense without steps": lambda **k: DenseLayer(3, 0, **k),
    "residual": lambda **k: ResidualBlock(**k),
    "surroundings": lambda **k: Surroundings(1, "relu", **k),
}


@pytest.mark.parametrize("channels", [6, 16])
@pytest.mark.parametrize("name", BLOCKS)
def test_contract(name, channels):
    run_layer_test(BLOCKS[name], (3, 4, 6, channels))


def test_attention_scales_whole_channels_between_0_and_1():
    layer, x = ChannelAttention(), inputs_for((3, 4, 6, 16))
    layer(x)
    randomise(layer, deviation=1.0)
    gate = layer(x) / x
    np.testing.assert_allclose(gate, np.broadcast_to(gate[:, :1, :1], gate.shape), rtol=1e-4)
    assert gate.numpy().min() > 0 and gate.numpy().max() < 1
    # It reads global means alone.
    centred = x - tf.reduce_mean(x, [1, 2], keepdims=True)
    np.testing.assert_allclose((layer(x - centred) / (x - centred))[:, 0, 0], gate[:, 0, 0], rtol=1e-4)


def test_dense_layer_is_its_parts():
    layer, x = DenseLayer(3, 2), inputs_for((2, 4, 6, 5))
    layer(x)
    randomise(layer)
    outputs = x
    for narrow, grow in layer.pairs:
        assert (narrow.kernel_size, narrow.filters) == (1, 12)
        assert (grow.kernel_size, grow.filters) == (3, 3)
        hidden = tf.nn.elu(narrow(outputs))
        outputs = tf.nn.elu(tf.concat([outputs, grow(hidden)], -1))
    np.testing.assert_allclose(layer(x), layer.attention(outputs), rtol=1e-5)


def test_residual_block_starts_near_the_identity():
    layer, x = ResidualBlock(), inputs_for((4, 8, 8, 16))
    change = (layer(x) - x).numpy()
    assert 0 < change.std() < 0.3
    expected = layer.second(tf.nn.elu(layer.first(tf.nn.elu(x))))
    np.testing.assert_allclose(change, expected, atol=1e-6)


@pytest.mark.parametrize("halvings, reach", [(1, 6), (2, 17)])
def test_surroundings_reach_far(halvings, reach):
    """A change at one place is seen so many columns away."""
    layer, x = Surroundings(halvings), inputs_for((1, 48, 48, 4))
    layer(x)
    randomise(layer)
    moved = x + tf.pad(tf.ones([1, 1, 1, 4]), [[0, 0], [24, 23], [24, 23], [0, 0]])
    seen = np.abs(layer(moved) - layer(x)).max((0, 1, 3)) > 0
    assert abs(seen.sum() - (2 * reach + 1)) <= 1 and seen[24 - reach + 1 : 24 + reach - 1].all()


def test_surroundings_start_near_the_identity():
    layer, x = Surroundings(2, width=6), inputs_for((4, 8, 8, 16))
    assert 0 < (layer(x) - x).numpy().std() < 0.3
    coarse = layer.around(layer.block(layer.halve(tf.nn.elu(x))))
    np.testing.assert_allclose(layer(x), x + layer.double(tf.nn.elu(coarse)), atol=1e-6)


def test_surroundings_double_by_a_transposed_convolution():
    layer, x = Surroundings(1), inputs_for((2, 8, 6, 5))
    layer(x)
    randomise(layer)
    v, g, b = (weight.numpy() for weight in (layer.double.v, layer.double.g, layer.double.b))
    kernel = v / np.sqrt((v**2).sum((0, 1, 3), keepdims=True)) * g[:, None]
    coarse = inputs_for((2, 4, 3, 5), seed=1)
    np.testing.assert_allclose(layer.double(coarse), convolve_transposed(coarse.numpy(), kernel, 2) + b, atol=1e-5)


def test_sides_that_cannot_be_halved_are_refused():
    with pytest.raises(ValueError, match="halvings: expected even sides to halve, got 2x3"):
        Surroundings(2)(inputs_for((1, 4, 6, 8)))
    with pytest.raises(ValueError, match="halvings: expected 0 of a dense network, got 1"):
        Network("dense", halvings=1)
