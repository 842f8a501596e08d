"""The references in one file of any language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from assetgen.refs.languages import (
    ASTRO,
    JSON,
    KNOWN,
    MARKDOWN,
    MDX,
    SCRIPTS,
    STYLES,
    SVELTE,
    SVX,
    TOML,
    TYPED_SCRIPTS,
    VUE,
    YAML,
    suffix,
)
from assetgen.refs.reference import Reference
from assetgen.refs.scan import (
    code,
    front_rows,
    frontmatter,
    hints,
    json_strings,
    markup,
    mdx_modules,
)
from assetgen.refs.scan.document import Document
from assetgen.refs.scan.effort import Unread

#: The largest file that is read, in bytes: a program wrote larger ones.
MAX_BYTES = 8 * 1024 * 1024

# JSON that a template engine fills in: a web manifest, a feed. Holes may come first.
_JSON_BODY = re.compile(
    r"(?:\s+|\{%(?:(?!%\}).)*%\}|\{#(?:(?!#\}).)*#\}|\{\{-?\s*/\*(?:(?!\*/).)*\*/\s*-?\}\})*+"
    r"(?:\{(?:\s*\"|\s+\{%)|\[\s*[\"{])",
    re.S,
)
_ASTRO_FENCE = re.compile(r"\ufeff?\s*---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", re.S | re.M)


@dataclass(frozen=True, slots=True)
class Scanned:
    """What reading one file found."""

    rows: tuple[Reference, ...]
    """Every reference, in the order of the file; none if it was not read to its end."""
    steps: int
    """How much work it was."""
    is_whole: bool = True
    """Whether the file was read to its end: it may be too large, or take too many steps."""


def find(file: str, content: bytes, *, mdx: bool = False) -> list[Reference]:
    """Every reference in ``file``, as ``read`` finds them."""
    return list(read(file, content, mdx=mdx).rows)


def read(file: str, content: bytes, *, mdx: bool = False) -> Scanned:
    """The references in ``file``; ``mdx`` reads .md as MDX, as Docusaurus does."""
    kind = suffix(file)
    if kind not in KNOWN or b"\0" in content:
        return Scanned((), 0)
    if len(content) > MAX_BYTES:
        return Scanned((), 0, is_whole=False)
    if not hints.are_in(content, is_json=kind in JSON):
        return Scanned((), 0)
    document = Document(file, content.decode("utf-8", "replace"))
    try:
        _read(document, kind, mdx=mdx)
    except Unread:
        return Scanned((), document.effort.spent, is_whole=False)
    rows = sorted(document.rows, key=lambda row: (row.line, row.col))
    return Scanned(tuple(rows), document.effort.spent)


def _read(document: Document, kind: str, *, mdx: bool) -> None:
    """Collect the references in ``document``. Raises Unread."""
    if kind in SCRIPTS:
        code.add_script(document, ts=kind in TYPED_SCRIPTS)
    elif kind in STYLES:
        code.add_style(document, (0, len(document.text)))
    elif kind in JSON:
        json_strings.add_strings(document)
    elif kind in YAML:
        _data(document, "yaml")
    elif kind in TOML:
        _data(document, "toml")
    elif kind in ASTRO:
        _astro(document)
    elif kind in MARKDOWN or kind in MDX or kind in SVX:
        _markdown(document, mdx or kind in MDX)
    elif kind in SVELTE:
        markup.scan(document, 0, markup.ASTRO)
    else:
        _html(document, markup.HTML if kind in VUE else markup.TEMPLATE)


def _markdown(document: Document, mdx: bool) -> None:
    front = frontmatter.split(document.text, json=not mdx)
    start = 0
    if front is not None:
        start = front.body
        front_rows.add(document, front)
    is_mdx = mdx or (
        suffix(document.file) not in SVX
        and "<script" not in document.text
        and mdx_modules.IMPORTS.search(document.text, start) is not None
    )
    markup.scan(document, start, markup.MDX if is_mdx else markup.MARKDOWN)


def _html(document: Document, dialect: markup.Dialect) -> None:
    start = 0
    if (front := frontmatter.split(document.text)) is not None:
        start = front.body
        front_rows.add(document, front)
    if dialect.templates and _JSON_BODY.match(document.text, start):
        json_strings.add_strings(document, (start, len(document.text)))
    else:
        markup.scan(document, start, dialect)


def _astro(document: Document) -> None:
    start = 0
    if fence := _ASTRO_FENCE.match(document.text):
        code.add_script(document, fence.span(1))
        start = fence.end()
    markup.scan(document, start, markup.ASTRO)


def _data(document: Document, syntax: Literal["yaml", "toml"]) -> None:
    end = len(document.text)
    front = frontmatter.Front(
        syntax, page=document.text, start=0, end=end, body=end, may_be_list=True
    )
    front_rows.add(document, front)
