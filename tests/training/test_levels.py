"""Levels apart: which terms a part has, what it exchanges, and how it ends. The weights: test_strategies.py."""

import threading

import numpy as np
import pytest
import tensorflow as tf

from tests.small import CONFIGS, pictures
from tests.training.processes import free_ports
from tf_selfvae import SelfVAE
from tf_selfvae.model.noise import BatchNoise
from tf_selfvae.model.plans import get_plan
from tf_selfvae.training.apart import Part, parse_levels
from tf_selfvae.training.level_crew import LevelCrew
from tf_selfvae.training.link import Link
from tf_selfvae.training.workers import WorkerLost


class Mailbox:
    """A link to nobody: what was sent stays, and what is received was put there."""

    def __init__(self, *incoming):
        self.sent, self._incoming = [], [np.float32(array) for array in incoming]

    def send(self, array):
        self.sent.append(np.asarray(array))

    def receive(self):
        return self._incoming.pop(0)


@pytest.mark.parametrize("name, boundary", [("reversible", 1), ("reversible", 2), ("sketch", 1)])
def test_two_parts_have_the_terms_and_gradients_of_the_whole(name, boundary):
    """One step of both parts, one after the other, against the tape of the whole model."""
    model = SelfVAE(CONFIGS[name])
    images = pictures(model.config, 4)
    model.data_init(images)
    noise = BatchNoise(tf.constant([1, 2]), 4)
    depth = len(model.config.levels) + 1
    weights = model.trainable_variables

    with tf.GradientTape() as tape:
        whole = model.traverse(get_plan("infer", model.graph), noise, {"x": images}, score=True)
        loss = tf.add_n([tf.reduce_sum(step.cost) for step in whole.values()])
    expected = tape.gradient(loss, weights)

    def run(first, last, *incoming):
        link = Mailbox(*incoming)
        part = Part(model.graph, first, last, link)
        with tf.GradientTape() as tape:
            steps = part.walk(model, images, noise)
            loss = tf.add_n([tf.reduce_sum(step.cost) for step in steps.values()])
        return steps, tape.gradient(loss, weights), link

    boundary_latent = "u" if boundary + 1 == depth else f"z{boundary + 1}"
    latent = whole[boundary_latent].value.numpy()
    fine, fine_gradients, fine_link = run(1, boundary, latent)
    [upward] = fine_link.sent  # the gradient alone
    assert upward.shape == latent.shape and np.abs(upward).max() > 0
    coarse, coarse_gradients, coarse_link = run(boundary + 1, depth, upward)
    [downward] = coarse_link.sent  # the sample alone
    np.testing.assert_array_equal(downward, latent)
    assert {*fine, *coarse} == set(whole) and not {*fine} & {*coarse}
    for part in (fine, coarse):
        for key, step in part.items():
            np.testing.assert_allclose(step.cost, whole[key].cost, rtol=1e-5, atol=1e-4)
    for weight, one, other, both in zip(weights, fine_gradients, coarse_gradients, expected):
        assert (one is None) != (other is None), weight.path
        np.testing.assert_allclose(one if other is None else other, both, rtol=1e-3, atol=2e-3, err_msg=weight.path)


@pytest.mark.parametrize(
    "text, range_", [("1", (1, 1)), ("1-2", (1, 2)), ("2-", (2, 3)), ("2-3", (2, 3)), ("3", (3, 3))]
)
def test_levels_are_read(text, range_):
    assert parse_levels(text, 3) == range_


@pytest.mark.parametrize("text", ["", "0", "2", "1-3", "2-1", "4", "1-", "a", "-1", "1-2-3"])
def test_bad_levels_are_refused(text):
    with pytest.raises(ValueError, match="levels: expected the finest ones, .* the model has 3"):
        parse_levels(text, 3)


@pytest.fixture
def crews():
    [port] = free_ports(1)
    made = {}

    def make(is_finer):
        made[is_finer] = LevelCrew(tf.distribute.get_strategy(), is_finer, Link(f"localhost:{port}", is_finer))

    both(lambda: make(True), lambda: make(False))
    yield made[True], made[False]
    both(*(crew.link.close for crew in made.values()))


def both(*functions):
    """Call functions at once, each in a thread, and return what they gave."""
    given = [None] * len(functions)

    def call(number):
        given[number] = functions[number]()

    threads = [threading.Thread(target=call, args=[number]) for number in range(len(functions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return given


def test_a_crew_of_two_agrees(crews):
    finer, coarser = crews
    assert finer.is_chief and finer.validates and not coarser.is_chief and not coarser.validates
    sums = both(lambda: finer.agree([1.0, 2.0]), lambda: coarser.agree([10.0, 0.5]))
    for each in sums:
        np.testing.assert_array_equal(each, [11.0, 2.5])
    assert both(lambda: finer.share(b"chief's"), lambda: coarser.share(b"not this")) == [b"chief's"] * 2


def test_a_part_that_ends_is_told_from_a_bug(crews):
    finer, coarser = crews
    coarser.link.close()
    with pytest.raises(WorkerLost, match="the other part of the levels ended.*again"):
        with finer.errors(" Start it again."):
            tf.function(lambda: tf.py_function(finer.link.receive, [], tf.float32))()
    with pytest.raises(tf.errors.InvalidArgumentError):
        with finer.errors():
            tf.reshape([1, 2], [3])
