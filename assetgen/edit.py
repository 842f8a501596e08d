"""Edits of pages: a path, an alt text or a size, written as the place that it stands in wants it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from assetgen.refs.reference import Reference, Span

_ELEMENT_FILES = (".jsx", ".tsx", ".mdx", ".astro", ".js", ".ts", ".vue", ".html", ".htm", ".md", ".markdown")


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace what stands at ``span`` (characters of the page) by ``new``."""

    span: Span
    new: str
    old: str | None = None
    """What has to stand there now; None if that does not matter."""

    def suits(self, text: str) -> bool:
        """Whether the text has at the span what it is to be replaced for."""
        return self.old is None or text[slice(*self.span)].strip() == self.old

    @classmethod
    def of_path(cls, reference: Reference, new: str) -> Self:
        """Write ``new`` where the path stands."""
        return cls(reference.marks.raw, new, reference.raw)

    @classmethod
    def of_alt(cls, reference: Reference, text: str, alt: str) -> Self | None:
        """Write ``alt`` in an alt that is there, or as an attribute of its own; None if there is no place for it."""
        marks, alt = reference.marks, " ".join(alt.split())
        if reference.kind == "md_image" or (marks.tag and text.startswith("![", marks.tag[0])):
            return cls(marks.alt, re.sub(r"([\\\[\]])", r"\\\1", alt)) if marks.alt else None
        if reference.kind == "frontmatter":
            return _in_yaml(cls, marks.alt, text, alt) if marks.alt else None
        if marks.alt is not None:
            return _in_quotes(cls, marks.alt, text, alt)
        if marks.attributes is None or not reference.element:
            return None
        found = re.compile(r"\salt(?=[\s/>])").search(text, marks.attributes, marks.tag[1] if marks.tag else None)
        if reference.alt_status == "empty" and found:  # a bare alt
            return cls(found.span(), f' alt="{_escaped(alt)}"')
        return cls((marks.attributes, marks.attributes), f' alt="{_escaped(alt)}"')

    @classmethod
    def of_size(cls, reference: Reference, size: tuple[int, int]) -> tuple[Self, ...]:
        """Write ``size`` where width and height stand; nothing unless both do."""
        spans = (reference.marks.width, reference.marks.height)
        if None in spans:
            return ()
        return tuple(cls(span, str(side)) for span, side in zip(spans, size, strict=True) if span)


def _escaped(text: str) -> str:
    """For an attribute in double quotes, in HTML and JSX alike."""
    return text.replace("&", "&amp;").replace('"', "&quot;")


def _in_quotes(make: type[Edit], span: Span, text: str, alt: str) -> Edit | None:
    """Inside the quotes of an attribute, or of a string in braces."""
    quote = text[span[0] - 1 : span[0]]
    if quote not in ("'", '"', "`") or text[span[1] : span[1] + 1] != quote:
        return None
    before = text[: span[0] - 1].rstrip()
    if before.endswith("{"):
        escaped = alt.replace("\\", "\\\\").replace(quote, "\\" + quote)
        return make(span, escaped.replace("${", "\\${") if quote == "`" else escaped)
    escaped = alt.replace("&", "&amp;")
    return make(span, escaped.replace(quote, "&quot;" if quote == '"' else "&#39;"))


def _in_yaml(make: type[Edit], span: Span, text: str, alt: str) -> Edit:
    quote = text[span[0] - 1 : span[0]]
    if quote == "'" and text[span[1] : span[1] + 1] == "'":
        return make(span, alt.replace("'", "''"))
    written = json.dumps(alt, ensure_ascii=False)
    return make(span, written[1:-1] if quote == '"' else written)


def applied(text: str, edits: Iterable[Edit]) -> tuple[str, int]:
    """``text`` with the edits made, each once, and how many; of two that meet only the first is made."""
    ordered = sorted(set(edits), key=lambda edit: edit.span, reverse=True)
    made, free = 0, len(text) + 1
    for edit in ordered:
        first, last = edit.span
        if last > free or not edit.suits(text):
            continue
        text = text[:first] + edit.new + text[last:]
        made, free = made + 1, first
    return text, made
