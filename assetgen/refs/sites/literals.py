"""Plain literals in configuration files. These may be programs: they are read, never run."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

#: The most that is read of a configuration file, in bytes.
MAX_BYTES = 512 * 1024

# What is never closed goes on to the end of the line or the file: no part of it is tried again.
_STRING = r"\"(?:\\.|[^\"\\\n])*+\"?|'(?:\\.|[^'\\\n])*+'?|`(?:\\.|[^`\\])*+`?"
_COMMENTED = re.compile(rf"({_STRING})|//[^\n]*|/\*.*?(?:\*/|\Z)", re.S)
_JSONC = re.compile(r"(\"(?:\\.|[^\"\\])*+\"?)|//[^\n]*|/\*.*?(?:\*/|\Z)", re.S)
_TRAILING = re.compile(r"(\"(?:\\.|[^\"\\])*+\"?)|,(?=\s*+[}\]])", re.S)
_QUOTED = re.compile(r"([\"'`])((?:(?!\1)[^\\\n$])*)\1")


def text_of(data: bytes | None) -> str:
    """A configuration file as text; "" if it does not exist."""
    return (data or b"")[:MAX_BYTES].decode("utf-8-sig", errors="replace")


def code(text: str) -> str:
    """JavaScript or TypeScript without its comments."""
    return _COMMENTED.sub(lambda found: found[1] or " ", text)


def jsonc(text: str) -> Any:
    """JSON with comments and trailing commas; None if it is not even that."""
    try:
        return json.loads(
            _TRAILING.sub(lambda m: m[1] or "", _JSONC.sub(lambda m: m[1] or " ", text))
        )
    except (ValueError, RecursionError):
        return None


def table(text: str) -> dict[str, Any]:
    """``jsonc``, if it is a table; else an empty one."""
    found = jsonc(text)
    return found if isinstance(found, dict) else {}


def string(source: str, key: str) -> str | None:
    """The first plain string that ``key`` is set to, in JavaScript or TOML.

    As ``key: "x"`` or ``key = 'x'``.
    """
    found = _set_to(key).search(source)
    return found[2] if found else None


def strings(source: str, key: str) -> tuple[str, ...]:
    """The plain strings of the first list, or the one string, that ``key`` is set to."""
    found = _list_of(key).search(source)
    end = source.find("]", found.end()) if found else -1
    if found and end >= 0:
        return tuple(one[2] for one in _QUOTED.finditer(source, found.end(), end))
    one = string(source, key)
    return (one,) if one is not None else ()


def quoted(source: str) -> tuple[str, ...]:
    """All plain strings of a piece of code."""
    return tuple(one[2] for one in _QUOTED.finditer(source))


def yaml_value(source: str, key: str) -> str | None:
    """The value of a top-level key of YAML that is written on its line."""
    found = _line_of(key).search(source)
    return found[1].rstrip(" \t").strip("\"'") if found else None


@lru_cache(256)
def _set_to(key: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-])[\"']?{key}[\"']?\s*+[:=]\s*+([\"'`])((?:(?!\1)[^\\\n$])*)\1")


@lru_cache(256)
def _list_of(key: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-])[\"']?{key}[\"']?\s*+[:=]\s*+\[")


@lru_cache(256)
def _line_of(key: str) -> re.Pattern[str]:
    return re.compile(
        rf"^{key}\s*+:[ \t]*+(\"[^\"\n]*\"|'[^'\n]*'|[^\s#\"'\[{{][^#\n]*+)[ \t]*+(?:#.*)?$", re.M
    )
