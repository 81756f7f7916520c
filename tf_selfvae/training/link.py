"""A connection between two processes that train together."""

from __future__ import annotations

import queue
import socket
import struct
import threading
import time
from multiprocessing.connection import Client, Listener

import numpy as np

from ..errors import UserError
from .workers import WorkerLost

_PATIENCE = 600  # seconds that one side waits for the other to start
_SILENCE = 30  # seconds after which the other side is taken for lost
_BEAT = 5  # seconds between signs of life


class LinkLost(ConnectionError):
    """The process at the other end ended, or can't be reached."""


class Link:
    """Arrays and bytes to one other process, in order.

    A process that ends is noticed at once. Each side gives signs of life, whatever its work takes: a machine that
    vanishes and a process that is frozen are noticed after 30 seconds of silence.

    Args:
        address: "HOST:PORT".
        listens: whether this side waits for the other, which connects.

    Raises:
        ValueError: when it is no address.
        WorkerLost: when nobody comes or answers there for ten minutes.
    """

    def __init__(self, address, listens):
        host, colon, port = address.rpartition(":")
        if not colon or not port.isdigit():
            raise UserError(f"peer: expected HOST:PORT, got {address!r}")
        self.bytes_sent = 0
        where = (host or "0.0.0.0" if listens else host or "localhost", int(port))
        try:
            self._connection = _listen(where) if listens else _connect(where)
        except OSError as error:
            raise WorkerLost(f"peer: no other part of the levels at {address} ({error})") from error
        self._socket = socket.socket(fileno=socket.dup(self._connection.fileno()))
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            self._socket.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", _SILENCE, 0))
        self._arrived = queue.SimpleQueue()
        self._sending = threading.Lock()
        self._closing = threading.Event()
        # It reads at once what comes, so that a side that is at work for minutes does not block the other's sending.
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        threading.Thread(target=self._beat, daemon=True).start()

    def send(self, array):
        """Send a float32 array or tensor."""
        self.send_bytes(np.asarray(array, np.float32).tobytes())

    def receive(self):
        """Return the next float32 array, flat."""
        return np.frombuffer(self.receive_bytes(), np.float32)

    def send_bytes(self, data):
        """Send bytes; none at all would be a sign of life.

        Raises:
            LinkLost: when the other side ended or fell silent.
        """
        if not data:
            raise UserError("data: expected at least one byte")
        self.bytes_sent += len(data)
        self._write(data)

    def receive_bytes(self):
        """Return the next bytes.

        Raises:
            LinkLost: when the other side ended or fell silent.
        """
        message = self._arrived.get()
        if isinstance(message, str):
            self._arrived.put(message)  # for who asks again
            raise LinkLost(message)
        return message

    def close(self):
        """Say goodbye, once all that was sent has arrived."""
        self._closing.set()
        self._hang_up()
        self._reader.join()
        with self._sending:
            self._socket.close()
            self._connection.close()

    def _write(self, data):
        with self._sending:
            try:
                self._connection.send_bytes(data)
            except BlockingIOError:
                self._hang_up()  # within a message: no other one can follow
                raise LinkLost(f"nothing was taken for {_SILENCE} seconds") from None
            except OSError as error:
                raise LinkLost(str(error)) from error

    def _read(self):
        try:
            while True:
                message = self._connection.recv_bytes()
                if message:
                    self._arrived.put(message)
        except BlockingIOError:
            self._arrived.put(f"nothing was heard for {_SILENCE} seconds")
        except (EOFError, OSError) as error:
            self._arrived.put(f"it ended ({type(error).__name__})")
        # Closing with something unread would discard what is still on its way to the other side: each side
        # reads to the end of the other, which comes when both have hung up.
        self._hang_up()

    def _beat(self):
        try:
            while not self._closing.wait(_BEAT):
                self._write(b"")
        except LinkLost:
            pass  # the reader tells of it

    def _hang_up(self):
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the other side is gone


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
