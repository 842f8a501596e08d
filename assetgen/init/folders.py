"""Which folders of a site have its pictures, and which of its files are pages, by its framework.

The answers depend on the framework and its configuration first, so they are also right for a folder
that is made later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assetgen.fs import globs, paths
from assetgen.init import sites
from assetgen.init.usual import MANIFESTS, OF, SERVED, Usual
from assetgen.refs import apart
from assetgen.refs.folders import below, within
from assetgen.refs.listing import Listing
from assetgen.refs.scan.picture_heuristics import is_picture
from assetgen.refs.sites.site import Site

# What builds write, for patterns that would match everywhere.
_BUILT = "!{dist,build,out,_site,coverage,target,vendor}/**"
_ICONS = re.compile(r"fav-?icon|icons?$", re.I)
_SERVED_NAMES = ("public", "static", "assets", "images", "img")


@dataclass(frozen=True)
class Folders:
    """What a manifest says about a site; paths are relative to the manifest."""

    public: str | None
    """The folder that is served at ``/``; None if that is not known."""
    outputs: tuple[str, ...]
    first: str
    """The output folder where a first picture belongs."""
    content: tuple[str, ...]


#: Those of a project in which no framework was found.
UNKNOWN = Folders(
    "public",
    outputs=("public", "assets"),
    first="public",
    content=("content/**/*.{md,mdx}", "src/**/*.{tsx,jsx}"),
)


def of(site: Site, listing: Listing, languages: Sequence[Site] = ()) -> Folders:
    """The folders and the pages of a site; ``languages`` are the same site in other languages.

    ``listing`` tells which folders beside the usual ones have pages or images today.
    """
    usual, source = OF[site.framework], _source(site)
    public = _public(site)
    outputs = _outputs(site, listing, usual, source)
    pages = _patterns(site, listing, usual, source)
    if languages:
        above = site.root.rpartition("/")[0]
        outputs = (above,) if above else (*outputs, *(one.root for one in languages))
        pages = [f"{above}/*{one[len(site.root) :]}".lstrip("/") for one in pages]
    first = public if public and _is_inside(public, outputs) else outputs[0]
    return Folders(public, outputs, first, tuple(dict.fromkeys(pages)))


def _outputs(site: Site, listing: Listing, usual: Usual, source: str) -> tuple[str, ...]:
    """The folders with images: of a site whose pages are the whole repository, those of today."""
    found = [_public(site), *(_placed(site, one, source) for one in usual.outputs)]
    if "DIR" in usual.outputs:
        found += [one for one in site.served.sources if not paths.problem_of_file(one)]
    if "SRC" in usual.outputs and not source:
        found += _with_images(listing)
    if site.framework == "eleventy":
        own = [mount.folder for mount in site.served.public]
        found += [
            one
            for one in own
            if one not in listing
            and "node_modules" not in one.split("/")
            and not _ICONS.search(one)
        ]
    return _apart(one for one in found if one) or (below(site.root, "assets"),)


def _with_images(listing: Listing) -> list[str]:
    """The folders in the root that contain images of the author."""
    found = dict.fromkeys(
        path.partition("/")[0]
        for path in listing
        if "/" in path
        and is_picture(path)
        and not globs.is_built(path)
        and not apart.is_apart(path)
        and not sites.is_sample(path)
    )
    return [one for one in found if not paths.problem_of_file(one) and not one.startswith(".")]


def _patterns(site: Site, listing: Listing, usual: Usual, source: str) -> list[str]:
    """The patterns of the pages; one of a folder that others cover already is left out."""
    found = [_pattern(site, one, source) for one in usual.pages if not one.startswith("DIR/")]
    is_known = globs.matcher(found)
    for pattern in (one.removeprefix("DIR/") for one in usual.pages if one.startswith("DIR/")):
        for folder in site.served.sources:
            is_more = globs.matcher([one := below(folder, pattern)])
            if any(is_more(path) and not is_known(path) for path in listing.starting(folder)):
                found.append(one)
    if (public := _public(site)) and public != source:
        found.append(below(public, SERVED))
    elif _matches(beside := below(source, MANIFESTS), listing):
        found.append(beside)
    found += [_BUILT] if any(one.startswith("**/") for one in found) else []
    left_out = [one for one in site.served.unread if _leaves_out(one, found, listing)]
    return [*found, *(f"!{one}" for one in left_out)]


def _matches(pattern: str, listing: Listing) -> bool:
    is_match = globs.matcher([pattern])
    return any(is_match(path) for path in listing)


def _leaves_out(pattern: str, found: Sequence[str], listing: Listing) -> bool:
    """Whether a pattern matches any page."""
    is_left_out, is_page = globs.matcher([pattern]), globs.matcher(found)
    return any(is_left_out(path) and is_page(path) for path in listing)


def _source(site: Site) -> str:
    """The folder of the pages of a site, relative to the repository; "" is the repository."""
    content = [mount.folder for mount in site.served.content]
    if not content:
        return site.root
    if site.framework == "astro":
        return content[0].rpartition("/")[0]
    if site.framework == "hugo" and any(within(content[-1], one) for one in content):
        return content[-1]  # of the folders of several languages, the one that contains them
    return content[0]


def _public(site: Site) -> str | None:
    """The folder that is served at ``/``, as far as it can be a folder of a manifest."""
    served = site.served.public
    if site.framework == "nuxt":
        found = [mount.folder for mount in served]
        return next(iter(found), None)
    plain = [
        mount.folder
        for mount in served
        if not mount.prefix
        and mount.folder != site.root
        and not paths.problem_of_file(mount.folder)
    ]
    if site.framework == "eleventy":
        plain = [folder for folder in plain if not _ICONS.search(folder)]
        plain.sort(key=lambda folder: folder.rpartition("/")[2] not in _SERVED_NAMES)
    return next(iter(plain), None)


def _placed(site: Site, folder: str, source: str) -> str | None:
    if folder == "DIR":
        return None
    found = _pattern(site, folder, source) if folder != "SRC" else source
    return None if not found or paths.problem_of_file(found) else found


def _pattern(site: Site, pattern: str, source: str) -> str:
    if pattern.startswith("!"):
        return f"!{below(site.root, pattern[1:])}"
    if pattern.startswith("SRC/"):
        return below(source, pattern.removeprefix("SRC/"))
    return below(site.root, pattern)


def _apart(folders: Iterable[str]) -> tuple[str, ...]:
    """The folders without those that are in another one."""
    unique = list(dict.fromkeys(folders))
    return tuple(
        one for one in unique if not any(within(other, one) for other in unique if other != one)
    )


def _is_inside(path: str, folders: Sequence[str]) -> bool:
    return any(path == one or within(one, path) is not None for one in folders)
