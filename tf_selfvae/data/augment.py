"""Augmentation of training batches: stateless, on uint8.

Numbers are drawn for a whole batch, also where only part of it is at hand: a row's augmentation does
not depend on how the batch is shared out. `part=(first, step)` says which rows are at hand: first,
first + step, first + 2 step, ...
"""

from __future__ import annotations

import tensorflow as tf


def flip(images, seed, part=(0, 1)):
    """Mirror each image with probability one half.

    Args:
        images: uint8 [B, H, W, C].
        seed: int tensor [2]; the same seed gives the same flips.
        part: which rows of the batch the images are.
    """
    first, step = part
    drawn = tf.random.stateless_uniform([tf.shape(images)[0] * step], seed)
    chosen = drawn[first::step] < 0.5
    return tf.where(chosen[:, None, None, None], tf.reverse(images, [2]), images)


def shift(images, seed, most, part=(0, 1)):
    """Move each image by up to `most` whole pixels in each direction; edges are reflected.

    A translation by whole pixels is the affine map that keeps uint8 values as they are: an interpolated
    one would smooth the images, and change the likelihood that is measured.

    Args:
        images: uint8 [B, H, W, C].
        seed: int tensor [2].
        most: pixels.
        part: which rows of the batch the images are.
    """
    first, step = part
    height, width = images.shape[1], images.shape[2]
    padded = tf.pad(images, [[0, 0], [most, most], [most, most], [0, 0]], "REFLECT")
    offsets = tf.random.stateless_uniform([2, tf.shape(images)[0] * step], seed, 0, 2 * most + 1, dtype=tf.int32)[
        :, first::step
    ]
    rows = offsets[0][:, None] + tf.range(height)
    columns = offsets[1][:, None] + tf.range(width)
    padded = tf.gather(padded, rows, axis=1, batch_dims=1)
    return tf.gather(padded, columns, axis=2, batch_dims=1)
