"""From a string to a transform."""

from ..errors import UserError
from .base import Transform
from .bicubic import Bicubic
from .blur import GaussianBlur
from .compose import Compose
from .greyscale import Greyscale
from .haar import Haar
from .quantize import Quantize
from .sketch import Sketch

_CLASSES = {cls.name: cls for cls in (Bicubic, Quantize, GaussianBlur, Greyscale, Haar, Sketch)}


def available() -> list[str]:
    """Lists the names of the transforms, sorted."""
    return sorted(_CLASSES)


def get(spec: str) -> Transform:
    """Makes the transform that a spec describes; `get(t.spec) == t` for every t.

    spec: "name" or "name:argument", such as "bicubic:2"; "|" between several composes
    them, as in "blur:1|bicubic:2". A Transform is returned as it is.
    Raises ValueError for an unknown name (the message lists the valid ones) or a wrong
    argument.
    """
    if isinstance(spec, Transform):
        return spec
    if not isinstance(spec, str):
        raise UserError(f"spec: expected a string or a Transform, got {spec!r}")
    steps = [_get_one(part.strip()) for part in spec.split("|")]
    return steps[0] if len(steps) == 1 else Compose(steps)


def _get_one(text):
    name, colon, argument = text.partition(":")
    if name not in _CLASSES:
        valid = ", ".join(repr(_CLASSES[key].usage) for key in available())
        raise UserError(f"spec: expected one of {valid}, or several joined by '|', got {text!r}")
    return _CLASSES[name].from_argument(argument if colon else None)
