"""The imports and exports of an MDX page, at the beginning of its lines."""

from __future__ import annotations

import re

from assetgen.refs.reference import Span
from assetgen.refs.scan.effort import Effort
from assetgen.refs.scan.element import after_string, closing

_MODULE = re.compile(
    r"(?:import\s*(?:[\w{*'\"$])|export\s+(?:const|let|var|default|function|async|class|\{|\*|type))"
)
#: An import that is certain to be one: pages with it are MDX whatever their name.
IMPORTS = re.compile(
    r"^import\s+(?:[\w$*{][^\n;]*?\sfrom\s+)?['\"][^'\"\n]+['\"];?[ \t]*\r?$", re.M
)


def without_modules(text: str, start: int, effort: Effort) -> tuple[str, list[Span]]:
    """The text with its imports and exports after ``start`` blanked out, and their spans.

    Raises Unread.
    """
    at, last = start, 0
    parts: list[str] = []
    spans: list[Span] = []
    while True:
        at = _next_module(text, at)
        if at < 0:
            break
        end = _module_end(text, at, effort)
        spans.append((at, end))
        parts += (text[last:at], re.sub(r"[^\n]", " ", text[at:end]))
        last = at = end
    return ("".join((*parts, text[last:])) if parts else text), spans


def _next_module(text: str, at: int) -> int:
    """The next import or export after a blank line, after another one, or at the beginning."""
    ink = _INK.search(text, at)
    for found in _MODULE_LINE.finditer(text, at):
        start = found.start()
        line_before = text[text.rfind("\n", 0, max(0, start - 1)) + 1 : start]
        if not line_before.strip() or ink is None or ink.start() >= start:
            return start
    return -1


_INK = re.compile(r"\S")
_MODULE_LINE = re.compile("^" + _MODULE.pattern, re.M)
_TOKEN = re.compile(
    r"""[{(\[\n'"`]"""
    r"""|//[^\n]*|/\*.*?(?:\*/|\Z)""",
    re.S,
)
#: How much white space may be between a line end and what makes the statement go on.
_LONGEST_BLANK = 200
_GOES_ON = ("=", ",", "=>", "(", "from", "+", "?", ":", "&&", "||")


def _module_end(text: str, at: int, effort: Effort) -> int:
    """The end of the statement: the first line end at which every bracket is closed."""
    spot = at
    while found := _TOKEN.search(text, spot):
        token = found[0]
        effort.search(found.end() - spot)
        spot = found.end()
        if token == "\n":
            before = text[max(at, found.start() - _LONGEST_BLANK) : found.start()]
            if not before.rstrip().endswith(_GOES_ON) or text[spot : spot + 1] in ("", "\n"):
                return found.start()
        elif token in "{([":
            end_of = closing if token == "{" else _bracket_end
            end = end_of(text, found.start(), effort)
            if end is None:
                return _line_end(text, spot)
            spot = end + 1
        elif token in _QUOTES:
            spot = _after_quoted(text, found.start(), effort)
    return len(text)


def _line_end(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found


_DEEPEST = 60


def _bracket_end(text: str, at: int, effort: Effort) -> int | None:
    """The offset of the bracket that closes the one at ``at``."""
    depth, spot = 0, at
    pattern = _ROUND if text[at] == "(" else _SQUARE
    while found := pattern.search(text, spot):
        token = found[0]
        effort.search(found.end() - spot)
        spot = found.end()
        if token == text[at]:
            depth += 1
            if depth > _DEEPEST:
                return None
        elif token in ")]":
            depth -= 1
            if depth == 0:
                return found.start()
        elif token in _QUOTES:
            spot = _after_quoted(text, found.start(), effort)
    return None


def _after_quoted(text: str, at: int, effort: Effort) -> int:
    """The offset after the string or template at ``at``, or after its quote if nothing ends it."""
    if text[at] != "`":
        return after_string(text, at, effort)
    inside = _IN_TEMPLATE.match(text, at + 1)
    end = inside.end() if inside else at + 1
    effort.search(end - at)
    return end + 1 if text[end : end + 1] == "`" else at + 1


_QUOTES = ("'", '"', "`")
_IN_TEMPLATE = re.compile(r"(?:[^`\\]|\\.)*+", re.S)
_QUOTED = r"""|['"`]|/\*.*?(?:\*/|\Z)"""
_ROUND = re.compile(r"[()]" + _QUOTED, re.S)
_SQUARE = re.compile(r"[\[\]]" + _QUOTED, re.S)
