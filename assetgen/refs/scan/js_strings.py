"""Strings of JavaScript: code that is nothing but one, and the escapes in it."""

from __future__ import annotations

import json
import re
import sys

from assetgen.refs.reference import Span

_LITERAL = re.compile(r"""\s*(?:"([^"\\\n]*)"|'([^'\\\n]*)'|`([^`\\$]*)`)\s*\Z""")
_ESCAPED_LITERAL = re.compile(
    r"""\s*(?:"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'"""
    r"""|`((?:[^`\\$]|\\.|\$(?!\{))*)`)\s*\Z""",
    re.S,
)
_ESCAPE = re.compile(
    r"((?:\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[0-9a-fA-F]{4})"
    r"|\\x([0-9a-fA-F]{2})|\\u\{0*([0-9a-fA-F]{1,6})\}|\\(\r\n|.)",
    re.S,
)
_CHARACTERS = {
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
    """The text between the quotes of a string, with its escapes replaced."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    if found[4]:
        return _CHARACTERS.get(found[4], found[4])
    code = int(found[2] or found[3] or "0", 16)
    if code > sys.maxunicode:
        return found[0]
    character = str(json.loads(f'"{found[1]}"')) if found[1] else chr(code)
    is_half = "\ud800" <= character <= "\udfff"  # half of a pair is no character
    return found[0] if is_half else character


def string_literal(code: str, start: int, *, escapes: bool = False) -> tuple[str, Span] | None:
    """The string that code consists of, and its span; the code begins at offset ``start``.

    A string with ``escapes`` counts only if they are asked for; they stay as they are written.
    """
    found = (_ESCAPED_LITERAL if escapes else _LITERAL).match(code)
    if found is None:
        return None
    group = next(number for number in (1, 2, 3) if found[number] is not None)
    return found[group], (start + found.start(group), start + found.end(group))
