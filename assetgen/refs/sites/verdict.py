"""Whether a file exists at one of its possible places, is missing, or only a build can tell."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assetgen.refs.folders import below, clamped, upwards, within
from assetgen.refs.languages import TEMPLATES
from assetgen.refs.listing import Listing
from assetgen.refs.sites import submodules, tongues
from assetgen.refs.sites.gitignore import is_ignored
from assetgen.refs.sites.question import Question
from assetgen.refs.sites.resolution import How, Resolution

EXTERNAL = Resolution("external", None, None)
PACKAGE = Resolution("package", None, None)
DYNAMIC = Resolution("dynamic", None, None)

# A template of this name makes the file.
_MAKING = (*sorted(TEMPLATES), "11ty.js", "11ty.cjs", "11ty.mjs", "11ty.ts", "js", "ts", "php")
_GENERATED_ICON = re.compile(
    r"(?:^|/)(?:favicon|apple-touch-icon|apple-icon|android-chrome|icon|pwa|maskable|mstile"
    r"|safari-pinned-tab)[\w.-]*$"
)


def first_existing(listing: Listing, places: Iterable[str]) -> str | None:
    """The first of the paths that is a file of the repository."""
    return next((place for place in places if place in listing), None)


def settled(question: Question, how: How, places: Iterable[str]) -> Resolution:
    """The first place with a file; else the first place, and whether a file is missing there."""
    listing, places = question.listing, list(places)
    there = first_existing(listing, places)
    if there is None and question.site.served.in_languages:
        translated = tuple(one for place in places for one in tongues.elsewhere(place, listing))
        there = next(filter(tongues.is_english, translated), None)
        if translated and there is None:
            return unknown(tuple(dict.fromkeys(translated)))
    if there is not None:
        return Resolution(how, there, True)
    if moved := _in_moved_site(question, places):
        return Resolution(how, moved, True)
    if _is_made(question, places[0]):
        return Resolution(how, places[0], None)
    for place in places:
        if other := listing.other_case(place):
            return Resolution(how, place, exists=False, candidates=(other,))
    return Resolution(how, places[0], False)


def unless_elsewhere(question: Question, found: Resolution, path: str) -> Resolution:
    """``found``, unless an unknown build may find the only file that ends in ``path``.

    The build is known where a framework, a public folder or GitHub serves the page.
    """
    is_known = (
        question.site.framework != "plain"
        or question.is_on_github
        or question.is_in_module
        or question.kind == "new_url"
    )
    if found.exists is not False or found.candidates or is_known or _has_public_folder(question):
        return found
    candidates = question.listing.ending(clamped("", path))
    return unknown(candidates) if len(candidates) == 1 else found


def unknown(candidates: tuple[str, ...]) -> Resolution:
    """The answer for a path that a component may find: the files that it may mean."""
    return Resolution("bare-unknown", None, exists=None, candidates=candidates)


def _has_public_folder(question: Question) -> bool:
    """Whether a folder exists from which a site without a framework is served."""
    site = question.site
    folders = (mount.folder for mount in site.served.public if mount.folder != site.root)
    return any(map(question.listing.folder_exists, folders))


def _in_moved_site(question: Question, places: Iterable[str]) -> str | None:
    """The file that is there once the folder of a site was copied to that of its package."""
    if not is_moved(question):
        return None
    root = question.site.root
    inside = (within(root, place) for place in places)
    above = (below(root.rpartition("/")[0], rest) for rest in inside if rest)
    return first_existing(question.listing, above)


def is_moved(question: Question) -> bool:
    """Whether something copies the site before it is built.

    Docusaurus builds where its package is: a site without one is copied to the folder above.
    """
    root, listing = question.site.root, question.listing
    if question.site.framework != "docusaurus" or not root:
        return False
    above = root.rpartition("/")[0]
    is_package = (below(folder, "package.json") in listing for folder in (root, above))
    return tuple(is_package) == (False, True)


def _is_made(question: Question, path: str) -> bool:
    """Whether a build, a link or a submodule may put a file there."""
    listing = question.listing
    path = listing.real(path)
    above = upwards(path)[1:]
    if any(folder in listing for folder in above) or is_ignored(path, listing):
        return True
    if any(f"{path}.{end}" in listing for end in _MAKING):
        return True
    if "/node_modules/" in f"/{path}" or not submodules.folders(listing).isdisjoint(above):
        return True
    made_icons = question.site.served.makes_icons and not question.is_in_module
    return made_icons and bool(_GENERATED_ICON.search(path))
