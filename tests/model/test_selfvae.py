"""The model from outside: shapes, randomness, likelihood, training, saving, bad input."""

import functools
import math

import keras
import numpy as np
import pytest
import tensorflow as tf

import tf_selfvae as sv
from tests.small import CONFIGS, NET, config, eagerly, level, pictures

SMALLEST = ["vae", "downscale", "reversible"]


EVERY = ["vae-grey", "sketch", "reversible", "composed", "by-three"]


@functools.cache
def made(name):
    """Make a model that tests share: none of them changes its weights."""
    model = sv.SelfVAE(CONFIGS[name])
    model.data_init(pictures(model.config, 16))
    return model


@pytest.fixture(scope="module", params=EVERY)
def model(request):
    return made(request.param)


@pytest.fixture(scope="module", params=SMALLEST)
def small(request):
    return made(request.param)


@eagerly()
def test_variables_come_in_generative_order(model):
    depth = len(model.config.levels)
    expected = ["u"]
    for k in range(depth, 0, -1):
        expected += [f"y{k}", f"z{k}"]
    values = model.sample(2, return_variables=True)
    assert list(values) == [*expected, "x"]
    for name, variable in model.hierarchy.items():
        assert tuple(values[name].shape) == (2, *variable.shape)
        assert values[name].dtype == (tf.float32 if variable.is_latent else tf.uint8)


@eagerly()
def test_every_plan_gives_images(model):
    images = pictures(model.config, 3)
    for name in sv.available_plans(model.hierarchy):
        if name == "generate":
            continue
        start = sv.get_plan(name, model.hierarchy).start
        given = model.observe("x", images)[start]
        rebuilt = model.reconstruct(tf.cast(given, tf.uint8), plan=name, seed=1)
        assert rebuilt.dtype == tf.uint8 and tuple(rebuilt.shape) == images.shape


def test_the_bound_is_the_sum_of_its_terms(model):
    images = np.tile(pictures(model.config), (36, 1, 1, 1))  # each row draws latents of its own
    terms = model(images)
    assert sorted(terms) == sorted(model.terms)
    bound = -np.sum([value.numpy() for value in terms.values()], 0).reshape(36, -1)
    # The exact KL replaces a sampled one: they agree on average over draws.
    draws = model.log_prob(images).numpy().reshape(36, -1)
    error = np.sqrt(draws.var(0) + bound.var(0)) / 6
    assert error.all()
    np.testing.assert_array_less(np.abs(draws.mean(0) - bound.mean(0)), 4.5 * error + 1e-2)


def test_bits_per_dim_is_log_prob_in_other_units(small):
    images = pictures(small.config)
    nats = small.log_prob(images, seed=3).numpy()
    dims = math.prod(small.config.image)
    np.testing.assert_allclose(small.bits_per_dim(images, seed=3).numpy(), -nats / dims / math.log(2), rtol=1e-6)


def test_more_importance_samples_raise_the_bound(small):
    images = pictures(small.config, 32)
    one = np.mean([small.log_prob(images, 1, seed).numpy() for seed in range(8)])
    many = small.log_prob(images, 64).numpy().mean()
    assert many > one


def test_training_lowers_the_bound_logs_every_term_and_is_saved_with_its_optimizer(tmp_path):
    cfg = config([level()]).override({"optimizer.warmup": 10, "optimizer.learning_rate": 1e-2})
    model = sv.SelfVAE(cfg)
    images = pictures(cfg, 64)
    model.compile()
    model.data_init(images[:32])
    history = model.fit(images, batch_size=16, epochs=12, verbose=0).history
    assert set(history) == {"loss", "bpd", *model.terms}
    terms = np.sum([history[term] for term in model.terms], 0)
    np.testing.assert_allclose(terms, history["bpd"], rtol=1e-4)
    assert history["bpd"][-1] < history["bpd"][0] - 0.3
    evaluated = model.evaluate(images, batch_size=16, return_dict=True, verbose=0)
    assert evaluated["bpd"] < history["bpd"][0]
    model.save(tmp_path / "m.keras")
    loaded = keras.saving.load_model(tmp_path / "m.keras")
    assert int(loaded.optimizer.iterations) == 48
    for ours, theirs in zip(model.optimizer.variables, loaded.optimizer.variables, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("latent", ["u", "z1"])
def test_latents_carry_information_where_they_must(latent):
    """Nothing but one latent tells two kinds of pictures apart: the trained model must use it.

    Both kinds of z1's pictures have the same 1-bit version y1. One logistic per pixel cannot be both
    kinds: a mixture could, and would at times do without the latent.
    """
    levels = [level("bits:1", "mixture")] if latent == "z1" else []
    part = "levels.0" if levels else "top"
    # Easy to learn: by AdaMax, from a latent of 2x2 or under a flow, chance decides whether 240 steps are enough.
    changes = {"optimizer.kind": "muon", "optimizer.learning_rate": 1e-2, "top.prior.kind": "standard_normal"}
    changes |= {"top.mixtures": 1, f"{part}.mixtures": 1, f"{part}.latent": [8, 8, 2]}
    changes |= {f"{part}.decoder": NET.to_dict(), f"{part}.kl_warmup": 300}
    cfg = config(levels, seed=1).override(changes)
    random = np.random.default_rng(0)
    kinds = random.integers(0, 2, 64)
    base = np.where(kinds[:, None, None, None] == 1, 100, 20)
    images = (base + random.normal(0, 3, [64, 16, 16, 3])).round().astype(np.uint8)
    model = sv.SelfVAE(cfg)
    model.compile(levels="1")
    model.data_init(images)
    history = model.fit(images, batch_size=16, epochs=60, verbose=0).history
    bits = history[f"kl_{latent}"][-1] * 16 * 16 * 3
    assert bits > 0.7  # one bit tells the kinds apart
    plan = "conditional_generation" if levels else "reconstruction_1"
    rebuilt = model.reconstruct(images, plan=plan, temperature=0.25).numpy().mean((1, 2, 3))
    assert np.corrcoef(rebuilt, kinds)[0, 1] > 0.6  # chance: 0 +- 0.13


def test_free_bits_change_the_loss_alone():
    cfg = CONFIGS["downscale"]
    images = pictures(cfg, 8)
    plain, free = sv.SelfVAE(cfg), sv.SelfVAE(cfg.override({"free_bits": 50.0}))
    for made in (plain, free):
        made.compile()
    free.set_weights(plain.get_weights())
    results = [made.evaluate(images, batch_size=8, return_dict=True, verbose=0) for made in (plain, free)]
    assert results[0] == pytest.approx(results[1])
    terms = {name: tf.constant(value) for name, value in plain(images).items()}
    assert free.compute_loss(y_pred=terms) > plain.compute_loss(y_pred=terms) + 1


def test_a_seed_fixes_the_images_and_rows_depend_on_nothing_else(small):
    first = small.sample(3, seed=5).numpy()
    np.testing.assert_array_equal(first, small.sample(3, seed=5).numpy())
    assert (first != small.sample(3, seed=6).numpy()).any()
    by_row = small.sample(2, seed=[5, 9]).numpy()
    np.testing.assert_array_equal(by_row[0], small.sample(1, seed=5).numpy()[0])
    np.testing.assert_array_equal(by_row[1], small.sample(1, seed=9).numpy()[0])
    assert (first[0] != first[1]).any()
    generate = small.traced(repr(sv.get_plan("generate", small.hierarchy)), None)
    assert generate.experimental_get_tracing_count() == 1  # whatever the number of rows


def test_temperature_zero_has_one_picture(small):
    values = small.sample(3, temperature=0.0, return_variables=True)
    np.testing.assert_allclose(values["u"][0], values["u"][1], atol=1e-5)


def test_temperature_spreads_pictures():
    plain = sv.SelfVAE(CONFIGS["vae"].override({"top.mixtures": 1}))
    spread = [plain.sample(8, temperature=t).numpy().std(0).mean() for t in (0.1, 0.5, 1.0)]
    assert spread[0] < spread[1] < spread[2]


def test_a_variable_has_its_own_temperature():
    model = made("downscale")
    names = list(model.hierarchy)
    everywhere = model.sample(2, temperature=0.6, return_variables=True)
    by_name = model.sample(2, temperature=dict.fromkeys(names, 0.6), return_variables=True)
    tf.nest.map_structure(np.testing.assert_array_equal, everywhere, by_name)
    warm = model.sample(2, return_variables=True)
    cold = model.sample(2, temperature={"x": 0, "z1": 1}, return_variables=True)
    for name in names:  # those left out have 1
        assert (cold[name].numpy() == warm[name].numpy()).all() == (name != "x"), name
    # At 0 an image is the rounded location of its likeliest components.
    likelihood, values = model.likelihoods["x"], [tf.cast(cold[name], tf.float32) for name in ("y1", "z1")]
    distribution = likelihood.band_distribution(0, likelihood.context(*values), [], values[0])
    assert np.mean(cold["x"].numpy() == distribution.mode()) > 0.99  # a sum may end at the other side of a rounding
    images = pictures(model.config, 2)
    rebuilt = [model.reconstruct(images, seed=s, temperature={"x": 0, "z1": 0}).numpy() for s in (1, 2)]
    assert (rebuilt[0] != rebuilt[1]).any()  # u is its posterior's, y1 drawn
    walk = model.interpolate(*images, steps=2, temperature=dict.fromkeys(names, 0)).numpy()
    np.testing.assert_array_equal(walk, model.interpolate(*images, steps=2, seed=5, temperature=0))
    with pytest.raises(ValueError, match="temperature: expected names of u, y1, z1, x, got 'y2'"):
        model.sample(1, temperature={"y2": 0.5})
    with pytest.raises(ValueError, match="temperature: x: expected a finite number of at least 0, got -1"):
        model.sample(1, temperature={"x": -1})


def test_super_resolution_keeps_the_picture_that_was_given():
    model = made("reversible")
    small_images = pictures(config(size=8), 4)
    values = model.reconstruct(small_images, plan="super_resolution:1", return_variables=True)
    np.testing.assert_array_equal(values["y1"], small_images)
    assert "y2" not in values and "u" not in values


def test_interpolation_ends_at_reconstructions(small):
    a, b = pictures(small.config, 2)
    walk = small.interpolate(a, b, steps=5, seed=2).numpy()
    assert walk.shape == (5, *small.config.image) and walk.dtype == np.uint8
    same = small.interpolate(a, a, steps=3).numpy()
    assert np.abs(same[0].astype(int) - same[1]).mean() < 1


def test_data_init_gives_each_channel_unit_variance_and_leaves_call_alone():
    model = sv.SelfVAE(CONFIGS["reversible"])
    images = pictures(model.config, 64)
    model.data_init(images)
    encoder = model.posteriors["z1"].encoder
    outputs = encoder.stages[0](tf.cast(images, tf.float32) / 127.5 - 1).numpy()
    np.testing.assert_allclose(outputs.mean((0, 1, 2)), 0, atol=1e-3)
    np.testing.assert_allclose(outputs.std((0, 1, 2)), 1, atol=1e-2)
    weights = model.get_weights()
    model(images)
    for before, after in zip(weights, model.get_weights()):
        np.testing.assert_array_equal(before, after)


@eagerly()
def test_saved_and_loaded_it_is_the_same(model, tmp_path):
    images = pictures(model.config, 2)
    model.save(tmp_path / "m.keras")
    loaded = keras.saving.load_model(tmp_path / "m.keras")
    assert loaded.config == model.config
    np.testing.assert_array_equal(loaded.sample(2, seed=4), model.sample(2, seed=4))
    np.testing.assert_allclose(loaded.log_prob(images), model.log_prob(images), rtol=1e-6)


def test_the_same_seed_makes_the_same_model_and_leaves_pythons_generator_alone():
    import random

    random.seed(11)
    expected = random.random()
    random.seed(11)
    a = sv.SelfVAE(CONFIGS["vae"])
    assert random.random() == expected
    b = sv.SelfVAE(CONFIGS["vae"])
    for x, y in zip(a.get_weights(), b.get_weights()):
        np.testing.assert_array_equal(x, y)
    other = sv.SelfVAE(CONFIGS["vae"].override({"seed": 1}))
    assert any((x != y).any() for x, y in zip(a.get_weights(), other.get_weights()))


def test_bfloat16_convolutions_keep_the_distributions_in_float32():
    cfg = config([level()])
    half, full = sv.SelfVAE(cfg.override({"precision": "bfloat16"})), sv.SelfVAE(cfg)
    images = pictures(cfg, 4)
    full.data_init(images)
    half.set_weights(full.get_weights())
    assert half.log_prob(images).dtype == tf.float32
    difference = half.bits_per_dim(images).numpy() - full.bits_per_dim(images).numpy()
    assert 0 < np.abs(difference).max() < 0.05


@pytest.mark.parametrize("kind", ["gaussian_mixture", "standard_normal"])
@eagerly()
def test_other_priors(kind):
    model = sv.SelfVAE(CONFIGS["vae"].override({"top.prior.kind": kind}))
    model.compile()
    images = pictures(model.config, 8)
    history = model.fit(images, batch_size=8, epochs=2, verbose=0).history
    assert np.isfinite(history["kl_u"]).all()
    assert model.sample(2).shape == (2, 16, 16, 3)


IMAGES = np.zeros([2, 16, 16, 3], np.uint8)
BAD = {
    "float": IMAGES.astype(np.float32) + 0.5,
    "nan": np.full(IMAGES.shape, np.nan, np.float32),
    "rank": IMAGES[0],
    "size": np.zeros([2, 8, 8, 3], np.uint8),
    "channels": IMAGES[..., :1],
    "empty": IMAGES[:0],
    "int64": IMAGES.astype(np.int64),
}


@pytest.mark.parametrize("case", list(BAD))
def test_bad_images_are_named(case):
    model = made("vae")
    for use in (model.log_prob, model.reconstruct, model.bits_per_dim, model.data_init):
        with pytest.raises(ValueError, match=r"images: expected uint8 \[B, 16, 16, 3\].*got"):
            use(BAD[case])
    model.compile()
    with pytest.raises(ValueError, match="x: expected"):
        model.fit(BAD[case], verbose=0)
    with pytest.raises(ValueError, match="image_b: expected"):
        model.interpolate(IMAGES[0], BAD["size"][0])


def test_bad_arguments_are_named():
    model = made("vae")
    for arguments, message in [
        ({"count": 0}, "count: expected"),
        ({"count": 2, "temperature": -1}, "temperature: expected"),
        ({"count": 2, "temperature": float("nan")}, "temperature: expected"),
        ({"count": 2, "seed": 0.5}, "seed: expected"),
        ({"count": 2, "seed": [1, 2, 3]}, "seed: expected"),
    ]:
        with pytest.raises(ValueError, match=message):
            model.sample(**arguments)
    with pytest.raises(ValueError, match="importance_samples: expected"):
        model.log_prob(IMAGES, importance_samples=0)
    with pytest.raises(ValueError, match="steps: expected"):
        model.interpolate(IMAGES[0], IMAGES[0], steps=1)
    with pytest.raises(ValueError, match="plan: 'upscale' is unknown; this model has: generate"):
        model.reconstruct(IMAGES, plan="upscale")
    with pytest.raises(ValueError, match="takes no images"):
        model.reconstruct(IMAGES, plan="generate")
    with pytest.raises(ValueError, match="unknown; valid ones: vae-32-paper"):
        sv.SelfVAE.from_preset("nope")
    with pytest.raises(ValueError, match="(?s)bicubic"):
        sv.SelfVAE(config([level("nope", "mixture")]))
    with pytest.raises(ValueError, match="3"):
        sv.SelfVAE(config([level("bicubic:3", "mixture")]))


@pytest.mark.parametrize("name", [name for name in sv.presets.available() if name.endswith("small")])
def test_small_presets_have_the_promised_size(name):
    assert sv.SelfVAE.from_preset(name).count_params() <= 3.5e6
