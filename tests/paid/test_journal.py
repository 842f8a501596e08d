"""The log of paid requests as a file: what is open, and what is let go."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from assetgen.errors import BusyError, StorageError, TrustError
from assetgen.fs import store
from assetgen.fs.lock import locked
from assetgen.paid import journal, log_file
from assetgen.paid.journal import Journal
from tests.support.place import Place


def _open_files() -> int:
    return len(os.listdir("/dev/fd"))


def _of_another_checkout(file: Path) -> None:
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("UPDATE checkout SET token = 'another'")


def _with_a_trigger(file: Path) -> None:
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM entry; END")


def _later(file: Path) -> None:
    with closing(sqlite3.connect(file)) as log:
        log.execute("PRAGMA user_version = 2")


def _damaged(file: Path) -> None:
    file.write_bytes(b"no database at all" * 100)


@pytest.mark.parametrize(
    "spoil",
    [_of_another_checkout, _with_a_trigger, _damaged],
    ids=["of another checkout", "with a trigger", "damaged"],
)
def test_a_log_that_is_refused_is_closed(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    Journal(tmp_path, lambda: "2026-11-30T12:00:00Z").close()
    spoil(tmp_path / store.CACHE / log_file.NAME)
    before = _open_files()
    with pytest.raises((TrustError, StorageError)) as caught:
        Journal(tmp_path, lambda: "2026-11-30T12:00:00Z")
    assert _open_files() == before, caught


@pytest.mark.parametrize("spoil", [_with_a_trigger, _later], ids=["with a trigger", "later"])
def test_a_log_that_cannot_be_kept_is_closed(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    Journal(tmp_path, lambda: "2026-11-30T12:00:00Z").close()
    spoil(tmp_path / store.CACHE / log_file.NAME)
    before = _open_files()
    with pytest.raises((TrustError, StorageError)) as caught:
        journal.keep(tmp_path)
    assert _open_files() == before, caught


def test_a_log_is_kept_only_while_no_other_run_uses_it(place: Place) -> None:
    other = Journal(place.root, lambda: "2026-11-30T12:00:00Z")
    with pytest.raises(BusyError):
        journal.keep(place.root, wait=0.1)
    other.close()
    with locked(place.root), pytest.raises(BusyError):
        journal.keep(place.root, wait=0.1)
    journal.keep(place.root, wait=0.1)
