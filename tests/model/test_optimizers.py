"""The optimizers by configuration: Muon against plain NumPy, on one replica and on two."""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

import tf_selfvae as sv
from tests.processes import call
from tests.small import TINY, config, level, pictures
from tf_selfvae.layers import WeightNormConv2D
from tf_selfvae.model.optimizers import Muon

MUON = {"optimizer.kind": "muon", "optimizer.learning_rate": 0.02, "optimizer.batch_size": 4}
CONFIG = TINY.override(MUON)


def orthogonalised(matrix, steps=5):
    """Newton-Schulz as Jordan et al. write it, on the matrix itself, in float64."""
    x = np.asarray(matrix, np.float64)
    if tall := x.shape[0] > x.shape[1]:
        x = x.T
    x = x / np.linalg.norm(x)
    for _ in range(steps):
        gram = x @ x.T
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return x.T if tall else x


@pytest.mark.parametrize("shape", [(27, 8), (8, 27), (12, 12), (9, 1)])
def test_matrices_of_one_shape_are_orthogonalised_at_once_as_one_by_one(shape):
    matrices = np.random.default_rng(0).normal(size=(3, *shape)).astype(np.float32)
    found = Muon(0.01)._orthogonalised(tf.constant(matrices)).numpy()
    for one, matrix in zip(found, matrices):
        np.testing.assert_allclose(one, orthogonalised(matrix), atol=2e-4)
        singular = np.linalg.svd(one, compute_uv=False)
        assert singular.min() > 0.3 and singular.max() < 1.3


def layers():
    keras.utils.set_random_seed(3)
    straight, double = WeightNormConv2D(6, 3), WeightNormConv2D(4, 3, strides=2, transposed=True)
    straight.build((None, 4, 4, 5))
    double.build((None, 4, 4, 6))
    return [straight, double]


def test_two_steps_are_those_of_numpy():
    """Nesterov's momentum, the scale 0.2 sqrt(larger side), lengths kept a channel; Adam for gains and biases."""
    made = layers()
    variables = [variable for layer in made for variable in layer.trainable_variables]
    optimizer = Muon(0.05, adam_lr_ratio=0.5)
    optimizer.build(variables)
    random = np.random.default_rng(1)
    expected = [variable.numpy().astype(np.float64) for variable in variables]
    first, second = ([np.zeros_like(value) for value in expected] for _ in range(2))
    for step in (1, 2):
        gradients = [random.normal(size=variable.shape).astype(np.float32) for variable in variables]
        optimizer.apply([tf.constant(gradient) for gradient in gradients], variables)
        for i, (variable, gradient) in enumerate(zip(variables, gradients)):
            if variable.name.startswith("v"):
                order = (0, 1, 3, 2) if variable.name == "v_transposed" else (0, 1, 2, 3)
                first[i] = 0.95 * first[i] + gradient
                ahead = (gradient + 0.95 * first[i]).transpose(order)
                matrix = ahead.reshape(-1, ahead.shape[-1])
                direction = 0.2 * max(matrix.shape) ** 0.5 * orthogonalised(matrix).reshape(ahead.shape)
                new = expected[i] - 0.05 * direction.transpose(order)
                axes = (0, 1, 3) if variable.name == "v_transposed" else (0, 1, 2)
                lengths = [np.sqrt((x**2).sum(axes, keepdims=True)) for x in (expected[i], new)]
                expected[i] = new * lengths[0] / lengths[1]
            else:
                first[i] = 0.9 * first[i] + 0.1 * gradient
                second[i] = 0.999 * second[i] + 0.001 * gradient**2
                moved = first[i] / (1 - 0.9**step) / (np.sqrt(second[i] / (1 - 0.999**step)) + 1e-7)
                expected[i] = expected[i] - 0.5 * 0.05 * moved
    for variable, value in zip(variables, expected):
        np.testing.assert_allclose(variable.numpy(), value, atol=3e-4, err_msg=variable.path)


def fit(model, epochs=1):
    """Train for epochs of two steps, and return the losses."""
    images = pictures(model.config, 8)
    return model.fit(images, batch_size=4, epochs=epochs, shuffle=False, verbose=0).history["bpd"]


def twice(out):
    """Train on two replicas; a process has as many processors as it is started with."""
    (cpu,) = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
        model = sv.SelfVAE(CONFIG)
        model.compile()
    fit(model)
    np.savez(out, **{weight.path: weight.numpy() for weight in model.weights})


def test_two_replicas_take_the_steps_of_one_and_it_learns_and_comes_back_from_its_configuration(tmp_path):
    process = call(functools.partial(twice, tmp_path / "two.npz"), tmp_path / "log")
    model = sv.SelfVAE(CONFIG)
    model.compile()
    first = fit(model)
    one = {weight.path: weight.numpy() for weight in model.weights}
    assert fit(model, epochs=2)[-1] < first[0]
    optimizer = model.optimizer
    assert isinstance(optimizer, Muon)
    again = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert again.get_config() == optimizer.get_config()
    process.output()
    with np.load(tmp_path / "two.npz") as two:
        assert set(two) == set(one)
        for name, value in one.items():
            np.testing.assert_allclose(two[name], value, atol=1e-2, err_msg=name)


def test_frozen_levels_stay_as_they_are():
    model = sv.SelfVAE(config([level()], size=8, channels=1).override({**MUON, "top.prior.kind": "standard_normal"}))
    model.compile(levels="1")
    fit(model)
    fresh = sv.SelfVAE(model.config)
    same = [np.array_equal(a, b) for a, b in zip(model.get_weights(), fresh.get_weights())]
    frozen = [not variable.trainable for variable in model.weights]
    assert [a for a, b in zip(same, frozen) if b] == [True] * sum(frozen) and sum(frozen)
    assert not all(same)
