"""One device, two devices of one process and two processes train the same model."""

import csv
import json

import numpy as np
import pytest
import tensorflow as tf

from tests.processes import LONGEST, free_ports, start, tf_config
from tests.small import TINY, pictures
from tf_selfvae.model.noise import BatchNoise
from tf_selfvae.workers import Workers, cluster, get_strategy

# Clipping bites at this norm, and the averaged weights are in use.
CONFIG = TINY.override({"optimizer.clip_norm": 0.1})
EPOCHS, STEPS = 3, 27


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Four processes: what each noted, and the folder."""
    folder = tmp_path_factory.mktemp("together")
    np.savez(folder / "images.npz", images=pictures(CONFIG, 97))
    task = {
        "config": CONFIG.to_dict(),
        "data": f"npz:{folder / 'images.npz'}",
        "cache": str(folder / "cache"),
        "epochs": EPOCHS,
    }
    ports = free_ports(2)
    kinds = {
        "one": ({"strategy": "one", "devices": 1}, {}),
        "mirrored": ({"strategy": "mirrored", "devices": 2}, {}),
        "chief": ({"strategy": "multiworker", "devices": 1}, {"TF_CONFIG": tf_config(ports, 0)}),
        "worker": ({"strategy": "multiworker", "devices": 1}, {"TF_CONFIG": tf_config(ports, 1)}),
    }
    notes = {}
    for pair in (("one", "mirrored"), ("chief", "worker")):
        running = {}
        for name in pair:
            more, environment = kinds[name]
            whole = {**task, **more, "run": str(folder / name), "out": str(folder / f"{name}.npz")}
            arguments = ["tests.training.trainee", json.dumps(whole)]
            running[name] = start(arguments, folder / f"{name}.log", **environment)
        for name, process in running.items():
            assert process.wait(LONGEST) == 0, (folder / f"{name}.log").read_text()
            with np.load(folder / f"{name}.npz") as archive:
                notes[name] = dict(archive)
    return folder, notes


@pytest.mark.parametrize("name", ["mirrored", "chief"])
def test_losses_are_those_of_one_device_step_by_step(trained, name):
    _, notes = trained
    assert len(notes["one"]["bpd"]) == STEPS
    np.testing.assert_allclose(notes[name]["bpd"], notes["one"]["bpd"], rtol=1e-5)
    # Half a warm-up changes them by 600 times that.
    assert np.ptp(notes["one"]["bpd"]) > 0.036


@pytest.mark.parametrize("name", ["mirrored", "chief"])
def test_weights_are_those_of_one_device(trained, name):
    _, notes = trained
    for key, value in notes["one"].items():
        if key.startswith("w"):
            np.testing.assert_allclose(notes[name][key], value, atol=1e-5, err_msg=key)


def test_two_processes_agree_on_every_bit(trained):
    _, notes = trained
    assert notes["chief"].keys() == notes["worker"].keys()
    for key, value in notes["chief"].items():
        assert value.tobytes() == notes["worker"][key].tobytes(), key


def test_only_the_chief_writes(trained):
    folder, _ = trained
    written = {path.name for path in (folder / "chief").iterdir()}
    assert {"config.json", "settings.json", "metrics.csv", "checkpoints"} <= written
    assert not (folder / "worker").exists()


def test_validation_is_that_of_one_device(trained):
    """3 images: a batch that does not split evenly."""
    folder, _ = trained

    def row(name):
        with open(folder / name / "metrics.csv") as file:
            [values] = csv.DictReader(file)
        return {key: float(value) for key, value in values.items() if key.startswith("val_")}

    for name in ("mirrored", "chief"):
        assert row(name) == pytest.approx(row("one"), rel=1e-5)
    assert row("one")["val_bpd"] > 0


def test_replicas_draw_the_rows_of_one_batch():
    seed, shape = tf.constant([3, 4]), [2, 3]
    whole = BatchNoise(seed, 7).normal("u", shape).numpy()
    for replica in range(3):  # 7 rows: parts of 3, 2 and 2
        rows = whole[replica::3]
        part = BatchNoise(seed, len(rows), (replica, 3)).normal("u", shape).numpy()
        np.testing.assert_array_equal(part, rows)
    assert len(np.unique(whole)) == whole.size
    assert BatchNoise(seed, 0, (2, 3)).normal("u", shape).shape == (0, 2, 3)


@pytest.mark.parametrize(
    "text, message",
    [
        ("{", "TF_CONFIG: expected"),
        ("[]", "TF_CONFIG: expected"),
        ('{"cluster": {"worker": ["a:1"]}}', "is none of its cluster"),
        ('{"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": 1}}', "is none of its cluster"),
        ('{"cluster": {"ps": ["a:1"], "worker": ["b:1"]}, "task": {"type": "ps", "index": 0}}', "got ps, too"),
    ],
)
def test_a_bad_cluster_is_refused(text, message, monkeypatch):
    monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(ValueError, match=message):
        cluster()


def test_the_chief_comes_first(monkeypatch):
    task = {"cluster": {"worker": ["a:1", "b:1"], "chief": ["c:1"]}, "task": {"type": "worker", "index": 1}}
    monkeypatch.setenv("TF_CONFIG", json.dumps(task))
    assert cluster() == (["c:1", "a:1", "b:1"], 2)


def test_a_strategy_that_does_not_fit_is_refused(monkeypatch):
    with pytest.raises(ValueError, match="valid ones: auto, one, mirrored, multiworker"):
        get_strategy("all")
    with pytest.raises(ValueError, match="needs the environment variable TF_CONFIG"):
        get_strategy("multiworker")
    monkeypatch.setenv("TF_CONFIG", tf_config([1, 2], 0))
    with pytest.raises(ValueError, match="names 2 workers.*'multiworker'"):
        get_strategy("auto")
    assert Workers(get_strategy("one")).count == 1


def test_one_worker_agrees_with_itself():
    workers = Workers(tf.distribute.get_strategy())
    assert workers.is_chief and workers.shard == (0, 1, 1)
    assert workers.share(b"x") == b"x" and list(workers.agree([1.5])) == [1.5]
