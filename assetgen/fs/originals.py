"""Paid originals: the untouched bytes of providers, kept for the repository by their digests."""

from __future__ import annotations

import hashlib
from pathlib import Path

from assetgen.errors import StorageError
from assetgen.fs import home, paths, platform, store


def keep(root: Path, data: bytes) -> str:
    """Keep the untouched bytes for the repository and return their sha256 (hex).

    Raises StorageError.
    """
    digest = hashlib.sha256(data).hexdigest()
    if read(root, digest) is not None:
        return digest
    try:
        _keep(home.home(root), digest, data)
    except StorageError:  # for example an agent that may not write into .git
        _keep(root, digest, data)
    return digest


def _keep(base: Path, digest: str, data: bytes) -> None:
    store.prepare(base)
    try:
        store.replace(base, f"{store.ORIGINALS}/{digest}", data)
        platform.sync_folder(base / store.ORIGINALS)  # it may have cost money
    except OSError as exc:
        raise store.explained(exc, f"{store.ORIGINALS}/{digest}") from exc


def find(root: Path, digest: str) -> tuple[Path, str] | None:
    """Where an original is kept, as a folder and a path in it; only ``read`` verifies it."""
    name = f"{store.ORIGINALS}/{digest}"
    return next(((base, name) for base in (home.home(root), root) if (base / name).is_file()), None)


def shown(root: Path, digest: str) -> str:
    """The path of a kept original, for people and their commands."""
    base, name = find(root, digest) or (root, f"{store.ORIGINALS}/{digest}")
    return name if base == root else home.shown(root, name)


def has(root: Path, digest: str) -> bool:
    """Whether an original is kept under ``digest``; only ``read`` verifies it."""
    return find(root, digest) is not None


def read(root: Path, digest: str) -> bytes | None:
    """The original with this sha256, None if it is missing or damaged."""
    for base in dict.fromkeys((home.home(root), root)):
        try:
            data = paths.read_own(base, f"{store.ORIGINALS}/{digest}", StorageError)
        except StorageError:
            continue
        if hashlib.sha256(data).hexdigest() == digest:
            return data
    return None


def take_over(root: Path) -> None:
    """Move the originals of a project's own cache to those of its repository. Raises StorageError.

    A file that is not what its name says, or is behind a link, stays.
    """
    if home.home(root) == root:
        return
    paths.refuse_links(root, store.ORIGINALS)
    for file in (root / store.ORIGINALS).glob("*"):
        data = read(root, file.name)
        if data is not None:
            _keep(home.home(root), file.name, data)
            store.remove(root, f"{store.ORIGINALS}/{file.name}")
