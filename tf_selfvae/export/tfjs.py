"""Export of a model to TensorFlow.js, with a page that runs it in the browser."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from ..codec import model as codec
from ..errors import UserError
from ..files import atomic_folder, check_output, make_folder
from ..model.plans import plans_by_level
from ..model.selfvae import SelfVAE
from .tfjs_convert import load_converter, write_graph
from .tfjs_graphs import graphs_of
from .tfjs_pixels import Pixels, write_pixels

PAGE = Path(__file__).parent / "page"
_PROGRAM = "pixels.wasm"  # goes with the models that need it


def export_tfjs(model, folder):
    """Write a model as TensorFlow.js graph models, and a page that runs it.

    The page works from any static web server and asks no other host for anything; the pictures that it
    draws for a seed are those of `model.sample` for that seed. It computes in float32: a model whose
    convolutions are bfloat16 is written with the same weights, and its pictures are then those of the
    model with `precision="float32"`.

    Args:
        model: a `SelfVAE`.
        folder: path of the folder to make, whole or not at all. It gets `index.html` and what that
            loads, and `model/`: `manifest.json` and a folder for each graph, with `model.json` and
            `weights.bin`; and `codec/`, the package's codec models, by which the page decodes compressed
            pictures, and `models.json`, a list of them.

    Returns:
        The path of the folder.

    Raises:
        ValueError: when `model` is not a `SelfVAE` or draws its top pixel by pixel from a latent, or `folder` is there
            and not an empty folder.
        MissingPackage: when the `tensorflowjs` package is missing; the error says how to install it.
        RuntimeError: when TF.js lacks an operation that the model needs.

    Example:
        >>> export_tfjs(model, "site")
    """
    if not isinstance(model, SelfVAE):
        raise UserError(f"model: expected a SelfVAE, got {type(model).__name__}")
    if model.config.top.transformer and model.config.top.latent:
        raise UserError("model: a top that is drawn pixel by pixel from a latent can't be exported to TF.js")
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"folder: expected a new or an empty folder, got {folder}, which is there already")
    check_output(folder, "folder")
    load_converter()  # a missing package is told before any work
    model = in_float32(model)
    make_folder(folder.parent, "folder")
    with atomic_folder(folder) as temporary:
        ignore = shutil.ignore_patterns(_PROGRAM)
        shutil.copytree(PAGE, temporary, dirs_exist_ok=True, copy_function=shutil.copyfile, ignore=ignore)
        _write_model(model, temporary / "model")
        _write_codec_models(temporary / "codec")
    return folder


def in_float32(model):
    """Return the model, or one of the same weights whose convolutions are float32."""
    if model.config.precision == "float32":
        return model
    same = SelfVAE(model.config.override({"precision": "float32"}))
    same.set_weights(model.get_weights())
    return same


def _write_model(model, folder):
    folder.mkdir()
    graphs = {}
    for graph in graphs_of(model):
        if isinstance(graph, Pixels):
            write_pixels(graph, folder / graph.name)
            shutil.copyfile(PAGE / _PROGRAM, folder / _PROGRAM)
        else:
            write_graph(graph, folder / graph.name)
        graphs[graph.name] = graph.manifest()
        files = (folder / graph.name).iterdir()
        graphs[graph.name]["bytes"] = {file.name: file.stat().st_size for file in files}
    manifest = {
        "format": "tf_selfvae.tfjs/1",
        "precision": "float32",
        "image": list(model.config.image),
        "transforms": [level.transform for level in model.config.levels],
        "variables": [_variable(variable) for variable in model.hierarchy.values()],
        "graphs": graphs,
        "plans": {plan.name: _plan(plan) for plan in plans_by_level(model.hierarchy)},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


def _write_codec_models(folder):
    folder.mkdir()
    listed = []
    for name, data in codec.released_files().items():
        (folder / f"{name}.svcm").write_bytes(data)
        listed.append({"name": name, "hash": codec.digest(data).hex()})
    (folder / "models.json").write_text(json.dumps(listed, indent=1) + "\n")


def _variable(variable):
    fields = ("name", "kind", "level", "observed")
    lists = {"shape": list(variable.shape), "parents": list(variable.parents)}
    return {**{name: getattr(variable, name) for name in fields}, **lists}


def _plan(plan):
    sources = {name: source.value for name, source in plan.sources.items()}
    return {"sources": sources, "start": plan.start, "sent": list(plan.sent)}
