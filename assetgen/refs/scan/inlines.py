"""Inline Markdown: images, links to images and code spans (CommonMark 0.31, 6)."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import cached_property

from assetgen.refs.reference import Kind, Span
from assetgen.refs.scan import template_code
from assetgen.refs.scan.document import Alt, Document, Size
from assetgen.refs.scan.element import Attribute
from assetgen.refs.scan.markdown_text import words
from assetgen.refs.scan.picture_heuristics import FILLED_IN, is_never, is_picture

#: The marks that :meth:`Inlines.read` reads.
MARKS = r"\\.|`+|!?\[|\]|\n[ \t>]*(?=\n)"
# The end of a paragraph: a blank line, or one that begins a list item, a heading or a fence.
_PARAGRAPH_END = re.compile(r"\n[ \t>]*(?:\n|(?:[-*+]|\d{1,9}[.)])[ \t]+[^\s]|#{1,6}[ \t]|```|~~~)")
_DEFINITION = re.compile(
    r"^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t][ \t>]*)*\[((?:[^\[\]\\\n]|\\.)+)\]:[ \t]*(?:\n[ \t>]*)?"
    r"(?:<([^<>\n]*)>|([^\s<]\S*))(?:[ \t]+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?[ \t]*\r?$",
    re.M,
)
_PART = r"[^\s()\\{]|\\.|\{\{[^{}\n]*\}\}|\{%[^%\n]*%\}|\{(?!\{[^{}\n]*\}\}|%[^%\n]*%\})"
_TARGET = re.compile(
    rf"\(\s*+(?:<((?:[^<>\\\n]|\\.)*+)>|((?:{_PART}|\((?:{_PART}|\((?:{_PART})*+\))*+\))*+))"
    r"""(?:\s++(?:"(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'|\((?:[^()\\]|\\.)*+\)))?"""
    r"(?:\s++=(\d*)x(\d*))?\s*+\)",
    re.S,
)
_LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]")
_LIST = re.compile(r"\{:?((?:[^{}\n\"']|\"[^\"\n]*\"|'[^'\n]*')*)\}")
_SIDE = re.compile(r"""(?:^|\s)(width|height)\s*=\s*(["']?)(\d{1,5})(?:px)?\2(?=\s|$)""")
_ESCAPED = re.compile(
    r"\\([!-/:-@\[-`{-~])|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
)
_MEANT = re.compile(r"[\\&]")
_IN_LABEL = re.compile(rf"\\.|`+|\[|\]|{_PARAGRAPH_END.pattern}")
_LONGEST_LABEL = 3000
_DEEPEST_LABEL = 12


class Inlines:
    """The inline marks of a page, read from left to right.

    ``text`` is the page with its code blocks blanked out. ``raw_html`` contains no Markdown.
    """

    def __init__(
        self, document: Document, text: str, raw_html: list[Span], *, attribute_lists: bool
    ) -> None:
        self._document = document
        self._text = text
        self._raw_html = raw_html
        self._attribute_lists = attribute_lists
        self._html_at = 0
        self._open: list[int] = []  # the brackets that may begin a link
        self._line_end = -1  # of the line that was tried as a definition last
        self._paragraph = (0, -1)  # from where to where there is no blank line

    def read(self, mark: str, at: int, after: int) -> int:
        """Read the mark at ``at``, which ends at ``after``; return where to go on."""
        if mark[0] == "\n":
            self._open.clear()
            return after
        if self.is_raw_html(at):
            return after
        if mark[0] == "\\":
            return after
        if mark[0] == "`":
            return self.after_code(at, after)
        if mark == "![":
            return self._image(at)
        if mark == "[":
            if at > self._line_end and (end := self._after_definition(at)) is not None:
                return end
            self._open.append(at)
            return after
        return self._link(at)

    def _after_definition(self, at: int) -> int | None:
        """The offset after the definition whose label begins at ``at``; each line is tried once."""
        start = self._text.rfind("\n", 0, at) + 1
        end = self._text.find("\n", at)
        self._line_end = end if end >= 0 else len(self._text)
        definition = _DEFINITION.match(self._text, start)
        is_here = definition is not None and definition.start(1) == at + 1
        return definition.end() if definition is not None and is_here else None

    def is_raw_html(self, at: int) -> bool:
        spans = self._raw_html
        while self._html_at < len(spans) and spans[self._html_at][1] < at:
            self._html_at += 1
        return self._html_at < len(spans) and spans[self._html_at][0] <= at

    def after_code(self, at: int, after: int) -> int:
        """The offset after the code span that a run of backticks begins, else after the run."""
        run = after - at
        spot = after
        last = self._paragraph_end(after)
        while found := _TICKS.search(self._text, spot, last):
            self._document.effort.search(found.end() - spot)
            if found.end() - found.start() == run:
                return found.end()
            spot = found.end()
        self._document.effort.search(last - spot)
        return after

    def _paragraph_end(self, at: int) -> int:
        """Where the paragraph around ``at`` ends."""
        if not self._paragraph[0] <= at <= self._paragraph[1]:
            end = _PARAGRAPH_END.search(self._text, at)
            self._paragraph = (at, end.start() if end else len(self._text))
        return self._paragraph[1]

    def _image(self, at: int) -> int:
        close = self._label_end(at + 2)
        if close is None or _deepens_quote(self._text, at, close):
            return at + 2
        target = self._target(close + 1)
        if target is None:
            known, end = self._by_label(self._text[at + 2 : close], close)
        else:
            known, end = _Target.of(target), target.end()
        if known is None:
            return at + 2
        label = (at + 2, close)
        self._picture(known, label=label, whole=(at, end), size=self._size(target, end))
        return end

    def _target(self, at: int) -> re.Match[str] | None:
        """The target in round brackets at ``at``, None if there is none."""
        found = _TARGET.match(self._text, at)
        if found is not None:
            self._document.effort.search(found.end() - at)
        return found

    def _size(self, target: re.Match[str] | None, end: int) -> Size:
        """The size declared by ``=640x480`` or by an attribute list after the image."""
        sides: dict[str, Attribute] = {}
        for group, name in ((3, "width"), (4, "height")):
            if target and target[group]:
                sides[name] = Attribute(
                    name, "literal", value=target[group], span=target.span(group)
                )
        if self._attribute_lists and (listed := _LIST.match(self._text, end)):
            for side in _SIDE.finditer(listed[1]):
                start = listed.start(1) + side.start(3)
                sides[side[1]] = Attribute(
                    side[1], "literal", value=side[3], span=(start, start + len(side[3]))
                )
        return Size(sides.get("width"), sides.get("height"))

    def _picture(self, target: _Target, *, label: Span, whole: Span, size: Size) -> None:
        if is_never(target.raw):
            return
        text = words(_QUOTED_LINE.sub("\n", self._text[slice(*label)]))
        alt = Alt("present" if text.strip() else "empty", text, label)
        for one in template_code.pieces(target.raw, target.span[0]):
            self._document.add(
                "md_image",
                one.value,
                one.span,
                alt=alt,
                at=whole[0],
                size=size,
                tag=whole,
                in_code=one.in_code,
            )
            return
        kind: Kind = "dynamic" if FILLED_IN.search(target.raw) else "md_image"
        raw = _plain(target.raw)
        self._document.add(kind, raw, target.span, alt=alt, at=whole[0], size=size, tag=whole)

    def _link(self, at: int) -> int:
        """Read a ``]``: it ends a link if its bracket is open and a target follows."""
        opened = self._open.pop() if self._open else None
        if opened is None:
            return at + 1
        target = self._target(at + 1)
        if target is not None:
            self._linked(_Target.of(target), opened)
            return target.end()
        label = _LABEL.match(self._text, at + 1)
        if label is not None:
            known = self._definitions.get(_folded(label[1] or self._text[opened + 1 : at]))
            if known is not None:
                self._linked(known, opened)
                return label.end()
        return at + 1

    def _linked(self, target: _Target, opened: int) -> None:
        if not is_never(target.raw) and is_picture(target.raw):
            kind: Kind = "dynamic" if FILLED_IN.search(target.raw) else "link"
            self._document.add(kind, _plain(target.raw), target.span, at=opened)

    def _label_end(self, start: int) -> int | None:
        """The offset of the bracket that closes the label which begins at ``start``."""
        depth, spot, last = 1, start, min(len(self._text), start + _LONGEST_LABEL)
        while found := _IN_LABEL.search(self._text, spot, last):
            token = found[0]
            self._document.effort.search(found.end() - spot)
            spot = found.end()
            if token[0] == "`":
                spot = self.after_code(found.start(), spot)
            elif token == "[":
                depth += 1
                if depth > _DEEPEST_LABEL:
                    return None
            elif token == "]":
                depth -= 1
                if depth == 0:
                    return found.start()
            elif token[0] == "\n":
                return None
        return None

    def _by_label(self, text: str, close: int) -> tuple[_Target | None, int]:
        """The target of an image by reference, and where the image ends."""
        label = _LABEL.match(self._text, close + 1)
        end = label.end() if label else close + 1
        if label and label[1].strip():
            return self._definitions.get(_folded(label[1])), end
        return self._definitions.get(_folded(text)), end

    @cached_property
    def _definitions(self) -> dict[str, _Target]:
        known: dict[str, _Target] = {}
        for found in _DEFINITION.finditer(self._text):
            group = 2 if found[2] is not None else 3
            known.setdefault(_folded(found[1]), _Target(found[group], found.span(group)))
        return known


@dataclass(frozen=True, slots=True)
class _Target:
    """The target of an image or a link as it is written, and where."""

    raw: str
    span: Span

    @classmethod
    def of(cls, found: re.Match[str]) -> _Target:
        group = 1 if found[1] is not None else 2
        return cls(found[group], found.span(group))


_TICKS = re.compile(r"`+")
_QUOTED_LINE = re.compile(r"\n[ \t>]+")
_QUOTES = re.compile(r"[ \t>]*")


def _deepens_quote(text: str, start: int, end: int) -> bool:
    """Whether a line between the offsets begins a quote that the first line is not in."""
    if text.find("\n", start, end) < 0 or text.find(">", start, end) < 0:
        return False
    lines = text[text.rfind("\n", 0, start) + 1 : end].split("\n")
    first, *others = (one[0].count(">") if (one := _QUOTES.match(line)) else 0 for line in lines)
    return any(quotes > first for quotes in others)


def _folded(label: str) -> str:
    return " ".join(label.split()).casefold()


def _plain(text: str) -> str:
    """A target without its escapes and entities."""
    if _MEANT.search(text) is None:
        return text
    return _ESCAPED.sub(lambda found: found[1] or html.unescape(found[0]), text)
