"""Where the records of a tree are: those of collections in folders, the others by their ids."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

from assetgen.fs.tree import Index, Tree
from assetgen.record import record


class Records:
    """Finds the records of a tree, also after an asset came into a collection, or left it."""

    def __init__(self, tree: Tree, collection: Callable[[str], str | None]) -> None:
        """``collection`` gives the collection of an asset; None for one of no collection."""
        self.tree = tree
        self._collection = collection

    def place(self, asset_id: str) -> str:
        """Where the record of an asset is written."""
        return record.places(asset_id)[self._collection(asset_id) is not None]

    def find(self, asset_id: str) -> tuple[str, bytes | None]:
        """Where the record of an asset is, and its bytes; where it is written if there is none.

        Of two, that counts which agrees with the files; if both or neither do, the one in its
        place.
        """
        place, other = self.place(asset_id), self._other(asset_id)
        data = self.tree.read(place)
        if other is None or (data is not None and self._agrees(data, place)):
            return place, data
        moved = self.tree.read(other)
        if moved is None or (data is not None and not self._agrees(moved, other)):
            return place, data
        return other, moved

    def at(self, asset_id: str) -> str:
        """Where the record of an asset is; where it is written if there is none."""
        return self.find(asset_id)[0]

    def second(self, asset_id: str) -> str | None:
        """Where the asset has another record, which does not count; None if it has none."""
        place, other = self.place(asset_id), self._other(asset_id)
        if other is None or not self._exists(place):
            return None
        return place if self.at(asset_id) == other else other

    def leaving(self, asset_id: str) -> tuple[str, ...]:
        """The records that leave when the one of an asset is written in its place.

        A second one that is not usable stays: the user has to look at it.
        """
        other = self._other(asset_id)
        data = self.tree.read(other) if other else None
        if other is None or data is None:
            return ()
        counts = other == self.at(asset_id) or record.usable(data, other) is not None
        return (other,) if counts else ()

    def paths(self) -> Iterator[str]:
        """The path of every record, sorted."""
        return (path for path in self.tree.files(record.FOLDER) if path.endswith(".json"))

    def in_place(self, ids: Iterable[str]) -> Iterator[tuple[str, str]]:
        """For each of ``ids``: where its record is, and where it may have been before."""
        here = set(self.paths())
        for asset_id in ids:
            alone, in_collection = record.places(asset_id)
            if alone in here and not (in_collection in here and self._collection(asset_id)):
                yield alone, in_collection
            else:
                yield in_collection, alone

    def ids(self) -> dict[str, None]:
        """The assets that have a record."""
        return dict.fromkeys(map(record.id_at, self.paths()))

    def _other(self, asset_id: str) -> str | None:
        """Where the record of an asset is not written, if there is something."""
        place = self.place(asset_id)
        others = (path for path in record.places(asset_id) if path != place)
        return next(filter(self._exists, others), None)

    def _exists(self, path: str) -> bool:
        tree = self.tree
        if isinstance(tree, Index):
            return tree.blob_id(path) is not None
        return os.path.lexists(tree.root / path) or tree.held.is_left_out(path)

    def _agrees(self, data: bytes, path: str) -> bool:
        """Whether a record can be used and all its files are as it says."""
        known = record.usable(data, path)
        return known is not None and all(
            self.tree.digest(file) == digest for file, digest in known.subject.items()
        )
