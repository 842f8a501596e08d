"""Writes a reply to its file on the disk as its bytes arrive, before anything reads it."""

from __future__ import annotations

import errno
import os
import re
import threading
from collections.abc import Callable, Iterator
from io import FileIO
from pathlib import Path

from assetgen.fs import platform
from assetgen.paid.side_data import LONGEST_ID

#: How the names of files begin that only reserve space.
ROOM = "room-"
_BLOCK = 1024 * 1024
_FULL = (errno.ENOSPC, errno.EDQUOT)
#: How a reply states its id, the most bytes of that, and where it is: in the first bytes.
_ID = re.compile(rb'"id"\s{0,9}:\s{0,9}"[^"]{1,%d}"' % LONGEST_ID)
_LONGEST, _HEAD = LONGEST_ID + 40, 65_536


class Room:
    """Disk space that is reserved for a reply before its request is sent."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / f"{ROOM}{threading.get_ident()}"

    def take(self, size: int) -> None:
        """Reserve ``size`` bytes. Raises OSError if the disk does not have them."""
        try:
            self._file.unlink(missing_ok=True)
            with open(self._file, "xb", buffering=0) as file:
                if hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(file.fileno(), 0, size)
                else:
                    for start in range(0, size, _BLOCK):
                        file.write(bytes(min(_BLOCK, size - start)))
        except OSError:
            self.give()
            raise

    def give(self) -> bool:
        """Give the space back; whether there was any."""
        try:
            self._file.unlink()
        except OSError:
            return False
        return True


def write(
    file: Path, chunks: Iterator[bytes], watch: Callable[[bytes], None], room: Room | None = None
) -> None:
    """Write ``chunks`` to ``file`` as they arrive: a kill at any time loses none of them.

    They are durable once the reply's id is among them, by which the rest can be fetched later, and
    at the end. On a full disk, ``room`` is used up. Raises OSError.
    """
    file.unlink(missing_ok=True)
    head = _Head()
    with open(file, "xb", buffering=0) as sink:
        try:
            for chunk in chunks:
                _write_all(sink, chunk, room)
                if head.completes_id(chunk):
                    platform.sync_file(sink.fileno())
                    platform.sync_folder(file.parent)
                watch(chunk)
        finally:
            platform.sync_file(sink.fileno())
    platform.sync_folder(file.parent)


def _write_all(sink: FileIO, chunk: bytes, room: Room | None) -> None:
    left = memoryview(chunk)
    while left:  # an unbuffered file may take a part only
        try:
            left = left[sink.write(left) :]
        except OSError as exc:
            if exc.errno not in _FULL or room is None or not room.give():
                raise


class _Head:
    """The start of a reply, in which its id is looked for."""

    def __init__(self) -> None:
        self._seen = b""
        self._is_over = False

    def completes_id(self, chunk: bytes) -> bool:
        """Whether the reply's first id is complete with ``chunk``, and was not before."""
        if self._is_over:
            return False
        start = max(0, len(self._seen) - _LONGEST)
        self._seen += chunk[: _HEAD - len(self._seen)]
        has_id = _ID.search(self._seen, start) is not None
        self._is_over = has_id or len(self._seen) >= _HEAD
        return has_id
