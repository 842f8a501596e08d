"""Assets whose files git does not have (keep = "record"): they are built from their records.

Until it is built, such a file counts as the one that its record lists. So does one that this
checkout built before the record changed, or that came out otherwise here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path

from assetgen.cure import command
from assetgen.fs import built_files, placed_files
from assetgen.fs.tree import Tree, WorkTree
from assetgen.manifest.schema import Asset, Manifest, targets
from assetgen.record.record import Record, Unusable, places

#: The command that builds all files; it makes what else is free, and buys nothing.
BUILDING = command("assetgen generate --free")


class Rebuilt:
    """The files that are built from records, as they are in one tree."""

    def __init__(
        self,
        root: Path,
        tree: Tree,
        manifest: Manifest,
        record: Callable[[str], Record | Unusable | None],
    ) -> None:
        self._root = root
        self._tree = tree
        self._manifest = manifest
        self._record = record
        self._recorded: dict[str, Mapping[str, str]] = {}

    @cached_property
    def owners(self) -> Mapping[str, str]:
        """The ids of the assets whose files are built, by path."""
        return {
            target.path: asset.id
            for asset in self._manifest.asset
            if asset.is_rebuilt
            for target in targets(asset)
        }

    def digest(self, path: str) -> str | None:
        """sha256 (hex) of a file as it is, or as its record lists it until it is built."""
        if path not in self.owners:
            return self._tree.digest(path)
        found, expected = self._found(path), self._expected(path)
        if expected is None or found == expected:
            return found
        return expected if found is None or self._is_ours(path, found, expected) else found

    def lacking(self, asset: Asset) -> list[str]:
        """The files of an asset that are not built: missing, or built before its record changed.

        None if it has no record to build them from.
        """
        if not asset.is_rebuilt or not isinstance(self._tree, WorkTree):
            return []
        found = []
        for target in targets(asset):
            expected, here = self._expected(target.path), self._found(target.path)
            if expected is None:
                return []
            is_other = here != expected and self._differing.get((target.path, expected)) != here
            if here is None or (is_other and self.digest(target.path) == expected):
                found.append(target.path)
        return found

    def is_built(self, asset: Asset) -> bool | None:
        """Whether the files of an asset exist, built as recorded; None if git has them."""
        if not asset.is_rebuilt:
            return None
        is_there = all(self._found(target.path) for target in targets(asset))
        return is_there and not self.lacking(asset)

    def differing(self, asset: Asset) -> list[str]:
        """The files of an asset that came out otherwise here than its record says."""
        if not asset.is_rebuilt or not self._differing:
            return []
        return [
            target.path
            for target in targets(asset)
            if (here := self._found(target.path))
            and here == self._differing.get((target.path, self._expected(target.path) or ""))
        ]

    def with_absent(self, there: Iterable[str]) -> list[str]:
        """The paths ``there``, and the files with a record to build them from: pages name them."""
        if not self.owners:
            return list(there)
        known = dict.fromkeys(there)
        more = (path for path in self.owners if path not in known)
        has_record = (
            path for path in more if not known.keys().isdisjoint(places(self.owners[path]))
        )
        return [*known, *has_record]

    def forget(self, asset_id: str) -> None:
        """Read the record of an asset again the next time: it was just written."""
        self._recorded.pop(asset_id, None)

    def _found(self, path: str) -> str | None:
        """sha256 (hex) of the file in its place."""
        if isinstance(self._tree, WorkTree) and not os.path.lexists(self._root / path):
            return None  # no sparse checkout leaves out what git does not have
        return self._tree.digest(path)

    def _expected(self, path: str) -> str | None:
        """sha256 (hex) of a file as its record lists it; None if it can be built from no record."""
        asset_id = self.owners[path]
        if asset_id not in self._recorded:
            known = self._record(asset_id)
            known = known if isinstance(known, Record) and not known.is_brought else None
            self._recorded[asset_id] = known.subject if known else {}
        return self._recorded[asset_id].get(path)

    def _is_ours(self, path: str, found: str, expected: str) -> bool:
        """Whether a file with another digest was placed here, so that no one else changed it."""
        if not isinstance(self._tree, WorkTree):
            return False
        return (path, found) in self._placed or self._differing.get((path, expected)) == found

    @cached_property
    def _placed(self) -> frozenset[tuple[str, str]]:
        return frozenset(placed_files.placed(self._root))

    @cached_property
    def _differing(self) -> Mapping[tuple[str, str], str]:
        return built_files.differing(self._root)
