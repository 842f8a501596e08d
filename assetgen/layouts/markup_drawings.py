"""The drawings in a filled layout, which is HTML, as the elements of one SVG."""

from __future__ import annotations

from html.parser import HTMLParser
from xml.etree.ElementTree import Element

# HTML writes names in small letters; SVG does not.
_NAMES = {
    name.lower(): name
    for name in ("linearGradient", "radialGradient", "clipPath", "viewBox", "markerUnits")
}
_VOID = frozenset(("img", "br", "hr", "meta", "col", "link", "input"))


def parsed(document: str) -> Element:
    """An element with all drawings of a document, and everything in them."""
    reader = _Reader()
    reader.feed(document)
    reader.close()
    return reader.root


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("svg")
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._begin(tag, attrs, is_whole=tag in _VOID)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._begin(tag, attrs, is_whole=True)

    def _begin(self, tag: str, attrs: list[tuple[str, str | None]], *, is_whole: bool) -> None:
        if not self._open and tag != "svg":
            return
        stated = {
            _NAMES.get(plain, plain): value or ""
            for name, value in attrs
            for plain in [name.rpartition(":")[2]]
        }
        element = Element(_NAMES.get(tag, tag), stated)
        (self._open[-1] if self._open else self.root).append(element)
        if not is_whole:
            self._open.append(element)

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1].tag == "style":
            self._open[-1].text = (self._open[-1].text or "") + data

    def handle_endtag(self, tag: str) -> None:
        name = _NAMES.get(tag, tag)
        if any(one.tag == name for one in self._open):
            while self._open.pop().tag != name:
                pass
