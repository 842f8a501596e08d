"""The images before the steps of a refined image, as earlier commits had them in place."""

from __future__ import annotations

from assetgen.plan.differences import shows_another
from assetgen.plan.wish import Wish
from assetgen.record import record
from assetgen.record.places import Records
from assetgen.record.record import Record


class InHistory:
    """Looks in the commits up to HEAD: a clone has them, but not what was bought elsewhere."""

    def __init__(self, records: Records) -> None:
        self._records, self._held = records, records.tree.held

    def stated(self, wish: Wish) -> tuple[bytes, Record] | None:
        """The record of an image before a step of the one in place, if its original is there too.

        As it was written, and as it is read.
        """
        place, data = self._records.find(wish.asset.id)
        known = record.usable(data, place)
        if known is None or not _was_before(wish, known):
            return None
        for _, earlier in self._held.earlier(place):
            found = record.usable(earlier, place)
            if found is None or found.is_draft or shows_another(wish, found):
                continue
            if found.original and self.original(found.original, found) is not None:
                return earlier, found
        return None

    def original(self, wanted: str, known: Record) -> bytes | None:
        """The original with a sha256 (hex), if an earlier file of an asset is it."""
        from assetgen.image import marking

        for path in known.subject:
            for _, data in self._held.earlier(path):
                if (found := marking.as_received(data, wanted)) is not None:
                    return found
        return None


def _was_before(wish: Wish, known: Record) -> bool:
    """Whether the image of a record was made from that of ``wish`` in steps."""
    digests = wish.intent.digests
    return any(record.digest(one) in digests for one in record.chain(known.intent)[1:])
