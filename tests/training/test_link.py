"""What goes from process to process arrives, and a process that is gone is noticed: the other end is a real one."""

import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from tests.training.processes import ROOT, free_ports
from tf_selfvae.training import link
from tf_selfvae.training.link import Link, LinkLost

BIG = 50_000_000  # bytes, far more than a connection holds
_OTHER = """
import sys, time
from tf_selfvae.training import link
link._BEAT, link._SILENCE = {beat}, {silence}
other = link.Link("localhost:{port}", False)
{work}
"""


@pytest.fixture
def start(monkeypatch):
    """Start a process that works at the other end; give it and this end."""
    started = []

    def start(work, beat=0.2, silence=4):
        [port] = free_ports(1)
        monkeypatch.setattr(link, "_BEAT", beat)
        monkeypatch.setattr(link, "_SILENCE", silence)
        code = _OTHER.format(port=port, work=work, beat=beat, silence=silence)
        started.append(subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.PIPE, text=True))
        started.append(Link(f"localhost:{port}", True))
        return started

    yield start
    process, own = started
    process.kill()
    process.communicate()
    own.close()


def test_arrays_arrive_in_order(start):
    process, own = start("for i in range(3): other.send(other.receive() * 2 + i)\nother.close()")
    arrays = [np.float32(np.random.default_rng(i).normal(size=1 + i)) for i in range(3)]
    for array in arrays:
        own.send(array)
    for i, array in enumerate(arrays):
        np.testing.assert_array_equal(own.receive(), array * 2 + i)
    assert own.bytes_sent == 4 * (1 + 2 + 3)
    own.close()
    assert process.wait(20) == 0


def test_the_last_words_of_a_process_arrive_whole(start):
    """Signs of life come to it all the time: those that it leaves unread must not cost what it sends."""
    process, own = start(f"import os\nother.send_bytes(bytes({BIG}))\nother.close()\nos._exit(0)", beat=0.0005)
    time.sleep(1)
    assert own.receive_bytes() == bytes(BIG)
    with pytest.raises(LinkLost, match="it ended"):
        own.receive_bytes()
    own.close()
    assert process.wait(20) == 0


def test_who_works_for_long_is_waited_for(start):
    """Longer than the silence that is borne, on both sides, and with more under way than a connection holds."""
    process, own = start("time.sleep(9)\nother.send_bytes(other.receive_bytes())\nother.close()")
    own.send_bytes(bytes(BIG))
    time.sleep(10)
    assert own.receive_bytes() == bytes(BIG)
    own.close()
    assert process.wait(20) == 0


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
def test_who_is_lost_is_noticed(start, blow):
    process, own = start("other.send([1]); time.sleep(100)")
    own.receive()
    process.send_signal(blow)
    for _ in range(2):  # and it stays so
        with pytest.raises(LinkLost, match="ended" if blow == signal.SIGKILL else "nothing was heard for 4 seconds"):
            own.receive()


def test_who_is_frozen_does_not_hold_up_sending(start):
    process, own = start("other.send([1]); time.sleep(100)")
    own.receive()
    process.send_signal(signal.SIGSTOP)
    with pytest.raises(LinkLost):
        own.send_bytes(bytes(BIG))


def test_a_frozen_process_that_goes_on_learns_that_it_was_given_up(start):
    process, own = start("other.send([1]); other.receive()")
    own.receive()
    process.send_signal(signal.SIGSTOP)
    with pytest.raises(LinkLost):
        own.receive()
    process.send_signal(signal.SIGCONT)
    assert process.wait(20) == 1
    assert "LinkLost" in process.stderr.read()


def test_nothing_cannot_be_sent(start):
    _, own = start("other.receive()")
    with pytest.raises(ValueError, match="data: expected at least one byte"):
        own.send_bytes(b"")


@pytest.mark.parametrize("address", ["", "5000", "host", "host:", "host:a"])
def test_a_bad_peer_is_refused(address):
    with pytest.raises(ValueError, match="peer: expected HOST:PORT"):
        Link(address, True)


def test_who_does_not_come_is_an_error(monkeypatch):
    monkeypatch.setattr(link, "_PATIENCE", 1)
    [port] = free_ports(1)
    for listens in (True, False):
        with pytest.raises(link.WorkerLost, match=f"peer: no other part of the levels at localhost:{port}"):
            Link(f"localhost:{port}", listens)
