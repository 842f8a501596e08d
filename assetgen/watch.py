"""Watching: a save is seen, the project is planned anew, what costs nothing is made, and what would cost is said.

Nothing is ever bought here. What a decision rests on decides what is watched; what assetgen writes is not among it,
so that no run is the cause of the next. Of a page on which no decision rests, only what it names is looked at.
"""

from __future__ import annotations

import errno
import gc
import os
import queue
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass, replace
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

from assetgen import draft, manifest, paths, report, report_pages, run, store, usage
from assetgen.errors import AssetgenError, BusyError, StorageError
from assetgen.manifest import FILE, FORMATS, Manifest, references, targets
from assetgen.outcome import Failed, Made, Observer, Outcome
from assetgen.project import Project
from assetgen.refs import globs
from assetgen.repo import Repository
from assetgen.terms import Terms
from assetgen.tree import WorkTree

#: Seconds without a change after which a burst of changes is over.
QUIET = 0.03
#: Seconds after which a burst that does not end is looked at all the same.
MOST = 2.0
#: Seconds that are waited for a manifest that an editor has moved away, and for git to finish a checkout.
MANIFEST_GONE, GIT_AT_WORK = 0.5, 10.0
#: Seconds between two looks where the system tells nothing.
POLLING = 0.5
#: Seconds before it is said that another run is waited for.
_PATIENT = 2.0

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
            not base or f"{base}/".startswith(inside) or inside.startswith(base + "/") for base in self.bases
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
        return globs.bases(glob for glob in self.content if "/" in glob.removeprefix("./") or "**" in glob)

    @property
    def tops(self) -> set[str]:
        """The folders right below the project in which all of it lies; "" for every one."""
        inner = {place.partition("/")[0] for place in (*self.files, TEMPLATES + "/") if "/" in place}
        return inner | {base.partition("/")[0] for base in self.bases}


def scope(known: Manifest, rests_on: Iterable[str]) -> Scope:
    """What is looked at for a manifest, of which the decisions were found to rest on the files ``rests_on``."""
    written = frozenset(target.path for asset in known.asset for target in targets(asset))
    files = frozenset(path for path in rests_on if not (path.startswith("@") or paths.problem_of_page(path))) | {FILE}
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
            path = os.path.relpath(os.fsdecode(place), self._root).replace(os.sep, "/") if place else "."
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
                raise StorageError(f"{folder} cannot be watched: {exc.strerror}", where=folder) from exc
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
    return [spot for top in sorted(tops) if not _is_unwatched(top) for spot in _covering(str(root / top))]


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


# -- the loop --------------------------------------------------------------------------------------


class Watch(Observer):
    """One project that is watched. ``tell`` is told what happens, as it happens."""

    def __init__(
        self,
        root: Path,
        conditions: Terms,
        tell: Callable[[Event], None],
        *,
        commit: bool = False,
        poll: bool = False,
    ) -> None:
        # A copy: opening the repository takes the variables of git out of the process's own environment.
        self._root, self._terms = root, replace(conditions, environ=dict(conditions.environ))
        self._tell = tell
        self._options = run.Options(draft=True, commit=commit, patience=_PATIENT)
        self._eyes = Eyes(root, tell, poll=poll)
        self._scope = Scope()
        self._known: Any = {}
        self._since = time.monotonic()
        self._failed: dict[tuple[str | None, str], None] = {}
        self._now_failed: dict[tuple[str | None, str], None] = {}
        self._cost: list[Event] = []
        self._not_there: dict[str, set[str]] = {}
        repository = Repository.open(root, self._terms.environ)
        self._git_lock = repository.place("index.lock") if repository else None

    def run(self) -> None:
        """Watch until interrupted. Raises StorageError if the project goes away, KeyboardInterrupt."""
        try:
            store.prepare(self._root)
            self._eyes.look_at(self._scope)
            self._look()
            self._warm()
            folders = sorted({place.partition("/")[0] for place in (*self._scope.files, TEMPLATES)})
            pages = [base or "." for base in sorted(self._scope.bases)]
            self._tell(
                {
                    "event": "started",
                    "watching": list(dict.fromkeys([*folders, *pages])),
                    "commit": self._options.commit,
                    "polling": self._eyes.polls,
                }
            )
            while True:
                changes = self._burst()
                if any(change.decides for change in changes):
                    self._look()
                self._read({change.page for change in changes if change.page})
        finally:
            self._eyes.close()

    def _burst(self) -> list[Change]:
        """The next changes, once their burst is over: the dance of an editor, a checkout."""
        changes = [self._eyes.seen.get()]
        self._since = changes[0].at
        began = time.monotonic()
        while True:
            try:
                changes.append(self._eyes.seen.get(timeout=QUIET))
                is_quiet = False
            except queue.Empty:
                is_quiet = True
            waited = time.monotonic() - began
            if (is_quiet or waited > MOST) and not self._is_unfinished(waited):
                return changes

    def _is_unfinished(self, waited: float) -> bool:
        """Whether more is to come: git holds its index, or the manifest is on its way from one name to another."""
        with suppress(OSError):
            if self._git_lock and time.time() - os.lstat(self._git_lock).st_mtime < GIT_AT_WORK:
                return True
        return waited < MANIFEST_GONE and not (self._root / FILE).exists()

    def _look(self) -> None:
        """Make what is free; once more if that showed new folders, in which something may have changed meanwhile."""
        while True:
            self._once()
            if not self._eyes.look_at(self._scope):
                return

    def _once(self) -> None:
        if not self._root.is_dir():
            raise StorageError("the project is no longer there", where=str(self._root), cure="cd to where it is now")
        tree = WorkTree(self._root, before=self._known)
        self._now_failed = {}
        try:
            outcome = self._generated(tree)
        except AssetgenError as exc:
            self._fails(None, exc)
            self._widen(tree)
        else:
            self._scope = scope(outcome.manifest, outcome.rests_on)
            self._tell_of(outcome)
        if self._failed and not self._now_failed:
            self._tell({"event": "settled"})
        self._failed = self._now_failed
        self._known = tree.remembered()

    def _read(self, pages: Set[str]) -> None:
        """Say what ``pages`` name since their last save that is neither there nor wanted."""
        if not pages:
            return
        try:
            project = Project(self._root, WorkTree(self._root, before=self._known), self._terms)
            problems = usage.dangling(project, pages)
        except AssetgenError:  # said by who plans
            return
        before = {page: self._not_there.pop(page, set()) for page in pages}
        for problem in problems:
            now = self._not_there.setdefault(problem.path, set())
            if problem.message not in before[problem.path] | now:
                self._tell({"event": "not-there", **report_pages.problem_json(problem)})
            now.add(problem.message)

    def _generated(self, tree: WorkTree) -> Outcome:
        environ, terms = self._terms.environ, self._terms
        try:
            outcome = run.generate(self._root, self._options, environ, self, terms, tree)
        except BusyError:
            self._tell({"event": "waiting", "what": "another assetgen run holds this project"})
            outcome = run.generate(self._root, replace(self._options, patience=-1), environ, self, terms, tree)
        if outcome.interrupted:
            raise KeyboardInterrupt
        return outcome

    def _widen(self, tree: WorkTree) -> None:
        """Look also at what a manifest names on which nothing could be decided: that may be what it lacks."""
        with suppress(AssetgenError):
            known = manifest.parse(tree.read(FILE) or b"")
            self._scope = scope(known, {*self._scope.files, *named(known)})

    def _warm(self) -> None:
        """Draw once for nothing, so that the first save does not wait for the engine to be loaded."""
        with suppress(AssetgenError):
            project = Project(self._root, WorkTree(self._root), self._terms)
            if project.manifest.asset:
                draft.draw(project, project.manifest.asset[0])
        gc.collect()
        gc.freeze()  # what is loaded is there to stay

    # -- what is said ----------------------------------------------------------------------------------

    def done(self, made: Made | Failed) -> None:
        if isinstance(made, Failed):
            self._fails(made.asset_id, made.error)
            return
        self._tell(
            {
                "event": "made",
                **report.made_json(made),
                "ms": round(1000 * (time.monotonic() - self._since)),
            }
        )

    def _fails(self, asset_id: str | None, error: AssetgenError) -> None:
        """Say what failed, once: it will fail at every save until it is mended."""
        sign = (asset_id, f"{error.where}: {error.what}")
        if sign not in {**self._failed, **self._now_failed}:
            self._tell({"event": "failed", "id": asset_id, **report.error_json(error)})
        self._now_failed[sign] = None

    def _tell_of(self, outcome: Outcome) -> None:
        cost: list[Event] = list(report.costs(one.decision for one in outcome.left if not one.waits_for))
        for one in cost:
            if one not in self._cost:
                self._tell({"event": "would-cost", **one})
        self._cost = cost
        if outcome.commit:
            self._tell({"event": "committed", "commit": outcome.commit})
        if outcome.uncommitted:
            self._fails(None, outcome.uncommitted)
