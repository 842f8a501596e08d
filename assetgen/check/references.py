"""The references that `assetgen refs` lists, also of a file that check does not read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assetgen.check import fix
from assetgen.init.sites import listing_of
from assetgen.pages.places import PagePlace
from assetgen.plan.workspace import open_workspace
from assetgen.refs import survey
from assetgen.refs.listing import Listing
from assetgen.refs.sites.site import Sites
from assetgen.refs.survey import Survey


@dataclass(frozen=True)
class Listed:
    """The references at the chosen places."""

    survey: Survey
    content: tuple[str, ...] | None
    """``project.content``; None without a manifest."""
    outside: tuple[str, ...] = ()
    """The files that were named and that ``content`` does not match, so that check skips them."""


def listed(root: Path, chosen: Sequence[PagePlace], *, cached: bool = True) -> Listed:
    """The references of the project in ``root``. Raises AssetgenError.

    Unless ``cached``, nothing that an earlier run stored is used.
    """
    project = open_workspace(root, cached=cached)
    found = fix.survey(project, chosen)
    project.reader.kept.save()
    more = _named(chosen, project.listing, found)
    content = tuple(project.manifest.project.content)
    whole = _with(Listed(found, content), more, project.sites, project.listing)
    return replace(whole, survey=fix.at(whole.survey, chosen))


def listed_without_manifest(root: Path, chosen: Sequence[PagePlace]) -> Listed:
    """The references in the folder ``root``, which is no project."""
    listing = listing_of(root)
    sites = Sites(listing)
    found = survey.survey(listing, sites, (), only=lambda page: fix.is_chosen(chosen, page))
    whole = _with(Listed(found, None), _named(chosen, listing, found), sites, listing)
    return replace(whole, survey=fix.at(whole.survey, chosen))


def _named(chosen: Sequence[PagePlace], listing: Listing, found: Survey) -> list[str]:
    """The files that are chosen by name and that the survey leaves out."""
    pages = {*found.pages, *found.unread}
    named = dict.fromkeys(one.path for one in chosen)
    return [path for path in named if path in listing and path not in pages]


def _with(listed: Listed, more: list[str], sites: Sites, listing: Listing) -> Listed:
    """``listed`` with the references in the files ``more``."""
    found = listed.survey
    rows = list(found.rows)
    for page in more:
        if (data := listing.read(page)) is not None:
            rows += survey.references(page, data, sites, listing)
    whole = replace(found, pages=(*found.pages, *more), rows=tuple(rows))
    return replace(listed, survey=whole, outside=tuple(more))
