"""Training runs: what they leave, interruption, and what stops them."""

import csv
import json
import re
import shutil

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import tf_selfvae as sv
from tests.small import TINY, config, level, pictures
from tf_selfvae.training import callbacks
from tf_selfvae.training.agreement import Agreement
from tf_selfvae.training.api import train
from tf_selfvae.training.callbacks import Budget, Checkpoints
from tf_selfvae.workers import Workers

CONFIG = config([level("bicubic:2", "mixture")], size=8)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "images.npz"
    np.savez(path, images=pictures(CONFIG, 97))
    return f"npz:{path}"


@pytest.fixture(scope="module")
def finished(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "run"
    results = train(CONFIG, data, folder, epochs=12, cache_dir=folder.parent / "cache", verbose=0)
    return folder, results, data


def test_a_run_leaves_everything(finished):
    folder, results, data = finished
    run = sv.Run(folder)
    assert run.read_config() == CONFIG
    with open(run.metrics) as file:
        rows = list(csv.DictReader(file))
    terms = ["re_x", "kl_z1", "re_y1", "kl_u"]
    for name in ["bpd", "val_bpd", *terms, *(f"val_{t}" for t in terms), "images_per_second"]:
        assert np.isfinite(float(rows[-1][name]))
    written = json.loads(run.results.read_text())
    assert written == json.loads(json.dumps(results))
    assert results["bpd"] == pytest.approx(sum(results[term] for term in terms), rel=1e-4)
    assert results["split"] == "test" and results["count"] == 16
    assert results["resize"].startswith("none")
    assert results["peak_memory_gib"] > 0
    for picture in (run.samples, run.reconstructions):
        assert min(Image.open(picture).size) > 96
    assert list(run.logs.rglob("events.out.tfevents*"))
    assert run.best.exists() and run.checkpoints()
    assert list(folder.rglob(".*")) == [folder / ".lock"]  # nothing half written stays


def test_the_models_of_a_run_load(finished):
    folder, results, data = finished
    images = sv.data.load(data, cache_dir=folder.parent / "cache")
    model = sv.load_model(folder)
    again = sv.measure_terms(model, images, verbose=0)
    assert again["bpd"] == pytest.approx(results["bpd"], rel=1e-5)
    # A trained model beats an initialised one by far.
    fresh = sv.SelfVAE(CONFIG)
    fresh.data_init(pictures(CONFIG, 32))
    assert again["bpd"] < sv.measure_terms(fresh, images, verbose=0)["bpd"] - 0.5


def test_a_run_that_was_killed_after_its_last_step_ends_the_same(finished, without_pictures, tmp_path):
    folder, results, data = finished
    again = tmp_path / "again"
    shutil.copytree(folder, again)
    (again / "model.keras").unlink()
    (again / "results.json").unlink()
    resumed = train(None, None, again, epochs=12, resume=True, cache_dir=folder.parent / "cache", verbose=0)
    assert resumed["steps"] == results["steps"] and resumed["bpd"] == results["bpd"]
    assert results["images_per_second"] > 0 and "images_per_second" not in resumed  # no step, no speed
    for one, other in zip(sv.load_model(folder).get_weights(), sv.load_model(again).get_weights()):
        assert one.tobytes() == other.tobytes()
    # They are the averages: training would go on from others.
    last = sv.load_model(sv.Run(folder).checkpoints()[-1] / "model.keras")
    averages = [v.numpy() for v in last.optimizer._model_variables_moving_average]
    for one, average in zip(sv.load_model(folder).trainable_variables, averages):
        np.testing.assert_array_equal(one.numpy(), average)
    assert any((a != w.numpy()).any() for a, w in zip(averages, last.trainable_variables))


def test_a_folder_with_a_run_is_not_overwritten(finished):
    folder, _, data = finished
    before = (folder / "model.keras").read_bytes()
    with pytest.raises(ValueError, match="holds a run already.*--resume"):
        train(CONFIG, data, folder, epochs=1, verbose=0)
    assert (folder / "model.keras").read_bytes() == before


def test_a_checkpoint_is_never_made_of_weights_that_are_not_finite(tmp_path):
    model = sv.SelfVAE(CONFIG)
    model.compile()
    run = sv.Run(tmp_path)
    agreement = Agreement(Workers(tf.distribute.get_strategy()))
    checkpoints = Checkpoints(run, Budget(steps=10), agreement)
    checkpoints.set_model(model)
    checkpoints.save()
    assert len(run.checkpoints()) == 1
    model.optimizer.iterations.assign(5)
    model.priors["z1"].out.b.assign(model.priors["z1"].out.b * np.inf)
    checkpoints.save()
    assert [folder.name for folder in run.checkpoints()] == ["step-000000000"]


def test_the_learning_rate_fits_the_budget(data, without_pictures, tmp_path):
    """A budget of steps, met in two sittings, gives the rates of one cosine."""
    config = TINY.override({"optimizer.schedule": "cosine", "optimizer.warmup": 0})
    noted = []

    class Note(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            noted.append(float(self.model.optimizer.relative_rate()))

    run = {"cache_dir": tmp_path / "cache", "verbose": 0, "callbacks": [Note()]}
    train(config, data, tmp_path / "run", epochs=3, **run)
    steps = np.arange(len(noted))
    floor = config.optimizer.lowest / config.optimizer.learning_rate
    np.testing.assert_allclose(noted, floor + (1 - floor) * 0.5 * (1 + np.cos(np.pi * steps / 27)), rtol=1e-4)


def test_a_budget_counts_by_its_clock(monkeypatch):
    now = {"wall": 100.0, "cpu": 7.0}
    for name in now:
        monkeypatch.setitem(callbacks.CLOCKS, name, lambda name=name: now[name])
    model = sv.SelfVAE(CONFIG)
    model.compile()
    budgets = {name: Budget(minutes=1, elapsed=15.0, clock=name) for name in now}
    for budget in budgets.values():
        budget.set_model(model)
        budget.on_train_begin()
    now["wall"] += 50.0  # another process had the machine
    now["cpu"] += 30.0
    assert (budgets["wall"].elapsed, budgets["cpu"].elapsed) == (65.0, 45.0)
    for budget in budgets.values():
        budget.on_train_batch_end(0)
    assert budgets["wall"].finished and not budgets["cpu"].finished
    with pytest.raises(ValueError, match="either minutes or steps"):
        Budget()
    with pytest.raises(ValueError, match="clock: expected one of wall, cpu, got 'sun'"):
        Budget(minutes=1, clock="sun")


def test_a_minutes_budget_ends(data, without_pictures, tmp_path, capsys):
    results = train(TINY, data, tmp_path / "run", minutes=0.05, cache_dir=tmp_path)
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("epoch")]
    assert re.match(r"epoch 1, \d+% of the budget used, \d+ s: ", lines[0])
    assert results["steps"] >= 1 and results["training_minutes"] >= 0.05


def test_data_of_another_size_is_refused(tmp_path):
    np.savez(tmp_path / "grey.npz", images=np.zeros([40, 8, 8], np.uint8))
    with pytest.raises(ValueError, match="photos64.*64x64"):
        train(CONFIG, "photos64", tmp_path / "run", epochs=1, cache_dir=tmp_path, verbose=0)
    assert not (tmp_path / "run").exists()


def test_what_is_not_a_model_is_refused(tmp_path):
    keras.Sequential([keras.Input([2]), keras.layers.Dense(1)]).save(tmp_path / "other.keras")
    (tmp_path / "broken.keras").write_bytes(b"PK not really")
    for name, message in [
        ("other.keras", "holds a Sequential, expected a SelfVAE"),
        ("broken.keras", "can't be loaded|cannot be loaded"),
        ("absent.keras", "does not exist"),
        (".", "is not a run"),
    ]:
        with pytest.raises(ValueError, match=message):
            sv.load_model(tmp_path / name)
    sv.Run(tmp_path / "empty").create(CONFIG, {"data": "photos32", "seed": 0})
    with pytest.raises(ValueError, match="no weights yet"):
        sv.load_model(tmp_path / "empty")
