"""Parameters of a discretized logistic mixture: what they must be, and the ends of its support by channel."""

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


def check_bounds(low, high, center, dtype):
    if tf.is_tensor(low) or tf.is_tensor(high):
        # Slicing a distribution makes tensors of numbers, of as many dimensions as it has.
        low, high = (tf.cast(end, dtype) for end in (low, high))
        low, high = (tf.reshape(end, []) if end.shape.num_elements() == 1 else end for end in (low, high))
        if center is None and (low.shape.rank or high.shape.rank):
            raise UserError("center must be given where low and high are tensors.")
        return low, high, 0.5 * (low + high) if center is None else center
    for name, bound in (("low", low), ("high", high)):
        if int(bound) != bound:
            raise UserError(f"{name} must be an integer, got {bound}.")
    if not low < high:
        raise UserError(f"low must be below high, got low={low}, high={high}.")
    return int(low), int(high), 0.5 * (low + high) if center is None else center


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


def ends_by_channel(bound, channels, squeezed=False):
    """An end of the support for each channel: numbers, or tensors `[..., 1]` (squeezed: `[...]`)."""
    if not tf.is_tensor(bound) or bound.shape.rank == 0:
        return [bound] * channels
    return tf.unstack(bound, axis=-1) if squeezed else tf.split(bound, channels, axis=-1)


def event_ndims(bound):
    """How many dimensions of an end of the support belong to an event."""
    return 1 if tf.is_tensor(bound) and bound.shape.rank else 0
