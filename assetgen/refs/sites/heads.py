"""Paths in the front matter and the data of pages: a layout decides from where they are read."""

from __future__ import annotations

import re

from assetgen.refs.folders import below, clamped, joined
from assetgen.refs.sites.question import Question, has_placeholder, names_file
from assetgen.refs.sites.resolution import Resolution
from assetgen.refs.sites.verdict import DYNAMIC, EXTERNAL, first_existing, settled, unknown

#: JSON that a framework, a browser or a tool reads: no layout changes its paths.
_CONFIGURATION = re.compile(
    r"(?:^|/)(?:manifest|package|docs|mint|vercel|app|tsconfig)[^/]*\.json$|\.webmanifest$"
)
_DATA_OF_ELEVENTY = re.compile(r"(?:^|/)_data/|\.11tydata\.")
# Their layouts write these paths into pages of any folder.
_FROM_THE_ROOT = frozenset({"eleventy", "jekyll"})


def is_head(question: Question) -> bool:
    """Whether the path is a value for a layout."""
    if question.kind == "frontmatter":
        return True
    return question.kind == "json_string" and not _CONFIGURATION.search(question.file)


def is_from_the_root(question: Question) -> bool:
    """Whether the path is read from the root of the site, wherever its page is."""
    if question.site.framework not in _FROM_THE_ROOT:
        return False
    return question.kind == "frontmatter" or (
        question.kind in ("json_string", "js_string")
        and bool(_DATA_OF_ELEVENTY.search(question.file))
    )


def unless_prefixed(question: Question, found: Resolution, path: str) -> Resolution:
    """``found``, unless the only file that ends in ``path`` may be what a layout makes of it."""
    if found.exists is not False or found.candidates or not is_head(question):
        return found
    candidates = question.listing.ending(clamped("", path))
    return unknown(candidates) if len(candidates) == 1 else found


def resolve(question: Question, path: str) -> Resolution:
    """The file that the relative ``path`` means, read from the root."""
    site, top = question.site, clamped("", path)
    beside = joined(question.folder, path)
    places = [*site.files(top), below(site.root, top), *([beside] if beside else [])]
    there = first_existing(question.listing, places) if top else None
    if there is not None:
        return Resolution("bare", there, True)
    if not names_file(top):
        return EXTERNAL
    if has_placeholder(top):
        return DYNAMIC
    candidates = question.listing.ending(top)
    if candidates or "/" not in top:
        return unknown(candidates)
    return settled(question, "bare", places)
