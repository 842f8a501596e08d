"""The references in front matter, and in other YAML."""

from __future__ import annotations

import re

from assetgen.refs.reference import Kind, Span
from assetgen.refs.scan import (
    attributes,
    element,
    frontmatter,
    hints,
    json_strings,
    template_code,
)
from assetgen.refs.scan.document import UNASKED, Alt, Document
from assetgen.refs.scan.picture_heuristics import FILLED_IN, is_picture

_ELEMENT = re.compile(r"(?i)<(?=(?:img|source|video)\s)")


def add(document: Document, front: frontmatter.Front) -> None:
    """Add the references in ``front``."""
    if not hints.are_in(document.text[front.start : front.end].encode("utf-8", "replace")):
        return
    found = list(frontmatter.entries(front))
    texts = {entry.path: entry for entry in found}
    for entry in found:
        alt = _sibling(entry.path, texts)
        if "<" in entry.value and entry.span is not None:
            _add_elements(document, entry.span)
        if FILLED_IN.search(entry.value) and entry.span is not None:
            text = document.text[entry.span[0] : entry.span[1]]
            for one in template_code.pieces(text, entry.span[0]):
                document.add(
                    "frontmatter", one.value, one.span, alt=alt, key=entry.path, in_code=True
                )
        if not json_strings.names(entry.value.strip(), entry.path):
            continue
        span = entry.span or (entry.at, entry.at)
        is_filled = FILLED_IN.search(entry.value) is not None and is_picture(entry.value)
        kind: Kind = "dynamic" if is_filled else "frontmatter"
        document.add(kind, entry.value.strip(), span, alt=alt, key=entry.path)


def _add_elements(document: Document, span: Span) -> None:
    """Add the images in a value that is HTML, as ``hero.image.html`` of Starlight."""
    for begin in _ELEMENT.finditer(document.text, *span):
        found = element.read(document.text, begin.start(), document.effort)
        if found is not None and found.span[1] <= span[1]:
            attributes.add_element(document, found)


def _sibling(path: str, texts: dict[str, frontmatter.Value]) -> Alt:
    """The alternative text beside an image: ``alt``, ``altText``, ``imageAlt`` beside ``image``."""
    parent, _, key = path.rpartition(".")
    inside = f"{parent}." if parent else ""
    places = [
        f"{inside}{name}" for name in (f"{key}Alt", f"{key}_alt", f"{key}-alt", f"{key}AltText")
    ]
    if parent:
        places += [f"{inside}alt", f"{inside}altText", f"{parent}Alt"]
    else:
        places += ["alt", "altText"]
    for place in places:
        if entry := texts.get(place):
            return Alt("present" if entry.value.strip() else "empty", entry.value, entry.span)
    return UNASKED
