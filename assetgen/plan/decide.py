"""The verdict on every asset: state, reasons, action and estimate. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

from assetgen import route_names
from assetgen.errors import AssetgenError, refusal
from assetgen.manifest.schema import Asset, Manifest
from assetgen.plan import cost
from assetgen.plan.intent import wish
from assetgen.plan.order import order
from assetgen.plan.refusals import refuse_before_drawing
from assetgen.plan.wish import Wish, World
from assetgen.record.record import Record, Unusable
from assetgen.settings import catalog as catalogue
from assetgen.settings import model_rules
from assetgen.settings.catalog import Catalog


class State(StrEnum):
    """The state of an image: the first that applies, from the top."""

    FOREIGN = "foreign"
    """There is a file that assetgen did not make."""
    EDITED = "edited"
    """A file that assetgen made was changed since."""
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
    REFUSE = "refuse"
    """Do nothing without --force."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One field that differs; ``old`` or ``new`` is None where that side has no value."""

    field: str
    old: Any = None
    new: Any = None


#: The ``new`` of a reason whose field is a missing file.
NO_FILE = "not there"


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

    @property
    def asset(self) -> Asset:
        return self.wish.asset


def decide(manifest: Manifest, world: World) -> Iterator[Decision]:
    """A decision for each asset, dependencies first, one at a time.

    Raises the error of the first mistake in the manifest, which has all of them as ``mistakes``.
    """
    try:
        yield from _decisions(manifest, world)
    except AssetgenError as exc:
        if found := world.mistakes():
            raise refusal(found) from exc
        raise


def _decisions(manifest: Manifest, world: World) -> Iterator[Decision]:
    verdicts: dict[str, tuple[State, Action]] = {}
    paths = {asset.id: asset.path for asset in manifest.asset}
    for asset in order(manifest, world):
        decision = judge(wish(manifest, asset, world, paths=paths), world, verdicts)
        verdicts[asset.id] = (
            decision.state,
            decision.action if _touches_its_picture(decision) else Action.NOTHING,
        )
        yield decision


def _touches_its_picture(decision: Decision) -> bool:
    """Whether a decision changes the main file, from which others may be made."""
    if decision.action is not Action.DERIVE:
        return True
    return any(reason.field in ("fit", decision.asset.path) for reason in decision.reasons)


# -- the verdict -----------------------------------------------------------------------------------


_RENAMED = "renamed"
#: How the reason of an unusable record begins.
UNUSABLE = "its record is unusable"


def renamed(decision: Decision) -> Reason | None:
    """Where the image of a missing asset is under a former id (``old``): its path (``new``)."""
    return next((reason for reason in decision.reasons if reason.field == _RENAMED), None)


def former_id(decision: Decision) -> str | None:
    """The id of an asset before it was renamed, if its image still exists."""
    old = None
    if decision.state is State.MISSING and (found := renamed(decision)):
        old = found.old
    elif decision.state is State.FOREIGN:
        old = decision.reasons[0].old
    return old if old != decision.asset.id else None


def judge(wanted: Wish, world: World, verdicts: Mapping[str, tuple[State, Action]]) -> Decision:
    """The state of the asset of ``wanted``, why, and what to do about it."""
    record = world.record(wanted.asset.id)
    state, action, reasons = _verdict(wanted, record, world, verdicts=verdicts)
    surface = world.surface(wanted.asset.route or "local")
    problem: AssetgenError | None = None
    if action is Action.DRAW and world.catalog is not None:
        try:
            refuse_before_drawing(wanted, world)
        except AssetgenError as exc:
            problem = exc.about(wanted.asset.id, world.place(wanted.asset.id, "id"))
    found = estimate(wanted, action, surface, catalog=lambda: world.the_catalog)
    return Decision(wanted, state, action, reasons=tuple(reasons), estimate=found, problem=problem)


def warnings(decisions: Iterable[Decision], known: Catalog, today: date) -> list[str]:
    """What the catalogue says of the models to ask: soon to retire, not in it, experimental."""
    found: dict[str, None] = {}
    for decision in decisions:
        bought = decision.asset.route in route_names.OPENAI and decision.problem is None
        if decision.action is Action.DRAW and bought:
            found |= dict.fromkeys(_warnings_of(decision.wish, known, today))
    return list(found)


def _warnings_of(wanted: Wish, known: Catalog, today: date) -> Iterator[str]:
    for model in filter(None, (wanted.model, wanted.options.text_model)):
        yield from model_rules.warnings(known, model, today)
    entry, size = known.find(wanted.model), wanted.intent.size
    if entry is None:
        return
    if model_rules.experimental(entry, size):
        yield f"OpenAI calls {size} experimental with {wanted.model}"
    if wanted.intent.background == "transparent" and _is_preview(entry, wanted.asset.route):
        yield (
            f"{wanted.model} draws transparent backgrounds in preview: "
            "your account may not have access"
        )


def _is_preview(model: catalogue.Model, route: str | None) -> bool:
    return any(name == route and how == "preview" for name, how in model.transparency.items())


def estimate(
    wanted: Wish, action: Action, surface: str, catalog: Callable[[], Catalog]
) -> cost.Estimate:
    """What doing ``action`` for a wish costs on the bill called ``surface``."""
    if wanted.asset.is_local:
        return cost.estimate(wanted.asset, wanted.intent, action)
    return cost.estimate(
        wanted.asset,
        wanted.intent,
        action,
        model=wanted.model,
        surface=surface,
        catalog=catalog(),
        partial_images=wanted.options.partial_images or 0,
        inputs=len(wanted.asset.inputs),
        text_model=wanted.options.text_model if wanted.asset.route == "responses" else None,
    )


_Verdict = tuple[State, Action, Sequence[Reason]]


def _verdict(
    wanted: Wish,
    record: Record | Unusable | None,
    world: World,
    verdicts: Mapping[str, tuple[State, Action]],
) -> _Verdict:
    files = _Files.of(wanted, record, world)
    if foreign := files.foreign():
        reasons = [_foreign(path, files.found[path], record, world=world) for path in foreign]
        return State.FOREIGN, Action.REFUSE, reasons
    if edited := files.edited():
        return State.EDITED, Action.REFUSE, edited
    gone = [Reason(path, new=NO_FILE) for path in files.missing()]
    if not isinstance(record, Record):
        former = list(_former(wanted, world))
        # A local image is drawn again for free.
        buys_again = former and not wanted.asset.is_local
        return State.MISSING, Action.REFUSE if buys_again else Action.DRAW, [*gone, *former]
    stale = list(differences(wanted, record, verdicts))
    return _of_record(wanted, record, world, gone=gone, stale=stale)


def _of_record(
    wanted: Wish,
    record: Record,
    world: World,
    *,
    gone: Sequence[Reason],
    stale: Sequence[Reason],
) -> _Verdict:
    """The verdict on files that match the record, apart from those that are ``gone``."""
    if not stale and not gone and not record.is_draft:
        return State.FRESH, Action.NOTHING, []
    needs_drawing = any(reason.field not in _DERIVED for reason in stale)
    action = Action.DRAW if needs_drawing or not _can_derive(record, world) else Action.DERIVE
    if gone:
        buys = action is Action.DRAW and not wanted.asset.is_local
        moved = list(_moved(wanted, record, world)) if buys and not needs_drawing else []
        return State.MISSING, Action.REFUSE if moved else action, [*gone, *moved, *stale]
    if record.is_draft:
        draft = Reason("draft", new=f"{wanted.asset.route} has not drawn it yet")
        return State.DRAFT, Action.DRAW, [draft, *stale]
    if action is Action.DRAW and record.is_brought and wanted.asset.is_local:
        action = Action.REFUSE  # a layout would replace an image that a person supplied
    return State.STALE, action, stale


@dataclass(frozen=True)
class _Files:
    """The files of an asset, as they are and as its record knows them; digests by path."""

    wanted: tuple[str, ...]
    known: Mapping[str, str]
    found: Mapping[str, str | None]
    ours: frozenset[str]
    """What a killed run wrote although its record, which is written last, does not have it yet."""

    @classmethod
    def of(cls, wanted: Wish, record: Record | Unusable | None, world: World) -> _Files:
        known = record.subject if isinstance(record, Record) else {}
        found = {path: world.digest(path) for path in dict.fromkeys((*wanted.paths, *known))}
        ours = frozenset(
            path
            for path in wanted.paths
            if found[path]
            and found[path] == world.interrupted(path)
            and found[path] != known.get(path)
        )
        return cls(wanted=wanted.paths, known=known, found=found, ours=ours)

    def foreign(self) -> list[str]:
        return [
            path
            for path in self.wanted
            if self.found[path] and path not in self.known and path not in self.ours
        ]

    def edited(self) -> list[Reason]:
        return [
            Reason(path, self.known[path], digest)
            for path, digest in self.found.items()
            if digest
            and path in self.known
            and digest != self.known[path]
            and path not in self.ours
        ]

    def missing(self) -> list[str]:
        return [path for path in self.wanted if self.found[path] is None or path in self.ours]


def _foreign(
    path: str, digest: str | None, record: Record | Unusable | None, world: World
) -> Reason:
    if isinstance(record, Unusable):
        return Reason(path, new=f"{UNUSABLE}: {record}")
    if record and digest in record.subject.values():
        return Reason(path, old=record.asset_id, new="its record has it under another name")
    if other := world.orphan(digest or "") or world.orphan(path):
        what = f"it was made as {other.asset_id}, which assets.toml no longer lists"
        return Reason(path, old=other.asset_id, new=what)
    return Reason(path, new="it has no record")


def _former(wanted: Wish, world: World) -> Iterator[Reason]:
    """The unchanged image that an asset with the same intent had before it left the manifest."""
    for prompts in ("text", "digest"):
        known = world.orphan(wanted.intent.stated(prompts)["digest"])
        if known and (path := _untouched(known, world)):
            yield Reason(_RENAMED, known.asset_id, path)
            return


def _moved(wanted: Wish, record: Record, world: World) -> Iterator[Reason]:
    """The asset's own unchanged image at its former path, if only the path was changed."""
    path = _untouched(record, world)
    if (
        path
        and path not in wanted.paths
        and wanted.asset.path not in record.subject
        and not record.is_draft
    ):
        yield Reason(_RENAMED, record.asset_id, path)


def _untouched(record: Record, world: World) -> str | None:
    """The path of the record's main file if it exists and is unchanged."""
    path, digest = next(iter(record.subject.items()), (None, None))
    return path if path and world.digest(path) == digest else None


_DERIVED = frozenset({"fit", "files"})


def _can_derive(record: Record, world: World) -> bool:
    return record.original is not None and world.has_original(record.original)


def differences(
    wanted: Wish, record: Record, verdicts: Mapping[str, tuple[State, Action]]
) -> Iterator[Reason]:
    """Each field in which the wish differs from what the record says was made."""
    for need in wanted.needs:
        if verdicts.get(need, (State.FRESH, Action.NOTHING))[1] in (Action.DRAW, Action.DERIVE):
            yield Reason(f"inputs.@{need}", new="will be made again")
    for name, old, new in wanted.intent.changes(record.intent):
        if new is None and name.startswith("inputs["):
            continue  # an input that does not exist yet was named above
        if name == "size" and record.original and not wanted.asset.size:
            continue  # it follows from fit: an adopted image is derived again, not drawn again
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
