"""A reference -> the file that it means, by the rules of the site that its page belongs to.

``external`` is no file: other hosts and schemes, and URLs that code of the site answers (``/api/``,
``/_next/``, any URL without the extension of an image). ``exists`` is None beside a path where only
a build can tell: git ignores it, it is behind a link or in a submodule, or a route makes it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace

from assetgen.refs.listing import Listing
from assetgen.refs.reference import Reference
from assetgen.refs.sites import bare_paths, heads, judged, module_names, relative_paths, site_urls
from assetgen.refs.sites.question import IN_MODULES, IN_STYLES, Question
from assetgen.refs.sites.resolution import Resolution
from assetgen.refs.sites.site import Sites
from assetgen.refs.sites.verdict import DYNAMIC, EXTERNAL, PACKAGE, unknown

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_TEMPLATE = re.compile(r"\$\{|\{\{|\{%|<%|#\{|@\{|\$\(")
_LEADING_TEMPLATE = re.compile(r"\A(?:\{\{[^{}]*\}\}|\{%[^{}]*%\}|<%[^%]*%>)(?=/)")
# What Create React App, Vite and SvelteKit replace in their page of HTML.
_LEADING_VARIABLE = re.compile(r"\A%(?:PUBLIC_URL|(?:VITE_)?BASE(?:_URL)?|sveltekit\.assets)%/?")
_FILTERED = re.compile(r"\{\{-?\s*([\"'])([^\"']+)\1\s*\|")
_MD_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_ALIAS = re.compile(r"[@#$=][\w-]*/")
_DOCUSAURUS_SCHEME = "pathname://"


def resolve(reference: Reference, sites: Sites, listing: Listing) -> Resolution:
    """The file that a reference means. Never raises for what a page contains."""
    if reference.kind == "dynamic":
        return DYNAMIC
    question = Question(reference, site=sites.of(reference.file), sites=sites, listing=listing)
    if reference.kind == "glob":
        return module_names.by_glob(question)
    first: Resolution | None = None
    for written in _spellings(reference):
        found = _on_own_site(question, written)  # which no framework changes
        found = found or judged.of(question, written, _answer(question, written))
        if found.exists or first is None:
            first = found
        if found.exists or found.path is None:
            break
    if first is not None and first.path is not None and listing.links:
        return replace(first, path=listing.real(first.path))
    return first or EXTERNAL


def is_dangling(resolution: Resolution, reference: Reference) -> bool:
    """Whether to report that the file of a reference is missing.

    A bare name that no rule finds does not count: its component may know where the file is.
    """
    return (
        resolution.exists is False
        and resolution.how in ("relative", "relative-url", "absolute", "alias", "bare")
        and reference.kind not in ("dynamic", "glob")
    )


def _spellings(reference: Reference) -> Iterator[str]:
    """The path without escapes of Markdown and HTML, as written, and without backslashes."""
    written, kind = reference.raw.strip(), reference.kind
    if kind in IN_MODULES:
        written = written.rpartition("!")[2]  # loaders of webpack
    if "&" in written and kind in ("md_image", "link", "jsx_attr", "srcset", "inline_css_url"):
        yield html.unescape(written)
    if "\\" in written and kind in ("md_image", "link"):
        yield _MD_ESCAPE.sub(r"\1", written)
    yield written
    if "\\" in written and kind not in IN_MODULES:
        yield written.replace("\\", "/")


def _answer(question: Question, written: str) -> Resolution:
    """What ``written`` means: first whether it is a path at all, then by how it begins."""
    if question.is_in_module and written.startswith("#"):
        return module_names.by_alias(question, written.partition("?")[0]) or PACKAGE
    if "{" in written or "<%" in written:
        written = _without_template(written)
    if written.startswith("%"):
        written = _LEADING_VARIABLE.sub("/", written)
    if _TEMPLATE.search(written):
        return DYNAMIC
    if written.startswith(_DOCUSAURUS_SCHEME):
        found = _answer(question, f"/{written.removeprefix(_DOCUSAURUS_SCHEME).lstrip('/')}")
        return found if found.exists else EXTERNAL
    if not written or written.startswith(("#", "?", "//")) or _SCHEME.match(written):
        return EXTERNAL
    path = question.path_in(written)
    if "\0" in path or not path:
        return EXTERNAL
    return _by_beginning(question, path, written)


def _on_own_site(question: Question, written: str) -> Resolution | None:
    """The file of a whole URL of the site itself; None for any other URL."""
    home = question.sites.url
    if home is None or not written.startswith(f"{home}/"):
        return None
    below = written.removeprefix(home)
    path = question.path_in(below)
    if "\0" in path or not path:
        return EXTERNAL
    found = site_urls.resolve(question, path, below)
    base = home.partition("://")[2].partition("/")[2]
    if found.exists or not base:
        return found
    whole = site_urls.resolve(question, f"/{base}{path}", f"/{base}{below}")
    return whole if whole.exists else found  # the configuration may have the base path too


def _without_template(written: str) -> str:
    """``{{ site.baseurl }}/x.png`` and ``{{ '/x.png' | relative_url }}`` are ``/x.png``."""
    filtered = _FILTERED.match(written)
    return filtered[2] if filtered else _LEADING_TEMPLATE.sub("", written, count=1)


def _by_beginning(question: Question, path: str, written: str) -> Resolution:
    if path.startswith("/"):
        return site_urls.resolve(question, path, written)
    if path[0] not in "@~#$" and heads.is_from_the_root(question):
        return heads.resolve(question, path)
    if path.startswith(("./", "../")) or path in (".", ".."):
        return relative_paths.resolve(question, path)
    if question.is_in_module or path[0] in "@~#$":
        if found := module_names.by_alias(question, path):
            return found
    elif question.kind != "new_url":
        found = module_names.by_alias(question, path)
        if found is not None and found.exists:
            return found
    if path.startswith("~"):
        return _without_tilde(question, path)
    if _ALIAS.match(path) and not question.is_in_module:
        return _by_unknown_alias(question, path)
    return bare_paths.resolve(question, path)


def _by_unknown_alias(question: Question, path: str) -> Resolution:
    """``@assets/x.png`` where no configuration here says what ``@assets`` is."""
    found = bare_paths.resolve(question, path)
    if found.exists is not False:
        return found
    return unknown(question.listing.ending(path.partition("/")[2]))


def _without_tilde(question: Question, path: str) -> Resolution:
    """``~name/x.png``: an alias or a package to sass and webpack, else a name."""
    if found := module_names.by_alias(question, path[1:]):
        return found
    if question.is_in_module or question.kind in IN_STYLES:
        return PACKAGE
    return bare_paths.resolve(question, path)
