"""Deterministic, discrete transforms of images: the d in y = d(x) (figure 2)."""

from .base import Transform
from .bicubic import Bicubic
from .blur import GaussianBlur
from .compose import Compose
from .greyscale import Greyscale
from .haar import Haar
from .haar_lifting import HAAR_RANGES, haar_join, haar_join_unrounded, haar_split
from .quantize import Quantize
from .registry import available, get
from .sketch import Sketch

__all__ = [
    "HAAR_RANGES",
    "Bicubic",
    "Compose",
    "GaussianBlur",
    "Greyscale",
    "Haar",
    "Quantize",
    "Sketch",
    "Transform",
    "available",
    "get",
    "haar_join",
    "haar_join_unrounded",
    "haar_split",
]
