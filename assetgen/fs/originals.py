"""Paid originals and their records: kept for the repository, as long as it exists.

An original is found by the digest of its bytes, a record by the digest of what was asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from assetgen.errors import StorageError
from assetgen.fs import home, kept
from assetgen.fs.home import Home


def keep(root: Path, data: bytes) -> str:
    """Keep the untouched bytes for the repository and return their sha256 (hex).

    Raises StorageError.
    """
    digest = hashlib.sha256(data).hexdigest()
    if read(root, digest) is None:
        _keep(root, _original(digest), data)
    return digest


def keep_record(root: Path, key: str, data: bytes) -> None:
    """Keep a record as long as its original, under ``key``, a digest. Raises StorageError."""
    _keep(root, _record(key), data)


def _keep(root: Path, part: str, data: bytes) -> None:
    place = home.of(root)
    try:
        _write(place, part, data)
    except StorageError:  # for example an agent that may not write into .git
        if not place.is_shared:
            raise
        _write(home.cache(root), part, data)


def _write(place: Home, part: str, data: bytes) -> None:
    kept.prepare(place)
    kept.write(place, part, data)


def find(root: Path, digest: str) -> Home | None:
    """Where an original is kept; only ``read`` verifies it."""
    part = _original(digest)
    return next((place for place in home.places(root) if (place.path / part).is_file()), None)


def shown(root: Path, digest: str) -> str:
    """The path of a kept original, for people and their commands."""
    return (find(root, digest) or home.of(root)).shown(_original(digest))


def has(root: Path, digest: str) -> bool:
    """Whether an original is kept under ``digest``; only ``read`` verifies it."""
    return find(root, digest) is not None


def read(root: Path, digest: str) -> bytes | None:
    """The original with this sha256, None if it is missing or damaged."""
    for place in home.places(root):
        data = kept.read(place, _original(digest))
        if data is not None and hashlib.sha256(data).hexdigest() == digest:
            return data
    return None


def record(root: Path, key: str) -> bytes | None:
    """The record kept under ``key``, as it was written; None if there is none."""
    found = (kept.read(place, _record(key)) for place in home.places(root))
    return next((data for data in found if data is not None), None)


def records(root: Path) -> Iterator[tuple[str, bytes]]:
    """Every record that is kept, as (key, what was written)."""
    for place in home.places(root):
        for file in sorted((place.path / home.RECORDS).glob("*.json")):
            if (data := kept.read(place, f"{home.RECORDS}/{file.name}")) is not None:
                yield f"sha256:{file.stem}", data


def _original(digest: str) -> str:
    return f"{home.ORIGINALS}/{digest}"


def _record(key: str) -> str:
    return f"{home.RECORDS}/{key.removeprefix('sha256:')}.json"


def take_over(root: Path) -> None:
    """Move what the cache of the project keeps to its repository. Raises StorageError.

    An original that is not what its name says stays; so does all that is behind a link.
    """
    if not home.of(root).is_shared:
        return
    _move(root, home.ORIGINALS, lambda name, data: hashlib.sha256(data).hexdigest() == name)
    _move(root, home.RECORDS, lambda name, data: True)


def _move(root: Path, folder: str, is_whole: Callable[[str, bytes], bool]) -> None:
    old, new = home.cache(root), home.of(root)
    old.refuse_links(folder)
    for file in (old.path / folder).glob("*"):
        part = f"{folder}/{file.name}"
        data = kept.read(old, part)
        if data is None or not is_whole(file.name, data):
            continue
        here = kept.read(new, part)
        if here is None or not is_whole(file.name, here):
            _write(new, part, data)
        kept.remove(old, part)
