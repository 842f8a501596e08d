"""Pages and configuration files of a tree: their bytes, and what identifies these bytes.

A page of the index is its blob, whatever filters of git made of it in the working tree.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from contextlib import suppress

from assetgen.errors import StorageError
from assetgen.fs.look import TooLarge
from assetgen.fs.tree import Index, Tree, WorkTree

_SHA1_HEX = 40


class Sources(ABC):
    """The pages and configuration files of one tree."""

    @abstractmethod
    def version(self, path: str) -> bytes | None:
        """What only these bytes have; None if that takes reading the file.

        Raises StorageError if the file cannot be read.
        """

    @abstractmethod
    def read(self, path: str) -> tuple[bytes, bytes] | None:
        """The version and the bytes of a file; None if it is missing or too large.

        Raises StorageError if it cannot be read.
        """


def sources_of(tree: Tree) -> Sources:
    """The pages and configuration files of ``tree``."""
    return _Files(tree) if isinstance(tree, WorkTree) else _Blobs(tree)


class _Files(Sources):
    def __init__(self, tree: WorkTree) -> None:
        self._tree = tree

    def version(self, path: str) -> bytes | None:
        row = self._tree.known(path)
        return row[1] if row else None

    def read(self, path: str) -> tuple[bytes, bytes] | None:
        try:
            data = self._tree.read(path)
        except TooLarge:
            return None
        return None if data is None else (hashlib.sha256(data).digest(), data)


class _Blobs(Sources):
    def __init__(self, index: Index) -> None:
        self._index = index

    def version(self, path: str) -> bytes | None:
        blob = self._index.blob_id(path)
        return blob.encode() if blob else None

    def read(self, path: str) -> tuple[bytes, bytes] | None:
        blob = self._index.blob_id(path)
        if blob is None:
            return None
        with suppress(StorageError):  # reading a file costs less than asking git for a blob
            data = self._index.work.read(path)
            if data is not None and _id_of(data, like=blob) == blob:
                return blob.encode(), data
        return blob.encode(), self._index.blob(blob)


def _id_of(data: bytes, like: str) -> str:
    """The id that git gives to a blob, by the same algorithm as the id ``like``."""
    name = "sha1" if len(like) == _SHA1_HEX else "sha256"
    digest = hashlib.new(name, b"blob %d\0" % len(data), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()
