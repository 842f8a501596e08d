"""A lock, so that only one run works in a project at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from assetgen.cure import advice
from assetgen.errors import BusyError, StorageError
from assetgen.fs import store


def acquired(base: Path, wait: float = 600) -> filelock.BaseFileLock:
    """The lock of a project, or of what its repository keeps; the caller releases it.

    Raises BusyError after ``wait`` seconds, StorageError if the lock file cannot be written.
    """
    store.prepare(base)
    # Whichever thread opens the log, another may close it.
    lock = filelock.FileLock(base / store.CACHE / "lock", thread_local=False)
    try:
        lock.acquire(timeout=wait)
    except filelock.Timeout:
        raise BusyError(
            f"another assetgen run has used this project for {wait:.0f} s",
            where=str(base),
            cure=advice("wait for it, or end it; then run the same command again"),
        ) from None
    except OSError as exc:
        what = f"the lock file cannot be written: {exc.strerror}"
        raise StorageError(
            what, where=store.CACHE, cure=advice("run assetgen where it can write to the project")
        ) from exc
    return lock


@contextmanager
def locked(root: Path, wait: float = 600) -> Iterator[None]:
    """Lock the project against other runs, at most until the process ends.

    Raises BusyError after ``wait`` seconds, StorageError if the lock file cannot be written.
    """
    lock = acquired(root, wait)
    try:
        yield
    finally:
        lock.release()
