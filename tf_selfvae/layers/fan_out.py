"""One tensor for several readers, with a gradient that does not depend on which of them is done first."""

from __future__ import annotations

import tensorflow as tf


def fan_out(tensor, count):
    """Return a tensor `count` times, so that its gradients are summed in pairs.

    The gradient of a tensor that is read in three places or more is one AddN, and TensorFlow's AddN adds
    the others onto the first input whose memory nobody else is using at that moment: with more than
    two inputs, the rounding then depends on which kernel was faster. Two summands are the same either way.

    Args:
        tensor: any tensor.
        count: how many readers it has.

    Returns:
        A list of `count` tensors.
    """
    if count == 1:
        return [tensor]
    return [tf.identity(tensor), *fan_out(tf.identity(tensor), count - 1)]
