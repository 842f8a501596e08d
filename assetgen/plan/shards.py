"""A stable part of all assets, for several machines that work at the same time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import sha256

from msgspec import Struct

from assetgen.plan.decide import Decision

#: The most parts that assets are divided into.
MOST = 1024
_FORM = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})", re.ASCII)


class Shard(Struct, frozen=True):
    """One of several parts: an asset is always in the same one, whatever other assets there are.

    Assets that are made from each other ("@id") are in one part.
    """

    number: int
    """From 1."""
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def ids(self, decisions: Iterable[Decision]) -> set[str]:
        """The assets of this part; ``decisions`` are those on all assets."""
        every = list(decisions)
        return {one for first, ids in _groups(every).items() if self._has(first) for one in ids}

    def _has(self, asset_id: str) -> bool:
        number = int.from_bytes(sha256(asset_id.encode()).digest()[:8], "big")
        return number % self.of == self.number - 1


def parse(text: str) -> Shard:
    """The part that ``text`` names, as in "3/16". Raises ValueError."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a shard such as 3/16")
    shard = Shard(int(found[1]), int(found[2]))
    if shard.of > MOST:
        raise ValueError(f"{text!r} has too many shards: there are at most {MOST}")
    if shard.number > shard.of:
        raise ValueError(f"{text!r} does not exist: the last shard is {shard.of}/{shard.of}")
    return shard


def _groups(decisions: Sequence[Decision]) -> dict[str, list[str]]:
    """The ids of assets that are made from each other, by the first id of each group."""
    heads = {one.asset.id: one.asset.id for one in decisions}

    def head(asset_id: str) -> str:
        while heads[asset_id] != asset_id:
            heads[asset_id] = heads[heads[asset_id]]
            asset_id = heads[asset_id]
        return asset_id

    for decision in decisions:
        for need in decision.needs:
            if need in heads:
                one, other = sorted((head(decision.asset.id), head(need)))
                heads[other] = one
    found: dict[str, list[str]] = {}
    for asset_id in heads:
        found.setdefault(head(asset_id), []).append(asset_id)
    return found
