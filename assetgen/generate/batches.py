"""assetgen batch: lists, collects and cancels the batches that a project knows."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from assetgen.cure import advice
from assetgen.errors import AssetgenError, StorageError, TrustError
from assetgen.fs import store
from assetgen.fs.lock import locked
from assetgen.fs.tree import WorkTree
from assetgen.generate import batch_recovery, batch_targets, batch_verify, placing
from assetgen.generate.batch_collect import Collected, Collector
from assetgen.generate.batch_recovery import Recovered
from assetgen.generate.commit import commit
from assetgen.generate.outcome import Observer, Outcome
from assetgen.manifest.schema import Manifest
from assetgen.paid.batch_api import Batch, BatchApi, Gone
from assetgen.paid.batch_log import BatchLog
from assetgen.paid.journal import Fate, Journal
from assetgen.plan import batch_cures, batches, collector
from assetgen.plan.workspace import Workspace, open_workspace
from assetgen.record import batch_file
from assetgen.record.batch_file import BatchFile, Unusable
from assetgen.settings.conditions import Conditions

#: Seconds between two questions whether a batch has ended: the first, and at most.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0


@dataclass(frozen=True)
class How:
    """How ``batch collect`` was called."""

    ids: tuple[str, ...] = ()
    waits: bool = False
    force: bool = False
    commit: bool = True
    patience: float = 600


@dataclass(frozen=True)
class Row:
    """A batch that the project knows; ``batch`` is what the provider says of it."""

    known: BatchFile
    batch: Batch | None = None
    error: AssetgenError | None = None
    """Why the provider could not be asked, or has no such batch."""


@dataclass
class Listing:
    """The batches of a project, the open ones first."""

    rows: list[Row] = field(default_factory=list)
    unusable: list[TrustError] = field(default_factory=list)
    recovered: Recovered = field(default_factory=Recovered)
    outcome: Outcome = field(default_factory=Outcome)

    @property
    def exit_code(self) -> int:
        errors = [*self.unusable, *self.recovered.unknown]
        return batch_recovery.first(errors) or self.outcome.exit_code


@dataclass
class Collection:
    """What ``batch collect`` did."""

    collected: list[Collected] = field(default_factory=list)
    waiting: list[Row] = field(default_factory=list)
    """Batches that have not ended."""
    unusable: list[TrustError] = field(default_factory=list)
    recovered: Recovered = field(default_factory=Recovered)
    outcome: Outcome = field(default_factory=Outcome)

    @property
    def exit_code(self) -> int:
        if self.outcome.interrupted:
            return self.outcome.exit_code
        errors = [one.error for one in self.collected if one.error]
        errors += [one.error for one in self.waiting if one.error]
        return (
            batch_recovery.first([*errors, *self.unusable, *self.recovered.unknown])
            or self.outcome.exit_code
        )


class _Known:
    """The batches that a project knows, and the connection to ask for them."""

    def __init__(self, root: Path, conditions: Conditions, environ: Mapping[str, str]) -> None:
        self.root = root
        self.conditions = conditions
        self.environ = environ
        self._api: BatchApi | None = None
        self._read()

    def _read(self) -> None:
        # Without the manifest: of thousands of assets, one that is read twice is much to keep.
        committed = batches.Batches(self.root, WorkTree(self.root), Manifest()).committed
        self.unusable = []
        found: dict[str, BatchFile] = {}
        for path, one in committed.items():
            if isinstance(one, Unusable):
                self.unusable.append(_not_ours(path, one))
            else:
                found[one.id] = one
        for sent in batches.pending(self.root, found):
            if sent.is_started:
                found.setdefault(sent.batch.id, sent.batch)
        every = sorted(found.values(), key=lambda one: (one.created_at, one.id))
        self.open = [one for one in every if not one.ended]
        self.ended = [one for one in every if one.ended]

    def api(self) -> BatchApi:
        if self._api is None:
            provider = self.conditions.provider("images").with_key()
            self._api = BatchApi(provider, self.conditions, threading.Event())
        return self._api

    def recover(self, *, commits: bool) -> tuple[Recovered, Outcome]:
        """Settle what a killed run left, and commit the files that it could not."""
        outcome = Outcome()
        if not batches.pending(self.root):
            return Recovered(), outcome
        with locked(self.root):
            done, may_commit = self._settle()
            left = batch_recovery.uncommitted(self.root, self.environ, done.sent)
            done = batch_recovery.slim(done)
            self.release()  # the whole project is in cycles, and is about to be read again
            outcome.batches = tuple(left)
            if outcome.batches and commits and may_commit:
                commit(self.root, self.environ, outcome)
        self._read()
        return done, outcome

    def _settle(self) -> tuple[Recovered, bool]:
        """What became of what a killed run left, and whether the manifest allows a commit."""
        project = open_workspace(self.root, self.conditions)
        with closing(Journal(self.root, self.conditions.clock)) as journal:
            log = BatchLog(self.root, journal)
            done = batch_recovery.recover(project, log, self.api, self.conditions.clock)
        return done, project.manifest.project.commit

    def uncommitted(self) -> list[BatchFile]:
        """The batches that have ended, as a killed run wrote without committing it."""
        paths = set(batch_recovery.uncommitted(self.root, self.environ, self.ended))
        return [one for one in self.ended if batch_file.place(one.id) in paths]

    def add_uncommitted(self, project: Workspace, outcome: Outcome) -> None:
        """Let the commit of ``outcome`` have what a killed run has collected."""
        found = [batch_file.slim(one) for one in self.uncommitted()]
        if not found:
            return
        self.open, self.ended = [], []
        made = {one.decision.asset.id for one in outcome.made}
        wanted = {asked.asset for one in found for asked in one.requests} - made
        # One at a time: of thousands, what each image is made from is much to keep.
        standing = {
            one.asset.id: batch_targets.settled(one)
            for one in project.decisions()
            if one.asset.id in wanted
        }
        for one in found:
            outcome.batches = (*outcome.batches, batch_file.place(one.id))
            names = (asked.asset for asked in one.requests)
            outcome.standing += [standing[name] for name in names if name in standing]

    def forget(self, done: list[Collected]) -> None:
        """Keep the names of requests alone: of thousands, the rest is much beside the commit."""
        for one in done:
            one.known = batch_file.slim(one.known)
        self.release()

    def release(self) -> None:
        """Free what the batches ask for, and the project that they were compared with."""
        self.open, self.ended = [], []
        gc.collect()

    def row(self, known: BatchFile) -> Row:
        """A batch as the provider states it now."""
        try:
            batch_verify.refuse_elsewhere(known, self.conditions.provider("images"))
            return Row(known, self.api().get(known.id))
        except Gone:
            return Row(known, error=batch_verify.gone(known))
        except AssetgenError as exc:
            return Row(known, error=exc)

    def named(self, batch_id: str) -> BatchFile:
        """A batch by its id. Raises StorageError."""
        found = next((one for one in (*self.open, *self.ended) if one.id == batch_id), None)
        if found is None:
            path = batch_file.place(batch_id)
            for error in self.unusable:
                if error.where == path:
                    raise error
            raise StorageError(
                f"no batch {batch_id} is known here: {path} does not exist",
                cure=advice("{batch} lists those that are known", batch=batch_cures.look()),
            )
        return found


def _not_ours(path: str, found: Unusable) -> TrustError:
    return TrustError(
        f"{path} is not the file of a batch of assetgen: {found}; it is not used",
        where=path,
        cure=advice("do not trust {path}: find out who added it, and remove it", path=path),
    )


def listed(root: Path, conditions: Conditions, environ: Mapping[str, str]) -> Listing:
    """Every batch that the project knows. Raises AssetgenError."""
    known = _Known(root, conditions, environ)
    done = Listing()
    try:
        done.recovered, done.outcome = known.recover(commits=True)
    except AssetgenError as exc:
        done.outcome.unemitted = exc
    done.rows = [known.row(one) for one in known.open]
    done.rows += [Row(one) for one in reversed(known.ended)]
    done.unusable = known.unusable
    return done


def cancel(root: Path, batch_id: str, conditions: Conditions, environ: Mapping[str, str]) -> Row:
    """Cancel a batch: what is finished stays, and can be collected. Raises AssetgenError."""
    known = _Known(root, conditions, environ)
    found = known.named(batch_id)
    if found.ended:
        return Row(found)
    batch_verify.refuse_elsewhere(found, known.conditions.provider("images"))
    try:
        batch = known.api().get(batch_id)
        batch_verify.verify(found, batch, known.api())
        return Row(found, batch if batch.has_ended else known.api().cancel(batch_id))
    except Gone:
        raise batch_verify.gone(found) from None


def collect(
    root: Path,
    how: How,
    conditions: Conditions,
    environ: Mapping[str, str],
    observer: Observer | None = None,
    tell: Callable[[Row], None] = lambda _row: None,
) -> Collection:
    """Place the pictures of every batch that has ended. Raises AssetgenError.

    ``tell`` is called while it waits for a batch.
    """
    known = _Known(root, conditions, environ)
    done = Collection(unusable=[] if how.ids else known.unusable)
    done.recovered, done.outcome = known.recover(commits=how.commit)
    _look(known, how, done)
    try:
        if how.waits:
            _wait(known, done, tell)
    except KeyboardInterrupt:
        done.outcome.interrupted = True
        return done
    ready = [one for one in done.collected if one.batch]
    if not ready and how.commit:
        _commit_ended(known, how, done)
    if ready:
        done.collected = [one for one in done.collected if not one.batch]
        _collect(known, how, done, ready, observer or Observer())
    return done


def _look(known: _Known, how: How, done: Collection) -> None:
    """Ask the provider which of the batches have ended."""
    wanted = [known.named(one) for one in how.ids] or known.open
    done.collected = [Collected(one, is_settled=True) for one in wanted if one.ended]
    for row in (known.row(one) for one in wanted if not one.ended):
        if row.batch is None or not row.batch.has_ended:
            done.waiting.append(row)
        else:
            done.collected.append(Collected(row.known, row.batch))


def _commit_ended(known: _Known, how: How, done: Collection) -> None:
    """Commit what a killed run has collected and could not commit."""
    if not known.uncommitted():
        return
    with locked(known.root, how.patience):
        if _add_ended(known, done.outcome):
            known.release()
            commit(known.root, known.environ, done.outcome)


def _add_ended(known: _Known, outcome: Outcome) -> bool:
    """Whether the manifest allows a commit; ``outcome`` then has what it is to commit."""
    project = open_workspace(known.root, known.conditions)
    if project.manifest.project.commit:
        known.add_uncommitted(project, outcome)
    return project.manifest.project.commit


def _wait(known: _Known, done: Collection, tell: Callable[[Row], None]) -> None:
    """Ask for the batches that have not ended until they have."""
    pause = _FIRST_PAUSE
    while any(row.error is None for row in done.waiting):
        for row in done.waiting:
            tell(row)
        threading.Event().wait(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE)
        rows = [known.row(row.known) if row.error is None else row for row in done.waiting]
        done.waiting = [row for row in rows if row.batch is None or not row.batch.has_ended]
        ended = [row for row in rows if row.batch is not None and row.batch.has_ended]
        done.collected += [Collected(row.known, row.batch) for row in ended]


def _collect(
    known: _Known, how: How, done: Collection, ready: list[Collected], observer: Observer
) -> None:
    with locked(known.root, how.patience):
        store.sweep(known.root)
        outcome = _placed(known, how, done, ready, observer)
        ready.clear()
        known.forget(done.collected)
        if how.commit and outcome.manifest and outcome.manifest.project.commit:
            commit(known.root, known.environ, outcome)
        settled = {one.id for one in done.collected if one.is_settled}
        _end(known, settled)
        outcome.batches = (*done.outcome.batches, *outcome.batches)
        done.outcome = outcome


def _placed(
    known: _Known, how: How, done: Collection, ready: list[Collected], observer: Observer
) -> Outcome:
    """Place the pictures of ``ready``; what is to be committed."""
    root, conditions = known.root, known.conditions
    with collector.paused():
        tree = WorkTree(root, environ=known.environ)
        project = Workspace(root, tree, conditions, commits=how.commit)
    found = Collector(project, conditions, known.api(), observer, overwrite=how.force)
    observer.begins(sum(len(one.known.requests) for one in ready))
    for one in ready:
        if one.batch and not found.outcome.interrupted:
            done.collected.append(found.collect(one.known, one.batch))
    outcome = found.outcome
    outcome.manifest = project.manifest
    outcome.others = len(project.others)
    placing.after(project, outcome)
    if how.commit:
        known.add_uncommitted(project, outcome)
    return outcome


def _end(known: _Known, settled: set[str]) -> None:
    """End the entries of batches that need nothing more; the project is locked."""
    if not any(one.batch.id in settled for one in batches.pending(known.root)):
        return
    with closing(Journal(known.root, known.conditions.clock)) as journal:
        log = BatchLog(known.root, journal)
        for one in log.pending():
            if one.batch.id in settled:
                log.end(one, Fate.PLACED)
