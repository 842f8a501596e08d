"""Appends a snippet to the text of a page: imports after the front matter, markup at the end."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assetgen.cure import advice, command
from assetgen.errors import UnsupportedOption
from assetgen.pages import published, snippets
from assetgen.pages.published import Published
from assetgen.pages.snippets import Pages, Parts
from assetgen.refs.languages import MARKDOWN, MDX, suffix
from assetgen.refs.listing import Listing
from assetgen.refs.reference import Reference
from assetgen.refs.scan import blocks, frontmatter, scan
from assetgen.refs.sites.framework import NEXT, Framework
from assetgen.refs.sites.resolve import resolve
from assetgen.refs.sites.site import Site, Sites

#: The extensions of pages that a snippet can be appended to.
PAGES = ("md", "markdown", "mdx")
# References that show an image in the text of a page.
_IN_TEXT = frozenset({"md_image", "jsx_attr", "import_ref", "srcset"})
_BOM = "\ufeff"
# The forms that each language accepts; the first is its own.
_IN_MARKDOWN = ("markdown", "html", "vitepress")
_IN_MDX = ("mdx", "docusaurus", "react", "markdown", "next", "astro")
# Frameworks that bundle what their pages import.
_IMPORTING: frozenset[Framework] = NEXT | {"astro", "docusaurus", "remix", "vite"}
# Frameworks that follow the path of a Markdown image from the page's file to the image.
_FROM_PAGE: frozenset[Framework] = frozenset({"astro", "vitepress", "mkdocs", "mdbook"})
# Those of them that leave a path from the root as it is, so it fails below a base path.
_BY_FILE: frozenset[Framework] = frozenset({"mkdocs", "mdbook"})
# Docusaurus reads .md as MDX, unless its configuration says otherwise.
_COMMON_MARK = re.compile(r"\bformat\s*:\s*[\"'](?:detect|md)[\"']")


@dataclass(frozen=True)
class Inserted:
    """A page with a snippet in it."""

    form: str
    text: str
    """The whole page."""
    imports: tuple[str, ...]
    """The import lines that the page did not have."""
    markup: str
    line: int
    """The first line of the markup, from 1."""
    is_new: bool = True
    """Whether the page did not show the image before."""


def insert(
    found: Published,
    page: str,
    text: str,
    *,
    sites: Sites,
    listing: Listing,
    public: str | None,
    form: str | None = None,
) -> Inserted:
    """The page ``page`` with the text ``text``, and the picture at its end.

    ``form`` is by default that of its language. Nothing else in the page changes. Raises
    UnsupportedOption if the page does not accept such a snippet or would not show the picture.
    A page that shows it already stays as it is.
    """
    site = sites.of(page)
    is_mdx = suffix(page) in MDX or (
        site.framework == "docusaurus" and not _COMMON_MARK.search(site.served.config)
    )
    form = form or _form(is_mdx=is_mdx, is_docusaurus=site.framework == "docusaurus")
    _refuse(found.asset_id, page, form, site, is_mdx=is_mdx)
    public = published.served_from(found.main.path, public, site)
    is_served = published.url(found.main.path, public) is not None
    is_relative = form == "markdown" and site.framework in (_BY_FILE if is_served else _FROM_PAGE)
    pages = Pages(site, public)
    if is_relative:
        parts = snippets.relative(found, page, pages)
    else:
        parts = snippets.parts(found, form, pages)
    if not (is_served or is_relative or site.framework in _IMPORTING):
        what = f"{found.main.path} has no URL, and {page} possibly cannot import it"
        raise UnsupportedOption(
            what, where=page, cure=advice("give it a path in {public}", public=public or "")
        )
    paths = {file.path for file in found.files}

    def shown(whole: str) -> list[Reference]:
        rows = scan.find(page, whole.encode(), mdx=is_mdx)
        return [row for row in rows if resolve(row, sites, listing).path in paths]

    if there := next((row for row in shown(text) if row.kind in _IN_TEXT), None):
        return Inserted(form, text, (), parts.markup, there.line, is_new=False)
    made = _inserted(page, text, parts, form)
    if not any(row.line >= made.line for row in shown(made.text)):
        what = (
            f"{page} would not show {found.main.path} at its end: it ends in code or a comment, "
            "or the path means another file there"
        )
        raise UnsupportedOption(
            what,
            where=page,
            cure=advice(
                "paste it yourself: {snippet}",
                snippet=command(
                    "assetgen snippet {asset_id} --for {form}", asset_id=found.asset_id, form=form
                ),
            ),
        )
    return made


def _form(*, is_mdx: bool, is_docusaurus: bool) -> str:
    if is_mdx:
        return "docusaurus" if is_docusaurus else _IN_MDX[0]
    return _IN_MARKDOWN[0]


def _refuse(asset_id: str, page: str, form: str, site: Site, *, is_mdx: bool) -> None:
    if suffix(page) not in PAGES:
        what = f"a snippet can only be appended to Markdown and MDX pages, not to {page}"
        raise UnsupportedOption(
            what,
            where=page,
            cure=advice(
                "paste it yourself: {snippet} prints it",
                snippet=snippets.printing(asset_id, site, page),
            ),
        )
    forms = _IN_MDX if is_mdx else _IN_MARKDOWN
    if form not in forms:
        what = f"{page} is {'MDX' if is_mdx else 'Markdown'}, which does not accept the form {form}"
        raise UnsupportedOption(
            what,
            where=page,
            cure=advice("leave out --for, or pass --for {forms}", forms=" or ".join(forms)),
        )


def _inserted(page: str, text: str, parts: Parts, form: str) -> Inserted:
    front = frontmatter.split(text, json=suffix(page) in MARKDOWN)
    body = front.body if front else len(text) - len(text.removeprefix(_BOM))
    head, rest = text[:body], text[body:]
    end = _line_end(text)
    new = tuple(line for line in parts.imports if not _is_there(line, rest, page))
    if new:
        rest = _with_imports(new, head, rest, end=end)
    before = _without_blank_lines(head + rest, end)
    before += end if before.removeprefix(_BOM) else ""
    whole = before + parts.markup.replace("\n", end) + end
    return Inserted(form, whole, new, parts.markup, before.count("\n") + 1)


def _without_blank_lines(text: str, end: str) -> str:
    """The text without blank lines at its end, and with a line end if it is not empty."""
    lines = text.rstrip("\r\n")
    if not lines.removeprefix(_BOM):
        return lines
    last = re.match(r"\r?\n", text[len(lines) :])
    return lines + (last[0] if last else end)


def _line_end(text: str) -> str:
    """The line end of a page, by its first line: a page may mix them, and keeps that."""
    return "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"


def _with_imports(new: tuple[str, ...], head: str, rest: str, *, end: str) -> str:
    """The text after the front matter with ``new`` before it, in one block with its imports."""
    start = rest.lstrip("\r\n")
    gap = end if head.removeprefix(_BOM) else ""
    between = end if start.startswith("import ") else end * 2
    return gap + end.join(new) + between + start


_IMPORT = re.compile(r"import (?P<name>\w+) from (?P<specifier>\"[^\"]*\");")


def _is_there(line: str, text: str, page: str) -> bool:
    """Whether the page has this import. Raises UnsupportedOption if its name is taken."""
    wanted = _IMPORT.fullmatch(line)
    assert wanted, line
    name, specifier = wanted["name"], wanted["specifier"][1:-1]
    same = re.compile(rf"import\s+{name}\s+from\s+[\"']{re.escape(specifier)}[\"']\s*;?\s*\Z")
    other = re.compile(rf"(?:import|export)\b.*\b{name}\b")
    code = blocks.without_code(text).splitlines()
    if any(same.match(one) for one in code):
        return True
    if any(other.match(one) for one in code):
        what = f"{page} already uses the name {name}"
        raise UnsupportedOption(
            what,
            where=page,
            cure=advice("rename it, or paste the snippet yourself: {line}", line=line),
        )
    return False
