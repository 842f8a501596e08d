"""The assets that [[collection]] stands for, from the pages and the data of a tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import msgspec

from assetgen.cure import Cure, advice
from assetgen.fs import paths
from assetgen.manifest import grounds, placeholders
from assetgen.manifest.collection import (
    FILLED,
    MAX_ID,
    MAX_ITEMS,
    NO_AXIS,
    OWN,
    Collection,
    Expansion,
    Origin,
    Part,
    asset_id,
    family_id,
)
from assetgen.manifest.toml_faults import Fault
from assetgen.manifest.toml_positions import Key
from assetgen.plan import collection_items, collection_rules, telling_apart
from assetgen.plan.collection_items import Item, Sources
from assetgen.plan.collection_rules import LOCALE, ROW, SIZE, THEME

#: After how many mistakes the rest of a collection is not looked at.
_MOST_FAULTS = 1000
# As many faults can one asset have.
_RECENT = 16


def expand(document: Mapping[str, Any], sources: Sources) -> Expansion:
    """The assets of the collections in ``document``; it replaces those that it lists itself."""
    tables, listed = document.get("collection"), document.get("asset")
    entries = listed if isinstance(listed, list) else []
    names = {str(one.get("id")) for one in entries if isinstance(one, Mapping)}
    defaults = document.get("defaults")
    usual = defaults.get("route") if isinstance(defaults, Mapping) else None
    made = _Made(names, str(usual or "local"), _candidates(document))
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


def _values_of(item: Item, axes: Mapping[str, str]) -> Callable[[str], str]:
    """The value of each placeholder; "" if there is none."""
    return lambda name: axes[name] if name in axes else item.word(name)


@dataclass
class _Made:
    """What the collections of a manifest have made so far."""

    listed: set[str]
    """The ids of the assets that the manifest lists itself."""
    usual_route: str
    usual_candidates: int = 1
    entries: list[Mapping[str, Any]] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    wrong: int = 0
    """How many faults there were, those among them that are reported once."""
    parts: list[Part] = field(default_factory=list)
    ids: dict[str, tuple[str, Item]] = field(default_factory=dict)
    """The item that has an id, or a path, folded, and its label."""
    paths: dict[str, tuple[str, Item]] = field(default_factory=dict)
    twice: set[tuple[str, str, str]] = field(default_factory=set)
    """The keys that two items have in common, which is reported once for all combinations."""


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
        items, every = [], list(self._combinations())
        for item in collection_items.items(self.rule, self.sources, self._wrong):
            items.append(item)
            if len(self.made.entries) + len(items) * len(every) > MAX_ITEMS:
                what = f"collections make more than {MAX_ITEMS} assets"
                self._wrong(
                    ("from",) if item.path else (), what, advice("match fewer, or remove axes")
                )
                return
        for item in items:
            for axes in every:
                count += self._add(item, axes)
            if len(self.made.faults) - before >= _MOST_FAULTS:
                return
        self._count(count)

    def _wrong(self, key: tuple[str, ...], what: str, cure: Cure | None, label: str = "") -> None:
        at: Key = ("collection", self.number, *key)
        fault = Fault(at, what, cure, where=label or None)
        self.made.wrong += 1
        if fault not in self.made.faults[-_RECENT:]:  # each combination of an item has it
            self.made.faults.append(fault)

    def _combinations(self) -> Iterator[Mapping[str, str]]:
        """A value for each axis; the locale of a page is its own, so that axis only filters."""
        axes = {name: one for name, one in self.rule.matrix.items() if not self._is_filter(name)}
        for values in product(*axes.values()):
            yield dict(zip(axes, values, strict=True))

    def _is_filter(self, axis: str) -> bool:
        return axis == LOCALE and bool(self.rule.patterns)

    def _add(self, item: Item, axes: Mapping[str, str]) -> int:
        """Add an asset; 0 if there is none."""
        label = ", ".join(filter(None, (item.label, *(f"{k} = {v}" for k, v in axes.items()))))
        name = self._replaced(item, axes)
        entry = None if name else self._entry(item, axes, label)
        name = entry["id"] if entry else name
        if name and (THEME in axes or SIZE in axes):
            self._note_part(name, item, axes)
        if entry is None:
            return 0
        folded = paths.folded(entry["path"])
        for key, known, value in (
            ("id", self.made.ids, entry["id"]),
            ("path", self.made.paths, folded),
        ):
            if value in known:
                first, other = known[value]
                of_both = (key, other.label, item.label)
                if of_both not in self.made.twice:
                    self.made.twice.add(of_both)
                    what = f"{first} has the same {key}: {entry[key]}"
                    cure = telling_apart.cure(self.rule, key, item, other, axes)
                    self._wrong((key,), what, cure, label)
                return 0
            known[value] = (label, item)
        self.made.entries.append(entry)
        own = {name: item.page.lines.get(name, 1) for name in item.own_values}
        self.made.origins.append(Origin(self.number, label, item.path, own))
        return 1

    def _replaced(self, item: Item, axes: Mapping[str, str]) -> str | None:
        """The id of the [[asset]] that replaces an item; the page may lack other values."""
        try:
            own = _of_item(self.rule.id, item)
            name = placeholders.filled(own, _values_of(item, axes))
            name = asset_id(name, self._longest_id)
        except placeholders.Absent:
            return None
        return name if name in self.made.listed else None

    def _note_part(self, name: str, item: Item, axes: Mapping[str, str]) -> None:
        """Note that an asset shows the same as others of its item."""
        theme, size = axes.get(THEME, ""), axes.get(SIZE, "")
        shared = {**axes, **{one: NO_AXIS for one in (THEME, SIZE) if one in axes}}
        family = placeholders.filled(
            self.rule.id, lambda one: shared[one] if one in shared else item.word(one)
        )
        self.made.parts.append(Part(family_id(family), theme, size, name))

    def _entry(self, item: Item, axes: Mapping[str, str], label: str) -> dict[str, Any] | None:
        entry = {key: value for key, value in self.table.items() if key not in OWN}
        entry |= {key: _of_item(entry[key], item) for key in ("id", "path")}
        before = self.made.wrong
        if wrong := item.problem():
            self._wrong(("from",), wrong[0], wrong[1], item.label)
            return None

        for key in FILLED:
            if key in entry:
                entry[key] = self._filled(entry[key], _values_of(item, axes), (key,), item.label)
        if self.made.wrong > before:
            return None
        if not entry["alt"] and self.rule.alt:
            self._wrong(("alt",), "alt is empty", advice("add words that every item has"), label)
            return None
        entry["id"] = asset_id(entry["id"], self._longest_id)
        if item.path is not None:  # what its page says is filled in once, here
            entry["from"] = item.path
            entry["alt"] = placeholders.escaped(entry["alt"])
            if "prompt" in entry:
                entry["prompt"] = placeholders.escaped(entry["prompt"])
            if "ground" in entry:
                prompt = placeholders.escaped(entry["ground"]["prompt"])
                entry["ground"] = {**entry["ground"], "prompt": prompt}
        if SIZE in axes:
            entry["size"] = axes[SIZE]
        entry["values"] = self._values(entry, item, axes)
        return entry

    def _values(
        self, entry: Mapping[str, Any], item: Item, axes: Mapping[str, str]
    ) -> dict[str, Any]:
        """The values of an asset: its page's own go before those of the collection."""
        values = {**entry.get("values", {}), **item.own_values}
        is_set = THEME in values or not self.sources.has_theme(self.rule.kind, values)
        return values if THEME not in axes or is_set else {**values, THEME: axes[THEME]}

    @property
    def _longest_id(self) -> int:
        return MAX_ID if self.rule.ground is None else grounds.MAX_ID

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
        rule, route = self.rule, self.rule.route or self.made.usual_route
        own, noun = rule.candidates, "images"
        if rule.ground is not None and route == "local":
            route = rule.ground.route or self.made.usual_route
            own, noun = rule.ground.candidates, "grounds"
        if rule.draft or not grounds.is_painting(route) or not count:
            return
        if rule.most is None:
            what = f"route {route!r} is paid, and the collection does not limit how many it buys"
            self._wrong((), what, advice("add most = {count}", count=count))
            return
        each = self.made.usual_candidates if own is None else own
        images = count * max(1, each)
        if images > rule.most:
            what = f"the collection has {count} {noun}, and most = {rule.most}"
            if images > count:
                what = f"the collection has {count} {noun} with {each} candidates each, so it "
                what += f"buys {images}, and most = {rule.most}"
            self._wrong(("most",), what, advice("match fewer pages, or raise most"))


def _candidates(document: Mapping[str, Any]) -> int:
    """How many candidates [defaults] asks for of each painted image."""
    defaults = document.get("defaults")
    stated = defaults.get("candidates") if isinstance(defaults, Mapping) else None
    return stated if type(stated) is int else 1


def _of_item(text: str, item: Item) -> str:
    """An id or path without the folder of a language, if the item has none."""
    return text if item.locale else text.replace(telling_apart.OF_LANGUAGE, "")
