"""The file of the log of paid requests: its name, its tables, and whose it is."""

from __future__ import annotations

import os
import secrets
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass

from assetgen.cure import advice, command
from assetgen.errors import StorageError, TrustError
from assetgen.fs import home, kept, platform, staging, store
from assetgen.fs.home import Home

#: In the folder of the repository, or in the cache.
NAME = "journal.db"
#: The log, and the files that the database may have beside it.
_FILES = (NAME, f"{NAME}-journal", f"{NAME}-wal")
#: How the name of a reply begins that no entry of the log belongs to.
STRAY = "stray-"
COLUMNS = (
    "number, want, asset_id, route, surface, origin, fate, began, evidence, attempts, reply, "
    "response_id, note"
)
# Not a byte may change, spaces included: a log whose tables differ from these is refused.
SCHEMA = """
CREATE TABLE IF NOT EXISTS checkout (token TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS entry (
  number INTEGER PRIMARY KEY AUTOINCREMENT, want TEXT NOT NULL, asset_id TEXT NOT NULL, \
route TEXT NOT NULL,
  surface TEXT NOT NULL, origin TEXT NOT NULL, fate TEXT NOT NULL, began TEXT NOT NULL, \
evidence TEXT NOT NULL,
  attempts TEXT NOT NULL DEFAULT '[]', reply TEXT, response_id TEXT, note TEXT
);
CREATE INDEX IF NOT EXISTS by_want ON entry (want);
"""


UNSENT = "; nothing was sent"
#: The end of the name of a log in the cache whose entries are in the repository's log.
TAKEN_OVER = ".taken-over"
#: Beside the log: it says that there was one, so that a log which is gone is not taken for none.
BEGUN = "log-begun"
_TABLES = {"checkout", "entry"}
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_TABLE_NAMES = "SELECT name FROM sqlite_master WHERE type = 'table'"
_OBJECTS = "SELECT type, name, sql FROM sqlite_master"


def foreign(where: str) -> TrustError:
    """The error for a log that this repository did not write."""
    return TrustError(
        "the log of paid requests was not written by this checkout: it was copied, "
        "or came with the repository",
        where=where,
        cure=advice(
            "if you copied the folder yourself: {doctor}; if not: remove that file",
            doctor=command("assetgen doctor --keep-log"),
        ),
    )


def refuse_programs(db: sqlite3.Connection, where: str) -> None:
    """Raise TrustError if the file contains more than our tables.

    A trigger, for example, could add purchases that were never made.
    """
    with closing(sqlite3.connect(":memory:")) as model:
        model.executescript(SCHEMA)
        ours = set(model.execute(_OBJECTS))
    if not ours.issuperset(db.execute(_OBJECTS)):
        raise foreign(where)


def claim(db: sqlite3.Connection, place: Home) -> None:
    """Make an empty log in ``place`` ours. Raises TrustError if it was written elsewhere."""
    is_empty = db.execute("SELECT 1 FROM entry").fetchone() is None
    if is_empty and db.execute("SELECT 1 FROM checkout").fetchone() is None:
        db.execute("INSERT INTO checkout VALUES (?)", (kept.token(place),))
    refuse_foreign(db, place)


def refuse_foreign(db: sqlite3.Connection, place: Home) -> None:
    """Raise TrustError if a log in ``place`` was written elsewhere."""
    known = db.execute("SELECT token FROM checkout").fetchone()
    if known is None or known[0] != kept.token(place):
        raise foreign(place.shown(NAME))


# -- a log that lost what it had -----------------------------------------------------------------


def damaged(name: str, why: str, so: str = "") -> StorageError:
    """The error for a log that has lost entries: what it does not know could be bought again.

    ``so`` is what follows, here and below: for example that nothing was sent.
    """
    return StorageError(
        f"the log of paid requests is damaged: {why}{so}",
        where=name,
        cure=advice(
            "put {name} back from a backup, or begin a new log: {doctor} keeps the damaged one and "
            "its stored replies; requests that only the old log knew may have been billed",
            name=name,
            doctor=command("assetgen doctor --keep-log"),
        ),
    )


def begin(place: Home, so: str = "") -> None:
    """Make a new log in ``place``, in one step, if it never had one.

    Raises StorageError if it had one that is gone or empty, and OSError or sqlite3.Error.
    """
    refuse_gone(place, so)
    if not os.path.lexists(place.path / NAME):
        waiting = place.path / kept.WRITING / f"{secrets.token_hex(8)}.db"
        with closing(sqlite3.connect(waiting)) as db, db:
            db.execute("PRAGMA synchronous = EXTRA")
            db.executescript(SCHEMA)
            db.execute("INSERT INTO checkout VALUES (?)", (kept.token(place),))
        os.replace(waiting, place.path / NAME)
        platform.sync_folder(place.path)
    if not (place.path / BEGUN).exists():
        place.refuse_links(BEGUN)
        (place.path / BEGUN).touch()
        platform.sync_folder(place.path)


def refuse_gone(place: Home, so: str = "") -> None:
    """Raise StorageError if the log in ``place`` is gone or empty."""
    if why := _lost(place):
        raise damaged(place.shown(NAME), why, so)


def _lost(place: Home) -> str | None:
    """Why the log is gone or empty; None if it is not, or if there never was one."""
    if os.path.lexists(place.path / f"{NAME}{TAKEN_OVER}"):
        return None
    try:
        there = (place.path / NAME).lstat()
    except FileNotFoundError:
        if (place.path / BEGUN).exists():
            return "its file is missing"
        if replies := stored(place):
            return f"its file is missing, and {place.shown(f'{home.REPLIES}/{replies[0]}')} exists"
        return None
    if not stat.S_ISREG(there.st_mode) and not platform.is_link(there):
        return "it is not a file"
    return None if there.st_size else "its file is empty"


def stored(place: Home) -> list[str]:
    """The names of the stored replies with the number of an entry, in order."""
    try:
        names = os.listdir(place.path / home.REPLIES)
    except OSError:
        return []
    return sorted(name for name in names if name.partition(".")[0].isdecimal())


def is_there(place: Home) -> bool:
    """Whether ``place`` has a log, or had one."""
    return os.path.lexists(place.path / NAME) or _lost(place) is not None


def refuse_unusable(db: sqlite3.Connection, name: str, so: str = "") -> None:
    """Raise an AssetgenError for a log of a later version, with programs, or without its tables.

    Called before anything else is asked of ``db``.
    """
    _examine(db, name, so)
    if not _has_tables(db):
        raise damaged(name, "it has lost its tables", so)


def _examine(db: sqlite3.Connection, name: str, so: str) -> None:
    """Raise an AssetgenError for a log of a later version, and for one with programs."""
    db.execute("PRAGMA trusted_schema = OFF")
    _refuse_later(db, name, so)
    refuse_programs(db, name)


def _has_tables(db: sqlite3.Connection) -> bool:
    return {row[0] for row in db.execute(_TABLE_NAMES)} >= _TABLES


def _refuse_later(db: sqlite3.Connection, name: str, so: str) -> None:
    """Raise StorageError if the log was written by a later version."""
    if db.execute("PRAGMA user_version").fetchone()[0]:
        raise StorageError(
            f"the log of paid requests was written by a later version of assetgen{so}",
            where=name,
            cure=advice("update assetgen"),
        )


def refuse_unknown_replies(db: sqlite3.Connection, place: Home, so: str = "") -> None:
    """Raise StorageError if a stored reply belongs to an entry that the log does not have."""
    if place.is_shared and os.path.lexists(home.cache(place.root).path / NAME):
        return  # a killed run was taking it over: the next one does it again
    for file in stored(place):
        number = file.partition(".")[0]
        if not db.execute("SELECT 1 FROM entry WHERE number = ?", (number,)).fetchone():
            reply = place.shown(f"{home.REPLIES}/{file}")
            why = f"{reply} belongs to an entry that it does not have"
            raise damaged(place.shown(NAME), why, so)


@dataclass(frozen=True)
class KeptLog:
    """What the user gets who asked to keep a log; its paths are for people."""

    name: str
    is_new: bool
    damaged: tuple[str, ...]
    """The logs that were damaged, where they are now."""


def put_aside(place: Home) -> KeptLog:
    """Rename a log that lost its entries, and replies without an entry; nothing is removed.

    Returns the log that is in its place after ``begin``. Raises OSError.
    """
    mark = secrets.token_hex(4)
    known = _known(place)
    aside = f"damaged-{mark}-{NAME}"
    if known is None:
        for name in _FILES:
            if os.path.lexists(place.path / name):
                os.replace(place.path / name, place.path / f"damaged-{mark}-{name}")
        with suppress(FileNotFoundError):
            (place.path / BEGUN).unlink()
    for name in stored(place):
        if int(name.partition(".")[0]) not in (known or ()):
            folder = place.path / home.REPLIES
            os.replace(folder / name, folder / f"{STRAY}{mark}-{name}")
    there = (place.shown(aside),) if os.path.lexists(place.path / aside) else ()
    return KeptLog(place.shown(NAME), is_new=known is None, damaged=there)


def _known(place: Home) -> set[int] | None:
    """The numbers of all entries; None if the log is gone or damaged."""
    name = place.shown(NAME)
    if _lost(place) or not os.path.lexists(place.path / NAME):
        return None
    try:
        with closing(sqlite3.connect(place.path / NAME)) as db:
            _examine(db, name, "")
            if not _has_tables(db) or db.execute("PRAGMA quick_check").fetchone()[0] != "ok":
                return None
            return {row[0] for row in db.execute("SELECT number FROM entry")}
    except sqlite3.Error as exc:
        if is_damage(exc):
            return None
        raise


def is_damage(exc: sqlite3.Error) -> bool:
    """Whether the file is at fault, not the disk or its permissions."""
    return getattr(exc, "sqlite_errorcode", 0) & 0xFF in _DAMAGE


@contextmanager
def explaining(name: str, so: str = "") -> Iterator[None]:
    """Raise StorageError for what the database refuses; ``so`` is what follows from that."""
    try:
        yield
    except OSError as exc:
        raise store.explained(exc, name) from exc
    except sqlite3.Error as exc:
        if is_damage(exc):
            raise damaged(name, str(exc), so) from exc
        what = f"the log of paid requests cannot be used: {exc}{so}"
        cure = advice(
            "free disk space or make {name} writable, then run the same command again", name=name
        )
        raise StorageError(what, where=name, cure=cure) from exc


@contextmanager
def explaining_folder(place: Home) -> Iterator[None]:
    """Say what follows if the folder of the repository's log cannot be written."""
    try:
        yield
    except StorageError as exc:
        if not place.is_shared or os.access(staging.nearest(place.path / NAME), os.W_OK):
            raise
        raise StorageError(
            f"the log of paid requests is in {place.shown()}, which cannot be written here, so "
            f"nothing can be bought: {exc.what}{UNSENT}",
            where=place.shown(NAME),
            cure=advice(
                "{draft} makes placeholder images and what is free; to buy, run the same command "
                "where assetgen can write to {folder}",
                draft=command("assetgen generate --draft --no-commit"),
                folder=place.shown(),
            ),
        ) from exc


def refuse_links(place: Home) -> None:
    """Raise StorageError if the log or a file of the database beside it is a link."""
    for name in _FILES:
        place.refuse_links(name)
