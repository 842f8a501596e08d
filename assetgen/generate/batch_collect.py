"""batch collect: the pictures of a batch that has ended, each placed and recorded once."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Generator, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from typing import NoReturn

import msgspec

from assetgen.cure import advice
from assetgen.errors import AssetgenError, StorageError
from assetgen.fs import originals, store
from assetgen.generate import batch_answers, batch_recovery, batch_verify, placing
from assetgen.generate.batch_answers import CANCELLED, EXPIRED, Reader, Refusal, Result
from assetgen.generate.batch_targets import Target, Targets, slim
from assetgen.generate.making import Maker
from assetgen.generate.outcome import Failed, Made, Observer, Outcome
from assetgen.generate.placing import Superseded
from assetgen.paid import provider_errors
from assetgen.paid.batch_api import Batch, BatchApi, Gone
from assetgen.plan import batch_cures, batch_price, estimates
from assetgen.plan.decide import Action, State
from assetgen.plan.workspace import Workspace
from assetgen.record import batch_file, record
from assetgen.record.batch_file import Asked, BatchFile, Ended
from assetgen.settings.conditions import Conditions
from assetgen.settings.provider import Provider

#: Pictures that are placed together: one flush of the disk for all.
_TOGETHER = 32


@dataclass
class Collected:
    """What became of one batch."""

    known: BatchFile
    batch: Batch | None = None
    """As the provider states it; None if it was not asked."""
    made: int = 0
    in_place: int = 0
    """Pictures that an earlier run has placed."""
    failed: dict[str, str] = field(default_factory=dict)
    """custom_id -> code, of requests that the provider answered without a picture."""
    notes: list[str] = field(default_factory=list)
    is_settled: bool = False
    error: AssetgenError | None = None

    @property
    def id(self) -> str:
        return self.known.id


@dataclass(frozen=True)
class _Ready:
    """A picture that was made, and where the record of its purchase is kept."""

    made: Made
    batch: store.Batch
    key: str


class Collector:
    """Collects one batch after the other into ``outcome``; the project must be locked."""

    def __init__(
        self,
        project: Workspace,
        conditions: Conditions,
        api: BatchApi,
        observer: Observer,
        *,
        overwrite: bool = False,
    ) -> None:
        self.outcome = Outcome()
        self._project = project
        self._conditions = conditions
        self._api = api
        self._observer = observer
        self._overwrite = overwrite
        self._superseded = Superseded(project)
        self._targets = Targets(project, overwrite=overwrite)
        self._maker = Maker(project, conditions.the_catalog, _never)

    def collect(self, known: BatchFile, batch: Batch) -> Collected:
        """Place the pictures of a batch that has ended, and note that it needs nothing more."""
        done = Collected(known, batch)
        try:
            batch_verify.verify(known, batch, self._api)
            _Collection(self, done, batch).run()
        except AssetgenError as exc:
            done.error = exc
        except KeyboardInterrupt:
            self.outcome.interrupted = True
        return done

    @property
    def provider(self) -> Provider:
        return self._api.provider

    # -- used by a collection ----------------------------------------------------------------------

    def target(self, asked: Asked, batch: Batch) -> Target:
        """The asset that a picture is for, and whether it can be placed."""
        return self._targets.of(asked, batch)

    def reader(self, known: BatchFile, batch: Batch) -> Reader:
        return Reader(known, batch, self._api.provider, self._conditions.catalog)

    def lines(self, file_id: str | None) -> Generator[bytes, None, None]:
        """The lines of a file of the batch; none if there is no file. Raises Gone."""
        if file_id and batch_file.is_id(file_id):
            yield from self._api.lines(file_id)

    def made(self, reader: Reader, result: Result, target: Target) -> _Ready | str:
        """The files of a picture, ready to be placed; or the words for one that has no place."""
        root, catalog = self._project.root, self._conditions.catalog
        digest = originals.keep(root, result.checked.original)
        decision = target.decision
        if decision is None or target.why_kept:
            kept = originals.shown(root, digest)
            return f"{result.asked.asset}: {target.why_kept}; its image is kept in {kept}"
        others = [originals.keep(root, one) for one in result.answer.pictures[1:]]
        drawn = reader.drawn(result, decision.wish, others)
        full = estimates.estimate(
            estimates.for_images(decision.wish, 1),
            Action.DRAW,
            drawn.route.surface or "",
            lambda: catalog,
        )
        estimate = batch_price.estimate(full, str(result.asked.body.get("model")), catalog)
        picture = self._maker.delivered(decision, drawn, map, digest, estimate=estimate)
        batch = store.Batch(root)
        key = record.digest({"asset": decision.asset.id, "intent": result.asked.wanted})
        return _Ready(placing.stage(batch, picture, self._superseded.by(picture)), batch, key)

    def place(self, ready: list[_Ready]) -> AssetgenError | None:
        """Put pictures into place, all or none; returns the error."""
        batch = store.Batch(self._project.root)
        for one in ready:
            batch.absorb(one.batch)
        made = [one.made for one in ready]
        try:
            overwrite = self._overwrite
            self.outcome.baseline |= placing.place(self._project, batch, made, overwrite=overwrite)
            for one in ready:
                if data := self._project.tree.read(one.made.record):
                    originals.keep_record(self._project.root, one.key, data)
        except AssetgenError as exc:
            batch.drop()
            return exc
        self.outcome.made += [replace(one, decision=slim(one.decision)) for one in made]
        for placed in made:
            self._observer.done(placed)
        return None

    def fail(self, asset_id: str, state: State, error: AssetgenError) -> None:
        failed = Failed(asset_id, state, error.about(asset_id))
        self.outcome.failed.append(failed)
        self._observer.done(failed)

    def ended(self, known: BatchFile, batch: Batch, failed: Mapping[str, str]) -> None:
        """Delete what was uploaded for a batch, and write that each request of it is settled."""
        ended = Ended(status=batch.status, at=batch.ended_at, failed=dict(sorted(failed.items())))
        batch_recovery.clean(self._api, known, requests=False)
        path = batch_recovery.write(self._project.root, msgspec.structs.replace(known, ended=ended))
        self.outcome.batches = (*self.outcome.batches, path)


class _Collection:
    """The pictures of one batch, line by line."""

    def __init__(self, collector: Collector, done: Collected, batch: Batch) -> None:
        self._collector = collector
        self._done = done
        self._batch = batch
        self._reader = collector.reader(done.known, batch)
        self._left = {one.custom_id: one for one in done.known.requests}
        self._names = frozenset(self._left)
        self._foreign: list[str] = []
        """What lines are called that answer none of the requests; "" for one without a name."""
        self._ready: list[_Ready] = []
        self._unplaced = False
        self._is_gone = False
        """Whether the provider no longer has the answers."""

    def run(self) -> None:
        """Collect everything. Raises an AssetgenError; what is in place stays."""
        batch = self._batch
        if batch.status == "failed":
            self._refused()
        else:
            try:
                self._collect_file(batch.output_file_id)
            except Gone:
                self._is_gone = True
            finally:
                self._flush()
            with suppress(Gone):
                self._collect_file(batch.error_file_id)
            self._cut_off()
        if not self._unplaced:
            self._collector.ended(self._done.known, batch, self._done.failed)
            self._done.is_settled = True
        if self._foreign:
            self._done.error = batch_verify.unknown_lines(self._done.known, self._foreign)

    def _collect_file(self, file_id: str | None) -> None:
        with closing(self._collector.lines(file_id)) as lines:
            self._collect(lines)

    def _collect(self, lines: Iterable[bytes]) -> None:
        """Read, make and place what ``lines`` have; only as many at once as there are cores."""
        cores = os.cpu_count() or 1
        under_way: deque[tuple[Asked, Target, Future[_Ready | Refusal | str]]] = deque()
        with ThreadPoolExecutor(cores) as pool:
            try:
                for number, line in enumerate(lines, 1):
                    asked, target = self._begun(line)
                    if asked is None or target is None:
                        continue
                    future = pool.submit(self._made, asked, target, number, line)
                    under_way.append((asked, target, future))
                    while len(under_way) > cores:
                        self._take(*under_way.popleft())
            finally:  # what was begun is finished, also after an interrupt
                while under_way:
                    self._take(*under_way.popleft())

    def _begun(self, line: bytes) -> tuple[Asked | None, Target | None]:
        """The request that a line answers and its asset, unless that is settled."""
        name = batch_answers.custom_id(line)
        asked = self._left.pop(name, None)
        if asked is None:
            if name not in self._names:
                self._foreign += [provider_errors.safe(name, self._collector.provider)[:80]]
            return None, None  # or it is answered twice
        target = self._collector.target(asked, self._batch)
        if target.in_place:
            self._done.in_place += 1
            self._collector.outcome.standing.append(target.in_place)
            return None, None
        return asked, target

    def _made(
        self, asked: Asked, target: Target, number: int, line: bytes
    ) -> _Ready | Refusal | str:
        found = self._reader.read(asked, number, line)
        if isinstance(found, Refusal):
            return found
        if target.error:
            raise target.error
        return self._collector.made(self._reader, found, target)

    def _take(self, asked: Asked, target: Target, future: Future[_Ready | Refusal | str]) -> None:
        try:
            found = future.result()
        except AssetgenError as exc:
            self._unplaced = True
            self._collector.fail(target.asset_id, target.state, _kept(exc, self._batch))
            return
        if isinstance(found, Refusal):
            self._fail(asked, target, found)
        elif isinstance(found, str):
            self._done.notes.append(found)
        else:
            self._ready.append(found)
            if len(self._ready) >= _TOGETHER:
                self._flush()

    def _flush(self) -> None:
        ready, self._ready = self._ready, []
        record.read.cache_clear()  # each is read once here, and thousands would be kept
        if not ready:
            return
        if error := self._collector.place(ready):
            self._unplaced = True
            for one in ready:
                d = one.made.decision
                self._collector.fail(d.asset.id, d.state, _kept(error, self._batch))
        else:
            self._done.made += len(ready)

    def _fail(self, asked: Asked, target: Target, refusal: Refusal) -> None:
        code = provider_errors.safe(refusal.short, self._collector.provider)
        self._done.failed[asked.custom_id] = code or "unknown"
        self._collector.fail(target.asset_id, target.state, refusal.error)

    def _cut_off(self) -> None:
        """The requests without an answer, because the batch ended before."""
        code = {"expired": EXPIRED, "cancelled": CANCELLED}.get(self._batch.status)
        for asked in list(self._left.values()):
            target = self._collector.target(asked, self._batch)
            if target.in_place:  # by an earlier run; an answer is never taken back
                self._done.in_place += 1
            elif self._is_gone:
                self._fail(asked, target, self._reader.gone())
            elif code is None or "" in self._foreign:  # a line that cannot be read may be its own
                self._fail(asked, target, self._reader.unanswered())
            else:
                self._fail(asked, target, self._reader.ended(code, ""))

    def _refused(self) -> None:
        """The whole batch was not accepted: its own errors, of one line or of all."""
        errors = (self._batch.errors.data if self._batch.errors else None) or []
        by_line = {one.line: one for one in errors if one.line}
        general = next((one for one in errors if not one.line), errors[0] if errors else None)
        for number, asked in enumerate(self._done.known.requests, 1):
            fault = by_line.get(number) or general
            stated = msgspec.to_builtins(fault) if fault else {"message": "no reason is given"}
            failure = provider_errors.sort(
                400, stated, self._collector.provider, None, may_be_billed=False
            )
            target = self._collector.target(asked, self._batch)
            self._fail(asked, target, Refusal(failure.code, failure.error))


def _kept(exc: AssetgenError, batch: Batch) -> AssetgenError:
    """``exc`` of a picture that is billed and can be collected again."""
    if not isinstance(exc, StorageError):
        return exc
    first = exc.cure or advice("correct that")
    again = batch_cures.collect(batch.id)
    return StorageError(
        f"{exc.what}; the image is billed and stays in batch {batch.id}",
        where=exc.where,
        cure=advice("{first}; then: {again}", first=first, again=again),
    )


def _never(_job: object, _turn: object = None) -> NoReturn:
    raise AssertionError("nothing is bought here")
