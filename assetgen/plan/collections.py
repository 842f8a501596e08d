"""The assets that [[collection]] stands for, from the pages and the data of a tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import msgspec

from assetgen import route_names
from assetgen.cure import Cure, advice
from assetgen.errors import AssetgenError
from assetgen.fs import paths
from assetgen.manifest import placeholders
from assetgen.manifest.collection import (
    FILLED,
    MAX_ITEMS,
    NO_AXIS,
    OWN,
    Collection,
    Expansion,
    Origin,
    Part,
    asset_id,
    family_id,
    slug,
)
from assetgen.manifest.toml_faults import Fault
from assetgen.manifest.toml_positions import Key
from assetgen.plan import collection_rules, page
from assetgen.plan.collection_rules import LOCALE, ROW, SIZE, SLUG, THEME
from assetgen.plan.page import Page

#: After how many mistakes the rest of a collection is not looked at.
_MOST_FAULTS = 50
#: The key in front matter that is about images: false, or values for the page's own.
_OF_PAGE = "assetgen"


@dataclass(frozen=True)
class Sources:
    """What collections ask about a project."""

    pages: Callable[[Sequence[str]], Sequence[str]]
    """The pages that glob patterns match, sorted."""
    page: Callable[[str], Page]
    rows: Callable[[str, str | None], Sequence[tuple[str, Mapping[str, str]]]]
    """The rows of a data file, each with its place. Raises NoData."""
    has_theme: Callable[[str, Mapping[str, Any]], bool]
    """Whether the layout of a kind with these values has a value called theme."""


@dataclass(frozen=True)
class _Item:
    """A page or a row; neither for a collection of a matrix alone."""

    label: str = ""
    path: str | None = None
    page: Page = field(default_factory=Page)
    row: Mapping[str, str] = field(default_factory=dict)
    slug: str = ""
    locale: str = ""

    def word(self, name: str) -> str:
        """The value of a placeholder; "" if there is none."""
        if name == SLUG:
            return self.slug
        if name == LOCALE:
            return self.locale
        if name.startswith(ROW):
            return self.row.get(name.removeprefix(ROW), "")
        return page.word(self.page, self.path or "", name)

    def has(self, key: str, value: Any) -> bool:
        """Whether the front matter, or the row, has ``value`` under ``key``."""
        if self.path is not None:
            return bool(self.page.own.get(key) == value)
        return self.row.get(key, "").lower() == str(value).lower()


def expand(document: Mapping[str, Any], sources: Sources) -> Expansion:
    """The assets of the collections in ``document``; it replaces those that it lists itself."""
    tables, listed = document.get("collection"), document.get("asset")
    entries = listed if isinstance(listed, list) else []
    names = {str(one.get("id")) for one in entries if isinstance(one, Mapping)}
    defaults = document.get("defaults")
    usual = defaults.get("route") if isinstance(defaults, Mapping) else None
    made = _Made(names, str(usual or "local"))
    for number, table in enumerate(tables if isinstance(tables, list) else ()):
        try:
            rule = msgspec.convert(table, Collection, strict=True)
        except msgspec.ValidationError:
            continue  # a fault of its type
        wrong = list(collection_rules.broken(rule))
        made.faults += [replace(one, key=("collection", number, *one.key)) for one in wrong]
        if not wrong:
            _Rule(number, rule, dict(table), sources, made).run()
    return Expansion(made.entries, made.origins, made.faults, made.parts)


@dataclass
class _Made:
    """What the collections of a manifest have made so far."""

    listed: set[str]
    """The ids of the assets that the manifest lists itself."""
    usual_route: str
    entries: list[Mapping[str, Any]] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    """The label of the item that has an id, and that has a path, folded."""
    paths: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Rule:
    """One collection that is expanded."""

    number: int
    rule: Collection
    table: Mapping[str, Any]
    sources: Sources
    made: _Made

    def run(self) -> None:
        before, count = len(self.made.faults), 0
        for item in self._items():
            for axes in self._combinations(item):
                count += self._add(item, axes)
                if len(self.made.faults) - before >= _MOST_FAULTS:
                    return
                if len(self.made.entries) > MAX_ITEMS:
                    what = f"collections make more than {MAX_ITEMS} assets"
                    self._wrong(("from",), what, advice("match fewer pages"))
                    return
        self._count(count)

    def _wrong(self, key: tuple[str, ...], what: str, cure: Cure | None, label: str = "") -> None:
        at: Key = ("collection", self.number, *key)
        self.made.faults.append(Fault(at, what, cure, where=label or None))

    # -- items -------------------------------------------------------------------------------------

    def _items(self) -> Iterator[_Item]:
        if self.rule.patterns:
            yield from self._pages()
        elif self.rule.data is not None:
            yield from self._rows()
        else:
            yield _Item()

    def _pages(self) -> Iterator[_Item]:
        found = self.sources.pages(self.rule.patterns)
        if not found:
            what = f"no page matches from = {', '.join(self.rule.patterns)}"
            self._wrong(("from",), what, advice("correct the pattern, or remove the collection"))
        for path in found:
            try:
                known = self.sources.page(path)
            except AssetgenError as exc:
                self._wrong(("from",), exc.what, exc.cure, path)
                continue
            if known.own.get(_OF_PAGE) is False:
                continue
            locale = page.word(known, path, LOCALE)
            own = page.line(str(known.own.get(SLUG) or ""), page.MAX_TITLE).rstrip("/")
            name = slug(path, self.rule.patterns, own=own.rpartition("/")[2], locale=locale)
            item = _Item(path, path, known, slug=name, locale=locale)
            if not self._is_left_out(item):
                yield item

    def _rows(self) -> Iterator[_Item]:
        data = self.rule.data or ""
        try:
            rows = self.sources.rows(data, self.rule.pointer)
        except AssetgenError as exc:
            self._wrong(("data",), exc.what, exc.cure, exc.where or "")
            return
        if not rows:
            self._wrong(("data",), f"{data} has no rows", advice("add rows to it"))
        for label, row in rows:
            item = _Item(label, row=row)
            if not self._is_left_out(item):
                yield item

    def _is_left_out(self, item: _Item) -> bool:
        return any(item.has(key, value) for key, value in self.rule.unless.items())

    # -- assets ------------------------------------------------------------------------------------

    def _combinations(self, item: _Item) -> Iterator[Mapping[str, str]]:
        """A value for each axis; the locale of a page is its own, so that axis only filters."""
        axes = dict(self.rule.matrix)
        if item.path is not None and LOCALE in axes and item.locale not in axes.pop(LOCALE):
            return
        for values in product(*axes.values()):
            yield dict(zip(axes, values, strict=True))

    def _add(self, item: _Item, axes: Mapping[str, str]) -> int:
        """Add an asset; 0 if there is none."""
        label = ", ".join(filter(None, (item.label, *(f"{k} = {v}" for k, v in axes.items()))))
        entry = self._entry(item, axes, label)
        if entry is not None and (THEME in axes or SIZE in axes):
            self._note_part(entry["id"], item, axes)
        if entry is None or entry["id"] in self.made.listed:  # the manifest's own replaces it
            return 0
        folded = paths.folded(entry["path"])
        for key, known, value in (
            ("id", self.made.ids, entry["id"]),
            ("path", self.made.paths, folded),
        ):
            if value in known:
                what = f"{known[value]} has the same {key}: {entry[key]}"
                cure = advice("add a placeholder to {key} that tells them apart", key=key)
                self._wrong((key,), what, cure, label)
                return 0
            known[value] = label
        self.made.entries.append(entry)
        self.made.origins.append(Origin(self.number, label))
        return 1

    def _note_part(self, name: str, item: _Item, axes: Mapping[str, str]) -> None:
        """Note that an asset shows the same as others of its item."""
        theme, size = axes.get(THEME, ""), axes.get(SIZE, "")
        shared = {**axes, **{one: NO_AXIS for one in (THEME, SIZE) if one in axes}}
        family = placeholders.filled(
            self.rule.id, lambda one: shared[one] if one in shared else item.word(one)
        )
        self.made.parts.append(Part(family_id(family), theme, size, name))

    def _entry(self, item: _Item, axes: Mapping[str, str], label: str) -> dict[str, Any] | None:
        entry = {key: value for key, value in self.table.items() if key not in OWN}
        before = len(self.made.faults)

        def value(name: str) -> str:
            return axes[name] if name in axes else item.word(name)

        for key in FILLED:
            if key in entry:
                entry[key] = self._filled(entry[key], value, (key,), label)
        if len(self.made.faults) > before:
            return None
        if not entry["alt"] and self.rule.alt:
            self._wrong(("alt",), "alt is empty", advice("add words that every item has"), label)
            return None
        entry["id"] = asset_id(entry["id"])
        if item.path is not None:  # what its page says is filled in once, here
            entry["from"] = item.path
            entry["alt"] = placeholders.escaped(entry["alt"])
            if "prompt" in entry:
                entry["prompt"] = placeholders.escaped(entry["prompt"])
        if SIZE in axes:
            entry["size"] = axes[SIZE]
        entry["values"] = self._values(entry, item, axes)
        return entry

    def _values(
        self, entry: Mapping[str, Any], item: _Item, axes: Mapping[str, str]
    ) -> dict[str, Any]:
        """The values of an asset: its page's own go before those of the collection."""
        values = dict(entry.get("values", {}))
        own = item.page.own.get(_OF_PAGE)
        if isinstance(own, Mapping):
            values |= own
        is_set = THEME in values or not self.sources.has_theme(self.rule.kind, values)
        return values if THEME not in axes or is_set else {**values, THEME: axes[THEME]}

    def _filled(
        self, given: Any, value: Callable[[str], str], at: tuple[str, ...], label: str
    ) -> Any:
        if isinstance(given, str):
            try:
                return placeholders.filled(given, value)
            except placeholders.Absent as exc:
                self._absent(at, str(exc), label)
                return given
        if isinstance(given, Mapping):
            return {name: self._filled(one, value, at, label) for name, one in given.items()}
        if isinstance(given, (list, tuple)):
            return [self._filled(one, value, at, label) for one in given]
        return given

    def _absent(self, at: tuple[str, ...], name: str, label: str) -> None:
        what = f"{at[0]} uses {{{name}}}, and there is none"
        is_row = name.startswith(ROW)
        own = name.removeprefix(ROW if is_row else placeholders.PAGE)
        prefix = ROW if is_row else placeholders.PAGE
        cure = advice(
            "add {own} to it, or write {optional}", own=own, optional=f"{{{prefix}{own}?}}"
        )
        self._wrong(at, what, cure, label)

    def _count(self, count: int) -> None:
        """A paid route needs a limit, and keeps to it."""
        route = self.rule.route or self.made.usual_route
        if self.rule.draft or route in ("local", route_names.ADOPTED) or not count:
            return
        if self.rule.most is None:
            what = f"route {route!r} is paid, and the collection does not limit how many it buys"
            self._wrong((), what, advice("add most = {count}", count=count))
        elif count > self.rule.most:
            what = f"the collection has {count} images, and most = {self.rule.most}"
            self._wrong(("most",), what, advice("match fewer pages, or raise most"))
