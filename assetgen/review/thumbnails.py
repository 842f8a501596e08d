"""Small pictures for the grid, made once and kept in the user's cache by the id of the large one.

Nothing depends on that cache: where it cannot be written, they are made again.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock

from assetgen.image import decode, ico
from assetgen.review.pictures import SIDE
from assetgen.settings import user_cache

_KIND = "review"
#: Raise it when thumbnails come out otherwise.
_VERSION = 1
#: The most bytes that are kept on disk; the ones not used for longest go first.
_MOST_BYTES = 256 * 1024 * 1024
#: The most that are kept in memory.
_MOST_HELD = 64


class Thumbnails:
    """WebP pictures whose longest side is ``SIDE``. Safe to ask from several threads."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        place = user_cache.folder(environ)
        self._folder = place / _KIND if place else None
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()
        if self._folder:
            _trim(self._folder)

    def find(self, picture: str) -> bytes | None:
        """The thumbnail of a picture, if it was made before."""
        with self._lock:
            if picture in self._held:
                self._held.move_to_end(picture)
                return self._held[picture]
        if self._folder is None:
            return None
        try:
            data = (self._folder / _name(picture)).read_bytes()
        except OSError:
            return None
        sealed, data = data[:32], data[32:]
        if hashlib.sha256(data).digest() != sealed:  # half written, or by someone else
            return None
        self._hold(picture, data)
        return data

    def make(self, picture: str, read: Callable[[], bytes]) -> bytes:
        """The thumbnail of a picture whose bytes ``read`` gives. Raises StorageError."""
        if (found := self.find(picture)) is not None:
            return found
        data = smaller(read(), SIDE)
        self._hold(picture, data)
        if self._folder:
            _write(self._folder, _name(picture), data)
        return data

    def _hold(self, picture: str, data: bytes) -> None:
        with self._lock:
            self._held[picture] = data
            while len(self._held) > _MOST_HELD:
                self._held.popitem(last=False)


def smaller(data: bytes, side: int, quality: int = 80) -> bytes:
    """A picture as WebP whose longest side is at most ``side`` pixels. Raises StorageError."""
    image = decode.in_srgb(decode.decode(ico.shown(data), side=side))
    image.thumbnail((side, side))
    out = io.BytesIO()
    image.save(out, "WEBP", quality=quality, method=2)
    return out.getvalue()


def _name(picture: str) -> str:
    return f"{hashlib.sha256(f'{_VERSION} {SIDE} {picture}'.encode()).hexdigest()}.webp"


def _write(folder: Path, name: str, data: bytes) -> None:
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, new = tempfile.mkstemp(dir=folder)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(hashlib.sha256(data).digest() + data)
            os.replace(new, folder / name)
        except OSError:
            with suppress(OSError):
                os.unlink(new)


def _trim(folder: Path) -> None:
    """Remove the oldest thumbnails until the rest takes at most half of the limit."""
    try:
        with os.scandir(folder) as entries:
            found = [(one.stat().st_mtime, one.stat().st_size, one.path) for one in entries]
    except OSError:
        return
    total = sum(size for _, size, _ in found)
    if total <= _MOST_BYTES:
        return
    for _, size, path in sorted(found):
        if total <= _MOST_BYTES // 2:
            return
        with suppress(OSError):
            os.unlink(path)
            total -= size
