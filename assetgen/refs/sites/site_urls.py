"""Paths from the root of the site (``/img/x.png``): public folders, endpoints, other sites."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from assetgen.refs.folders import below, clamped, within
from assetgen.refs.sites import heads
from assetgen.refs.sites.question import Question, has_placeholder, names_file
from assetgen.refs.sites.resolution import Resolution
from assetgen.refs.sites.site import Site
from assetgen.refs.sites.url_hints import is_certainly_url, shown_folders
from assetgen.refs.sites.verdict import DYNAMIC, EXTERNAL, first_existing, settled, unless_elsewhere

# URLs that a server or a build answers.
_SERVED_BY_CODE = re.compile(
    r"(?:api|_next|_vercel|_astro|_nuxt|_ipx|_image|_og|_pagefind|\.netlify|cdn-cgi|__[\w-]+)/"
)
_ON_THE_MACHINE = re.compile(r"/(?:usr|tmp|etc|home|var|opt|Users|private|dev|proc)/")


def resolve(question: Question, path: str, written: str) -> Resolution:
    """The file that answers ``path``, which begins with a slash; ``written`` includes the query."""
    url = clamped("", path)
    on_machine = question.kind == "js_string" and _ON_THE_MACHINE.match(path)
    if not url or _SERVED_BY_CODE.match(url) or on_machine:
        return EXTERNAL
    site, listing = question.site, question.listing
    if not question.is_on_github:  # the answer for nearly every URL
        for place in site.files(url):
            if place in listing:
                return Resolution("absolute", place, True)
    places = _places(question, url)
    there = first_existing(listing, places)
    if there is None and not names_file(url):
        return EXTERNAL
    if there is None:
        there = question.sites.metadata_file(site, url) or _elsewhere(question, url)
    if found := _with_folder_written(question, url=url, written=written, there=there):
        return found
    if there is not None:
        return Resolution("absolute", there, True)
    return _missing(question, url, places)


def _missing(question: Question, url: str, places: list[str]) -> Resolution:
    if has_placeholder(url):
        return DYNAMIC
    is_made = any(url == one or within(one, url) for one in question.site.served.made)
    if is_made or question.sites.answers(question.site, url):
        return Resolution("absolute", places[0], None)
    found = unless_elsewhere(question, settled(question, "absolute", places), url)
    return heads.unless_prefixed(question, found, url)


def _places(question: Question, url: str) -> list[str]:
    """Where ``/url`` may be, first where it would be if it is missing."""
    site, listing = question.site, question.listing
    above = question.sites.around(site)
    likely = (path for one in (site, *above) if (path := one.likeliest(url, listing)))
    first = next(likely, None)
    places = [*([first] if first else []), *site.files(url), *_own_roots(site, url)]
    for one in above:
        places += [*one.files(url), below(one.root, url)]
    if question.is_on_github:
        places = [url, *places]
    return list(dict.fromkeys([*places, url]))


def _own_roots(site: Site, url: str) -> list[str]:
    return [below(site.root, one) for one in (url, *site.served.base.below(url)) if one]


def _elsewhere(question: Question, url: str) -> str | None:
    """A file of a site in another language, or of any site if this one has no public folder."""
    site, listing = question.site, question.listing
    sites: Iterable[Site] = question.sites.translations(site)
    if not any(listing.folder_exists(mount.folder) for mount in site.served.public):
        sites = [*sites, *question.sites.all]
    return first_existing(listing, (path for one in sites for path in one.files(url)))


def _with_folder_written(
    question: Question, *, url: str, written: str, there: str | None
) -> Resolution | None:
    """What ``/public/x.png`` means, with the URL to write where it can only be a URL.

    None if the folder belongs there.
    """
    if question.is_in_module or question.is_on_github:
        return None
    site = question.site
    for mount, shown in shown_folders(site):
        rest = within(shown, url)
        if rest is None or there not in (None, below(site.root, url)):
            continue
        answer = settled(question, "absolute", (below(mount.folder, rest),))
        if not is_certainly_url(question, mount.folder):
            return answer
        prefix = f"/{shown}/"
        hint = written[len(prefix) - 1 :] if written.startswith(prefix) else f"/{rest}"
        return replace(answer, hint=hint)
    return None
