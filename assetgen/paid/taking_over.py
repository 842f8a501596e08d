"""Takes over a log that an earlier version kept in the cache of one working tree."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from typing import Any

from assetgen.fs import home, kept, originals, store
from assetgen.fs.home import Home
from assetgen.paid.log_file import COLUMNS, NAME, TAKEN_OVER, claim, refuse_links, refuse_programs

_OTHERS = COLUMNS.removeprefix("number, ")
_SAME = " AND ".join(f"{name} IS ?" for name in _OTHERS.split(", "))


def take_over(place: Home, log: sqlite3.Connection) -> None:
    """Move the entries, replies, originals and records of a project's own log to ``log``.

    ``log`` is in ``place``. A kill at any point loses nothing and adds nothing twice. Raises
    StorageError, sqlite3.Error, and TrustError for a log that this checkout did not write.
    """
    old = home.cache(place.root)
    if not place.is_shared or not os.path.lexists(old.path / NAME):
        return
    refuse_links(old)
    rows = _rows(old)
    log.execute("BEGIN IMMEDIATE")
    try:
        for number, *values in rows:
            _add(old, place, log, number=number, values=values)
    except BaseException:
        log.execute("ROLLBACK")
        raise
    log.execute("COMMIT")
    originals.take_over(place.root)
    try:
        os.replace(old.path / NAME, old.path / f"{NAME}{TAKEN_OVER}")
    except OSError as exc:
        raise store.explained(exc, old.shown(NAME)) from exc
    for number, *_ in rows:
        with suppress(OSError):
            (old.path / home.REPLIES / str(number)).unlink()


def _rows(old: Home) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(old.path / NAME)) as log:
        log.execute("PRAGMA trusted_schema = OFF")
        refuse_programs(log, old.shown(NAME))
        if not log.execute("SELECT 1 FROM sqlite_master").fetchone():
            return []
        claim(log, old)
        return log.execute(f"SELECT {COLUMNS} FROM entry ORDER BY number").fetchall()


def _add(
    old: Home, place: Home, log: sqlite3.Connection, number: int, values: Sequence[object]
) -> None:
    """Add one entry with its reply, unless a killed run has added it."""
    if log.execute(f"SELECT 1 FROM entry WHERE {_SAME}", values).fetchone():
        return
    marks = ", ".join("?" for _ in values)
    done = log.execute(f"INSERT INTO entry ({_OTHERS}) VALUES ({marks})", values)
    reply = f"{home.REPLIES}/{number}"
    old.refuse_links(reply)
    if (old.path / reply).is_file():
        try:
            data = (old.path / reply).read_bytes()
        except OSError as exc:
            raise store.explained(exc, old.shown(reply)) from exc
        kept.write(place, f"{home.REPLIES}/{done.lastrowid}", data)
