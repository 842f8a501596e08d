"""A manifest from a document with mistakes: what is wrong is left out, the rest can be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from assetgen.manifest.collection import Collection
from assetgen.manifest.filled import with_defaults
from assetgen.manifest.key_types import Name
from assetgen.manifest.schema import Asset, Manifest
from assetgen.manifest.toml_faults import Fault
from assetgen.manifest.toml_positions import Key

# Replaces a missing or wrong value of a required key.
_REQUIRED = {"id": "", "kind": "cover", "path": "", "alt": ""}


@dataclass(frozen=True)
class Doubtful:
    """The keys of a document whose values are missing or cannot be used."""

    keys: frozenset[Key] = frozenset()
    inside: Mapping[Key, frozenset[str | int]] = field(default_factory=dict)
    """By table: the names in it under which something is doubtful."""

    @classmethod
    def of(cls, faults: Iterable[Fault]) -> Doubtful:
        found = list(faults)
        keys = frozenset(
            fault.key if fault.missing is None else (*fault.key, fault.missing) for fault in found
        )
        keys |= {(*fault.key[:-1], fault.meant) for fault in found if fault.meant is not None}
        inside: dict[Key, set[str | int]] = {}
        for key in keys:
            for depth in range(min(len(key), _DEPTH)):
                inside.setdefault(key[:depth], set()).add(key[depth])
        return cls(keys, {at: frozenset(names) for at, names in inside.items()})

    def covers(self, *key: str | int) -> bool:
        """Whether ``key``, or a table or list that it is in, is doubtful."""
        return any(key[:depth] in self.keys for depth in range(1, len(key) + 1))

    def touches(self, *key: str | int) -> bool:
        """Whether ``key`` is doubtful, or anything in it."""
        return self.covers(*key) or key in self.inside

    def without(self, table: Mapping[str, Any], *at: str | int) -> dict[str, Any]:
        """``table``, which is at the key ``at``, without the names under which it is doubtful."""
        bad = self.inside.get(at, frozenset())
        return {name: value for name, value in table.items() if name not in bad}


_LISTS = ("asset", "collection")
#: How deep tables are repaired; a table further down is left out as a whole.
_DEPTH = 4


def repaired(document: Mapping[str, Any], doubtful: Doubtful) -> Manifest:
    """The manifest in ``document`` without what is ``doubtful``.

    Assets and collections keep their numbers. A route that is not known is None, and output
    folders that are not known are ().
    """
    tables = {
        name: _table(name, document[name], doubtful)
        for name in Manifest.__struct_fields__
        if name in document and name not in _LISTS and not doubtful.covers(name)
    }
    manifest = msgspec.convert(tables, Manifest, strict=True)
    project, defaults = manifest.project, manifest.defaults
    if doubtful.touches("project", "outputs"):
        project = msgspec.structs.replace(project, outputs=())
    if doubtful.touches("defaults", "route"):
        defaults = msgspec.structs.replace(defaults, route=None)
    entries = document.get("asset")
    listed = entries if isinstance(entries, list) else []
    assets = tuple(_asset(index, entry, doubtful) for index, entry in enumerate(listed))
    rules = document.get("collection")
    collections = tuple(
        _collection(index, rule, doubtful)
        for index, rule in enumerate(rules if isinstance(rules, list) else ())
    )
    manifest = msgspec.structs.replace(
        manifest, project=project, defaults=defaults, asset=assets, collection=collections
    )
    return _without_doubtful_routes(with_defaults(manifest), doubtful)


def _table(name: str, table: Mapping[str, Any], doubtful: Doubtful) -> dict[str, Any]:
    if name not in ("style", "gateway"):
        return doubtful.without(table, name)
    return {
        key: doubtful.without(inner, name, key) if isinstance(inner, dict) else {}
        for key, inner in table.items()
        if _is_name(key)
    }


def _is_name(key: str) -> bool:
    try:
        msgspec.convert(key, Name)
    except msgspec.ValidationError:
        return False
    return True


def _asset(index: int, entry: Any, doubtful: Doubtful) -> Asset:
    """One asset; its id is as it is written even if that is not a valid one."""
    known: Mapping[str, Any] = entry if isinstance(entry, dict) else {}
    sound = {**_REQUIRED, **doubtful.without(known, "asset", index)}
    inputs = known.get("inputs")
    if isinstance(inputs, list) and not doubtful.covers("asset", index, "inputs"):
        sound["inputs"] = [one if isinstance(one, str) else "" for one in inputs]
    asset = msgspec.convert({**sound, "id": "x"}, Asset, strict=True)
    written = known.get("id")
    return msgspec.structs.replace(asset, id=written if isinstance(written, str) else "")


def _collection(index: int, rule: Any, doubtful: Doubtful) -> Collection:
    """One collection; of a doubtful one, which makes no assets, nothing is left."""
    known = _REQUIRED if doubtful.touches("collection", index) else rule
    return msgspec.convert(known, Collection, strict=True)


def _without_doubtful_routes(manifest: Manifest, doubtful: Doubtful) -> Manifest:
    assets = tuple(
        msgspec.structs.replace(asset, route=None)
        if doubtful.touches("asset", index, "route")
        else asset
        for index, asset in enumerate(manifest.asset)
    )
    return msgspec.structs.replace(manifest, asset=assets)
