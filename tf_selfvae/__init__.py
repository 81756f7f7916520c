"""Self-supervised variational auto-encoders (selfVAE) in TensorFlow, Keras 3 and TFP.

>>> import tf_selfvae as sv
>>> model = sv.SelfVAE.from_preset("downscale4-64-small")
>>> model.compile()
>>> images = sv.data.load("photos64")
>>> model.data_init(next(iter(images.train(64))))
>>> model.fit(images.train(16), validation_data=images.validation(64), epochs=2)
>>> model.sample(16, seed=0).shape
TensorShape([16, 64, 64, 3])
"""

import importlib

from . import keras_names

__version__ = "0.1.0"

_MODULES = {
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

_WITHOUT_KERAS = {"config", "data", "distributions", "model.plans", "model.presets", "transforms"}
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
