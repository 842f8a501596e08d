"""The files of an asset, as they are and as its record lists them."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from assetgen.manifest.schema import Asset
from assetgen.plan.wish import Wish, World
from assetgen.record import candidates
from assetgen.record.record import Record, Unusable, places


class Files(Struct, frozen=True):
    """The files of an asset, as they are and as its record knows them; digests by path."""

    wanted: tuple[str, ...]
    known: Mapping[str, str]
    found: Mapping[str, str | None]
    ours: frozenset[str]
    """What a killed run wrote although its record, which is written last, does not have it yet."""

    @classmethod
    def of(cls, wanted: Wish, record: Record | Unusable | None, world: World) -> Files:
        known = record.subject if isinstance(record, Record) else {}
        found = {path: world.digest(path) for path in dict.fromkeys((*wanted.paths, *known))}
        ours = frozenset(
            path
            for path in wanted.paths
            if found[path]
            and found[path] == world.interrupted(path)
            and found[path] != known.get(path)
        )
        return cls(wanted=wanted.paths, known=known, found=found, ours=ours)

    def foreign(self) -> list[str]:
        return [
            path
            for path in self.wanted
            if self.found[path] and path not in self.known and path not in self.ours
        ]

    def edited(self) -> list[str]:
        return [
            path
            for path, digest in self.found.items()
            if digest
            and path in self.known
            and digest != self.known[path]
            and path not in self.ours
        ]

    def missing(self) -> list[str]:
        return [path for path in self.wanted if self.found[path] is None or path in self.ours]


def stated_in(asset: Asset) -> tuple[str, ...]:
    """Where a tree may say what was made, or bought, for an asset."""
    mine = places(asset.id)
    return (*mine, *candidates.places(asset.id)) if asset.is_painted else mine
