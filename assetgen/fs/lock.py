"""One run at a time in a project."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from assetgen.errors import BusyError, StorageError
from assetgen.fs import store


@contextmanager
def locked(root: Path, wait: float = 600) -> Iterator[None]:
    """Hold the project against other runs; dies with the process. Raises BusyError after ``wait`` seconds."""
    store.prepare(root)
    lock = filelock.FileLock(root / store.CACHE / "lock")
    try:
        lock.acquire(timeout=wait)
    except filelock.Timeout:
        raise BusyError(
            f"another assetgen run has held this project for {wait:.0f} s",
            where=str(root),
            cure="wait for it, or end it; then run the same command again",
        ) from None
    except OSError as exc:
        what = f"the lock cannot be taken: {exc.strerror}"
        raise StorageError(
            what, where=store.CACHE, cure="run it where the project can be written"
        ) from exc
    try:
        yield
    finally:
        lock.release()
