"""How values are written in front matter: YAML on lines, and YAML, TOML and JSON in brackets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Literal, TypeAlias

from assetgen.pages.front_nodes import Steps

Syntax = Literal["yaml", "toml", "json"]
#: What is written: a text, or tables and lists of texts.
Value: TypeAlias = "str | dict[str, Value] | list[Value]"

# What YAML reads as this very text, without quotes.
_PLAIN = re.compile(r"(?:https?:/)?[./]*[A-Za-z][\w/.%~+-]*|[a-z]+(?::[a-z]+)+", re.A)
_BARE_NAME = re.compile(r"[A-Za-z_][\w-]*", re.A)


def at(way: Steps, value: Value) -> Value:
    """``value`` with the tables and lists of the ``way`` around it."""
    for step in reversed(way):
        value = [value] if isinstance(step, int) else {step: value}
    return value


def lines(way: Steps, value: Value, margin: str) -> list[str]:
    """The lines of YAML that say ``value`` at ``way``."""
    return [f"{margin}{one}" for one in _lines(at(way, value))]


def _lines(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield scalar(value, "yaml")
    elif isinstance(value, list):
        for one in value:
            first, *rest = _lines(one)
            yield f"- {first}"
            yield from (f"  {line}" for line in rest)
    else:
        for key, one in value.items():
            if isinstance(one, str):
                yield f"{name(key, 'yaml')}: {scalar(one, 'yaml')}"
            else:
                yield f"{name(key, 'yaml')}:"
                yield from (f"  {line}" for line in _lines(one))


def flow(value: Value, syntax: Syntax) -> str:
    """``value`` in brackets."""
    if isinstance(value, str):
        return scalar(value, syntax)
    if isinstance(value, list):
        return f"[{', '.join(flow(one, syntax) for one in value)}]"
    blank = " " if syntax != "yaml" else ""
    return f"{{{blank}{members(value, syntax)}{blank}}}"


def members(value: Value, syntax: Syntax) -> str:
    """``value`` as it is added within the brackets of a table or a list."""
    if isinstance(value, str):
        return scalar(value, syntax)
    if isinstance(value, list):
        return ", ".join(flow(one, syntax) for one in value)
    sign = " = " if syntax == "toml" else ": "
    return ", ".join(f"{name(key, syntax)}{sign}{flow(one, syntax)}" for key, one in value.items())


def scalar(text: str, syntax: Syntax) -> str:
    """A text, in quotes where it needs them."""
    is_plain = syntax == "yaml" and _PLAIN.fullmatch(text)
    return text if is_plain else json.dumps(text, ensure_ascii=False)


def name(key: str, syntax: Syntax) -> str:
    """A key, in quotes where it needs them."""
    is_bare = syntax != "json" and _BARE_NAME.fullmatch(key)
    return key if is_bare else json.dumps(key, ensure_ascii=False)
