"""The references that the user chooses, also those of a file that check does not read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assetgen.init.sites import listing_of
from assetgen.pages.places import PagePlace
from assetgen.plan.workspace import Workspace, open_workspace
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
    found, outside = whole(project, chosen)
    project.reader.kept.save()
    return Listed(found, tuple(project.manifest.project.content), outside)


def whole(project: Workspace, chosen: Sequence[PagePlace]) -> tuple[Survey, tuple[str, ...]]:
    """The references at the ``chosen`` places, and the files of those that check does not read."""
    found = of_pages(project, chosen)
    more = _named(chosen, project.listing, found)
    return at(_with(found, more, project.sites, project.listing), chosen), tuple(more)


def listed_without_manifest(root: Path, chosen: Sequence[PagePlace]) -> Listed:
    """The references in the folder ``root``, which is no project."""
    listing = listing_of(root)
    sites = Sites(listing)
    found = survey.survey(listing, sites, (), only=lambda page: is_chosen(chosen, page))
    more = _named(chosen, listing, found)
    return Listed(at(_with(found, more, sites, listing), chosen), None, tuple(more))


def _named(chosen: Sequence[PagePlace], listing: Listing, found: Survey) -> list[str]:
    """The files that are chosen by name and that the survey leaves out."""
    pages = {*found.pages, *found.unread}
    named = dict.fromkeys(one.path for one in chosen)
    return [path for path in named if path in listing and path not in pages]


def _with(found: Survey, more: list[str], sites: Sites, listing: Listing) -> Survey:
    """``found`` with the references in the files ``more``."""
    rows = list(found.rows)
    for page in more:
        if (data := listing.read(page)) is not None:
            rows += survey.references(page, data, sites, listing)
    return replace(found, pages=(*found.pages, *more), rows=tuple(rows))


# -- which references ------------------------------------------------------------------------------


def is_chosen(
    chosen: Sequence[PagePlace], file: str, line: int | None = None, col: int | None = None
) -> bool:
    """Whether a page, or a place in it, is ``chosen``; without places, all are."""
    return not chosen or any(one.includes(file, line, col) for one in chosen)


def are_lines(chosen: Sequence[PagePlace]) -> bool:
    """Whether single references are chosen, so that nothing has to be guessed."""
    return bool(chosen) and all(one.line is not None for one in chosen)


def of_pages(project: Workspace, chosen: Sequence[PagePlace]) -> Survey:
    """All references of the pages that check reads and that the places are in."""
    return project.survey(lambda page: is_chosen(chosen, page))


def at(found: Survey, chosen: Sequence[PagePlace]) -> Survey:
    """Only the references at the ``chosen`` places."""
    named = ((row, row.reference) for row in found.rows)
    rows = tuple(row for row, one in named if is_chosen(chosen, one.file, one.line, one.col))
    return replace(found, rows=rows)


def dangling(found: Survey) -> Survey:
    """Only the references to missing images."""
    return replace(found, rows=tuple(row for row in found.rows if row.is_dangling))
