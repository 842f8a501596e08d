"""The files that the page may show, by ids from a list. No path ever comes from the page."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assetgen.errors import StorageError
from assetgen.fs import lfs, originals, paths

#: Longest side in pixels of a picture that stands for a larger one in the grid.
SIDE = 560
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class InFile:
    """A file of the project; its id is the sha256 (hex) of its bytes."""

    path: str


@dataclass(frozen=True)
class InGit:
    """A file as a commit has it; its id names the blob."""

    blob: str
    path: str


@dataclass(frozen=True)
class Kept:
    """An original that the repository keeps; its id has the sha256 (hex) of its bytes."""

    digest: str


@dataclass(frozen=True)
class Held:
    """A preview of a picture that is being made."""

    data: bytes


Source = InFile | InGit | Kept | Held


class Gone(StorageError):
    """What an id stands for is not there any more, or is no picture."""


class Pictures:
    """Every file that may be shown. Ids are added when they are given out, and never taken back."""

    def __init__(self, root: Path, read_blob: Callable[[str], bytes | None]) -> None:
        self._root = root
        self._read_blob = read_blob
        self._known: dict[str, Source] = {}
        self._previews: dict[str, str] = {}

    def of_file(self, path: str, digest: str | None) -> str | None:
        """The id of a file of the project with that digest; None if it is no regular file."""
        if digest is None or not _DIGEST.fullmatch(digest):
            return None
        self._known.setdefault(digest, InFile(path))
        return digest

    def of_blob(self, blob: str, path: str) -> str:
        """The id of a blob of the repository."""
        picture = f"git-{blob}"
        self._known.setdefault(picture, InGit(blob, path))
        return picture

    def of_original(self, digest: str) -> str:
        """The id of an original that the repository keeps."""
        picture = f"original-{digest}"
        self._known.setdefault(picture, Kept(digest))
        return picture

    def of_preview(self, asset_id: str, data: bytes) -> str:
        """The id of the last preview of an asset."""
        self._known.pop(self._previews.get(asset_id, ""), None)
        picture = f"preview-{hashlib.sha256(data).hexdigest()}"
        self._previews[asset_id] = picture
        self._known[picture] = Held(data)
        return picture

    def has(self, picture: str) -> bool:
        """Whether an id was given out."""
        return picture in self._known

    def read(self, picture: str) -> bytes:
        """The bytes of a picture. Raises Gone for an id that was not given out, StorageError."""
        source = self._known.get(picture)
        if source is None:
            raise Gone("there is no such picture")
        if isinstance(source, Held):
            return source.data
        if isinstance(source, Kept):
            kept = originals.read(self._root, source.digest)
            if kept is None:
                raise Gone("its bytes are not in this clone")
            return kept
        data = self._from(source)
        if lfs.is_pointer(data):
            raise Gone(f"{source.path} {lfs.WHAT}", where=source.path)
        if isinstance(source, InFile) and hashlib.sha256(data).hexdigest() != picture:
            self._known.pop(picture, None)
            raise Gone(f"{source.path} has changed", where=source.path)
        return data

    def _from(self, source: InFile | InGit) -> bytes:
        if isinstance(source, InFile):
            return paths.read_regular(self._root, source.path, StorageError)
        data = self._read_blob(source.blob)
        if data is None:
            raise Gone("this clone does not have the earlier file", where=source.path)
        return data


# Only these are ever sent as pictures, whatever a file is called.
_BEGINS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\0\0\1\0", "image/x-icon"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


def media_type(data: bytes) -> str | None:
    """The type of a still picture by its first bytes; None for everything else, such as SVG."""
    for begin, name in _BEGINS:
        if data.startswith(begin):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp" and data[8:12] in (b"avif", b"avis"):
        return "image/avif"
    return None
