"""Every point of the search space is a configuration that builds."""

import keras_tuner
import numpy as np
import pytest

import tf_selfvae as sv
from tf_selfvae.model.hierarchy import Hierarchy
from tf_selfvae.model.presets import most_levels
from tf_selfvae.tuning.space import KINDS, SearchSpace


def draws(space, count):
    """Random configurations of a space, as an oracle draws them."""
    oracle = keras_tuner.oracles.RandomSearchOracle(keras_tuner.Objective("x", "min"), max_trials=count, seed=1)
    hp = oracle.get_space()
    space.config(hp)
    oracle.update_space(hp)
    for _ in range(count):
        hp = oracle.get_space()
        hp.values = oracle._random_values()
        yield hp.values, space.config(hp)


@pytest.mark.parametrize("size", [8, 16, 28, 32, 48, 64, 128])
def test_every_draw_is_a_valid_configuration(size):
    space = SearchSpace((size, size, 3), families=("residual", "dense"))
    seen = set()
    for values, config in draws(space, 120):
        hierarchy = Hierarchy(config)
        assert hierarchy["x"].shape == (size, size, 3)
        assert sv.Config.from_json(config.to_json()) == config
        assert values.get("levels", 1 if values["kind"] == "sketch" else 0) == len(config.levels)
        assert config.optimizer.learning_rate == values["learning_rate"]
        assert 5e-4 <= values["learning_rate"] <= 1e-2
        likelihoods = {level.likelihood for level in config.levels}
        assert likelihoods <= {"reversible" if values["kind"] == "downscale-reversible" else "mixture"}
        coarsest = list(hierarchy.values())[1].shape[0]
        assert coarsest >= 4 and min(v.shape[0] for v in hierarchy.values()) >= 2
        seen.add((values["kind"], len(config.levels)))
    most = most_levels(size)
    expected = {("vae", 0), ("sketch", 1)}
    expected |= {(f, k) for f in KINDS[1:3] for k in range(1, most + 1)}
    assert seen == expected


@pytest.mark.parametrize("kind", KINDS)
def test_models_of_each_kind_build_and_score(kind):
    widths, channels = (8,), 1 if kind == "vae" else 3
    space = SearchSpace((16, 16, channels), (kind,), widths, mixtures=(2,), families=("dense", "residual"))
    values, config = list(draws(space, 8))[-1]
    model = sv.SelfVAE(config)
    images = np.random.default_rng(0).integers(0, 256, [2, 16, 16, channels], np.uint8)
    model.data_init(images)
    assert np.isfinite(sum(np.sum(term) for term in model(images).values()))


def test_the_space_survives_the_way_to_a_worker_and_back():
    """Keras Tuner's messages sort hyperparameters by kind; the conditions must still hold."""
    space = SearchSpace((32, 32, 3), families=("residual", "dense"))
    oracle = keras_tuner.oracles.RandomSearchOracle(keras_tuner.Objective("x", "min"), max_trials=1)
    hp = oracle.get_space()
    space.config(hp)
    oracle.update_space(hp)
    for values, config in draws(space, 20):
        hp = oracle.get_space()
        hp.values = values
        there = keras_tuner.HyperParameters.from_proto(hp.to_proto())
        assert space.config(there) == config and there.values == values
        back = keras_tuner.HyperParameters.from_proto(there.to_proto())
        oracle.update_space(back)
    assert [h.name for h in oracle.get_space().space] == [h.name for h in hp.space] and len(hp.space) == 6


def test_a_width_scales_the_whole_model():
    sizes = []
    for width in (8, 64):
        space = SearchSpace((16, 16, 3), ("downscale-reversible",), (width,), (1,), (2,))
        sizes.append(sv.SelfVAE(space.config(keras_tuner.HyperParameters())).count_params())
    assert sizes[1] > 3 * sizes[0]


def test_overrides_reach_every_configuration():
    space = SearchSpace((16, 16, 3), overrides={"optimizer.batch_size": "4", "free_bits": 0.1})
    for _, config in draws(space, 5):
        assert config.optimizer.batch_size == 4 and config.free_bits == 0.1


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"image": (27, 27, 3), "kinds": ("downscale-mixture",)}, "kinds: 'downscale-mixture' halves.*27x27"),
        ({"image": (32, 16, 3)}, "image: expected a square.*32, 16"),
        ({"image": (4, 4, 3)}, "at least 8 rows"),
        ({"kinds": ("gan",)}, "kinds: 'gan' is unknown; valid ones: vae"),
        ({"families": ("transformer",)}, "families: 'transformer'"),
        ({"widths": (0,)}, "widths: expected a whole number"),
        ({"widths": ()}, "widths: expected at least one"),
        ({"levels": (3,)}, "levels: images of 32x32 can be halved at most 2 times, got 3"),
        ({"learning_rate": (1e-2, 1e-3)}, "learning_rate: expected a lowest and a highest"),
        ({"learning_rate": 1e-2}, "learning_rate: expected"),
    ],
)
def test_bad_spaces_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        SearchSpace(**{"image": (32, 32, 3), **changes})


def test_odd_sizes_are_left_to_the_kinds_that_fit():
    assert SearchSpace((27, 27, 3)).kinds == ("vae", "sketch")
    (_, config), *_ = draws(SearchSpace((27, 27, 3), kinds=("vae",)), 1)
    Hierarchy(config)
