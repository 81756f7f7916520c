"""A SavedModel for TensorFlow Serving, in a version folder that is whole or absent."""

from __future__ import annotations

from pathlib import Path

import tensorflow as tf

from ..errors import UserError
from ..files import atomic_folder, check_output, make_folder
from ..model.selfvae import SelfVAE
from .saved_model_signatures import build_signatures
from .warmup import write_warmup


def export_saved_model(model, folder):
    """Write a model as the next version in a folder, for TensorFlow Serving or any TensorFlow loader.

    The graph holds core TensorFlow operations only, so it runs without this library and without Keras.
    Convolutions keep the model's precision (`model.config.precision`), distributions are float32, and
    weights are as they are now. A row's answer depends on its own inputs alone, not on the batch.

    Args:
        model: a `SelfVAE`.
        folder: where versions are; made when absent.

    Returns:
        The `Path` of the new version, such as `folder/1`.

    Raises:
        ValueError: when `model` is no `SelfVAE`, or the folder can't be made or written.

    Example:
        >>> export_saved_model(load_model("runs/mine"), "served/selfvae")
        PosixPath('served/selfvae/1')
    """
    if not isinstance(model, SelfVAE):
        raise UserError(f"model: expected a SelfVAE, got a {type(model).__name__}")
    folder, versions = Path(folder), []

    def following():
        taken = [int(path.name) for path in folder.iterdir() if path.name.isdecimal()]
        versions.append(folder / str(max(taken, default=0) + 1))
        return versions[-1]

    check_output(folder, "folder")
    make_folder(folder, "folder")
    # A server looks at folders named by numbers only, and takes the highest.
    with atomic_folder(following) as temporary:
        _write(temporary, build_signatures(model), [weight.value for weight in model.weights])
    return versions[-1]


def _write(folder, signatures, variables):
    # A plain module with plain variables: loading it needs no class of Keras or of this library.
    module = tf.Module()
    module.variables_read = variables
    functions = {name: signature.run for name, signature in signatures.items()}
    functions["serving_default"] = functions["generate"]
    tf.saved_model.save(module, str(folder), signatures=functions)
    write_warmup(folder, signatures)
