"""What ends a call or a run for a reason that a person can act on: each is told in one sentence.

Everything else that is raised is a fault of the library, and keeps its traceback.
"""

from __future__ import annotations


class UserError(ValueError):
    """What was asked for can't be done as it was asked: names the argument, what came and what was expected."""

    # Raised inside a `tf.function`, an error is made anew by AutoGraph, which would turn this one into its own
    # StagingError, no ValueError, but for this constructor.
    __init__ = Exception.__init__


class NotFinite(ArithmeticError):
    """A term of the objective became NaN or infinite."""
