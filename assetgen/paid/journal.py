"""The log of paid requests: an entry is on the disk before its request is sent.

sent -> refused                 nothing can have been billed
sent -> answered -> placed      the reply is on disk, then its image is in place
sent -> answered -> fruitless   the reply has no usable image; it may have been billed
An entry that is still "sent" after its run ended has an unknown outcome: it is reported, and never
bought again unless the user asks for it.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from assetgen.cure import advice
from assetgen.errors import StorageError
from assetgen.fs import home, kept, store
from assetgen.fs.home import Home
from assetgen.fs.lock import acquired, locked
from assetgen.paid import log_file, taking_over
from assetgen.paid.log_file import (
    COLUMNS,
    NAME,
    SCHEMA,
    UNSENT,
    KeptLog,
    explaining,
    refuse_programs,
)
from assetgen.paid.reply_file import ROOM, Room


class Fate(StrEnum):
    """The state of a paid request."""

    SENT = "sent"
    REFUSED = "refused"
    ANSWERED = "answered"
    FRUITLESS = "fruitless"
    PLACED = "placed"
    DISMISSED = "dismissed"
    """The outcome was unknown, and the user has bought the image again."""


#: States in which a request may have been billed and has no image in place.
OPEN = (Fate.SENT, Fate.ANSWERED, Fate.FRUITLESS)
_SELECT_OPEN = f"SELECT {COLUMNS} FROM entry WHERE fate IN (?, ?, ?)"


@dataclass(frozen=True)
class Entry:
    """One paid request; ``want`` is the digest of the asset and its intent, on any route."""

    number: int
    want: str
    asset_id: str
    route: str
    surface: str
    origin: str
    fate: Fate
    began: str
    evidence: Mapping[str, Any]
    """The parts of the record about the request, as it was sent."""
    attempts: Sequence[Mapping[str, Any]]
    reply: Mapping[str, Any] | None
    response_id: str | None
    note: str | None
    log: str = NAME
    """The path of the log, for people."""

    @property
    def is_batch(self) -> bool:
        """Whether it is the entry of a whole batch, of which a file beside the log has more."""
        return "batch" in self.evidence

    @property
    def lane(self) -> str:
        """The form of its request, one of ``routing.LANES``; older logs do not state it."""
        plain = "images" if self.route.startswith("gateway:") else self.route
        return str(self.evidence.get("lane") or plain)


class Journal:
    """The log of one project; threads may share it, but only one process uses it at a time.

    It belongs to the repository: all its working trees have the same.
    """

    def __init__(self, root: Path, clock: Callable[[], str], wait: float = 600) -> None:
        """Open or create the log, and wait for other working trees at most ``wait`` seconds.

        Raises BusyError, StorageError, and TrustError if it was not written by this repository.
        """
        self._place = home.of(root)
        self._clock = clock
        self._lock = threading.Lock()
        self.name = self._place.shown(NAME)
        """The path of the log, for people."""
        with log_file.explaining_folder(self._place):
            kept.prepare(self._place)
            log_file.refuse_links(self._place)
            self._held = acquired(self._place, wait) if self._place.is_shared else None
        try:
            self._open()
        except BaseException:
            self._release()
            raise

    def _open(self) -> None:
        with self._explaining(UNSENT):
            log_file.begin(self._place, UNSENT)
            self._db = sqlite3.connect(
                self._place.path / NAME, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare()
            except BaseException:  # Windows cannot remove a file that is still open
                self._db.close()
                raise

    def _prepare(self) -> None:
        log_file.refuse_unusable(self._db, self.name, UNSENT)
        # EXTRA also flushes the removal of the rollback journal; without it, a power cut could
        # undo the entry of a request that was sent.
        self._db.execute("PRAGMA synchronous = EXTRA")
        self._db.execute("PRAGMA fullfsync = ON")  # macOS: past the cache of the drive
        self._db.executescript(SCHEMA)
        log_file.claim(self._db, self._place)
        taking_over.take_over(self._place, self._db)
        log_file.refuse_unknown_replies(self._db, self._place, UNSENT)

    def _explaining(self, so: str = "") -> AbstractContextManager[None]:
        return explaining(self.name, so)

    def close(self) -> None:
        self._db.close()
        self._release()

    def _release(self) -> None:
        if self._held:
            self._held.release()

    # -- writing -----------------------------------------------------------------------------------

    def sent(
        self,
        want: str,
        asset_id: str,
        route: str,
        surface: str,
        origin: str,
        evidence: Mapping[str, Any],
    ) -> Entry:
        """Add the entry of a request that is about to be sent; it is on the disk on return."""
        values = (
            want,
            asset_id,
            route,
            surface,
            origin,
            Fate.SENT,
            self._clock(),
            json.dumps(evidence),
        )
        columns = "want, asset_id, route, surface, origin, fate, began, evidence"
        with self._lock, self._explaining(UNSENT):
            done = self._db.execute(
                f"INSERT INTO entry ({columns}) VALUES (?,?,?,?,?,?,?,?)", values
            )
        return self.entry(done.lastrowid or 0)

    def attempt(self, number: int, fate: Fate, attempts: Sequence[Mapping[str, Any]]) -> None:
        """Store how an attempt ended, or (``sent``) that the next one is about to start."""
        self._set(number, fate=fate, attempts=json.dumps(list(attempts)))

    def answered(
        self, number: int, attempts: Sequence[Mapping[str, Any]], reply: Mapping[str, Any]
    ) -> None:
        """Store that the complete reply is in its file."""
        self._set(
            number, fate=Fate.ANSWERED, attempts=json.dumps(list(attempts)), reply=json.dumps(reply)
        )

    def identified(self, number: int, response_id: str) -> None:
        """Store the id by which an answer can be fetched later, at no cost."""
        self._set(number, response_id=response_id)

    def end(self, number: int, fate: Fate, note: str | None = None) -> None:
        """Store the final state of an entry, and remove its reply if its image is in place."""
        self._set(number, fate=fate, note=note)
        if fate is Fate.PLACED:
            with suppress(OSError):  # the next run sweeps the rest
                self.file(number).unlink(missing_ok=True)

    def _set(self, number: int, **values: Any) -> None:
        names = ", ".join(f"{name} = ?" for name in values)
        with self._lock, self._explaining():
            self._db.execute(
                f"UPDATE entry SET {names} WHERE number = ?", (*values.values(), number)
            )

    def sweep(self) -> None:
        """Remove replies whose images are in place; call it while the project is locked.

        Raises StorageError.
        """
        kept.sweep(self._place)
        for file in self._replies.glob(f"{ROOM}*"):
            with suppress(OSError):
                file.unlink()
        for file in self._replies.glob("[0-9]*"):
            number = file.name.partition(".")[0]
            with self._lock, self._explaining():
                row = self._db.execute(
                    "SELECT fate FROM entry WHERE number = ?", (number,)
                ).fetchone()
            try:
                if row and row[0] == Fate.PLACED:
                    file.unlink()
            except OSError as exc:
                raise store.explained(exc, self._shown(file.name)) from exc

    # -- reading -----------------------------------------------------------------------------------

    def entry(self, number: int) -> Entry:
        with self._lock, self._explaining():
            row = self._db.execute(
                f"SELECT {COLUMNS} FROM entry WHERE number = ?", (number,)
            ).fetchone()
        return _entry(row, self.name)

    def open(self, want: str | None = None) -> list[Entry]:
        """Entries that may have been billed and have no image in place, oldest first.

        Of all wants, or of one.
        """
        clause, values = ("", OPEN) if want is None else (" AND want = ?", (*OPEN, want))
        statement = f"{_SELECT_OPEN}{clause} ORDER BY number"
        with self._lock, self._explaining():
            return [_entry(row, self.name) for row in self._db.execute(statement, values)]

    @contextmanager
    def room(self, size: int) -> Iterator[Room]:
        """Reserve ``size`` bytes for a reply. Raises StorageError if the disk has no room."""
        room = Room(self._replies)
        try:
            room.take(size)
        except OSError as exc:
            folder = self._place.shown(home.REPLIES)
            error = store.explained(exc, folder)
            what = f"there is no room for a reply of {size / 1e6:.1f} MB: {error.what}{UNSENT}"
            raise StorageError(what, where=folder, cure=error.cure) from exc
        try:
            yield room
        finally:
            room.give()

    @property
    def _replies(self) -> Path:
        return self._place.path / home.REPLIES

    def shown_reply(self, number: int) -> str:
        """The path of the file for the reply to an entry, for people."""
        return self._shown(str(number))

    def _shown(self, name: str) -> str:
        return self._place.shown(f"{home.REPLIES}/{name}")

    def file(self, number: int) -> Path:
        """The file for the reply to an entry."""
        return self._replies / f"{number}"


def is_there(root: Path) -> bool:
    """Whether this project has a log, or had one, that is, has ever bought anything."""
    return any(log_file.is_there(place) for place in home.places(root))


def read_open(root: Path, so: str = "") -> list[Entry]:
    """``Journal.open`` that writes nothing, for example where the log is read-only.

    A reply that a killed run has stored and not noted is still ``sent``. Raises StorageError, and
    TrustError if a log was not written by this repository; ``so`` is what follows from that.
    """
    found = (_read_open(place, so) for place in home.places(root) if log_file.is_there(place))
    return [entry for entries in found for entry in entries]


def _read_open(place: Home, so: str) -> list[Entry]:
    name = place.shown(NAME)
    log_file.refuse_links(place)
    log_file.refuse_gone(place, so)
    with explaining(name, so), closing(sqlite3.connect(place.path / NAME)) as db:
        log_file.refuse_unusable(db, name, so)
        rows = db.execute(f"{_SELECT_OPEN} ORDER BY number", OPEN).fetchall()
        if rows:
            log_file.refuse_foreign(db, place)
        log_file.refuse_unknown_replies(db, place, so)
    return [_entry(row, name) for row in rows]


def keep(root: Path, wait: float = 600) -> KeptLog:
    """Make a copied log this repository's own, as the user asked, or begin a new one.

    It waits for other runs, at most ``wait`` seconds. Raises BusyError, StorageError.
    """
    own = home.of(root)
    with locked(root, wait):
        done = {
            place: _keep(place, wait)
            for place in home.places(root)
            if place == own or log_file.is_there(place)
        }
    damaged = tuple(path for one in done.values() for path in one.damaged)
    return replace(done[own], damaged=damaged)


def _keep(place: Home, wait: float) -> KeptLog:
    kept.prepare(place)
    log_file.refuse_links(place)
    with acquired(place, wait) if place.is_shared else nullcontext():
        return _replaced(place)


def _replaced(place: Home) -> KeptLog:
    name = place.shown(NAME)
    with explaining(name):
        done = log_file.put_aside(place)
        log_file.begin(place)
    with explaining(name), closing(sqlite3.connect(place.path / NAME)) as db, db:
        refuse_programs(db, name)
        db.execute("DELETE FROM checkout")
        db.execute("INSERT INTO checkout VALUES (?)", (kept.token(place),))
    return done


def _entry(row: Sequence[Any], log: str) -> Entry:
    """A row as an entry. Raises StorageError if its values have the wrong types."""
    try:
        (
            number,
            want,
            asset_id,
            route,
            surface,
            origin,
            fate,
            began,
            evidence,
            attempts,
            reply,
            response_id,
            note,
        ) = row
        return Entry(
            number=int(number),
            want=str(want),
            asset_id=str(asset_id),
            route=str(route),
            surface=str(surface),
            origin=str(origin),
            fate=Fate(fate),
            began=str(began),
            evidence=dict(json.loads(evidence)),
            attempts=list(json.loads(attempts)),
            reply=dict(json.loads(reply)) if reply else None,
            response_id=response_id,
            note=note,
            log=log,
        )
    except (TypeError, ValueError, RecursionError) as exc:
        raise StorageError(
            "the log of paid requests is damaged",
            where=log,
            cure=advice("look at {name}", name=log),
        ) from exc
