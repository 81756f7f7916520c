"""Real processes for the tests: workers on loopback, and what they printed."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
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


def start(arguments, log, **environment):
    """Start `python -m ARGUMENTS`; its output goes to the file `log`."""
    with open(log, "w") as file:
        return subprocess.Popen(
            [sys.executable, "-m", *map(str, arguments)],
            cwd=ROOT,
            stdout=file,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
        )


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
