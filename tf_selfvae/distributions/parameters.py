"""Checks of a discretized logistic mixture's parameters."""

import tensorflow as tf

from ..errors import UserError


def common_dtype(*values):
    for value in values:
        if hasattr(value, "dtype"):
            return tf.as_dtype(value.dtype)
    return tf.float32


def to_tensor(value, dtype, name):
    if value is None or isinstance(value, tf.Variable):
        return value
    return tf.convert_to_tensor(value, dtype=dtype, name=name)


def check_bounds(low, high):
    for name, bound in (("low", low), ("high", high)):
        if int(bound) != bound:
            raise UserError(f"{name} must be an integer, got {bound}.")
    if not low < high:
        raise UserError(f"low must be below high, got low={low}, high={high}.")
    return int(low), int(high)


def check_shapes(logits, loc, scale, coeffs):
    if loc.dtype not in (tf.float32, tf.float64):
        raise UserError(f"Expected float32 or float64 parameters, got {loc.dtype}.")
    channels, components = loc.shape[-2:] if loc.shape.rank and loc.shape.rank > 1 else (None,) * 2
    if channels is None or components is None:
        raise UserError(f"loc must have a static shape [..., C, M], got {loc.shape}.")
    pairs = channels * (channels - 1) // 2
    expected = {"logits": (logits, [components]), "scale": (scale, [channels, components])}
    if coeffs is not None:
        expected["coeffs"] = (coeffs, [pairs, components])
    for name, (value, tail) in expected.items():
        if value.shape[-len(tail) :].as_list() != tail:
            raise UserError(
                f"{name} must have shape [..., {', '.join(map(str, tail))}] to go "
                f"with loc of shape {loc.shape}, got {value.shape}."
            )
