"""A model cut into the graphs that a browser runs: one for each step of the traversal.

| graph | reads | gives |
|---|---|---|
| `p_u` | noise, temperature | u |
| `p_z2` | y2, z3, noise, temperature | z2 from p |
| `p_y1` | y2, z2, noise, temperature | y1 from p, and y1 before rounding |
| `q_z2` | y1, noise | z2 from q (noise 0: its mean) |
| `d_y2` | y1 | y2 = d(y1) |

A top that is drawn pixel by pixel is one pixel's graph, run once for each (`Loop`).

No graph holds a random operation, each has one output (TF.js swaps two of equal shape), and no weight
is in two graphs. Whoever runs them walks the variables in order, as `SelfVAE.traverse` does.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from ..layers import AutoregressiveLikelihood
from ..layers.latents import scale_image
from ..model.noise import GivenNoise, RecordedNoise, RowNoise, name_tag, row_seeds
from ..model.plans import Plan, Source


@dataclasses.dataclass(frozen=True)
class Loop:
    """How the graph of one pixel is run over a picture.

    It reads the pixel `before` and the one `above` as it gave them scaled (0 outside), its number `place`, its own
    noise, and of each block keys and values of the places before, `far0`, `near0`, `far1`, ... [B, heads, T, size];
    each begins with a place that `bias` [T of far + T of near + 1] rules out, since TF.js does not take tensors of no
    size. It gives, side by side, the pixel, what it was before rounding, the pixel scaled, and what `near0`, `near1`,
    ... gain.

    Attributes:
        rows, columns, channels: of the picture.
        caches: how many `near` there are, two a block.
        heads, size: of a cache.
    """

    rows: int
    columns: int
    channels: int
    caches: int
    heads: int
    size: int


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
        loop: a `Loop`, where the graph gives one pixel; else None.
    """

    name: str
    run: Callable
    signature: list
    inputs: tuple
    noise: list
    tempered: bool
    layers: tuple
    loop: Loop | None = None

    def manifest(self):
        """Return what a program that runs the graph has to know, JSON-ready."""
        loop = {"loop": dataclasses.asdict(self.loop)} if self.loop else {}
        return {"inputs": list(self.inputs), "noise": self.noise, "temperature": self.tempered, **loop}


def graphs_of(model):
    """List the graphs of a model.

    Args:
        model: a `SelfVAE` whose convolutions are float32.

    Returns:
        A list of `Graph`, in generative order.
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
        return _pixel(variable, likelihood)

    def step(values, noise, temperature):
        coarser, latent = values.get(variable.coarser), values.get(variable.latent)
        both = likelihood.draw_unrounded(variable.name, coarser, latent, noise, temperature)
        return tf.concat(both, -1)

    return _graph(model, f"p_{variable.name}", step, variable.parents, True, (likelihood,))


def _pixel(variable, likelihood):
    transformer, (rows, columns, channels) = likelihood.transformer, likelihood.image
    blocks, size = transformer.blocks, transformer.width // transformer.heads
    recorded = RecordedNoise(RowNoise(row_seeds(0, 1)))
    likelihood.noise_of(variable.name, recorded)
    noise = _listed(recorded)
    cache = [None, transformer.heads, None, size]
    caches = [tf.TensorSpec(cache, tf.float32, f"{part}{i}") for part in ("far", "near") for i in range(2 * blocks)]
    signature = [tf.TensorSpec([None, channels], tf.float32, name) for name in ("before", "above")]
    signature += [tf.TensorSpec([None, draw["shape"][-1]], tf.float32, draw["input"]) for draw in noise]
    signature += [tf.TensorSpec([], tf.int32, "place"), tf.TensorSpec([None], tf.float32, "bias")]
    signature += [tf.TensorSpec([], tf.float32, "temperature"), *caches]

    def run(before, above, component, value, place, bias, temperature, *remembered):
        pairs = list(zip(remembered[::2], remembered[1::2]))
        distribution, kept = likelihood.pixel(place, [before, above], pairs[:blocks], pairs[blocks:], bias)
        drawn = (part[:, None, None] for part in (component, value))
        both = [part[:, 0, 0] for part in distribution.sample_from_noise(*drawn, temperature)]
        gained = [tf.reshape(one[:, :, -1], [-1, transformer.width]) for pair in kept for one in pair]
        return tf.concat([*both, scale_image(both[0]), *gained], -1)

    loop = Loop(rows, columns, channels, 2 * blocks, transformer.heads, size)
    return Graph(f"p_{variable.name}", run, signature, (), noise, True, (likelihood,), loop)


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
