"""Levels alone in the model: which terms and gradients they have, and what is not computed."""

import dataclasses
import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

import tf_selfvae as sv
from tests.small import CONFIGS, pictures
from tf_selfvae.model.levels import coarser, coarser_config, latents_read, parse_levels, untouched_levels
from tf_selfvae.model.noise import BatchNoise

pytestmark = pytest.mark.usefixtures("eager")

# By hand, of a model of three levels: the networks of each, and the network of another level that its terms read.
NETWORKS = {1: {"q_z1", "p_z1", "p_x"}, 2: {"q_z2", "p_z2", "p_y1"}, 3: {"q_u", "p_u", "p_y2"}}
READ = {1: {"q_z2"}, 2: {"q_u"}, 3: set()}
TERMS = {1: {"kl_z1", "re_x"}, 2: {"kl_z2", "re_y1"}, 3: {"kl_u", "re_y2"}}


def started(name, count=4):
    model = sv.SelfVAE(CONFIGS[name])
    images = pictures(model.config, count)
    model.data_init(images)
    return model, images


@functools.cache
def whole(name):
    """Return a model, its images, the costs of its whole walk, and each level's gradients, by a variable's path."""
    model, images = started(name)
    noise = BatchNoise(tf.constant([model.config.seed, 0]), len(images))
    with tf.GradientTape(persistent=True) as tape:
        walk = model.traverse(sv.get_plan("infer", model.hierarchy), noise, {"x": images}, score=True)
        costs = {term: walk[variable].cost for variable, term in zip(model.hierarchy, model.terms)}
        losses = {level: tf.add_n([tf.reduce_sum(costs[term]) for term in TERMS[level]]) for level in TERMS}
    variables = {variable.path: variable.value for variable in model.trainable_variables}
    zero = tf.UnconnectedGradients.ZERO
    return model, images, costs, {level: tape.gradient(losses[level], variables, None, zero) for level in losses}


def network_of(variable):
    return next((part for part in variable.path.split("/") if part.startswith(("q_", "p_"))), None)


@pytest.mark.parametrize("text, levels", [("1", [1]), ("1-2", [1, 2]), ("2-", [2, 3]), ("2", [2]), ("1-", [1, 2, 3])])
def test_ranges_are_read(text, levels):
    assert parse_levels(text, whole("reversible")[0].hierarchy) == levels


@pytest.mark.parametrize("text", ["", "0", "2-1", "4", "1-4", "a", "-1", "1-2-3", "1,3", "-", "1.5"])
def test_other_ranges_are_refused(text):
    model = whole("reversible")[0]
    with pytest.raises(ValueError, match="levels: expected a range of the model's 3"):
        model.compile(levels=text)


@pytest.mark.parametrize("name", ["reversible", "downscale3"])
@pytest.mark.parametrize("text, levels", [("1", {1}), ("2", {2}), ("2-", {2, 3}), ("1-2", {1, 2})])
def test_levels_have_their_terms_and_gradients_of_the_whole(name, text, levels):
    """Against the tape of the whole walk, which knows nothing of levels."""
    model, images, costs, gradients = whole(name)
    model.compile(levels=text)
    with tf.GradientTape() as tape:
        terms = model(images)
        loss = tf.add_n([tf.reduce_sum(value) for value in terms.values()])
    variables = model.trainable_variables
    assert {network_of(variable) for variable in variables} == set.union(*(NETWORKS[level] for level in levels))
    assert set(terms) == set.union(*(TERMS[level] for level in levels))
    for term, value in terms.items():
        np.testing.assert_array_equal(value, costs[term])
    for variable, gradient in zip(variables, tape.gradient(loss, variables)):
        expected = sum(gradients[level][variable.path].numpy() for level in levels)
        atol = 1e-5 * np.abs(expected).max() + 1e-6
        np.testing.assert_allclose(gradient, expected, atol=atol, err_msg=variable.path)


def test_a_step_reads_no_network_that_it_does_not_need():
    model, images = started("downscale3")

    def traced():
        graph = tf.function(model.train_step, autograph=False).get_concrete_function((tf.constant(images),)).graph
        kinds = [operation.type for operation in graph.get_operations()]
        read = {id(variable) for variable in graph.variables}
        networks = {network_of(variable) for variable in model.variables if id(variable.value) in read}
        return networks - {None}, kinds.count("Conv2D"), len(model.optimizer.variables)

    model.compile()
    weights = len(model.trainable_variables)
    everything, convolutions, state = traced()
    assert everything == set.union(*NETWORKS.values())
    for text, levels in [("1", {1}), ("2-", {2, 3})]:
        model.compile(levels=text)
        networks, own, own_state = traced()
        assert networks == set.union(*(NETWORKS[level] | READ[level] for level in levels))
        assert own < convolutions
        # Of each weight: AdaMax's two moments and the average.
        assert state - own_state == 3 * (weights - len(model.trainable_variables)) > 0


def test_frozen_levels_stay_only_own_terms_are_reported_and_saved_with_what_they_were_trained_with(tmp_path):
    model, images = started("reversible", 16)
    model.compile(levels="2-")
    before = {variable.path: variable.numpy() for variable in model.variables}
    history = model.fit(images, batch_size=8, validation_data=(images,), verbose=0).history
    terms = TERMS[2] | TERMS[3]
    assert set(history) == {f"{p}{n}" for p in ("", "val_") for n in ("loss", "bpd", *terms)}
    assert history["val_bpd"][0] == pytest.approx(sum(history[f"val_{term}"][0] for term in terms), rel=1e-5)
    changed = {network_of(v) for v in model.variables if network_of(v) and (v.numpy() != before[v.path]).any()}
    assert changed == NETWORKS[2] | NETWORKS[3]
    model.save(tmp_path / "m.keras")
    loaded = keras.saving.load_model(tmp_path / "m.keras")
    assert loaded.levels == (2, 3) and set(loaded(images)) == terms
    for one, other in zip(model.optimizer.variables, loaded.optimizer.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())


def test_to_compile_again_thaws_levels_but_not_what_was_frozen_by_hand():
    model = sv.SelfVAE(CONFIGS["reversible"])
    images = pictures(model.config, 2)
    every = len(model.trainable_variables)
    model.compile(levels="1")
    assert len(model.trainable_variables) < every
    model.compile()
    assert len(model.trainable_variables) == every and set(model(images)) == set.union(*TERMS.values())
    model.posteriors["u"].trainable = False
    model.compile()
    assert "q_u" not in {network_of(variable) for variable in model.trainable_variables}
    assert set(model(images)) == set.union(*TERMS.values())


def test_initialisation_touches_the_levels_that_are_trained():
    model = sv.SelfVAE(CONFIGS["reversible"])
    images = pictures(model.config, 16)
    assert untouched_levels(model) == [1, 2, 3]
    model.compile(levels="2-")
    model.data_init(images)
    assert untouched_levels(model) == [1]
    coarse = [weight.numpy() for name in ("z2", "u") for weight in model.posteriors[name].weights]
    model.compile()
    model.data_init(images)
    assert untouched_levels(model) == []
    for before, weight in zip(coarse, [w for name in ("z2", "u") for w in model.posteriors[name].weights]):
        np.testing.assert_array_equal(before, weight.numpy())
    # Level by level, coarse to fine, is the same as at once.
    whole = sv.SelfVAE(CONFIGS["reversible"])
    whole.data_init(images)
    for one, other in zip(model.get_weights(), whole.get_weights()):
        np.testing.assert_array_equal(one, other)


def test_which_latents_are_shared_is_asked_of_the_model():
    variables = dict(whole("reversible")[0].hierarchy)
    assert latents_read(variables, [1]) == ["z2"] and latents_read(variables, [2]) == ["u"]
    assert latents_read(variables, [2, 3]) == []
    del variables["z1"]  # a level without a latent reads none of the next one
    variables["x"] = dataclasses.replace(variables["x"], latent=None)
    assert latents_read(variables, [1]) == []


def test_a_part_is_the_model_of_smaller_pictures_that_the_whole_holds():
    model, images = started("drawn")
    part = coarser(model, coarser_config(model.config, 8))
    smaller = model.observe("x", images)["y1"]
    noise = BatchNoise(tf.constant([0, 0]), len(images))
    whole = model.traverse(sv.get_plan("infer", model.hierarchy), noise, {"x": images}, score=True)
    walk = part.traverse(sv.get_plan("infer", part.hierarchy), noise, {"x": smaller}, score=True)
    for own, of_whole in (("x", "y1"), ("y1", "y2")):  # exact: there are no latents
        np.testing.assert_array_equal(walk[own].cost, whole[of_whole].cost)
