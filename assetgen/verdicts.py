"""What was decided before, by the content that it depends on.

A key is a digest of everything that a value depends on, so a value is never out of date: changed
content has another key. No file time is trusted here. What the caller forgets to put into the key
is a wrong answer, so the key also covers the code of assetgen itself.

The cache is local to a checkout. A damaged, foreign or older file is an empty cache.
"""

from __future__ import annotations

import functools
import os
from array import array
from collections.abc import Iterable, Iterator
from hashlib import sha256
from zlib import crc32

from assetgen import __version__, snapshot, terms

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_FOLDER = ".assetgen/cache"
#: Bump when the form of the file changes.
_MAGIC = f"assetgen-verdicts 1 {__version__}".encode()
_KEY = 32
#: What a run did not use stays, for the next branch switch, up to this many bytes.
_SPARE_BYTES = 8 * 1024 * 1024


def key(*parts: bytes) -> bytes:
    """A digest of ``parts`` and of the code that decides: 32 bytes.

    Each part counts with its length, so two lists of parts never mean the same.
    """
    digest = sha256(_code())
    for part in parts:
        digest.update(b"%d:" % len(part))
        digest.update(part)
    return digest.digest()


class Verdicts:
    """Values by key, read from one file of the cache and written back to it."""

    def __init__(self, root: str | os.PathLike[str], name: str, *, off: bool = False) -> None:
        """The file ``name`` in the cache of ``root``; if ``off``, it is never read or written."""
        self._root = os.fspath(root)
        self._path = os.path.join(self._root, _FOLDER, name)
        self.is_off = off
        self._used: dict[bytes, bytes] = {}
        self._is_new = False
        self.made: dict[bytes, Any] = {}
        """What readers made of values, by key: for who reads the same in one run again."""

    @functools.cached_property
    def _before(self) -> dict[bytes, bytes]:
        return {} if self.is_off else _read(self._path, self._root)

    def get(self, key: bytes) -> bytes | None:
        """The value of ``key``, if it is known."""
        found = self._used.get(key)
        if found is None and (found := self._before.get(key)) is not None:
            self._used[key] = found
        return found

    def put(self, key: bytes, value: bytes) -> None:
        """Keep ``value`` for ``key``."""
        self._used[key] = value
        self._is_new = True

    def save(self) -> None:
        """Write the cache if it has new values; if that fails, the next run is only slower.

        The folder of the cache must exist (``store.prepare``).
        """
        if not self._is_new or self.is_off:
            return
        try:
            snapshot.replace(self._path, b"".join(_pieces(self._root, self._kept())))
        except OSError:  # the cache has no key yet, so it could not be told from a foreign one
            return

    def _kept(self) -> dict[bytes, bytes]:
        """The values of this run, then those of earlier ones as far as there is room."""
        kept, room = dict(self._used), _SPARE_BYTES
        for one, value in self._before.items():
            room -= _KEY + len(value)
            if room < 0:
                break
            kept.setdefault(one, value)
        return kept


def _pieces(root: str, values: dict[bytes, bytes]) -> Iterator[bytes]:
    ends, end = array("q"), 0
    for value in values.values():
        end += len(value)
        ends.append(end)
    body = b"".join([b"".join(values), ends.tobytes(), *values.values()])
    sums = f"{len(values)}|{crc32(body)}\n".encode()
    yield b"|".join([_MAGIC, _code().hex().encode(), snapshot.checkout_token(root), sums])
    yield body


def _read(path: str, root: str) -> dict[bytes, bytes]:
    try:
        header, _, body = snapshot.content(path).partition(b"\n")
        magic, code, token, count, total = header.split(b"|")
        if (
            magic != _MAGIC
            or code != _code().hex().encode()
            or token != snapshot.checkout_token(root)
            or crc32(body) != int(total)
        ):
            return {}
        return dict(_values(body, int(count)))
    except (OSError, ValueError):
        return {}


def _values(body: bytes, count: int) -> Iterable[tuple[bytes, bytes]]:
    first = _KEY * count
    ends = array("q", body[first : first + 8 * count])
    start = at = first + 8 * count
    for number, end in enumerate(ends):
        yield body[_KEY * number : _KEY * (number + 1)], body[at : start + end]
        at = start + end


@functools.cache
def _code() -> bytes:
    """A digest of Python, of the installed packages, and of the size and time of each module.

    The version alone does not show an edit; an installed package changes the times of its folder.
    """
    return sha256(repr((_MAGIC, *terms.code())).encode()).digest()
