"""Gradients are the same bits whichever kernel is done first."""

import numpy as np
import pytest
import tensorflow as tf

import tf_selfvae as sv
from tests.small import CONFIGS, config, level
from tf_selfvae.layers.fan_out import fan_out

# In bfloat16, (1 + e) + e is 1, and (e + e) + 1 is more.
SMALL = 2.0**-8


def test_the_sum_of_three_depends_on_who_still_reads_the_inputs():
    """TensorFlow's fault: where this fails, `fan_out` can go."""

    def add(held):
        @tf.function
        def run(values):
            parts = [value * 2 for value in values]
            return tf.add_n(parts), parts[:held]

        return float(run([tf.constant([x / 2], tf.bfloat16) for x in (1.0, SMALL, SMALL)])[0][0])

    assert add(0) == add(1) == 1.0
    assert add(2) == 1.0 + 2 * SMALL


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_the_gradient_is_the_sum_in_pairs(count):
    x = tf.Variable(np.float32([1.0, -2.0]))
    factors = np.float32([3.0, 0.1, 7.0, 1e-3, 5.0])[:count]

    @tf.function
    def gradient():
        with tf.GradientTape() as tape:
            outputs = [factor * each for factor, each in zip(factors, fan_out(x * 1, count))]
        return tape.gradient(outputs, x)

    np.testing.assert_allclose(gradient(), np.full(2, factors.sum()), rtol=1e-6)
    graph = gradient.get_concrete_function().graph
    assert all(len(op.inputs) == 2 for op in graph.get_operations() if op.type == "AddN")


_SAME_MEMORY = {"Identity", "Reshape", "Squeeze", "ExpandDims", "StopGradient", "PreventGradient"}


def _readers(tensor):
    """How many operations read the memory of a tensor."""
    while tensor.op.type in _SAME_MEMORY:
        tensor = tensor.op.inputs[0]

    def count(tensor):
        return sum(count(op.outputs[0]) if op.type in _SAME_MEMORY else 1 for op in tensor.consumers())

    return count(tensor)


def depends_on_time(op):
    """Whether an AddN may add in another order: the first two inputs, which commute, are read elsewhere, too."""
    return op.type == "AddN" and len(op.inputs) > 2 and all(_readers(each) > 1 for each in op.inputs[:2])


MODELS = {
    # Its bands' networks have blocks: without `fan_out`, their first gradients are read twice.
    "reversible": config([level()]).override({"levels.0.band.steps": 1}),
    "sketch": CONFIGS["sketch"],
    "dense": config([level("bicubic:2", "mixture")]).override(
        {"levels.0.joint.family": "dense", "levels.0.joint.blocks": 2}
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_no_sum_of_gradients_depends_on_time(name):
    model = sv.SelfVAE(MODELS[name])
    model.compile()
    model.optimizer.build(model.trainable_variables)
    step = tf.function(lambda images: model.train_step((images,)), autograph=False)
    graph = step.get_concrete_function(tf.zeros([2, *model.config.image], tf.uint8)).graph
    sums = [op for op in graph.get_operations() if op.type == "AddN"]
    assert any(len(op.inputs) > 2 for op in sums)
    assert not [op.name for op in sums if depends_on_time(op)]
