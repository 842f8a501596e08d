"""The blocks of a Markdown page: what of it is code, what is HTML, what is the import and export part of MDX.

Follows CommonMark 0.31 for fences, indented code, lists and HTML blocks, tolerantly: a page that a strict
parser rejects still has its pictures. MDX has neither indented code nor HTML blocks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from assetgen.refs.reference import Span
from assetgen.refs.scan.element import closing

_FENCE = re.compile(r"(`{3,})[^`\n]*\Z|(~{3,})[^\n]*\Z")
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?=[ \t]|\Z)")
_RULE = re.compile(r"(?:\*[ \t]*){3,}\Z|(?:-[ \t]*){3,}\Z|(?:_[ \t]*){3,}\Z")
# Indents what follows by four: admonitions, tabs and blocks of Python-Markdown, footnotes, definitions.
_INDENTS = re.compile(r"(?:!!!|\?\?\?\+?|===!?|///)[ \t]|\[\^[^\]\s]+\]:|:[ \t]{1,3}\S")
_RAW = re.compile(r"(?i)<(script|pre|style|textarea)(?=[\s>]|\Z)")
_BLOCK = re.compile(
    r"(?i)</?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir"
    r"|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li"
    r"|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th"
    r"|thead|title|tr|track|ul)(?=[\s>]|/>|\Z)"
)
_ALONE = re.compile(
    r"""</?[A-Za-z][\w-]*(?:\s+[\w:.-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*\s*/?>\s*\Z"""
)
# What Python-Markdown and kramdown read as Markdown although it is HTML.
_READ_AS_MARKDOWN = re.compile(r"<[A-Za-z][^<>]{0,500}\smarkdown(?=[\s=>])")
_MODULE = re.compile(
    r"(?:import\s*(?:[\w{*'\"$])|export\s+(?:const|let|var|default|function|async|class|\{|\*|type))"
)
#: An import that is certain to be one: pages with it are MDX whatever their name.
IMPORTS = re.compile(
    r"^import\s+(?:[\w$*{][^\n;]*?\sfrom\s+)?['\"][^'\"\n]+['\"];?[ \t]*\r?$", re.M
)


@dataclass
class Blocks:
    """A page with its code blanked out: every offset is still what it was."""

    text: str
    html: list[Span] = field(default_factory=list)
    """Where Markdown is not read."""
    modules: list[Span] = field(default_factory=list)
    """The imports and exports of MDX."""


def of(text: str, start: int, *, mdx: bool) -> Blocks:
    """The blocks of ``text`` from offset ``start`` on."""
    needs_lines = (
        "```" in text
        or "~~~" in text
        or "<" in text
        or (not mdx and ("\n    " in text or "\n\t" in text))
    )
    found = Blocks(text)
    if needs_lines:
        _Lines(text, start, mdx, found).run()
    if mdx:
        _find_modules(found, start)
    return found


def _indent(line: str, at: int = 0, column: int = 0) -> tuple[int, int]:
    """Columns of white space from ``at`` on, which is in ``column``, and the offset behind it."""
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
    """One walk over the lines of a page."""

    def __init__(self, text: str, start: int, mdx: bool, found: Blocks) -> None:
        self._text = text
        self._start = start
        self._mdx = mdx
        self._found = found
        self._inside: list[int] = []  # the columns at which the contents of open list items begin
        self._quotes = 0
        self._fence = ""  # what opened it
        self._floor = 0  # the column that the contents of the list item around the fence have
        self._after_blank = True
        self._in_paragraph = False
        self._in_code = False
        self._html_end: re.Pattern[str] | None = None
        self._in_html = False
        self._code: list[Span] = []

    def run(self) -> None:
        at = self._start
        for line in self._text[at:].split("\n"):
            self._line(line.rstrip("\r"), at)
            at += len(line) + 1
        if self._code:
            parts: list[str] = []
            last = 0
            for first, end in self._code:
                parts += (self._text[last:first], " " * (end - first))
                last = end
            self._found.text = "".join((*parts, self._text[last:]))

    def _is_code(self, at: int, line: str) -> None:
        self._code.append((at, at + len(line)))

    def _line(self, line: str, at: int) -> None:
        if (
            not self._inside
            and not self._fence
            and not self._in_html
            and line[:1] not in " \t>"
            and line
        ):
            rest, columns, spot, quotes = line, 0, 0, 0
        else:
            quotes, spot = _unquoted(line, self._quotes if self._fence or self._in_html else None)
            columns, spot = _indent(line, spot)
            rest = line[spot:]
        if quotes < self._quotes and (not self._in_paragraph or self._fence):
            self._fence, self._inside, self._in_html = "", [], False
        if quotes > self._quotes:
            self._inside = []
        self._quotes = quotes if quotes or not self._in_paragraph else self._quotes
        if self._fence and self._fenced(rest, columns, line, at):
            return
        if not rest:
            self._blank()
            return
        if self._in_html and self._html_goes_on(rest, line, at):
            return
        self._open(rest, columns, line, at)

    def _blank(self) -> None:
        self._after_blank, self._in_paragraph = True, False
        if self._html_end is None:
            self._in_html = False

    def _fenced(self, rest: str, columns: int, line: str, at: int) -> bool:
        """Whether the line belongs to the open fence."""
        if rest and columns < self._floor:
            self._fence = ""  # its list item has ended
            return False
        self._is_code(at, line)
        mark, run = self._fence[0], len(self._fence)
        near = self._mdx or columns - self._floor < 4
        if (
            near
            and rest.startswith(self._fence)
            and not rest.strip(mark + " \t")
            and _run(rest, mark) >= run
        ):
            self._fence, self._in_paragraph, self._after_blank = "", False, False
        return True

    def _html_goes_on(self, rest: str, line: str, at: int) -> bool:
        self._found.html.append((at, at + len(line)))
        if self._html_end is not None and self._html_end.search(rest):
            self._in_html, self._html_end = False, None
        self._after_blank = False
        return True

    def _open(self, rest: str, columns: int, line: str, at: int) -> None:
        is_new = self._starts_block(rest)
        if not self._in_paragraph or is_new:
            while self._inside and columns < self._inside[-1]:
                self._inside.pop()
        relative = columns - (self._inside[-1] if self._inside else 0)
        if self._is_indented_code(relative):
            self._in_code = True
            self._is_code(at, line)
            return
        self._in_code = False
        self._after_blank = False
        while (item := _ITEM.match(rest)) and not _RULE.match(rest) and (relative < 4 or self._mdx):
            if self._in_paragraph and item.end() == len(rest):
                break
            spaces, spot = _indent(rest, item.end(), columns + item.end())
            columns += item.end() + (spaces if 0 < spaces < 5 else 1)
            self._inside.append(columns)
            self._in_paragraph = False
            if spaces >= 5 and not self._mdx:
                self._is_code(at, line)
                return
            rest, relative = rest[spot:], 0
            if not rest:
                return
        self._contents(rest, columns, relative, line, at)

    def _contents(self, rest: str, columns: int, relative: int, line: str, at: int) -> None:
        if (fence := _FENCE.match(rest)) and (relative < 4 or self._mdx):
            self._fence = fence[1] or _first_run(fence[2])
            self._floor = self._inside[-1] if self._inside else 0
            self._is_code(at + len(line) - len(rest), rest)
            self._in_paragraph = False
        elif not self._mdx and _INDENTS.match(rest) and not self._in_paragraph:
            self._inside.append(columns + 4)
            self._in_paragraph = False
        elif not self._mdx and rest.startswith("<") and self._begins_html(rest):
            self._found.html.append((at, at + len(line)))
            self._in_paragraph = False
        else:
            self._in_paragraph = not (rest.startswith("#") or _RULE.match(rest) is not None)

    def _is_indented_code(self, relative: int) -> bool:
        if self._mdx or relative < 4 or self._in_paragraph:
            return False
        return self._after_blank or self._in_code

    def _starts_block(self, rest: str) -> bool:
        return rest[0] in "-*+#>`~<0123456789!?=:" and (
            _ITEM.match(rest) is not None
            or rest[0] in "#>"
            or _FENCE.match(rest) is not None
            or rest[:3] in ("!!!", "???")
        )

    def _begins_html(self, rest: str) -> bool:
        """Conditions 1 to 7 of CommonMark 4.6."""
        if raw := _RAW.match(rest):
            end: re.Pattern[str] | None = _ENDS[raw[1].lower()]
        elif rest.startswith("<!--"):
            end = _ENDS["comment"]
        elif _READ_AS_MARKDOWN.match(rest):
            return False
        elif _BLOCK.match(rest) or (
            not self._in_paragraph and len(rest) < 2000 and _ALONE.match(rest)
        ):
            end = None
        else:
            return False
        self._html_end = end
        self._in_html = end is None or not end.search(rest, 4 if rest.startswith("<!--") else 1)
        if not self._in_html:
            self._html_end = None
        return True


_ENDS = {name: re.compile(rf"(?i)</{name}>") for name in ("script", "pre", "style", "textarea")}
_ENDS["comment"] = re.compile("-->")


def _unquoted(line: str, most: int | None) -> tuple[int, int]:
    """How many block quotes a line is in, and the offset behind their marks; marks after ``most`` are text."""
    quotes, spot = 0, 0
    while True:
        if quotes == most:
            return quotes, spot
        columns, after = _indent(line, spot)
        if line[after : after + 1] != ">" or (columns > 3 and not quotes):
            return quotes, spot
        quotes, spot = quotes + 1, after + 1
        if line[spot : spot + 1] == " ":
            spot += 1


def _run(text: str, mark: str) -> int:
    return len(text) - len(text.lstrip(mark))


def _first_run(text: str) -> str:
    return text[: _run(text, text[0])]


def _find_modules(found: Blocks, start: int) -> None:
    """The imports and exports at the beginning of lines, blanked out of the text that is read as Markdown."""
    text, at, last = found.text, start, 0
    parts: list[str] = []
    while True:
        at = _next_module(text, at)
        if at < 0:
            break
        end = _module_end(text, at)
        found.modules.append((at, end))
        parts += (text[last:at], re.sub(r"[^\n]", " ", text[at:end]))
        last = at = end
    if parts:
        found.text = "".join((*parts, text[last:]))


def _next_module(text: str, at: int) -> int:
    """The next line that begins an import or export and follows a blank line, another of them, or nothing."""
    for found in _MODULE_LINE.finditer(text, at):
        start = found.start()
        line_before = text[text.rfind("\n", 0, max(0, start - 1)) + 1 : start]
        if not line_before.strip() or _INK.search(text, at, start) is None:
            return start
    return -1


_INK = re.compile(r"\S")
_MODULE_LINE = re.compile("^" + _MODULE.pattern, re.M)
_TOKEN = re.compile(
    r"""[{(\[\n]|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|//[^\n]*|/\*.*?(?:\*/|\Z)""",
    re.S,
)
_GOES_ON = ("=", ",", "=>", "(", "from", "+", "?", ":", "&&", "||")


def _module_end(text: str, at: int) -> int:
    """Behind the statement: at the first end of a line at which every bracket is closed."""
    spot = at
    while found := _TOKEN.search(text, spot):
        sign, spot = found[0], found.end()
        if sign == "\n":
            if not text[at : found.start()].rstrip().endswith(_GOES_ON) or text[
                spot : spot + 1
            ] in ("", "\n"):
                return found.start()
        elif sign in "{([":
            end = closing(text, found.start()) if sign == "{" else _bracket_end(text, found.start())
            if end is None:
                return _line_end(text, spot)
            spot = end + 1
    return len(text)


def _line_end(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found


_DEEPEST = 60


def _bracket_end(text: str, at: int) -> int | None:
    """The offset of the bracket that closes the one at ``at``."""
    depth, spot = 0, at
    pattern = _ROUND if text[at] == "(" else _SQUARE
    while found := pattern.search(text, spot):
        sign, spot = found[0], found.end()
        if sign == text[at]:
            depth += 1
            if depth > _DEEPEST:
                return None
        elif sign in ")]":
            depth -= 1
            if depth == 0:
                return found.start()
    return None


_QUOTED = r"""|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|/\*.*?(?:\*/|\Z)"""
_ROUND = re.compile(r"[()]" + _QUOTED, re.S)
_SQUARE = re.compile(r"[\[\]]" + _QUOTED, re.S)
