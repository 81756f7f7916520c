"""Runs that are killed, disks that are full: nothing is lost or half written."""

import csv
import errno
import json
import os
import resource
import signal
import subprocess

import keras
import numpy as np
import pytest
import tensorflow as tf

import tf_selfvae as sv
from tests.processes import LONGEST, free_ports, kill_and_resume, start, tf_config, wait
from tests.small import TINY, pictures
from tf_selfvae.errors import DataDamaged, DiskFull
from tf_selfvae.files import atomic_folder
from tf_selfvae.training.api import train

CONFIG = TINY.override({"optimizer.schedule": "cosine"})
EPOCHS, STEPS = 100, 900


def started(folder, run, epochs, seconds):
    """Write a configuration and pictures into a folder; arguments of a training of them that goes on if it can."""
    np.savez(folder / "images.npz", images=pictures(CONFIG, 97))
    (folder / "config.json").write_text(CONFIG.to_json())
    files = ["--config", folder / "config.json", "--data", f"npz:{folder / 'images.npz'}", "--cache", folder / "cache"]
    what = ["--precision", "float32", "--epochs", epochs, "--checkpoint-seconds", seconds]
    return [*files, *what, "--run", run.folder, "--resume"]


def test_a_killed_run_ends_with_the_weights_of_an_unbroken_one(tmp_path):
    runs = {name: sv.Run(tmp_path / name) for name in ("unbroken", "killed")}
    arguments = {name: started(tmp_path, run, EPOCHS, 0.3) for name, run in runs.items()}
    unbroken = start(["tf_selfvae", "train", *arguments["unbroken"]], tmp_path / "log")
    assert unbroken.wait(LONGEST) == 0, (tmp_path / "log").read_text()
    told = (tmp_path / "log").read_bytes()
    history = kill_and_resume(
        arguments["killed"],
        runs["killed"],
        tmp_path / "log",
        2,
        np.random.default_rng(),
        [signal.SIGKILL, signal.SIGTERM],
        0.2,
    )
    (first, killed), (second, stopped) = history
    assert 0 < first < second < STEPS and (killed, stopped) == (-signal.SIGKILL, 143)
    models = {name: sv.load_model(run.folder) for name, run in runs.items()}
    for one, other in zip(models["unbroken"].get_weights(), models["killed"].get_weights()):
        assert one.tobytes() == other.tobytes()
    rows, results = {}, {}
    for name, run in runs.items():
        with open(run.metrics) as file:
            rows[name] = list(csv.DictReader(file))
        results[name] = json.loads(run.results.read_text())
        assert list(run.folder.rglob(".*")) == [run.folder / ".lock"]
    # Into a file goes one line an epoch, and nothing that only a terminal understands.
    epochs = [line.split(b",")[0] for line in told.splitlines() if line.startswith(b"epoch ")]
    assert epochs == [b"epoch %d" % (1 + int(row["epoch"])) for row in rows["unbroken"]]
    assert not set(told) & set(b"\r\b\x1b")
    assert [row["epoch"] for row in rows["killed"]] == [row["epoch"] for row in rows["unbroken"]]
    assert [row["val_bpd"] for row in rows["killed"]] == [row["val_bpd"] for row in rows["unbroken"]]
    for key in ("steps", "bpd", "images_seen"):
        assert results["killed"][key] == results["unbroken"][key]


def test_a_second_process_does_not_train_the_same_run(tmp_path):
    np.savez(tmp_path / "images.npz", images=pictures(CONFIG, 97))
    run = sv.Run(tmp_path / "run")
    common = {"cache_dir": tmp_path / "cache", "verbose": 0}

    class Second(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 2:
                with pytest.raises(ValueError, match=f"run: another process is training in {run.folder}"):
                    train(None, None, run.folder, epochs=1, resume=True, **common)

    train(CONFIG, f"npz:{tmp_path / 'images.npz'}", run.folder, epochs=1, callbacks=[Second()], **common)
    assert run.results.exists()


def test_a_worker_that_dies_stops_the_others_and_the_job_resumes(tmp_path):
    run = sv.Run(tmp_path / "run")

    def both(epochs):
        ports = free_ports(2)
        arguments = ["tf_selfvae", "train", "--strategy", "multiworker", *started(tmp_path, run, epochs, 1)]
        return [start(arguments, tmp_path / f"log{i}", TF_CONFIG=tf_config(ports, i)) for i in range(2)]

    chief, worker = both(10_000)
    wait(lambda: run.checkpoints(), LONGEST, chief)
    worker.kill()
    worker.wait()
    assert chief.wait(LONGEST) == 1
    message = " ".join((tmp_path / "log0").read_text().split())
    assert "worker 0 of 2 stopped: another worker ended or can't be reached" in message
    assert f"Start all workers again with --resume: training goes on from {run.folder}'s last checkpoint" in message
    step = int(run.checkpoints()[-1].name[5:])
    assert step > 0
    passes = step // 9 + 3
    for number, process in enumerate(both(passes)):
        assert process.wait(LONGEST) == 0, (tmp_path / f"log{number}").read_text()
    assert json.loads(run.results.read_text())["steps"] == 9 * passes


@pytest.mark.parametrize("damage", ["flip", "cut"])
def test_an_image_that_cannot_be_read_in_the_middle_of_an_epoch(damage, without_pictures, tmp_path):
    np.savez(tmp_path / "images.npz", images=pictures(CONFIG, 97))
    data, run, cache = f"npz:{tmp_path / 'images.npz'}", sv.Run(tmp_path / "run"), tmp_path / "cache"

    class Damage(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 40:
                [file] = cache.rglob("train.tfrecord")
                data = bytearray(file.read_bytes())
                data[len(data) // 2] ^= 1
                file.write_bytes(data if damage == "flip" else data[: len(data) // 2])

    common = {"epochs": 8, "cache_dir": cache, "verbose": 0, "checkpoint_seconds": 0}  # after each step
    with pytest.raises(DataDamaged, match="data: a decoded image can't be read .*go on with --resume"):
        train(CONFIG, data, run.folder, callbacks=[Damage()], **common)
    assert len(run.checkpoints()) > 0
    results = train(None, None, run.folder, resume=True, **common)
    assert results["steps"] == 8 * 9


@pytest.fixture
def saved(tmp_path):
    """A model, and a run with a checkpoint of it."""
    model = sv.SelfVAE(CONFIG)
    model.compile()
    run = sv.Run(tmp_path / "run")
    run.save_checkpoint(model, {"step": 1})
    return model, run


def restored(run):
    model = sv.SelfVAE(CONFIG)
    model.compile()
    return run.restore_checkpoint(model)


def still_whole(run):
    assert [folder.name for folder in run.checkpoints()] == ["step-000000001"]
    assert not list(run.folder.rglob(".*"))
    assert restored(run)["step"] == 1


def test_a_full_disk_leaves_the_last_checkpoint(saved, tmp_path):
    model, run = saved
    size = sum(file.stat().st_size for file in run.folder.rglob("*") if file.is_file())
    full = tmp_path / "full"
    full.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={int(1.5 * size)}", "tmpfs", full], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"no right to mount a small disk: {mounted.stderr}")
    try:
        run = sv.Run(full)
        run.save_checkpoint(model, {"step": 1})
        with pytest.raises(
            DiskFull, match=r"step-000000002 can't be written .*; the last one is step-000000001. Make room"
        ):
            run.save_checkpoint(model, {"step": 2})
        still_whole(run)
    finally:
        subprocess.run(["umount", full], check=True)


def test_a_file_that_may_not_grow_leaves_the_last_checkpoint(saved):
    model, run = saved
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(DiskFull, match="step-000000002 can't be written .*the last one is step-000000001"):
            run.save_checkpoint(model, {"step": 2})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    still_whole(run)
    run.save_checkpoint(model, {"step": 2})
    assert len(run.checkpoints()) == 2


def test_a_damaged_checkpoint_is_reported_and_the_one_before_taken(saved, caplog):
    model, run = saved
    run.save_checkpoint(model, {"step": 2})
    newest = run.checkpoints()[-1] / "model.keras"
    newest.write_bytes(newest.read_bytes()[:5000])
    assert restored(run)["step"] == 1
    assert "step-000000002 is damaged and left out" in caplog.text
    (run.checkpoints()[0] / "model.keras").unlink()
    with pytest.raises(ValueError, match="none of the checkpoints of .* can be read"):
        restored(run)


def test_what_a_killed_save_left_goes_with_the_next(saved):
    model, run = saved
    left = run.folder / "checkpoints" / ".step-000000002-abc"
    left.mkdir()
    (left / "model.keras").write_bytes(b"half")
    assert len(run.checkpoints()) == 1  # not taken for one
    run.save_checkpoint(model, {"step": 2})
    assert not left.exists() and len(run.checkpoints()) == 2


def test_metrics_after_the_checkpoint_go(tmp_path):
    run = sv.Run(tmp_path)
    run.metrics.write_text("epoch,bpd\n0,5.0\n1,4.5\n2,4.2\n3,4")  # killed within the last line
    run.trim_metrics(2)
    assert run.metrics.read_text() == "epoch,bpd\n0,5.0\n1,4.5\n"
    run.trim_metrics(9)
    assert run.metrics.read_text() == "epoch,bpd\n0,5.0\n1,4.5\n"


def test_a_folder_is_whole_or_absent(tmp_path):
    with pytest.raises(DiskFull, match="it: can't be written, since no space is left on its disk"):
        with atomic_folder(tmp_path / "it") as folder:
            (folder / "a").write_text("a")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert not os.listdir(tmp_path)
    with atomic_folder(tmp_path / "it") as folder:
        (folder / "deep").mkdir()
        (folder / "deep" / "a").write_text("a")
        assert not (tmp_path / "it").exists()
    assert (tmp_path / "it" / "deep" / "a").read_text() == "a"
    assert tf.io.gfile.listdir(str(tmp_path)) == ["it"]
