"""Real processes for the tests: workers on loopback, and what they printed."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


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
            [sys.executable, "-m", *map(str, arguments)], cwd=ROOT, stdout=file, stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
        )
