"""The references in strings and templates of code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assetgen.refs.reference import Kind, Span
from assetgen.refs.scan import stylesheet
from assetgen.refs.scan.document import Document
from assetgen.refs.scan.effort import Effort
from assetgen.refs.scan.element import closing
from assetgen.refs.scan.picture_heuristics import is_picture, is_string_of_picture
from assetgen.refs.scan.script import StringValue

_TEMPLATE_URL = re.compile(r"url\(\s*['\"]?\$(?=\{)")
_PROSE = re.compile(r"[\n<]|\A(?![/.@~])[^$]*\s")


def add(document: Document, text: StringValue, key: str, element: str = "") -> None:
    """Add what a string names: each ``url()`` in it, or the whole string."""
    if "url(" in text.value:
        for raw, (first, last), is_filled in stylesheet.urls(text.value, comments=False):
            span = (text.span[0] + first, text.span[0] + last)
            kind: Kind = "dynamic" if is_filled else "inline_css_url"
            document.add(kind, raw, span, element=element, key=key)
    elif is_string_of_picture(text.value, key):
        document.add("js_string", text.value, text.span, element=element, key=key)


def paths_of_template(text: StringValue, effort: Effort) -> Iterator[tuple[str, Span]]:
    """The paths in a template with holes: each ``url()`` in it, or the whole template."""
    found = list(_TEMPLATE_URL.finditer(text.value))
    for url in found:
        hole = closing(text.value, url.end(), effort)
        if hole is None:
            break
        end = text.value.find(")", hole) + 1 or len(text.value)
        yield text.value[url.start() : end], (text.span[0] + url.start(), text.span[0] + end)
    if not found and is_picture(text.value) and not _PROSE.search(text.value):
        yield text.value, text.span
