"""The weights that an exported model keeps: kernels as convolutions take them."""

from __future__ import annotations

import contextlib

import tensorflow as tf

from ..layers import WeightNormConv2D


@contextlib.contextmanager
def folded_kernels(model):
    """Let a model's convolutions read ready-made kernels while its graphs are traced.

    A kernel's normalisation depends on weights alone: done once here, not in every row of every
    request. It is done by the same operations and cast as always, so results stay what they were.

    Args:
        model: a `SelfVAE`; its layers are as they were when the context ends.

    Yields:
        A list of the `tf.Variable`s that the traced graphs read.
    """
    convolutions = [
        layer
        for layer in model._flatten_layers(include_self=False)
        if isinstance(layer, WeightNormConv2D)
    ]
    folded = {id(weight) for layer in convolutions for weight in (layer.v, layer.g)}
    variables = [weight.value for weight in model.weights if id(weight) not in folded]
    try:
        for layer in convolutions:
            kernel = tf.Variable(tf.cast(layer.kernel(), layer.compute_dtype), trainable=False)
            variables.append(kernel)
            layer.kernel = kernel.read_value
        yield variables
    finally:
        for layer in convolutions:
            layer.__dict__.pop("kernel", None)
