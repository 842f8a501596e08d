"""Style sheets: the images in url() and image-set()."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assetgen.refs.reference import Span
from assetgen.refs.scan import template_code
from assetgen.refs.scan.picture_heuristics import (
    FILLED_IN,
    is_never,
    is_picture,
    path_before_holes,
)

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|(?<![:\w'\"(])//[^\n]*", re.S)
_URL = re.compile(
    r"""(?i)\burl\(\s*+(?:"([^"\n]*)"|'([^'\n]*)'|((?:[^\s()'"\\]|\\.|\([^()\s]*\))++))\s*+\)"""
)
# url() with code of a template engine in it, whose quotes and brackets are its own.
_HOLED = re.compile(
    r"""(?i)\burl\(\s*+["']?((?:[^()\s"'{}<>]|\{\{(?:(?!\}\}).){0,300}\}\}|\{%(?:(?!%\}).){0,300}%\}"""
    r"""|<%(?:(?!%>).){0,300}%>)*+)["']?\s*+\)"""
)
_SET = re.compile(r"(?i)image-set\(((?:[^()]++|\([^()]*+\))*+)\)")
_ESCAPE = re.compile(r"\\([^0-9a-fA-F\n])")
# How far before a string the name of its function is looked for.
_NEAR = 100
_STRING = re.compile(r"""["']([^"'\n]*)["']""")


@dataclass(frozen=True, slots=True)
class Url:
    """An image that a style names."""

    raw: str
    span: Span
    is_filled: bool = False
    """Whether a template fills it in."""
    in_code: bool = False
    """Whether the code of a template writes it."""


def blank(found: re.Match[str]) -> str:
    """White space of the same length and lines."""
    return re.sub(r"[^\n]", " ", found[0])


def urls(css: str, *, comments: bool = True) -> Iterator[Url]:
    """Each image that ``css`` names."""
    if comments and ("/*" in css or "//" in css):
        css = _COMMENT.sub(blank, css)
    if FILLED_IN.search(css):
        for found in _HOLED.finditer(css):
            for one in template_code.pieces(found[1], found.start(1)):
                yield Url(one.value, one.span, in_code=one.in_code)
    for found in _URL.finditer(css):
        group = next(number for number in (1, 2, 3) if found[number] is not None)
        yield from _one(found[group], found.span(group))
    for found in _SET.finditer(css):
        for string in _STRING.finditer(found[1]):
            before = found[1][max(0, string.start() - _NEAR) : string.start()].rstrip().lower()
            if not before.endswith(("url(", "type(")):
                start = found.start(1) + string.start(1)
                yield from _one(string[1], (start, start + len(string[1])))


def _one(value: str, span: Span) -> Iterator[Url]:
    if template_code.OPENS.search(value):
        return  # read before
    value = _ESCAPE.sub(r"\1", value) if "\\" in value else value
    if is_never(value) or not is_picture(value):
        return
    is_filled = FILLED_IN.search(value) is not None or value.startswith("$")
    if is_filled and (path := path_before_holes(value)):
        value, span, is_filled = path, (span[0], span[0] + len(path)), False
    yield Url(value, span, is_filled)
