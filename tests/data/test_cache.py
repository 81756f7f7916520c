"""Caches on disk: one builder, whole or not at all, checked, and mended."""

import functools
import hashlib
import json
import logging
import os
import re
import signal
import time

import numpy as np
import pytest
import tensorflow as tf

from tests.processes import call
from tf_selfvae.data import cache, records
from tf_selfvae.data.cache import cached
from tf_selfvae.errors import DiskFull
from tf_selfvae.files import atomic_folder

SHAPE = (4, 4, 3)


def splits(seed=0):
    random = np.random.default_rng(seed)
    return {
        name: random.integers(0, 256, [count, *SHAPE], np.uint8)
        for name, count in (("train", 20), ("validation", 3), ("test", 5))
    }


def entries(folder):
    return [path for path in folder.iterdir() if path.suffix != ".lock"]


def never():
    raise AssertionError("built again")


def check(found, wanted):
    assert found.keys() == wanted.keys()
    for name, images in wanted.items():
        assert isinstance(found[name], np.memmap) and not found[name].flags.writeable
        np.testing.assert_array_equal(found[name], images)


def test_what_is_cached_comes_back(tmp_path):
    check(cached("key", splits, tmp_path), splits())
    check(cached("key", never, tmp_path), splits())
    check(cached("other", lambda: splits(1), tmp_path), splits(1))
    assert len(entries(tmp_path)) == 2


def test_a_large_set_comes_in_pieces_of_any_order(tmp_path):
    whole = splits()

    def pieces():
        yield "validation", whole["validation"]
        yield "train", whole["train"][:7]
        yield "test", whole["test"]
        yield "train", whole["train"][7:]

    check(cached("key", pieces, tmp_path), whole)


@pytest.mark.parametrize(
    "damage, said",
    [
        (lambda file: os.truncate(file, file.stat().st_size - 1), "train.tfrecord has .* bytes, expected"),
        (lambda file: os.truncate(file, 0), "train.tfrecord has 0 bytes"),
        (lambda file: file.write_bytes(file.read_bytes() + b"?"), "train.tfrecord has"),
        (lambda file: file.write_bytes(file.read_bytes()[:-20] + b"?" * 20), "checksum of train.tfrecord differs"),
        (lambda file: file.unlink(), "train.tfrecord"),
        (lambda file: (file.parent / "meta.json").write_text("{"), "JSONDecodeError"),
        (lambda file: (file.parent / "meta.json").write_text("[1]"), "AttributeError"),
        (lambda file: (file.parent / "meta.json").write_text('{"train": {}}'), "KeyError"),
        (lambda file: (file.parent / "meta.json").unlink(), "meta.json"),
    ],
)
def test_a_damaged_entry_is_named_and_built_again(tmp_path, caplog, damage, said):
    cached("key", splits, tmp_path)
    (entry,) = entries(tmp_path)
    damage(entry / "train.tfrecord")
    with caplog.at_level(logging.WARNING):
        check(cached("key", splits, tmp_path), splits())
    (message,) = [record.getMessage() for record in caplog.records]
    assert str(entry) in message and "building it again" in message
    assert re.search(said, message)
    caplog.clear()
    check(cached("key", never, tmp_path), splits())
    assert not caplog.records


def test_an_entry_of_an_older_version_is_not_read(tmp_path):
    key = ["npz", 1]
    old = tmp_path / hashlib.sha256(json.dumps(key).encode()).hexdigest()[:24]
    old.mkdir()
    for name in splits():
        np.save(old / f"{name}.npy", np.zeros([2, *SHAPE], np.uint8))
    check(cached(key, splits, tmp_path), splits())
    assert len(list(old.iterdir())) == 3  # nor is it touched


def test_a_failed_build_leaves_nothing(tmp_path):
    def build():
        yield "train", splits()["train"]
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        cached("key", build, tmp_path)
    assert not entries(tmp_path)
    check(cached("key", splits, tmp_path), splits())


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_disk_leaves_nothing_and_names_the_folder(tmp_path, monkeypatch):
    real = tf.io.TFRecordWriter
    monkeypatch.setattr(
        tf.io, "TFRecordWriter", lambda path: real("/dev/full" if "test" in path.rsplit("/", 1)[1] else path)
    )
    with pytest.raises(DiskFull, match=f"no space left for decoded images in {tmp_path}"):
        cached("key", lambda: {name: np.repeat(images, 1000, 0) for name, images in splits().items()}, tmp_path)
    assert not entries(tmp_path)
    monkeypatch.undo()
    check(cached("key", splits, tmp_path), splits())


def test_images_of_another_kind_are_refused(tmp_path):
    with pytest.raises(ValueError, match="images: expected uint8 .*got float32"):
        cached("key", lambda: {"train": np.zeros([2, *SHAPE], np.float32)}, tmp_path)
    pieces = [("train", np.zeros([2, *SHAPE], np.uint8)), ("train", np.zeros([2, 5, 4, 3], np.uint8))]
    with pytest.raises(ValueError, match=r"images: expected \[4, 4, 3\] as before, got \[5, 4, 3\]"):
        cached("key", lambda: iter(pieces), tmp_path)
    assert not entries(tmp_path)


def build(folder, number):
    """Ask for an entry, and build it if nobody else does, once the file `go` is there."""

    def images():
        (folder / "builds" / str(number)).touch()
        yield "train", np.full([9, *SHAPE], number, np.uint8)
        while not (folder / "go").exists():
            time.sleep(0.02)

    (folder / "asking" / str(number)).touch()
    print(cached("key", images, folder / "cache")["train"].max())


def start(folder, number):
    for name in ("asking", "builds"):
        (folder / name).mkdir(exist_ok=True)
    return call(functools.partial(build, folder, number), folder / f"{number}.log")


def until(folder, count):
    """Wait for some files; whoever made the last is then given time for what it does next."""
    end = time.monotonic() + 600
    while len(list(folder.iterdir())) < count:
        assert time.monotonic() < end
        time.sleep(0.02)
    time.sleep(0.5)


def test_one_of_several_processes_builds(tmp_path):
    processes = [start(tmp_path, number) for number in (1, 2, 3)]
    until(tmp_path / "builds", 1)
    until(tmp_path / "asking", 3)
    (tmp_path / "go").touch()
    results = {process.output().strip() for process in processes}
    (builder,) = [path.name for path in (tmp_path / "builds").iterdir()]
    assert results == {builder}
    assert len(entries(tmp_path / "cache")) == 1


def test_a_killed_builder_does_not_block_others(tmp_path):
    killed = start(tmp_path, 1)
    until(tmp_path / "builds", 1)
    waiting = start(tmp_path, 2)
    until(tmp_path / "asking", 2)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    (tmp_path / "go").touch()
    assert waiting.output() == "2\n"
    (entry,) = entries(tmp_path / "cache")  # what the killed one left is gone
    assert not entry.name.startswith(".")


def test_a_folder_is_made_whole_or_not_at_all(tmp_path):
    with atomic_folder(tmp_path / "a") as folder:
        (folder / "inside").mkdir()
        (folder / "inside" / "file").write_text("text")
        assert not (tmp_path / "a").exists()
    assert (tmp_path / "a" / "inside" / "file").read_text() == "text"
    with pytest.raises(RuntimeError), atomic_folder(tmp_path / "b") as folder:
        (folder / "file").write_text("text")
        raise RuntimeError
    with pytest.raises(OSError), atomic_folder(tmp_path / "a") as folder:
        (folder / "file").write_text("other")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert not (tmp_path / "a" / "file").exists()


def test_a_view_and_what_is_cut_out_of_it(tmp_path):
    whole = cached("key", splits, tmp_path)["train"]
    assert whole.path.endswith("train.tfrecord") and whole[3:].path is None
    read = records.row_reader(whole)
    rows = tf.constant([19, 0, 7, 7], tf.int64)
    np.testing.assert_array_equal(read(rows), splits()["train"][rows.numpy()])
    np.testing.assert_array_equal(records.row_reader(whole[3:])(rows[1:]), splits()["train"][rows.numpy()[1:] + 3])
    np.testing.assert_array_equal(records.row_reader(splits()["train"])(rows), read(rows))


def test_a_file_that_is_cut_while_it_is_used_is_an_error(tmp_path):
    whole = cached("key", splits, tmp_path)["train"]
    read = tf.function(records.row_reader(whole), input_signature=[tf.TensorSpec([None], tf.int64)])
    assert read(tf.zeros([0], tf.int64)).shape == (0, *SHAPE)
    os.truncate(whole.path, records.file_size(whole.shape) // 2)
    np.testing.assert_array_equal(read(tf.constant([2], tf.int64)), splits()["train"][2:3])
    for rows in ([19], [2, 10], [10, 2]):
        with pytest.raises(tf.errors.OpError, match="train.tfrecord was cut|truncated record|ended"):
            read(tf.constant(rows, tf.int64))


def test_the_default_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.default_folder() == tmp_path / "tf_selfvae"
