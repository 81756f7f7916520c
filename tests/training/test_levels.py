"""Levels that are trained apart, in runs: what they start from, how they go on, and when two become one model."""

import csv
import functools
import json
import os
import shutil
import signal
from pathlib import Path

import keras
import numpy as np
import pytest
from click.testing import CliRunner

import tf_selfvae as sv
from tests.processes import start as start_process
from tests.small import CONFIGS, pictures
from tf_selfvae.cli.app import main
from tf_selfvae.model.deeper import deepen, deepened
from tf_selfvae.model.levels import coarser_config, level_hashes, networks_of, untouched_levels
from tf_selfvae.training.api import train
from tf_selfvae.training.levels import check_levels, load_start, record

pytestmark = pytest.mark.usefixtures("eager")

# Quick to build: no network has blocks.
CONFIG = CONFIGS["downscale3"].override(
    {"image": (8, 8, 3), "levels.0.transform": "haar", "levels.0.likelihood": "reversible"}
    | {"top.prior.kind": "standard_normal", "top.posterior.steps": 0}
    | {f"levels.{k}.{name}.steps": 0 for k in (0, 1) for name in ("posterior", "joint")}
)
TERMS = {1: ("kl_z1", "re_x"), 2: ("kl_z2", "re_y1"), 3: ("kl_u", "re_y2")}
EPOCHS = 2
IMAGES = pictures(CONFIG, 8, seed=3)


def run(*arguments):
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)
    return " ".join(result.output.split()), result.exit_code


@functools.cache
def loaded(folder):
    return sv.load_model(folder)


@functools.cache
def terms(folder):
    """All terms of a run's model, whatever it was trained for."""
    return {term: value.numpy() for term, value in loaded(folder)(IMAGES).items()}


def check_exact(merged, sources):
    """Every level has, to the bit, the terms that it has in the run that it came from."""
    found = terms(merged)
    for level, source in sources.items():
        expected = terms(source)
        for term in TERMS[level]:
            np.testing.assert_array_equal(found[term], expected[term], err_msg=term)


# Real trainings -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trained(without_pictures, tmp_path_factory):
    """Coarse levels, then the fine one from them, by the command line."""
    folder = tmp_path_factory.mktemp("levels")
    np.savez(folder / "images.npz", images=pictures(CONFIG, 99))
    (folder / "config.json").write_text(CONFIG.to_json())
    common = ["--data", f"npz:{folder / 'images.npz'}", "--cache", folder / "cache", "--epochs", EPOCHS]
    first = ["--config", folder / "config.json", "--precision", "float32"]
    output, status = run("train", *first, "--levels", "2-", "--run", folder / "a", *common)
    assert status == 0 and "levels 2-3 alone are trained" in output
    output, status = run("train", "--levels", 1, "--from", folder / "a", "--run", folder / "b", *common)
    assert status == 0 and "levels 1 alone are trained" in output
    return folder, common


def columns(folder):
    with open(folder / "metrics.csv") as file:
        return {name for name in next(csv.reader(file)) if name.startswith(("re_", "kl_", "val_re_", "val_kl_"))}


def test_runs_train_and_record_their_levels(trained):
    folder, _ = trained
    assert columns(folder / "a") == {p + term for p in ("", "val_") for level in (2, 3) for term in TERMS[level]}
    assert columns(folder / "b") == {p + term for p in ("", "val_") for term in TERMS[1]}
    a, b = (sv.load_model(folder / name) for name in "ab")
    assert untouched_levels(a) == [1] and untouched_levels(b) == []
    for one, other in zip(networks_of(a, [2, 3]), networks_of(b, [2, 3])):
        for before, after in zip(one.get_weights(), other.get_weights(), strict=True):
            np.testing.assert_array_equal(before, after)
    settings = sv.Run(folder / "b").read_settings()
    assert settings["levels"] == [1] and settings["from"] == str(folder / "a") and len(settings["start"]) == 3
    assert sv.Run(folder / "a").read_settings()["start"] == {}
    # The test at the end is of the whole model.
    results = json.loads((folder / "b" / "results.json").read_text())
    assert results["bpd"] == pytest.approx(sum(results[term] for level in TERMS.values() for term in level), rel=1e-5)


def test_merged_they_are_one_model_that_commands_take(trained, tmp_path):
    folder, common = trained
    output, status = run("merge", folder / "a", folder / "b", "-o", tmp_path / "c")
    assert status == 0
    for level, name in ((1, "b"), (2, "a"), (3, "a")):
        assert f"level {level}: of {folder / name}" in output
    check_exact(tmp_path / "c", {1: folder / "b", 2: folder / "a", 3: folder / "a"})
    output, status = run("evaluate", tmp_path / "c", "--cache", folder / "cache")
    assert status == 0 and "re_x" in output
    images = sv.data.load(f"npz:{folder / 'images.npz'}", cache_dir=folder / "cache")
    results = json.loads((folder / "b" / "results.json").read_text())  # b's coarse levels are those of a
    assert sv.measure_terms(sv.load_model(tmp_path / "c"), images, verbose=0)["bpd"] == pytest.approx(
        results["bpd"], rel=1e-6
    )
    assert run("sample", tmp_path / "c", "-n", 1, "-t", 1, "-o", tmp_path / "s.png")[1] == 0
    output, status = run("merge", folder / "a", folder / "b", "-o", tmp_path / "c")
    assert status != 0 and "holds a run already" in output
    output, status = run("train", "--run", tmp_path / "c", "--resume", "--epochs", 1)
    assert status != 0 and "was merged, not trained" in output


class Interrupt(keras.callbacks.Callback):
    """Ask the process to end after a step, as a scheduler does."""

    def on_train_batch_end(self, batch, logs=None):
        if batch == 4:
            os.kill(os.getpid(), signal.SIGTERM)


def test_a_run_of_some_levels_resumes_to_the_same_bits(trained, tmp_path):
    folder, _ = trained
    data, more = f"npz:{folder / 'images.npz'}", {"cache_dir": folder / "cache", "verbose": 0, "epochs": EPOCHS}
    shutil.copytree(folder / "a", tmp_path / "a")
    first = train(None, data, tmp_path / "b", levels="1", start=tmp_path / "a", callbacks=[Interrupt()], **more)
    assert first is None and len(sv.Run(tmp_path / "b").checkpoints()) == 1
    shutil.rmtree(tmp_path / "a")  # what it started from is in its checkpoint
    with pytest.raises(ValueError, match="levels: the run trains 1, got '1-2'"):
        train(None, None, tmp_path / "b", levels="1-2", resume=True, **more)
    with pytest.raises(ValueError, match="from: the run started from .*a, got elsewhere"):
        train(None, None, tmp_path / "b", start="elsewhere", resume=True, **more)
    assert train(None, None, tmp_path / "b", resume=True, **more)["steps"] > 5
    for one, other in zip(sv.load_model(folder / "b").get_weights(), sv.load_model(tmp_path / "b").get_weights()):
        assert one.tobytes() == other.tobytes()


def test_two_devices_train_a_level_as_one_does(trained, tmp_path):
    folder, _ = trained
    running = {}
    for name, devices in (("one", 1), ("mirrored", 2)):
        task = {"config": sv.Run(folder / "a").read_config().to_dict(), "data": f"npz:{folder / 'images.npz'}"}
        task |= {"cache": str(folder / "cache"), "epochs": EPOCHS, "levels": "1", "start": str(folder / "a")}
        task |= {"strategy": name, "devices": devices}
        task |= {"run": str(tmp_path / name), "out": str(tmp_path / f"{name}.npz")}
        running[name] = start_process(["tests.training.trainee", json.dumps(task)], tmp_path / f"{name}.log")
    notes = {}
    for name, process in running.items():
        assert process.wait(300) == 0, (tmp_path / f"{name}.log").read_text()
        with np.load(tmp_path / f"{name}.npz") as archive:
            notes[name] = dict(archive)
    np.testing.assert_allclose(notes["mirrored"]["bpd"], notes["one"]["bpd"], rtol=1e-5)
    for key, value in notes["one"].items():
        if key.startswith("w"):
            np.testing.assert_allclose(notes["mirrored"][key], value, atol=1e-5, err_msg=key)


def test_training_goes_on_from_networks_of_fewer_blocks(runs):
    blocks = {"levels.0.joint.steps": 2, "levels.1.posterior.steps": 1, "top.decoder.steps": 1}
    blocks |= {"levels.0.joint.halvings": 2, "levels.1.band.halvings": 1}
    config = CONFIG.override({**blocks, "optimizer.learning_rate": 0.1})
    deeper = load_start(runs / "whole", config)
    assert deeper.config == CONFIG.override(blocks) and deeper.count_params() > loaded(runs / "whole").count_params()
    for term, expected in terms(runs / "whole").items():
        np.testing.assert_array_equal(deeper(IMAGES)[term], expected, err_msg=term)
    before = deeper.get_weights()
    deeper.compile("sgd")
    deeper.train_on_batch(IMAGES)
    gains = [(i, w.path) for i, w in enumerate(deeper.weights) if w.path.endswith(("second/g", "double/g"))]
    added = [(i, path) for i, path in gains if not before[i].any()]
    assert {path.split("/")[0] for _, path in added} == {"p_x", "q_z2", "p_y2"}
    assert all(deeper.get_weights()[i].any() for i, _ in added), "the blocks that were added don't learn"
    with pytest.raises(ValueError, match="differ in levels"):
        load_start(runs / "whole", CONFIG.override({"levels.1.decoder.blocks": 2, "levels.0.joint.width": 5}))
    assert deepened(deeper.config, CONFIG) == deeper.config, "blocks are never left out"
    with pytest.raises(ValueError, match="config: expected the model's own, with as many residual blocks"):
        deepen(deeper, CONFIG)


# Runs made by hand: weights that were moved stand for training -------------------------------------


def make(folder, levels=None, start=None, config=CONFIG, only=None):
    """A run that "trained" some levels; of these, `only` may name the networks that moved."""
    source = loaded(start) if start else None
    model = sv.SelfVAE(config)
    chosen = check_levels(levels, model.hierarchy, source)
    if source:
        model.set_weights(source.get_weights())
    model.compile("sgd", levels=levels)
    model.data_init(IMAGES)
    move(model, chosen, only)
    made = sv.Run(folder)
    settings = {"data": "npz:none", "seed": 0, "resize": "none", "clock": "wall"}
    made.create(config, settings | record(chosen, start, source))
    model.save(made.model, include_optimizer=False)
    return folder


def move(model, levels, only=None, seed=0):
    random = np.random.default_rng(seed)
    for network in networks_of(model, levels):
        if only is None or network.name in only:
            network.set_weights([w + random.normal(0, 1e-3, w.shape) for w in network.get_weights()])


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    whole = make(folder / "whole")
    coarse = make(folder / "coarse", "2-")
    make(folder / "fine", "1", coarse)
    for name, levels in {"one": "1", "two": "2", "three": "3"}.items():
        make(folder / name, levels, whole)
    make(folder / "decoder", "3", whole, only=["p_y2"])
    return folder


@pytest.mark.parametrize(
    "a, b, sources",
    [
        ("coarse", "fine", {1: "fine", 2: "coarse", 3: "coarse"}),
        ("whole", "one", {1: "one", 2: "whole", 3: "whole"}),
        # Levels 1 and 3 share no latent; level 2, which both have from `whole`, reads the u of level 3.
        ("three", "one", {1: "one", 2: "three", 3: "three"}),
        # Level 3 was trained, and its q, which level 2 reads, stayed as it was.
        ("two", "decoder", {1: "two", 2: "two", 3: "decoder"}),
    ],
)
def test_what_fits_is_merged_exactly(runs, tmp_path, a, b, sources):
    given = sv.merge(runs / a, runs / b, tmp_path / "c")
    # `whole` and what was trained from it agree on the levels that stayed: either may be named.
    for level, name in sources.items():
        if given[level] != str(runs / name):
            for one, other in zip(*(networks_of(loaded(p), [level]) for p in (Path(given[level]), runs / name))):
                assert all((v == w).all() for v, w in zip(one.get_weights(), other.get_weights(), strict=True))
    check_exact(tmp_path / "c", {level: runs / name for level, name in sources.items()})
    assert sv.Run(tmp_path / "c").read_config() == CONFIG


@pytest.mark.parametrize(
    "a, b, message",
    [
        ("one", "two", "level 1 of .*one reads z2, whose q is another one in level 2 of .*two"),
        ("two", "three", "level 2 of .*two reads u, whose q is another one in level 3 of .*three"),
        ("coarse", "whole", "level 3 was trained in both"),
    ],
)
def test_what_would_change_a_term_is_refused(runs, tmp_path, a, b, message):
    with pytest.raises(ValueError, match=f"merge: {message}"):
        sv.merge(runs / a, runs / b, tmp_path / "c")
    assert not (tmp_path / "c").exists()


def test_levels_that_went_on_are_not_those_that_were_read(runs, tmp_path):
    later = tmp_path / "coarse"
    shutil.copytree(runs / "coarse", later)
    model = sv.load_model(later)
    move(model, [2], seed=1)
    model.save(later / "model.keras")
    with pytest.raises(ValueError, match="level 1 of .*fine reads z2"):
        sv.merge(later, runs / "fine", tmp_path / "c")


def test_a_merged_run_is_merged_again(runs, tmp_path):
    """Level by level, from coarse to fine, each alone."""
    make(tmp_path / "3", "3")
    make(tmp_path / "2", "2", tmp_path / "3")
    assert sv.merge(tmp_path / "3", tmp_path / "2", tmp_path / "23")[1] is None  # untrained as yet
    make(tmp_path / "1", "1", tmp_path / "23")
    sv.merge(tmp_path / "23", tmp_path / "1", tmp_path / "123")
    check_exact(tmp_path / "123", {level: tmp_path / str(level) for level in (1, 2, 3)})
    assert sv.Run(tmp_path / "123").read_settings()["levels"] == [1, 2, 3]


def test_other_networks_are_refused(runs, tmp_path):
    other = CONFIG.override({"levels.0.mixtures": 2})
    make(tmp_path / "other", config=other)
    with pytest.raises(ValueError, match="merge: .*other has another configuration than .*coarse.* differ in levels"):
        sv.merge(runs / "coarse", tmp_path / "other", tmp_path / "c")
    with pytest.raises(ValueError, match="from: .*coarse has another configuration .* differ in levels"):
        load_start(runs / "coarse", other)
    load_start(runs / "coarse", CONFIG.override({"optimizer.learning_rate": 1e-4, "seed": 5}))
    with pytest.raises(ValueError, match="is not a run"):
        sv.merge(runs / "coarse", tmp_path, tmp_path / "c")


def test_a_level_without_latent_brings_its_own_networks(tmp_path):
    none = {f"{name}.latent": None for name in ("levels.0", "levels.1", "top")}
    drawn = CONFIG.override({**none, "top.transformer": {"width": 8, "blocks": 1, "heads": 2}})
    make(tmp_path / "coarse", "2-", config=drawn)
    other = drawn.override({"levels.0.joint.activation": "relu", "levels.0.joint.width": 6, "levels.0.phases": 2})
    make(tmp_path / "fine", "1", config=other)
    for first, second in (("coarse", "fine"), ("fine", "coarse")):
        merged = tmp_path / f"{first}-first"
        sv.merge(tmp_path / first, tmp_path / second, merged)
        assert sv.Run(merged).read_config() == loaded(merged).config == other
        found = terms(merged)
        for term, source in {"re_x": "fine", "re_y1": "coarse", "re_y2": "coarse"}.items():
            np.testing.assert_array_equal(found[term], terms(tmp_path / source)[term], err_msg=term)
    paper = {"levels.0.transform": "bicubic:2", "levels.0.likelihood": "mixture"}
    make(tmp_path / "another", "1", config=drawn.override(paper))
    with pytest.raises(ValueError, match="merge: .*another has another configuration .* differ in levels"):
        sv.merge(tmp_path / "coarse", tmp_path / "another", tmp_path / "c")


def test_levels_need_those_that_they_read(runs, tmp_path):
    hierarchy = sv.SelfVAE(CONFIG).hierarchy
    with pytest.raises(ValueError, match="1 reads z2 of level 2, which is untrained without --from: .*or 1-2"):
        check_levels("1", hierarchy, None)
    start = sv.load_model(make(tmp_path / "top", "3"))
    with pytest.raises(ValueError, match="1 reads z2 of level 2, which is untrained in what it starts --from"):
        check_levels("1", hierarchy, start)
    assert check_levels("1-2", hierarchy, start) == [1, 2]
    assert check_levels("2-", hierarchy, None) == [2, 3] and check_levels(None, hierarchy, None) == [1, 2, 3]


def test_what_a_run_without_a_checkpoint_started_from_must_still_be_there(runs, tmp_path):
    shutil.copytree(runs / "coarse", tmp_path / "a")
    run_of_1 = sv.Run(make(tmp_path / "b", "1", tmp_path / "a"))
    model = sv.load_model(tmp_path / "a")
    move(model, [3], seed=1)
    model.save(tmp_path / "a" / "model.keras")
    with pytest.raises(ValueError, match="from: the weights of .*a have changed since the run was started"):
        train(None, None, run_of_1.folder, epochs=1, resume=True, verbose=0)


def test_a_model_of_smaller_pictures_starts_from_the_levels_that_draw_them(runs):
    whole = sv.load_model(runs / "whole")
    for size, levels in ((4, [2, 3]), (2, [3])):
        config = coarser_config(CONFIG, size)
        assert config.image == (size, size, 3) and len(config.levels) == len(levels) - 1
        part = load_start(runs / "whole", config.override({"optimizer.learning_rate": 1e-4}))
        assert list(level_hashes(part).values()) == [level_hashes(whole)[str(level)] for level in levels]
    with pytest.raises(ValueError, match="size: expected that of a picture of the model, 8, 4, 2, got 6"):
        load_start(runs / "whole", CONFIG.override({"image": [6, 6, 3]}))
    with pytest.raises(ValueError, match="from: .*whole has another configuration .* differ in image"):
        load_start(runs / "whole", CONFIG.override({"image": [16, 16, 3]}))
