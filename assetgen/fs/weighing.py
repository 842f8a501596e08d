"""What a file weighs, without reading all of it where that can be avoided."""

from __future__ import annotations

from assetgen.fs.lfs import POINTER_BYTES, size_of
from assetgen.fs.tree import Index, Tree


def weight(tree: Tree, path: str) -> int | None:
    """The number of bytes of a file, or of what its Git LFS pointer stands for.

    None if it does not exist. Raises StorageError.
    """
    digest = tree.digest(path)
    if digest is None:
        return None
    work = tree.work if isinstance(tree, Index) else tree
    size: int | None = None
    if work.digest(path) == digest and (work.root / path).is_file():  # git need not be asked
        size = (work.root / path).stat().st_size
    if size is None or size < POINTER_BYTES:
        data = tree.read(path)
        return None if data is None else size_of(data)
    return size
