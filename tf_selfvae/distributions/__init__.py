"""Distributions and bijectors, as citizens of TensorFlow Probability."""

from .affine_coupling import AffineCoupling, coupling_mask, coupling_network_shape
from .discretized_logistic_mixture import DiscretizedLogisticMixture
from .first_channels import FirstChannels
from .gaussian_mixture import gaussian_mixture, standard_normal
from .realnvp import coupling_shapes, realnvp
from .squeeze import Squeeze

__all__ = [
    "AffineCoupling",
    "DiscretizedLogisticMixture",
    "FirstChannels",
    "Squeeze",
    "coupling_mask",
    "coupling_network_shape",
    "coupling_shapes",
    "gaussian_mixture",
    "realnvp",
    "standard_normal",
]
