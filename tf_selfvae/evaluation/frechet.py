"""Frechet distance between two sets of pictures, by the features of a network (Heusel et al. 2017)."""

from __future__ import annotations

import numpy as np
import scipy.linalg
from numpy.typing import ArrayLike

from ..errors import UserError


class FeatureStatistics:
    """Mean and covariance of feature vectors, in one pass and in float64 (Chan et al. 1979).

    Args:
        size: features per picture, D.

    Attributes:
        count: vectors seen.
        mean: float64 [D].

    Example:
        >>> statistics = FeatureStatistics(2048)
        >>> for batch in batches:
        ...     statistics.update(network(batch))
    """

    def __init__(self, size):
        self.size, self.count = size, 0
        self.mean = np.zeros(size)
        self._scatter = np.zeros([size, size])

    def update(self, features: ArrayLike):
        """Add a batch.

        Args:
            features: float array [B, D].

        Raises:
            ValueError: for another shape, or values that are not finite.
        """
        features = np.asarray(features, np.float64)
        if features.ndim != 2 or features.shape[1] != self.size:
            raise UserError(f"features: expected [B, {self.size}], got {list(features.shape)}")
        if not np.isfinite(features).all():
            raise UserError("features: expected finite numbers, got NaN or infinity")
        if not len(features):
            return
        count = self.count + len(features)
        mean = features.mean(0)
        centred, step = features - mean, mean - self.mean
        self._scatter += centred.T @ centred
        self._scatter += np.outer(step, step) * (self.count * len(features) / count)
        self.mean = self.mean + step * (len(features) / count)
        self.count = count

    @property
    def covariance(self) -> np.ndarray:
        """The unbiased covariance, float64 [D, D].

        Raises:
            ValueError: when the vectors are too few for it to have full rank.
        """
        if self.count <= self.size:
            raise UserError(
                f"images: a Frechet distance on {self.size} features needs at least {self.size + 1} "
                f"pictures on each side (fewer leave the covariance without rank), got {self.count}"
            )
        return self._scatter / (self.count - 1)


def frechet_distance(first: FeatureStatistics, second: FeatureStatistics) -> float:
    """Return |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)) (Dowson & Landau 1982).

    Args:
        first, second: `FeatureStatistics`.

    Returns:
        A float, in squared units of the features; 0 for equal statistics, up to rounding.

    Raises:
        ValueError: when the sizes differ, or a side has too few pictures.

    Example:
        >>> frechet_distance(real, generated)
    """
    if first.size != second.size:
        raise UserError(f"features: expected two sides of equal size, got {first.size} and {second.size}")
    one, two = first.covariance, second.covariance
    # C1 C2 and R C2 R (R R = C1) have the same eigenvalues, and the second is symmetric.
    # By eigenvectors the root exists for a feature that never fires, too (scipy's sqrtm warns there).
    scales, vectors = scipy.linalg.eigh(one)
    root = (vectors * np.sqrt(np.maximum(scales, 0.0))) @ vectors.T
    eigenvalues = scipy.linalg.eigvalsh(root @ two @ root)
    cross = np.sqrt(np.maximum(eigenvalues, 0.0)).sum()
    step = first.mean - second.mean
    return float(step @ step + np.trace(one) + np.trace(two) - 2 * cross)
