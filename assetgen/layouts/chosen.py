"""What an image has where a choice is left to its id, so that images in a list differ.

Each image chooses by itself, so a new one changes no other. A choice that a layout gets later
changes only the images that choose it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from assetgen.layouts.agreement import replaces
from assetgen.layouts.field import AUTO, Field

#: The id of an image, which is only worked out if a choice is left to it.
Name = Callable[[], str]


def settled(filled: Mapping[str, Any], fields: Mapping[str, Field], name: Name) -> dict[str, Any]:
    """``filled`` with a choice for each value that is left to ``name``.

    A value that another one replaces is not shown, so it stays as it is.
    """
    return _settled(filled, fields, name, "")


def _settled(
    filled: Mapping[str, Any], fields: Mapping[str, Field], name: Name, above: str
) -> dict[str, Any]:
    made = dict(filled)
    for key, spec in fields.items():
        value, at = made.get(key), above + key
        if spec.type == "table" and isinstance(value, Mapping):
            made[key] = _settled(value, spec.fields, name, f"{at}.")
        elif spec.type == "list" and spec.fields and isinstance(value, list):
            made[key] = [
                _settled(one, spec.fields, name, f"{at}[{number}].")
                if isinstance(one, Mapping)
                else one
                for number, one in enumerate(value)
            ]
        elif spec.auto and value == AUTO and not replaces(key, fields, filled):
            made[key] = choice(spec.of, f"{name()}\n{at}")
    return made


def choice(of: tuple[str, ...], name: str) -> str:
    """The one of ``of`` whose digest together with ``name`` is the largest."""
    return max(of, key=lambda one: sha256(f"{name}\n{one}".encode()).digest())


def left(
    fields: Mapping[str, Field], stated: Mapping[str, Any], made: Mapping[str, Any], above: str = ""
) -> dict[str, str]:
    """The choices in ``made`` that ``stated`` leaves to the id, by the name of their value."""
    found: dict[str, str] = {}
    for key, spec in fields.items():
        value, result, at = stated.get(key, spec.default), made.get(key), above + key
        if spec.type == "table" and isinstance(value, Mapping) and isinstance(result, Mapping):
            found |= left(spec.fields, value, result, f"{at}.")
        elif spec.fields and isinstance(value, list) and isinstance(result, list):
            for number, (one, other) in enumerate(zip(value, result, strict=False)):
                found |= left(spec.fields, one, other, f"{at}[{number}].")
        elif spec.auto and value == AUTO and result != AUTO:
            found[at] = str(result)
    return found
