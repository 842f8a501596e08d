"""Batches in the log of paid requests: noted before anything is sent, until they have ended.

preparing -> starting -> started -> (collected, or never started: the entry ends)
The entry is in the log, and what was asked is in a file beside it, because that may be large.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from assetgen.errors import StorageError
from assetgen.fs import home, kept, platform, store
from assetgen.paid.journal import Fate, Journal
from assetgen.plan import batches
from assetgen.record.batch_file import BatchFile, Pending


class BatchLog:
    """The batches in the log of one project, which must be open."""

    def __init__(self, root: Path, journal: Journal) -> None:
        self._root = root
        self._journal = journal
        self._place = home.of(root)

    def begin(self, batch: BatchFile, now: str) -> Pending:
        """Note a batch that is about to be uploaded; it is on the disk on return."""
        entry = self._journal.sent(
            want=f"batch:{batch.token}",
            asset_id=f"{len(batch.requests)} images",
            route="images",
            surface=batch.surface,
            origin=batch.origin,
            evidence={"batch": {"token": batch.token, "images": len(batch.requests)}},
        )
        pending = Pending(step="preparing", began=now, entry=entry.number, batch=batch)
        self.note(pending)
        return pending

    def note(self, pending: Pending) -> None:
        """Store how far a batch is; it is on the disk on return. Raises StorageError."""
        name = f"{home.BATCHES}/{pending.batch.token}.json"
        kept.write(self._place, name, msgspec.json.encode(pending))

    def started(self, pending: Pending) -> None:
        """Store the id of a batch."""
        self.note(pending)
        self._journal.identified(pending.entry, pending.batch.id)
        self._remove(f"{home.BATCHES}/{pending.batch.token}.jsonl")

    def end(self, pending: Pending, fate: Fate, note: str | None = None) -> None:
        """Store that a batch needs nothing more."""
        self._journal.end(pending.entry, fate, note)
        for end in (".jsonl", ".json"):
            self._remove(f"{home.BATCHES}/{pending.batch.token}{end}")

    def _remove(self, part: str) -> None:
        for place in home.places(self._root):
            with suppress(StorageError):
                kept.remove(place, part)

    def lines(self, token: str, lines: Iterable[bytes]) -> Path:
        """Write the requests of a batch to a file, which is private. Raises StorageError."""
        part = f"{home.BATCHES}/{token}.jsonl"
        self._place.refuse_links(part)
        path = self._place.path / part
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(descriptor, "wb") as stream:
                stream.writelines(lines)
                stream.flush()
                platform.sync_file(stream.fileno())
        except OSError as exc:
            raise store.explained(exc, self._place.shown(part)) from exc
        return path

    def pending(self) -> list[Pending]:
        """The batches that have not ended; what a kill left of others is removed.

        Raises StorageError.
        """
        entries = {one.number: one for one in self._journal.open() if one.is_batch}
        found = []
        for one in batches.pending(self._root):
            if one.entry in entries:
                found.append(one)
                del entries[one.entry]
            else:
                self._remove(f"{home.BATCHES}/{one.batch.token}.jsonl")
                self._remove(f"{home.BATCHES}/{one.batch.token}.json")
        for entry in entries.values():  # it was killed before anything was sent
            self._journal.end(entry.number, Fate.REFUSED, "nothing was sent")
        return found
