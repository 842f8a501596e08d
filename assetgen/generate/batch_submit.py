"""generate --batch: sends what route ``images`` makes in batches, and commits their ids."""

from __future__ import annotations

import gc
import os
import secrets
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NoReturn

import msgspec

from assetgen.cure import advice, command
from assetgen.errors import AssetgenError, StorageError, UnknownOutcome
from assetgen.fs import store
from assetgen.fs.lock import locked
from assetgen.fs.tree import WorkTree
from assetgen.generate import batch_recovery, batch_requests
from assetgen.generate.batch_recovery import Recovered
from assetgen.generate.batch_requests import Prepared
from assetgen.generate.commit import commit
from assetgen.generate.options import Options
from assetgen.generate.outcome import Failed, Outcome
from assetgen.generate.selection import Selection, chosen, refuse
from assetgen.paid import answers, limits
from assetgen.paid.batch_api import BatchApi
from assetgen.paid.batch_log import BatchLog
from assetgen.paid.claims import Claims
from assetgen.paid.journal import Entry, Fate, Journal
from assetgen.paid.transport import client_name
from assetgen.plan import batch_price, batch_rules, batches, collector, estimates
from assetgen.plan.decide import Action, Decision, State
from assetgen.plan.routing import job_for
from assetgen.plan.workspace import Workspace, open_workspace
from assetgen.record import batch_file
from assetgen.record.batch_file import UNKNOWN, BatchFile
from assetgen.record.record import Record
from assetgen.routes import written
from assetgen.settings.conditions import Conditions
from assetgen.settings.provider import Provider


@dataclass
class Submission:
    """What a run sent, and what it did not send and why."""

    outcome: Outcome = field(default_factory=Outcome)
    started: list[BatchFile] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)
    """(asset, why it is not sent in a batch)."""
    recovered: Recovered = field(default_factory=Recovered)
    untried: tuple[str, ...] = ()
    """Models of which no one has published that they work in a batch."""
    error: AssetgenError | None = None
    """What ended the run after some batches were started."""

    @property
    def exit_code(self) -> int:
        errors = [self.error] if self.error else []
        return batch_recovery.first([*errors, *self.recovered.unknown]) or self.outcome.exit_code


def submit(
    root: Path,
    options: Options,
    conditions: Conditions,
    environ: Mapping[str, str] = os.environ,
) -> Submission:
    """Send everything that route ``images`` has to make. Raises AssetgenError; nothing was sent."""
    environ = dict(environ)
    with locked(root, options.patience):
        store.sweep(root)
        recovered = _recovered(root, conditions)
        with collector.paused():
            project = Workspace(
                root,
                WorkTree(root, environ=environ, cached=options.cached),
                conditions,
                only=options.ids,
                commits=options.commit,
            )
            everything = project.decide()
        ids = chosen(project, options, everything)
        with closing(Journal(root, conditions.clock)) as journal:
            sender = _Sender(project, options, conditions, journal, everything)
            done = sender.send([d for d in everything if d.asset.id in ids], recovered)
        done.outcome.manifest = project.manifest
        done.outcome.others = len(project.others)
        if options.commit and project.manifest.project.commit:
            commit(root, environ, done.outcome)
        return done


def _recovered(root: Path, conditions: Conditions) -> Recovered:
    """What became of the batches that a killed run left; before anything is decided."""
    if not batches.pending(root):
        return Recovered()
    done = _settled(root, conditions)
    gc.collect()  # the whole project is in cycles, and is about to be read again
    return done


def _settled(root: Path, conditions: Conditions) -> Recovered:
    project = open_workspace(root, conditions)
    with closing(Journal(root, conditions.clock)) as journal:
        done = batch_recovery.recover(
            project, BatchLog(root, journal), lambda: _connected(conditions), conditions.clock
        )
    return batch_recovery.slim(done)


def _connected(conditions: Conditions) -> BatchApi:
    provider = conditions.provider("images").with_key()
    return BatchApi(provider, conditions, threading.Event())


class _Sender:
    """One run that sends batches."""

    def __init__(
        self,
        project: Workspace,
        options: Options,
        conditions: Conditions,
        journal: Journal,
        everything: Sequence[Decision],
    ) -> None:
        self._project = project
        self._options = options
        self._conditions = conditions
        self._journal = journal
        self._log = BatchLog(project.root, journal)
        answers.recover(journal)
        self._entries: dict[str, Entry] = {one.want: one for one in journal.open()}
        self._claims = Claims(self._entries.values(), everything)
        self._done = Submission()

    @property
    def _provider(self) -> Provider:
        return self._conditions.provider("images").with_key()

    @cached_property
    def _api(self) -> BatchApi:
        return _connected(self._conditions)

    def send(self, decisions: Sequence[Decision], recovered: Recovered) -> Submission:
        """Send what ``decisions`` ask for."""
        done = self._done
        done.recovered = recovered
        done.started += recovered.found
        prepared = [one for one in map(self._prepared, self._due(decisions)) if one is not None]
        if prepared:
            self._refuse(prepared)
        try:
            for part in batch_requests.split(prepared):
                done.started.append(self._started(part))
        except AssetgenError as exc:
            if not done.started:
                self._finish()
                raise
            done.error = exc
        self._finish()
        return done

    def _finish(self) -> None:
        done = self._done
        paths = [batch_file.place(one.id) for one in done.started]
        root, environ = self._project.root, self._conditions.environ
        left = batch_recovery.uncommitted(root, environ, done.recovered.sent)
        done.outcome.batches = tuple(dict.fromkeys([*paths, *left]))

    # -- what is sent ------------------------------------------------------------------------------

    def _due(self, decisions: Sequence[Decision]) -> list[Decision]:
        """What is sent in a batch; the outcome gets the rest."""
        done, force = self._done, self._options.force
        due = []
        for d in decisions:
            if d.asset.is_adopted or (d.action is Action.NOTHING and not force):
                done.outcome.fresh += d.state is State.FRESH
            elif d.action is Action.WAIT and not force:
                done.outcome.in_batch.append(d)
            elif d.action is Action.CHOOSE and not force:
                done.outcome.undecided.append(d)
            elif why := batch_rules.why_left(d):
                done.left.append((d.asset.id, why))
            elif need := self._lacking(d):
                done.left.append((d.asset.id, f"it waits for @{need}, which does not exist yet"))
            else:
                due.append(d)
        return due

    def _lacking(self, decision: Decision) -> str | None:
        """An image that it is made from and that does not exist."""
        paths, digest = self._project.paths, self._project.tree.digest
        return next((need for need in decision.needs if digest(paths[need]) is None), None)

    def _prepared(self, decision: Decision) -> Prepared | None:
        """The request for an asset; None, and a failure in the outcome, if it cannot be sent."""
        try:
            if decision.problem:
                raise decision.problem
            if self._is_settled(decision):
                return None
            refuse(self._project, decision, (), force=self._options.force)
            job = job_for(self._project, decision.wish)
            known = self._project.record(decision.asset.id)
            replaces = known.original if isinstance(known, Record) and not known.is_draft else None
            return batch_requests.prepare(decision, job, self._provider, replaces)
        except AssetgenError as exc:
            about = exc.about(decision.asset.id)
            self._done.outcome.failed.append(Failed(decision.asset.id, decision.state, about))
            return None

    def _is_settled(self, decision: Decision) -> bool:
        """Whether it is paid for already. Raises UnknownOutcome if that is not known."""
        entry = self._entries.get(decision.wish.key)
        heirs = self._claims.of(decision.wish)
        entry = entry or next((one for one in self._entries.values() if one.number in heirs), None)
        if entry is None or (self._options.force and entry.fate is not Fate.ANSWERED):
            return False
        if entry.fate is Fate.ANSWERED or entry.response_id:
            why = "it is paid for, and generate puts it into place for free"
            self._done.left.append((decision.asset.id, why))
            return True
        raise UnknownOutcome(
            f"it was requested from {entry.origin} on {entry.began}, and the outcome is unknown; "
            "it may have been billed and is not bought again by itself",
            cure=advice("{doctor} says what is known", doctor=command("assetgen doctor")),
        )

    def _refuse(self, prepared: Sequence[Prepared]) -> None:
        """Raise the error for which none of ``prepared`` may be sent."""
        catalog = self._conditions.catalog
        surface = self._provider.surface
        priced = []
        for one in prepared:
            d = one.decision
            full = estimates.estimate(d.wish, Action.DRAW, surface, lambda: catalog)
            priced.append(d.but(estimate=batch_price.estimate(full, one.model, catalog)))
        selection = Selection(
            self._project, self._options, conditions=self._conditions, purchases=_no_buyer
        )
        selection.refuse_unattended(priced)
        selection.refuse_uncommittable()
        limits.refuse_excess(priced, self._conditions.config)
        models = dict.fromkeys(one.model for one in prepared)
        self._done.untried = tuple(m for m in models if not batch_price.is_tried(m, catalog))

    # -- one batch ---------------------------------------------------------------------------------

    def _started(self, part: Sequence[Prepared]) -> BatchFile:
        """Upload and start one batch. Each step is on the disk before the next."""
        api, now, token = self._api, self._conditions.clock(), secrets.token_hex(16)
        batch = BatchFile(
            id=UNKNOWN,
            token=token,
            endpoint=part[0].endpoint,
            model=part[0].model,
            surface=api.provider.surface,
            origin=api.provider.host,
            client=client_name(),
            created_at=now,
            input_file=UNKNOWN,
            requests=[one.asked for one in part],
        )
        pending = self._log.begin(batch, now)
        try:
            images = self._uploaded(part, token)
            path = self._log.lines(token, (one.line(images) for one in part))
            input_file = api.upload(f"assetgen-{token}.jsonl", path)
            batch = msgspec.structs.replace(batch, images=images, input_file=input_file)
            pending = msgspec.structs.replace(pending, step="starting", batch=batch)
            self._log.note(pending)
            found = api.start(input_file, batch.endpoint, batch.metadata)
        except UnknownOutcome:
            raise
        except AssetgenError:
            batch_recovery.clean(api, batch)
            self._log.end(pending, Fate.REFUSED, "it was not started")
            raise
        return batch_recovery.started(self._project.root, self._log, pending, found)

    def _uploaded(self, part: Sequence[Prepared], token: str) -> dict[str, str]:
        """The ids of the input images, each uploaded once, by their digests."""
        found: dict[str, str] = {}
        for one in part:
            if all(digest in found for digest in one.pictures):
                continue
            given, _ = written.pictures_of(job_for(self._project, one.decision.wish))
            if tuple(picture.digest for picture in given) != one.pictures:
                raise StorageError(
                    f"an input of {one.decision.asset.id} changed meanwhile; nothing was started",
                    cure=advice("run the same command again"),
                )
            for picture in given:
                if picture.digest not in found:
                    name = f"assetgen-{token}-{len(found) + 1}.{picture.format}"
                    found[picture.digest] = self._api.upload_image(
                        name, picture.data, picture.media_type
                    )
        return found


def _no_buyer() -> NoReturn:
    raise AssertionError("a batch has no buyer")
