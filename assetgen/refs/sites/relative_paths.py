"""Paths from the page: relative to its file, or to the URL of the page."""

from __future__ import annotations

from collections.abc import Iterator

from assetgen.refs.folders import below, clamped, joined, upwards, within
from assetgen.refs.sites import heads
from assetgen.refs.sites.question import IN_STYLES, Question, has_placeholder, names_file
from assetgen.refs.sites.resolution import How, Resolution
from assetgen.refs.sites.url_hints import shown_folders, url_hint
from assetgen.refs.sites.verdict import (
    DYNAMIC,
    EXTERNAL,
    first_existing,
    settled,
    unknown,
    unless_elsewhere,
)

# They read "./x.png" in front matter relative to its page.
_READ_BESIDE_PAGES = frozenset({"astro", "docusaurus", "gatsby"})


def resolve(question: Question, path: str) -> Resolution:
    """The file that ``path`` means, seen from the page."""
    beside = joined(question.folder, path)
    if question.is_in_module or question.kind == "new_url":
        if beside:
            return settled(question, "relative", (beside,))
        return Resolution("relative", None, None)
    listing, by_url = question.listing, question.is_raw_html
    served = by_page_url(question, path) if by_url or beside not in listing else []
    there = first_existing(listing, (one for one in (*served, beside) if one is not None))
    if there is None:
        there = first_existing(listing, _from_the_top(question, path))
    if there is None:
        is_by_url = bool(served) and question.is_read_by_browser
        return missing(question, path, served[0] if is_by_url else beside)
    how: How = "relative" if there == beside else "relative-url"
    return Resolution(how, there, True, hint=url_hint(question, there))


def by_page_url(question: Question, path: str) -> list[str]:
    """The files that the path may mean as a URL relative to that of the page."""
    site = question.site
    urls = [clamped(folder, path) for folder in site.page_folders(question.file)]
    found = (one for url in dict.fromkeys(urls) for one in site.files(url))
    return list(dict.fromkeys(found))


def missing(question: Question, path: str, likeliest: str | None) -> Resolution:
    """The answer for a path that no rule finds; ``likeliest`` is where the file would be."""
    if not likeliest:  # ../../actions/workflows/ci.yml/badge.svg on GitHub
        return EXTERNAL
    if not names_file(path) and question.kind != "md_image":
        return EXTERNAL
    if has_placeholder(path):
        return DYNAMIC
    loose = question.is_in_preprocessed_style or question.is_in_partial
    if loose and (candidates := question.listing.ending(clamped("", path))):
        return unknown(candidates)
    if question.is_output:
        return Resolution("relative", likeliest, None)
    how: How = "relative-url" if question.is_raw_html else "relative"
    places = [likeliest]
    if question.site.served.in_languages:  # another language may have what the URL means
        places += by_page_url(question, path)
    found = settled(question, how, places)
    if question.kind == "frontmatter" and question.site.framework not in _READ_BESIDE_PAGES:
        return heads.unless_prefixed(question, found, path)
    is_from_file = question.kind in ("md_image", "link", *IN_STYLES) or path.startswith(".")
    return found if is_from_file or "/" not in path else unless_elsewhere(question, found, path)


def _from_the_top(question: Question, path: str) -> Iterator[str]:
    """Where a path may also begin: the public folder, or for code the folder that it runs in."""
    top, site = clamped("", path), question.site
    yield from site.files(top)
    if any(within(shown, top) for _, shown in shown_folders(site)):
        yield below(site.root, top)
    if question.kind in ("js_string", "json_string") or site.framework == "eleventy":
        yield below(site.root, top)
        yield top
    if question.is_in_preprocessed_style:  # relative to the sheet that includes this one
        for folder in upwards(question.folder)[1:]:
            if place := joined(folder, path):
                yield place
