"""The references in strings and templates of code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assetgen.refs.reference import Kind, Span
from assetgen.refs.scan import stylesheet, template_code
from assetgen.refs.scan.document import UNASKED, Alt, Document, Size
from assetgen.refs.scan.effort import Effort
from assetgen.refs.scan.element import Attribute, closing
from assetgen.refs.scan.js_strings import string_literal
from assetgen.refs.scan.picture_heuristics import (
    FILLED_IN,
    is_picture,
    is_string_of_picture,
    path_before_holes,
)
from assetgen.refs.scan.script import StringValue
from assetgen.refs.scan.template_code import Written

_TEMPLATE_URL = re.compile(r"url\(\s*['\"]?\$(?=\{)")
_LEADING_HOLE = re.compile(rf"\$\{{({template_code.IN_HOLE})\}}(?=[/\w])")
_PROSE = re.compile(r"[\n<]|\A(?![/.@~])[^$]*\s")


def add(
    document: Document, text: StringValue, key: str, element: str = "", alt: Alt = UNASKED
) -> None:
    """Add what a string names: each ``url()`` in it, or the whole string.

    ``alt`` is the alternative text of the element whose attribute contains it.
    """
    if "url(" in text.value:
        for url in stylesheet.urls(text.value, comments=False):
            span = (text.span[0] + url.span[0], text.span[0] + url.span[1])
            kind: Kind = "dynamic" if url.is_filled else "inline_css_url"
            document.add(kind, url.raw, span, element=element, key=key, in_code=url.in_code)
    elif FILLED_IN.search(text.value):
        for one in template_code.pieces(text.value, text.span[0]):
            document.add("js_string", one.value, one.span, element=element, key=key, in_code=True)
    elif is_string_of_picture(text.value, key):
        beside = text.beside
        document.add(
            "js_string",
            text.value,
            text.span,
            alt=_alt(beside.get("alt") or beside.get("altText")) or alt,
            element=element,
            key=key,
            size=Size(beside.get("width"), beside.get("height")),
        )


def _alt(beside: Attribute | None) -> Alt | None:
    """The alternative text that an object has beside the path."""
    if beside is None or (literal := string_literal(beside.value, beside.span[0])) is None:
        return None
    value, span = literal
    return Alt("present" if value.strip() else "empty", value, span)


def path_in_template(text: StringValue) -> Written | None:
    """The path in a template whose only holes are a base before it or a query after it."""
    if "url(" in text.value:
        return None
    base = _LEADING_HOLE.match(text.value)
    if base is not None and not template_code.is_base(base[1]):
        base = None
    rest = text.value[base.end() :] if base else text.value
    path = path_before_holes(rest) if "${" in rest else rest
    if path is None or not is_picture(path) or _PROSE.search(path):
        return None
    at = text.span[1] - len(rest)  # what is before it may contain escapes
    return Written(path, (at, at + len(path)), in_code=base is not None)


def paths_of_template(text: StringValue, effort: Effort) -> Iterator[tuple[Kind, str, Span]]:
    """The paths in a template with holes: each ``url()`` in it, or the whole template."""
    found = list(_TEMPLATE_URL.finditer(text.value))
    for url in found:
        hole = closing(text.value, url.end(), effort)
        if hole is None:
            break
        end = text.value.find(")", hole) + 1 or len(text.value)
        span = (text.span[0] + url.start(), text.span[0] + end)
        yield "dynamic", text.value[url.start() : end], span
    if not found and "url(" in text.value:
        for one in stylesheet.urls(text.value, comments=False):
            span = (text.span[0] + one.span[0], text.span[0] + one.span[1])
            yield "dynamic" if one.is_filled else "inline_css_url", one.raw, span
    elif not found and is_picture(text.value) and not _PROSE.search(text.value):
        yield "dynamic", text.value, text.span
