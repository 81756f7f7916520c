"""Real processes for the tests: workers on loopback, and what they printed."""

import atexit
import contextlib
import functools
import json
import multiprocessing
import os
import runpy
import socket
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[1]
# Each begins where TensorFlow has been imported already, and has computed nothing: half of what a small training costs.
# So no environment variable that TensorFlow or Python itself reads at its start reaches it.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tensorflow", "tensorflow_probability.python.distributions"])
LONGEST = 1200  # seconds until a test that hangs gives up, however loaded the machine is


def free_ports(count):
    """Find ports that nobody listens on; they are held open until all are found."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("localhost", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def tf_config(ports, index):
    """Return TF_CONFIG of one worker of a cluster on this machine."""
    cluster = {"worker": [f"localhost:{port}" for port in ports]}
    return json.dumps({"cluster": cluster, "task": {"type": "worker", "index": index}})


class Process:
    """A function in a process of its own, with its output in the file `log`, as `subprocess.Popen` has one."""

    def __init__(self, function, log, folder, environment):
        self.log = Path(log)
        self.log.write_bytes(b"")  # it may be read before the process is there to make it
        given = (function, str(log), str(folder), {**os.environ, **environment})
        self._process = _FORKS.Process(target=_run, args=given, daemon=True)
        self._process.start()
        self.pid = self._process.pid

    def poll(self):
        return self._process.exitcode

    def wait(self, timeout=LONGEST):
        self._process.join(timeout)
        assert self.poll() is not None, f"it runs longer than {timeout} s"
        return self.poll()

    def output(self):
        """Wait until it ended well, and return what it printed."""
        assert self.wait() == 0, self.log.read_text()
        return self.log.read_text()

    def send_signal(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self):
        self._process.kill()


def _run(function, log, folder, environment):
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    for stream in (1, 2):
        os.dup2(file, stream)
    try:
        function()
    finally:
        atexit._run_exitfuncs()  # which a fork leaves out


@contextlib.contextmanager
def without_pictures():
    """The pictures that a training leaves take longer than a small training."""
    from tf_selfvae.training import trainer

    with pytest.MonkeyPatch.context() as patch:
        for name in ("sample_sheet", "reconstruction_sheet"):
            patch.setattr(trainer, name, lambda *arguments: Image.new("RGB", (1, 1)))
        yield


def _run_module(arguments):
    sys.argv = arguments
    with without_pictures() if arguments[:2] == ["tf_selfvae", "train"] else contextlib.nullcontext():
        runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)


def start(arguments, log, folder=ROOT, **environment):
    """Start `python -m ARGUMENTS` in a folder; its output goes to the file `log`."""
    arguments = [str(argument) for argument in arguments]
    return call(functools.partial(_run_module, arguments), log, folder, **environment)


def call(function, log, folder=ROOT, **environment):
    """Start what calls a function of a module, or a `functools.partial` of one; its output goes to the file `log`."""
    return Process(function, log, folder, environment)


def kill_and_resume(arguments, run, log, kills, random, signals, longest=2.0):
    """Train, kill the process at random moments, start it again each time, and let it end.

    Args:
        arguments: of `python -m tf_selfvae train`, with --resume.
        run: the run's `Run`.
        log: file for the output.
        kills: how often to kill it.
        random: a NumPy generator.
        signals: signal of each kill, used in turn.
        longest: seconds from a new checkpoint to the kill, at most.

    Returns:
        A list of (last checkpoint before the kill, exit status).
    """
    command = ["tf_selfvae", "train", *arguments]
    history = []
    for number in range(kills):
        before = _last(run)
        process = start(command, log)
        if number % 4 == 3:  # any moment at all: while it starts, too
            wait(lambda: False, random.uniform(0, 20), process)
        else:
            wait(lambda before=before: _last(run) > before, LONGEST, process)
            wait(lambda: False, random.uniform(0, longest), process)
        assert process.poll() is None, f"it ended before it was killed: {Path(log).read_text()}"
        process.send_signal(signals[number % len(signals)])
        status = process.wait(LONGEST)
        history.append((_last(run), status))
    process = start(command, log)
    assert process.wait(LONGEST) == 0, Path(log).read_text()
    return history


def _last(run):
    folders = run.checkpoints()
    return int(folders[-1].name.split("-")[1]) if folders else -1


def wait(happened, seconds, process):
    """Wait until something happened, a time is over, or a process ended."""
    deadline = time.monotonic() + seconds
    while not happened() and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.05)
