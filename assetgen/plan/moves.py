"""Where a file of an asset was moved to: by its blob in git, or by its digest in the tree."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from assetgen.cure import Cure, command
from assetgen.errors import StorageError
from assetgen.fs import git_cures
from assetgen.fs.tree import Tree
from assetgen.manifest.schema import DELIVERED, Manifest, listed_paths
from assetgen.plan.wish import Moved


class Moves:
    """Looks for moved files in the index and in the output folders of one tree."""

    def __init__(self, root: Path, tree: Tree, manifest: Manifest) -> None:
        self._root = root
        self._tree = tree
        self._held = tree.held
        self._manifest = manifest

    def of(self, path: str, digest: str, widely: bool = False) -> Moved | None:
        """Where the file at ``path`` was moved to, if no asset lists that path.

        ``widely`` looks at every image of the tree, the index and HEAD: each is read once.
        """
        found = self._renamed(path)
        places = [*([found] if found else []), *self.images.get(digest, ())]
        for other in dict.fromkeys(places):
            if other not in self._listed and self._tree.digest(other) == digest:
                return Moved(other, self._back(other, path))
        for other in self._everywhere.get(digest, ()) if widely else ():
            if other not in self._listed and other != path:
                return Moved(other, self._back(other, path, digest))
        return None

    def _back(self, other: str, path: str, digest: str | None = None) -> Cure:
        """The command that moves ``other`` to ``path``; with ``digest``, git may have it alone."""
        is_tracked, restore = other in self._held.index, None
        if digest and self._tree.digest(other) is None:
            is_tracked, restore = True, git_cures.restoring(self._held, {other: digest})
        if self._held.is_left_out(other):
            back = command("git mv --sparse -- {other} {path}", other=other, path=path)
        elif is_tracked:
            back = command("git mv -- {other} {path}", other=other, path=path)
        else:
            back = command("mv -- {other} {path}", other=other, path=path)
        folder = path.rpartition("/")[0]
        if folder and not (self._root / folder).is_dir():  # it left with its last file
            make = command("mkdir -p {folder}", folder=folder)
            back = command("{make} && {back}", make=make, back=back)
        return git_cures.joined(restore, back) or back

    @cached_property
    def _everywhere(self) -> Mapping[str, list[str]]:
        """The paths of all images of the tree, the index and HEAD, by sha256 (hex)."""
        found: dict[str, list[str]] = {}
        paths = (*self._tree.everything(), *self._held.index, *self._held.tree("HEAD"))
        for path in dict.fromkeys(paths):
            if path.lower().endswith(DELIVERED):
                with suppress(StorageError):  # it is behind a link, or cannot be read
                    digest = self._tree.digest(path)
                    digest = digest or self._held.staged(path) or self._held.committed(path)
                    found.setdefault(digest or "", []).append(path)
        return found

    def _renamed(self, path: str) -> str | None:
        """The path to which a file of HEAD was moved in the index, if exactly one has its bytes."""
        blob = self._held.tree("HEAD").get(path)
        same = self._by_blob.get(blob, []) if blob else []
        return same[0] if len(same) == 1 and same != [path] else None

    @cached_property
    def _by_blob(self) -> Mapping[str, list[str]]:
        """The paths of the index that are merged, by the id of their blob."""
        found: dict[str, list[str]] = {}
        for path, entry in self._held.index.items():
            if not entry.is_unmerged:
                found.setdefault(entry.blobs[0], []).append(path)
        return found

    @cached_property
    def _listed(self) -> frozenset[str]:
        return listed_paths(self._manifest)

    @cached_property
    def images(self) -> Mapping[str, list[str]]:
        """The paths of all images in the output folders, by sha256 (hex)."""
        found: dict[str, list[str]] = {}
        for folder in self._manifest.project.outputs:
            with suppress(StorageError):
                for path in self._tree.files(folder):
                    if path.lower().endswith(DELIVERED):
                        found.setdefault(self._tree.digest(path) or "", []).append(path)
        return found
