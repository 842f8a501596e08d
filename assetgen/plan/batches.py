"""Which images are in a batch that was sent and is not collected yet.

A batch is known by its committed file, and in the repository that sent it by its log too, before
the file is committed and in other working trees.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path

from msgspec import Struct

from assetgen.cure import advice
from assetgen.errors import StorageError
from assetgen.fs import home, kept
from assetgen.fs.tree import Tree
from assetgen.manifest.schema import Manifest
from assetgen.plan import batch_cures
from assetgen.plan.wish import InBatch, Wish
from assetgen.record import batch_file
from assetgen.record.batch_file import Asked, BatchFile, Pending, Unusable

#: The reason of a request whose answer was billed and has no usable image.
UNUSABLE = "unusable"
_ENDED = b'"ended": {'
#: In so many bytes, what the log keeps of a batch has its id.
_HEAD = 400


class Found(Struct, frozen=True):
    """One request of a batch that is not settled."""

    batch: BatchFile
    asked: Asked
    is_started: bool = True


class Batches:
    """Looks for images in batches, as one tree and the log of its repository know them."""

    def __init__(self, root: Path, tree: Tree, manifest: Manifest) -> None:
        self._root = root
        self._tree = tree
        self._manifest = manifest
        self._read = cache(self._read_file)

    @cached_property
    def committed(self) -> Mapping[str, BatchFile | Unusable]:
        """Every file of a batch by its path, also of those that have ended."""
        return {path: self._read(path) for path in self.paths()}

    def paths(self) -> list[str]:
        """The paths of the files of batches, sorted."""
        return [path for path in self._tree.files(batch_file.FOLDER) if path.endswith(".json")]

    def _read_file(self, path: str) -> BatchFile | Unusable:
        try:
            data = self._tree.read(path)
        except StorageError as exc:
            return Unusable(exc.what)
        try:
            return batch_file.read(data or b"", path)
        except Unusable as exc:
            return exc

    def of(self, wish: Wish) -> InBatch | None:
        """The batch in which the image of ``wish`` is, under its asset's id or a former one."""
        found = self._open.get(wish.asset.id) or self._renamed.get(self._wanted(wish))
        if found is None:
            return None
        if found.batch.ended:
            if found.asked.wanted != self._wanted(wish):
                return None
            words = f"in batch {found.batch.id}, which was billed, but its answer has no image"
            again = batch_cures.again(wish.asset.id)
            return InBatch(found.batch.id, words, advice("{again} (buys it again)", again=again))
        if not found.is_started:
            words = "in a batch whose start is not known"
            return InBatch("", words, batch_cures.look())
        collect = batch_cures.collect(found.batch.id)
        return InBatch(found.batch.id, f"in batch {found.batch.id}", collect)

    def open_batches(self) -> list[BatchFile]:
        """The batches that were started and are not collected."""
        found = {one.batch.id: one.batch for one in self._open.values() if one.is_started}
        return [one for one in found.values() if not one.ended]

    def unusable(self) -> Mapping[str, Unusable]:
        """The files of batches that are not usable, by their paths; ended ones are not read."""
        found = {path: self._unless_settled(path) for path in self.paths()}
        return {path: one for path, one in found.items() if isinstance(one, Unusable)}

    def _wanted(self, wish: Wish) -> str:
        return wish.intent.digests[0] if self._open or self._renamed else ""

    @cached_property
    def _open(self) -> Mapping[str, Found]:
        """Each request that is not settled, by its asset."""
        in_order = sorted(self._requests(), key=lambda one: one.batch.ended is None)
        return {one.asked.asset: one for one in in_order}  # an open batch counts before others

    @cached_property
    def _renamed(self) -> Mapping[str, Found]:
        """Those of assets that the manifest no longer lists, by the digest of the intent."""
        known = {asset.id for asset in self._manifest.asset} if self._open else set()
        return {one.asked.wanted: one for name, one in self._open.items() if name not in known}

    def _requests(self) -> Iterator[Found]:
        for path in self.paths():
            found = self._unless_settled(path)
            if isinstance(found, BatchFile):
                failed = found.ended.failed if found.ended else None
                for asked in found.requests:
                    if failed is None or failed.get(asked.custom_id) == UNUSABLE:
                        yield Found(found, asked)
        unusable = self.unusable()
        known = {Path(path).stem for path in self.paths() if path not in unusable}
        for sent in pending(self._root, known):
            yield from (Found(sent.batch, one, sent.is_started) for one in sent.batch.requests)

    def _unless_settled(self, path: str) -> BatchFile | Unusable | None:
        """The batch at ``path``; None if it has ended, without reading all of its requests."""
        try:
            data = self._tree.read(path) or b""
        except StorageError as exc:
            return Unusable(exc.what)
        head = data.partition(b'"requests"')[0]
        if _ENDED in head and f'"{UNUSABLE}"'.encode() not in head:
            return None
        return self._read(path)


def images_by_bill(root: Path, tree: Tree) -> Mapping[str, int]:
    """How many images of each bill are in batches that are not collected."""
    found = Batches(root, tree, Manifest()).open_batches()
    bills: Counter[str] = Counter()
    for one in found:
        bills[one.surface] += len(one.requests)
    return bills


def pending(root: Path, known: Collection[str] = ()) -> list[Pending]:
    """The batches that this repository has sent and that have not ended, in order of their start.

    What cannot be read is left out, and so are those with ids that are ``known``: it takes time to
    read thousands of requests.
    """
    found = []
    for place in home.places(root):
        try:
            names = sorted(os.listdir(place.path / home.BATCHES))
        except OSError:
            continue
        for name in names:
            data = kept.read(place, f"{home.BATCHES}/{name}") if name.endswith(".json") else None
            if data is None or any(f'"id":"{one}"'.encode() in data[:_HEAD] for one in known):
                continue
            try:
                found.append(batch_file.read_pending(data))
            except Unusable:
                continue
    return sorted(found, key=lambda one: (one.began, one.entry))
