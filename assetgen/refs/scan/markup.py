"""Tags, text and expressions, read from left to right: Markdown, MDX, Astro, Vue and HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assetgen.refs.reference import Span
from assetgen.refs.scan import (
    attributes,
    blocks,
    code,
    element,
    front_rows,
    frontmatter,
    inlines,
    json_strings,
    template_code,
)
from assetgen.refs.scan.document import Document
from assetgen.refs.scan.element import Attribute, Element, closing
from assetgen.refs.scan.front_values import MAX_CHARACTERS
from assetgen.refs.scan.inlines import Inlines
from assetgen.refs.scan.picture_heuristics import is_picture, is_string_of_picture


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a kind of page contains beside tags."""

    markdown: bool = False
    expressions: bool = False
    """Whether braces contain code."""
    shortcodes: bool = False
    """Whether ``{{< figure src="..." >}}`` is an element."""

    templates: bool = False
    """Whether a template engine fills in holes: ``{{ }}``, ``{% %}``, ``<% %>``."""


HTML = Dialect()
TEMPLATE = Dialect(templates=True)
ASTRO = Dialect(expressions=True)
MDX = Dialect(markdown=True, expressions=True)
MARKDOWN = Dialect(markdown=True, shortcodes=True, templates=True)

_IN_TAGS = r"<!--|<(?=[A-Za-z])"
_MARKS = {
    HTML: re.compile(_IN_TAGS),
    TEMPLATE: re.compile(rf"{_IN_TAGS}|\{{[{{%#]|<%"),
    ASTRO: re.compile(rf"{_IN_TAGS}|\{{"),
    MDX: re.compile(rf"{_IN_TAGS}|\{{|{inlines.MARKS}"),
    MARKDOWN: re.compile(rf"{_IN_TAGS}|\{{\{{[<%]|{inlines.MARKS}"),
}
# Few pages of Markdown have these marks, and the search for them takes a tenth of the time.
_WITH_HOLES = re.compile(rf"{_IN_TAGS}|\{{\{{[<%]?|\{{%|{inlines.MARKS}")
_DIRECTIVE = r":+(?=[A-Za-z][\w-]*(?:\[[^\[\]\n]*\])?\{)"
_WITH_DIRECTIVES = re.compile(rf"{_WITH_HOLES.pattern}|(?<![\w:]){_DIRECTIVE}")
_HAS_DIRECTIVE = re.compile(rf"{_DIRECTIVE}")
_PROPERTIES = re.compile(r"^[ \t]*:{2,}[A-Za-z][\w-]*[^\n]*\n[ \t]*---[ \t]*\r?\n", re.M)
_PROPERTIES_END = re.compile(r"^[ \t]*---[ \t]*\r?$", re.M)
_AUTOLINK = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*>")
_RAW = re.compile(r"(?i)(script|style)\Z")
_SHORTCODE = re.compile(
    r"""\{\{[<%]-?\s*([\w-]+)"""
    r"""((?:"[^"]*"|'[^']*'|`[^`]*`|[^>%"'`{]|[>%](?!\}\})|\{(?!\{[<%]))*+)[>%]\}\}"""
)
_PARAMETER = re.compile(r"""(?:([\w-]+)\s*=\s*)?(?:"([^"]*)"|'([^']*)'|`([^`]*)`|([^\s"'`=]+))""")
_LONGEST_SHORTCODE = 5000
_CODE_BEGINS = re.compile(r"\{\{[<%]-?\s*(highlight|code)\b[^\n{}]*(?<!/)[>%]\}\}")
_CODE_ENDS = {
    name: re.compile(rf"\{{\{{[<%]-?\s*/\s*{name}\s*[>%]\}}\}}") for name in ("highlight", "code")
}
_SCRIPT = re.compile(r"(?i)<script\b([^<>]*+)>")
_SCRIPT_OR_CODE = re.compile(rf"{_SCRIPT.pattern}|\\.|`+", re.S)
_COMMENT_TAG = re.compile(r"-?\s*(comment)\b")
_COMMENT_CODE = re.compile(r"[-=]?\s*(?:/\*|#|!)")
_ENDS = {name: re.compile(rf"(?i)</{name}\s*>") for name in ("script", "style")}


def scan(document: Document, start: int, dialect: Dialect) -> None:
    """Find the references from offset ``start`` on."""
    text, raw_html = document.text, []
    if dialect.markdown:
        if dialect.shortcodes and "{{" in text:
            text = _without_code_of_shortcodes(text, start)
        found = blocks.of(text, start, mdx=dialect.expressions, effort=document.effort)
        text, raw_html = found.text, found.html
        for span in found.modules:
            code.add_script(document, span)
        if dialect.templates and "\n::" in f"\n{text}":
            _add_properties(document, text, start)
    page = _Page(document, text=text, dialect=dialect, raw_html=raw_html)
    if dialect != MDX:  # what scripts import is known before the tags are read
        for kind, span in _scripts(page, start):
            if "json" in kind:
                json_strings.add_strings(document, span)
            else:
                code.add_script(document, span)
    _run(page, start)


def _add_properties(document: Document, text: str, start: int) -> None:
    """Add the references in the YAML that sets the properties of a component of MDC."""
    for found in _PROPERTIES.finditer(text, start):
        close = _PROPERTIES_END.search(text, found.end(), found.end() + MAX_CHARACTERS)
        if close is None:
            break
        yaml = frontmatter.Front(
            "yaml", page=document.text, start=found.end(), end=close.start(), body=close.end()
        )
        front_rows.add(document, yaml)


def _without_code_of_shortcodes(text: str, start: int) -> str:
    """The text with the bodies of Hugo's code shortcodes blanked out: Hugo reads these first."""
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


@dataclass(frozen=True, slots=True)
class _Page:
    """A page that is being read."""

    document: Document
    text: str
    """With its code blanked out."""
    dialect: Dialect
    raw_html: list[Span]

    def inlines(self) -> Inlines | None:
        """A reader of its Markdown; None if it contains none."""
        if not self.dialect.markdown:
            return None
        has_lists = not self.dialect.expressions
        return Inlines(self.document, self.text, self.raw_html, attribute_lists=has_lists)


def _run(page: _Page, start: int) -> None:
    text, tags, markdown = page.text, _Tags(page), page.inlines()
    search = _marks(page.dialect, text).search
    spot = start
    while found := search(text, spot):
        mark, at = found[0], found.start()
        page.document.effort.spend()
        if mark[0] in "<{:" or markdown is None:
            spot = tags.read(mark, at, found.end())
        else:
            spot = markdown.read(mark, at, found.end())


def _marks(dialect: Dialect, text: str) -> re.Pattern[str]:
    """The marks that ``text`` may contain."""
    if dialect != MARKDOWN or "{" not in text:
        return _MARKS[dialect]
    if _HAS_DIRECTIVE.search(text):
        return _WITH_DIRECTIVES
    return _WITH_HOLES if "{{" in text or "{%" in text else _MARKS[dialect]


def _scripts(page: _Page, spot: int) -> Iterator[tuple[str, Span]]:
    """The attributes and the contents of each ``script`` element."""
    markdown = page.inlines()
    search = (_SCRIPT_OR_CODE if markdown else _SCRIPT).search
    while begin := search(page.text, spot):
        spot = begin.end()
        if begin[0][0] == "<":
            end = _ENDS["script"].search(page.text, spot)
            if end is None:
                break
            yield begin[1], (spot, end.start())
            spot = end.end()
        elif begin[0][0] == "`" and markdown and not markdown.is_raw_html(begin.start()):
            spot = markdown.after_code(begin.start(), spot)


class _Tags:
    """Reads elements, comments, expressions and shortcodes."""

    def __init__(self, page: _Page) -> None:
        self._document = page.document
        self._text = page.text
        self._expressions = page.dialect.expressions
        self._autolinks = page.dialect.markdown
        self._unclosed: set[str] = set()
        self._ends: dict[str, int] = {}  # where the next hole of each kind ends

    def read(self, mark: str, at: int, after: int) -> int:
        """Read what begins with the mark from ``at`` to ``after``; return where to go on."""
        if mark == "<!--":
            return self._comment(at, after)
        if mark == "{":
            return self._expression(at)
        if mark[:3] in ("{{<", "{{%"):
            return self._shortcode(at)
        if mark[0] == ":":
            return self._directive(at, after)
        if mark[0] == "{" or mark == "<%":
            return self._hole(mark, at)
        if self._autolinks and (link := _AUTOLINK.match(self._text, at)):
            return link.end()
        tag = element.read(self._text, at, self._document.effort)
        if tag is None:
            return after
        attributes.add_element(self._document, tag)
        if _RAW.match(tag.name) and not self._text.startswith("/>", tag.span[1] - 2):
            return self._raw(tag)
        return tag.span[1]

    def _comment(self, at: int, after: int) -> int:
        end = self._text.find("-->", at) if "<!--" not in self._unclosed else -1
        if end < 0:
            self._unclosed.add("<!--")
            return after
        return end + 3

    def _raw(self, tag: Element) -> int:
        """Skip a script, which was read before, or read a style sheet; return where it ends."""
        name = tag.name.lower()
        close = _ENDS[name].search(self._text, tag.span[1]) if name not in self._unclosed else None
        if close is None:
            self._unclosed.add(name)
            return tag.span[1]
        inner = (tag.span[1], close.start())
        if name == "style":
            css = self._document.text[slice(*inner)]
            if self._expressions and css.lstrip().startswith("{"):
                return tag.span[1]
            code.add_style(self._document, inner)
        return close.end()

    def _expression(self, at: int) -> int:
        end = closing(self._text, at, self._document.effort)
        if end is None:
            return at + 1
        span = (at + 1, end)
        inner = self._text[at + 1 : end].strip()
        if inner.startswith("/*") and inner.find("*/", 2) == len(inner) - 2:
            return end + 1
        code.add_expression(self._document, span)
        return end + 1

    def _directive(self, at: int, after: int) -> int:
        """``:name{src="/a.png"}``, a component of MDC or a directive: braces as in a tag."""
        name = element.NAME.match(self._text, after)
        brace = self._text.find("{", name.end()) if name else -1
        if name is None or brace < 0:
            return after
        found = element.attributes_in_braces(self._text, brace, self._document.effort)
        if found is None:
            return after
        inside, end = found
        attributes.add_element(self._document, Element(name[0], inside, (at, end), is_markup=False))
        return end

    def _hole(self, mark: str, at: int) -> int:
        """Read the strings in the code of a template engine, or skip its comment."""
        end = self._end_of_hole(mark, at)
        if end < 0:
            return at + 2
        code_, after = self._text[at + 2 : end], end + 2
        self._document.effort.search(after - at)
        if ends := _COMMENT_TAG.match(code_):
            return self._after_comment(ends[1], after)
        if mark != "{#" and not _COMMENT_CODE.match(code_):
            for one in template_code.paths(code_, at + 2):
                if is_string_of_picture(one.value, one.key or "src"):
                    self._document.add("js_string", one.value, one.span, key=one.key, in_code=True)
        return after

    def _end_of_hole(self, mark: str, at: int) -> int:
        """Where the hole at ``at`` ends; -1 if that is nowhere near."""
        end = self._ends.get(mark, 0)
        if 0 <= end < at + 2:
            end = self._ends[mark] = self._text.find(template_code.ENDS[mark], at + 2)
        return end if end <= at + template_code.LONGEST_HOLE else -1

    def _after_comment(self, name: str, at: int) -> int:
        """The offset after the comment block that ended its first tag at ``at``."""
        if name in self._unclosed:
            return at
        close = re.compile(rf"\{{%-?\s*end{name}\s*-?%\}}").search(self._text, at)
        if close is None:
            self._unclosed.add(name)
            return at
        return close.end()

    def _shortcode(self, at: int) -> int:
        found = _SHORTCODE.match(self._text, at, at + _LONGEST_SHORTCODE)
        if found is None:
            self._document.effort.search(_LONGEST_SHORTCODE)
        if found is None or found[1] in _CODE_ENDS:
            return at + 2
        parameters = []
        for one in _PARAMETER.finditer(found[2]):
            group = next(number for number in (2, 3, 4, 5) if one[number] is not None)
            start = found.start(2) + one.start(group)
            name = one[1] or ("src" if is_picture(one[group]) else "")
            if name:
                span = (start, start + len(one[group]))
                parameters.append(Attribute(name, "literal", value=one[group], span=span))
        tag = Element(found[1], tuple(parameters), (at, found.end()), is_markup=False)
        attributes.add_element(self._document, tag)
        return found.end()
