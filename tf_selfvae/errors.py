"""What ends a call or a run for a reason that a person can act on: the command line tells each in one sentence.

Everything else that is raised is a fault of the library, and keeps its traceback.
"""

from __future__ import annotations


class Told(Exception):
    """Base of all that is told in one sentence."""


class UserError(Told, ValueError):
    """What was asked for can't be done as it was asked: names the argument, what came and what was expected."""

    # Raised inside a `tf.function`, an error is made anew by AutoGraph, which would turn this one into its own
    # StagingError, no ValueError, but for this constructor.
    __init__ = Exception.__init__


class Damaged(UserError):
    """A compressed file, or a part of it, was cut or changed, or does not give the pixels that were put in."""


class NotFinite(Told, ArithmeticError):
    """A term of the objective became NaN or infinite."""


class WorkerLost(Told, ConnectionError):
    """Another worker of the job ended or can't be reached."""


class ServiceLost(Told, ConnectionError):
    """A tf.data service can't be reached any more, or has forgotten what it computed."""


class DiskFull(Told, OSError):
    """No space is left for a file, or its disk takes no more of it."""


class DataDamaged(Told, OSError):
    """Decoded images were cut or changed while they were read."""


class DownloadFailed(Told, OSError):
    """What a command needs is not on disk, and can't be fetched."""


class MissingPackage(Told, ImportError):
    """An optional package is missing: the message says how to install it."""


class Interrupted(KeyboardInterrupt):
    """A signal other than Ctrl-C asked the process to end.

    Args:
        number: the signal's.
    """

    def __init__(self, number):
        super().__init__(number)
        self.number = number
