"""What an exported model can be asked: each signature with its inputs, outputs and computation.

Rows are computed one by one, whatever the batch. A kernel may add up in another order, or take a
vector instruction where it took a scalar one, when the number of rows changes; a last bit that differs
can then flip a pixel, and a flipped pixel changes every finer level. So a loop over rows is what makes
a row's answer its own.

For the same reason nothing is worked out beforehand, such as the normalised kernels: TensorFlow rewrites
a whole graph, and only the same graph gives the same last bits as Python. In bfloat16 a last bit is
1/256 of a value, and many pixels follow from it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from ..model.noise import BatchNoise, fold
from ..model.plans import Plan, Source, available_plans, get_plan, plans_by_level
from .png import decode_pngs, encode_pngs
from .saved_model_checks import checked


@dataclasses.dataclass(frozen=True)
class Signature:
    """One thing to ask of a model.

    Attributes:
        inputs: dict of name to `tf.TensorSpec`; the first dimension of each is None, the row.
        run: a function of those inputs as keyword arguments that returns a dict of name to tensor.
        image: rows, columns and channels of the images that it takes; None where it takes none.
    """

    inputs: dict
    run: Callable
    image: tuple | None = None


def build_signatures(model):
    """List a model's signatures.

    Args:
        model: a `SelfVAE`.

    Returns:
        A dict of name to `Signature`: `generate`, `reconstruct_<plan>` for each plan that rebuilds an
        image, `super_resolve` (from y1) and `super_resolve_2` (from y2) and so on, `encode` and `decode` where
        there are latents, `score`, and after each its `_png` twin.
    """
    plain = {"generate": _generate(model)}
    names = [name for name in available_plans(model.hierarchy) if name not in ("generate", "infer")]
    for plan in plans_by_level(model.hierarchy, names):
        if plan.name.startswith("super_resolution"):
            plain[_with_level("super_resolve", plan.name)] = _super_resolve(model, plan)
        else:
            plain[_with_level(f"reconstruct_{plan.name.partition(':')[0]}", plan.name)] = _reconstruct(model, plan)
    if model.hierarchy.latents:
        plain["encode"] = _encode(model)
        plain["decode"] = _decode(model)
    plain["score"] = _score(model)
    signatures = {}
    for name, signature in plain.items():
        run = _trace(signature.run, signature.inputs)
        signatures[name] = dataclasses.replace(signature, run=run)
        signatures[f"{name}_png"] = _png_twin(signatures[name])
    return signatures


def _with_level(label, plan_name):
    """Name a signature after a plan: "plan:2" reads "_2", for a colon has no place in a name."""
    level = plan_name.partition(":")[2]
    return f"{label}_{level}" if level not in ("", "1") else label


def _generate(model):
    inputs = {"seed": _rows([], tf.int64), "temperature": _rows([], tf.float32)}
    run = _traversal(model, get_plan("generate", model.hierarchy), inputs, _images(model.hierarchy))
    return Signature(inputs, run)


def _reconstruct(model, plan):
    inputs = {"images": _image(model.hierarchy["x"]), "seed": _rows([], tf.int64)}
    return Signature(inputs, _traversal(model, plan, inputs, {"x": "images"}), model.config.image)


def _super_resolve(model, plan):
    start = model.hierarchy[plan.start]
    inputs = {
        "images": _image(start),
        "seed": _rows([], tf.int64),
        "temperature": _rows([], tf.float32),
    }
    finer = {n: o for n, o in _images(model.hierarchy).items() if model.hierarchy[n].level < start.level}
    return Signature(inputs, _traversal(model, plan, inputs, finer), start.shape)


def _encode(model):
    inputs = {"images": _image(model.hierarchy["x"]), "seed": _rows([], tf.int64)}
    outputs = {name: name for name in model.hierarchy.latents}
    run = _traversal(model, get_plan("infer", model.hierarchy), inputs, outputs)
    return Signature(inputs, run, model.config.image)


def _decode(model):
    hierarchy = model.hierarchy
    inputs = {name: _rows(hierarchy[name].shape, tf.float32) for name in hierarchy.latents}
    inputs |= {"seed": _rows([], tf.int64), "temperature": _rows([], tf.float32)}
    sources = {n: Source.GIVEN if v.is_latent else Source.PRIOR for n, v in hierarchy.items()}
    plan = Plan("decode", sources).check(hierarchy)
    return Signature(inputs, _traversal(model, plan, inputs, _images(hierarchy)))


def _score(model):
    inputs = {"images": _image(model.hierarchy["x"]), "seed": _rows([], tf.int64)}
    plan = get_plan("infer", model.hierarchy)
    unit = model.hierarchy.unit

    def one(row):
        noise = BatchNoise(fold(row["seed"], 0), 1)  # as log_prob seeds its first importance sample
        steps = model.traverse(plan, noise, {"x": row["images"][None]}, score=True).values()
        nats = tf.add_n([step.log_weight for step in steps])
        return {"bits_per_dim": -nats[0] / unit}

    run = _row_by_row(one, inputs, {"bits_per_dim": tf.TensorSpec([], tf.float32)})
    return Signature(inputs, run, model.config.image)


def _traversal(model, plan, inputs, outputs):
    """Make the computation of a plan.

    Args:
        model: a `SelfVAE`.
        plan: a checked `Plan`.
        inputs: dict of name to spec; "images" is the plan's start, and the rest go by their names.
        outputs: dict of a variable's name to its output's.
    """
    hierarchy = model.hierarchy

    def one(row):
        given = {n: value[None] for n, value in row.items() if n not in ("seed", "temperature", "images")}
        if plan.start:
            given[plan.start] = row["images"][None]
        temperature = tf.reshape(row.get("temperature", 1.0), [1, 1, 1, 1])
        steps = model.traverse(plan, BatchNoise(row["seed"], 1), given, temperature)
        return {output: tf.cast(steps[n].value[0], _dtype(hierarchy[n])) for n, output in outputs.items()}

    specs = {output: tf.TensorSpec(hierarchy[n].shape, _dtype(hierarchy[n])) for n, output in outputs.items()}
    return _row_by_row(one, inputs, specs)


def _row_by_row(one, inputs, outputs):
    """Check a request, then compute each row alone; see the module's docstring."""

    def run(**tensors):
        rows = checked(tensors, inputs)
        seed = tf.cast(rows["seed"], tf.int32)
        rows["seed"] = tf.stack([seed, tf.zeros_like(seed)], 1)  # as `row_seeds` makes them
        return tf.map_fn(one, rows, fn_output_signature=outputs)

    return run


def _png_twin(signature):
    """Take and give PNG files where a signature takes and gives images; REST knows bytes by "_bytes"."""
    inputs = {n: spec for n, spec in signature.inputs.items() if n != "images"}
    if signature.image:
        inputs = {"images_bytes": _rows([], tf.string), **inputs}

    def run(**tensors):
        if signature.image:
            files = tf.ensure_shape(tensors.pop("images_bytes"), [None])
            tensors["images"] = decode_pngs(files, signature.image, "images_bytes")
        outputs = {}
        for name, value in signature.run(**tensors).items():
            if value.dtype == tf.uint8:
                outputs[f"{name}_bytes"] = encode_pngs(value)
            else:
                outputs[name] = value
        return outputs

    return Signature(inputs, _trace(run, inputs), signature.image)


def _trace(run, inputs):
    # No Python branch or loop here hangs on a tensor: without AutoGraph, tracing takes half the time.
    return tf.function(run, autograph=False).get_concrete_function(**inputs)


def _rows(shape, dtype):
    return tf.TensorSpec([None, *shape], dtype)


def _image(variable):
    return _rows(variable.shape, tf.uint8)


def _dtype(variable):
    return tf.float32 if variable.is_latent else tf.uint8


def _images(hierarchy):
    """Map images' names to outputs' names: x is "images"."""
    return {name: "images" if name == "x" else name for name in hierarchy.images}
