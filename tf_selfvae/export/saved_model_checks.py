"""Checks inside an exported graph: a request that doesn't fit gets an error status, not an answer.

A model server checks names and types of a request's tensors, but not always their shapes and never
their values; what these checks refuse comes back as INVALID_ARGUMENT with the message given here.
"""

from __future__ import annotations

import tensorflow as tf


def expect(condition, message, value):
    """Refuse the request unless a condition holds.

    Args:
        condition: boolean scalar tensor.
        message: "argument: what was expected, got"; the value follows it.
        value: tensor that the error shows.

    Returns:
        The operation to depend on.
    """
    return tf.debugging.Assert(condition, [message, value], summarize=8)


def checked(inputs, specs):
    """Return a signature's inputs once their shapes and values are found right.

    Args:
        inputs: dict of name to tensor.
        specs: dict of name to `tf.TensorSpec`, the first dimension of each None: the row.

    Returns:
        The same dict; its tensors wait for the checks.

    Raises:
        tf.errors.InvalidArgumentError: when it runs, for inputs of differing numbers of rows or none,
            sizes that are not the model's, seeds outside int32, a temperature that is negative or not
            finite, or latents that are not finite.
    """
    # A server hands tensors in past the signature's static shapes: EnsureShape looks at real ones.
    inputs = {name: tf.ensure_shape(value, specs[name].shape, name=name) for name, value in inputs.items()}
    rows = tf.stack([tf.shape(value)[0] for value in inputs.values()])
    names = ", ".join(inputs)
    checks = [
        expect(
            tf.reduce_all(tf.equal(rows, rows[0])) & (rows[0] > 0),
            f"{names}: expected the same number of rows in each, at least 1, got",
            rows,
        )
    ]
    for name, value in inputs.items():
        if name == "seed":
            good = tf.equal(value, tf.cast(tf.cast(value, tf.int32), tf.int64))
            message = "seed: expected whole numbers from -2147483648 to 2147483647, got"
        elif name == "temperature":
            good = tf.math.is_finite(value) & (value >= 0.0)
            message = "temperature: expected finite numbers of at least 0, got"
        elif value.dtype.is_floating:
            good = tf.math.is_finite(value)
            message = f"{name}: expected finite numbers, got"
        else:
            continue
        checks.append(expect(tf.reduce_all(good), message, tf.boolean_mask(value, ~good)))
    with tf.control_dependencies(checks):
        return {name: tf.identity(value) for name, value in inputs.items()}
