"""A filled document as its elements and the texts in them.

It is read in the same pieces as ``sanitize`` examined it; a piece can be replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from assetgen.layouts import sanitize

# Elements that are part of the line around them.
_INLINE = re.compile(
    "span|b|strong|i|em|small|code|kbd|samp|var|mark|s|u|del|ins|sub|sup|q|cite|abbr|time|bdi"
)
_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]*)")
_ATTRIBUTE = re.compile(r"""\b(data-fit|data-sizes|class|id)\s*=\s*"([^"]*)\"""")
_VIEW = re.compile(r"""\bviewBox\s*=\s*["']?\S+\s+\S+\s+([\d.]+)\s+([\d.]+)""")
_BLANK = re.compile(r"\s*")


@dataclass
class Element:
    """An element of a document: where its start tag is, and what is in it."""

    at: int
    tag: str
    parent: Element | None
    inside: list[Element | int] = field(default_factory=list)
    """Elements, and the places of texts that are not blank."""
    tokens: list[str] = field(default_factory=list)
    end: int = 0
    """Where its end tag is."""

    @property
    def is_inline(self) -> bool:
        return bool(_INLINE.fullmatch(self.tag))

    @property
    def texts(self) -> Iterator[tuple[int, Element]]:
        """The place of each text in it, in order, and the element that is its paragraph."""
        for one in self.inside:
            if isinstance(one, Element):
                for place, paragraph in one.texts:
                    yield place, self if paragraph.is_inline else paragraph
            else:
                yield one, self


class Tree:
    """The body of a document; ``pieces`` are its tags and texts, in turn."""

    def __init__(self, document: str) -> None:
        self.pieces: list[str] = []
        self.svgs: list[Element] = []
        self.body = self._read(document)

    def _read(self, document: str) -> Element | None:
        """Fill ``pieces``; the body, if there is one."""
        body: Element | None = None
        top: Element | None = None
        at = 0
        for piece in sanitize.PIECE.finditer(document):
            self._text(document[at : piece.start()], top)
            at = piece.end()
            self.pieces.append(piece[0])
            found = _TAG.match(piece[0])
            if not found or piece[0][:6].lower() == "<style":
                continue
            tag = found[2].lower()
            if found[1]:
                if top:
                    top.end = len(self.pieces) - 1
                    top = top.parent
                continue
            element = Element(len(self.pieces) - 1, tag, top)
            if top:
                top.inside.append(element)
            if tag == "body":
                body = top = element
            elif top and sanitize.deeper(piece[0]):
                top = element
            if top and tag == "svg":
                self.svgs.append(element)
        self.pieces.append(document[at:])
        return body

    def _text(self, text: str, inside: Element | None) -> None:
        if inside and not _BLANK.fullmatch(text):
            inside.inside.append(len(self.pieces))
        self.pieces.append(text)

    def attributes(self, element: Element) -> dict[str, str]:
        """Those that a layout states of data-fit, data-sizes, class and id."""
        return dict(_ATTRIBUTE.findall(self.pieces[element.at]))

    def names(self, element: Element) -> Iterator[tuple[str, str]]:
        """The values that an element or one around it shows, each with the id of that element."""
        at: Element | None = element
        while at:
            found = self.attributes(at)
            if "data-fit" in found:
                yield found["data-fit"], found.get("id", "")
            at = at.parent

    def mark(self, element: Element, tokens: Iterable[str]) -> None:
        """Add tokens to ``data-ag`` of an element."""
        element.tokens += [token for token in tokens if token not in element.tokens]
        tag = self.pieces[element.at]
        tag = re.sub(r' data-ag="[^"]*"', "", tag, count=1)
        end = len(tag) - (2 if tag.endswith("/>") else 1)
        said = f' data-ag="{" ".join(element.tokens)}"' if element.tokens else ""
        self.pieces[element.at] = tag[:end] + said + tag[end:]

    def is_icon(self, svg: Element) -> bool:
        """Whether a drawing is a small square, which means the same in both directions."""
        view = _VIEW.search(self.pieces[svg.at])
        if not view:
            return False
        wide, high = float(view[1]), float(view[2])
        return max(wide, high) <= 64 and 0.8 <= wide / (high or 1) <= 1.25


def blocks(body: Element) -> Iterator[Element]:
    """The outermost elements with a text of their own."""
    if any(isinstance(one, int) for one in body.inside):
        yield body
        return
    for one in body.inside:
        if isinstance(one, Element) and one.tag != "svg":
            yield from blocks(one)
