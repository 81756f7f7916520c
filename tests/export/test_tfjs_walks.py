"""Same seed, same picture: TensorFlow.js against Python, in Node and in Chromium.

A value at a boundary of rounding, or of the choice of a component, may flip an integer by the last
bits of a float, and what is finer follows. So each graph is compared with all that it reads given by
Python, and whole walks by the share of equal values.
"""

import functools

import numpy as np
import pytest

from tests.small import eagerly
from tf_selfvae.model.plans import available_plans, get_plan

from . import steps
from .models import make, pictures
from .tools import chromium, run_script

TOLERANCE = 1e-4 * 255  # grey levels: 1e-4 where white is 1
EQUAL = 0.995  # share of equal values in whole walks
# Share of values of one image that a flipped integer of an earlier channel or band may move: measured
# 0 on WebAssembly and up to 2 of 2304 on WebGL.
MOVED = 0.002
MODELS = ("reversible", "composed", "dense-sketch", "drawn")
WHERE = ("node-wasm", "chromium-wasm", "chromium-webgl")
PLANS = ("reconstruction_1", "reconstruction_2", "super_resolution:1", "conditional_generation:1")


@functools.cache
@eagerly()
def asked(name):
    """The walks of one model, and what Python makes of them, computed once for all places."""
    model, rows = make(name), steps.rows()
    single = steps.single_steps(model)
    expected = [(label, *steps.expected(model, label, plan, given, rows)) for label, plan, given in single]
    walks = [(plan, given) for _, plan, given in single] + [(get_plan("generate", model.hierarchy), {})]
    sampled = model.sample(steps.COUNT, seed=5, temperature=steps.TEMPERATURE, return_variables=True)
    observed, rebuilt = model.observe("x", pictures(model, steps.COUNT)), {}
    known = [name for name in PLANS if name.split(":")[0] in available_plans(model.hierarchy)]
    for plan in (get_plan(name, model.hierarchy) for name in known):
        image = observed[plan.start].numpy().astype(np.uint8)
        rebuilt[plan.name] = model.reconstruct(image, plan=plan, seed=5, temperature=steps.TEMPERATURE).numpy()
        walks.append((plan, {plan.start: image}))
    return [steps.request(*walk, rows) for walk in walks], expected, sampled, rebuilt


@pytest.fixture(scope="module", params=[(m, w) for m in MODELS for w in WHERE], ids="-".join)
def answered(request, site, tmp_path_factory):
    name, where = request.param
    host, backend = where.split("-")
    options = {"requests": asked(name)[0], "folder": tmp_path_factory.mktemp("walks")}
    if host == "node":
        return name, run_script("node.mjs", site(name) / "model", **options)
    result = run_script("walks.mjs", chromium(), site(name), backend, **options)
    assert result["backend"] == backend
    return name, result["answers"]


def test_each_graph_gives_what_python_gives(answered):
    name, answers = answered
    expected = asked(name)[1]
    for (label, value, unrounded), answer in zip(expected, answers):
        got = np.reshape(answer[label[2:]]["value"], value.shape)
        if unrounded is None:
            # Transforms are exact; latents are floats, each of the size of the largest that it was summed from.
            atol = 0 if label.startswith("d_") else 1e-4
            np.testing.assert_allclose(got, value, rtol=0, atol=atol * max(1, np.abs(value).max()), err_msg=label)
            continue
        before = np.reshape(answer[label[2:]]["unrounded"], unrounded.shape)
        assert np.ptp(before) > 20, f"{label}: the picture is flat, and would hide errors"
        difference = np.abs(before - unrounded)
        assert (difference > TOLERANCE).mean() <= MOVED, f"{label}: {difference.max()} grey levels"
        assert (got != value).mean() <= MOVED, label


def test_the_picture_of_a_seed_is_pythons(answered):
    name, answers = answered
    _, expected, sampled, _ = asked(name)
    answer = answers[len(expected)]
    assert list(answer) == list(sampled)
    for name, value in sampled.items():
        if name == "x" or name.startswith("y"):
            got = np.reshape(answer[name]["value"], value.shape)
            assert (got == value.numpy()).mean() > EQUAL, name


def test_reconstructions_are_pythons(answered):
    name, answers = answered
    rebuilt = asked(name)[3]
    for (plan, value), answer in zip(rebuilt.items(), answers[-len(rebuilt) :], strict=True):
        assert (np.reshape(answer["x"]["value"], value.shape) == value).mean() > EQUAL, plan
