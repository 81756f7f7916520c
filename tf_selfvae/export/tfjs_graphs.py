"""A model cut into the graphs that a browser runs: one for each step of the traversal.

| graph | reads | gives |
|---|---|---|
| `p_u` | noise, temperature | u |
| `p_z2` | y2, z3, noise, temperature | z2 from p |
| `p_y1` | y2, z2, noise, temperature | y1 from p, and y1 before rounding |
| `q_z2` | y1, noise | z2 from q (noise 0: its mean) |
| `d_y2` | y1 | y2 = d(y1) |

A top that is drawn pixel by pixel is no graph, but numbers for a program of the page's own (`Pixels`).

No graph holds a random operation, each has one output (TF.js swaps two of equal shape), and no weight
is in two graphs. Whoever runs them walks the variables in order, as `SelfVAE.traverse` does.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from ..layers import AutoregressiveLikelihood
from ..model.noise import GivenNoise, RecordedNoise, RowNoise, name_tag, row_seeds
from ..model.plans import Plan, Source
from .tfjs_pixels import Pixels


@dataclasses.dataclass(frozen=True)
class Graph:
    """One step as a function of tensors.

    Attributes:
        name: "p_", "q_" or "d_" and the variable's name.
        run: takes the tensors of `signature` in order, gives a tensor.
        signature: list of `tf.TensorSpec`, the batch open.
        inputs: names of the variables that it reads.
        noise: list of dicts: the draw's name, its kind, shape of a row, tag, and the input it goes to.
        tempered: whether it reads a temperature.
        layers: what holds its weights.
    """

    name: str
    run: Callable
    signature: list
    inputs: tuple
    noise: list
    tempered: bool
    layers: tuple

    def manifest(self):
        """Return what a program that runs the graph has to know, JSON-ready."""
        return {"inputs": list(self.inputs), "noise": self.noise, "temperature": self.tempered}


def graphs_of(model):
    """List the graphs of a model.

    Args:
        model: a `SelfVAE` whose convolutions are float32.

    Returns:
        A list of `Graph` (and `Pixels`), in generative order.
    """
    found = []
    for variable in model.hierarchy.values():
        if variable.is_latent:
            found += [_prior_of_latent(model, variable), _posterior(model, variable)]
            continue
        found.append(_prior_of_image(model, variable))
        if variable.observed:
            found.append(_transform(model, variable))
    return found


def _prior_of_image(model, variable):
    likelihood = model.likelihoods[variable.name]
    if isinstance(likelihood, AutoregressiveLikelihood):
        recorded = RecordedNoise(RowNoise(row_seeds(0, 1)))
        likelihood.noise_of(variable.name, recorded)
        return Pixels(f"p_{variable.name}", likelihood, _listed(recorded))

    def step(values, noise, temperature):
        coarser, latent = values.get(variable.coarser), values.get(variable.latent)
        both = likelihood.draw_unrounded(variable.name, coarser, latent, noise, temperature)
        return tf.concat(both, -1)

    return _graph(model, f"p_{variable.name}", step, variable.parents, True, (likelihood,))


def _prior_of_latent(model, variable):
    layers = (model.priors[variable.name],)
    step = _traversal(model, variable, variable.parents, Source.PRIOR)
    return _graph(model, f"p_{variable.name}", step, variable.parents, True, layers)


def _posterior(model, variable):
    layers = (model.posteriors[variable.name],)
    step = _traversal(model, variable, (variable.observed,), Source.POSTERIOR)
    return _graph(model, f"q_{variable.name}", step, (variable.observed,), False, layers)


def _transform(model, variable):
    step = _traversal(model, variable, (variable.observed,), Source.GIVEN)
    return _graph(model, f"d_{variable.name}", step, (variable.observed,), False, ())


def _traversal(model, variable, inputs, source):
    """The step that the model's own traversal takes for one variable, all else given or unused."""
    sources = {name: Source.UNUSED for name in model.hierarchy}
    images = [name for name in inputs if name in model.hierarchy.images]
    if source is Source.PRIOR:
        sources.update({name: Source.GIVEN for name in inputs})
    sources[variable.name] = source
    plan = Plan(variable.name, sources, images[0] if images else None).check(model.hierarchy)

    def step(values, noise, temperature):
        return model.traverse(plan, noise, values, temperature)[variable.name].value

    return step


def _graph(model, name, step, inputs, tempered, layers):
    shapes = {parent: model.hierarchy[parent].shape for parent in inputs}
    recorded = RecordedNoise(RowNoise(row_seeds(0, 1)))
    step({parent: tf.zeros([1, *shape]) for parent, shape in shapes.items()}, recorded, 1.0)
    noise = _listed(recorded)
    signature = [tf.TensorSpec([None, *shape], tf.float32, parent) for parent, shape in shapes.items()]
    signature += [tf.TensorSpec([None, *n["shape"]], tf.float32, n["input"]) for n in noise]
    if tempered:
        signature.append(tf.TensorSpec([], tf.float32, "temperature"))

    def run(*tensors):
        given = dict(zip([spec.name for spec in signature], tensors))
        values = {parent: given[parent] for parent in inputs}
        handed = GivenNoise({n["name"]: given[n["input"]] for n in noise})
        return step(values, handed, given.get("temperature", 1.0))

    return Graph(name, run, signature, tuple(inputs), noise, tempered, layers)


def _listed(recorded):
    """Describe the draws of a `RecordedNoise`, JSON-ready."""
    return [
        {"name": draw, "kind": kind, "shape": list(shape), "tag": name_tag(draw), "input": f"noise{i}"}
        for i, (draw, (kind, shape)) in enumerate(recorded.drawn.items())
    ]
