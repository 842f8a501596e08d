"""The verdict on every asset: state, reasons, action and estimate. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from assetgen.cure import Cure, advice, command
from assetgen.errors import AssetgenError, StorageError, refusal
from assetgen.fs import lfs
from assetgen.fs.tree import NOT_A_FILE
from assetgen.manifest.grounds import cover_of, entry_of
from assetgen.manifest.schema import Asset, Manifest
from assetgen.plan import cost, drafts, guards, renaming, weight
from assetgen.plan.differences import DERIVED, differences, is_kept
from assetgen.plan.displaced import displaced
from assetgen.plan.estimates import estimate
from assetgen.plan.files import Files, stated_in
from assetgen.plan.intent import wish
from assetgen.plan.order import order
from assetgen.plan.reasons import (
    BATCH,
    CANDIDATES,
    MIXED,
    NO_FILE,
    NOT_MERGED,
    UNUSABLE,
    Reason,
    adopting,
    making,
    of_foreign_file,
    place_of_original,
    settling_edit,
    under_former_id,
)
from assetgen.plan.refusals import refuse_before_drawing
from assetgen.plan.wish import Undecided, Wish, World, rests_on
from assetgen.record.record import Record, Unusable


class State(StrEnum):
    """The state of an image: the first that applies, from the top."""

    UNMERGED = "unmerged"
    """Git has not merged one of its files: both sides changed it."""
    FOREIGN = "foreign"
    """There is a file that assetgen did not make."""
    EDITED = "edited"
    """A file that assetgen made was changed since."""
    UNDECIDED = "undecided"
    """It would be bought, but candidates of exactly this image exist, and none is picked."""
    MISSING = "missing"
    """A file, or the whole image, does not exist."""
    DRAFT = "draft"
    """It is a placeholder image, until a paid route draws the real one."""
    STALE = "stale"
    """The files are unchanged, but assets.toml asks for something else now."""
    FRESH = "fresh"
    """Everything is as assets.toml asks."""


class Action(StrEnum):
    """What generate does about a state."""

    NOTHING = "nothing"
    DERIVE = "derive"
    """Make the files again from the stored original: free on every route."""
    DRAW = "draw"
    """Ask the route for the image."""
    BUILD = "build"
    """Build files that git does not have from the record, which stays as it is."""
    WAIT = "wait"
    """Nothing without --force: the image is in a batch, from which it can be collected."""
    CHOOSE = "choose"
    """Nothing without --force: there are candidates, one of which can be picked for free."""
    REFUSE = "refuse"
    """Do nothing without --force."""


_MAKES = (Action.DRAW, Action.DERIVE)


@dataclass(frozen=True)
class Decision:
    """The verdict on one asset."""

    wish: Wish
    state: State
    action: Action
    reasons: tuple[Reason, ...]
    estimate: cost.Estimate
    problem: AssetgenError | None = None
    """Why its route cannot draw or deliver what is asked for; nothing is sent then."""
    cure: Cure | None = None
    """The command that settles its state, where it depends on what git and the cache have."""

    @property
    def asset(self) -> Asset:
        return self.wish.asset

    @property
    def needs(self) -> tuple[str, ...]:
        """The ids of the assets that the image is made from."""
        return self.wish.needs

    @property
    def paths(self) -> tuple[str, ...]:
        """The path of every file of the asset, the main one first."""
        return self.wish.paths

    def but(self, **changes: Any) -> Decision:
        """The same decision with other values; also of one whose fields are worked out late."""
        return Decision(**{one.name: getattr(self, one.name) for one in fields(Decision)} | changes)

    @property
    def rests_on(self) -> Collection[str]:
        """The files that the image is made from, its page among them, and "@id" for assets."""
        return rests_on(self.wish)


def decide(
    manifest: Manifest, world: World, settled: Mapping[str, Decision] | None = None
) -> Iterator[Decision]:
    """A decision for each asset, dependencies first, one at a time.

    ``settled`` are decisions, by id, that hold unless an image that they need is made again.

    Raises the error of the first mistake in the manifest, which has all of them as ``mistakes``.
    """
    try:
        yield from _decisions(manifest, world, settled or {})
    except AssetgenError as exc:
        if found := world.mistakes():
            raise refusal(found) from exc
        raise


def _decisions(
    manifest: Manifest, world: World, settled: Mapping[str, Decision]
) -> Iterator[Decision]:
    verdicts: dict[str, tuple[State, Action]] = {}
    paths = {asset.id: asset.path for asset in manifest.asset}
    unfinished = {asset.id: entry_of(asset) for asset in manifest.asset if asset.draft}
    for asset in order(manifest, world, {name: one.needs for name, one in settled.items()}):
        known = settled.get(asset.id)
        needed = known.needs if known else ()
        if known and not (needed and any(verdicts[need][1] in _MAKES for need in needed)):
            verdicts[asset.id] = (known.state, known.action)
            yield known
            continue
        decision = judge(wish(manifest, asset, world, paths=paths), world, verdicts)
        if decision.action is Action.DRAW and not decision.problem:
            problem = drafts.waiting(decision.wish, unfinished, world)
            decision = decision.but(problem=problem) if problem else decision
        action = decision.action if _touches_its_picture(decision) else Action.NOTHING
        verdicts[asset.id] = decision.state, action
        yield decision


def _touches_its_picture(decision: Decision) -> bool:
    """Whether a decision changes the main file, from which others may be made."""
    if decision.action is not Action.DERIVE:
        return True
    of_others = ("files", *decision.wish.paths[1:])
    return any(reason.field not in of_others for reason in decision.reasons)


# -- the verdict -----------------------------------------------------------------------------------


def judge(wanted: Wish, world: World, verdicts: Mapping[str, tuple[State, Action]]) -> Decision:
    """The state of the asset of ``wanted``, why, and what to do about it."""
    record = world.record(wanted.asset.id)
    verdict = _guarded(_verdict(wanted, record, world, verdicts=verdicts), wanted, record, world)
    is_paid = verdict.action is Action.DRAW and not wanted.asset.is_local
    if is_paid and (choice := world.elsewhere.undecided(wanted)):
        verdict = _undecided(verdict, choice)
    elif is_paid and (found := world.elsewhere.batched(wanted)):
        reasons = [*verdict.reasons, Reason(BATCH, new=found.words)]
        verdict = replace(verdict, action=Action.WAIT, reasons=reasons, cure=found.cure)
    if wanted.asset.is_adopted and verdict.action is Action.DRAW:  # nothing ever draws it
        verdict = replace(verdict, action=Action.REFUSE, cure=making(wanted.asset))
    surface = world.surface(wanted.asset.route or "local")
    problem = verdict.problem and verdict.problem.about(
        wanted.asset.id, world.place(wanted.asset.id, "id")
    )
    if verdict.action is Action.DRAW and world.catalog is not None:
        try:
            refuse_before_drawing(wanted, world)
        except AssetgenError as exc:
            problem = exc.about(wanted.asset.id, world.place(wanted.asset.id, "id"))
    cost_of_it = estimate(wanted, verdict.action, surface, catalog=lambda: world.the_catalog)
    return Decision(
        wanted,
        verdict.state,
        verdict.action,
        reasons=tuple(verdict.reasons),
        estimate=cost_of_it,
        problem=problem,
        cure=verdict.cure,
    )


@dataclass(frozen=True)
class _Verdict:
    state: State
    action: Action
    reasons: Sequence[Reason] = ()
    cure: Cure | None = None
    """The command that settles it, where the one of its state would not."""
    problem: AssetgenError | None = None
    """Why not even --force can deliver what is asked for."""


def _undecided(verdict: _Verdict, found: Undecided) -> _Verdict:
    """The verdict where an image need not be bought: candidates of it are there."""
    reasons = [*verdict.reasons, Reason(CANDIDATES, new=found.words)]
    if not found.is_usable:  # no one knows what was bought
        return replace(verdict, action=Action.REFUSE, reasons=reasons, cure=found.cure)
    return replace(
        verdict, state=State.UNDECIDED, action=Action.CHOOSE, reasons=reasons, cure=found.cure
    )


def _verdict(
    wanted: Wish,
    record: Record | Unusable | None,
    world: World,
    verdicts: Mapping[str, tuple[State, Action]],
) -> _Verdict:
    known = record.subject if isinstance(record, Record) else ()
    own = dict.fromkeys((*wanted.paths, *known, *stated_in(wanted.asset)))
    if torn := world.elsewhere.unmerged(tuple(own)):
        reasons = [Reason(path, new=NOT_MERGED) for path in torn.paths]
        return _Verdict(State.UNMERGED, Action.REFUSE, reasons, torn.cure)
    return _of_files(wanted, record, world, verdicts)


def _guarded(
    verdict: _Verdict, wanted: Wish, record: Record | Unusable | None, world: World
) -> _Verdict:
    """The verdict, or a refusal if performing it would lose a file."""
    if verdict.action not in _MAKES:
        return verdict
    if verdict.action is Action.DRAW and (torn := world.elsewhere.unsettled(wanted)):
        reasons = [Reason(path, new=NOT_MERGED) for path in torn.paths]
        return _Verdict(State.UNMERGED, Action.REFUSE, reasons, torn.cure)
    found = guards.claimed(wanted, record, world) or guards.in_another_form(wanted, world)
    if found:
        reasons = [*verdict.reasons, *found.reasons]
        return _Verdict(verdict.state, Action.REFUSE, reasons, found.cure)
    return verdict


def _of_files(
    wanted: Wish,
    record: Record | Unusable | None,
    world: World,
    verdicts: Mapping[str, tuple[State, Action]],
) -> _Verdict:
    """The verdict on what exists, whether git has merged it or not."""
    files = Files.of(wanted, record, world)
    if blocked := _of_no_file(wanted, files, world):
        return blocked
    if foreign := files.foreign():
        return _of_foreign(wanted, record, world, files=files, foreign=foreign)
    if edited := files.edited():
        reasons = [Reason(path, files.known[path], files.found[path]) for path in edited]
        if isinstance(record, Record) and record.original:
            changed = {path: str(files.found[path]) for path in edited}
            if mixed := world.elsewhere.mixed(record, changed):
                reasons = [Reason(path, new=MIXED) for path in edited]
                return _Verdict(State.EDITED, Action.REFUSE, reasons, mixed)
        cure = settling_edit(wanted.asset)
        if restore := world.elsewhere.restoring({path: files.known[path] for path in edited}):
            cure = advice("{cure}, or {restore}", cure=cure, restore=restore)
        return _Verdict(State.EDITED, Action.REFUSE, reasons, cure)
    gone = [Reason(path, new=NO_FILE) for path in files.missing()]
    if not isinstance(record, Record):
        return _of_nothing(wanted, record, world, gone)
    nothing = (State.FRESH, Action.NOTHING)
    remade = [need for need in wanted.needs if verdicts.get(need, nothing)[1] in _MAKES]
    stale = list(differences(wanted, record, remade, world.weight))
    return _of_record(wanted, record, world, gone=gone, stale=stale)


def _of_no_file(wanted: Wish, files: Files, world: World) -> _Verdict | None:
    """The verdict where something that is no file, such as a folder, is in the place of one."""
    for path in wanted.paths:
        if files.found[path] == NOT_A_FILE and (found := world.obstacle(path)):
            what, cure = found
            error = StorageError(what, where=path, cure=cure)
            reasons = [Reason(path, new=what.removeprefix(f"{path} "))]
            return _Verdict(State.FOREIGN, Action.REFUSE, reasons, cure, error)
    return None


def _of_foreign(
    wanted: Wish,
    record: Record | Unusable | None,
    world: World,
    *,
    files: Files,
    foreign: Sequence[str],
) -> _Verdict:
    """The verdict on files that no usable record lists."""
    asset_id = wanted.asset.id
    kept = None if isinstance(record, Record) else world.elsewhere.record(asset_id)
    if kept and record is None:
        subject = kept.record.subject
        kept = kept if all(files.found[path] == subject.get(path) for path in foreign) else None
    reasons = [
        of_foreign_file(path, files.found[path], record, world=world, is_kept=bool(kept))
        for path in foreign
    ]
    cure = kept.cure if kept else None
    if cure is None and (found := world.elsewhere.pointer(foreign)):
        adopt = command("assetgen adopt {asset_id} {path}", asset_id=asset_id, path=found.path)
        cure = command("{fetch} && {adopt}", fetch=found.fetch, adopt=adopt)
        reasons = [
            Reason(one.field, new=lfs.WHAT) if one.field == found.path and not one.old else one
            for one in reasons
        ]
    elif isinstance(record, Unusable):
        cure = world.elsewhere.replacing(wanted) or cure or adopting(asset_id, wanted.asset.path)
    action = Action.DRAW if renaming.moves(wanted, record, world) else Action.REFUSE
    return _Verdict(State.FOREIGN, action, reasons, cure)


def _of_nothing(
    wanted: Wish, record: Unusable | None, world: World, gone: Sequence[Reason]
) -> _Verdict:
    """The verdict on an asset without files and without a usable record in place."""
    former = list(under_former_id(wanted, world))
    kept = world.elsewhere.record(wanted.asset.id)
    if wanted.asset.is_local and not (kept and kept.record.is_brought):
        return _Verdict(State.MISSING, Action.DRAW, [*gone, *former])  # for free
    is_same = kept and not kept.record.is_draft
    if kept and is_same and not wanted.asset.is_adopted:
        is_same = not wanted.intent.changes(kept.record.intent)
    if kept and is_same and (restore := world.elsewhere.restoring(kept.record.subject)):
        both = command("{record} && {files}", record=kept.cure, files=restore)
        return _Verdict(State.MISSING, Action.REFUSE, gone, both)
    if isinstance(record, Unusable):
        unusable = Reason(wanted.place, new=f"{UNUSABLE}: {record}")
        cure = world.elsewhere.replacing(wanted)
        return _Verdict(State.MISSING, Action.REFUSE, [*gone, unusable], cure)
    if former:
        return _Verdict(State.MISSING, Action.REFUSE, [*gone, *former])
    if world.elsewhere.kept(wanted):
        return _Verdict(State.MISSING, Action.DERIVE, gone)
    return _Verdict(State.MISSING, Action.DRAW, gone)


def _of_record(
    wanted: Wish,
    record: Record,
    world: World,
    *,
    gone: Sequence[Reason],
    stale: Sequence[Reason],
) -> _Verdict:
    """The verdict on files that match the record, apart from those that are ``gone``."""
    stale = stale if gone else weight.without_purchase(wanted, record, stale, world)
    if kept := drafts.finished(wanted.asset, record):
        if cover_of(wanted.asset) and not gone:  # it is kept for when its cover is no draft
            return _Verdict(State.FRESH, Action.NOTHING)
        state = State.MISSING if gone else State.STALE
        return _Verdict(state, Action.REFUSE, [*gone, kept[0], *stale], kept[1])
    if not stale and not gone and not record.is_draft:
        return _Verdict(State.FRESH, Action.NOTHING)
    needs_drawing = any(reason.field not in DERIVED for reason in stale)
    is_new = needs_drawing or record.is_draft
    original = None if is_new else place_of_original(record, world)
    action = Action.DERIVE if original else Action.DRAW
    if action is Action.DRAW and is_kept(wanted, stale, world):
        original, action = "kept", Action.DERIVE
    own = record.subject
    if not (original or is_new or wanted.asset.is_local) and (
        pointer := world.elsewhere.pointer(own)
    ):
        state = State.MISSING if gone else State.STALE
        reasons = [*gone, Reason(pointer.path, new=lfs.WHAT), *stale]
        return _Verdict(state, Action.REFUSE, reasons, pointer.fetch)
    if gone:
        found = None if is_new else displaced(wanted, record, world, gone=gone, original=original)
        if found is None:
            return _Verdict(State.MISSING, action, [*gone, *stale])
        is_redrawn = wanted.asset.is_local and not record.is_brought  # for free
        action = Action.DRAW if is_redrawn else Action.REFUSE
        reasons = [*gone, *found.reasons, *stale]
        return _Verdict(State.MISSING, action, reasons, found.cure)
    if record.is_draft:
        action = Action.NOTHING if wanted.asset.draft and not stale else action
        return _Verdict(State.DRAFT, action, [drafts.reason(wanted.asset), *stale])
    if action is Action.DRAW and record.is_brought and wanted.asset.is_local:
        action = Action.REFUSE  # a layout would replace an image that a person supplied
    return _Verdict(State.STALE, action, stale)
