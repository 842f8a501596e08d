"""One checkout: where it is, what its manifest says, and the questions that planning asks of it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from assetgen.errors import ManifestError
from assetgen.fs import paths, store
from assetgen.fs.tree import TooLarge, Tree, WorkTree
from assetgen.layouts import kind
from assetgen.layouts.fonts import Font
from assetgen.layouts.kind import Kind
from assetgen.manifest import parse, toml_lines
from assetgen.manifest.schema import FILE, Manifest
from assetgen.manifest.toml_lines import Key
from assetgen.plan import cost, page
from assetgen.plan import wish as plan
from assetgen.plan.page import Page
from assetgen.plan.wish import Wish, World
from assetgen.record import record
from assetgen.record.record import Record, Unusable
from assetgen.refs.languages import MARKDOWN, MDX, suffix
from assetgen.refs.listing import Listing
from assetgen.settings.conditions import Conditions

if TYPE_CHECKING:
    from assetgen.refs.sites.site import Sites
    from assetgen.refs.survey import Survey


class Workspace:
    """A project as it lies in a tree (the work tree or the index)."""

    def __init__(self, root: Path, tree: Tree, conditions: Conditions | None = None) -> None:
        """Raises ManifestError or TrustError. Without ``conditions`` nothing is refused that a model may not take."""
        data = tree.read(FILE)
        if data is None:
            here, cure = (
                ("here", "assetgen init")
                if isinstance(tree, WorkTree)
                else ("staged", f"git add {FILE}")
            )
            raise ManifestError(f"there is no {FILE} {here}", where=str(root), cure=cure)
        self.root = root
        self.tree = tree
        self.conditions = conditions
        self.manifest_text = data.decode("utf-8", "replace").replace("\r\n", "\n")
        self.manifest: Manifest = parse.parse(data)
        self.kind = cache(self._kind)
        self.fonts = cache(self._fonts)
        self.page = cache(self._page)

    def _kind(self, name: str) -> Kind:
        return kind.find(self.tree.templates(), name)

    def _fonts(self) -> Mapping[str, Font]:
        return kind.available_fonts(self.tree.templates())

    def _page(self, path: str) -> Page:
        data = self.tree.read(path)
        if data is None:
            raise self._absent(path)
        if len(data) > page.MAX_BYTES:
            what = f"the page {path} has {len(data)} bytes; at most {page.MAX_BYTES} are read"
            raise ManifestError(what, where=FILE, cure="name a smaller page, or take from out")
        try:
            text = data.decode()
        except UnicodeDecodeError:
            raise ManifestError(
                f"the page {path} is not UTF-8", where=FILE, cure=f"save {path} as UTF-8"
            ) from None
        if wrong := page.problem(text, path):
            what, cure = wrong
            raise ManifestError(what, where=FILE, cure=cure)
        found = page.read(text, path)
        if not found.stated():
            what, cure = page.nothing(path)
            raise ManifestError(what, where=FILE, cure=cure)
        return found

    def _absent(self, path: str) -> ManifestError:
        inside = [one for one in self.tree.files(path) if one != path]
        if inside:
            first = next((one for one in inside if suffix(one) in MARKDOWN | MDX), "")
            cure = (
                f'name a page in it: from = "{first}"' if first else "name a page, or take from out"
            )
            return ManifestError(f"{path} is a folder", where=FILE, cure=cure)
        is_staged = not isinstance(self.tree, WorkTree)
        here, cure = (
            ("staged", f"git add {shlex.quote(path)}") if is_staged else ("there", "add it")
        )
        return ManifestError(
            f"the page {path} is not {here}", where=FILE, cure=f"{cure}, or correct from"
        )

    @cached_property
    def listing(self) -> Listing:
        """Every file of the tree that somebody may refer to."""
        return Listing(self.tree.everything(), self.content)

    @cached_property
    def sites(self) -> Sites:
        """The sites in the project, by what lies in it and what the manifest says."""
        from assetgen.refs.sites.site import Sites

        stated = self.manifest.project
        return Sites(self.listing, framework=stated.framework, public=stated.public)

    def survey(self, only: Callable[[str], bool] = lambda _page: True) -> Survey:
        """The references of the project's pages, those of ``only``; of all that may be pages if content names none."""
        from assetgen.refs import survey

        return survey.survey(self.listing, self.sites, self.manifest.project.content, only)

    def content(self, path: str) -> bytes | None:
        """The bytes of a page, or of what configures it; None if it is not there, or too large for anybody's work.

        Raises StorageError if it cannot be read.
        """
        try:
            return self.tree.read(path)
        except TooLarge:
            return None

    def record(self, asset_id: str) -> Record | Unusable | None:
        """The record of an asset: whole, unusable (and why), or not there."""
        place = record.place(asset_id)
        data = self.tree.read(place)
        if data is None:
            return None
        try:
            return record.read(data, place)
        except Unusable as exc:
            return exc

    def records(self) -> Iterator[str]:
        """The path of every record, sorted."""
        for path in self.tree.files(record.FOLDER):
            if path.endswith(".json"):
                yield path

    def world(self) -> World:
        """The questions that deciding asks, answered from this tree."""
        return self._world

    def wish(self, asset_id: str) -> Wish:
        """What an asset wants. Raises ManifestError, TemplateError or UnsupportedOption."""
        return plan.wish(self.manifest, self.manifest.find(asset_id), self._world, self.paths)

    @cached_property
    def paths(self) -> Mapping[str, str]:
        """The main file of each asset, by id."""
        return {asset.id: asset.path for asset in self.manifest.asset}

    @cached_property
    def _world(self) -> World:
        under_way = store.interrupted(self.root) if isinstance(self.tree, WorkTree) else {}
        return World(
            kind=self.kind,
            fonts=self.fonts,
            record=self.record,
            digest=self.tree.digest,
            page=self.page,
            has_original=lambda digest: store.has_original(self.root, digest),
            interrupted=under_way.get,
            orphan=lambda trace: self._orphans.get(trace),
            surface=self.conditions.surface if self.conditions else cost.surface,
            catalog=self.conditions.the_catalog if self.conditions else None,
            today=self.conditions.today if self.conditions else lambda: None,
            place=self._place,
        )

    @cached_property
    def _orphans(self) -> Mapping[str, Record]:
        """The records of assets that are no longer wanted, by the paths and digests of their files and intents."""
        wanted = {asset.id for asset in self.manifest.asset}
        gone = [record.id_at(path) for path in self.records() if record.id_at(path) not in wanted]
        found: dict[str, Record] = {}
        for one in map(self.record, gone):
            if isinstance(one, Record):
                intent = (
                    [str(one.intent.get("digest"))] if not one.is_draft else []
                )  # nobody drew that intent yet
                for trace in (*one.subject, *one.subject.values(), *intent):
                    found.setdefault(trace, one)
        return found

    @cached_property
    def _lines(self) -> Mapping[Key, int]:
        return toml_lines.lines(self.manifest_text)

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {asset.id: index for index, asset in enumerate(self.manifest.asset)}

    def line(self, asset_id: str) -> int | None:
        """The line of assets.toml on which an asset states its id."""
        return self._lines.get(("asset", self._numbers[asset_id], "id"))

    def line_of(self, *key: str) -> int | None:
        """The line of assets.toml on which a key stands."""
        return self._lines.get(key)

    def _place(self, asset_id: str, key: str) -> str:
        at = ("asset", self._numbers[asset_id])
        line = self._lines.get((*at, key)) or self._lines.get((*at, "id"))
        return f"{FILE}:{line}, asset {asset_id}" if line else f"{FILE}, asset {asset_id}"

    def read_input(self, reference: str) -> bytes:
        """The bytes of an input, by path or "@id". Raises ManifestError if it cannot be one."""
        path = self.manifest.find(reference[1:]).path if reference.startswith("@") else reference
        return paths.read_regular(self.root, path, ManifestError)


def find_root(start: Path) -> Path:
    """The nearest folder from ``start`` upwards that holds assets.toml. Raises ManifestError."""
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder
        if (folder / ".git").exists():
            break
    raise ManifestError(f"there is no {FILE} in {start} or above it", cure="assetgen init")


def open_workspace(root: Path, conditions: Conditions | None = None) -> Workspace:
    """The project in ``root`` as it is in its working tree. Raises ManifestError or TrustError."""
    return Workspace(root, WorkTree(root), conditions)
