"""Rounds kernels to integers so that what they give is near, which is more than each of their numbers being near."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

_PASSES = 4
_KEPT = 4096  # places of a batch whose patches are looked at
_DAMPING = 1e-3  # of the mean variance, added to each: what calibration never met may come


class Patches:
    """Mean and covariance of what a convolution reads at a place.

    Args:
        side: of the kernel.
    """

    def __init__(self, side):
        self._side, self._count, self._sum, self._products = side, 0, 0.0, 0.0

    def meet(self, inputs, step):
        """Add a batch [N, h, w, C] that is read as by `networks.convolve`."""
        padding = "SAME" if step is None else "VALID"
        sizes, strides = ([1, n, n, 1] for n in (self._side, step or 1))
        patches = tf.image.extract_patches(inputs, sizes, strides, [1, 1, 1, 1], padding).numpy()
        patches = patches.reshape(-1, patches.shape[-1])
        patches = patches[:: -(-len(patches) // _KEPT)]
        self._count += len(patches)
        self._sum = self._sum + patches.sum(0, dtype=np.float64)
        self._products = self._products + (patches.T @ patches).astype(np.float64)

    def mean(self):
        """Return float64 [k k C], in the order of a kernel's rows, columns and inputs."""
        return self._sum / self._count

    def covariance(self):
        """Return float64 [k k C, k k C]."""
        mean = self.mean()
        found = self._products / self._count - np.outer(mean, mean)
        return found + _DAMPING * (np.trace(found) / len(found) + 1e-12) * np.eye(len(found))


def nearest(kernel, covariance, mean, most):
    """Round a kernel to integers, so that the variance of what that changes of its outputs is small.

    Each number goes to where it is best given all others, again and again: an error of one makes up for those of its
    neighbours, which see nearly the same. (The aim is that of Nagel et al. 2020, equation 5, with steps of any size.)

    Args:
        kernel: float64 [k, k, C, outputs].
        covariance: of the patches that it reads, in any unit.
        mean: of them, in the unit of the integers that it reads.
        most: greatest absolute value of the integers.

    Returns:
        (float64 integers [k, k, C, outputs], float64 [outputs]: what to add to the bias, so that the mean stays).
    """
    wanted = kernel.reshape(-1, kernel.shape[-1])
    whole = np.floor(wanted + 0.5).clip(-most, most)
    slope = covariance @ (whole - wanted)
    for _ in range(_PASSES):
        for i, row in enumerate(covariance):
            moved = np.floor(whole[i] - slope[i] / row[i] + 0.5).clip(-most, most)
            change, whole[i] = moved - whole[i], moved
            if change.any():
                slope += np.outer(row, change)
    return whole.reshape(kernel.shape), mean @ (wanted - whole)
