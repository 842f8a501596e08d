"""The references in the attributes of an element."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from assetgen.refs.languages import SVELTE, SVX, suffix
from assetgen.refs.reference import Kind, Span
from assetgen.refs.scan import alternative, code_strings, script, stylesheet, template_code
from assetgen.refs.scan.document import UNASKED, Alt, Document, Size
from assetgen.refs.scan.element import Attribute, Element
from assetgen.refs.scan.js_strings import string_literal
from assetgen.refs.scan.picture_heuristics import (
    FILLED_IN,
    is_image_like,
    is_never,
    is_picture,
    is_silent,
    is_string_of_picture,
)
from assetgen.refs.scan.script import StringValue
from assetgen.refs.scan.template_code import Written

#: How deep elements may be nested in attributes of each other.
_DEEPEST = 12
_SRCSETS = frozenset({"srcset", "imagesrcset", "data-srcset"})
_HOLES = r"\{\{.{0,500}?\}\}|\{%.{0,500}?%\}|<%.{0,500}?%>"
_CANDIDATE = re.compile(rf"[\s,]*((?:{_HOLES}|[^\s,])(?:{_HOLES}|\S)*)", re.S)
# Keys of an object in an attribute, each of which is the image of the element in one theme.
_VARIANTS = frozenset({"light", "dark", "src", "default"})
_IMAGE_PROPERTIES = frozenset(
    {
        *("og:image", "og:image:url", "og:image:secure_url"),
        *("twitter:image", "twitter:image:src", "image", "msapplication-tileimage"),
    }
)


@dataclass(frozen=True, slots=True)
class _Given:
    """One attribute, and what its element says about it."""

    document: Document
    tag: Element
    attribute: Attribute
    alt: Alt
    shows: bool
    """Whether the element shows an image."""
    deep: int

    @property
    def is_in_svelte(self) -> bool:
        """Whether braces in a quoted value contain code."""
        return suffix(self.document.file) in SVELTE | SVX

    @property
    def is_source(self) -> bool:
        return self.shows and self.attribute.name.lower() == "src"

    def add(
        self,
        kind: Kind,
        raw: str,
        span: Span,
        *,
        alt: Alt = UNASKED,
        key: str | None = None,
        in_code: bool = False,
    ) -> None:
        """Add a reference; ``key`` is the name of the attribute unless given."""
        tag = self.tag
        self.document.add(
            kind,
            raw,
            span,
            alt=alt,
            element=tag.name,
            key=self.attribute.name if key is None else key,
            size=Size(tag.get("width"), tag.get("height")),
            tag=tag.span,
            attributes=tag.after_name,
            in_code=in_code,
        )


def add_element(document: Document, tag: Element, deep: int = 1) -> None:
    """Add the references in the attributes of ``tag``, which is nested ``deep`` levels."""
    if deep > _DEEPEST:
        return
    shows = is_image_like(tag.name)
    alt = alternative.of(tag, document, shows=shows)
    before = len(document.rows)
    for attribute in tag.attributes:
        name = attribute.name
        if attribute.form in ("bare", "spread") or not name or is_silent(name):
            continue
        _add_attribute(
            _Given(document, tag=tag, attribute=attribute, alt=alt, shows=shows, deep=deep)
        )
    document.sources.read(document.rows, tag, alt, before)


def _add_attribute(given: _Given) -> None:
    attribute = given.attribute
    lower = attribute.name.lower()
    if lower in _SRCSETS:
        _add_srcset(given)
    elif lower in ("style", "class", "classname"):
        _add_style(given)
    elif attribute.form == "literal":
        is_named = lower == "content" and _is_image_property(given.tag)
        _add_literal(given, attribute.value, attribute.span, is_image=given.is_source or is_named)
    elif not attribute.name.startswith(("@", "#")):
        _add_code(given)


def _add_literal(given: _Given, value: str, span: Span, *, is_image: bool) -> None:
    if is_never(value):
        return
    name, stripped = given.attribute.name, value.strip()
    if FILLED_IN.search(value):
        _add_filled(given, value, span)
    elif value.lstrip().startswith("{") and given.is_in_svelte:
        text = given.document.text[span[0] : span[1]]
        one = template_code.below_braces(text, span[0])
        _add_pieces(given, value, span, found=[one] if one else [])
    elif is_image:
        given.add("jsx_attr", stripped, span, alt=given.alt)
    elif given.tag.name.lower() == "a" and name.lower() == "href":
        if is_picture(stripped):
            given.add("link", stripped, span)
    elif is_string_of_picture(stripped, name):
        given.add("jsx_attr", stripped, span, alt=given.alt)


def _add_filled(given: _Given, value: str, span: Span) -> None:
    """Add the paths in the code of a template, or that of a path which it puts together."""
    text = given.document.text[span[0] : span[1]]
    _add_pieces(given, value, span, found=template_code.pieces(text, span[0]))


def _add_pieces(given: _Given, value: str, span: Span, *, found: list[Written]) -> None:
    is_link = given.tag.name.lower() == "a" and given.attribute.name.lower() == "href"
    for one in found:
        if given.is_source or is_link or is_string_of_picture(one.value, given.attribute.name):
            kind: Kind = "link" if is_link else "jsx_attr"
            alt = UNASKED if is_link else given.alt
            given.add(kind, one.value, one.span, alt=alt, in_code=one.in_code)
    if not found and (given.is_source or is_picture(value)):
        given.add("dynamic", value, span, alt=given.alt)


def _add_code(given: _Given) -> None:
    document, code, span = given.document, given.attribute.value, given.attribute.span
    if literal := string_literal(code, span[0]):
        _add_literal(given, *literal, is_image=given.is_source)
        return
    found = script.read(document, span, as_value=True, is_source=given.is_source)
    before = len(document.rows)
    for name in found.names:
        given.add("import_ref", document.bound[name.name], name.span, alt=given.alt)
    for text in found.texts:
        _add_text(given, text)
    if given.is_source and len(document.rows) == before and not found.elements:
        _add_dynamic(given)
    for inner_tag in found.elements:
        add_element(document, inner_tag, given.deep + 1)


def _add_dynamic(given: _Given) -> None:
    """Add the code of a ``src`` in which nothing has the extension of an image."""
    code = given.attribute.value
    stripped = code.strip()
    if stripped and not stripped.startswith("/*"):
        at = given.attribute.span[0] + len(code) - len(code.lstrip())
        given.add("dynamic", stripped, (at, at + len(stripped)), alt=given.alt)


def _add_text(given: _Given, text: StringValue) -> None:
    """Add what a string in the code of the attribute names."""
    key = text.key or given.attribute.name
    is_value = text.is_direct or text.is_argument
    alt = given.alt if is_value else UNASKED
    if text.role == "template" and (one := code_strings.path_in_template(text)):
        given.add("jsx_attr", one.value, one.span, alt=alt, key=key, in_code=one.in_code)
    elif text.role == "template":
        for kind, raw, span in code_strings.paths_of_template(text, given.document.effort):
            given.add(kind, raw, span, alt=alt, key=key)
    elif text.role != "string":
        if is_picture(text.value) or text.role == "glob":
            given.add(text.role, text.value, text.span, alt=alt, key=key)
    elif given.is_source and is_value:
        if not is_never(text.value) and (text.is_direct or is_picture(text.value)):
            in_code = text.is_argument  # as in useBaseUrl("img/a.png")
            given.add("jsx_attr", text.value, text.span, alt=given.alt, in_code=in_code)
    elif text.is_direct and is_string_of_picture(text.value, key):
        given.add("jsx_attr", text.value, text.span, alt=given.alt)
    else:
        alt = given.alt if given.shows and key in _VARIANTS else UNASKED
        code_strings.add(given.document, text=text, key=key, element=given.tag.name, alt=alt)


def _add_srcset(given: _Given) -> None:
    value, start = given.attribute.value, given.attribute.span[0]
    if given.attribute.form == "code":
        literal = string_literal(value, start)
        if literal is None:
            _add_code(given)
            return
        value, (start, _) = literal
    for raw, at, in_code in _candidates(value):
        if not is_never(raw):
            given.add("srcset", raw, (start + at, start + at + len(raw)), in_code=in_code)


def _add_style(given: _Given) -> None:
    """``style`` and ``class``: url() in a declaration, or in an arbitrary value of Tailwind."""
    value, start = given.attribute.value, given.attribute.span[0]
    is_literal = given.attribute.form == "literal"
    if "url(" in value and (is_literal or string_literal(value, start)):
        for url in stylesheet.urls(value, comments=False):
            kind: Kind = "dynamic" if url.is_filled else "inline_css_url"
            place = (start + url.span[0], start + url.span[1])
            given.add(kind, url.raw, place, in_code=url.in_code)
    elif not is_literal:
        _add_code(replace(given, alt=UNASKED))


def _candidates(srcset: str) -> Iterator[tuple[str, int, bool]]:
    """The URLs of a srcset and where they begin; a comma right after one ends its candidate.

    The last says whether a template's code writes it.
    """
    spot = 0
    while found := _CANDIDATE.match(srcset, spot):
        raw = found[1].rstrip(",")
        if FILLED_IN.search(raw):
            for one in template_code.pieces(raw, found.start(1)):
                yield one.value, one.span[0], one.in_code
        else:
            yield raw, found.start(1), False
        if found[1].endswith(","):
            spot = found.end()
        else:
            spot = srcset.find(",", found.end()) + 1 or len(srcset)


def _is_image_property(tag: Element) -> bool:
    """Whether it is a ``meta`` element that names an image."""
    if tag.name.lower() != "meta":
        return False
    named = tag.get("property") or tag.get("name") or tag.get("itemprop")
    return named is not None and named.value.lower() in _IMAGE_PROPERTIES
