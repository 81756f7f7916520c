"""Augmentation of training batches: stateless, on uint8."""

from __future__ import annotations

import tensorflow as tf


def flip(images, seed):
    """Mirror each image with probability one half.

    Args:
        images: uint8 [B, H, W, C].
        seed: int tensor [2]; the same seed gives the same flips.
    """
    chosen = tf.random.stateless_uniform([tf.shape(images)[0]], seed) < 0.5
    return tf.where(chosen[:, None, None, None], tf.reverse(images, [2]), images)


def shift(images, seed, most):
    """Move each image by up to `most` whole pixels in each direction; edges are reflected.

    A translation by whole pixels is the affine map that keeps uint8 values as they are: an interpolated
    one would smooth the images, and change the likelihood that is measured.

    Args:
        images: uint8 [B, H, W, C].
        seed: int tensor [2].
        most: pixels.
    """
    height, width = images.shape[1], images.shape[2]
    padded = tf.pad(images, [[0, 0], [most, most], [most, most], [0, 0]], "REFLECT")
    offsets = tf.random.stateless_uniform(
        [2, tf.shape(images)[0]], seed, 0, 2 * most + 1, dtype=tf.int32
    )
    rows = offsets[0][:, None] + tf.range(height)
    columns = offsets[1][:, None] + tf.range(width)
    padded = tf.gather(padded, rows, axis=1, batch_dims=1)
    return tf.gather(padded, columns, axis=2, batch_dims=1)
