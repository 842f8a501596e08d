"""The imports and exports of an MDX page, at the beginning of its lines."""

from __future__ import annotations

import re

from assetgen.refs.reference import Span
from assetgen.refs.scan.element import closing

_MODULE = re.compile(
    r"(?:import\s*(?:[\w{*'\"$])|export\s+(?:const|let|var|default|function|async|class|\{|\*|type))"
)
#: An import that is certain to be one: pages with it are MDX whatever their name.
IMPORTS = re.compile(
    r"^import\s+(?:[\w$*{][^\n;]*?\sfrom\s+)?['\"][^'\"\n]+['\"];?[ \t]*\r?$", re.M
)


def without_modules(text: str, start: int) -> tuple[str, list[Span]]:
    """The text with its imports and exports after ``start`` blanked out, and their spans."""
    at, last = start, 0
    parts: list[str] = []
    spans: list[Span] = []
    while True:
        at = _next_module(text, at)
        if at < 0:
            break
        end = _module_end(text, at)
        spans.append((at, end))
        parts += (text[last:at], re.sub(r"[^\n]", " ", text[at:end]))
        last = at = end
    return ("".join((*parts, text[last:])) if parts else text), spans


def _next_module(text: str, at: int) -> int:
    """The next import or export after a blank line, after another one, or at the beginning."""
    for found in _MODULE_LINE.finditer(text, at):
        start = found.start()
        line_before = text[text.rfind("\n", 0, max(0, start - 1)) + 1 : start]
        if not line_before.strip() or _INK.search(text, at, start) is None:
            return start
    return -1


_INK = re.compile(r"\S")
_MODULE_LINE = re.compile("^" + _MODULE.pattern, re.M)
_TOKEN = re.compile(
    r"""[{(\[\n]|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`"""
    r"""|//[^\n]*|/\*.*?(?:\*/|\Z)""",
    re.S,
)
_GOES_ON = ("=", ",", "=>", "(", "from", "+", "?", ":", "&&", "||")


def _module_end(text: str, at: int) -> int:
    """The end of the statement: the first line end at which every bracket is closed."""
    spot = at
    while found := _TOKEN.search(text, spot):
        token, spot = found[0], found.end()
        if token == "\n":
            if not text[at : found.start()].rstrip().endswith(_GOES_ON) or text[
                spot : spot + 1
            ] in ("", "\n"):
                return found.start()
        elif token in "{([":
            end = (
                closing(text, found.start()) if token == "{" else _bracket_end(text, found.start())
            )
            if end is None:
                return _line_end(text, spot)
            spot = end + 1
    return len(text)


def _line_end(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found


_DEEPEST = 60


def _bracket_end(text: str, at: int) -> int | None:
    """The offset of the bracket that closes the one at ``at``."""
    depth, spot = 0, at
    pattern = _ROUND if text[at] == "(" else _SQUARE
    while found := pattern.search(text, spot):
        token, spot = found[0], found.end()
        if token == text[at]:
            depth += 1
            if depth > _DEEPEST:
                return None
        elif token in ")]":
            depth -= 1
            if depth == 0:
                return found.start()
    return None


_QUOTED = r"""|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|/\*.*?(?:\*/|\Z)"""
_ROUND = re.compile(r"[()]" + _QUOTED, re.S)
_SQUARE = re.compile(r"[\[\]]" + _QUOTED, re.S)
