"""All references of a project: which pages there are, what they name, which files that means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from assetgen.refs import globs, scan
from assetgen.refs.framework import Framework
from assetgen.refs.listing import Listing
from assetgen.refs.reference import Reference
from assetgen.refs.resolution import Resolution
from assetgen.refs.resolve import is_dangling, resolve
from assetgen.refs.site import Sites

#: Frameworks that read .md as MDX too.
_READ_AS_MDX = frozenset({"docusaurus", "mintlify"})


@dataclass(frozen=True, slots=True)
class Row:
    """A reference and the file it means."""

    reference: Reference
    resolution: Resolution

    @property
    def is_dangling(self) -> bool:
        return is_dangling(self.resolution, self.reference)


@dataclass(frozen=True)
class Survey:
    """What was found in the pages of a project."""

    pages: tuple[str, ...]
    rows: tuple[Row, ...]
    consulted: frozenset[str]
    """The configuration that was read to know what a path means."""
    listing: Listing = field(repr=False)
    """All files of the project."""


def pages(listing: Listing, content: Sequence[str]) -> list[str]:
    """The files that ``content`` means and that can hold references, sorted. Raises ValueError for a broken glob."""
    is_meant = globs.matcher(content or globs.EVERYWHERE)
    found = (path for path in listing if scan.suffix(path) in scan.KNOWN)
    return [path for path in found if is_meant(path) and (content or not globs.is_built(path))]


def survey(
    files: Iterable[str],
    read: Callable[[str], bytes | None],
    content: Sequence[str],
    *,
    framework: Framework | None = None,
    public: str | None = None,
    only: Callable[[str], bool] = lambda _page: True,
) -> Survey:
    """The references of every page among ``files`` that ``content`` (globs; everything, if empty) and ``only`` mean.

    Raises ValueError for a broken glob.
    """
    listing = Listing(files, read)
    sites = Sites(listing, framework=framework, public=public)
    chosen = [page for page in pages(listing, content) if only(page)]
    rows = [row for page in chosen for row in _rows(page, read, sites, listing)]
    return Survey(tuple(chosen), tuple(rows), frozenset(listing.consulted), listing)


def _rows(page: str, read: Callable[[str], bytes | None], sites: Sites, listing: Listing) -> Iterator[Row]:
    data = read(page)
    if data is None:
        return
    mdx = scan.suffix(page) in scan.MARKDOWN and sites.of(page).framework in _READ_AS_MDX
    for reference in scan.find(page, data, mdx=mdx):
        yield Row(reference, resolve(reference, sites, listing))


def as_data(row: Row) -> dict[str, str | int | bool | None]:
    """A row for programs."""
    found, means = row.reference, row.resolution
    return {
        "file": found.file,
        "line": found.line,
        "col": found.col,
        "kind": found.kind,
        "raw": found.raw,
        "alt": found.alt,
        "alt_status": found.alt_status,
        "dynamic": found.dynamic,
        "resolution": means.how,
        "resolved": means.path,
        "exists": means.exists,
        "width": found.width,
        "height": found.height,
    }
