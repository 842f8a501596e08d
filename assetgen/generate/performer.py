"""The performer: plan -> draw -> derive -> write -> record -> commit."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from assetgen.errors import AssetgenError
from assetgen.fs import platform, store
from assetgen.fs.lock import locked
from assetgen.fs.tree import WorkTree
from assetgen.generate import descriptions, placing, rebuilding
from assetgen.generate.buyer_on_demand import AT_ONCE, BuyerOnDemand
from assetgen.generate.commit import commit
from assetgen.generate.making import Maker
from assetgen.generate.options import Options
from assetgen.generate.outcome import Failed, Left, Made, Observer, Outcome, billed
from assetgen.generate.placing import Superseded
from assetgen.generate.selection import (
    Selection,
    again,
    ask_for_candidates,
    chosen,
    levels,
    refuse,
    to_pick,
)
from assetgen.image.derive import Mapper
from assetgen.layouts import sandbox
from assetgen.plan import collector
from assetgen.plan.again import LastPlan
from assetgen.plan.decide import Action, Decision, State
from assetgen.plan.routing import NotBegun
from assetgen.plan.workspace import Workspace
from assetgen.settings.conditions import Conditions, load_conditions

if TYPE_CHECKING:
    from assetgen.generate.buyer import Buyer
    from assetgen.generate.slots import Turn

_Bought = tuple[Made | None, store.Batch, Sequence[AssetgenError]]

# Assets that are placed together: one flush of the disk for all, bounded memory.
_BATCH = 64


def generate(
    root: Path,
    options: Options,
    environ: Mapping[str, str] = os.environ,
    observer: Observer | None = None,
    conditions: Conditions | None = None,
    tree: WorkTree | None = None,
    last: LastPlan | None = None,
) -> Outcome:
    """Make everything that is missing or stale, record it and commit it.

    ``conditions`` default to those of ``environ``. ``tree`` is for a caller that knows the digests
    of the project's files already, ``last`` for one that knows which of them were saved.

    Raises AssetgenError if the whole run fails; the failure of one picture is in the outcome, and
    does not stop the others.
    """
    environ = dict(environ)  # opening the repository removes git's variables from the process
    conditions = conditions or load_conditions(environ, root)
    with locked(root, options.patience):
        store.sweep(root)
        with collector.paused(once=options.once):
            tree = tree or WorkTree(root, environ=environ, cached=options.cached)
            last = last or LastPlan()
            project = last.workspace(tree, conditions, only=options.ids, commits=options.commit)
            ask_for_candidates(project, options)
            wrote_gitignore = rebuilding.renew_gitignore(project)
            # All is decided before anything is drawn: a mistake in the last asset costs nothing.
            everything = last.decide(project)
        ids = chosen(project, options, everything)
        decisions = [d for d in everything if d.asset.id in ids]
        outcome = _performed(
            project,
            conditions,
            options=options,
            observer=observer or Observer(),
            decisions=decisions,
            everything=everything,
        )
        outcome.manifest = project.manifest
        outcome.also = options.also if outcome.made or outcome.is_done else ()
        outcome.others = len(project.others)
        if not options.force:
            outcome.in_batch = [d for d in decisions if d.action is Action.WAIT]
            outcome.undecided = [d for d in decisions if d.action is Action.CHOOSE]
        outcome.rests_on = frozenset(path for d in everything for path in d.rests_on)
        if (options.buys and options.is_whole) and not (
            options.resume or outcome.interrupted or outcome.failed
        ):
            store.settle(root)  # nothing is left, so nothing that is noted is still under way
        made = {one.decision.asset.id for one in outcome.made}
        fresh = [d for d in decisions if d.state is State.FRESH and d.asset.id not in made]
        chosen_from = [d for d in outcome.undecided if d.asset.id not in made]
        outcome.find_standing = lambda: placing.standing(project, fresh, chosen_from)
        if options.shard is None:
            placing.after(project, outcome)
        rebuilding.ended(project, outcome, options, wrote_gitignore=wrote_gitignore)
        if options.commit and project.manifest.project.commit:
            commit(root, environ, outcome)
        return outcome


def _performed(
    project: Workspace,
    conditions: Conditions,
    options: Options,
    observer: Observer,
    decisions: Sequence[Decision],
    everything: Sequence[Decision],
) -> Outcome:
    buyer = BuyerOnDemand(
        project, conditions, options=options, observer=observer, everything=everything
    )
    with closing(buyer):
        performer = _Performer(
            project,
            options,
            observer,
            selection=Selection(project, options, conditions=conditions, purchases=buyer),
            maker=Maker(
                project,
                conditions.the_catalog,
                lambda job, turn: buyer().draw(job, turn or buyer().slots.line_up()),
                drafts=options.draft,
            ),
            buyer=buyer,
        )
        may_buy = not (options.resume or options.draft)
        return performer.perform(descriptions.read(project, decisions) if may_buy else decisions)


@contextmanager
def _threads(jobs: int, drawn: int) -> Iterator[tuple[ThreadPoolExecutor, ThreadPoolExecutor]]:
    """Threads that draw ``drawn`` pictures, or have them drawn, and threads that encode."""
    platform.keep_memory()
    with (
        sandbox.at_work(drawn),
        ThreadPoolExecutor(jobs) as drawing,
        ThreadPoolExecutor(jobs) as encoding,
    ):
        yield drawing, encoding


class _Performer:
    """One run over one project: selects, makes and places, and collects the outcome."""

    def __init__(
        self,
        project: Workspace,
        options: Options,
        observer: Observer,
        selection: Selection,
        maker: Maker,
        buyer: Callable[[], Buyer],
    ) -> None:
        self._project = project
        self._options = options
        self._observer = observer
        self._selection = selection
        self._maker = maker
        self._buyer = buyer
        self._superseded = Superseded(project)
        self._outcome = Outcome()
        self._unmade: set[str] = set()

    def perform(self, decisions: Sequence[Decision]) -> Outcome:
        """Make what the run selects, level by level."""
        work, self._outcome.left = self._selection.work(decisions)
        self._outcome.older = sum(map(self._selection.is_kept_older, decisions))
        busy = {d.asset.id for d in work}
        fresh = (d for d in decisions if d.state is State.FRESH)
        self._outcome.fresh = sum(d.asset.id not in busy for d in fresh)
        if bought := self._selection.to_buy(work):
            self._selection.refuse_to_buy(bought)
        self._observer.begins(len(work))
        jobs = self._options.jobs or os.cpu_count() or 1
        with _threads(jobs, self._selection.drawn(work)) as (drawing, encoding):
            try:
                for level in levels(work):
                    self._perform_level(level, drawing, encoding)
            except KeyboardInterrupt:
                drawing.shutdown(cancel_futures=True)
                encoding.shutdown(cancel_futures=True)
                self._outcome.interrupted = True
        return self._outcome

    def _perform_level(
        self, level: Sequence[Decision], drawing: ThreadPoolExecutor, encoding: ThreadPoolExecutor
    ) -> None:
        is_bought = self._selection.is_bought
        here = [d for d in level if not is_bought(d)]
        for start in range(0, len(here), _BATCH):
            self._batch(here[start : start + _BATCH], drawing, encoding)
        self._purchases([d for d in level if is_bought(d)])

    def _batch(
        self,
        decisions: Sequence[Decision],
        drawing: ThreadPoolExecutor,
        encoding: ThreadPoolExecutor,
    ) -> None:
        batch = store.Batch(self._project.root)
        try:
            futures = {
                drawing.submit(self._make, decision, batch, encoding.map): decision
                for decision in self._ready(decisions)
            }
            made, interrupted = self._gathered(futures)
            self._place(batch, made)
        except BaseException:
            batch.drop()
            raise
        if interrupted:
            raise KeyboardInterrupt

    def _gathered(self, futures: Mapping[Future[Made], Decision]) -> tuple[list[Made], bool]:
        """What was made, and whether an interrupt came.

        After an interrupt, what is under way is finished, and the rest is not begun.
        """
        made: list[Made] = []
        waiting = list(futures)
        interrupted = False
        while waiting:
            try:
                done = waiting[0]
                if not done.cancelled():
                    made.append(done.result())
                waiting.pop(0)
            except AssetgenError as exc:
                self._fail(futures[waiting.pop(0)], exc)
            except KeyboardInterrupt:
                if interrupted:
                    raise
                interrupted = True
                for future in waiting:
                    future.cancel()
        return made, interrupted

    def _purchases(self, decisions: Sequence[Decision]) -> None:
        """Buy many pictures at once; each goes into place as soon as it is there."""
        ready = self._ready(decisions)
        if not ready:
            return
        # Twice as many threads as requests: the others read the replies that came.
        with ThreadPoolExecutor(2 * (self._options.jobs or AT_ONCE)) as buying:
            slots = self._buyer().slots
            waiting = slots.submit(ready, self._purchase, buying)
            interrupted = is_stopping = False
            while waiting:
                try:  # a second interrupt may come at any of these lines
                    if interrupted and not is_stopping:
                        is_stopping = True
                        self._observer.finishes(slots.stop(waiting))
                    done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                except KeyboardInterrupt:
                    if interrupted:
                        self._observer.abandons(len(waiting))
                        raise
                    interrupted = True
                    continue
                self._place_bought({future: waiting.pop(future) for future in done})
        if interrupted:
            raise KeyboardInterrupt

    def _purchase(self, decision: Decision, turn: Turn) -> _Bought:
        """One bought picture with its files ready; the many pictures alone keep the cores busy."""
        from assetgen.generate import purchasing

        make = partial(self._make, mapper=map)
        return purchasing.purchased(
            self._project, self._buyer(), self._maker, decision, make=make, turn=turn
        )

    def _place_bought(self, done: Mapping[Future[_Bought], tuple[Decision, Turn]]) -> None:
        batch, made = store.Batch(self._project.root), []
        for future, (decision, _) in done.items():
            try:
                one, ready, failures = future.result()
            except (NotBegun, CancelledError):
                self._outcome.not_begun.append(decision.asset.id)
                self._unmade.add(decision.asset.id)
            except AssetgenError as exc:
                self._fail(decision, exc)
            else:
                batch.absorb(ready)
                made += [one] if one else []
                for failure in failures:
                    self._fail(decision, failure)
        for placed in self._place(batch, made):
            for entry in placed.paid:
                self._buyer().placed(entry)

    def _ready(self, decisions: Sequence[Decision]) -> list[Decision]:
        """The decisions that can be performed now; the others have failed."""
        ready, force = list[Decision](), self._options.force
        for first in decisions:
            decision = again(self._project, first)
            if first.action is not decision.action is Action.NOTHING and not force:
                self._outcome.fresh += 1  # the picture that it shows came out unchanged
                continue
            if waits := to_pick(self._project, decision, self._outcome.choices):
                self._outcome.left.append(Left(decision, waits))
                continue
            try:
                refuse(self._project, decision, self._unmade, force=force)
            except AssetgenError as exc:
                self._fail(decision, exc)
            else:
                ready.append(decision)
        return ready

    def _make(
        self, decision: Decision, batch: store.Batch, mapper: Mapper, turn: Turn | None = None
    ) -> Made:
        """Make one picture and hand its files and its record to ``batch``."""
        if decision.action is Action.BUILD:
            build = partial(rebuilding.build, self._project, self._maker)
            return build(decision, batch=batch, mapper=mapper)
        picture = self._maker.make(decision, mapper, turn)
        return placing.stage(batch, picture, self._superseded.by(picture))

    def _place(self, batch: store.Batch, made: Sequence[Made]) -> Sequence[Made]:
        """Put ``made`` into place; returns what is in place, which is all of it or nothing."""
        try:
            left = placing.place(self._project, batch, made, overwrite=self._options.force)
        except AssetgenError as exc:
            batch.drop()
            for one in made:
                self._fail(one.decision, billed(exc, next(iter(one.paid), None)))
            return ()
        self._outcome.baseline |= left
        rebuilding.placed(self._project, made)
        for one in made:
            self._outcome.add(one)
            self._observer.done(one)
        return made

    def _fail(self, decision: Decision, error: AssetgenError) -> None:
        failure = Failed(decision.asset.id, decision.state, error.about(decision.asset.id))
        self._unmade.add(decision.asset.id)
        self._outcome.failed.append(failure)
        self._observer.done(failure)
