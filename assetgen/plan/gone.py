"""Assets that the manifest no longer lists: which of the new ones they are, if any."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property

from assetgen.errors import AssetgenError
from assetgen.plan.wish import Wish
from assetgen.record.places import Records
from assetgen.record.record import Record, Unusable


class Gone:
    """The records of assets that left the manifest, which may only have been renamed."""

    def __init__(
        self,
        records: Records,
        read: Callable[[str], Record | Unusable | None],
        listed: Mapping[str, int],
        wish: Callable[[str], Wish],
    ) -> None:
        """``read`` gives the record of an asset, and ``wish`` what a ``listed`` one asks for."""
        self._records = records
        self._read = read
        self._listed = listed
        self._wish = wish

    def orphan(self, trace: str) -> Record | None:
        """The record of an asset by a trace of its image.

        A trace is the path or the sha256 (hex) of a file, or the digest of an intent.
        """
        return self._by_trace.get(trace)

    def former(self, wish: Wish) -> Record | None:
        """The record of the asset that ``wish`` was before it was renamed; None if none is certain.

        It is the only one that left with this intent, and ``wish`` is the only new one with it.
        """
        if wish.asset.is_adopted:  # the same is asked for each of them
            return None
        found = [one for digest in {*wish.intent.digests} for one in self._drawn.get(digest, ())]
        is_one = len(found) == 1 and self._heirs[wish.intent.digests[0]] == 1
        return found[0] if is_one else None

    @cached_property
    def all(self) -> tuple[Record, ...]:
        """Every record that can be used and is of no listed asset."""
        left = (one for one in self._records.ids() if one not in self._listed)
        return tuple(one for one in map(self._read, left) if isinstance(one, Record))

    @cached_property
    def _drawn(self) -> Mapping[str, list[Record]]:
        """By the digest of their intents; no one has drawn that of a draft yet."""
        found: defaultdict[str, list[Record]] = defaultdict(list)
        for one in self.all:
            if not one.is_draft:
                found[str(one.intent.get("digest"))].append(one)
        return found

    @cached_property
    def _by_trace(self) -> Mapping[str, Record]:
        found: dict[str, Record] = {}
        for one in self.all:
            for trace in (*one.subject, *one.subject.values()):
                found.setdefault(trace, one)
        return {**{digest: many[0] for digest, many in self._drawn.items()}, **found}

    @cached_property
    def _heirs(self) -> Counter[str]:
        """How many listed assets without a record ask for each intent."""
        return Counter(self._new_intents())

    def _new_intents(self) -> Iterator[str]:
        recorded = self._records.ids()
        for asset_id in self._listed:
            if asset_id not in recorded:
                with suppress(AssetgenError):  # it is reported where it is decided
                    wish = self._wish(asset_id)
                    if not wish.asset.is_adopted:
                        yield wish.intent.digests[0]
