"""A document of tags, text and expressions, read from left to right: Markdown, MDX, Astro, Vue and HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from assetgen.refs.reference import Kind, Span
from assetgen.refs.scan import blocks, element, json_strings, script
from assetgen.refs.scan.document import Alt, Document
from assetgen.refs.scan.element import Attribute, Element, closing
from assetgen.refs.scan.markdown_text import words
from assetgen.refs.scan.picture_heuristics import FILLED_IN, is_never, is_picture


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a kind of page is made of beside tags."""

    markdown: bool = False
    expressions: bool = False
    """Whether braces hold code."""
    shortcodes: bool = False
    """Whether ``{{< figure src="..." >}}`` is an element."""


HTML = Dialect()
ASTRO = Dialect(expressions=True)
MDX = Dialect(markdown=True, expressions=True)
MARKDOWN = Dialect(markdown=True, shortcodes=True)

_IN_TAGS = r"<!--|<(?=[A-Za-z])"
_IN_MARKDOWN = r"\\.|`+|!?\[|\]|\n[ \t>]*(?=\n)"
_SIGNS = {
    HTML: re.compile(_IN_TAGS),
    ASTRO: re.compile(rf"{_IN_TAGS}|\{{"),
    MDX: re.compile(rf"{_IN_TAGS}|\{{|{_IN_MARKDOWN}"),
    MARKDOWN: re.compile(rf"{_IN_TAGS}|\{{\{{[<%]|{_IN_MARKDOWN}"),
}
_RAW = re.compile(r"(?i)(script|style)\Z")
_SHORTCODE = re.compile(
    r"""\{\{[<%]-?\s*([\w-]+)((?:"[^"]*"|'[^']*'|`[^`]*`|[^>%"'`{]|[>%](?!\}\})|\{(?!\{[<%]))*+)[>%]\}\}"""
)
_PARAMETER = re.compile(r"""(?:([\w-]+)\s*=\s*)?(?:"([^"]*)"|'([^']*)'|`([^`]*)`|([^\s"'`=]+))""")
_DEFINITION = re.compile(
    r"^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?\[((?:[^\[\]\\\n]|\\.)+)\]:[ \t]*\n?[ \t]*(?:<([^<>\n]*)>|([^\s<]\S*))",
    re.M,
)
_PART = r"[^\s()\\{]|\\.|\{\{[^{}\n]*\}\}|\{(?!\{[^{}\n]*\}\})"
_TARGET = re.compile(
    rf"\(\s*(?:<((?:[^<>\\\n]|\\.)*)>|((?:{_PART}|\((?:{_PART}|\((?:{_PART})*\))*\))*))"
    r"""(?:\s+(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\)))?(?:\s+=(\d*)x(\d*))?\s*\)""",
    re.S,
)
_LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]")
_LIST = re.compile(r"\{:?((?:[^{}\n\"']|\"[^\"\n]*\"|'[^'\n]*')*)\}")
_SIDE = re.compile(r"""(?:^|\s)(width|height)\s*=\s*(["']?)(\d{1,5})(?:px)?\2(?=\s|$)""")
_ESCAPED = re.compile(
    r"\\([!-/:-@\[-`{-~])|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
)
_MEANT = re.compile(r"[\\&]")
_IN_LABEL = re.compile(r"\\.|`+|\[|\]|\n[ \t>]*\n")
_LONGEST_SHORTCODE = 5000
_LONGEST_LABEL = 3000
_DEEPEST_LABEL = 12


def scan(document: Document, start: int, dialect: Dialect) -> None:
    """Find the references from offset ``start`` on."""
    text = document.text
    if not dialect.markdown:
        scan_of_all = _Scan(document, text, dialect, [])
        scan_of_all.scripts(start)
        scan_of_all.run(start, len(text))
        return
    if dialect.shortcodes and "{{" in text:
        text = _without_code_of_shortcodes(text, start)
    found = blocks.of(text, start, mdx=dialect.expressions)
    for span in found.modules:
        document.script(span)
    scan_of_blocks = _Scan(document, found.text, dialect, found.html)
    if not dialect.expressions:
        scan_of_blocks.scripts(start)
    scan_of_blocks.run(start, len(found.text))


def _without_code_of_shortcodes(text: str, start: int) -> str:
    """The text with the bodies of Hugo's shortcodes for code blanked out: it takes them before it reads Markdown."""
    parts: list[str] = []
    last, unclosed = 0, set[str]()
    for begin in _CODE_BEGINS.finditer(text, start):
        if begin.start() < last or begin[1] in unclosed:
            continue
        end = _CODE_ENDS[begin[1]].search(text, begin.end())
        if end is None:
            unclosed.add(begin[1])
            continue
        parts += (text[last : begin.end()], re.sub(r"[^\n]", " ", text[begin.end() : end.start()]))
        last = end.start()
    return "".join((*parts, text[last:])) if parts else text


_CODE_BEGINS = re.compile(r"\{\{[<%]-?\s*(highlight|code)\b[^\n{}]*(?<!/)[>%]\}\}")
_CODE_ENDS = {
    name: re.compile(rf"\{{\{{[<%]-?\s*/\s*{name}\s*[>%]\}}\}}") for name in ("highlight", "code")
}
_SCRIPT = re.compile(r"(?i)<script\b([^>]*)>")
_SCRIPT_OR_CODE = re.compile(rf"{_SCRIPT.pattern}|\\.|`+", re.S)
_ENDS = {name: re.compile(rf"(?i)</{name}\s*>") for name in ("script", "style")}


class _Scan:
    """One walk from left to right; ``text`` is the page's with its code blanked out."""

    def __init__(
        self, document: Document, text: str, dialect: Dialect, raw_html: list[Span]
    ) -> None:
        self._document = document
        self._text = text
        self._dialect = dialect
        self._sign = _SIGNS[dialect]
        self._raw_html = raw_html
        self._html_at = 0
        self._open: list[int] = []  # the brackets that may begin a link
        self._unclosed: set[str] = set()
        self._paragraph = (0, -1)  # from where to where there is no blank line

    def run(self, start: int, end: int) -> None:
        spot = start
        while found := self._sign.search(self._text, spot, end):
            sign, at = found[0], found.start()
            spot = (
                self._tag(sign, at, found.end())
                if sign[0] in "<{"
                else self._mark(sign, at, found.end())
            )

    def scripts(self, start: int) -> None:
        """The references in the scripts, so that what they import is known before the tags are read."""
        for attributes, span in self._scripts(start):
            if "json" in attributes:
                json_strings.strings(self._document, span)
            else:
                self._document.script(span)

    def _scripts(self, spot: int) -> Iterator[tuple[str, Span]]:
        sign = _SCRIPT_OR_CODE if self._dialect.markdown else _SCRIPT
        while begin := sign.search(self._text, spot):
            spot = begin.end()
            if begin[0][0] == "`" and not self._is_raw_html(begin.start()):
                spot = self._after_code(begin.start(), spot)
            elif begin[0][0] == "<":
                end = _ENDS["script"].search(self._text, spot)
                if end is None:
                    break
                yield begin[1], (spot, end.start())
                spot = end.end()
        self._html_at = 0

    def _tag(self, sign: str, at: int, after: int) -> int:
        """Read what begins at ``at``; returns where to go on."""
        if sign == "<!--":
            end = self._text.find("-->", at) if sign not in self._unclosed else -1
            if end < 0:
                self._unclosed.add(sign)
            return end + 3 if end >= 0 else after
        if sign == "{":
            return self._expression(at)
        if sign[0] == "{":
            return self._shortcode(at)
        tag = element.read(self._text, at)
        if tag is None:
            return after
        self._document.element(tag)
        if _RAW.match(tag.name) and not self._text.startswith("/>", tag.span[1] - 2):
            return self._raw(tag)
        return tag.span[1]

    def _raw(self, tag: Element) -> int:
        """Behind a script or a style sheet; scripts were read before."""
        name = tag.name.lower()
        close = _ENDS[name].search(self._text, tag.span[1]) if name not in self._unclosed else None
        if close is None:
            self._unclosed.add(name)
            return tag.span[1]
        inner = (tag.span[1], close.start())
        if name == "style":
            if self._dialect.expressions and self._document.text[slice(*inner)].lstrip().startswith(
                "{"
            ):
                return tag.span[1]
            self._document.style(inner)
        return close.end()

    def _expression(self, at: int) -> int:
        end = closing(self._text, at)
        if end is None:
            return at + 1
        span = (at + 1, end)
        inner = self._text[at + 1 : end].strip()
        if inner.startswith("/*") and inner.find("*/", 2) == len(inner) - 2:
            return end + 1
        self._document.of_script(
            script.read(self._document.text, span, self._document.bound, as_value=True)
        )
        return end + 1

    def _shortcode(self, at: int) -> int:
        found = _SHORTCODE.match(self._text, at, at + _LONGEST_SHORTCODE)
        if found is None or found[1] in _CODE_ENDS:
            return at + 2
        attributes = []
        for one in _PARAMETER.finditer(found[2]):
            group = next(number for number in (2, 3, 4, 5) if one[number] is not None)
            start = found.start(2) + one.start(group)
            name = one[1] or ("src" if is_picture(one[group]) else "")
            if name:
                attributes.append(
                    Attribute(name, "literal", one[group], (start, start + len(one[group])))
                )
        self._document.element(Element(found[1], tuple(attributes), (at, found.end())))
        return found.end()

    # -- Markdown ----------------------------------------------------------------------------------

    def _mark(self, sign: str, at: int, after: int) -> int:
        if sign[0] == "\n":
            self._open.clear()
            return after
        if self._is_raw_html(at):
            return after
        if sign[0] == "\\":
            return after
        if sign[0] == "`":
            return self._after_code(at, after)
        if sign == "![":
            return self._image(at)
        if sign == "[":
            self._open.append(at)
            return after
        return self._link(at)

    def _is_raw_html(self, at: int) -> bool:
        spans = self._raw_html
        while self._html_at < len(spans) and spans[self._html_at][1] < at:
            self._html_at += 1
        return self._html_at < len(spans) and spans[self._html_at][0] <= at

    def _after_code(self, at: int, after: int) -> int:
        """Behind the code span that a run of backticks begins, or behind the run if it begins none."""
        run = after - at
        spot = after
        last = self._paragraph_end(after)
        while (spot := self._text.find("`", spot, last)) >= 0:
            end = spot
            while end < last and self._text[end] == "`":
                end += 1
            if end - spot == run:
                return end
            spot = end
        return after

    def _paragraph_end(self, at: int) -> int:
        """The blank line behind ``at``, or the end."""
        if not self._paragraph[0] <= at <= self._paragraph[1]:
            blank = _BLANK_LINE.search(self._text, at)
            self._paragraph = (at, blank.start() if blank else len(self._text))
        return self._paragraph[1]

    def _image(self, at: int) -> int:
        close = self._label_end(at + 2)
        if close is None:
            return at + 2
        label = self._text[at + 2 : close]
        alt_span = (at + 2, close)
        target = _TARGET.match(self._text, close + 1)
        if target is not None:
            group = 1 if target[1] is not None else 2
            end = target.end()
            size = self._size(target, end)
            self._picture(target[group], target.span(group), label, alt_span, (at, end), size)
            return end
        raw, span, end = self._by_label(label, close)
        if raw is not None:
            self._picture(raw, span, label, alt_span, (at, end), self._size(None, end))
            return end
        return at + 2

    def _size(
        self, target: re.Match[str] | None, end: int
    ) -> tuple[Attribute | None, Attribute | None]:
        """Declared by ``=640x480`` or by an attribute list behind the image."""
        sides: dict[str, Attribute] = {}
        for group, name in ((3, "width"), (4, "height")):
            if target and target[group]:
                sides[name] = Attribute(name, "literal", target[group], target.span(group))
        if not self._dialect.expressions and (listed := _LIST.match(self._text, end)):
            for side in _SIDE.finditer(listed[1]):
                start = listed.start(1) + side.start(3)
                sides[side[1]] = Attribute(
                    side[1], "literal", side[3], (start, start + len(side[3]))
                )
        return sides.get("width"), sides.get("height")

    def _picture(
        self,
        raw: str,
        span: Span,
        label: str,
        alt_span: Span,
        whole: Span,
        size: tuple[Attribute | None, Attribute | None],
    ) -> None:
        if is_never(raw):
            return
        alt_text = words(label)
        alt = Alt("present" if alt_text.strip() else "empty", alt_text, alt_span)
        kind: Kind = "dynamic" if FILLED_IN.search(raw) else "md_image"
        self._document.add(kind, _plain(raw), span, alt=alt, at=whole[0], size=size, tag=whole)

    def _link(self, at: int) -> int:
        """A ``]``: the end of a link to a picture, if its bracket is open and a target follows."""
        opened = self._open.pop() if self._open else None
        if opened is None:
            return at + 1
        target = _TARGET.match(self._text, at + 1)
        if target is not None:
            group = 1 if target[1] is not None else 2
            self._linked(target[group], target.span(group), opened)
            return target.end()
        label = _LABEL.match(self._text, at + 1)
        if label is not None and (
            known := self._definitions.get(_folded(label[1] or self._text[opened + 1 : at]))
        ):
            self._linked(known[0], known[1], opened)
            return label.end()
        return at + 1

    def _linked(self, raw: str, span: Span, opened: int) -> None:
        if not is_never(raw) and is_picture(raw):
            kind: Kind = "dynamic" if FILLED_IN.search(raw) else "link"
            self._document.add(kind, _plain(raw), span, at=opened)

    def _label_end(self, start: int) -> int | None:
        """The offset of the bracket that closes the label which begins at ``start``."""
        depth, spot, last = 1, start, min(len(self._text), start + _LONGEST_LABEL)
        while found := _IN_LABEL.search(self._text, spot, last):
            sign, spot = found[0], found.end()
            if sign[0] == "`":
                spot = self._after_code(found.start(), spot)
            elif sign == "[":
                depth += 1
                if depth > _DEEPEST_LABEL:
                    return None
            elif sign == "]":
                depth -= 1
                if depth == 0:
                    return found.start()
            elif sign[0] == "\n":
                return None
        return None

    def _by_label(self, text: str, close: int) -> tuple[str | None, Span, int]:
        """What an image by reference names, the span of that, and where the image ends."""
        label = _LABEL.match(self._text, close + 1)
        known = self._definitions.get(_folded(label[1])) if label and label[1].strip() else None
        end = label.end() if label else close + 1
        if known is None and (label is None or not label[1].strip()):
            known = self._definitions.get(_folded(text))
        return (known[0], known[1], end) if known else (None, (0, 0), end)

    @cached_property
    def _definitions(self) -> dict[str, tuple[str, Span]]:
        known: dict[str, tuple[str, Span]] = {}
        for found in _DEFINITION.finditer(self._text):
            group = 2 if found[2] is not None else 3
            known.setdefault(_folded(found[1]), (found[group], found.span(group)))
        return known


_BLANK_LINE = re.compile(r"\n[ \t>]*\n")


def _folded(label: str) -> str:
    return " ".join(label.split()).casefold()


def _plain(text: str) -> str:
    """A target without its escapes and entities."""
    return (
        _ESCAPED.sub(lambda found: found[1] or html.unescape(found[0]), text)
        if _MEANT.search(text)
        else text
    )
