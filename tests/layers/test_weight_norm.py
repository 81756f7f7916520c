"""The weight-normalised convolution against NumPy."""

import numpy as np
import pytest
import tensorflow as tf

from tests.layers.layer_contract import convolve, convolve_transposed, inputs_for, randomise, run_layer_test
from tf_selfvae.layers import WeightNormConv2D

KINDS = {
    "3x3": {},
    "1x1": {"kernel_size": 1},
    "5x5": {"kernel_size": 5},
    "strided": {"strides": 2},
    "transposed": {"strides": 2, "transposed": True},
    "transposed 4x4": {"strides": 2, "transposed": True, "kernel_size": 4},
    "transposed by 1": {"transposed": True},
}


@pytest.mark.parametrize("kind", KINDS)
def test_contract(kind):
    run_layer_test(lambda **k: WeightNormConv2D(5, **KINDS[kind], **k), (3, 6, 8, 4))


@pytest.mark.parametrize("size", [(6, 8), (5, 7), (1, 1)])
@pytest.mark.parametrize("kind", KINDS)
def test_outputs_are_the_definition(kind, size):
    layer = WeightNormConv2D(5, **KINDS[kind])
    x = inputs_for((2, *size, 4))
    layer(x)
    randomise(layer, deviation=0.5)
    v, g, b = (w.numpy().astype(np.float64) for w in (layer.v, layer.g, layer.b))
    stride = layer.strides
    if layer.transposed:
        norm = np.sqrt((v**2).sum((0, 1, 3), keepdims=True))
        expected = convolve_transposed(x.numpy(), v / norm * g[:, None], stride)
    else:
        norm = np.sqrt((v**2).sum((0, 1, 2), keepdims=True))
        expected = convolve(x.numpy(), v / norm * g, stride)
    np.testing.assert_allclose(layer(x), expected + b, rtol=1e-4, atol=1e-5)
    # The norm of v does not matter.
    layer.v.assign(3 * layer.v)
    np.testing.assert_allclose(layer(x), expected + b, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
@pytest.mark.parametrize("init_scale", [1.0, 0.1, 2.5])
@pytest.mark.parametrize("kind", KINDS)
def test_initialise_sets_mean_and_deviation(kind, init_scale, dtype):
    layer = WeightNormConv2D(5, init_scale=init_scale, dtype=dtype, **KINDS[kind])
    x = 3 + 2 * inputs_for((8, 6, 6, 4))
    layer(x)
    randomise(layer)  # whatever g and b were
    v = layer.v.numpy()
    layer.initialise(x)
    y = np.float32(tf.cast(layer(x), tf.float32))
    rough = 1 if dtype == "float32" else 300
    np.testing.assert_allclose(y.mean((0, 1, 2)), 0, atol=1e-4 * rough * init_scale)
    np.testing.assert_allclose(y.std((0, 1, 2)), init_scale, rtol=1e-4 * rough)
    np.testing.assert_array_equal(layer.v, v)


def test_initialise_leaves_an_output_that_starts_at_zero():
    layer = WeightNormConv2D(5, init_scale=0.0)
    x = inputs_for((2, 6, 6, 4))
    np.testing.assert_array_equal(layer(x), np.zeros((2, 6, 6, 5)))
    layer.initialise(x)
    np.testing.assert_array_equal(layer(x), np.zeros((2, 6, 6, 5)))


def test_initialise_survives_a_constant_batch():
    layer = WeightNormConv2D(5, 1)
    x = tf.ones([2, 6, 6, 4])
    layer(x)
    layer.initialise(x)
    np.testing.assert_allclose(layer(x), 0, atol=1e-5)
    assert np.isfinite(layer.g).all()
