"""What watch watches: the scope, and the changes in it."""

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

from assetgen.errors import StorageError
from assetgen.fs import store
from assetgen.watch.scope import UNWATCHED, Scope

#: Seconds between two looks where the system tells nothing.
POLLING = 0.5
_EVENTS: list[type[FileSystemEvent]] = [
    *(FileCreatedEvent, FileModifiedEvent, FileMovedEvent, FileDeletedEvent),
    *(DirCreatedEvent, DirMovedEvent, DirDeletedEvent),
]  # no opening and no closing: reading a file must not look like a change of it

_NO_MORE = (errno.ENOSPC, errno.EMFILE)

#: What happened, as data: ``event`` says which kind.
Event = Mapping[str, Any]


class Change(NamedTuple):
    """Something that was saved, created, moved or removed."""

    at: float
    """When it was seen, in seconds of the monotonic clock."""
    decides: bool
    """Whether a decision may rest on it."""
    page: str | None
    """Where it lies, if it may name pictures."""


# -- the eyes --------------------------------------------------------------------------------------


class Watcher(FileSystemEventHandler):
    """What the operating system tells of the folders of a scope; ``seen`` fills with what concerns it."""

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
        """Called by the observer's thread."""
        for place in (event.src_path, event.dest_path):
            path = (
                os.path.relpath(os.fsdecode(place), self._root).replace(os.sep, "/")
                if place
                else "."
            )
            decides = self._scope.concerns(path, is_folder=event.is_directory)
            is_page = not event.is_directory and self._scope.is_page(path)
            if decides or is_page:
                self.seen.put(Change(time.monotonic(), decides, path if is_page else None))

    def look_at(self, scope: Scope) -> bool:
        """Watch the folders of ``scope``, and no others; whether there are new ones."""
        self._scope = scope
        wanted = {(str(self._root), False), *_spots(self._root, scope.tops)}
        for spot, (watch, inode) in list(self._watched.items()):
            if spot not in wanted or _inode(spot[0]) != inode:
                del self._watched[spot]
                with suppress(KeyError, OSError):
                    self._system.unschedule(watch)
        new = [spot for spot in sorted(wanted) if spot not in self._watched]
        for spot in new:
            self._watch(*spot)
        if new and not self.polls:
            self._prove()
        return bool(new)

    def _prove(self) -> None:
        """Give up if there is no room for one more: the library passes over inner folders that it cannot watch."""
        try:
            probe = self._system.schedule(self, str(self._root / store.CACHE), event_filter=_EVENTS)
        except OSError as exc:
            if exc.errno in _NO_MORE:
                self._give_up(exc)
        else:
            self._system.unschedule(probe)

    def _watch(self, folder: str, recursive: bool) -> None:
        try:
            inode = _inode(folder)
            watch = self._system.schedule(self, folder, recursive=recursive, event_filter=_EVENTS)
        except (FileNotFoundError, NotADirectoryError):
            return  # gone meanwhile: the folder above tells when it is back
        except OSError as exc:
            if self.polls or exc.errno not in _NO_MORE:
                raise StorageError(
                    f"{folder} cannot be watched: {exc.strerror}", where=folder
                ) from exc
            self._give_up(exc)
            self._watch(folder, recursive)
            return
        self._watched[folder, recursive] = (watch, inode)

    def _started(self, poll: bool) -> BaseObserver:
        try:
            system = PollingObserver(timeout=POLLING) if poll else SystemObserver()
        except OSError as exc:  # no more of what watches, before any folder was named
            if exc.errno not in _NO_MORE:
                raise
            self._say_why(exc)
            system = PollingObserver(timeout=POLLING)
        system.start()
        return system

    def _give_up(self, exc: OSError) -> None:
        """Look for changes by ourselves from now on."""
        self._say_why(exc)
        self.close()
        earlier, self._watched = self._watched, {}
        self._system = self._started(True)
        for folder, recursive in earlier:
            self._watch(folder, recursive)

    def _say_why(self, exc: OSError) -> None:
        limit = "max_user_watches" if exc.errno == errno.ENOSPC else "max_user_instances"
        value = 524288 if exc.errno == errno.ENOSPC else 1024
        what = f"the system watches no more for this user (fs.inotify.{limit}); looking every {POLLING} s instead"
        cure = f"sudo sysctl fs.inotify.{limit}={value}"
        self._tell({"event": "polling", "what": what, "cure": cure})


def _inode(folder: str) -> int:
    try:
        return os.lstat(folder).st_ino
    except OSError:
        return 0


def _spots(root: Path, tops: Collection[str]) -> list[tuple[str, bool]]:
    """The folders to watch for all below ``tops``, each with whether it is watched as a whole."""
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
    """``folder`` as a whole, or what is to be watched of it if something in it is not: trees of packages are huge."""
    if os.path.islink(folder):
        return []
    try:
        with os.scandir(folder) as entries:
            inner = [entry for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:  # no folder, or none that can be looked into
        return []
    kept = [entry.path for entry in inner if not _is_unwatched(entry.name)]
    below = [_covering(path) for path in kept]
    if len(kept) == len(inner) and below == [[(path, True)] for path in kept]:
        return [(folder, True)]
    return [(folder, False), *(spot for spots in below for spot in spots)]


def _is_unwatched(name: str) -> bool:
    return name in UNWATCHED or name.startswith(".")
