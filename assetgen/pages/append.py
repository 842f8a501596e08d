"""Where a snippet stands in a page of Markdown or MDX: imports behind the head, the markup at the end. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assetgen.errors import UnsupportedOption
from assetgen.pages import published, snippets
from assetgen.pages.published import Delivered
from assetgen.pages.snippets import Pages, Parts
from assetgen.refs.languages import MARKDOWN, MDX, suffix
from assetgen.refs.listing import Listing
from assetgen.refs.scan import frontmatter, scan
from assetgen.refs.sites.framework import NEXT, Framework
from assetgen.refs.sites.resolve import resolve
from assetgen.refs.sites.site import Sites

#: How the name of a page ends that a snippet can be appended to.
PAGES = ("md", "markdown", "mdx")
# The forms that each language can hold; the first is its own.
_IN_MARKDOWN = ("markdown", "html")
_IN_MDX = ("mdx", "docusaurus", "react", "markdown", "next", "astro")
# Frameworks that bundle what their pages import.
_IMPORTING: frozenset[Framework] = NEXT | {"astro", "docusaurus", "remix", "vite"}
# Docusaurus reads .md as MDX, unless its configuration says otherwise.
_COMMON_MARK = re.compile(r"\bformat\s*:\s*[\"'](?:detect|md)[\"']")


@dataclass(frozen=True)
class Inserted:
    """A page with a snippet in it."""

    form: str
    text: str
    """The whole page."""
    imports: tuple[str, ...]
    """The lines that import and were not there yet."""
    markup: str
    line: int
    """Where the markup begins, from 1."""


def insert(
    found: Delivered,
    page: str,
    text: str,
    sites: Sites,
    listing: Listing,
    public: str | None,
    form: str | None = None,
) -> Inserted:
    """The page ``page``, which is ``text``, with the picture at its end; ``form`` by its language unless given.

    Raises UnsupportedOption if the page cannot hold such a snippet, or would not show the picture by it.
    """
    site = sites.of(page)
    is_mdx = suffix(page) in MDX or (
        site.framework == "docusaurus" and not _COMMON_MARK.search(site.served.config)
    )
    form = form or _form(page, is_mdx=is_mdx, is_docusaurus=site.framework == "docusaurus")
    _refuse(page, form, is_mdx=is_mdx)
    parts = snippets.parts(found, form, Pages(site, public))
    if published.url(found.main.path, public) is None and site.framework not in _IMPORTING:
        what = f"{found.main.path} has no URL, and nothing tells that {page} can import it"
        raise UnsupportedOption(what, where=page, cure=f"give it a path in {public}")
    made = _inserted(page, text, parts, form)
    rows = scan.find(page, made.text.encode(), mdx=is_mdx)
    paths = {file.path for file in found.files}
    if not any(
        row.line >= made.line and resolve(row, sites, listing).path in paths for row in rows
    ):
        what = f"at its end {page} would not show {found.main.path}: it ends in code or a comment, or serves it elsewhere"
        raise UnsupportedOption(
            what,
            where=page,
            cure=f"paste it where it is to be seen: assetgen snippet {found.asset_id}",
        )
    return made


def _form(page: str, *, is_mdx: bool, is_docusaurus: bool) -> str:
    if is_mdx:
        return "docusaurus" if is_docusaurus else _IN_MDX[0]
    return _IN_MARKDOWN[0]


def _refuse(page: str, form: str, *, is_mdx: bool) -> None:
    if suffix(page) not in PAGES:
        what = f"a snippet is appended to pages of Markdown and MDX, and {page} is none"
        raise UnsupportedOption(
            what, where=page, cure="paste what assetgen snippet ID prints where it is to be seen"
        )
    forms = _IN_MDX if is_mdx else _IN_MARKDOWN
    if form not in forms:
        what = f"{page} is {'MDX' if is_mdx else 'Markdown'}, which cannot hold the form {form}"
        raise UnsupportedOption(
            what, where=page, cure=f"leave --for out, or say --for {' or '.join(forms)}"
        )


def _inserted(page: str, text: str, parts: Parts, form: str) -> Inserted:
    front = frontmatter.split(text, json=suffix(page) in MARKDOWN)
    body = front.body if front else len(text) - len(text.removeprefix("\ufeff"))
    head, rest = text[:body], text[body:]
    new = tuple(line for line in parts.imports if not _is_there(line, rest, page))
    if new:
        rest = _with_imports(new, head, rest)
    end = "\r\n" if "\r\n" in text else "\n"
    before = (head + rest).rstrip("\r\n")
    before += "\n\n" if before.removeprefix("\ufeff") else ""
    whole = f"{before}{parts.markup}\n".replace("\r\n", "\n").replace("\n", end)
    return Inserted(form, whole, new, parts.markup, before.count("\n") + 1)


def _with_imports(new: tuple[str, ...], head: str, rest: str) -> str:
    """The text behind the head with ``new`` before it: in one block with the imports that it begins with."""
    start = rest.lstrip("\r\n")
    gap = "\n" if head.removeprefix("\ufeff") else ""
    between = "\n" if start.startswith("import ") else "\n\n"
    return gap + "\n".join(new) + between + start


_IMPORT = re.compile(r"import (?P<name>\w+) from (?P<specifier>\"[^\"]*\");")
_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})")


def _is_there(line: str, text: str, page: str) -> bool:
    """Whether the page imports the same by the same name. Raises UnsupportedOption if it calls something else so."""
    wanted = _IMPORT.fullmatch(line)
    assert wanted, line
    name, specifier = wanted["name"], wanted["specifier"][1:-1]
    same = re.compile(rf"import\s+{name}\s+from\s+[\"']{re.escape(specifier)}[\"']\s*;?\s*\Z")
    other = re.compile(rf"(?:import|export)\b.*\b{name}\b")
    code = list(_outside_of_code(text))
    if any(same.match(one) for one in code):
        return True
    if any(other.match(one) for one in code):
        what = f"{page} calls something else {name}"
        raise UnsupportedOption(
            what, where=page, cure=f"rename that, or paste the snippet yourself: {line}"
        )
    return False


def _outside_of_code(text: str) -> Iterator[str]:
    fence = ""
    for line in text.splitlines():
        found = _FENCE.match(line)
        if found and not fence:
            fence = found["fence"]
        elif found and found["fence"].startswith(fence):
            fence = ""
        elif not fence:
            yield line
