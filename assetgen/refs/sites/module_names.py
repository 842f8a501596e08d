"""Module specifiers: aliases, ``baseUrl``, packages, and the glob patterns of bundlers."""

from __future__ import annotations

import re

from assetgen.fs.globs import compile_glob
from assetgen.refs.folders import below, joined
from assetgen.refs.listing import Listing
from assetgen.refs.sites.question import Question
from assetgen.refs.sites.resolution import Resolution
from assetgen.refs.sites.verdict import PACKAGE, first_existing, settled, unknown


def by_alias(question: Question, specifier: str) -> Resolution | None:
    """The file that an alias of the site means; None if no alias fits."""
    found = question.site.modules.find(specifier)
    if found is None:
        return None
    alias, paths = found
    answer = settled(question, "alias", paths)
    if answer.exists is False and not alias.sure and not answer.candidates:
        rest = specifier.partition("/")[2]
        if candidates := question.listing.ending(rest):
            return unknown(candidates)
    return answer


def by_name(question: Question, path: str) -> Resolution:
    """A specifier without an alias: below ``baseUrl``, a file of the site, or a package."""
    base_url = question.site.modules.base_url
    bases = ([base_url] if base_url is not None else []) + [question.site.root]
    places = [place for base in bases if (place := joined(base, path))]
    there = first_existing(question.listing, places)
    if there is not None:
        return Resolution("alias", there, True)
    folder, has_folder, _ = path.partition("/")
    if base_url is None or not has_folder:
        return PACKAGE
    is_below = question.listing.folder_exists(below(base_url, folder))
    return settled(question, "alias", places[:1]) if is_below else PACKAGE


def by_glob(question: Question) -> Resolution:
    """The files that a pattern of a bundler matches, as candidates: a pattern is never missing."""
    pattern = question.reference.raw.strip()
    places: list[str | None] = []
    if pattern.startswith("!"):
        pass
    elif pattern.startswith("/"):
        places = [below(question.site.root, pattern[1:])]
    elif found := question.site.modules.find(pattern):
        places = list(found[1])
    else:
        places = [joined(question.folder, pattern)]
    files = (path for place in places if place for path in matched(place, question.listing))
    return Resolution("dynamic", None, exists=None, candidates=tuple(dict.fromkeys(files)))


def matched(pattern: str, listing: Listing) -> tuple[str, ...]:
    """The files that a pattern relative to the repository matches; none if it is broken."""
    fixed = re.split(r"[*?{\[]", pattern, maxsplit=1)[0]
    try:
        compiled = compile_glob(pattern)
    except ValueError:
        return ()
    return tuple(path for path in listing.starting(fixed) if compiled.fullmatch(path))
