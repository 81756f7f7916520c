"""A tf.data service: other processes or machines compute training batches.

The service knows paths and graphs, not this library: its workers must see the cache's folder under the
same path. Each worker computes the whole stream of each trainer from its start; the trainer keeps the
first copy of each batch, in order. So the batches do not depend on how many workers there are, on which
is faster, or on one that dies while another goes on; several workers of one dispatcher make a stream
safer, and not faster. To spread the work, give each trainer a service of its own.

There is no authentication: keep the ports inside a network that you trust.
"""

from __future__ import annotations

import contextlib
import signal
import threading
import time

import grpc
import tensorflow as tf
from tensorflow.python.eager import cancellation  # what tf.distribute's own coordinator stops workers by

from ..errors import ServiceLost, UserError

_PATIENCE = 30.0  # seconds for a service that is just starting
_FORGOT = "caused by a dispatcher restart"  # in TensorFlow's words
_RESUME = "start `selfvae data-service`, then train again with --resume"
_LARGEST = 2**30  # bytes; a graph holds at most 2 GiB


def check_source(images):
    """Raise a ValueError for an array that is too large to be sent with a graph."""
    if getattr(images, "path", None) is None and images.nbytes > _LARGEST:
        raise UserError(
            f"service: expected images of a cache, or at most {_LARGEST:,} bytes in memory, got {images.nbytes:,}"
        )


def through(stream, service):
    """Let a service compute an endless stream; the batches and their order stay the same.

    Args:
        stream: a tf.data.Dataset of graph operations.
        service: "grpc://host:port".

    Returns:
        A tf.data.Dataset with the same elements.

    Raises:
        ValueError: when the address is none, nothing or something else answers there within 30 seconds,
            or the service has no workers.
    """
    wait_for(_address(service))
    received = stream.enumerate().apply(
        tf.data.experimental.service.distribute(
            tf.data.experimental.service.ShardingPolicy.OFF, service, compression=None
        )
    )

    # Every worker sends 0, 1, 2, ...: no number comes before those below it have come from somewhere.
    def keep_first(due, element):
        number, images = element
        chosen = number == due
        return due + tf.cast(chosen, tf.int64), (chosen, images)

    ordered = received.scan(tf.constant(0, tf.int64), keep_first).filter(lambda chosen, _: chosen)
    return ordered.map(lambda _, images: images)


def wait_for(address, worker=True):
    """Wait until a dispatcher answers, and has a worker.

    Args:
        address: "host:port".
        worker: whether a worker is needed.

    Raises:
        ValueError: when that is not so within 30 seconds.
    """
    # TensorFlow's own client would try for an hour, and wait for a worker for ever.
    end = time.monotonic() + _PATIENCE
    problem, may_change = "no answer", True
    with _dispatcher(address) as ask:
        while may_change and (left := end - time.monotonic()) > 0:
            problem, may_change = ask(left, worker)
            if problem is None:
                return
            time.sleep(min(0.2, left))
    wanted = "a tf.data service with a worker" if worker else "the dispatcher of a tf.data service"
    raise UserError(
        f"service: expected {wanted} at grpc://{address} within {_PATIENCE:g} s, got: {problem}; "
        "`selfvae data-service` runs one"
    )


@contextlib.contextmanager
def _dispatcher(address):
    """Give a function that asks a dispatcher for its workers, and returns (problem or None, may it change?)."""
    with grpc.insecure_channel(address, [("grpc.enable_http_proxy", 0)]) as channel:
        get_workers = channel.unary_unary("/tensorflow.data.DispatcherService/GetWorkers")

        def ask(timeout, worker=True):
            try:
                workers = get_workers(b"", timeout=timeout)  # both messages are empty when there are none
            except grpc.RpcError as error:
                waits = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
                return error.details() or error.code().name, error.code() in waits
            return (None if workers or not worker else "a dispatcher without workers"), True

        yield ask


@contextlib.contextmanager
def watched(service, patience=_PATIENCE):
    """Break off what TensorFlow computes in here when its tf.data service is gone.

    TensorFlow's own client would wait for it for an hour.

    Args:
        service: "grpc://host:port"; None for none: nothing is watched.
        patience: seconds that the service may be silent.

    Raises:
        ServiceLost: when it was silent for longer, or was started anew.
    """
    if service is None:
        yield
        return
    computing, finished, problems = cancellation.CancellationManager(), threading.Event(), []

    def watch():
        with _dispatcher(_address(service)) as ask:
            heard = time.monotonic()
            while not finished.wait(1.0):
                problem, _ = ask(patience / 2)
                if problem is None:
                    heard = time.monotonic()
                elif time.monotonic() - heard > patience:
                    problems.append(problem)
                    return computing.start_cancel()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        with cancellation.CancellationManagerContext(computing):
            yield
    except tf.errors.OpError as error:
        if problems:
            raise ServiceLost(f"service: {service} was silent for {patience:g} s ({problems[0]}); {_RESUME}") from error
        if isinstance(error, tf.errors.NotFoundError) and _FORGOT in error.message:
            raise ServiceLost(
                f"service: {service} was started anew while it was in use; train again with --resume"
            ) from error
        raise
    finally:
        finished.set()
        thread.join()


def _address(service):
    scheme, separator, address = str(service).partition("://")
    host, colon, port = address.rpartition(":")
    if scheme != "grpc" or not (separator and colon and host and port.isascii() and port.isdigit()):
        raise UserError(f'service: expected "grpc://host:port", got {service!r}')
    return address


def serve(port, dispatcher=None, host="localhost"):
    """Run a dispatcher and one worker, or a worker that joins a dispatcher, until SIGTERM or Ctrl-C.

    Args:
        port: of the dispatcher, or of the worker when `dispatcher` is given; 0 for any that is free.
        dispatcher: "host:port" of a running dispatcher.
        host: the name by which trainers reach this worker.

    Raises:
        ValueError: when the dispatcher does not answer, or the port is taken.
    """
    service, own = tf.data.experimental.service, None
    if dispatcher is None:
        own = _started(port, lambda: service.DispatchServer(service.DispatcherConfig(port=port)))
        dispatcher, port = own.target.partition("://")[2], 0
    else:
        wait_for(_address(f"grpc://{dispatcher}"), worker=False)
    config = service.WorkerConfig(dispatcher, worker_address=f"{host}:%port%", port=port)
    worker = _started(port, lambda: service.WorkerServer(config))
    target = f"grpc://{host}:{dispatcher.rpartition(':')[2]}" if own else f"grpc://{dispatcher}"
    stopped = []
    # A list, not an Event: a handler runs between any two steps of this thread, and one that waits for a lock that
    # this thread holds, as `Event.set` does in the midst of `Event.wait`, waits for ever.
    handlers = {n: signal.signal(n, lambda *_: stopped.append(True)) for n in (signal.SIGTERM, signal.SIGINT)}
    try:
        print(f"tf.data service: {target}", flush=True)
        while not stopped:
            time.sleep(0.1)
    finally:
        for number, handler in handlers.items():  # a second signal need not wait for the servers' end
            signal.signal(number, handler)
    del worker, own  # their destructors stop them


def _started(port, make):
    try:
        return make()
    except (RuntimeError, tf.errors.OpError) as error:
        raise UserError(f"port: expected a free one, got {port} ({error})") from None
