"""Purchases whose record and original are kept for the repository, whatever git shows here."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from assetgen.cure import Cure, command
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

    def __init__(self, root: Path, records: Records, manifest: Manifest) -> None:
        self._root = root
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
        if own := self._read(wish, wish.asset.id):
            return own
        for asset_id in self._former_ids(wish):
            found = self._read(wish, asset_id)
            original = found[1].original if found else None
            if original is None or original in self._in_use:
                continue
            if self._heirs.setdefault(original, wish.asset.id) == wish.asset.id:
                return found
        return None

    def _former_ids(self, wish: Wish) -> Sequence[str]:
        """The ids under which the image may have been bought: its asset may be renamed."""
        if not self._gone:
            return ()
        found = (one for digest in wish.intent.digests for one in self._gone.get(digest, ()))
        return list(dict.fromkeys(found))

    def _read(self, wish: Wish, asset_id: str) -> tuple[bytes, Record] | None:
        """The purchase that was made for the image under an id."""
        data = originals.record(self._root, wish.key_as(asset_id))
        known = record.usable(data, record.place(asset_id))
        if data is None or known is None or known.original is None or known.is_draft:
            return None
        if shows_another(wish, known) or not originals.has(self._root, known.original):
            return None
        return data, known

    @cached_property
    def _gone(self) -> Mapping[str, Sequence[str]]:
        """The ids of kept records that the manifest no longer lists, by their intents' digests."""
        listed = {asset.id for asset in self._manifest.asset}
        found: defaultdict[str, list[str]] = defaultdict(list)
        for asset_id, digest in filter(None, map(_subject_of, originals.records(self._root))):
            if asset_id not in listed:
                found[digest].append(asset_id)
        return found

    @cached_property
    def _in_use(self) -> set[str | None]:
        """The originals of the images that the manifest lists."""
        found = (self._records.find(asset.id) for asset in self._manifest.asset)
        known = (record.usable(data, place) for place, data in found)
        return {one.original for one in known if one}

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
        asset_id, digest = predicate["asset"]["id"], predicate["intent"]["digest"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return (asset_id, digest) if isinstance(asset_id, str) and isinstance(digest, str) else None
