"""Inline Markdown -> its words, as renderers write them into ``alt`` (CommonMark 0.31, 6.4)."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"\\([!-/:-@\[-`{-~])|(&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
    r"|(`+)|(!?\[)|(\](?:\((?:<[^<>\n]*>|(?:[^\s()<>]|\([^\s()<>]*\))*)"
    r"(?:\s+(?:\"[^\"]*\"|'[^']*'))?\))?)"
    r"|(</?[A-Za-z][^<>]*>|<!--.*?(?:-->|\Z))|(\*+|_+|~~)|.[^\\&`!\[\]<*_~]*",
    re.S,
)
_URL = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*)>")


@dataclass
class _Run:
    """Stars, underscores or tildes that may begin or end an emphasis."""

    at: int
    mark: str
    left: int
    opens: bool
    closes: bool


def words(markdown: str) -> str:
    """The text without code marks, emphasis, links, elements, escapes and entities."""
    parts: list[str] = []
    runs: list[_Run] = []
    brackets: list[int] = []
    spot = 0
    while found := _TOKEN.match(markdown, spot):
        spot = found.end()
        escaped, entity, ticks, opening, closing, tag, marks = found.groups()
        part = found[0]
        if escaped:
            part = escaped
        elif entity:
            part = html.unescape(entity)
        elif ticks:
            part, spot = _code(markdown, spot, ticks)
        elif opening:
            brackets.append(len(parts))
        elif closing and brackets:
            begin = brackets.pop()
            if len(closing) > 1:
                parts[begin] = part = ""
        elif tag:
            url = _URL.fullmatch(tag)
            part = url[1] if url else ""
        elif marks:
            runs.append(_run(markdown, start=found.start(), end=spot, at=len(parts)))
        parts.append(part)
    _pair(runs)
    for run in runs:
        parts[run.at] = run.mark * run.left
    return "".join(parts)


def _code(markdown: str, spot: int, ticks: str) -> tuple[str, int]:
    """The code after ``ticks`` and where it ends; the ticks, if no others close it."""
    close = re.compile(rf"(?<!`){ticks}(?!`)").search(markdown, spot)
    if close is None:
        return ticks, spot
    code = markdown[spot : close.start()]
    if code.startswith(" ") and code.endswith(" ") and code.strip():
        code = code[1:-1]
    return code, close.end()


def _run(markdown: str, start: int, end: int, at: int) -> _Run:
    before, after = markdown[start - 1 : start] or " ", markdown[end : end + 1] or " "
    is_left = not after.isspace() and (after.isalnum() or not before.isalnum())
    is_right = not before.isspace() and (before.isalnum() or not after.isalnum())
    if markdown[start] == "_":  # within a word it is a part of it
        is_left, is_right = (
            is_left and not (is_right and before.isalnum()),
            is_right and not (is_left and after.isalnum()),
        )
    return _Run(at, mark=markdown[start], left=end - start, opens=is_left, closes=is_right)


def _pair(runs: list[_Run]) -> None:
    """Remove the marks that begin and end an emphasis together."""
    open_: list[_Run] = []
    waiting: dict[str, int] = {}  # how many of open_ have each mark
    for run in runs:
        while run.closes and run.left:
            if not waiting.get(run.mark):
                break
            while open_[-1].mark != run.mark:
                waiting[open_.pop().mark] -= 1
            opener = open_[-1]
            width = 2 if opener.left > 1 and run.left > 1 else 1
            opener.left -= width
            run.left -= width
            if not opener.left:
                waiting[open_.pop().mark] -= 1
        if run.opens and run.left:
            open_.append(run)
            waiting[run.mark] = waiting.get(run.mark, 0) + 1
