"""Self-supervised variational auto-encoders (selfVAE) in TensorFlow, Keras 3 and TFP.

>>> import tf_selfvae as sv
>>> model = sv.SelfVAE.from_preset("downscale4-64-small")
>>> model.compile()
>>> images = sv.data.load("photos64")
>>> model.fit(images.train(16), validation_data=images.validation(64), epochs=2)
>>> model.sample(16, seed=0).shape
TensorShape([16, 64, 64, 3])
"""

import importlib
from typing import TYPE_CHECKING

from . import keras_names

__version__ = "0.2.0"

if TYPE_CHECKING:  # what is loaded on first use, for editors and type checkers; a test compares the two
    from . import codec as codec
    from . import data as data
    from . import distributions as distributions
    from . import layers as layers
    from . import transforms as transforms
    from . import tuning as tuning
    from .config import Config as Config
    from .config import Level as Level
    from .config import Network as Network
    from .config import Optimizer as Optimizer
    from .config import Prior as Prior
    from .config import Top as Top
    from .evaluation.bounds import importance_bound as importance_bound
    from .evaluation.frechet import FeatureStatistics as FeatureStatistics
    from .evaluation.frechet import frechet_distance as frechet_distance
    from .evaluation.report import write_report as write_report
    from .evaluation.terms import measure_terms as measure_terms
    from .model import plans as plans
    from .model import presets as presets
    from .model.hierarchy import Hierarchy as Hierarchy
    from .model.plans import Plan as Plan
    from .model.plans import Source as Source
    from .model.plans import available_plans as available_plans
    from .model.plans import get_plan as get_plan
    from .model.selfvae import SelfVAE as SelfVAE
    from .runs import Run as Run
    from .runs import load_model as load_model
    from .training.api import train as train
    from .training.levels import merge as merge
    from .tuning.search import tune as tune

_MODULES = {
    "codec": "codec",
    "data": "data",
    "distributions": "distributions",
    "layers": "layers",
    "plans": "model.plans",
    "presets": "model.presets",
    "transforms": "transforms",
    "tuning": "tuning",
}
_NAMES = {
    "Config": "config",
    "Level": "config",
    "Network": "config",
    "Optimizer": "config",
    "Prior": "config",
    "Top": "config",
    "SelfVAE": "model.selfvae",
    "Hierarchy": "model.hierarchy",
    "Plan": "model.plans",
    "Source": "model.plans",
    "available_plans": "model.plans",
    "get_plan": "model.plans",
    "Run": "runs",
    "load_model": "runs",
    "FeatureStatistics": "evaluation.frechet",
    "frechet_distance": "evaluation.frechet",
    "importance_bound": "evaluation.bounds",
    "write_report": "evaluation.report",
    "measure_terms": "evaluation.terms",
    "train": "training.api",
    "merge": "training.levels",
    "tune": "tuning.search",
}

_WITHOUT_KERAS = {"codec", "config", "data", "distributions", "model.plans", "model.presets", "transforms"}
__all__ = sorted([*_MODULES, *_NAMES])
keras_names.register()


def __getattr__(name):
    # Loaded on first use: the command line answers --help without waiting for TensorFlow.
    where = _MODULES.get(name) or _NAMES.get(name)
    if where is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if where not in _WITHOUT_KERAS:
        keras_names.check_backend()
    module = importlib.import_module(f".{where}", __name__)
    return module if name in _MODULES else getattr(module, name)


def __dir__():
    return __all__
