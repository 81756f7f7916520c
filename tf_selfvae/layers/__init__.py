"""Keras layers: blocks, encoders and decoders, and the networks of each factor of the model."""

from .autoregressive import AutoregressiveLikelihood, CausalBlock
from .blocks import ChannelAttention, DenseLayer, ResidualBlock, Surroundings
from .heads import Band, MixtureHead
from .latents import ConditionalPrior, CouplingNetwork, LatentPosterior, LatentPrior
from .likelihoods import Likelihood, MixtureLikelihood
from .networks import Decoder, Encoder, Stack
from .resize import resize_bilinear
from .reversible import ReversibleLikelihood
from .weight_norm import WeightNormConv2D

__all__ = [
    "AutoregressiveLikelihood",
    "CausalBlock",
    "ChannelAttention",
    "ConditionalPrior",
    "CouplingNetwork",
    "Decoder",
    "DenseLayer",
    "Encoder",
    "LatentPosterior",
    "LatentPrior",
    "Likelihood",
    "MixtureHead",
    "MixtureLikelihood",
    "Band",
    "ResidualBlock",
    "ReversibleLikelihood",
    "Stack",
    "Surroundings",
    "WeightNormConv2D",
    "resize_bilinear",
]
