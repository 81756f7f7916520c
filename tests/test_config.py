"""Configurations: JSON, overrides, errors."""

import dataclasses
import json

import pytest

from tf_selfvae.config import VERSION, Config, Level, Network, Optimizer, Prior, Top
from tf_selfvae.errors import UserError
from tf_selfvae.model import presets

CONFIG = Config(image=(16, 16, 3), levels=(Level("haar", "reversible"), Level("sketch")))


@pytest.mark.parametrize("name", presets.available())
def test_presets_go_to_json_and_back(name):
    config = presets.get_preset(name)
    for again in (
        Config.from_json(config.to_json()),
        Config.from_dict(config.to_dict()),
        Config.from_json(config.to_json(indent=2)),
        Config.from_dict(json.loads(json.dumps(config.to_dict()))),
    ):
        assert again == config and type(again) is Config
        assert hash(again) == hash(config)
        assert isinstance(again.levels, tuple) and isinstance(again.top.prior.network, Network)
    assert json.loads(config.to_json()) == config.to_dict()
    assert presets.get_preset(name) == config


def test_an_unknown_preset_lists_the_valid_ones():
    with pytest.raises(ValueError, match="'vae'.*" + ", ".join(presets.available())):
        presets.get_preset("vae")


@pytest.mark.parametrize(
    "part",
    [
        Network("dense", 4, 0),
        Level("blur"),
        Prior("standard_normal"),
        Top((2, 2, 4)),
        Optimizer(clip_norm=None, ema=None),
        CONFIG,
    ],
)
def test_parts_go_to_json_and_back(part):
    assert type(part).from_json(part.to_json()) == part
    assert type(part).from_dict(part) is part


def test_defaults_may_be_left_out():
    assert Config.from_json("{}") == Config()
    assert Config.from_dict({"levels": [{"transform": "sketch"}]}).levels == (Level("sketch"),)


def test_everything_is_frozen():
    for part, field in [
        (CONFIG, "seed"),
        (CONFIG.top, "mixtures"),
        (CONFIG.levels[0], "transform"),
        (CONFIG.optimizer, "ema"),
        (CONFIG.top.prior, "kind"),
        (Network(), "width"),
    ]:
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(part, field, getattr(part, field))


@pytest.mark.parametrize(
    "path,value,read",
    [
        ("seed", 5, lambda c: c.seed == 5),
        ("seed", "5", lambda c: c.seed == 5),
        ("precision", "bfloat16", lambda c: c.precision == "bfloat16"),
        ("image", [8, 8, 1], lambda c: c.image == (8, 8, 1)),
        ("image", "[8, 8, 1]", lambda c: c.image == (8, 8, 1)),
        ("levels.0.mixtures", 5, lambda c: c.levels[0].mixtures == 5),
        ("levels.1.transform", "bicubic:2", lambda c: c.levels[1].transform == "bicubic:2"),
        ("levels.1.joint.width", 96, lambda c: c.levels[1].joint.width == 96),
        ("levels", [], lambda c: c.levels == ()),
        ("top.prior.network.family", "dense", lambda c: c.top.prior.network.family == "dense"),
        ("top.prior", {"kind": "standard_normal"}, lambda c: c.top.prior == Prior("standard_normal")),
        ("optimizer.clip_norm", 1.5, lambda c: c.optimizer.clip_norm == 1.5),
        ("optimizer.ema", None, lambda c: c.optimizer.ema is None),
        ("optimizer.ema", "null", lambda c: c.optimizer.ema is None),
        ("optimizer.learning_rate", "1e-3", lambda c: c.optimizer.learning_rate == 1e-3),
    ],
)
def test_override(path, value, read):
    before = CONFIG.to_json()
    changed = CONFIG.override({path: value})
    assert read(changed) and isinstance(changed, Config)
    assert CONFIG.to_json() == before
    # Nothing else changed.
    back = CONFIG.to_dict()
    for key in path.split(".")[:-1]:
        back = back[int(key) if isinstance(back, list) else key]
    old = back[path.split(".")[-1]]
    assert changed.override({path: old}) == CONFIG


def test_override_takes_many_at_once_and_none():
    changed = CONFIG.override({"seed": 3, "levels.0.latent": [4, 4, 2], "top.mixtures": 2})
    assert (changed.seed, changed.levels[0].latent, changed.top.mixtures) == (3, (4, 4, 2), 2)
    assert CONFIG.override({}) == CONFIG


@pytest.mark.parametrize(
    "path,words",
    [
        ("sed", "override 'sed': the configuration has no 'sed'; it has: .*free_bits.*image.*seed.*top"),
        ("top.priors.kind", "override 'top.priors.kind': top has no 'priors'; it has: .*decoder.*prior"),
        ("top.prior.network.size", "top.prior.network has no 'size'; it has: .*family, halvings, steps, width"),
        ("levels.2.mixtures", "levels has no '2'; it has: 0, 1"),
        ("levels.-1.mixtures", "levels has no '-1'; it has: 0, 1"),
        ("levels.first", "levels has no 'first'"),
        ("seed.more", "seed has no 'more'"),
        ("", "the configuration has no ''"),
    ],
)
def test_override_of_unknown_fields_lists_the_fields(path, words):
    with pytest.raises(ValueError, match=words):
        CONFIG.override({path: 1})


@pytest.mark.parametrize(
    "path,value,words",
    [
        ("seed", "seven", "Config: seed: .*integer.*'seven'"),
        ("seed", 1.5, "seed: .*1.5"),
        ("levels.0.mixtures", "many", "levels.0.mixtures: .*'many'"),
        ("levels.0.mixtures", 0, "levels.0.mixtures: .*greater than or equal to 1.*0"),
        ("levels.1.joint.width", -4, "levels.1.joint.width: .*-4"),
        ("levels.1.joint.family", "wide", "levels.1.joint.family: .*'dense' or 'residual'.*'wide'"),
        ("levels.1.likelihood", "exact", "levels.1.likelihood: .*'mixture' or 'reversible'.*'exact'"),
        ("top.prior.kind", "flow", "top.prior.kind: .*'realnvp'.*'flow'"),
        ("top.latent", [8, 8], r"top.latent.*\[8, 8\]|top.latent.2.*required"),
        ("precision", "float16", "precision: .*'float32' or 'bfloat16'.*'float16'"),
        ("optimizer.learning_rate", 0, "optimizer.learning_rate: .*greater than 0"),
        ("optimizer.decay", 1.5, "optimizer.decay: .*1.5"),
        ("optimizer.ema", 1.0, "optimizer.ema.*1.0"),
        ("free_bits", -0.5, "free_bits: .*-0.5"),
        ("image", [16, 16, 2], "image: expected 1 or 3 channels, got 2"),
        ("levels.1.likelihood", "reversible", '"reversible" likelihood of level 2.*"haar".*sketch'),
        ("levels", 3, "levels: .*3"),
        ("top", None, "top: "),
    ],
)
def test_values_that_do_not_fit_name_the_field(path, value, words):
    with pytest.raises(ValueError, match=words):
        CONFIG.override({path: value})


def test_unknown_fields_are_rejected():
    for data, words in [
        ({"sed": 1}, "Config: sed: "),
        ({"levels": [{"mixture": 5}]}, "Config: levels.0.mixture: "),
        ({"top": {"prior": {"network": {"size": 1}}}}, "top.prior.network.size: "),
    ]:
        with pytest.raises(ValueError, match=words):
            Config.from_dict(data)
    with pytest.raises(ValueError, match="Network: size: "):
        Network.from_dict({"size": 3})
    with pytest.raises((ValueError, TypeError), match="size"):
        Network(size=3)


def test_errors_are_one_sentence_and_short():
    with pytest.raises(ValueError) as caught:
        Config.from_dict({"seed": "x" * 10000, "free_bits": -1})
    message = str(caught.value)
    assert "seed" in message and "free_bits" in message and "\n" not in message
    assert len(message) < 500


@pytest.mark.parametrize("text", ["", "{", "not JSON", "{'seed': 1}"])
def test_text_that_is_not_json_is_explained(text):
    with pytest.raises(ValueError, match="Config: not JSON"):
        Config.from_json(text)


@pytest.mark.parametrize("text", ["[]", "3", "null"])
def test_json_that_is_no_object_is_explained(text):
    with pytest.raises(ValueError, match="Config: "):
        Config.from_json(text)


def test_construction_validates_too():
    for make, words in [
        (lambda: Config(image=(16, 16, 2)), "image.*channels, got 2"),
        (lambda: Network(width=0), "width"),
        (lambda: Level(latent=(8, 8)), "latent"),
        (lambda: dataclasses.replace(CONFIG, precision="half"), "precision"),
        (lambda: Config(levels=(Level("sketch", "reversible"),)), "haar"),
    ]:
        with pytest.raises(ValueError, match=words):
            make()


def test_replace_keeps_the_rest():
    assert dataclasses.replace(CONFIG, seed=4) == CONFIG.override({"seed": 4})


def test_what_is_stored_says_its_version():
    assert CONFIG.to_dict()["version"] == VERSION
    assert Config.from_stored(CONFIG.to_dict()) == CONFIG
    without = {name: value for name, value in CONFIG.to_dict().items() if name != "version"}
    assert Config.from_dict(without) == CONFIG  # written by hand
    with pytest.raises(UserError, match="run: expected version 3, got none: it was made before there were versions"):
        Config.from_stored(without, "run")
    for read in (Config.from_dict, Config.from_stored):
        with pytest.raises(UserError, match="expected version 3, got 4: it was made by a newer tf_selfvae"):
            read({**CONFIG.to_dict(), "version": 4, "more": 1})
        with pytest.raises(UserError, match="expected version 3, got 2: it was made by another tf_selfvae"):
            read({**CONFIG.to_dict(), "version": 2})
        with pytest.raises(UserError, match="expected version 3, got 'a': it was made by another tf_selfvae"):
            read({**CONFIG.to_dict(), "version": "a"})


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: Config(nope=1), "Config: nope: Unexpected keyword argument"),
        (lambda: Config(image=(16, 16, 2)), "^Config: image: expected 1 or 3 channels, got 2$"),
        (lambda: Network(width=0), r"Network: width: .* \(got 0\)"),
        (lambda: dataclasses.replace(CONFIG, seed="a"), r"Config: seed: .* \(got 'a'\)"),
        (lambda: Level(mixtures=0), r"Level: mixtures: .* \(got 0\)"),
    ],
)
def test_wrong_fields_are_told_in_one_sentence(make, message):
    with pytest.raises(UserError, match=message):
        make()
