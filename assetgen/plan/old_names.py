"""The files of a project that keep their old names for a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property

from assetgen.fs.tree import Tree
from assetgen.record import old_names
from assetgen.record.old_names import OldName


class OldNames:
    """The old names in one tree."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    @cached_property
    def all(self) -> Mapping[str, OldName]:
        """Every old name, by the path of its file."""
        return {one.path: one for one in old_names.read(self._tree)}

    def digest(self, path: str) -> str | None:
        """sha256 (hex) of the file that keeps the name ``path``, as it was made."""
        found = self.all.get(path)
        return found.sha256 if found else None

    def kept(self, listed: Collection[str]) -> list[OldName]:
        """Those whose file exists, unchanged, and is none of ``listed``."""
        found = [one for path, one in self.all.items() if path not in listed]
        return [one for one in found if self._tree.digest(one.path) == one.sha256]
