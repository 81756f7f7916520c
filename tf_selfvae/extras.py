"""What only some of the library needs: the extras of pyproject.toml, and the one sentence when one is missing."""

from __future__ import annotations

import contextlib

from .errors import MissingPackage


@contextlib.contextmanager
def needs(extra: str):
    """Turn the failed import of a package that is not installed into one sentence that says how to get it.

    Args:
        extra: of pyproject.toml: "tune", "serve" or "report".

    Raises:
        MissingPackage: when a package that is imported inside is not installed.

    Example:
        >>> with needs("report"):
        ...     import jinja2
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        raise MissingPackage(
            f'{package}: is not installed; it comes with the extra "{extra}": pip install "tf_selfvae[{extra}]"'
        ) from error
