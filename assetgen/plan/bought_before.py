"""Purchases whose record and original are kept for the repository, whatever git shows here."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from assetgen.cure import Cure, command
from assetgen.errors import AssetgenError
from assetgen.fs import originals
from assetgen.manifest.schema import Manifest
from assetgen.plan import record_cures
from assetgen.plan.differences import shows_another
from assetgen.plan.wish import Wish
from assetgen.record import record
from assetgen.record.places import Records
from assetgen.record.record import Record


class BoughtBefore:
    """Looks for the purchase of exactly the image that a wish asks for."""

    def __init__(
        self, root: Path, records: Records, manifest: Manifest, asks: Callable[[str], Wish]
    ) -> None:
        """``asks`` says what a listed asset asks for. It may raise AssetgenError."""
        self._root = root
        self._asks = asks
        self._records = records
        self._manifest = manifest
        self._heirs: dict[str, str] = {}
        """The asset that an original went to, where two ask for what was bought once."""

    def record(self, wish: Wish) -> Record | None:
        """The record of the purchase, if its original is kept too."""
        found = self.stated(wish)
        return found[1] if found else None

    def stated(self, wish: Wish) -> tuple[bytes, Record] | None:
        """The record of the purchase, as it was written and as it is read."""
        own = wish.asset.id
        if found := self._read(wish, own, wish.key):
            return found
        for asset_id, key in self._others(wish):
            found = self._read(wish, asset_id, key)
            original = found[1].original if found else None
            if original is None or (asset_id != own and self._is_used(original)):
                continue
            if asset_id == own or self._heirs.setdefault(original, own) == own:
                return found
        return None

    def _others(self, wish: Wish) -> Sequence[tuple[str, str]]:
        """(id, key) under which the image may have been bought: its asset may be renamed.

        Its own id comes first: its key may be that of an intent in an earlier form.
        """
        if not self._by_intent:
            return ()
        found = (one for digest in wish.intent.digests for one in self._by_intent.get(digest, ()))
        others = [key for key in dict.fromkeys(found) if key != wish.key]
        read = ((_subject_of(originals.record(self._root, key) or b""), key) for key in others)
        named = [(subject[0], key) for subject, key in read if subject]
        return sorted(named, key=lambda one: one[0] != wish.asset.id)

    def _read(self, wish: Wish, asset_id: str, key: str) -> tuple[bytes, Record] | None:
        """The purchase that was made for the image under an id and a key."""
        data = originals.record(self._root, key)
        known = record.usable(data, record.place(asset_id))
        if data is None or known is None or known.original is None or known.is_draft:
            return None
        if shows_another(wish, known) or not originals.has(self._root, known.original):
            return None
        return data, known

    @cached_property
    def _by_intent(self) -> Mapping[str, Sequence[str]]:
        """The keys of kept records by their intents' digests."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for key, data in originals.records(self._root):
            if subject := _subject_of(data):
                found[subject[1]].append(key)
        return found

    def _is_used(self, original: str) -> bool:
        """Whether a listed asset has an original, and still asks for what was bought then.

        It does not where two pages have changed places.
        """
        return any(self._still_asks(known) for known in self._users.get(original, ()))

    def _still_asks(self, known: Record) -> bool:
        try:
            return known.intent.get("digest") in self._asks(known.asset_id).intent.digests
        except AssetgenError:
            return True

    @cached_property
    def _users(self) -> Mapping[str | None, Sequence[Record]]:
        """The records of the images that the manifest lists, by their originals."""
        found: defaultdict[str | None, list[Record]] = defaultdict(list)
        for place, data in (self._records.find(asset.id) for asset in self._manifest.asset):
            if known := record.usable(data, place):
                found[known.original].append(known)
        return found

    def replacing(self, wish: Wish) -> Cure:
        """The command that makes a bought image again whose record in place is damaged.

        Files in its place are moved aside too: without a record, they belong to no one.
        """
        asset_id = wish.asset.id
        return command(
            "{move} && {generate}",
            move=record_cures.aside(self._records.tree, self._records.at(asset_id), wish.paths),
            generate=command("assetgen generate {asset_id}", asset_id=asset_id),
        )


def _subject_of(data: bytes) -> tuple[str, str] | None:
    """The asset that the bytes of a record are about, and the digest of its intent.

    None if they do not say.
    """
    try:
        predicate = json.loads(data)["predicate"]
        intent = record.current(predicate["intent"])
        asset_id, digest = predicate["asset"]["id"], intent["digest"]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return (asset_id, digest) if isinstance(asset_id, str) and isinstance(digest, str) else None
