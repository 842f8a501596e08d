"""The data files and the texts of a tree."""

from __future__ import annotations

import os

from assetgen.cure import advice
from assetgen.fs import git_cures, lfs, paths
from assetgen.fs.look import TooLarge
from assetgen.fs.tree import Tree, WorkTree
from assetgen.manifest import data_file
from assetgen.manifest.data_file import Document, NoData, Table


def read(tree: Tree, path: str) -> Table | Document:
    """The data file ``path`` of ``tree``. Raises NoData, or StorageError for what is no file."""
    return data_file.read(path, _bytes(tree, path))


def text(tree: Tree, path: str) -> str:
    """The text in a file of ``tree``. Raises NoData, or StorageError for what is no file."""
    return data_file.text(path, _bytes(tree, path))


def _bytes(tree: Tree, path: str) -> bytes:
    try:
        data = tree.read(path)
    except TooLarge as exc:
        cure = advice("keep only the data that the image shows")
        raise NoData(exc.what, where=path, cure=cure) from None
    if data is None:
        raise _missing(tree, path)
    if lfs.is_pointer(data):
        raise NoData(f"{path} {lfs.WHAT}", where=path, cure=lfs.fetching(tree.root, path))
    return data


def _missing(tree: Tree, path: str) -> NoData:
    if isinstance(tree, WorkTree):
        if os.path.lexists(tree.root / path):
            paths.read_own(tree.root, path, NoData)  # says what it is: a link, a folder, a pipe
        what, cure = f"{path} does not exist", advice("add it, or correct the key file")
    else:
        what, cure = f"{path} is not staged", git_cures.adding(tree.held, [path])
    return NoData(what, where=path, cure=cure)
