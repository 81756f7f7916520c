"""Batches from a tf.data service: real dispatchers and workers in other processes, on loopback."""

import contextlib
import http.server
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import types

import numpy as np
import pytest
import tensorflow as tf

from tests import processes
from tests.data.test_dataset import archive, numbered
from tests.processes import free_ports
from tf_selfvae import data
from tf_selfvae.data import service


class Service:
    """A `selfvae data-service` process."""

    def __init__(self, *options, folder, name):
        # In another working folder: nothing may depend on the trainer's.
        self.process = processes.start(["tf_selfvae", "data-service", *options], folder / f"{name}.log", folder)
        processes.wait(lambda: self.output().endswith("\n"), processes.LONGEST, self.process)
        line = self.output()
        assert line.startswith("tf.data service: grpc://"), line
        self.address = line.split()[-1]

    def output(self):
        return self.process.log.read_text()

    def stop(self, number=signal.SIGTERM):
        """Send a signal, and return the exit status and what was printed after the first line."""
        self.process.send_signal(number)
        return self.process.wait(300), self.output().partition("\n")[2]


@pytest.fixture
def start(tmp_path):
    running = []

    def run(*options):
        running.append(Service(*options, folder=tmp_path, name=f"service{len(running)}"))
        return running[-1]

    yield run
    for one in reversed(running):
        one.stop(signal.SIGKILL)


@pytest.fixture
def images(tmp_path):
    spec = archive(tmp_path / "a.npz", images=numbered(300))
    return data.load(spec, cache_dir=tmp_path / "cache")


def batches(stream, count):
    return np.stack(list(stream.take(count).as_numpy_iterator()))


def test_a_service_gives_the_same_batches_in_the_same_order(images, start, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    own = start("--port", "0")
    for options in ({}, {"start_batch": 41, "seed": 5}, {"shard": (1, 2, 4)}, {"augment": False}):
        local = images.train(16, repeat=True, **options)
        stream = images.train(16, repeat=True, service=own.address, **options)
        assert stream.element_spec == local.element_spec
        np.testing.assert_array_equal(batches(stream, 60), batches(local, 60))
    # An array in memory travels with the graph.
    held = data.Dataset("held", {"train": numbered(50)}, "none", shifts=2)
    local, stream = held.train(8, repeat=True), held.train(8, repeat=True, service=own.address)
    np.testing.assert_array_equal(batches(stream, 20), batches(local, 20))
    assert own.stop() == (0, "")


def test_several_workers_give_the_same_batches_even_when_one_dies(images, start):
    own = start("--port", "0")
    dispatcher = own.address.removeprefix("grpc://")
    more = [start("--port", "0", "--dispatcher", dispatcher) for _ in range(2)]
    assert all(one.address == own.address for one in more)
    local = images.train(16, repeat=True).as_numpy_iterator()
    stream = images.train(16, repeat=True, service=own.address).as_numpy_iterator()
    for number in range(300):
        if number == 100:
            more[0].stop(signal.SIGKILL)
        if number == 200:
            start("--port", "0", "--dispatcher", dispatcher)
        np.testing.assert_array_equal(next(stream), next(local), err_msg=f"batch {number}")


def use(images, own, happens, patience=2.0):
    """Take batches as `fit` does, in graphs, and call `happens` on the way."""
    with service.watched(own.address, patience):
        iterator = iter(images.train(16, repeat=True, service=own.address))
        step = tf.function(lambda: next(iterator))
        for number in range(100_000):
            step()
            if number == 50:
                happens()
    pytest.fail("the service was not missed")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
def test_a_service_that_falls_silent_is_an_error(images, start, number):
    own = start("--port", "0")
    with pytest.raises(service.ServiceLost, match=f"service: {own.address} was silent for 2 s .*with --resume"):
        use(images, own, lambda: own.process.send_signal(number))


def test_a_service_that_is_started_anew_is_an_error(images, start):
    own = start("--port", str(free_ports(1)[0]))

    def again():
        own.stop(signal.SIGKILL)
        start("--port", own.address.rpartition(":")[2])

    with pytest.raises(service.ServiceLost, match=f"service: {own.address} was started anew .*with --resume"):
        use(images, own, again, patience=60.0)


def test_errors_of_others_pass_a_watched_service(images, start):
    own = start("--port", "0")
    for error in (ValueError("mine"), tf.errors.NotFoundError(None, None, "mine")):
        with pytest.raises(type(error), match="mine"), service.watched(own.address):
            raise error
    with service.watched(None):
        assert batches(images.train(16, repeat=True), 1).shape[1] == 16


def test_ctrl_c_ends_a_service(start):
    assert start("--port", "0").stop(signal.SIGINT) == (0, "")


def test_a_signal_at_any_moment_of_the_start_ends_a_service():
    moments = [(0.0, signal.SIGTERM), (0.4, signal.SIGINT), (1.5, signal.SIGTERM), (3.0, signal.SIGINT)]
    command = [sys.executable, "-m", "tf_selfvae", "data-service", "--port", "0"]
    # What a shell's script puts into the background ignores Ctrl-C, and so does what that starts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    began, started = time.monotonic(), []
    try:
        for _ in moments:
            started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        for process, (seconds, number) in zip(started, moments):
            time.sleep(max(0.0, began + seconds - time.monotonic()))
            process.send_signal(number)
        for process in started:
            process.wait(300)  # however loaded the machine: one that hangs never ends
    finally:
        signal.signal(signal.SIGINT, before)
        for process in started:
            process.kill()
            process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_between_any_two_lines_ends_a_service(number, monkeypatch):
    monkeypatch.setattr(service, "_started", lambda port, make: types.SimpleNamespace(target="grpc://localhost:1"))
    monkeypatch.setattr(time, "sleep", lambda seconds: None)

    def end(*_):
        raise KeyboardInterrupt

    def hangs(*_):
        raise AssertionError(f"a signal at line {line} of the service did not end it")

    def trace(frame, event, _):
        nonlocal lines
        lines += event == "line" and frame.f_code.co_filename in (service.__file__, threading.__file__)
        if lines == line:
            sys.settrace(None)
            os.kill(os.getpid(), number)
        return trace

    before = signal.signal(signal.SIGALRM, hangs), signal.signal(number, end)
    try:
        for line in range(1, 81):  # where it waits, too
            lines = 0
            signal.alarm(60)
            sys.settrace(trace)
            with contextlib.suppress(KeyboardInterrupt):
                service.serve(0)
            assert lines == line and signal.getsignal(number) is end
    finally:
        sys.settrace(None)
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before[0])
        signal.signal(number, before[1])


def test_what_does_not_answer_is_an_error(images, monkeypatch):
    monkeypatch.setattr(service, "_PATIENCE", 1.0)
    with pytest.raises(
        ValueError, match="service: expected a tf.data service with a worker at grpc://localhost:.* got: "
    ):
        images.train(8, repeat=True, service=f"grpc://localhost:{free_ports(1)[0]}")
    with pytest.raises(ValueError, match="service: expected a tf.data service.*grpc://no.such.host.invalid:5050"):
        images.train(8, repeat=True, service="grpc://no.such.host.invalid:5050")
    with socket.create_server(("localhost", 0)) as silent:  # takes connections and says nothing
        with pytest.raises(ValueError, match="service: expected a tf.data service with a worker"):
            images.train(8, repeat=True, service=f"grpc://localhost:{silent.getsockname()[1]}")
    with pytest.raises(ValueError, match="service: expected the dispatcher of a tf.data service"):
        service.serve(0, f"localhost:{free_ports(1)[0]}")


def test_another_kind_of_server_is_an_error(images, monkeypatch):
    monkeypatch.setattr(service, "_PATIENCE", 1.0)
    with http.server.HTTPServer(("localhost", 0), http.server.BaseHTTPRequestHandler) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        with pytest.raises(ValueError, match="service: expected a tf.data service with a worker"):
            images.train(8, repeat=True, service=f"grpc://localhost:{web.server_port}")
        web.shutdown()


def test_a_dispatcher_without_workers_is_an_error(images, monkeypatch):
    dispatcher = tf.data.experimental.service.DispatchServer()
    service.wait_for(dispatcher.target.removeprefix("grpc://"), worker=False)
    monkeypatch.setattr(service, "_PATIENCE", 5.0)  # enough to hear it even beside much other work
    with pytest.raises(ValueError, match="got: a dispatcher without workers; `selfvae data-service`"):
        images.train(8, repeat=True, service=dispatcher.target)


def test_bad_arguments(images, monkeypatch):
    for bad in ("localhost:5050", "http://localhost:5050", "grpc://localhost", "grpc://:5050", "grpc://a:b", "", 5050):
        with pytest.raises(ValueError, match='service: expected "grpc://host:port", got'):
            images.train(8, repeat=True, service=bad)
    with pytest.raises(ValueError, match="service: expected with repeat=True only"):
        images.train(8, service="grpc://localhost:5050")
    monkeypatch.setattr(service, "_LARGEST", 1000)
    held = data.Dataset("held", {"train": numbered(50)}, "none")
    with pytest.raises(ValueError, match="service: expected images of a cache, or at most 1,000 bytes.*got 9,600"):
        held.train(8, repeat=True, service="grpc://localhost:5050")


def test_a_port_that_is_taken_is_an_error(tmp_path):
    with socket.create_server(("0.0.0.0", 0)) as taken:
        port = taken.getsockname()[1]
        process = processes.start(["tf_selfvae", "data-service", "--port", port], tmp_path / "log")
        assert process.wait(300) == 1
    said = process.log.read_text()
    assert f"port: expected a free one, got {port}" in said and "Traceback" not in said
