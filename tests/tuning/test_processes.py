"""Real processes: a search that is killed, and a chief with two workers of which one is killed."""

import json
import signal
import socket
import time
from pathlib import Path

import pytest

from tests import processes
from tests.tuning.test_search import OPTIONS
from tf_selfvae.tuning.results import read_trials

ROOT = Path(__file__).parents[2]
_LONGEST = 1200  # seconds until a test that hangs gives up


class Process:
    """`selfvae tune` with its output in a file."""

    def __init__(self, log, arguments, **variables):
        self.log = log
        self.process = processes.start(["tf_selfvae", "tune", *arguments, *OPTIONS], log, **variables)

    def wait_until(self, happened):
        deadline = time.monotonic() + _LONGEST
        while not happened():
            assert self.process.poll() is None and time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.02)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def ends_well(self):
        assert self.process.wait(_LONGEST) == 0, self.log.read_text()
        assert not set(self.log.read_bytes()) & set(b"\r\b\x1b")  # it is no terminal
        return self.log.read_text()


@pytest.fixture
def start(tmp_path):
    started = []

    def make(name, arguments, **variables):
        started.append(Process(tmp_path / f"{name}.log", arguments, **variables))
        return started[-1]

    yield make
    for process in started:
        process.kill()


def statuses(folder):
    return [trial["status"] for trial in read_trials(folder)]


def holds(worker):
    """Return the trial that a worker told the start of and not yet the end, or None."""
    lines = [line for line in worker.log.read_text().splitlines() if line.startswith("trial ")]
    return lines[-1].split(":")[0].removeprefix("trial ") if lines and "learning_rate" in lines[-1] else None


def test_a_killed_search_goes_on(spec, cache, tmp_path, start):
    folder = tmp_path / "search"
    arguments = ["--data", spec, "--run", folder, "--trials", 3, "--images", 2400, "--cache", cache]
    first = start("first", arguments)
    oracle = folder / "tuner" / "oracle.json"
    first.wait_until(lambda: oracle.exists() and statuses(folder) == ["completed", "running"])
    first.kill()
    partial = json.loads((folder / "trials.json").read_text())
    assert not partial["finished"] and partial["trials"][0]["status"] == "completed"
    kept = (folder / "tuner" / "trial_0" / "outcome.json").read_bytes()
    text = start("second", arguments).ends_well()
    assert "trial 0:" not in text and "trial 1:" in text and "trial 2:" in text
    assert (folder / "tuner" / "trial_0" / "outcome.json").read_bytes() == kept
    assert statuses(folder) == ["completed"] * 3
    assert [trial["metrics"]["images_seen"] for trial in read_trials(folder)] == [2400] * 3
    assert "3 completed" in text and "selfvae train --config" in text


def test_a_chief_and_two_workers_of_which_one_is_killed(spec, cache, tmp_path, start):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path / "search"
    arguments = ["--data", spec, "--run", folder, "--trials", 4, "--images", 3200, "--cache", cache, "--silence", 15]

    def join(name):
        variables = {"KERASTUNER_ORACLE_IP": "127.0.0.1", "KERASTUNER_ORACLE_PORT": str(port)}
        return start(name, arguments, KERASTUNER_TUNER_ID=name, **variables)

    chief, lost, stays = join("chief"), join("tuner0"), join("tuner1")
    # Both workers hold a trial: one of them dies with it.
    held = []

    def both_hold_one():
        held.append(holds(lost))
        return held[-1] and holds(stays)

    chief.wait_until(both_hold_one)
    lost.kill()
    taken = held[-1]
    told, worked = chief.ends_well(), stays.ends_well()
    assert f"tuner0 gave no sign for 15 seconds: trial {taken} goes to another" in told
    assert f"trial {taken}:" in worked
    assert statuses(folder) == ["completed"] * 4
    assert json.loads((folder / "tuner" / f"trial_{taken}" / "outcome.json").read_text())["tuner"] == "tuner1"
    assert "4 completed" in told and "4 completed" not in worked  # the chief alone tells and writes
    assert json.loads((folder / "trials.json").read_text())["finished"]
