"""One checkout: where it is, what its manifest says, and the questions that planning asks of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assetgen import route_names, way
from assetgen.cure import command
from assetgen.errors import AssetgenError, ManifestError, Mistake, refusal
from assetgen.fs import git_cures, lfs, originals, paths, store, weighing
from assetgen.fs.sources import sources_of
from assetgen.fs.tree import Tree, WorkTree
from assetgen.layouts import kind
from assetgen.manifest import entries, naming, parse
from assetgen.manifest.collection import Expansion
from assetgen.manifest.parse import Reading
from assetgen.manifest.schema import FILE, Manifest
from assetgen.plan import (
    data_source,
    decide,
    described_models,
    faults,
    inherited,
    intent,
    page_file,
    page_words,
    scope,
    settled,
)
from assetgen.plan.approvals import Approvals
from assetgen.plan.decide import Decision
from assetgen.plan.gone import Gone
from assetgen.plan.holdings import Holdings
from assetgen.plan.old_names import OldNames
from assetgen.plan.page import Page
from assetgen.plan.places import Places
from assetgen.plan.rebuilt import Rebuilt
from assetgen.plan.wish import Wish, World
from assetgen.record import record
from assetgen.record.places import Records
from assetgen.record.record import Record, Unusable
from assetgen.refs.listing import Listing
from assetgen.refs.page_reader import PageReader
from assetgen.settings.conditions import Conditions
from assetgen.verdicts import Verdicts

if TYPE_CHECKING:
    from assetgen.refs.sites.site import Sites
    from assetgen.refs.survey import Survey


class Workspace:
    """A project as it is in a tree (the working tree or the index)."""

    is_all_fresh = False
    """Whether all images were decided, all are fresh, and they rest on files alone."""

    def __init__(
        self,
        root: Path,
        tree: Tree,
        conditions: Conditions | None = None,
        *,
        only: Sequence[str] = (),
        commits: bool = True,
        stated: Reading | None = None,
        kept: Verdicts | None = None,
    ) -> None:
        """Read the manifest, without entries that are ``kept``, unless it is as ``stated``. Without
        ``conditions``, no option of a model is refused; without ``commits``, nothing that git would
        not commit. With ``only``, ids of assets, mistakes that do not concern them are kept as
        ``others``, and the manifest has the sound assets alone. Raises the error of its first one.
        """
        data = tree.read(FILE)
        if data is None:
            raise _no_manifest(root, tree)
        self.root, self.tree, self.bytes = root, tree, data
        self.conditions = conditions
        self.reader = PageReader(sources_of(tree), Verdicts(root, "pages", off=not tree.is_cached))
        self.kind = cache(lambda name: kind.find(tree.templates(), name))
        self.fonts = cache(lambda: kind.available_fonts(tree.templates()))
        pages = cache(lambda path: page_file.read(tree, path))
        self.page: Callable[[str], Page] = lambda path: page_file.stated(pages(path), path)
        self.data = cache(lambda path: data_source.read(tree, path))
        self.world = cache(self._world)
        self.kept = kept or Verdicts(root, "manifest", off=not tree.is_cached)
        self.stated = stated or _read(self, data, pages)
        self._reading = _completed(self, self.stated)
        self.places = Places(self._reading)
        self.old_names = OldNames(tree)
        self.recorded = Records(tree, self.places.collection)
        self.approvals = Approvals(tree, self.record, self.wish)
        manifest = self._reading.manifest
        self.holdings = Holdings(root, self.recorded, manifest, self.wish, commits=commits)
        self.rebuilt = Rebuilt(root, tree, manifest, self.record)
        self._only = tuple(only)
        self.others: tuple[Mistake, ...] = ()
        self.use(manifest)
        if self._reading.faults:
            self._refuse(self._mistakes())

    def use(self, manifest: Manifest) -> None:
        """Work with this manifest from now on."""
        self.manifest = manifest
        self.paths: Mapping[str, str] = {asset.id: asset.path for asset in manifest.asset}

    def _mistakes(self) -> tuple[Mistake, ...]:
        """Every mistake of the manifest; none once those that do not matter are set aside."""
        return () if self.others else faults.mistakes(self._reading, self.world())

    def _refuse(self, mistakes: Sequence[Mistake]) -> None:
        """Raise the error of ``mistakes``, or set aside those that do not concern ``only``."""
        if not self._only:
            raise refusal(mistakes)
        manifest = self._reading.manifest
        ids = naming.named(manifest, self._only)
        own, others = scope.split(manifest, mistakes, ids, world=self.world())
        if own:
            raise refusal(own, others=len(others))
        self.others = tuple(others)
        self.use(scope.without_mistakes(manifest, others, self.world()))

    def decide(self) -> list[Decision]:
        """A decision for each asset, dependencies first; with ``only``, at least for those.

        Raises the error of the first mistake that concerns them.
        """
        try:
            return list(self.decisions())
        except AssetgenError as exc:
            if not self._only or not exc.mistakes:
                raise
            self._refuse(exc.mistakes)
            return list(decide.decide(self.manifest, self.world()))

    @cached_property
    def listing(self) -> Listing:
        """Every file of the tree that a page may refer to."""
        paths = self.rebuilt.with_absent(self.tree.everything())
        return Listing(paths, self.content, self.tree.links())

    @cached_property
    def sites(self) -> Sites:
        """The sites in the project, as its files and the manifest show them."""
        from assetgen.refs.sites.site import Sites

        own = self.manifest.project
        return Sites(self.listing, framework=own.framework, public=own.public, url=own.url)

    def survey(self, only: Callable[[str], bool] = lambda _page: True) -> Survey:
        """The references in the project's pages, those of ``only``.

        Without project.content, they are those of every file that may be a page.
        """
        from assetgen.refs import survey

        stated = self.manifest.project
        return survey.survey(self.listing, self.sites, stated.content, only, reader=self.reader)

    def content(self, path: str) -> bytes | None:
        """The bytes of a page; None if it is missing or too large. Raises StorageError."""
        return self.reader.content(path)

    def record(self, asset_id: str) -> Record | Unusable | None:
        """The record of an asset; Unusable says why it cannot be used, None that there is none."""
        place, data = self.recorded.find(asset_id)
        try:
            return None if data is None else record.read(data, place)
        except Unusable as exc:
            return exc

    def wish(self, asset_id: str) -> Wish:
        """What the manifest asks for an asset.

        Raises ManifestError, TemplateError or UnsupportedOption with every mistake of the asset.
        """
        self.manifest.find(asset_id)
        try:
            return _wish(self, asset_id)
        except faults.MISTAKES as exc:
            at = ("asset", self.places.numbers[asset_id])
            if own := [one for one in self._mistakes() if one.key[:2] == at]:
                raise refusal(own) from exc
            raise

    def decisions(self, world: World | None = None) -> Iterator[Decision]:
        """A decision for each asset, one at a time; ``world`` is by default that of the project.

        What rests on the same content as before is not decided again. Raises the first mistake.
        """
        world, blocks = world or self.world(), () if self.others else settled.blocks(self._reading)
        if not blocks or not self.tree.is_cached or self.under_way or self.tree.held.all_unmerged:
            yield from decide.decide(self.manifest, world)
            return
        before = settled.Before(self.manifest, blocks, self.tree)
        yield from before.decisions(world, self.wish)
        self.is_all_fresh = before.is_all
        if store.can_cache(self.root):
            self.kept.save()
            before.save()

    @cached_property
    def under_way(self) -> Mapping[str, str]:
        """path -> sha256 (hex) of the files that an interrupted run was placing."""
        return store.interrupted(self.root) if isinstance(self.tree, WorkTree) else {}

    def _world(self) -> World:
        """The questions that planning asks, answered from this tree."""
        return World(
            kind=self.kind,
            fonts=self.fonts,
            record=self.record,
            collection=self.places.collection,
            family=self.places.family,
            digest=self.rebuilt.digest,
            weight=partial(weighing.weight, self.tree),
            page=self.page,
            data=self.data,
            text=partial(data_source.text, self.tree),
            has_original=lambda digest: originals.has(self.root, digest),
            interrupted=lambda p: self.under_way.get(p) or self.old_names.digest(p),
            elsewhere=self.holdings.elsewhere(),
            orphan=lambda trace: self.gone.orphan(trace),
            former=lambda wish: None if self.others else self.gone.former(wish),
            surface=self.conditions.surface if self.conditions else route_names.bill,
            catalog=self.conditions.the_catalog if self.conditions else None,
            descriptor=described_models.finder(self.manifest, self.conditions),
            today=self.conditions.today if self.conditions else lambda: None,
            obstacle=self.holdings.obstacle,
            ignored=self.holdings.ignored,
            place=self.places.place,
            mistakes=self._mistakes,
        )

    @cached_property
    def gone(self) -> Gone:
        """The records of assets that the manifest no longer lists."""
        return Gone(self.recorded, self.record, self.places.numbers, partial(_wish, self))

    def line(self, asset_id: str, key: str = "id") -> int | None:
        """The line of assets.toml on which an asset states ``key``; None if it does not."""
        return self.places.line(asset_id, key)

    def read_input(self, reference: str) -> bytes:
        """The bytes of an input, by path or "@id". Raises ManifestError if it cannot be one."""
        path = self.manifest.find(reference[1:]).path if reference.startswith("@") else reference
        if not (self.root / path).exists() and self.tree.held.is_left_out(path):
            return _no_pointer(self.root, path, self.tree.read(path) or b"")  # a sparse checkout
        return _no_pointer(self.root, path, paths.read_regular(self.root, path, ManifestError))


def _no_pointer(root: Path, path: str, data: bytes) -> bytes:
    if lfs.is_pointer(data):
        cure = lfs.fetching(root, path)
        raise ManifestError(f"the input {path} {lfs.WHAT}", where=path, cure=cure)
    return data


def _read(project: Workspace, data: bytes, page: Callable[[str], Page]) -> Reading:
    """The manifest with the assets of its collections.

    ``page`` gives what a page says, which may be nothing. Raises ManifestError.
    """
    tree = project.tree

    def expand(document: Mapping[str, Any]) -> Expansion:
        from assetgen.plan import collection_sources, collections

        found = collection_sources.sources(tree, page, project.data, project.kind)
        return collections.expand(document, found)

    is_kept = tree.is_cached
    return entries.read(data, project.kept, expand) if is_kept else parse.read(data, expand)


def _completed(project: Workspace, reading: Reading) -> Reading:
    """``reading`` with words of pages, compared with the layouts of the tree too."""
    more = tuple(inherited.unknown(reading.manifest, project.tree.templates))
    reading = reading.with_faults(more) if more else reading
    return page_words.with_words(reading, project.page)


def find_root(start: Path) -> Path:
    """The nearest folder from ``start`` upwards that contains assets.toml. Raises ManifestError."""
    if found := way.project_above(str(start)):  # what cannot be read is reported when it is opened
        return Path(found)
    raise ManifestError(f"there is no {FILE} in {start} or above it", cure=command("assetgen init"))


def open_workspace(
    root: Path,
    conditions: Conditions | None = None,
    *,
    only: Sequence[str] = (),
    cached: bool = True,
) -> Workspace:
    """The project in ``root`` as it is in its working tree; see Workspace for what it raises.

    Unless ``cached``, nothing that an earlier run stored is used.
    """
    return Workspace(root, WorkTree(root, cached=cached), conditions, only=only)


def _no_manifest(root: Path, tree: Tree) -> ManifestError:
    if isinstance(tree, WorkTree):
        if os.path.lexists(root / FILE):
            paths.read_own(root, FILE, ManifestError)  # says what it is: a link, a folder, a pipe
        return ManifestError(
            f"there is no {FILE} here", where=str(root), cure=command("assetgen init")
        )
    add = git_cures.adding(tree.held, [FILE])
    return ManifestError(f"there is no {FILE} staged", where=str(root), cure=add)


def _wish(project: Workspace, asset_id: str) -> Wish:
    """What is asked for one asset; raises the first mistake, as all of them may depend on it."""
    asset = project.manifest.find(asset_id)
    return intent.wish(project.manifest, asset, project.world(), paths=project.paths)
