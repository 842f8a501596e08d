"""Everything that is wrong with what a manifest asks for, seen before anything is drawn."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace

import msgspec
from msgspec import Struct

from assetgen.cure import advice
from assetgen.errors import AssetgenError, ManifestError, Mistake, TemplateError, UnsupportedOption
from assetgen.fs import paths
from assetgen.layouts.fonts import SANS, stack
from assetgen.layouts.kind import Kind
from assetgen.layouts.sanitize import leaves
from assetgen.manifest import grounds
from assetgen.manifest.collection import FILLED
from assetgen.manifest.parse import Reading, located
from assetgen.manifest.schema import FILE, Asset, Manifest
from assetgen.manifest.toml_faults import Fault
from assetgen.manifest.toml_positions import Key
from assetgen.plan import page
from assetgen.plan.decide import judge
from assetgen.plan.grounds import no_place
from assetgen.plan.inherited import inherited, sources
from assetgen.plan.intent import (
    no_input,
    whole_prompt,
    wish,
    with_data,
    wrong_background,
)
from assetgen.plan.order import Broken, keyed_references, no_asset, walk
from assetgen.plan.page_given import OF_PAGES
from assetgen.plan.refusals import refused, unsupported
from assetgen.plan.wish import World

#: What working out a wish raises for a mistake of its author.
MISTAKES = (ManifestError, TemplateError, UnsupportedOption)


def mistakes(reading: Reading, world: World) -> tuple[Mistake, ...]:
    """Every mistake in the manifest, in the order of the file, with all that planning refuses."""
    found: dict[tuple[Key, str | None, str], Fault] = {}
    for fault in (*reading.faults, *_planned(reading, world)):
        # A broken template or a missing font is reported once, at the first asset that uses it.
        is_font = fault.key[:1] == ("style",) and fault.key[-1] == "font"
        is_shared = fault.where is not None or is_font
        key = () if is_shared else _shared(fault, reading)
        found.setdefault((key, fault.where, fault.what), fault)
    return located(reading, tuple(found.values()))


def _shared(fault: Fault, reading: Reading) -> Key:
    """The key of ``fault``, or what all images with it share: a collection, or one of its pages."""
    key, origin = reading.origins.grounds(fault.key), reading.origins.find(fault.key)
    if origin is None or len(key) < 3:
        return key
    table = reading.manifest.collection[origin.collection]
    is_of_all, name = key[2] not in ("from", *FILLED), None
    if key[2] == "values":
        name = str(key[3]) if len(key) > 3 else fault.missing
        stated = table.values.get(name or "")
        is_given = stated is None and origin.page is not None and name in OF_PAGES
        is_of_all = not is_given and not any("{" in text for _, text in leaves(stated))
    if key[2] == grounds.KEY:
        is_of_all = key[3:4] not in _FILLED_IN_GROUNDS
    if is_of_all and name not in origin.own:
        return ("collection", origin.collection, *key[2:])
    return ("collection", origin.collection, origin.page or origin.label, *key[2:])


#: What differs between the grounds of a collection.
_FILLED_IN_GROUNDS = (("prompt",), ("inputs",), ("mask",))


def _planned(reading: Reading, world: World) -> Iterator[Fault]:
    files = {asset.id: asset.path for asset in reading.manifest.asset}
    world = replace(world, kind=_once(world.kind))
    for index, asset in enumerate(reading.manifest.asset):
        yield from _Inspection(reading, world, asset, index=index, paths=files).faults()
    yield from _circles(reading.manifest, world)


def _once(kind_of: Callable[[str], Kind]) -> Callable[[str], Kind]:
    """``kind_of``, which is asked once for each kind, also for one that it has to refuse."""
    refused: dict[str, AssetgenError] = {}

    def kind(name: str) -> Kind:
        if name in refused:
            raise refused[name].with_traceback(None)
        try:
            return kind_of(name)
        except MISTAKES as exc:
            refused[name] = exc
            raise

    return kind


class _Inspection(Struct, frozen=True):
    """One asset that is looked at whatever is wrong with it; what is doubtful is left out."""

    reading: Reading
    world: World
    asset: Asset
    index: int
    paths: Mapping[str, str]
    """The main file of each asset, by id."""

    def faults(self) -> Iterator[Fault]:
        """Every fault of the asset that the reading does not have yet."""
        doubtful = self.reading.doubtful
        is_clean = not any(map(doubtful.touches, ("defaults", "style"))) and not self._is_doubtful()
        for fault in self._pieces():
            if not doubtful.covers(*self._absolute(fault)):
                is_clean = False
                yield replace(fault, key=self._absolute(fault))
        if is_clean:
            yield from self._as_a_whole()

    def _is_doubtful(self, *key: str | int) -> bool:
        return self.reading.doubtful.touches("asset", self.index, *key)

    @property
    def _of_collection(self) -> bool:
        return self.reading.origins.find(("asset", self.index)) is not None

    def _absolute(self, fault: Fault) -> Key:
        is_elsewhere = fault.key[:1] in (("style",), ("defaults",))
        return fault.key if is_elsewhere else ("asset", self.index, *fault.key)

    def _pieces(self) -> Iterator[Fault]:
        """Faults with keys of the asset, of each thing that can be seen without the others."""
        yield from unsupported(self.asset)
        if self._is_doubtful("kind") or not self.asset.kind:
            return
        try:
            kind = self.world.kind(self.asset.kind)
        except MISTAKES as exc:
            yield _fault(exc, ("kind",))
            return
        if self.asset.route is None or self.asset.is_adopted:
            return
        if self.asset.is_local:
            yield from self._of_layout(kind)
        else:
            yield from self._of_prompt(kind)

    def _of_layout(self, kind: Kind) -> Iterator[Fault]:
        below = inherited(self.reading.manifest, self.asset, kind)
        asset = msgspec.structs.replace(self.asset, values={**below, **self.asset.values})
        try:
            layout = kind.layout_name(asset.values)
        except MISTAKES as exc:
            yield _fault(exc, ("values", "layout") if "layout" in asset.values else ("kind",))
            return
        if self._is_doubtful(grounds.KEY):
            return
        if self.asset.ground is not None and (unfit := no_place(kind, layout)):
            yield Fault((grounds.KEY,), *unfit)
            return
        if asset.draft:  # its values are still to be written
            return
        has_page = self.asset.page is not None
        of_data: list[Fault] = []
        bare = self.asset
        if self._is_doubtful("from"):
            bare = msgspec.structs.replace(bare, page=None)
        try:
            asset = with_data(self.reading.manifest, bare, kind, world=self.world, wrong=of_data)
            has_page = bare.page is not self.asset.page
        except MISTAKES as exc:
            yield _fault(exc, ("from",))
        filled, wrong = kind.examine(asset.values)
        wrong += of_data
        if has_page:
            wrong = [one for one in wrong if one.missing is None]  # the page may give it
        of_page = {name for name, one in asset.values.items() if below.get(name) is not one}
        yield from (self._at_its_source(one, of_page) for one in wrong)
        for key, picture in kind.pictures_at(filled):
            missing = self._missing(key, picture)
            yield from (self._at_its_source(one, of_page) for one in missing)
        if what := wrong_background(asset, kind, layout):
            yield Fault(("background",), what, advice("remove background"), error=UnsupportedOption)
        yield from self._of_template(kind, layout)

    def _at_its_source(self, fault: Fault, of_page: Collection[str]) -> Fault:
        """A fault in a value of the page is at ``from``, one in an inherited value is there."""
        if fault.missing == "title" and self._of_collection and self.asset.page is not None:
            return replace(fault, cure=page.nothing(self.asset.page)[1])
        if fault.missing is not None or fault.key[1] in self.asset.values:
            return fault
        name = str(fault.key[1])
        if name in of_page:
            return replace(fault, key=("from",))
        source = sources(self.reading.manifest, self.asset).get(name, fault.key[:2])
        return replace(fault, key=(*source, *fault.key[2:]))

    def _of_template(self, kind: Kind, layout: str) -> Iterator[Fault]:
        if self._has_doubtful_style():
            return
        font = self.reading.manifest.style_of(self.asset).font or SANS
        try:
            kind.digest(layout, stack(dict(self.world.fonts()), font))
        except MISTAKES as exc:
            is_font = font not in self.world.fonts()
            style = self.asset.style or ""
            yield _fault(exc, ("style", style, "font") if is_font and style else ("kind",))

    def _has_doubtful_style(self) -> bool:
        style = self.asset.style
        return style is not None and (
            style not in self.reading.manifest.style
            or self.reading.doubtful.touches("style", style)
        )

    def _of_prompt(self, kind: Kind) -> Iterator[Fault]:
        for key, reference in self.reading.manifest.input_keys(self.asset):
            yield from self._missing(key, reference)
        if self.asset.mask:
            yield from self._missing(("mask",), self.asset.mask)
        for number, step in enumerate(self.asset.refine):
            if step.mask:
                yield from self._missing(("refine", number, "mask"), step.mask)
        if self._is_doubtful("from") or self._is_doubtful("prompt"):
            return
        of_data: list[Fault] = []
        asset = self.asset
        try:
            asset = with_data(self.reading.manifest, asset, kind, world=self.world, wrong=of_data)
        except MISTAKES as exc:
            yield _fault(exc, ("from",))
            return
        yield from (self._at_its_source(one, ()) for one in of_data)
        if of_data or self._is_doubtful("values") or self._has_doubtful_style():
            return
        try:
            whole_prompt(self.reading.manifest, asset, kind)
        except MISTAKES as exc:
            yield _fault(exc, ("values",))

    def _missing(self, key: Key, reference: str) -> Iterator[Fault]:
        """The fault of a file that does not exist, or of an "@id" that is no asset."""
        if reference.startswith("@"):
            if reference[1:] not in self.paths:
                yield Fault(key, *no_asset(reference[1:]))
        elif "://" in reference or paths.problem_of_file(reference):
            return  # that is a fault of its own
        elif self.world.digest(reference) is None:
            yield Fault(key, *no_input(reference, self.world.digest))

    def _as_a_whole(self) -> Iterator[Fault]:
        """What the asset is refused for once it is worked out, if nothing else is wrong with it."""
        at: Key = ("asset", self.index)
        try:
            wanted = wish(self.reading.manifest, self.asset, self.world, paths=self.paths)
            decision = judge(wanted, self.world, {})
        except MISTAKES as exc:
            yield _fault(exc, at)
            return
        if decision.problem is not None:
            found = refused(wanted, self.world)
            yield from (replace(fault, key=(*at, *fault.key)) for fault in found)


def _fault(exc: AssetgenError, key: Key) -> Fault:
    """A failure as a fault; ``where`` keeps the template that it is about."""
    where = exc.where if exc.where and not exc.where.startswith(FILE) else None
    return Fault(key, exc.what, exc.cure, error=type(exc), where=where)


def _circles(manifest: Manifest, world: World) -> Iterator[Fault]:
    """What keeps assets from being put in order."""
    numbers = {asset.id: index for index, asset in enumerate(manifest.asset)}
    keyed = [keyed_needs(manifest, asset, world) for asset in manifest.asset]

    def needs_of(asset_id: str) -> list[str]:
        return [need for need in keyed[numbers[asset_id]] if need in numbers]

    for step in walk(numbers, needs_of):
        if isinstance(step, Broken):
            number = numbers[step.asset_id]
            yield Fault(("asset", number, *keyed[number][step.need]), step.what, step.cure)


def keyed_needs(manifest: Manifest, asset: Asset, world: World) -> dict[str, Key]:
    """The ids of the assets that ``asset`` is made from, each with the key that names it."""
    try:
        named = list(keyed_references(manifest, asset, world))
    except MISTAKES:
        return {}
    return {reference[1:]: key for key, reference in reversed(named) if reference[:1] == "@"}


def closure(manifest: Manifest, world: World, ids: Iterable[str]) -> frozenset[str]:
    """``ids`` and every asset that they are made from, as far as that can be seen."""
    by_id = {asset.id: asset for asset in manifest.asset}
    found: set[str] = set()
    waiting = [asset_id for asset_id in ids if asset_id in by_id]
    while waiting:
        asset_id = waiting.pop()
        if asset_id not in found:
            found.add(asset_id)
            waiting += [
                need for need in keyed_needs(manifest, by_id[asset_id], world) if need in by_id
            ]
    return frozenset(found)
