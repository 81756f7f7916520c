"""Batches of any rank for code that reads one batch dimension."""

from __future__ import annotations

import tensorflow as tf


def flat_batch(x):
    """Return x [..., h, w, c] as [B, h, w, c]."""
    return tf.reshape(x, [-1, *x.shape[-3:]])


def with_batch_of(x, value, event):
    """Return `value` as [..., *event] with the batch of x [..., h, w, c].

    A single batch dimension may be unknown when a graph is built.
    """
    batch = [-1] if x.shape.rank == 4 else x.shape[:-3].as_list()
    return tf.reshape(value, [*batch, *event])
