"""What watch watches: the scope, and the changes in it."""

from __future__ import annotations

import errno
import os
import queue
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
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
from assetgen.fs import globs, paths, store
from assetgen.manifest.schema import FILE, FORMATS, Manifest, references, targets

#: Seconds between two looks where the system tells nothing.
POLLING = 0.5

TEMPLATES = "templates"
_UNWATCHED = frozenset({"node_modules", "venv", "__pycache__"})
_EVENTS: list[type[FileSystemEvent]] = [
    *(FileCreatedEvent, FileModifiedEvent, FileMovedEvent, FileDeletedEvent),
    *(DirCreatedEvent, DirMovedEvent, DirDeletedEvent),
]  # no opening and no closing: reading a file must not look like a change of it

_NO_MORE = (errno.ENOSPC, errno.EMFILE)

#: What happened, as data: ``event`` says which kind.
Event = Mapping[str, Any]


@dataclass(frozen=True)
class Scope:
    """What the decisions on a project rest on, and the pages that name its pictures; paths are those below it."""

    files: frozenset[str] = frozenset({FILE})
    content: tuple[str, ...] = ()
    """Globs of the pages."""
    written: frozenset[str] = frozenset()
    """What assetgen itself writes: never a reason to look again."""

    def concerns(self, path: str, *, is_folder: bool) -> bool:
        """Whether a change at ``path`` may change a decision, or what is to be watched."""
        if self._is_apart(path):
            return False
        if path in self.files or path == TEMPLATES or path.startswith(TEMPLATES + "/"):
            return True
        if not is_folder:
            return False
        inside = path + "/"
        return any(one.startswith(inside) for one in self.files) or any(
            not base or f"{base}/".startswith(inside) or inside.startswith(base + "/")
            for base in self.bases
        )

    def is_page(self, path: str) -> bool:
        """Whether a file at ``path`` may name pictures."""
        return self._is_meant(path) and not self._is_apart(path)

    def _is_apart(self, path: str) -> bool:
        parts = path.split("/")
        return path in self.written or parts[0].startswith(".") or not _UNWATCHED.isdisjoint(parts)

    @cached_property
    def _is_meant(self) -> Callable[[str], bool]:
        return globs.matcher(self.content)

    @cached_property
    def bases(self) -> set[str]:
        """The folders below which there are pages; "" is the project, not needed for what lies right in it."""
        return globs.bases(
            glob for glob in self.content if "/" in glob.removeprefix("./") or "**" in glob
        )

    @property
    def tops(self) -> set[str]:
        """The folders right below the project in which all of it lies; "" for every one."""
        inner = {
            place.partition("/")[0] for place in (*self.files, TEMPLATES + "/") if "/" in place
        }
        return inner | {base.partition("/")[0] for base in self.bases}


def scope(known: Manifest, rests_on: Iterable[str]) -> Scope:
    """What is looked at for a manifest, of which the decisions were found to rest on the files ``rests_on``."""
    written = frozenset(target.path for asset in known.asset for target in targets(asset))
    files = frozenset(
        path for path in rests_on if not (path.startswith("@") or paths.problem_of_page(path))
    ) | {FILE}
    content = tuple(glob for glob in known.project.content if not _leads_out(glob))
    return Scope(files - written, content, written)


def _leads_out(glob: str) -> bool:
    """Whether a glob looks outside the project; a manifest is only a file that somebody sent."""
    return glob.startswith("/") or ".." in glob.split("/") or not {":", "\\"}.isdisjoint(glob)


def named(known: Manifest) -> Iterator[str]:
    """The files that a manifest names, for one on which nothing could be decided."""
    for asset in known.asset:
        yield from (reference for _, reference in references(asset))
        yield from (asset.page,) if asset.page else ()
        yield from _pictures(asset.values)


def _pictures(value: Any) -> Iterator[str]:
    if isinstance(value, str) and "." + value.rpartition(".")[2].lower() in {*FORMATS, ".svg"}:
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _pictures(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _pictures(inner)


class Change(NamedTuple):
    """Something that was saved, created, moved or removed."""

    at: float
    """When it was seen, in seconds of the monotonic clock."""
    decides: bool
    """Whether a decision may rest on it."""
    page: str | None
    """Where it lies, if it may name pictures."""


# -- the eyes --------------------------------------------------------------------------------------


class Eyes(FileSystemEventHandler):
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
    return name in _UNWATCHED or name.startswith(".")
