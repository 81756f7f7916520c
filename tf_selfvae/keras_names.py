"""Lets Keras load what this library saved before the library's classes, and TensorFlow, are imported.

A `.keras` file holds names such as "tf_selfvae>SelfVAE". Keras looks them up among the classes that were registered,
and imports none by itself; to register them it must be imported, which takes seconds that `import tf_selfvae` does not.
So each name is registered as soon as Keras is there, with a stand-in that imports its class when something is loaded.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import json
import os
import sys
from pathlib import Path

from .errors import UserError

_PACKAGE = "tf_selfvae"
_ALL = "tf_selfvae.model.selfvae"  # imports every class that is registered
_NAMES = (
    *("Adamax", "AutoregressiveLikelihood", "CausalBlock", "ChannelAttention", "ConditionalPrior", "CouplingNetwork"),
    *("Decoder", "DenseLayer", "Encoder"),
    *("LatentPosterior", "LatentPrior", "MixtureHead", "MixtureLikelihood", "Muon", "ResidualBlock"),
    *("ReversibleLikelihood", "SelfVAE", "Stack", "Surroundings", "WeightNormConv2D"),
)


def check_backend():
    """Refuse another backend of Keras than TensorFlow, before Keras is imported with it.

    Raises:
        UserError: names the backend, and where it was chosen.
    """
    backend, source = os.environ.get("KERAS_BACKEND"), "KERAS_BACKEND"
    if "keras" in sys.modules:
        backend, source = sys.modules["keras"].config.backend(), "keras"
    elif not backend:
        source = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "keras.json"
        try:
            backend = json.loads(source.read_text()).get("backend")
        except (OSError, ValueError, AttributeError):  # Keras has its own defaults then
            return
    if backend not in (None, "tensorflow"):
        raise UserError(f"{source}: expected the backend tensorflow, which this library computes with, got {backend}")


def register():
    """Register the library's classes with Keras: now where it is imported, else when it will be."""
    if "keras" in sys.modules:
        _register_stand_ins(sys.modules["keras"])
    elif not any(isinstance(finder, _AfterKeras) for finder in sys.meta_path):
        sys.meta_path.insert(0, _AfterKeras())


def _register_stand_ins(keras):
    for name in _NAMES:
        full = f"{_PACKAGE}>{name}"
        # The class itself takes its place when it is imported.
        keras.saving.get_custom_objects().setdefault(full, _stand_in(keras, name, full))


def _stand_in(keras, name, full):
    def from_config(config):
        check_backend()
        importlib.import_module(_ALL)
        return keras.saving.get_custom_objects()[full].from_config(config)

    return type(name, (), {"from_config": staticmethod(from_config)})


class _AfterKeras(importlib.abc.MetaPathFinder):
    """Finds Keras as others do, and has the stand-ins registered once it is loaded."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname != "keras":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def exec_module(module):
                load(module)
                _register_stand_ins(module)

            spec.loader.exec_module = exec_module
        return spec
