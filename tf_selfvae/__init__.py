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
    "tune": "tuning.search",
}

__all__ = sorted([*_MODULES, *_NAMES])


def __getattr__(name):
    # Loaded on first use: the command line answers --help without waiting for TensorFlow.
    if name in _MODULES:
        return importlib.import_module(f".{_MODULES[name]}", __name__)
    if name in _NAMES:
        return getattr(importlib.import_module(f".{_NAMES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return __all__
