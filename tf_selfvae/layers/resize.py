"""Changes of size that run, and give the same numbers, on every backend."""

from __future__ import annotations

import functools

import numpy as np
import tensorflow as tf


@functools.cache
def _bilinear_matrix(size_in, size_out):
    matrix = np.zeros([size_out, size_in], np.float32)
    ratio = size_in / size_out
    # Half-pixel centres; when shrinking, the triangle widens (antialiasing).
    support = max(1.0, ratio)
    for row in range(size_out):
        centre = (row + 0.5) * ratio - 0.5
        weights = np.maximum(0.0, 1 - np.abs(np.arange(size_in) - centre) / support)
        matrix[row] = weights / weights.sum()
    return matrix


def resize_bilinear(inputs, height, width):
    """Resize bilinearly (antialiased when it shrinks) by two constant matrices.

    Args:
        inputs: float tensor [B, H, W, C] with static H and W.
        height: rows of the output.
        width: columns of the output.

    Returns:
        A tensor [B, height, width, C] of the same dtype.
    """
    if inputs.shape[1] == height and inputs.shape[2] == width:
        return inputs
    rows = tf.constant(_bilinear_matrix(inputs.shape[1], height), inputs.dtype)
    columns = tf.constant(_bilinear_matrix(inputs.shape[2], width), inputs.dtype)
    h_in, w_in, channels = inputs.shape[1], inputs.shape[2], inputs.shape[3]
    outputs = tf.matmul(rows, tf.reshape(inputs, [-1, h_in, w_in * channels]))
    outputs = tf.matmul(columns, tf.reshape(outputs, [-1, w_in, channels]))
    return tf.reshape(outputs, [-1, height, width, channels])
