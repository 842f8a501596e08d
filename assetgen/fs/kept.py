"""Reads and writes what is kept of purchases, for the repository or in the cache."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

from assetgen import snapshot
from assetgen.errors import StorageError
from assetgen.fs import home, own_notes, paths, platform, store
from assetgen.fs.home import Home

WRITING = "writing"
_KEY = "key"
#: Another working tree may still be writing a file that is younger than this, in seconds.
_OLD = 3600


def prepare(place: Home) -> None:
    """Make the folders of ``place``. Raises StorageError."""
    store.prepare(place.root)
    try:
        for folder in (WRITING, home.REPLIES, home.ORIGINALS, home.RECORDS, home.BATCHES):
            place.refuse_links(folder)
            _make(place.path / folder)
        for name in ("lock", _KEY):
            place.refuse_links(name)
        if not (place.path / _KEY).exists():
            (place.path / _KEY).touch()
        if place.is_shared:
            _note(place)
    except OSError as exc:
        raise store.explained(exc, place.shown()) from exc


def _make(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)


def _note(place: Home) -> None:
    """Note in the cache which folder this checkout has, and beside it that the project moved."""
    if moved := home.moved_from(place):
        file, key = moved
        store.replace(place.base, file.relative_to(place.base).as_posix(), key.encode(), _in(place))
    key = place.path.name
    if own_notes.read(place.root, home.NOTE) != key:
        paths.refuse_links(place.root, home.NOTE)
        store.replace(place.root, home.NOTE, own_notes.stamped(place.root, key))


def _in(place: Home) -> str:
    """The folder in ``place.base`` in which a file waits for its name."""
    return place.name(WRITING)


def token(place: Home) -> str:
    """A property of ``place`` that cannot be committed or copied. Raises OSError."""
    return snapshot.token(str(place.path / _KEY)).decode()


def write(place: Home, part: str, data: bytes) -> None:
    """Write a file and its name durably; ``prepare`` comes before. Raises StorageError."""
    try:
        place.refuse_links(part)
        store.replace(place.base, place.name(part), data, _in(place))
        platform.sync_folder((place.path / part).parent)  # it may have cost money
    except OSError as exc:
        raise store.explained(exc, place.shown(part)) from exc


def read(place: Home, part: str) -> bytes | None:
    """The bytes of a file; None if it does not exist or cannot be read."""
    try:
        return paths.read_own(place.base, place.name(part), StorageError)
    except StorageError:
        return None


def remove(place: Home, part: str) -> None:
    """Remove a file. Raises StorageError."""
    place.refuse_links(part)
    try:
        (place.path / part).unlink(missing_ok=True)
    except OSError as exc:
        raise store.explained(exc, place.shown(part)) from exc


def sweep(place: Home) -> None:
    """Remove what a killed run left half written for the repository."""
    if not place.is_shared:
        return  # store.sweep does it
    for file in (place.path / WRITING).glob("*"):
        with suppress(OSError):
            if file.stat().st_mtime < time.time() - _OLD:
                file.unlink()
