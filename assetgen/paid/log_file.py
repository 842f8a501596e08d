"""The file of the log of paid requests: its name, its tables, and whose it is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from assetgen import snapshot
from assetgen.cure import advice, command
from assetgen.errors import TrustError
from assetgen.fs import store

NAME = f"{store.CACHE}/journal.db"
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


def claim(db: sqlite3.Connection, base: Path, where: str) -> None:
    """Make an empty log ours. Raises TrustError if it was written elsewhere."""
    token = snapshot.checkout_token(str(base)).decode()
    known = db.execute("SELECT token FROM checkout").fetchone()
    if known is None and db.execute("SELECT 1 FROM entry").fetchone() is None:
        db.execute("INSERT INTO checkout VALUES (?)", (token,))
    elif known is None or known[0] != token:
        raise foreign(where)
