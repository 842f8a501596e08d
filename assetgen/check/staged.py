"""Questions of `check --staged`: files that exist unstaged, records that list staged files."""

from __future__ import annotations

from collections.abc import Sequence

from assetgen.fs.tree import NOT_A_FILE, Index
from assetgen.record import record
from assetgen.record.record import Record


def has_unstaged(index: Index, place: str, gone: Sequence[str]) -> bool:
    """Whether the working tree has the unstaged files ``gone`` as the record at ``place`` says."""
    known = _record(index, place)
    return known is not None and all(
        known.subject.get(path, NOT_A_FILE) == index.work.digest(path) for path in gone
    )


def unstaged_record_knows(index: Index, place: str, path: str) -> bool:
    """Whether the record in the working tree, not the staged one, lists the staged ``path``."""
    known = _record(index, place)
    return known is not None and known.subject.get(path) == index.digest(path)


def _record(index: Index, place: str) -> Record | None:
    """The usable record in the working tree."""
    return record.usable(index.work.read(place), place)


def has_unusable(index: Index, place: str) -> bool:
    """Whether the working tree has a record at ``place`` that cannot be used."""
    return index.work.read(place) is not None and _record(index, place) is None
