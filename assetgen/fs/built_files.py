"""Files that were built from records: a copy of each by its digest, and which came out otherwise.

Everything is in the cache of the project, which may come from a commit or from the cache of a CI
service: what it says of a file is compared with the record each time.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from assetgen.errors import StorageError
from assetgen.fs import own_notes, paths, staging, store

#: The folder of the copies, for caches of CI services.
FOLDER = f"{staging.CACHE}/built"
_DIFFERS = f"{staging.CACHE}/differs"
# A copy that no build has used for so long is removed, in seconds.
_OLD = 30 * 24 * 3600


def read(root: Path, digest: str) -> bytes | None:
    """The copy of the file with this sha256 (hex); None if there is none, or if it was changed."""
    path = _place(digest)
    try:
        data = paths.read_own(root, path, StorageError)
    except StorageError:
        return None
    with suppress(OSError):
        if hashlib.sha256(data).hexdigest() != digest:  # or a killed run has not written all of it
            os.unlink(root / path)
            return None
        os.utime(root / path)
    return data


def has(root: Path, digest: str) -> bool:
    """Whether there is a copy; only ``read`` verifies it."""
    return (root / _place(digest)).is_file()


def keep(root: Path, digest: str, path: str) -> None:
    """Keep a copy of the file at ``path``, which has this sha256 (hex); without room, keep none."""
    copy = _place(digest)
    with suppress(OSError, StorageError):
        paths.refuse_links(root, copy)
        if (root / copy).exists():
            return
        (root / copy).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / path, root / copy)  # no link: an edit of one would be of both


def sweep(root: Path, now: float | None = None) -> None:
    """Remove the copies that were not used for a month."""
    oldest = (now or time.time()) - _OLD
    with suppress(OSError, StorageError):
        paths.refuse_links(root, FOLDER)
        for folder in os.scandir(root / FOLDER):
            if not folder.is_dir(follow_symlinks=False):
                continue
            for file in os.scandir(folder):
                if file.stat(follow_symlinks=False).st_mtime < oldest:
                    os.unlink(file)


def _place(digest: str) -> str:
    return f"{FOLDER}/{digest[:2]}/{digest}"


# -- what came out otherwise -----------------------------------------------------------------------


def differing(root: Path) -> Mapping[tuple[str, str], str]:
    """(path, sha256 in the record) -> sha256 of the file that this checkout built instead."""
    found = {}
    for line in (own_notes.read(root, _DIFFERS) or "").split("\n"):
        words = line.split(" ", 2)
        if len(words) == 3:
            found[words[2], words[0]] = words[1]
    return found


def note_differing(root: Path, more: Mapping[tuple[str, str], str]) -> None:
    """Add files that came out otherwise than their records say. Raises StorageError."""
    if not more:
        return
    known = {**differing(root), **more}
    lines = [f"{expected} {found} {path}" for (path, expected), found in known.items()]
    try:
        store.replace(root, _DIFFERS, own_notes.stamped(root, "\n".join(lines)))
    except OSError as exc:
        raise store.explained(exc, _DIFFERS) from exc
