"""Pages in which nothing is wrong: none is compared again before something about it changes.

What is wrong in a page depends on its bytes, on the paths of all files, on the configuration that
is read to resolve paths, on the pictures whose size is compared, and on what the manifest says of
files. No rule has to know of this: what it reads through the listing counts by itself.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import replace

import msgspec

from assetgen.manifest.schema import Asset, Manifest, targets
from assetgen.pages import typed_module
from assetgen.plan.workspace import Workspace
from assetgen.refs import survey
from assetgen.refs.sites.gitignore import MAX_STEPS
from assetgen.refs.survey import ResolvedReference, Survey
from assetgen.verdicts import key


class Used(msgspec.Struct, frozen=True, array_like=True):
    """What the references of one page name."""

    version: bytes
    """That of the page."""
    shown: tuple[str, ...]
    """The files that exist."""
    named: tuple[str, ...]
    """Other files: missing ones, and those that a reference may mean."""
    dynamic: tuple[str, ...]
    """The code of paths that the page puts together."""


class _Kept(msgspec.Struct, array_like=True):
    """What one run found, as long as nothing outside of the pages changes."""

    read: dict[str, bytes | None]
    """The version of each configuration file that was read."""
    measured: dict[str, bytes | None]
    """The version of each picture whose size was compared; None if it has none."""
    steps: int
    """How much comparing paths with .gitignore files took, at most."""
    pages: dict[str, Used]


def owners_in(manifest: Manifest) -> Mapping[str, Asset]:
    """The asset of each file that a manifest lists."""
    return {target.path: asset for asset in manifest.asset for target in targets(asset)}


def surveyed(project: Workspace) -> tuple[Survey, QuietPages]:
    """All pages of a project, with the references of those that are not quiet.

    Raises AssetgenError, ValueError for a broken pattern.
    """
    pages = survey.pages(project.listing, project.manifest.project.content)
    quiet = QuietPages(project, pages)
    loud = [page for page in pages if page not in quiet.used]
    found = survey.of(loud, project.listing, project.sites, project.reader)
    if quiet.used and project.listing.ignore_steps > MAX_STEPS:  # more than all pages may take
        project.listing.ignore_steps = 0
        quiet, found = QuietPages(project, ()), project.survey()
    return replace(found, pages=tuple(pages)), quiet


class QuietPages:
    """The pages of a project in which nothing was wrong, and still nothing is."""

    def __init__(self, project: Workspace, pages: Sequence[str]) -> None:
        """``pages`` are all that are to be compared. Raises StorageError if one is unreadable."""
        self._project = project
        self.owners = owners_in(project.manifest)
        self._kept = _Kept({}, {}, 0, {})
        self._value: bytes | None = None
        self.used: dict[str, Used] = {}
        """What each quiet page names."""
        self._key = b"" if project.reader.kept.is_off else self._of_project()
        if pages and self._key:
            self._read(pages)

    @property
    def rests_on(self) -> Iterable[str]:
        """The configuration that decides what quiet pages mean."""
        return self._kept.read

    def _of_project(self) -> bytes:
        """The key of all that concerns every page, apart from what is read."""
        manifest, listing = self._project.manifest, self._project.listing
        stated = (
            msgspec.json.encode((manifest.project, manifest.check)),  # a new key counts by itself
            sorted(typed_module.names(manifest)),
            sorted(self._project.tree.links().items()),
            [(path, asset.id, asset.alt) for path, asset in self.owners.items()],
        )
        paths = os.fsencode("\0".join(listing))
        return key(b"quiet", paths, repr(stated).encode("utf-8", "surrogateescape"))

    def _read(self, pages: Iterable[str]) -> None:
        self._value = self._project.reader.kept.get(self._key)
        if self._value is None:
            return
        kept = msgspec.msgpack.decode(self._value, type=_Kept)
        version = self._project.reader.version
        if any(version(path) != known for path, known in kept.read.items()):
            return
        changed = {path for path, one in kept.measured.items() if not one or version(path) != one}
        for page in pages:
            used = kept.pages.get(page)
            if used and used.version == version(page) and changed.isdisjoint(used.shown):
                self.used[page] = used
        for path in changed:
            del kept.measured[path]
        self._kept = kept
        # As if the quiet pages had been resolved again.
        self._project.listing.ignore_steps += kept.steps

    def keep(self, found: Survey, measured: Mapping[str, bytes | None], loud: Set[str]) -> None:
        """Keep for the next run the pages of ``found`` except the ``loud`` ones.

        ``measured`` has the version of each picture whose size was compared.
        """
        project, before = self._project, self._kept
        if not self._key or project.listing.ignore_steps > MAX_STEPS // 2:
            return
        versions = project.reader.versions
        read = {path: project.reader.version(path) for path in found.configuration}
        new = {
            page: _used(versions[page], rows)
            for page, rows in _by_page(found, {*found.unread, *loud, *self.used}).items()
            if page in versions
        }
        kept = _Kept(
            read=before.read | read,
            measured=before.measured | dict(measured),
            steps=project.listing.ignore_steps,
            pages=self.used | new,
        )
        try:
            value = msgspec.msgpack.encode(kept)
        except UnicodeEncodeError:  # a path that is no text
            return
        if value != self._value:
            project.reader.kept.put(self._key, value)


def _by_page(found: Survey, apart: Set[str]) -> dict[str, list[ResolvedReference]]:
    rows: dict[str, list[ResolvedReference]] = {
        page: [] for page in found.pages if page not in apart
    }
    for row in found.rows:
        if row.reference.file in rows:
            rows[row.reference.file].append(row)
    return rows


def _used(version: bytes, rows: Collection[ResolvedReference]) -> Used:
    means = [row.resolution for row in rows]
    shown = dict.fromkeys(one.path for one in means if one.path and one.exists)
    others = (path for one in means for path in (one.path, *one.candidates) if path)
    dynamic = (row.reference.raw for row in rows if row.reference.kind == "dynamic")
    return Used(
        version=version,
        shown=tuple(shown),
        named=tuple(dict.fromkeys(path for path in others if path not in shown)),
        dynamic=tuple(dict.fromkeys(dynamic)),
    )
