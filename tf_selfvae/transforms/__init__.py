"""Deterministic, discrete transforms of images: the d in y = d(x) (figure 2)."""
from tf_selfvae.transforms.base import Transform
from tf_selfvae.transforms.bicubic import Bicubic
from tf_selfvae.transforms.blur import GaussianBlur
from tf_selfvae.transforms.compose import Compose
from tf_selfvae.transforms.greyscale import Greyscale
from tf_selfvae.transforms.haar import Haar
from tf_selfvae.transforms.haar_lifting import (
    HAAR_RANGES, haar_join, haar_join_numpy, haar_split, haar_split_numpy)
from tf_selfvae.transforms.quantize import Quantize
from tf_selfvae.transforms.registry import available, get
from tf_selfvae.transforms.sketch import Sketch

__all__ = [
    "HAAR_RANGES", "Bicubic", "Compose", "GaussianBlur", "Greyscale", "Haar", "Quantize",
    "Sketch", "Transform", "available", "get", "haar_join", "haar_join_numpy",
    "haar_split", "haar_split_numpy",
]
