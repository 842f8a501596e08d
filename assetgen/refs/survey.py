"""All references of a project: its pages, the images that they name, and the files of these."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assetgen.fs import globs
from assetgen.refs import apart
from assetgen.refs.languages import KNOWN, MARKDOWN, suffix
from assetgen.refs.listing import Listing
from assetgen.refs.page_reader import PageReader
from assetgen.refs.reference import Reference
from assetgen.refs.scan import scan
from assetgen.refs.sites.resolution import Resolution
from assetgen.refs.sites.resolve import is_dangling, resolve
from assetgen.refs.sites.site import Sites

#: Frameworks that read .md as MDX too.
_READ_AS_MDX = frozenset({"docusaurus", "mintlify"})


@dataclass(frozen=True, slots=True)
class ResolvedReference:
    """A reference and the file that it means."""

    reference: Reference
    resolution: Resolution

    @property
    def is_dangling(self) -> bool:
        return is_dangling(self.resolution, self.reference)


@dataclass(frozen=True)
class Survey:
    """The references in the pages of a project."""

    pages: tuple[str, ...]
    rows: tuple[ResolvedReference, ...]
    consulted: frozenset[str]
    """The files that were read: the pages, and the configuration that paths depend on."""
    configuration: frozenset[str] = frozenset()
    """The files among them that decided what paths mean."""
    unread: tuple[str, ...] = ()
    """The pages that are too large or too tangled to be read: they may refer to anything."""


def vain(found: Survey, content: Sequence[str]) -> list[str]:
    """The patterns that no page matches."""
    lets_in = [glob for glob in content if not glob.startswith("!")]
    return [glob for glob in lets_in if not any(map(globs.matcher([glob]), found.pages))]


def pages(listing: Listing, content: Sequence[str]) -> list[str]:
    """The files that can contain references and that ``content`` (patterns) matches, sorted.

    Tests and fixtures count only where a pattern names them.
    Raises ValueError for a broken pattern.
    """
    is_meant = globs.matcher(content or globs.EVERYWHERE)
    named = [glob for glob in content if apart.is_named(glob)]
    is_named = globs.matcher([*named, *(glob for glob in content if glob.startswith("!"))])
    found = (path for path in listing if suffix(path) in KNOWN)
    return [
        path
        for path in found
        if is_meant(path)
        and (content or not globs.is_built(path))
        and (not apart.is_apart(path) or (named and is_named(path)))
    ]


def survey(
    listing: Listing,
    sites: Sites,
    content: Sequence[str],
    only: Callable[[str], bool] = lambda _page: True,
    reader: PageReader | None = None,
) -> Survey:
    """The references of every page that ``content`` (patterns; empty for all) and ``only`` match.

    ``reader`` reads the pages, by default from ``listing``. Raises ValueError for a broken pattern.
    """
    return of([page for page in pages(listing, content) if only(page)], listing, sites, reader)


def of(
    chosen: Sequence[str], listing: Listing, sites: Sites, reader: PageReader | None = None
) -> Survey:
    """The references of the pages ``chosen``."""
    rows: list[ResolvedReference] = []
    unread = []
    for page in chosen:
        mdx = is_mdx(page, sites)
        if found := reader.scanned(page, mdx=mdx) if reader else _scanned(page, listing, mdx=mdx):
            rows += [ResolvedReference(one, resolve(one, sites, listing)) for one in found.rows]
            unread += [] if found.is_whole else [page]
    read = frozenset(listing.consulted)
    return Survey(tuple(chosen), tuple(rows), read.union(chosen), read, tuple(unread))


def references(
    page: str, data: bytes, sites: Sites, listing: Listing
) -> Iterator[ResolvedReference]:
    """The references of one page that contains ``data``."""
    for one in scan.read(page, data, mdx=is_mdx(page, sites)).rows:
        yield ResolvedReference(one, resolve(one, sites, listing))


def is_mdx(page: str, sites: Sites) -> bool:
    """Whether a framework reads a page as MDX, though its name ends in .md."""
    return suffix(page) in MARKDOWN and sites.of(page).framework in _READ_AS_MDX


def _scanned(page: str, listing: Listing, *, mdx: bool) -> scan.Scanned | None:
    data = listing.read(page)
    return None if data is None else scan.read(page, data, mdx=mdx)
