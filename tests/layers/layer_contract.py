"""What every Keras layer of the library must do, and a NumPy convolution as an oracle."""

import json

import keras
import numpy as np
import tensorflow as tf


def inputs_for(shapes, seed=0):
    """Normal tensors of a shape, or of each of a tuple of shapes; "image" in front: integers 0..255."""
    rng = np.random.default_rng(seed)

    def make(shape):
        if shape[0] == "image":
            return tf.constant(rng.integers(0, 256, shape[1:]), tf.float32)
        return tf.constant(rng.normal(size=shape), tf.float32)

    return make(shapes) if not isinstance(shapes[0], tuple) else tuple(make(s) for s in shapes)


def randomise(layer, seed=0, deviation=0.1):
    """Move every weight a little, so that nothing is exactly zero or one."""
    rng = np.random.default_rng(seed)
    layer.set_weights([w + deviation * rng.normal(size=w.shape) for w in layer.get_weights()])


def project(outputs):
    """One number that depends on every output."""
    flat = tf.concat([tf.reshape(tf.cast(o, tf.float32), [-1]) for o in tf.nest.flatten(outputs)], 0)
    weights = np.random.default_rng(1).normal(size=flat.shape)
    return tf.tensordot(flat, tf.constant(weights, tf.float32), 1)


def tied(weight):
    """Whether a kernel has one entry an output channel: its norm leaves nothing to learn."""
    height, width, *channels = weight.shape if len(weight.shape) == 4 else (0, 0)
    return weight.name == "v" and height * width == 1 and 1 in channels


def run_layer_test(layer_factory, input_shapes, unused=(), tolerance=0.1):
    """Run the contract.

    layer_factory: takes Keras's keyword arguments (dtype, name) and makes the layer.
    input_shapes: as for `inputs_for`.
    unused: names of weights that the layer's call does not read.
    tolerance: how far bfloat16 may be off, relative to the outputs' deviation.
    """
    keras.utils.set_random_seed(0)
    inputs = inputs_for(input_shapes)
    layer = layer_factory(name="layer")
    outputs = layer(inputs)
    randomise(layer)
    outputs = layer(inputs)
    assert all(np.isfinite(t).all() for t in tf.nest.flatten(outputs))

    # Configuration: JSON there and back, by the class and by Keras's registry.
    config = json.loads(json.dumps(layer.get_config()))
    twin = type(layer).from_config(config)
    assert json.loads(json.dumps(twin.get_config())) == config
    registered = json.loads(json.dumps(keras.saving.serialize_keras_object(layer)))
    registered = keras.saving.deserialize_keras_object(registered)
    assert type(registered) is type(layer)
    registered(inputs)
    assert [(w.name, w.shape) for w in registered.weights] == [(w.name, w.shape) for w in layer.weights]
    registered.set_weights(layer.get_weights())
    tf.nest.map_structure(np.testing.assert_array_equal, registered(inputs), outputs)

    # Shapes: declared, eager and in a graph with an open batch axis.
    if type(layer).compute_output_shape is not keras.layers.Layer.compute_output_shape:
        assert tuple(layer.compute_output_shape(tuple(inputs.shape))) == tuple(outputs.shape)
        open_shape = layer.compute_output_shape((None, *inputs.shape[1:]))
        assert tuple(open_shape) == (None, *outputs.shape[1:])
    specs = tf.nest.map_structure(lambda t: tf.TensorSpec([None, *t.shape[1:]]), inputs)
    graph = tf.function(lambda t: layer(t), input_signature=[specs], autograph=False)
    tf.nest.map_structure(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4), graph(inputs), outputs)

    # Rows of a batch do not meet.
    alone = layer(tf.nest.map_structure(lambda t: t[:1], inputs))
    tf.nest.map_structure(lambda a, b: np.testing.assert_allclose(a, b[:1], rtol=1e-4, atol=1e-4), alone, outputs)

    # Gradients reach every trainable weight.
    with tf.GradientTape() as tape:
        loss = project(layer(inputs))
    gradients = tape.gradient(loss, [w.value for w in layer.trainable_weights])
    for weight, gradient in zip(layer.trainable_weights, gradients):
        if weight.name in unused:
            continue
        assert gradient is not None, weight.path
        assert np.isfinite(gradient).all(), weight.path
        assert np.abs(gradient).max() > 0 or tied(weight), weight.path

    # Mixed precision: variables stay float32, outputs stay near.
    mixed = layer_factory(name="mixed", dtype="mixed_bfloat16")
    mixed(inputs)
    mixed.set_weights(layer.get_weights())
    assert {w.dtype for w in mixed.weights} <= {"float32"}
    assert all(s.compute_dtype == "bfloat16" for s in mixed._flatten_layers())
    for short, long in zip(tf.nest.flatten(mixed(inputs)), tf.nest.flatten(outputs)):
        short, long = np.float32(tf.cast(short, tf.float32)), long.numpy()
        assert short.shape == long.shape and np.isfinite(short).all()
        assert np.abs(short - long).mean() < tolerance * (long.std() + 1e-3)
    return layer


def convolve(x, kernel, stride=1):
    """A SAME convolution in plain NumPy loops: [B, H, W, C] with [k, k, C, D]."""
    size = kernel.shape[0]
    height, width = -(-x.shape[1] // stride), -(-x.shape[2] // stride)
    pads = [max((n - 1) * stride + size - m, 0) for n, m in ((height, x.shape[1]), (width, x.shape[2]))]
    x = np.pad(x, [(0, 0), *((p // 2, p - p // 2) for p in pads), (0, 0)])
    outputs = np.zeros((x.shape[0], height, width, kernel.shape[3]))
    for row, column in np.ndindex(height, width):
        patch = x[:, row * stride : row * stride + size, column * stride : column * stride + size]
        outputs[:, row, column] = np.tensordot(patch, kernel, 3)
    return outputs


def convolve_transposed(x, kernel, stride):
    """The adjoint of `convolve` by scattering: [B, h, w, C] with [k, k, D, C] to [B, h s, w s, D]."""
    batch, height, width, _ = x.shape
    size, pad = kernel.shape[0], max(kernel.shape[0] - stride, 0) // 2
    outputs = np.zeros((batch, height * stride + 2 * size, width * stride + 2 * size, kernel.shape[2]))
    for row, column in np.ndindex(height, width):
        patch = np.einsum("bc,hwdc->bhwd", x[:, row, column], kernel)
        top, left = row * stride - pad + size, column * stride - pad + size
        outputs[:, top : top + size, left : left + size] += patch
    return outputs[:, size : size + height * stride, size : size + width * stride]
