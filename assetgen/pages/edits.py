"""Edits of pages: a path, an alternative text or a size, escaped as its place needs it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from assetgen import escapes
from assetgen.refs import languages
from assetgen.refs.reference import Reference, Span

#: Languages with strings in braces, as in JavaScript; Astro reads no entities in props.
_SCRIPTED = languages.SCRIPTS | languages.MDX | languages.ASTRO
# Text that needs no escapes in any quotes, in any language or template engine.
_PLAIN = re.compile(r"[^\"'`&<>{}\\$]*")


_ENDS_A_PATH = re.compile(r"[\s()<>\"'\\]|,\Z")


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the characters of the page in ``span`` by ``new``."""

    span: Span
    new: str
    old: str | None = None
    """The text that must be there now; None if that does not matter."""

    def suits(self, text: str) -> bool:
        """Whether the text has ``old`` at the span."""
        return self.old is None or text[slice(*self.span)].strip() == self.old


def of_path(reference: Reference, new: str) -> Edit:
    """Write ``new`` in place of the path, with what ends a path in Markdown or srcset escaped."""
    if reference.kind in ("md_image", "link", "srcset", "css_url", "inline_css_url"):
        new = _ENDS_A_PATH.sub(lambda found: quote(found[0], safe=""), new)
    return Edit(reference.marks.raw, new, reference.raw)


def of_alt(
    reference: Reference, text: str, alt: str, *, is_typographic: bool = False
) -> Edit | None:
    """Write ``alt`` as the alternative text; None if there is no place for it.

    ``text`` is the page; ``is_typographic`` says whether its Markdown gets curly quotes. The page
    then reads as ``alt``, on one line with single spaces.
    """
    marks, alt = reference.marks, " ".join(alt.split())
    if marks.tag and text.startswith("![", marks.tag[0]):
        new = escapes.markdown(alt, is_typographic=is_typographic)
        return _in_brackets(marks.alt, marks.tag, text, new) if marks.alt else None
    if reference.kind == "frontmatter":
        return _in_head(marks.alt, text, alt) if marks.alt else None
    if marks.tag is None or not reference.element:
        return None
    value = escapes.jsx if languages.suffix(reference.file) in _SCRIPTED else _html
    if text[marks.tag[0]] != "<":  # a shortcode: no escape works in every engine
        return (
            Edit(marks.alt, alt)
            if marks.alt and _PLAIN.fullmatch(alt) and _is_quoted(marks.alt, text)
            else None
        )
    if marks.alt is not None:
        return _in_attribute(marks.alt, text, alt, value(alt))
    return _attribute(reference, text, value(alt))


def of_size(reference: Reference, size: tuple[int, int]) -> tuple[Edit, ...]:
    """Write ``size`` as width and height; nothing unless the page has both."""
    width, height = reference.marks.width, reference.marks.height
    return (Edit(width, str(size[0])), Edit(height, str(size[1]))) if width and height else ()


def applied(text: str, edits: Iterable[Edit]) -> tuple[str, frozenset[Edit]]:
    """``text`` with the edits made, and which were made; of two that overlap, one is."""
    made: list[Edit] = []
    for edit in sorted(set(edits), key=lambda edit: (edit.span, edit.new), reverse=True):
        if made and (edit.span[1] > made[-1].span[0] or edit.span == made[-1].span):
            continue
        if edit.suits(text):
            text = text[: edit.span[0]] + edit.new + text[edit.span[1] :]
            made.append(edit)
    return text, frozenset(made)


# -- the places of an alternative text -------------------------------------------------------------


def _in_brackets(span: Span, whole: Span, text: str, new: str) -> Edit:
    """In a Markdown image; if the text is also the label of its path, the label stays."""
    old = text[slice(*span)]
    behind = text[span[1] + 1 : whole[1]]
    if behind.startswith("(") or behind.strip("[]"):
        return Edit(span, new)
    return Edit((span[0], whole[1]), f"{new}][{old}]")


def _in_head(span: Span, text: str, alt: str) -> Edit:
    """In YAML, TOML or JSON, whose strings in double quotes are alike."""
    if _is_quoted(span, text):
        return Edit(span, alt) if _PLAIN.fullmatch(alt) else Edit(_with_quotes(span), _string(alt))
    return Edit(span, _string(alt))


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _in_attribute(span: Span, text: str, alt: str, value: str) -> Edit | None:
    """In the value of an attribute, or in a string that is a whole expression."""
    if not _is_quoted(span, text):
        return Edit(span, value) if text[span[0] - 1] in "= \t\r\n" else None
    before = text[max(0, span[0] - 80) : span[0] - 1].rstrip()[-1:]
    if before not in ("=", "{"):
        return None  # a string in an attribute that Vue reads as code
    if _PLAIN.fullmatch(alt):
        return Edit(span, alt)
    return Edit(_with_quotes(span), value if before == "=" else escapes.script(alt))


_BARE_ALT = re.compile(r"\salt(?=[\s/>])")


def _attribute(reference: Reference, text: str, value: str) -> Edit | None:
    """As a new attribute after the element's name, or in place of an alt without a value."""
    at, tag = reference.marks.attributes, reference.marks.tag
    if (
        at is None
        or tag is None
        or not text[at].isspace()
        or reference.alt_status not in ("missing", "empty")
    ):
        return None
    if reference.alt_status == "empty":
        bare = list(_BARE_ALT.finditer(text, at, tag[1]))
        return Edit(bare[0].span(), f" alt={value}") if len(bare) == 1 else None
    return Edit((at, at), f" alt={value}")


def _html(text: str) -> str:
    """As HTML; braces become entities, because a template engine would replace them."""
    return escapes.html(text).replace("{", "&#123;").replace("}", "&#125;")


def _is_quoted(span: Span, text: str) -> bool:
    quote = text[span[0] - 1 : span[0]]
    return quote in ("'", '"', "`") and text[span[1] : span[1] + 1] == quote


def _with_quotes(span: Span) -> Span:
    return span[0] - 1, span[1] + 1
