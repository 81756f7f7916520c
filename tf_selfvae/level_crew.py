"""Two processes that train a model's levels apart, and the connection between them."""

from __future__ import annotations

import contextlib
import socket
import time
import warnings
from multiprocessing.connection import Client, Listener

import numpy as np
import tensorflow as tf

from .apart import Part
from .strategies import Crew, WorkerLost

_PATIENCE = 600  # seconds that one part waits for the other to start


class Link:
    """Arrays and bytes to one other process, in order.

    A machine that vanishes is noticed within a minute by TCP's own probes; a process that ends, at once.

    Args:
        address: "HOST:PORT".
        listens: whether this side waits for the other, which connects.
    """

    def __init__(self, address, listens):
        host, colon, port = address.rpartition(":")
        if not colon or not port.isdigit():
            raise ValueError(f"peer: expected HOST:PORT, got {address!r}")
        self.bytes_sent = 0
        where = (host or "0.0.0.0" if listens else host or "localhost", int(port))
        try:
            self._connection = _listen(where) if listens else _connect(where)
        except OSError as error:
            raise WorkerLost(f"peer: no other part of the levels at {address} ({error})") from error
        with socket.socket(fileno=socket.dup(self._connection.fileno())) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for option, seconds in (("TCP_KEEPIDLE", 15), ("TCP_KEEPINTVL", 5)):
                if hasattr(socket, option):
                    probe.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), seconds)

    def send(self, array):
        """Send a float32 array or tensor."""
        self.send_bytes(np.asarray(array, np.float32).tobytes())

    def receive(self):
        """Return the next float32 array, flat."""
        return np.frombuffer(self.receive_bytes(), np.float32)

    def send_bytes(self, data):
        self.bytes_sent += len(data)
        self._connection.send_bytes(data)

    def receive_bytes(self):
        return self._connection.recv_bytes()


def _listen(where):
    with Listener(where) as listener:
        listener._listener._socket.settimeout(_PATIENCE)
        return listener.accept()


def _connect(where):
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            return Client(where)
        except (ConnectionRefusedError, TimeoutError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


class LevelCrew(Crew):
    """The two parts of a model's levels; the one that has the finest is the chief.

    Args:
        strategy: of this process; one device.
        is_finer: whether this is the part that has level 1.
        link: the `Link` to the other part.
    """

    def __init__(self, strategy, is_finer, link):
        super().__init__(strategy)
        if self.replicas > 1:
            raise ValueError(f"strategy: levels that train apart have one device each, got {self.replicas}")
        self.count, self.index = 2, 0 if is_finer else 1
        self.link = link

    shard = (0, 1, 1)  # each part reads the whole batch

    @property
    def validates(self):
        return self.is_chief

    def _sum(self, array):
        self.link.send_bytes(array.tobytes())
        return array + np.frombuffer(self.link.receive_bytes(), array.dtype)

    def share(self, data):
        if not self.is_chief:
            return self.link.receive_bytes()
        self.link.send_bytes(data)
        return data

    def take_part(self, model, first, last):
        """Have a model train only some levels from now on.

        Raises:
            ValueError: when the other part has other levels than those that are left.
        """
        if self.agree([last if self.is_chief else -first])[0] != -1:
            raise ValueError(f"levels: this part has {first} to {last}, and the other one not exactly the others")
        # Keras warns of each weight that the other part trains.
        warnings.filterwarnings("ignore", message="Gradients do not exist for variables")
        model.part = Part(model.graph, first, last, self.link)
        model.optimizer.sum_over_parts = model.part.sum_over_parts

    def gather(self, model):
        """Bring the weights and the optimizer's state of the coarser part to the chief."""
        if not self.is_chief:
            parts = [variable.numpy().tobytes() for variable in model.part.variables(model)]
            self.link.send_bytes(b"".join(parts))
            return
        own = {id(variable) for variable in model.part.variables(model)}
        whole = Part(model.graph, 1, max(v.level for v in model.graph.values()), self.link).variables(model)
        self.set_variables([v for v in whole if id(v) not in own], self.link.receive_bytes())

    @contextlib.contextmanager
    def errors(self, advice=""):
        try:
            yield
        except (EOFError, OSError, tf.errors.OpError) as error:
            if isinstance(error, WorkerLost) or not _is_of_link(error):
                raise
            raise WorkerLost(f"the other part of the levels ended or can't be reached.{advice}") from error


def _is_of_link(error):
    """Whether an error is of the connection: inside a graph, TensorFlow has it as text."""
    if isinstance(error, (EOFError, ConnectionError)):
        return True
    return any(name in str(error) for name in ("EOFError", "ConnectionResetError", "BrokenPipeError", "TimeoutError"))
