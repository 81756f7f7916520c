"""What makes a frozen dataclass a configuration: it validates itself, and goes to JSON and back."""

from __future__ import annotations

import functools
import json

import pydantic
from pydantic.dataclasses import dataclass

from .errors import UserError
from .json_files import read_json

_STRICT = pydantic.ConfigDict(extra="forbid")


class Json:
    """JSON both ways for a frozen dataclass."""

    def to_dict(self):
        """Return plain dicts, lists, numbers and strings."""
        return json.loads(self.to_json())

    def to_json(self, indent=None):
        """Return the configuration as a JSON string."""
        return pydantic.TypeAdapter(type(self)).dump_json(self, indent=indent).decode()

    @classmethod
    def from_dict(cls, data):
        """Build from what `to_dict` gave.

        Raises:
            ValueError: names the field, what came and what was expected.
        """
        if isinstance(data, cls):
            return data
        try:
            return pydantic.TypeAdapter(cls).validate_python(data)
        except pydantic.ValidationError as error:
            raise UserError(f"{cls.__name__}: {_one_sentence(error)}") from None

    @classmethod
    def from_json(cls, text):
        """Build from what `to_json` gave; errors as for `from_dict`."""
        try:
            data = json.loads(text)
        except json.JSONDecodeError as error:
            raise UserError(f"{cls.__name__}: not JSON ({error})") from None
        return cls.from_dict(data)

    @classmethod
    def from_file(cls, path):
        """Build from a file of what `to_json` gave; errors as for `from_dict` name the file, too."""
        data = read_json(path)
        try:
            return cls.from_dict(data)
        except UserError as error:
            raise UserError(f"{path}: {error}") from None

    def override(self, assignments):
        """Replace fields by dotted path.

        Args:
            assignments: dict of path to value, such as {"levels.0.mixtures": 5, "precision":
                "bfloat16"}; a value that is a string is read as JSON where it is JSON.

        Returns:
            A new, validated configuration.

        Raises:
            ValueError: when a path does not exist (the error lists the fields) or a value does not fit.
        """
        data = self.to_dict()
        for path, value in assignments.items():
            _assign(data, path, value)
        return type(self).from_dict(data)


def frozen(cls):
    """Make a class a frozen dataclass, whose wrong fields are told in one sentence."""
    cls = dataclass(frozen=True, config=_STRICT)(cls)
    make = cls.__init__

    @functools.wraps(make)
    def __init__(self, *args, **kwargs):
        try:
            make(self, *args, **kwargs)
        except pydantic.ValidationError as error:
            raise UserError(f"{cls.__name__}: {_one_sentence(error)}") from None

    cls.__init__ = __init__
    return cls


def _assign(data, path, value):
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except json.JSONDecodeError:
            pass
    node, keys = data, path.split(".")
    for depth, key in enumerate(keys):
        if isinstance(node, list):
            valid = [str(i) for i in range(len(node))]
        elif isinstance(node, dict):
            valid = sorted(node)
        else:
            valid = []
        if key not in valid:
            where = ".".join(keys[:depth]) or "the configuration"
            raise UserError(f"override {path!r}: {where} has no {key!r}; it has: {', '.join(valid)}")
        key = int(key) if isinstance(node, list) else key
        if depth == len(keys) - 1:
            node[key] = value
        else:
            node = node[key]


def _one_sentence(error):
    parts = []
    for item in error.errors():
        if item["type"] == "value_error":  # our own
            parts.append(str(item["ctx"]["error"]))
            continue
        where = ".".join(str(part) for part in item["loc"]) or "value"
        parts.append(f"{where}: {item['msg']} (got {item['input']!r:.80})")
    return "; ".join(parts)
