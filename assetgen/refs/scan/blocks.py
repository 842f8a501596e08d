"""The blocks of a Markdown page: its code, its HTML, and the imports and exports of MDX.

Follows CommonMark 0.31 for fences, indented code, lists and HTML blocks, tolerantly: a page that a
strict parser rejects still has its images. MDX has neither indented code nor HTML blocks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from assetgen.refs.reference import Span
from assetgen.refs.scan import mdx_modules
from assetgen.refs.scan.effort import Effort

_FENCE = re.compile(r"(?P<fence>`{3,}(?=[^`\n]*\Z)|~{3,})")
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?=[ \t]|\Z)")
_RULE = re.compile(r"(?:\*[ \t]*){3,}\Z|(?:-[ \t]*){3,}\Z|(?:_[ \t]*){3,}\Z")
_HEADING = re.compile(r"#{1,6}(?:[ \t]|\Z)")
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*\Z")
# What a line that is more than text may begin with; an empty line begins with "\r".
_SPECIAL = frozenset("\r \t>#-*+=_`~<!?:[/0123456789")
# Their contents are indented by four: admonitions, tabs and blocks of Python-Markdown, footnotes,
# definitions.
_INDENTS = re.compile(r"(?:!!!|\?\?\?\+?|===!?|///)[ \t]|\[\^[^\]\s]+\]:|:[ \t]{1,3}\S")
_RAW = re.compile(r"(?i)<(script|pre|style|textarea)(?=[\s>]|\Z)")
_BLOCK = re.compile(
    r"(?i)</?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd"
    r"|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]"
    r"|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option"
    r"|p|param|search|section|summary|table|tbody|td|tfoot|th"
    r"|thead|title|tr|track|ul)(?=[\s>]|/>|\Z)"
)
_ALONE = re.compile(
    r"""</?[A-Za-z][\w-]*(?:\s+[\w:.-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*\s*/?>\s*\Z"""
)
# What Python-Markdown and kramdown read as Markdown although it is HTML.
_READ_AS_MARKDOWN = re.compile(r"<[A-Za-z][^<>]{0,500}\smarkdown(?=[\s=>])")
#: How deep quotes and lists may be nested: what is deeper is text.
_DEEPEST = 100
#: A line that may be indented code, also within a list item or a quote.
_INDENTED = re.compile(r"(?:^|[>*+.)-])(?:    | {0,3}\t)", re.M)


@dataclass
class Blocks:
    """A page with its code blanked out; offsets stay the same."""

    text: str
    html: list[Span] = field(default_factory=list)
    """Where Markdown is not read."""
    modules: list[Span] = field(default_factory=list)
    """The imports and exports of MDX."""


def of(text: str, start: int, *, mdx: bool, effort: Effort) -> Blocks:
    """The blocks of ``text`` from offset ``start`` on. Raises Unread."""
    found = Blocks(text)
    if _needs_lines(text, start, mdx):
        _Lines(text, start=start, mdx=mdx, found=found).run()
    if mdx:
        found.text, found.modules = mdx_modules.without_modules(found.text, start, effort)
    return found


def without_code(text: str, start: int = 0) -> str:
    """``text`` with its fenced code blanked out from offset ``start`` on, at any indentation."""
    found = Blocks(text)
    if "```" in text or "~~~" in text:
        _Lines(text, start=start, mdx=True, found=found).run()
    return found.text


def _needs_lines(text: str, start: int, mdx: bool) -> bool:
    if "```" in text or "~~~" in text or "<" in text:
        return True
    return not mdx and _INDENTED.search(text, start) is not None


def _indent(line: str, at: int = 0, column: int = 0) -> tuple[int, int]:
    """The columns of white space from ``at`` (in ``column``) on, and the offset after it."""
    columns, spot = 0, at
    for spot in range(at, len(line) + 1):
        char = line[spot : spot + 1]
        if char == " ":
            columns += 1
        elif char == "\t":
            columns += 4 - (column + columns) % 4
        else:
            break
    return columns, spot


class _Lines:
    """One walk over the lines of a page.

    ``_containers`` are the open quotes (0) and list items (by how far their contents are indented).
    """

    def __init__(self, text: str, start: int, mdx: bool, found: Blocks) -> None:
        self._text = text
        self._start = start
        self._mdx = mdx
        self._found = found
        self._containers: list[int] = []
        self._item_is_empty = False
        self._fence = ""  # what opened it
        self._in_paragraph = False
        self._in_html = False
        self._html_end: re.Pattern[str] | None = None  # None: it ends at a blank line
        self._code: list[Span] = []

    def run(self) -> None:
        at = self._start
        for line in self._text[at:].split("\n"):
            is_bare = not (self._containers or self._fence or self._in_html)
            if is_bare and line and line[0] not in _SPECIAL:  # nearly every line
                self._in_paragraph = True
            else:
                self._line(line.rstrip("\r"), at)
            at += len(line) + 1
        if self._code:
            parts: list[str] = []
            last = 0
            for first, end in self._code:
                parts += (self._text[last:first], " " * (end - first))
                last = end
            self._found.text = "".join((*parts, self._text[last:]))

    def _line(self, line: str, at: int) -> None:
        if self._fence and not self._containers and line.lstrip(" \t")[:1] != self._fence[0]:
            self._is_code(at, line)
            return
        place, matched = self._place(line)
        rest = line[place.spot :]
        if matched < len(self._containers):
            if self._in_paragraph and rest and not self._starts_block(rest, place.indent):
                return  # a lazy continuation of the paragraph
            self._close(matched)
        if self._fence:
            self._fenced(rest, place=place, line=line, at=at)
        elif self._in_html and (rest or self._html_end is not None):
            self._html_goes_on(rest, line, at)
        elif rest:
            self._open(line, at, place)
        else:
            self._blank()

    def _place(self, line: str) -> tuple[_Place, int]:
        """Where the contents of a line begin, and how many of the open containers it continues."""
        place, matched = _Place.first(line), 0
        for width in self._containers:
            if not width:
                if line[place.spot : place.spot + 1] != ">" or place.indent > 3:
                    break
                place = place.in_quote(line)
            elif place.spot < len(line):
                if place.indent < width:
                    break
                place = place.below(width)
            matched += 1
        return place, matched

    def _close(self, matched: int) -> None:
        """Close all containers but the first ``matched``, with what is open in them."""
        del self._containers[matched:]
        self._fence, self._in_html, self._html_end = "", False, None
        self._in_paragraph = self._item_is_empty = False

    def _blank(self) -> None:
        self._in_paragraph = self._in_html = False
        if self._item_is_empty:  # an item begins with one blank line at most
            self._containers.pop()
            self._item_is_empty = False

    def _fenced(self, rest: str, place: _Place, line: str, at: int) -> None:
        self._is_code(at, line)
        mark = self._fence[0]
        is_near = self._mdx or place.indent < 4
        if is_near and rest.startswith(self._fence) and not rest.strip(mark + " \t"):
            self._fence = ""

    def _html_goes_on(self, rest: str, line: str, at: int) -> None:
        self._found.html.append((at, at + len(line)))
        if self._html_end is not None and self._html_end.search(rest):
            self._in_html, self._html_end = False, None

    def _is_code(self, at: int, line: str) -> None:
        self._code.append((at, at + len(line)))

    def _open(self, line: str, at: int, place: _Place) -> None:
        """Open the containers that the line begins, then read what is in them."""
        self._item_is_empty = False
        while (place.indent < 4 or self._mdx) and len(self._containers) < _DEEPEST:
            rest = line[place.spot :]
            if rest[:1] == ">":
                self._containers.append(0)
                place = place.in_quote(line)
            elif (item := _ITEM.match(rest)) and not _RULE.match(rest):
                if self._in_paragraph and item.end() == len(rest):
                    break
                width, place = place.in_item(line, item.end())
                self._containers.append(width)
            else:
                break
            self._in_paragraph = False
            if place.spot == len(line):
                self._item_is_empty = self._containers[-1] > 0
                return
        self._leaf(line, at, place)

    def _leaf(self, line: str, at: int, place: _Place) -> None:
        rest, was_in_paragraph = line[place.spot :], self._in_paragraph
        self._in_paragraph = False
        if place.indent >= 4 and not self._mdx:
            if was_in_paragraph:
                self._in_paragraph = True
            else:
                self._is_code(at, line)
        elif fence := _FENCE.match(rest):
            self._fence = fence["fence"]
            self._is_code(at + place.spot, rest)
        elif not self._mdx and _INDENTS.match(rest) and not was_in_paragraph:
            if len(self._containers) < _DEEPEST:
                self._containers.append(place.indent + 4)
        elif not self._mdx and rest.startswith("<") and self._begins_html(rest, was_in_paragraph):
            self._found.html.append((at, at + len(line)))
        else:
            is_underline = was_in_paragraph and _UNDERLINE.match(rest) is not None
            self._in_paragraph = not (is_underline or _ends_paragraph(rest))

    def _starts_block(self, rest: str, indent: int) -> bool:
        """Whether a line ends a paragraph that it could otherwise continue."""
        if (indent >= 4 and not self._mdx) or rest[0] not in "-*+#>`~<0123456789!?_":
            return False
        return (
            rest[0] == ">"
            or _ITEM.match(rest) is not None
            or _FENCE.match(rest) is not None
            or _ends_paragraph(rest)
            or rest[:3] in ("!!!", "???")
            or (not self._mdx and _html_end(rest, in_paragraph=True) is not None)
        )

    def _begins_html(self, rest: str, in_paragraph: bool) -> bool:
        """Conditions 1 to 7 of CommonMark 4.6."""
        end = _html_end(rest, in_paragraph=in_paragraph)
        if end is None:
            return False
        self._html_end = end if end is not _BLANK_LINE else None
        self._in_html = end is _BLANK_LINE or not end.search(rest, 4 if rest[1] == "!" else 1)
        if not self._in_html:
            self._html_end = None
        return True


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in a line: the next character that is not blank, and the columns before it."""

    spot: int
    column: int
    base: int = 0
    """The column at which the contents of the container begin."""

    @property
    def indent(self) -> int:
        """How far the place is indented within its container."""
        return self.column - self.base

    @classmethod
    def first(cls, line: str) -> _Place:
        if line[:1] not in " \t":
            return _AT_START
        column, spot = _indent(line)
        return cls(spot, column)

    def in_quote(self, line: str) -> _Place:
        """The place after the ``>`` that is here and one blank."""
        column = self.column + 1
        base = column + (line[self.spot + 1 : self.spot + 2] in (" ", "\t"))
        blanks, spot = _indent(line, self.spot + 1, column)
        return _Place(spot, column + blanks, base)

    def in_item(self, line: str, length: int) -> tuple[int, _Place]:
        """The indent of the contents of the list item here, and the place after its marker."""
        column = self.column + length
        blanks, spot = _indent(line, self.spot + length, column)
        gap = blanks if 0 < blanks < 5 and spot < len(line) else 1
        return self.indent + length + gap, _Place(spot, column + blanks, column + gap)

    def below(self, width: int) -> _Place:
        """The same place within contents that are indented by ``width``."""
        return _Place(self.spot, self.column, self.base + width)


_AT_START = _Place(0, 0)


def _ends_paragraph(rest: str) -> bool:
    """Whether a line is a heading or a rule."""
    return _HEADING.match(rest) is not None or _RULE.match(rest) is not None


def _html_end(rest: str, *, in_paragraph: bool) -> re.Pattern[str] | None:
    """What ends the HTML block that a line begins; None if it begins none."""
    if raw := _RAW.match(rest):
        return _ENDS[raw[1].lower()]
    for start, end in _MARKED_ENDS.items():
        if rest.startswith(start) and (start != "<!" or rest[2:3].isalpha()):
            return end
    if _READ_AS_MARKDOWN.match(rest):
        return None
    is_alone = not in_paragraph and len(rest) < 2000 and _ALONE.match(rest) is not None
    return _BLANK_LINE if is_alone or _BLOCK.match(rest) else None


_ENDS = {name: re.compile(rf"(?i)</{name}>") for name in ("script", "pre", "style", "textarea")}
_MARKED_ENDS = {
    "<!--": re.compile("-->"),
    "<?": re.compile(r"\?>"),
    "<![CDATA[": re.compile(r"\]\]>"),
    "<!": re.compile(">"),
}
_BLANK_LINE = re.compile(r"\Z(?!)")
