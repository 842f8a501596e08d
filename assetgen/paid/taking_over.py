"""Takes over a log that an earlier version kept in the cache of one working tree."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from assetgen.fs import originals, paths, store
from assetgen.paid.log_file import COLUMNS, NAME, claim, refuse_programs

_OTHERS = COLUMNS.removeprefix("number, ")
_SAME = " AND ".join(f"{name} IS ?" for name in _OTHERS.split(", "))


def take_over(root: Path, base: Path, log: sqlite3.Connection) -> None:
    """Move the entries, replies and originals of ``root``'s own log to ``log`` in ``base``.

    A kill at any point loses nothing and adds nothing twice. Raises StorageError, sqlite3.Error,
    and TrustError for a log that this checkout did not write.
    """
    if base == root or not os.path.lexists(root / NAME):
        return
    for name in (NAME, f"{NAME}-journal", f"{NAME}-wal"):
        paths.refuse_links(root, name)
    with closing(sqlite3.connect(root / NAME)) as old:
        old.execute("PRAGMA trusted_schema = OFF")
        refuse_programs(old, NAME)
        if old.execute("SELECT 1 FROM sqlite_master").fetchone():
            claim(old, root, NAME)
            rows = old.execute(f"SELECT {COLUMNS} FROM entry ORDER BY number").fetchall()
        else:
            rows = []
    log.execute("BEGIN IMMEDIATE")
    try:
        for number, *values in rows:
            _add(root, base, log, number=number, values=values)
    except BaseException:
        log.execute("ROLLBACK")
        raise
    log.execute("COMMIT")
    originals.take_over(root)
    try:
        os.replace(root / NAME, root / f"{NAME}.taken-over")
    except OSError as exc:
        raise store.explained(exc, NAME) from exc
    for number, *_ in rows:
        with suppress(OSError):
            (root / store.REPLIES / str(number)).unlink()


def _add(
    root: Path, base: Path, log: sqlite3.Connection, number: int, values: list[object]
) -> None:
    """Add one entry with its reply, unless a killed run has added it."""
    if log.execute(f"SELECT 1 FROM entry WHERE {_SAME}", values).fetchone():
        return
    marks = ", ".join("?" for _ in values)
    done = log.execute(f"INSERT INTO entry ({_OTHERS}) VALUES ({marks})", values)
    reply = f"{store.REPLIES}/{number}"
    paths.refuse_links(root, reply)
    if (root / reply).is_file():
        new = f"{store.REPLIES}/{done.lastrowid}"
        try:
            store.replace(base, new, (root / reply).read_bytes())
        except OSError as exc:
            raise store.explained(exc, reply) from exc
        store.flush(base / new)
