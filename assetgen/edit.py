"""Edits of pages: a path, an alt text or a size, written as the place that it stands in wants it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from assetgen.refs.reference import Reference, Span


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


def of_path(reference: Reference, new: str) -> Edit:
    """Write ``new`` where the path stands."""
    return Edit(reference.marks.raw, new, reference.raw)


def of_alt(reference: Reference, text: str, alt: str) -> Edit | None:
    """Write ``alt`` in an alt that is there, or as an attribute of its own; None if there is no place for it."""
    marks, alt = reference.marks, " ".join(alt.split())
    if marks.tag and text.startswith("![", marks.tag[0]):
        return Edit(marks.alt, re.sub(r"([\\\[\]])", r"\\\1", alt)) if marks.alt else None
    if reference.kind == "frontmatter":
        return _in_yaml(marks.alt, text, alt) if marks.alt else None
    if marks.alt is not None:
        return _in_quotes(marks.alt, text, alt)
    if marks.attributes is None or marks.tag is None or not reference.element:
        return None
    bare = _BARE_ALT.search(text, marks.attributes, marks.tag[1]) if reference.alt_status == "empty" else None
    return Edit(bare.span() if bare else (marks.attributes, marks.attributes), f' alt="{_escaped(alt)}"')


_BARE_ALT = re.compile(r"\salt(?=[\s/>])")


def of_size(reference: Reference, size: tuple[int, int]) -> tuple[Edit, ...]:
    """Write ``size`` where width and height stand; nothing unless both do."""
    width, height = reference.marks.width, reference.marks.height
    return (Edit(width, str(size[0])), Edit(height, str(size[1]))) if width and height else ()


def _escaped(text: str) -> str:
    """For an attribute in double quotes, in HTML and JSX alike."""
    return text.replace("&", "&amp;").replace('"', "&quot;")


def _in_quotes(span: Span, text: str, alt: str) -> Edit | None:
    """Inside the quotes of an attribute, or of a string in braces."""
    quote = text[span[0] - 1 : span[0]]
    if quote not in ("'", '"', "`") or text[span[1] : span[1] + 1] != quote:
        return None
    before = text[: span[0] - 1].rstrip()
    if before.endswith("{"):
        escaped = alt.replace("\\", "\\\\").replace(quote, "\\" + quote)
        return Edit(span, escaped.replace("${", "\\${") if quote == "`" else escaped)
    escaped = alt.replace("&", "&amp;")
    return Edit(span, escaped.replace(quote, "&quot;" if quote == '"' else "&#39;"))


def _in_yaml(span: Span, text: str, alt: str) -> Edit:
    quote = text[span[0] - 1 : span[0]]
    if quote == "'" and text[span[1] : span[1] + 1] == "'":
        return Edit(span, alt.replace("'", "''"))
    written = json.dumps(alt, ensure_ascii=False)
    return Edit(span, written[1:-1] if quote == '"' else written)


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
