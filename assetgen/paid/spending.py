"""Reads the data of the ledger: the records, their git history, the log of paid requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from assetgen.cure import advice
from assetgen.errors import GitError
from assetgen.fs.git import Repository
from assetgen.fs.git_listings import versions_of
from assetgen.fs.tree import WorkTree
from assetgen.paid import journal
from assetgen.paid.journal import Fate
from assetgen.plan import batches
from assetgen.record import candidates, ledger, record
from assetgen.record.ledger import By, Expense, Ledger
from assetgen.record.record import Unusable


@dataclass(frozen=True)
class Spending:
    """The ledger, and the records that could not be counted: (path, reason), now and in history."""

    ledger: Ledger
    damaged: tuple[tuple[str, str], ...]
    past_damaged: tuple[tuple[str, str], ...]
    is_cut_off: bool
    """Whether the clone is shallow: purchases before its first commit are not known."""
    in_batches: Mapping[str, int]
    """The images of each bill that are in batches which are not collected."""


def read(root: Path, environ: Mapping[str, str], by: By, *, history: bool) -> Spending:
    """The spending of this checkout. Raises GitError, StorageError or TrustError."""
    tree = WorkTree(root)
    places = [
        path
        for folder in (record.FOLDER, candidates.FOLDER)
        for path in tree.files(folder)
        if path.endswith(".json")
    ]
    found, damaged = _expenses((path, tree.read(path)) for path in places)
    past: list[list[Expense]] = []
    past_damaged: list[tuple[str, str]] = []
    is_cut_off = False
    if history:
        past, past_damaged, is_cut_off = _history(root, environ)
    uncertain, waiting = ledger.requests(_open_entries(root))
    whole = ledger.ledger(
        ledger.each_once([*found, *past]), by, uncertain=uncertain, waiting=waiting
    )
    return Spending(
        ledger=whole,
        damaged=tuple(damaged),
        past_damaged=tuple(past_damaged),
        is_cut_off=is_cut_off,
        in_batches=batches.images_by_bill(root, tree),
    )


def _expenses(
    files: Iterable[tuple[str, bytes | None]],
) -> tuple[list[list[Expense]], list[tuple[str, str]]]:
    found, damaged = [], []
    for path, data in files:
        try:
            if data is None:
                raise Unusable("it is not a regular file, or too large")
            if path.startswith(f"{candidates.FOLDER}/"):
                found += ledger.of_candidates(candidates.read(data, path))
                continue
            statement = record.statement(data)
            of_one = ledger.expenses(statement)
            if of_one[0].asset_id != record.id_at(path):
                raise Unusable(f"it belongs to asset {of_one[0].asset_id[:80]!r}")
            found += ledger.of_picked(statement) or [of_one]
            found += ledger.of_steps(statement)
        except Unusable as exc:
            damaged.append((path, str(exc)))
    return found, damaged


def _history(
    root: Path, environ: Mapping[str, str]
) -> tuple[list[list[Expense]], list[tuple[str, str]], bool]:
    repository = Repository.open(root, environ)
    if repository is None:
        what = "there is no git history: the project is not in a repository, or git is missing"
        cure = advice("leave out --history to count the current records only")
        raise GitError(what, where=str(root), cure=cure)
    try:
        versions = [
            (path, blob)
            for folder in (record.FOLDER, candidates.FOLDER)
            for path, blob in versions_of(repository.git, folder)
            if path.endswith(".json")
        ]
        rows, damaged = _expenses(
            (path, repository.blob_below(blob, _largest(path))) for path, blob in versions
        )
        return rows, damaged, repository.is_shallow()
    finally:
        repository.close()


def _open_entries(root: Path) -> list[tuple[str, bool]]:
    entries = (entry for entry in journal.read_open(root) if not entry.is_batch)
    return [(entry.surface, entry.fate is Fate.ANSWERED) for entry in entries]


def _largest(path: str) -> int:
    """The largest file at a path that is read, in bytes."""
    is_of_candidates = path.startswith(f"{candidates.FOLDER}/")
    return candidates.MAX_BYTES if is_of_candidates else record.MAX_BYTES
