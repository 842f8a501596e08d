"""A lock, so that only one run works in a project at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from assetgen.cure import advice
from assetgen.errors import BusyError, StorageError
from assetgen.fs import home, store
from assetgen.fs.home import Home

if TYPE_CHECKING:
    import filelock

_LOCK = "lock"


def acquired(place: Home, wait: float = 600) -> filelock.BaseFileLock:
    """The lock of a project, or of what its repository keeps; the caller releases it.

    Raises BusyError after ``wait`` seconds, StorageError if the lock file cannot be written.
    """
    import filelock  # not needed by a command that only reads

    # Whichever thread opens the log, another may close it.
    lock = filelock.FileLock(place.path / _LOCK, thread_local=False)
    try:
        lock.acquire(timeout=wait)
    except filelock.Timeout:
        what = "the log of this repository" if place.is_shared else "this project"
        raise BusyError(
            f"another assetgen run has used {what} for {wait:.0f} s",
            where=place.shown() if place.is_shared else str(place.root),
            cure=advice("wait for it, or end it; then run the same command again"),
        ) from None
    except OSError as exc:
        file = place.shown(_LOCK)
        raise StorageError(
            f"the lock file {file} cannot be written: {exc.strerror}",
            where=file,
            cure=advice("run assetgen where it can write to {file}", file=file),
        ) from exc
    return lock


@contextmanager
def locked(root: Path, wait: float = 600) -> Iterator[None]:
    """Lock the project against other runs, at most until the process ends.

    Raises BusyError after ``wait`` seconds, StorageError if the lock file cannot be written.
    """
    store.prepare(root)
    lock = acquired(home.cache(root), wait)
    try:
        yield
    finally:
        lock.release()
