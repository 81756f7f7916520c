"""Single steps of a model's traversal, as requests to the page's model and as Python's answers."""

import numpy as np
import tensorflow as tf

from tf_selfvae.model.noise import RowNoise, row_seeds
from tf_selfvae.model.plans import Plan, Source

from .models import pictures

TEMPERATURE = 0.9
COUNT = 3


def single_steps(model):
    """List (label, plan, given) for each graph: its variable drawn, all that it reads given by Python."""
    sampled = model.sample(COUNT, seed=5, temperature=TEMPERATURE, return_variables=True)
    observed = model.observe("x", pictures(model, COUNT))
    steps = []
    for name, variable in model.hierarchy.items():
        steps.append((f"p_{name}", *_step(model, name, variable.parents, Source.PRIOR, sampled)))
        if variable.is_latent:
            steps.append((f"q_{name}", *_step(model, name, (variable.observed,), Source.POSTERIOR, observed)))
        elif variable.observed:
            steps.append((f"d_{name}", *_step(model, name, (variable.observed,), Source.GIVEN, observed)))
    return steps


def _step(model, name, inputs, source, values):
    sources = {other: Source.UNUSED for other in model.hierarchy}
    if source is Source.PRIOR:
        sources.update({other: Source.GIVEN for other in inputs})
    sources[name] = source
    images = [other for other in inputs if other in model.hierarchy.images]
    given = {other: tf.cast(values[other], tf.float32) for other in inputs}
    return Plan(name, sources, images[0] if images else None).check(model.hierarchy), given


def request(plan, given, rows, temperature=TEMPERATURE):
    """Return a walk as the scripts take it."""
    return {
        "plan": {"sources": {n: s.value for n, s in plan.sources.items()}, "start": plan.start},
        "rows": np.asarray(rows).tolist(),
        "given": {name: np.asarray(value, np.float64).ravel().tolist() for name, value in given.items()},
        "temperature": temperature,
    }


def expected(model, label, plan, given, rows):
    """Return what Python makes of a single step: its value, and an image before rounding (else None)."""
    name, noise = label[2:], RowNoise(rows)
    if label.startswith("p_") and name in model.hierarchy.images:
        variable = model.hierarchy[name]
        coarser, latent = given.get(variable.coarser), given.get(variable.latent)
        likelihood = model.likelihoods[name]
        value, unrounded = likelihood.draw_unrounded(name, coarser, latent, noise, TEMPERATURE)
        return value.numpy(), unrounded.numpy()
    return model.traverse(plan, noise, given, TEMPERATURE)[name].value.numpy(), None


def rows():
    return row_seeds(5, COUNT)
