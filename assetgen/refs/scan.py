"""The references in one file, whatever it is written in."""

from __future__ import annotations

import re

from assetgen.refs import blocks, data, frontmatter, markup
from assetgen.refs.page import UNASKED, Alt, Page
from assetgen.refs.reference import Reference
from assetgen.refs.signs import FILLED_IN, HINT, is_picture

#: Which files can hold references, by what they are written in.
MARKDOWN = frozenset({"md", "markdown", "mdown"})
MDX = frozenset({"mdx"})
SCRIPTS = frozenset({"js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts"})
STYLES = frozenset({"css", "scss", "sass", "less", "pcss", "postcss"})
HTML = frozenset({"html", "htm", "svelte"})
JSON = frozenset({"json", "jsonc", "json5", "webmanifest"})
KNOWN = MARKDOWN | MDX | SCRIPTS | STYLES | HTML | JSON | {"astro", "vue", "yml", "yaml"}
#: The largest file that is looked into, in bytes: what is larger was written by a program.
MAX_BYTES = 8 * 1024 * 1024

_ASTRO = re.compile(r"\ufeff?\s*---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", re.S | re.M)


def suffix(file: str) -> str:
    """The extension of a file, without its dot and in small letters."""
    return file.rpartition("/")[2].rpartition(".")[2].lower()


def find(file: str, content: bytes, *, mdx: bool = False) -> list[Reference]:
    """Every reference in ``file``, in its order; ``mdx`` reads .md as MDX, as Docusaurus and Mintlify do."""
    kind = suffix(file)
    if kind not in KNOWN or len(content) > MAX_BYTES or HINT.search(content) is None or b"\0" in content:
        return []
    page = Page(file, content.decode("utf-8", "replace"))
    if kind in SCRIPTS:
        page.script(ts=kind in ("ts", "mts", "cts"))
    elif kind in STYLES:
        page.style((0, len(page.text)))
    elif kind in JSON:
        data.strings(page)
    elif kind in ("yml", "yaml"):
        _yaml(page)
    elif kind == "astro":
        _astro(page)
    elif kind in MARKDOWN or kind in MDX:
        _markdown(page, mdx or kind in MDX)
    else:
        markup.scripts(page)
        markup.scan(page, 0, markup.HTML)
    page.rows.sort(key=lambda row: (row.line, row.col))
    return page.rows


def _markdown(page: Page, mdx: bool) -> None:
    front = frontmatter.split(page.text, json=not mdx)
    start = 0
    if front is not None:
        start = front.body
        _front(page, front)
    is_mdx = mdx or ("<script" not in page.text and blocks.IMPORTS.search(page.text, start) is not None)
    if not is_mdx:
        markup.scripts(page, start)
    markup.scan(page, start, markup.MDX if is_mdx else markup.MARKDOWN)


def _astro(page: Page) -> None:
    start = 0
    if fence := _ASTRO.match(page.text):
        page.script(fence.span(1))
        start = fence.end()
    markup.scripts(page, start)
    markup.scan(page, start, markup.ASTRO)


def _yaml(page: Page) -> None:
    front = frontmatter.Front("yaml", page.text, 0, len(page.text), len(page.text))
    _front(page, front)


def _front(page: Page, front: frontmatter.Front) -> None:
    if HINT.search(page.text[front.start : front.end].encode("utf-8", "replace")) is None:
        return
    found = list(frontmatter.entries(front))
    texts = {entry.path: entry for entry in found}
    for entry in found:
        if not data.names(entry.value.strip(), entry.path):
            continue
        alt = _sibling(entry.path, texts)
        span = entry.span or (entry.at, entry.at)
        is_filled = FILLED_IN.search(entry.value) is not None and is_picture(entry.value)
        kind = "dynamic" if is_filled else "frontmatter"
        page.add(kind, entry.value.strip(), span, alt=alt, key=entry.path)  # type: ignore[arg-type]


def _sibling(path: str, texts: dict[str, frontmatter.Entry]) -> Alt:
    """The alt text that stands beside a picture: ``alt``, ``altText``, ``imageAlt`` beside ``image``."""
    parent, _, key = path.rpartition(".")
    inside = f"{parent}." if parent else ""
    places = [f"{inside}{name}" for name in (f"{key}Alt", f"{key}_alt", f"{key}-alt", f"{key}AltText")]
    if parent:
        places += [f"{inside}alt", f"{inside}altText", f"{parent}Alt"]
    else:
        places += ["alt", "altText"]
    for place in places:
        if entry := texts.get(place):
            return Alt("present" if entry.value.strip() else "empty", entry.value, entry.span)
    return UNASKED
