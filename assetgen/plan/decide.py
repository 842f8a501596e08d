"""The verdict on every asset: state, reasons, action and estimate. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

from assetgen.errors import UnsupportedOption
from assetgen.manifest.schema import Asset, Manifest
from assetgen.plan import cost
from assetgen.plan.wish import Wish, World, known_model, order, refuse_untaken, wish
from assetgen.record.record import Record, Unusable, place
from assetgen.settings import catalog as catalogue
from assetgen.settings.catalog import Catalog


class State(StrEnum):
    """What a picture is in, the first that holds."""

    FOREIGN = "foreign"
    """A file is there that assetgen did not make."""
    EDITED = "edited"
    """A file of ours was changed since it was made."""
    MISSING = "missing"
    """A file, or the whole picture, is not there."""
    DRAFT = "draft"
    """A local stand-in for a picture that a paid route has yet to draw."""
    STALE = "stale"
    """The files are ours and whole, but something else is wanted now."""
    FRESH = "fresh"
    """Everything is as wanted."""


class Action(StrEnum):
    """What generate does about a state."""

    NOTHING = "nothing"
    DERIVE = "derive"
    """Make the files anew from the stored original: free on every route."""
    DRAW = "draw"
    """Ask the route for the picture."""
    REFUSE = "refuse"
    """Leave it alone without --force."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One field that differs; ``old`` and ``new`` are None where there is nothing on that side."""

    field: str
    old: Any = None
    new: Any = None


@dataclass(frozen=True)
class Decision:
    """The verdict on one asset."""

    wish: Wish
    state: State
    action: Action
    reasons: tuple[Reason, ...]
    estimate: cost.Estimate
    problem: UnsupportedOption | None = None
    """Why its route cannot draw it as it is asked for; nothing is sent then."""

    @property
    def asset(self) -> Asset:
        return self.wish.asset


def decide(manifest: Manifest, world: World) -> Iterator[Decision]:
    """A decision for each asset, dependencies first, one at a time."""
    verdicts: dict[str, tuple[State, Action]] = {}
    paths = {asset.id: asset.path for asset in manifest.asset}
    for asset in order(manifest, world):
        decision = judge(wish(manifest, asset, world, paths), world, verdicts)
        verdicts[asset.id] = (
            decision.state,
            decision.action if _touches_its_picture(decision) else Action.NOTHING,
        )
        yield decision


def _touches_its_picture(decision: Decision) -> bool:
    """Whether performing a decision changes the main file, which others may be made from; not only its variants."""
    if decision.action is not Action.DERIVE:
        return True
    return any(reason.field in ("fit", decision.asset.path) for reason in decision.reasons)


# -- the verdict -----------------------------------------------------------------------------------


def cure(decision: Decision) -> str:
    """The command that settles the state of an asset."""
    name, reasons = decision.asset.id, decision.reasons
    match decision.state:
        case State.FOREIGN if str(reasons[0].new).startswith("its record is unusable"):
            return f"git restore --staged --worktree {place(name)}, or assetgen generate {name} --force"
        case State.FOREIGN if reasons[0].old:
            return f"assetgen adopt {name} {reasons[0].field} (its record goes along)"
        case State.MISSING if old := renamed(decision):
            return f"assetgen adopt {name} {old.new} (its record goes along)"
        case State.FOREIGN:
            return f"assetgen adopt {name} {reasons[0].field} (keeps the file), or assetgen generate {name} --force"
        case State.EDITED:
            path = reasons[0].field
            return f"assetgen accept {name} (keeps the file), or git restore --staged --worktree {path}"
        case State.STALE if decision.action is Action.REFUSE:
            return f"assetgen accept {name} (keeps it), or assetgen generate {name} --force (draws over it)"
    return f"assetgen generate {name}"


def renamed(decision: Decision) -> Reason | None:
    """Where the picture of a missing asset lies under its former name, if it does: ``old`` its id, ``new`` its path."""
    return next((reason for reason in decision.reasons if reason.field == _RENAMED), None)


def former_id(decision: Decision) -> str | None:
    """The asset that a wanted one was before it was renamed, if its picture is there."""
    found = renamed(decision) if decision.state is State.MISSING else None
    old = (
        found.old if found else decision.reasons[0].old if decision.state is State.FOREIGN else None
    )
    return old if old != decision.asset.id else None


def judge(wanted: Wish, world: World, verdicts: Mapping[str, tuple[State, Action]]) -> Decision:
    """The first state that holds for ``wanted``, why, and what to do."""
    record = world.record(wanted.asset.id)
    state, action, reasons = _verdict(wanted, record, world, verdicts)
    surface = world.surface(wanted.asset.route or "local")
    problem = None
    if action is Action.DRAW and world.catalog is not None:
        try:
            refuse_untaken(wanted, world.catalog(), world.today())
        except UnsupportedOption as exc:
            problem = exc.about(wanted.asset.id, world.place(wanted.asset.id, "id"))
    found = estimate(wanted, action, surface, lambda: known_model(world))
    return Decision(wanted, state, action, tuple(reasons), found, problem)


def warnings(decisions: Iterable[Decision], known: Catalog, today: date) -> list[str]:
    """What the catalogue says of the models that will be asked: about to retire, or not in it."""
    found: dict[str, None] = {}
    for decision in decisions:
        wish = decision.wish
        bought = decision.asset.route in ("images", "responses") and decision.problem is None
        if decision.action is Action.DRAW and bought:
            for model in filter(None, (wish.model, wish.options.text_model)):
                found |= dict.fromkeys(catalogue.warnings(known, model, today))
            if (entry := known.find(wish.model)) and catalogue.experimental(
                entry, wish.intent.size
            ):
                found[
                    f"{wish.intent.size} is more than {wish.model} is sure of: OpenAI calls it experimental"
                ] = None
            if (
                entry
                and wish.intent.background == "transparent"
                and _is_preview(entry, decision.asset.route)
            ):
                found[
                    f"{wish.model} draws transparent backgrounds in preview: an account may be refused"
                ] = None
    return list(found)


def _is_preview(model: catalogue.Model, route: str | None) -> bool:
    return any(name == route and how == "preview" for name, how in model.transparency.items())


def estimate(
    wanted: Wish, action: Action, surface: str, catalog: Callable[[], Catalog]
) -> cost.Estimate:
    """What doing ``action`` for a wish puts on the bill called ``surface``."""
    if wanted.asset.is_local:
        return cost.estimate(wanted.asset, wanted.intent, action)
    return cost.estimate(
        *(wanted.asset, wanted.intent, action, wanted.model),
        surface=surface,
        catalog=catalog(),
        partial_images=wanted.options.partial_images or 0,
        inputs=len(wanted.asset.inputs),
        text_model=wanted.options.text_model if wanted.asset.route == "responses" else None,
    )


def _verdict(
    wanted: Wish,
    record: Record | Unusable | None,
    world: World,
    verdicts: Mapping[str, tuple[State, Action]],
) -> tuple[State, Action, Sequence[Reason]]:
    known = record.subject if isinstance(record, Record) else {}
    there = {target.path: world.digest(target.path) for target in wanted.targets}
    # What a killed run put into place and its record, which is named last, does not speak of yet.
    ours = {p: d for p, d in there.items() if d and d == world.interrupted(p) and d != known.get(p)}
    foreign = [
        path for path, digest in there.items() if digest and path not in known and path not in ours
    ]
    if foreign:
        return (
            State.FOREIGN,
            Action.REFUSE,
            [_foreign(path, there[path], record, world) for path in foreign],
        )
    for path in known:
        there.setdefault(path, world.digest(path))
    edited = [
        p
        for p, digest in there.items()
        if digest and p in known and digest != known[p] and p not in ours
    ]
    if edited:
        return (
            State.EDITED,
            Action.REFUSE,
            [Reason(path, known[path], there[path]) for path in edited],
        )
    missing = [
        target.path
        for target in wanted.targets
        if there[target.path] is None or target.path in ours
    ]
    gone = [Reason(path, new="not there") for path in missing]
    if not isinstance(record, Record):
        former = list(_former(wanted, world))
        buys_again = (
            former and not wanted.asset.is_local
        )  # a local picture is drawn again for nothing
        return State.MISSING, Action.REFUSE if buys_again else Action.DRAW, [*gone, *former]
    stale = list(differences(wanted, record, verdicts))
    if not stale and not missing and not record.is_draft:
        return State.FRESH, Action.NOTHING, []
    needs_drawing = any(reason.field not in _DERIVED for reason in stale)
    action = Action.DRAW if needs_drawing or not _can_derive(record, world) else Action.DERIVE
    if missing:
        buys = action is Action.DRAW and not wanted.asset.is_local
        moved = list(_moved(wanted, record, world)) if buys and not needs_drawing else []
        return State.MISSING, Action.REFUSE if moved else action, [*gone, *moved, *stale]
    if record.is_draft:
        return (
            State.DRAFT,
            Action.DRAW,
            [Reason("draft", new=f"{wanted.asset.route} has yet to draw it"), *stale],
        )
    if action is Action.DRAW and record.is_brought and wanted.asset.is_local:
        action = Action.REFUSE  # a layout would be drawn over what somebody brought
    return State.STALE, action, stale


def _foreign(
    path: str, digest: str | None, record: Record | Unusable | None, world: World
) -> Reason:
    if isinstance(record, Unusable):
        return Reason(path, new=f"its record is unusable: {record}")
    if record and digest in record.subject.values():
        return Reason(path, old=record.asset_id, new="its record knows it under another name")
    if other := world.orphan(digest or "") or world.orphan(path):
        return Reason(
            path,
            old=other.asset_id,
            new=f"it was made as {other.asset_id}, which is no longer wanted",
        )
    return Reason(path, new="no record says that we made it")


_RENAMED = "renamed"


def _former(wanted: Wish, world: World) -> Iterator[Reason]:
    """The picture of an asset that is no longer wanted and was made for the same intent, if it lies untouched."""
    for prompts in ("text", "digest"):
        known = world.orphan(wanted.intent.stated(prompts)["digest"])
        if known and (path := _untouched(known, world)):
            yield Reason(_RENAMED, known.asset_id, path)
            return


def _moved(wanted: Wish, record: Record, world: World) -> Iterator[Reason]:
    """The asset's own picture, if only its path is wanted otherwise and it lies untouched where it was."""
    path = _untouched(record, world)
    if (
        path
        and path not in wanted.paths
        and wanted.asset.path not in record.subject
        and not record.is_draft
    ):
        yield Reason(_RENAMED, record.asset_id, path)


def _untouched(record: Record, world: World) -> str | None:
    """The path of the record's main file if that is there as it was made."""
    path, digest = next(iter(record.subject.items()), (None, None))
    return path if path and world.digest(path) == digest else None


_DERIVED = frozenset({"fit", "files"})


def _can_derive(record: Record, world: World) -> bool:
    return record.original is not None and world.has_original(record.original)


def differences(
    wanted: Wish, record: Record, verdicts: Mapping[str, tuple[State, Action]]
) -> Iterator[Reason]:
    """Each field in which what is wanted differs from what the record says was made."""
    for need in wanted.needs:
        if verdicts.get(need, (State.FRESH, Action.NOTHING))[1] in (Action.DRAW, Action.DERIVE):
            yield Reason(f"inputs.@{need}", new="will be made anew")
    for name, old, new in wanted.intent.changes(record.intent):
        if new is None and name.startswith("inputs["):
            continue  # an input yet to be made was named above
        if name == "size" and record.original and not wanted.asset.size:
            continue  # follows from fit: a picture that was brought is derived anew, not drawn over
        yield Reason(name, old, new)
    old_steps, new_steps = list(record.steps), msgspec.to_builtins(wanted.steps)
    old_fit, new_fit = ([s for s in steps if s["op"] == "fit"] for steps in (old_steps, new_steps))
    if old_fit != new_fit:
        yield Reason("fit", _fit_words(old_fit), _fit_words(new_fit))
    old_files, new_files = (
        [s for s in steps if s["op"] == "encode"] for steps in (old_steps, new_steps)
    )
    names = [target.path for target in wanted.targets]
    if old_files != new_files or list(record.subject) != names:
        yield Reason("files", ", ".join(record.subject), ", ".join(names))


def _fit_words(steps: Sequence[Mapping[str, Any]]) -> str | None:
    return "{width}x{height} {mode}".format(**steps[0]) if steps else None
