"""One document while its references are collected: its text, imports, and the rows so far."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property

from assetgen.refs.reference import AltStatus, Kind, Marks, Reference, Span
from assetgen.refs.scan import imports, picture_heuristics
from assetgen.refs.scan.effort import Effort
from assetgen.refs.scan.element import Attribute, Element
from assetgen.refs.scan.js_strings import string_literal
from assetgen.refs.scan.lines import Lines

_PIXELS = re.compile(r"\s*(\d{1,5})(?:px)?\s*\Z")


@dataclass(frozen=True, slots=True)
class Alt:
    """What is known of the alternative text of an image."""

    status: AltStatus
    text: str | None = None
    span: Span | None = None


#: For references that show no image.
UNASKED = Alt("n/a")


@dataclass(frozen=True, slots=True)
class Size:
    """The attributes that declare the width and height of an image."""

    width: Attribute | None = None
    height: Attribute | None = None


_NO_SIZE = Size()
#: The kinds in which a component may take a list of paths as one string.
_LISTED = frozenset({"jsx_attr", "js_string", "frontmatter", "json_string"})


class Sources:
    """The images of ``source`` elements, which have the text of the ``img`` after them."""

    def __init__(self) -> None:
        self._waiting: list[int] = []

    def read(self, rows: list[Reference], tag: Element, alt: Alt, before: int) -> None:
        """Take note of an element, whose references are the ``rows`` from ``before`` on."""
        name = tag.name.lower()
        if name in ("picture", "video", "audio"):
            self._waiting.clear()
        elif name == "source":
            self._waiting += range(before, len(rows))
        elif name == "img" and self._waiting:
            if alt.status in ("present", "empty"):
                for at in self._waiting:
                    rows[at] = replace(rows[at], alt=alt.text, alt_status=alt.status)
            self._waiting.clear()


class Document:
    """Collects the references of one file."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.rows: list[Reference] = []
        self.effort = Effort(len(text))
        """The steps that reading the file may still take."""
        self.bound: dict[str, str] = {}
        """Imported images: local name -> specifier."""
        self.sources = Sources()
        """The ``source`` elements before the ``img`` of their ``picture``."""
        self._lines = Lines(text)

    @cached_property
    def imports(self) -> dict[str, str]:
        """The modules that names of this file are imported from."""
        return imports.of(self.text)

    @cached_property
    def defined(self) -> frozenset[str]:
        """The functions, classes and variables that this file defines."""
        return imports.defined(self.text)

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
        size: Size = _NO_SIZE,
        tag: Span | None = None,
        attributes: int | None = None,
        in_code: bool = False,
    ) -> None:
        """Add a reference at offset ``at``, by default where ``raw`` (at ``span``) begins.

        A list of paths in one string is a reference for each of them.
        """
        several = picture_heuristics.several(raw) if kind in _LISTED else ()
        if several and span[1] - span[0] == len(raw):
            for part in several:
                within = (span[0] + part.start(), span[0] + part.end())
                self.add(kind, part[0], within, alt=alt, element=element, key=key, in_code=in_code)
            return
        self.effort.spend()
        line, col = self._lines.at(span[0] if at is None else at)
        width, wide = _pixels(size.width)
        height, high = _pixels(size.height)
        row = Reference(
            file=self.file,
            line=line,
            col=col,
            kind=kind,
            raw=raw,
            alt=alt.text,
            alt_status=alt.status,
            dynamic=kind == "dynamic",
            width=width,
            height=height,
            element=element,
            key=key,
            marks=Marks(
                span, alt=alt.span, width=wide, height=high, tag=tag, attributes=attributes
            ),
            in_code=in_code,
        )
        self.rows.append(row)


def _pixels(attribute: Attribute | None) -> tuple[int | None, Span | None]:
    if attribute is None or attribute.form not in ("literal", "code"):
        return None, None
    value, start = attribute.value, attribute.span[0]
    if attribute.form == "code" and (literal := string_literal(value, start)):
        value, (start, _) = literal
    found = _PIXELS.match(value)
    if found is None:
        return None, None
    return int(found[1]), (start + found.start(1), start + found.end(1))
