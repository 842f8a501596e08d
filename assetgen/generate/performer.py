"""The performer: plan -> draw -> derive -> write -> record -> commit. The only place where effects meet decisions."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from assetgen.errors import AssetgenError, ManifestError, StorageError, TrustError
from assetgen.fs import store
from assetgen.fs.lock import locked
from assetgen.fs.tree import WorkTree
from assetgen.generate import placing
from assetgen.generate import statement as provenance
from assetgen.generate.commit import commit
from assetgen.generate.outcome import Failed, Left, Made, Observer, Outcome
from assetgen.image import decode, derive, xmp
from assetgen.image.derive import Derived
from assetgen.manifest.schema import FORMATS, targets
from assetgen.paid import journal
from assetgen.paid.journal import Journal
from assetgen.plan import decide, routing
from assetgen.plan.decide import Action, Decision, State
from assetgen.plan.routing import Drawn, Job, NotBegun
from assetgen.plan.wish import Wish, palette_and_font, rests_on
from assetgen.plan.workspace import Workspace
from assetgen.record import record
from assetgen.record.record import Record
from assetgen.settings.conditions import Conditions, load_conditions

if TYPE_CHECKING:
    from assetgen.generate.buyer import Buyer

# Assets that are placed together: one flush of the disk for all, bounded memory.
_BATCH = 64
# Pictures that are bought at the same time, unless -j says otherwise.
_AT_ONCE = 8


@dataclass(frozen=True)
class Options:
    """How generate was called."""

    ids: tuple[str, ...] = ()
    force: bool = False
    commit: bool = True
    jobs: int = 0
    resume: bool = False
    """Settle what was paid for and is not in place; buy and draw nothing else."""
    draft: bool = False
    """Make local stand-ins for what a paid route has yet to draw; buy nothing."""
    pay: bool = False
    """Buy pictures even where nobody watches: in continuous integration."""
    free: bool = False
    """Make what costs nothing and can be made on this machine; leave the rest, and say so."""
    patience: float = 600
    """Seconds to wait for another run in this project."""

    @property
    def buys(self) -> bool:
        """Whether a route may be asked that bills for it."""
        return not (self.free or self.draft)


def generate(
    root: Path,
    options: Options,
    environ: Mapping[str, str] = os.environ,
    observer: Observer | None = None,
    conditions: Conditions | None = None,
    tree: WorkTree | None = None,
) -> Outcome:
    """Make everything that is missing or stale, record it and commit it; ``conditions`` default to the environment's.

    ``tree`` is for who has looked at the same project before and knows the digests of its files.

    Raises AssetgenError for what is wrong with the whole run; what is wrong with one picture is in the
    outcome, and does not stop the others.
    """
    conditions = conditions or load_conditions(environ, root)
    with locked(root, options.patience):
        store.sweep(root)
        project = Workspace(root, tree or WorkTree(root), conditions)
        chosen = _chosen(project, options.ids)
        # All of the manifest is looked at before anything is drawn: a mistake in the last asset costs nothing.
        everything = list(decide.decide(project.manifest, project.world()))
        decisions = [d for d in everything if d.asset.id in chosen]
        shown = {entry["path"] for d in everything for entry in d.wish.intent.inputs}
        with _Performer(project, conditions, options, observer or Observer(), shown) as performer:
            outcome = performer.perform(decisions)
        outcome.manifest = project.manifest
        outcome.rests_on = frozenset(path for d in everything for path in rests_on(d.wish))
        if options.buys and not (
            options.ids or options.resume or outcome.interrupted or outcome.failed
        ):
            store.settle(root)  # nothing was left, so nothing of what is noted as under way is
        made = {one.decision.asset.id for one in outcome.made}
        fresh = [d for d in decisions if d.state is State.FRESH and d.asset.id not in made]
        outcome.standing = [Made(d, d.wish.paths) for d in fresh]
        placing.after(project, outcome)
        if options.commit and project.manifest.project.commit:
            commit(root, environ, outcome)
        return outcome


def _chosen(project: Workspace, ids: Sequence[str]) -> set[str]:
    """The ids asked for (all, if none) and the local pictures they need."""
    if not ids:
        return {asset.id for asset in project.manifest.asset}
    chosen: set[str] = set()
    waiting = [project.manifest.find(asset_id) for asset_id in ids]
    while waiting:
        asset = waiting.pop()
        if asset.id not in chosen:
            chosen.add(asset.id)
            needs = project.wish(asset.id).needs
            waiting += [need for need in map(project.manifest.find, needs) if need.is_local]
    return chosen


class _Performer:
    """One run over one project."""

    def __init__(
        self,
        project: Workspace,
        conditions: Conditions,
        options: Options,
        observer: Observer,
        shown: Set[str],
    ) -> None:
        self._project = project
        self._conditions = conditions
        self._options = options
        self._observer = observer
        self._shown = shown
        self._outcome = Outcome()
        self._unmade: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if "_buyer" in self.__dict__:
            self._buyer.close()

    @cached_property
    def _buyer(self) -> Buyer:
        from assetgen.generate.buyer import (
            Buyer,  # with the SDK, half a second that a free run does without
        )

        gc.freeze()  # what was imported is there to stay, and need not be walked again and again
        channels = {
            name: gateway.channel for name, gateway in self._project.manifest.gateway.items()
        }
        options = self._options
        return Buyer(
            self._project.root,
            self._conditions,
            channels,
            self._observer,
            options.force,
            options.resume,
        )

    def perform(self, decisions: Sequence[Decision]) -> Outcome:
        work = self._work(decisions)
        busy = {d.asset.id for d in work}
        self._outcome.fresh = sum(
            d.state is State.FRESH and d.asset.id not in busy for d in decisions
        )
        bought = [d for d in work if self._is_bought(d) and self._is_open(d)]
        if bought:
            self._refuse_unwatched(bought)
            self._buyer.refuse_excess(bought)
        self._observer.begins(len(work))
        jobs = self._options.jobs or os.cpu_count() or 1
        with ThreadPoolExecutor(jobs) as drawing, ThreadPoolExecutor(jobs) as encoding:
            try:
                for level in _levels(work):
                    here = [d for d in level if not self._is_bought(d)]
                    for start in range(0, len(here), _BATCH):
                        self._batch(here[start : start + _BATCH], drawing, encoding)
                    self._purchases([d for d in level if self._is_bought(d)])
            except KeyboardInterrupt:
                drawing.shutdown(cancel_futures=True)
                encoding.shutdown(cancel_futures=True)
                self._outcome.interrupted = True
        return self._outcome

    def _refuse_unwatched(self, bought: Sequence[Decision]) -> None:
        """Raise TrustError if a machine would buy that nobody told to: any branch could ask it for many."""
        if (
            self._conditions.environ.get("CI", "").lower() in ("", "0", "false")
            or self._options.pay
        ):
            return
        to_pay = [d.asset.id for d in bought if d.asset.id not in self._buyer.stored([d.wish])]
        if to_pay and not self._options.resume:
            raise TrustError(
                f"{', '.join(to_pay[:5])}{' and more' * (len(to_pay) > 5)} would be bought, and this is continuous "
                "integration (CI is set), where nothing is bought by itself; nothing was sent",
                cure="buy them on your own machine and commit them, or say so: assetgen generate --pay",
            )

    def _work(self, decisions: Sequence[Decision]) -> list[Decision]:
        """What there is to do: what is not as wanted, and what is paid for and not in place."""
        if not self._options.buys:
            return list(self._for_nothing(decisions))
        paid_for: set[str] = set()
        unknown: set[str] = set()
        painted = [d for d in decisions if routing.is_bought(d.asset.route)]
        if painted and self._has_open_entries():
            for decision in painted:
                known = self._project.record(decision.asset.id)
                if decision.state is State.FRESH and isinstance(known, Record):
                    self._buyer.forget_placed(decision.wish, known.original)
            paid_for = self._buyer.stored(d.wish for d in painted)
            unknown = self._buyer.unsettled(d.wish for d in painted if d.state is not State.FRESH)
        if self._options.resume:  # what cannot be settled is said to be so
            return [d for d in decisions if d.asset.id in paid_for | unknown]
        wanted = [d for d in decisions if d.action is not Action.NOTHING or self._options.force]
        named = {d.asset.id for d in wanted}
        return wanted + [d for d in decisions if d.asset.id in paid_for - named]

    def _for_nothing(self, decisions: Sequence[Decision]) -> Iterator[Decision]:
        """What can be made for nothing; what would be bought, or waits for a picture that would, is left."""
        lacking: set[str] = set()
        for decision in decisions:
            waits_for = [
                need for need in decision.wish.needs if need in lacking or self._lacks(need)
            ]
            if decision.action is Action.NOTHING and not self._options.force:
                continue
            if not waits_for and not self._costs(decision):
                yield decision
                continue
            if self._input_missing(decision.asset.id):
                lacking.add(decision.asset.id)
            if decision.action is Action.DRAW:
                self._outcome.left.append(Left(decision, tuple(waits_for)))

    def _lacks(self, asset_id: str) -> bool:
        """Whether a picture is not there and nothing puts it there in this run."""
        is_local = self._project.manifest.find(asset_id).is_local
        return not (is_local or self._options.draft) and self._input_missing(asset_id)

    def _costs(self, decision: Decision) -> bool:
        """Whether a decision cannot be performed for nothing: not here, and no draft may stand in."""
        if not routing.is_bought(decision.asset.route) or decision.action is Action.DERIVE:
            return False
        return not (
            self._options.draft
            and decision.state is State.MISSING
            and decision.action is Action.DRAW
        )

    def _has_open_entries(self) -> bool:
        """Whether anything was paid for that is not in place, asked without loading what buys."""
        root = self._project.root
        if not journal.is_there(root):
            return False
        with closing(Journal(root, self._conditions.clock)) as log:
            return bool(log.open())

    def _is_bought(self, decision: Decision) -> bool:
        """Whether performing a decision may cost money."""
        may = routing.is_bought(decision.asset.route) and decision.action is not Action.DERIVE
        return may and self._options.buys

    def _is_open(self, decision: Decision) -> bool:
        """Whether nothing that is known beforehand keeps a decision from being performed."""
        return decision.problem is None and (
            decision.action is not Action.REFUSE or self._options.force
        )

    def _purchases(self, decisions: Sequence[Decision]) -> None:
        """Buy pictures, many at once; each goes into place as soon as it is there, together with its neighbours."""
        ready = self._ready(decisions)
        if not ready:
            return
        with ThreadPoolExecutor(self._options.jobs or _AT_ONCE) as buying:
            waiting = {buying.submit(self._purchase, decision): decision for decision in ready}
            interrupted = told = False
            while waiting:
                try:
                    if (
                        interrupted and not told
                    ):  # in here, so that a second interrupt is met at once
                        told = True
                        self._buyer.stop.set()
                        self._observer.finishes(sum(not future.cancel() for future in waiting))
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

    def _purchase(self, decision: Decision) -> tuple[Made, store.Batch]:
        """One bought picture with its files ready; the encoders of many pictures keep the cores busy by themselves."""
        batch = store.Batch(self._project.root)
        return self._make(decision, batch, map), batch

    def _place_bought(self, done: Mapping[Future[tuple[Made, store.Batch]], Decision]) -> None:
        batch, made = store.Batch(self._project.root), []
        for future, decision in done.items():
            try:
                one, ready = future.result()
            except (NotBegun, CancelledError):
                self._outcome.not_begun.append(decision.asset.id)
                self._unmade.add(decision.asset.id)
            except AssetgenError as exc:
                self._fail(decision, exc)
            else:
                batch.absorb(ready)
                made.append(one)
        for one in self._place(batch, made):
            if one.entry is not None:
                self._buyer.placed(one.entry)

    def _ready(self, decisions: Sequence[Decision]) -> list[Decision]:
        """The decisions that can be performed now; the others have failed."""
        ready = []
        for first in decisions:
            decision = self._again(first)
            if first.action is not decision.action is Action.NOTHING and not self._options.force:
                self._outcome.fresh += 1  # what it was to be made anew for is as it was
                continue
            try:
                self._refuse(decision)
            except AssetgenError as exc:
                self._fail(decision, exc)
            else:
                ready.append(decision)
        return ready

    def _batch(
        self,
        decisions: Sequence[Decision],
        drawing: ThreadPoolExecutor,
        encoding: ThreadPoolExecutor,
    ) -> None:
        batch = store.Batch(self._project.root)
        try:
            futures = {
                drawing.submit(self._make, d, batch, encoding.map): d
                for d in self._ready(decisions)
            }
            made, interrupted = self._gathered(futures)
            self._place(batch, made)
        except BaseException:
            batch.drop()
            raise
        if interrupted:
            raise KeyboardInterrupt

    def _gathered(self, futures: Mapping[Future[Made], Decision]) -> tuple[list[Made], bool]:
        """What was made, and whether an interrupt came: then what is under way is finished, the rest not begun."""
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

    def _again(self, decision: Decision) -> Decision:
        """The decision once more, now that what it depends on is in place."""
        if not decision.wish.needs:
            return decision
        return decide.judge(self._project.wish(decision.asset.id), self._project.world(), {})

    def _refuse(self, decision: Decision) -> None:
        """Raise the error that keeps this decision from being performed."""
        for need in decision.wish.needs:
            if need in self._unmade:
                raise ManifestError(
                    f"it waits for @{need}, which was not made",
                    cure=f"settle {need} first (see above)",
                )
            if self._input_missing(need):
                raise ManifestError(f"@{need} is not there yet", cure=f"assetgen generate {need}")
        if decision.action is Action.REFUSE and not self._options.force:
            raise StorageError(_left(decision), cure=decide.cure(decision))

    def _input_missing(self, asset_id: str) -> bool:
        return self._project.tree.digest(self._project.paths[asset_id]) is None

    def _make(self, decision: Decision, batch: store.Batch, mapper: derive.Mapper) -> Made:
        """Draw or derive one asset and hand its files and record to the batch."""
        wish, drawn = decision.wish, None
        if decision.action is Action.DERIVE:
            statement, files = self._derived_anew(decision, mapper)
        else:
            drawn = self._drawn(decision)
            statement, files = self._delivered(decision, drawn, mapper)
        written = {file.path: file.data for file in files}
        batch.add_all({**written, record.place(wish.asset.id): record.write(statement)})
        names = tuple(file.path for file in files)
        removed = self._superseded(wish, names)
        if drawn is None:
            return Made(decision, names, removed)
        return Made(decision, names, removed, drawn.remarks, drawn.entry, drawn.decision == "draft")

    def _drawn(self, decision: Decision) -> Drawn:
        wish, project = decision.wish, self._project
        if self._options.draft and not wish.asset.is_local:
            from assetgen.routes import draft

            return draft.draw(project, wish.asset)
        palette, font = palette_and_font(project.manifest, wish.asset)
        job = Job(
            wish,
            palette,
            font,
            project.fonts(),
            project.read_input,
            project.root,
            self._source_type_of,
        )
        if routing.is_bought(wish.asset.route):
            return self._buyer.draw(job)
        return routing.load(wish.asset.route or "local").draw(job)

    def _delivered(
        self, decision: Decision, drawn: Drawn, mapper: derive.Mapper
    ) -> tuple[dict[str, object], list[Derived]]:
        """The record and the files of what a route drew."""
        wish, project = decision.wish, self._project
        if drawn.keeps_original:
            store.keep_original(project.root, drawn.original)
        files = derive.derive(
            *(drawn.original, wish.delivered, drawn.source_type, mapper),
            verbatim=drawn.keeps_original,
            published_as_is=not drawn.keeps_original or derive.holds_only_a_picture(drawn.original),
        )
        surface = str(drawn.route["surface"])
        estimate = decide.estimate(wish, Action.DRAW, surface, lambda: self._conditions.catalog)
        prompts = project.manifest.project.record_prompts
        tiny = drawn.placeholder or decode.placeholder(drawn.original)
        return provenance.of_drawing(wish, drawn, files, tiny, estimate, prompts), files

    def _derived_anew(
        self, decision: Decision, mapper: derive.Mapper
    ) -> tuple[dict[str, object], list[Derived]]:
        wish = decision.wish
        known, statement = self._known(wish.asset.id)
        original = store.original(self._project.root, known.original or "")
        if original is None:
            raise StorageError(f"the original of {wish.asset.id} is no longer in the cache")
        as_is = known.is_brought or derive.holds_only_a_picture(original)
        files = derive.derive(
            original,
            wish.delivered,
            known.source_type,
            mapper,
            verbatim=True,
            published_as_is=as_is,
        )
        return provenance.of_derivation(statement, wish, files), files

    def _known(self, asset_id: str) -> tuple[Record, dict[str, object]]:
        data = self._project.tree.read(record.place(asset_id)) or b""
        return record.read(data, record.place(asset_id)), record.statement(data)

    def _source_type_of(self, reference: str) -> str | None:
        if reference.startswith("@"):
            known = self._project.record(reference[1:])
            return known.source_type if isinstance(known, Record) else None
        return xmp.source_type(self._project.read_input(reference))

    def _superseded(self, wish: Wish, names: Sequence[str]) -> tuple[str, ...]:
        """Files that the old record calls ours, that are untouched, and that nobody wants any more."""
        known = self._project.record(wish.asset.id)
        if not isinstance(known, Record):
            return ()
        wanted = self._shown | {
            target.path for asset in self._project.manifest.asset for target in targets(asset)
        }
        outputs = tuple(folder + "/" for folder in self._project.manifest.project.outputs)
        old = [path for path in known.subject if path not in names and path not in wanted]
        # A record is only a file: it may not make us remove anything but a picture where pictures go.
        old = [path for path in old if path.startswith(outputs) and path.endswith(tuple(FORMATS))]
        return tuple(path for path in old if self._project.tree.digest(path) == known.subject[path])

    def _place(self, batch: store.Batch, made: Sequence[Made]) -> Sequence[Made]:
        """Give the files of ``made`` their names; returns what is in place, which is all of it or nothing."""
        try:
            self._refuse_newcomers(made)
            records = [record.place(one.decision.asset.id) for one in made]
            batch.place(last=records, gone=[path for one in made for path in one.removed])
        except AssetgenError as exc:
            batch.drop()
            for one in made:
                self._fail(one.decision, exc)
            return ()
        tree = self._project.tree
        for one in made:
            for path in (*one.files, *one.removed, record.place(one.decision.asset.id)):
                tree.forget(path)  # type: ignore[union-attr]
            self._outcome.made.append(one)
            self._observer.done(one)
        return made

    def _refuse_newcomers(self, made: Sequence[Made]) -> None:
        """Raise if a file appeared or changed while its picture was being drawn."""
        for one in made:
            for path in one.files:
                if self._project.tree.changed_since(path) and not self._options.force:  # type: ignore[union-attr]
                    raise StorageError(
                        f"{path} changed while it was being made; it is not overwritten",
                        where=path,
                        cure="run the same command again",
                    )

    def _fail(self, decision: Decision, error: AssetgenError) -> None:
        failure = Failed(decision.asset.id, decision.state, error.about(decision.asset.id))
        self._unmade.add(decision.asset.id)
        self._outcome.failed.append(failure)
        self._observer.done(failure)


def _left(decision: Decision) -> str:
    """Why a picture is left as it is."""
    if found := decide.renamed(decision):
        return f"{decision.asset.path} is not there, but as {found.old} it is: {found.new}; it is not bought again"
    return f"{_found(decision)}; it is not overwritten"


def _found(decision: Decision) -> str:
    """What is there that is not overwritten."""
    reason = decision.reasons[0]
    match decision.state:
        case State.FOREIGN if str(reason.new).startswith("its record"):
            return f"{reason.field}: {reason.new}"
        case State.FOREIGN:
            return f"{reason.field} was not made by assetgen" + (
                f" for this asset ({reason.new})" if reason.old else ""
            )
        case State.EDITED:
            return f"{reason.field} was changed since it was made"
    return f"{decision.asset.path} was adopted or accepted, and something else is wanted now ({reason.field})"


def _levels(decisions: Iterable[Decision]) -> list[list[Decision]]:
    """Decisions in groups, each of which depends only on earlier ones."""
    depth: dict[str, int] = {}
    levels: list[list[Decision]] = []
    for decision in decisions:
        depth[decision.asset.id] = max(
            (depth[need] + 1 for need in decision.wish.needs if need in depth), default=0
        )
        while len(levels) <= depth[decision.asset.id]:
            levels.append([])
        levels[depth[decision.asset.id]].append(decision)
    return levels
