"""One document while references are looked for in it: its text, what it imports, and the rows found so far."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assetgen.refs.reference import AltStatus, Kind, Marks, Reference, Span
from assetgen.refs.scan import script, stylesheet
from assetgen.refs.scan.element import Attribute, Element, closing
from assetgen.refs.scan.lines import Lines
from assetgen.refs.scan.picture_heuristics import (
    FILLED_IN,
    is_image_like,
    is_never,
    is_picture,
    is_silent,
    is_string_of_picture,
)
from assetgen.refs.scan.script import Script, StringValue
from assetgen.refs.sites import literals

#: How deep elements may lie in attributes of each other.
_DEEPEST = 12
_SRCSETS = frozenset({"srcset", "imagesrcset", "data-srcset"})
_CANDIDATE = re.compile(r"[\s,]*([^\s,]\S*)")
_PIXELS = re.compile(r"\s*(\d{1,5})(?:px)?\s*\Z")
_LITERAL = re.compile(r"""\s*(?:"([^"\\\n]*)"|'([^'\\\n]*)'|`([^`\\$]*)`)\s*\Z""")
_ESCAPED_LITERAL = re.compile(
    r"""\s*(?:"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\$]|\\.|\$(?!\{))*)`)\s*\Z""",
    re.S,
)
_TEMPLATE_URL = re.compile(r"url\(\s*['\"]?\$(?=\{)")
_PROSE = re.compile(r"[\n<]|\A(?![/.@~])[^$]*\s")


@dataclass(frozen=True, slots=True)
class Alt:
    """What is known of a text for who cannot see a picture."""

    status: AltStatus
    text: str | None = None
    span: Span | None = None


UNASKED = Alt("n/a")


class Document:
    """Collects the references of one file."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.rows: list[Reference] = []
        self.bound: dict[str, str] = {}
        """Imported pictures: local name -> specifier."""
        self._lines = Lines(text)
        self._depth = 0

    def add(
        self,
        kind: Kind,
        raw: str,
        span: Span,
        *,
        alt: Alt = UNASKED,
        element: str = "",
        key: str = "",
        at: int | None = None,
        size: tuple[Attribute | None, Attribute | None] = (None, None),
        tag: Span | None = None,
        attributes: int | None = None,
    ) -> None:
        """A row at ``at`` (offset; where ``raw`` stands, unless told otherwise); ``size`` is width and height."""
        line, col = self._lines.at(span[0] if at is None else at)
        (width, wide), (height, high) = map(_pixels, size)
        marks = Marks(span, alt.span, wide, high, tag, attributes)
        row = Reference(
            *(self.file, line, col, kind, raw, alt.text, alt.status, kind == "dynamic"),
            *(width, height, element, key, marks),
        )
        self.rows.append(row)

    # -- elements ----------------------------------------------------------------------------------

    def element(self, tag: Element) -> None:
        """The references in the attributes of an element."""
        self._depth += 1
        if self._depth <= _DEEPEST:
            self._attributes(tag)
        self._depth -= 1

    def _attributes(self, tag: Element) -> None:
        shows = is_image_like(tag.name)
        alt = _alt(tag, shows, self.text)
        named_meta = tag.name.lower() == "meta" and _is_picture_meta(tag)
        for attribute in tag.attributes:
            name = attribute.name
            if attribute.form in ("bare", "spread") or not name or is_silent(name):
                continue
            lower = name.lower()
            if lower in _SRCSETS:
                self._srcset(tag, attribute, alt)
            elif lower in ("style", "class", "classname"):
                self._styled(tag, attribute)
            elif attribute.form == "literal":
                self._literal(
                    tag, attribute, attribute.value, attribute.span, alt, shows, named_meta
                )
            elif not name.startswith(("@", "#")):
                self._code(tag, attribute, alt, shows)

    def _of(self, kind: Kind, raw: str, span: Span, tag: Element, name: str, alt: Alt) -> None:
        self.add(
            *(kind, raw, span),
            alt=alt,
            element=tag.name,
            key=name,
            size=(tag.get("width"), tag.get("height")),
            tag=tag.span,
            attributes=tag.after_name,
        )

    def _literal(
        self,
        tag: Element,
        attribute: Attribute,
        value: str,
        span: Span,
        alt: Alt,
        shows: bool,
        named_meta: bool,
    ) -> None:
        if is_never(value):
            return
        name, stripped = attribute.name, value.strip()
        is_source = shows and name.lower() == "src"
        if FILLED_IN.search(value):
            if is_source or is_picture(value):
                self._of("dynamic", value, span, tag, name, alt)
        elif is_source or (named_meta and name.lower() == "content"):
            self._of("jsx_attr", stripped, span, tag, name, alt)
        elif tag.name.lower() == "a" and name.lower() == "href":
            if is_picture(stripped):
                self._of("link", stripped, span, tag, name, UNASKED)
        elif is_string_of_picture(stripped, name):
            self._of("jsx_attr", stripped, span, tag, name, alt)

    def _code(self, tag: Element, attribute: Attribute, alt: Alt, shows: bool) -> None:
        code, span = attribute.value, attribute.span
        if literal := _literal(code, span[0]):
            self._literal(tag, attribute, *literal, alt, shows, False)
            return
        is_source = shows and attribute.name.lower() == "src"
        found = script.read(self.text, span, self.bound, as_value=True, is_source=is_source)
        before = len(self.rows)
        for name in found.names:
            self._of("import_ref", self.bound[name.name], name.span, tag, attribute.name, alt)
        for text in found.texts:
            self._text(text, tag, attribute.name, alt, is_source)
        if is_source and len(self.rows) == before and not found.elements:
            self._branches_or_dynamic(tag, attribute, alt)
        for inner_tag in found.elements:
            self.element(inner_tag)

    def _branches_or_dynamic(self, tag: Element, attribute: Attribute, alt: Alt) -> None:
        """The src of an element that shows a picture, and in which nothing has the extension of one."""
        code, span = attribute.value, attribute.span
        if not code.strip() or code.strip().startswith("/*"):
            return
        at = span[0] + len(code) - len(code.lstrip())
        self._of("dynamic", code.strip(), (at, at + len(code.strip())), tag, attribute.name, alt)

    def _text(self, text: StringValue, tag: Element, name: str, alt: Alt, is_source: bool) -> None:
        """A string in the code of an attribute."""
        key = text.key or name
        if text.role == "template":
            for raw, span in _filled_in(text):
                self._of(
                    "dynamic",
                    raw,
                    span,
                    tag,
                    key,
                    alt if text.is_direct or text.is_argument else UNASKED,
                )
        elif text.role != "string":
            if is_picture(text.value) or text.role == "glob":
                is_value = text.is_direct or text.is_argument
                self._of(text.role, text.value, text.span, tag, key, alt if is_value else UNASKED)
        elif is_source and (text.is_direct or text.is_argument):
            if not is_never(text.value) and (text.is_direct or is_picture(text.value)):
                self._of("jsx_attr", text.value, text.span, tag, name, alt)
        elif text.is_direct and is_string_of_picture(text.value, key):
            self._of("jsx_attr", text.value, text.span, tag, name, alt)
        else:
            self._plain(text, key, tag)

    def _plain(self, text: StringValue, key: str, tag: Element | None = None) -> None:
        element = tag.name if tag else ""
        if "url(" in text.value:
            for raw, (first, last), is_filled in stylesheet.urls(text.value, comments=False):
                spot = (text.span[0] + first, text.span[0] + last)
                self.add(
                    "dynamic" if is_filled else "inline_css_url",
                    raw,
                    spot,
                    element=element,
                    key=key,
                )
        elif is_string_of_picture(text.value, key):
            self.add("js_string", text.value, text.span, element=element, key=key)

    def _srcset(self, tag: Element, attribute: Attribute, alt: Alt) -> None:
        value, start = attribute.value, attribute.span[0]
        if attribute.form == "code":
            literal = _literal(value, start)
            if literal is None:
                self._code(tag, attribute, alt, shows=False)
                return
            value, (start, _) = literal
        if FILLED_IN.search(value):
            return
        for raw, at in _candidates(value):
            if not is_never(raw):
                self._of(
                    "srcset", raw, (start + at, start + at + len(raw)), tag, attribute.name, UNASKED
                )

    def _styled(self, tag: Element, attribute: Attribute) -> None:
        """``style`` and ``class``: url() in a declaration, or in an arbitrary value as Tailwind has them."""
        value, start = attribute.value, attribute.span[0]
        if "url(" not in value:
            if attribute.form == "code":
                self._code(tag, attribute, UNASKED, shows=False)
            return
        if attribute.form == "literal" or _LITERAL.match(value):
            for raw, (first, last), is_filled in stylesheet.urls(value, comments=False):
                kind: Kind = "dynamic" if is_filled else "inline_css_url"
                self._of(kind, raw, (start + first, start + last), tag, attribute.name, UNASKED)
        else:
            self._code(tag, attribute, UNASKED, shows=False)

    # -- code and styles ---------------------------------------------------------------------------

    def script(self, span: Span | None = None, *, ts: bool = False) -> None:
        """The references in the code at ``span`` (everything, if None); what it imports is known from here on."""
        found = script.read(self.text, span, self.bound, ts=ts)
        self.bound.update(found.bindings)
        self.of_script(found)

    def of_script(self, found: Script) -> None:
        for text in found.texts:
            if text.role == "template":
                for raw, span in _filled_in(text):
                    self.add("dynamic", raw, span, key=text.key)
            elif text.role == "string":
                self._plain(text, text.key)
            elif text.role == "glob" or is_picture(text.value):
                self.add(text.role, text.value, text.span, key=text.key)
        for tag in found.elements:
            self.element(tag)

    def style(self, span: Span) -> None:
        """The references in the style sheet at ``span``."""
        for raw, (first, last), is_filled in stylesheet.urls(self.text[span[0] : span[1]]):
            self.add("dynamic" if is_filled else "css_url", raw, (span[0] + first, span[0] + last))


def _filled_in(text: StringValue) -> Iterator[tuple[str, Span]]:
    """The paths in a template with holes: the whole of it, or what stands in ``url()``."""
    found = list(_TEMPLATE_URL.finditer(text.value))
    for url in found:
        hole = closing(text.value, url.end())
        if hole is None:
            break
        end = text.value.find(")", hole) + 1 or len(text.value)
        yield text.value[url.start() : end], (text.span[0] + url.start(), text.span[0] + end)
    if not found and is_picture(text.value) and not _PROSE.search(text.value):
        yield text.value, text.span


def _candidates(srcset: str) -> Iterator[tuple[str, int]]:
    """The URLs of a srcset and where they begin: a comma right behind one says that it has no descriptor."""
    spot = 0
    while found := _CANDIDATE.match(srcset, spot):
        raw = found[1].rstrip(",")
        yield raw, found.start(1)
        spot = (
            found.end()
            if found[1].endswith(",")
            else srcset.find(",", found.end()) + 1 or len(srcset)
        )


def _literal(code: str, start: int, pattern: re.Pattern[str] = _LITERAL) -> tuple[str, Span] | None:
    """The string that code consists of, with its span in the file, in which the code begins at ``start``."""
    found = pattern.match(code)
    if found is None:
        return None
    group = next(number for number in (1, 2, 3) if found[number] is not None)
    return found[group], (start + found.start(group), start + found.end(group))


def _pixels(attribute: Attribute | None) -> tuple[int | None, Span | None]:
    if attribute is None or attribute.form not in ("literal", "code"):
        return None, None
    value, start = attribute.value, attribute.span[0]
    if attribute.form == "code" and (literal := _literal(value, start)):
        value, (start, _) = literal
    found = _PIXELS.match(value)
    return (
        (int(found[1]), (start + found.start(1), start + found.end(1))) if found else (None, None)
    )


def _alt(tag: Element, shows: bool, text: str) -> Alt:
    """The alt text of an element: it is missed only where a picture is shown."""
    attribute = tag.get("alt")
    if attribute is None:
        if not shows:
            return UNASKED
        return Alt("spread") if tag.has_spread else Alt("missing")
    if attribute.form == "bare":
        return Alt("empty", "")
    value, span = attribute.value, attribute.span
    if attribute.form == "code":
        literal = _literal(value, span[0]) or _literal(value, span[0], _ESCAPED_LITERAL)
        if literal is None:
            return Alt("dynamic")
        value, span = literals.unescaped(literal[0]), literal[1]
    elif FILLED_IN.search(text, *span):
        return Alt("dynamic")
    return Alt("present" if value.strip() else "empty", value, span)


def _is_picture_meta(tag: Element) -> bool:
    named = tag.get("property") or tag.get("name") or tag.get("itemprop")
    return named is not None and named.value.lower() in (
        *(
            "og:image",
            "og:image:url",
            "og:image:secure_url",
            "twitter:image",
            "twitter:image:src",
            "image",
        ),
        "msapplication-tileimage",
    )
