"""Watches the folders of a scope, and reports the changes in them."""

from __future__ import annotations

import errno
import os
import queue
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer as SystemObserver
from watchdog.observers.api import BaseObserver, ObservedWatch
from watchdog.observers.polling import PollingObserver

from assetgen.cure import command
from assetgen.errors import StorageError
from assetgen.fs import store
from assetgen.watch.scope import UNWATCHED, Scope

#: Seconds between two looks where the system reports no changes.
POLLING = 0.5
_EVENTS: list[type[FileSystemEvent]] = [
    *(FileCreatedEvent, FileModifiedEvent, FileMovedEvent, FileDeletedEvent),
    *(DirCreatedEvent, DirMovedEvent, DirDeletedEvent),
]  # no opening and closing: to read a file is not to change it

_NO_MORE = (errno.ENOSPC, errno.EMFILE)

#: What happened, as data; ``event`` is its kind.
Event = Mapping[str, Any]


class Change(NamedTuple):
    """A file or folder that was saved, created, moved or removed."""

    at: float
    """When it was noticed, in seconds of the monotonic clock."""
    decides: bool
    """Whether the plan may depend on it."""
    page: str | None
    """Its path, if it may refer to pictures."""
    file: str | None
    """Its path, if it is a file on which the plan may depend."""


# -- the watcher -----------------------------------------------------------------------------------


class Watcher(FileSystemEventHandler):
    """Puts the changes in a scope, as the operating system reports them, into ``seen``."""

    def __init__(self, root: Path, tell: Callable[[Event], None], *, poll: bool) -> None:
        self.seen: queue.SimpleQueue[Change] = queue.SimpleQueue()
        self._root, self._tell = root, tell
        self._scope = Scope()
        self._watched: dict[tuple[str, bool], tuple[ObservedWatch, int]] = {}
        self._system = self._started(poll)

    def close(self) -> None:
        self._system.stop()
        self._system.join()

    @property
    def polls(self) -> bool:
        return isinstance(self._system, PollingObserver)

    def dispatch(self, event: FileSystemEvent) -> None:
        """Called in the observer's thread."""
        for place in (event.src_path, event.dest_path):
            path = (
                os.path.relpath(os.fsdecode(place), self._root).replace(os.sep, "/")
                if place
                else "."
            )
            decides = self._scope.concerns(path, is_folder=event.is_directory)
            is_page = not event.is_directory and self._scope.is_page(path)
            if decides or is_page:
                page = path if is_page else None
                file = path if decides and not event.is_directory else None
                self.seen.put(Change(time.monotonic(), decides, page, file))

    def watch(self, scope: Scope) -> bool:
        """Watch the folders of ``scope`` and no others. Returns whether some are new."""
        self._scope = scope
        spots = {(str(self._root), False), *_spots(self._root, scope.tops)}
        for spot, (watch, inode) in list(self._watched.items()):
            if spot not in spots or _inode(spot[0]) != inode:
                del self._watched[spot]
                with suppress(KeyError, OSError):
                    self._system.unschedule(watch)
        new = [spot for spot in sorted(spots) if spot not in self._watched]
        for spot in new:
            self._watch(*spot)
        if new and not self.polls:
            self._check_limit()
        return bool(new)

    def _check_limit(self) -> None:
        """Fall back to polling at the limit: the library skips subfolders that it cannot watch."""
        try:
            probe = self._system.schedule(self, str(self._root / store.CACHE), event_filter=_EVENTS)
        except OSError as exc:
            if exc.errno in _NO_MORE:
                self._fall_back(exc)
        else:
            self._system.unschedule(probe)

    def _watch(self, folder: str, recursive: bool) -> None:
        try:
            inode = _inode(folder)
            watch = self._system.schedule(self, folder, recursive=recursive, event_filter=_EVENTS)
        except (FileNotFoundError, NotADirectoryError):
            return  # removed meanwhile: the parent reports when it is back
        except OSError as exc:
            if self.polls or exc.errno not in _NO_MORE:
                raise StorageError(
                    f"{folder} cannot be watched: {exc.strerror}", where=folder
                ) from exc
            self._fall_back(exc)
            self._watch(folder, recursive)
            return
        self._watched[folder, recursive] = (watch, inode)

    def _started(self, poll: bool) -> BaseObserver:
        try:
            system = PollingObserver(timeout=POLLING) if poll else SystemObserver()
        except OSError as exc:  # at the limit before any folder is watched
            if exc.errno not in _NO_MORE:
                raise
            self._report_limit(exc)
            system = PollingObserver(timeout=POLLING)
        system.start()
        return system

    def _fall_back(self, exc: OSError) -> None:
        """Poll from now on."""
        self._report_limit(exc)
        self.close()
        earlier, self._watched = self._watched, {}
        self._system = self._started(True)
        for folder, recursive in earlier:
            self._watch(folder, recursive)

    def _report_limit(self, exc: OSError) -> None:
        limit = "max_user_watches" if exc.errno == errno.ENOSPC else "max_user_instances"
        value = 524288 if exc.errno == errno.ENOSPC else 1024
        what = (
            f"the system's limit for watched folders is reached (fs.inotify.{limit}); "
            f"polling every {POLLING} s instead"
        )
        cure = command("sudo sysctl fs.inotify.{limit}={value}", limit=limit, value=value)
        self._tell({"event": "polling", "what": what, "cure": str(cure)})


def _inode(folder: str) -> int:
    try:
        return os.lstat(folder).st_ino
    except OSError:
        return 0


def _spots(root: Path, tops: Collection[str]) -> list[tuple[str, bool]]:
    """The folders to watch for all in ``tops``, each with whether its subfolders count."""
    if "" in tops:
        with os.scandir(root) as entries:
            tops = [entry.name for entry in entries]
    return [
        spot
        for top in sorted(tops)
        if not _is_unwatched(top)
        for spot in _covering(str(root / top))
    ]


def _covering(folder: str) -> list[tuple[str, bool]]:
    """``folder`` as a whole, or its parts, if some are not to be watched: packages are huge."""
    if os.path.islink(folder):
        return []
    try:
        with os.scandir(folder) as entries:
            inner = [entry for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:  # not a folder, or not readable
        return []
    kept = [entry.path for entry in inner if not _is_unwatched(entry.name)]
    below = [_covering(path) for path in kept]
    if len(kept) == len(inner) and below == [[(path, True)] for path in kept]:
        return [(folder, True)]
    return [(folder, False), *(spot for spots in below for spot in spots)]


def _is_unwatched(name: str) -> bool:
    return name in UNWATCHED or name.startswith(".")
