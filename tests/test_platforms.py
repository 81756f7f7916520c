"""What only some systems have is needed by none of the library: it is taken away, and everything goes on."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tf_selfvae import files
from tf_selfvae.data import cache

ROOT = Path(__file__).parents[1]
_WITHOUT = """
import sys
for name in ("fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty"):
    sys.modules[name] = None

import importlib, pathlib, pkgutil
import tf_selfvae as sv
for module in pkgutil.walk_packages(sv.__path__, "tf_selfvae."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)

import numpy as np
from tests.small import TINY, pictures
folder, config = pathlib.Path(sys.argv[1]), TINY
model = sv.SelfVAE(config)
model.compile()
images = pictures(config, 16)
model.data_init(images)
model.fit(images, batch_size=8, epochs=1, verbose=0)
model.save(folder / "m.keras")
again = sv.load_model(folder / "m.keras")
assert np.array_equal(again.sample(2, seed=1), model.sample(2, seed=1))
assert importlib.import_module("tf_selfvae.devices").peak_memory_gib() is None
"""


def test_the_library_imports_fits_and_saves_without_what_only_posix_has(tmp_path):
    subprocess.run([sys.executable, "-c", _WITHOUT, tmp_path], cwd=ROOT, check=True, timeout=600)


_HOLD = """
import sys
from tf_selfvae.files import locked
with locked(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_lock_is_free_when_its_holder_was_killed(tmp_path):
    path = tmp_path / "lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, path], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BlockingIOError), files.locked(path, wait=False):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with files.locked(path, wait=False), pytest.raises(BlockingIOError), files.locked(path, wait=False):
            pass
        with files.locked(path):
            pass
    finally:
        holder.kill()
        holder.communicate()


def test_a_file_system_without_locks_is_warned_of(tmp_path, monkeypatch, caplog):
    fcntl = pytest.importorskip("fcntl")

    def flock(*_):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", flock)
    with files.alone_in(tmp_path, "training"):
        pass
    assert "is on a file system without locks: see to it that one process alone is training there" in caplog.text
    with pytest.raises(OSError), files.locked(tmp_path / "lock"):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="the variable is the Linux desktop's")
def test_caches_are_where_the_platform_has_them(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.default_folder() == tmp_path / "tf_selfvae"
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    assert cache.default_folder() == Path.home() / ".cache" / "tf_selfvae"


def test_a_folder_is_replaced_whole_or_stays(tmp_path, monkeypatch):
    path = tmp_path / "it"
    for text in ("first", "second"):
        with files.atomic_folder(path, replace=True) as folder:
            (folder / "a").write_text(text)
    rename = os.rename

    def fail_once(old, new):
        if Path(new) == path and Path(old).name.startswith(".it-"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        rename(old, new)

    monkeypatch.setattr(os, "rename", fail_once)
    with pytest.raises(OSError), files.atomic_folder(path, replace=True) as folder:
        (folder / "a").write_text("third")
    assert (path / "a").read_text() == "second" and os.listdir(tmp_path) == ["it"]


def test_a_folder_whose_name_was_taken_asks_for_another(tmp_path):
    with files.atomic_folder(lambda: tmp_path / str(len(list(tmp_path.glob("[0-9]"))))) as folder:
        (folder / "a").touch()
        (tmp_path / "0").mkdir()
        (tmp_path / "0" / "b").touch()
    assert sorted(os.listdir(tmp_path)) == ["0", "1"]
