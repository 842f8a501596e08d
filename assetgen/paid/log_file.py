"""The file of the log of paid requests: its name, its tables, and whose it is."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from assetgen.cure import advice, command
from assetgen.errors import StorageError, TrustError
from assetgen.fs import kept
from assetgen.fs.home import Home

#: In the folder of the repository, or in the cache.
NAME = "journal.db"
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


@contextmanager
def explaining(name: str, so: str = "") -> Iterator[None]:
    """Raise StorageError for what the database refuses; ``so`` is what follows from that."""
    try:
        yield
    except sqlite3.Error as exc:
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
        if not place.is_shared or os.access(_existing(place), os.W_OK):
            raise
        raise StorageError(
            f"the log of paid requests is in {place.shown()}, which cannot be written here, so "
            f"nothing can be bought: {exc.what}{UNSENT}",
            where=place.shown(NAME),
            cure=advice(
                "{draft} makes placeholder images and what is free; to buy, run the same command "
                "where assetgen can write to {folder}",
                draft=command("assetgen generate --draft"),
                folder=place.shown(),
            ),
        ) from exc


def _existing(place: Home) -> Path:
    """The folder of the log, or the first above it that exists."""
    return next(one for one in (place.path, *place.path.parents) if one.is_dir())


def refuse_links(place: Home) -> None:
    """Raise StorageError if the log or a file of the database beside it is a link."""
    for name in (NAME, f"{NAME}-journal", f"{NAME}-wal"):
        place.refuse_links(name)
