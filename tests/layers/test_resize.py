"""Resizing against TensorFlow's."""

import numpy as np
import pytest
import tensorflow as tf

from tf_selfvae.layers import resize_bilinear


@pytest.mark.parametrize("size", [(8, 6), (16, 12), (4, 3), (3, 5), (11, 13), (1, 1), (32, 1)])
@pytest.mark.parametrize("channels", [1, 3])
def test_same_as_tensorflows(size, channels):
    x = tf.constant(np.random.default_rng(0).normal(size=(2, 8, 6, channels)), tf.float32)
    expected = tf.image.resize(x, size, method="bilinear", antialias=True)
    found = resize_bilinear(x, *size)
    assert found.shape == (2, *size, channels) and found.dtype == tf.float32
    np.testing.assert_allclose(found, expected, atol=1e-5)
    compiled = tf.function(lambda x: resize_bilinear(x, *size), jit_compile=True)
    np.testing.assert_allclose(compiled(x), expected, atol=1e-5)


def test_the_same_size_is_untouched_and_dtypes_stay():
    x = tf.cast(np.random.default_rng(0).normal(size=(2, 8, 6, 3)), tf.bfloat16)
    assert resize_bilinear(x, 8, 6) is x
    assert resize_bilinear(x, 4, 9).dtype == tf.bfloat16
    constant = resize_bilinear(tf.fill([1, 7, 5, 2], 3.0), 4, 11)
    np.testing.assert_allclose(constant, 3, rtol=1e-6)


def test_an_open_batch_axis():
    resize = tf.function(lambda x: resize_bilinear(x, 4, 4), input_signature=[tf.TensorSpec([None, 8, 6, 3])])
    for batch in (0, 1, 5):
        assert resize(tf.zeros([batch, 8, 6, 3])).shape == (batch, 4, 4, 3)
