"""What configuration files say as plain literals. They may be programs: they are read, never run."""

from __future__ import annotations

import json
import re
import sys
from functools import lru_cache
from typing import Any

#: The most that is read of a configuration file, in bytes.
MAX_BYTES = 512 * 1024

_STRING = r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`"
_COMMENTED = re.compile(rf"({_STRING})|//[^\n]*|/\*.*?\*/", re.S)
_JSONC = re.compile(r"(\"(?:\\.|[^\"\\])*\")|//[^\n]*|/\*.*?\*/", re.S)
_TRAILING = re.compile(r"(\"(?:\\.|[^\"\\])*\")|,(?=\s*[}\]])", re.S)
_QUOTED = re.compile(r"([\"'`])((?:(?!\1)[^\\\n$])*)\1")


def text_of(data: bytes | None) -> str:
    """A configuration file as text; "" if it is not there."""
    return (data or b"")[:MAX_BYTES].decode("utf-8-sig", errors="replace")


def code(text: str) -> str:
    """JavaScript or TypeScript without its comments."""
    return _COMMENTED.sub(lambda found: found[1] or " ", text)


_ESCAPE = re.compile(
    r"((?:\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[0-9a-fA-F]{4})"
    r"|\\x([0-9a-fA-F]{2})|\\u\{0*([0-9a-fA-F]{1,6})\}|\\(\r\n|.)",
    re.S,
)
_SIGNS = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "0": "\0",
    "\n": "",
    "\r\n": "",
    "\r": "",
}


def unescaped(text: str) -> str:
    """What stands between the quotes of a string of JavaScript, without its escapes."""
    return _ESCAPE.sub(_sign, text) if "\\" in text else text


def _sign(found: re.Match[str]) -> str:
    if found[4]:
        return _SIGNS.get(found[4], found[4])
    code = int(found[2] or found[3] or "0", 16)
    if code > sys.maxunicode:
        return found[0]
    sign = str(json.loads(f'"{found[1]}"')) if found[1] else chr(code)
    return found[0] if "\ud800" <= sign <= "\udfff" else sign  # half of a pair is no character


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
    """The first plain string that ``key`` is set to (``key: "x"``, ``key = 'x'``), in JavaScript or TOML."""
    found = _set_to(key).search(source)
    return found[2] if found else None


def strings(source: str, key: str) -> tuple[str, ...]:
    """The plain strings of the first list, or the one string, that ``key`` is set to."""
    found = _list_of(key).search(source)
    if found:
        return tuple(one[2] for one in _QUOTED.finditer(found[1]))
    one = string(source, key)
    return (one,) if one is not None else ()


def quoted(source: str) -> tuple[str, ...]:
    """All plain strings of a piece of code."""
    return tuple(one[2] for one in _QUOTED.finditer(source))


def yaml_value(source: str, key: str) -> str | None:
    """The value of a top-level key of YAML that is written on its line."""
    found = _line_of(key).search(source)
    return found[1].strip("\"'") if found else None


@lru_cache(256)
def _set_to(key: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-])[\"']?{key}[\"']?\s*[:=]\s*([\"'`])((?:(?!\1)[^\\\n$])*)\1")


@lru_cache(256)
def _list_of(key: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-])[\"']?{key}[\"']?\s*[:=]\s*\[([^\]]*)\]")


@lru_cache(256)
def _line_of(key: str) -> re.Pattern[str]:
    return re.compile(
        rf"^{key}\s*:[ \t]*(\"[^\"\n]*\"|'[^'\n]*'|[^\s#\"'\[{{][^#\n]*?)[ \t]*(?:#.*)?$", re.M
    )
