"""What is wanted against what is there: for each asset its state, the reasons, and what to do about it.

Pure: the digests of files, the records and the kinds come in as functions. Deciding and explaining are one
walk, so that a reason can never name something else than what decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Literal, TypeVar

import msgspec

from assetgen import catalog as catalogue
from assetgen import cost, derive
from assetgen import page as pages
from assetgen.catalog import Catalog
from assetgen.errors import AssetgenError, ManifestError, UnsupportedOption
from assetgen.fonts import SANS, Font, stack
from assetgen.kind import Kind
from assetgen.manifest import FILE, Asset, Manifest, PaintOptions, Target, normal, references, targets
from assetgen.page import Page
from assetgen.record import Intent, Record, Unusable, place

T = TypeVar("T")


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
class Wish:
    """An asset with everything worked out that decides its picture and its files."""

    asset: Asset
    kind: Kind
    values: Mapping[str, Any]
    intent: Intent
    steps: tuple[Mapping[str, Any], ...]
    targets: tuple[Target, ...]
    needs: tuple[str, ...]
    model: str | None = None
    """The model that will be asked, which need not be part of the intent."""
    options: PaintOptions = field(default_factory=PaintOptions)
    """What else is asked of a painting route."""

    @property
    def delivered(self) -> Asset:
        """The asset as its files are made: a painter's background is measured and said, not required.

        What is paid for goes into place.
        """
        return self.asset if self.asset.is_local else msgspec.structs.replace(self.asset, background="auto")

    @property
    def paths(self) -> tuple[str, ...]:
        """Every file of the asset, the main one first."""
        return tuple(target.path for target in self.targets)


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


@dataclass(frozen=True)
class World:
    """What deciding may ask about: functions, so that the work tree, the index and a test are alike."""

    kind: Callable[[str], Kind]
    fonts: Callable[[], Mapping[str, Font]]
    record: Callable[[str], Record | Unusable | None]
    digest: Callable[[str], str | None]
    """sha256 (hex) of a file below the project, None if it is not there."""
    has_original: Callable[[str], bool] = lambda _digest: False
    interrupted: Callable[[str], str | None] = lambda _path: None
    """sha256 (hex) of what an interrupted run was about to write to a path."""
    orphan: Callable[[str], Record | None] = lambda _trace: None
    """The record of an asset that the manifest no longer wants, by what tells that it was only renamed: the path
    or the sha256 (hex) of one of its files, or the digest of its intent."""
    surface: Callable[[str], str] = cost.surface
    """The bill that a route lands on in this environment."""
    catalog: Callable[[], Catalog] | None = None
    """What models take and cost; None if nothing is to be drawn, and so nothing to be refused."""
    today: Callable[[], date | None] = lambda: None
    place: Callable[[str, str], str] = lambda asset_id, _key: f"{FILE}, asset {asset_id}"
    """Where the manifest speaks of an asset, for messages."""
    page: Callable[[str], Page] = lambda _path: Page()
    """What the page that an asset is made from says of itself."""


def order(manifest: Manifest, world: World) -> list[Asset]:
    """All assets, each after the ones it depends on. Raises ManifestError with the cycle if there is one."""
    by_id = {asset.id: asset for asset in manifest.asset}
    done: dict[str, bool] = {}
    ordered: list[Asset] = []
    for first in manifest.asset:
        trail: list[tuple[str, Iterator[str]]] = []
        if first.id not in done:
            done[first.id] = False
            trail.append((first.id, iter(_needs(first, world))))
        while trail:
            current, waiting = trail[-1]
            need = next(waiting, None)
            if need is None:
                done[current] = True
                ordered.append(by_id[current])
                trail.pop()
            elif need not in by_id:
                what = f"it needs @{need}, which is not in the manifest"
                raise ManifestError(
                    what, where=world.place(current, "id"), cure="add that asset, or take the reference out"
                )
            elif need not in done:
                done[need] = False
                trail.append((need, iter(_needs(by_id[need], world))))
            elif not done[need]:
                names = [name for name, _ in trail]
                cycle = " -> ".join([*names[names.index(need) :], need])
                raise ManifestError(
                    f"assets depend on each other in a circle: {cycle}",
                    where=world.place(current, "id"),
                    cure=f"take @{need} out of asset {current}, or break the circle elsewhere",
                )
    return ordered


def _needs(asset: Asset, world: World) -> tuple[str, ...]:
    named = [reference for _, reference in references(asset)]
    if asset.is_local:
        named += _about(asset, world, lambda: _pictures(world.kind(asset.kind), asset, world))
    return tuple(dict.fromkeys(reference[1:] for reference in named if reference.startswith("@")))


def _pictures(kind: Kind, asset: Asset, world: World) -> tuple[str, ...]:
    return kind.pictures(kind.fill(_authored(asset, kind, world).values))


def _authored(asset: Asset, kind: Kind, world: World) -> Asset:
    """The asset with what its page gives it."""
    if asset.page is None:
        return asset
    try:
        return pages.given(asset, world.page(asset.page), kind)
    except ManifestError as exc:
        raise ManifestError(exc.what, where=world.place(asset.id, "from"), cure=exc.cure) from None


def decide(manifest: Manifest, world: World) -> Iterator[Decision]:
    """A decision for each asset, dependencies first, one at a time."""
    verdicts: dict[str, tuple[State, Action]] = {}
    paths = {asset.id: asset.path for asset in manifest.asset}
    for asset in order(manifest, world):
        decision = judge(wish(manifest, asset, world, paths), world, verdicts)
        verdicts[asset.id] = (decision.state, decision.action if _touches_its_picture(decision) else Action.NOTHING)
        yield decision


def _touches_its_picture(decision: Decision) -> bool:
    """Whether performing a decision changes the main file, which others may be made from; not only its variants."""
    if decision.action is not Action.DERIVE:
        return True
    return any(reason.field in ("fit", decision.asset.path) for reason in decision.reasons)


def wish(manifest: Manifest, asset: Asset, world: World, paths: Mapping[str, str]) -> Wish:
    """Work out what ``asset`` wants. Raises ManifestError, TemplateError, UnsupportedOption."""
    return _about(asset, world, lambda: _wish(manifest, asset, world, paths))


def _wish(manifest: Manifest, asset: Asset, world: World, paths: Mapping[str, str]) -> Wish:
    kind = world.kind(asset.kind)
    refuse_unsupported(asset)
    make = _local_wish if asset.is_local else _painted_wish
    return make(manifest, _authored(asset, kind, world), kind, world, paths)


def rests_on(wanted: Wish) -> set[str]:
    """The files that a wish is made from, its page among them, and "@id" for other assets."""
    made_from = {entry["path"] for entry in wanted.intent.inputs}
    named = {name for _, name in references(wanted.asset)}
    return made_from | named | ({wanted.asset.page} if wanted.asset.page else set())


def _about(asset: Asset, world: World, work: Callable[[], T]) -> T:
    """Do ``work``; a failure in it is said to be about ``asset``."""
    try:
        return work()
    except AssetgenError as exc:
        raise exc.about(asset.id, world.place(asset.id, "id")) from exc


# What a route cannot honour: an error before anything is drawn or paid, never dropped.
_NOT_HONOURED = {
    "local": {
        "prompt": "a layout sets values in type and reads no prompt",
        "model": "no model draws it",
        "quality": "it is drawn at one quality",
        "inputs": "pictures go into the layout by name: values.picture = ...",
        "mask": "nothing is painted over",
        "options": "they are for models",
    },
    "codex": {
        "options": "Codex takes none",
        "model": "Codex chooses the model",
        "quality": "Codex chooses the quality",
        "mask": "Codex takes no mask",
        "size": "Codex chooses the size; fit delivers another",
    },
}


def refuse_unsupported(asset: Asset) -> None:
    """Raise UnsupportedOption for a key that the asset's route would have to ignore."""
    for key, why in _NOT_HONOURED.get(asset.route or "", {}).items():
        if getattr(asset, key) not in (None, "", (), "auto"):
            raise UnsupportedOption(
                f"route {asset.route!r} cannot honour {key}: {why}",
                where=f"{FILE}, asset {asset.id}",
                cure=f"take {key} out of the asset, or choose another route",
            )
    if asset.mask and not asset.inputs:
        raise UnsupportedOption(
            "a mask says where a picture is painted over, and no picture is given",
            where=f"{FILE}, asset {asset.id}",
            cure='add inputs = ["..."], or take mask out',
        )
    if asset.is_local and asset.take != 1:
        raise UnsupportedOption(
            "route 'local' cannot honour take: the same values always give the same picture",
            where=f"{FILE}, asset {asset.id}",
            cure="change a value of the layout instead",
        )


def refuse_untaken(wanted: Wish, known: Catalog, today: date | None) -> None:
    """Raise UnsupportedOption for what the catalogue says that the asset's model does not take on its route."""
    asset = wanted.asset
    if asset.route not in ("images", "responses"):
        return
    asked = {
        "size": wanted.intent.size,
        "quality": wanted.intent.quality,
        "background": wanted.intent.background,
        "mask": asset.mask is not None,
        "inputs": len(asset.inputs),
        **{name: value for name in _OF_MODELS if (value := getattr(wanted.options, name)) is not None},
    }
    route: Literal["images", "responses"] = "responses" if asset.route == "responses" else "images"
    for problem in catalogue.problems(known, route, wanted.model or "", asked, bool(asset.inputs), today=today):
        raise UnsupportedOption(problem.why, where=f"{FILE}, asset {asset.id}", cure=problem.cure)


_OF_MODELS = ("complexity", "moderation", "input_fidelity", "output_compression", "partial_images", "text_model")


def _local_wish(manifest: Manifest, asset: Asset, kind: Kind, world: World, paths: Mapping[str, str]) -> Wish:
    style = manifest.style_of(asset)
    values = _normalised(kind.fill(asset.values))
    layout = str(values["layout"])
    font = style.font or SANS
    faces = stack(dict(world.fonts()), font)
    pictures = kind.pictures(values)
    transparent = kind.layout(layout).transparent
    if asset.background != "auto" and (asset.background == "transparent") != transparent:
        always = "is always transparent" if transparent else "always has a background"
        raise UnsupportedOption(f"layout {layout!r} of kind {kind.name!r} {always}", cure="take background out")
    width, height = canvas(asset, kind, layout)
    intent = Intent(
        kind=asset.kind,
        medium="typeset",
        prompt="",
        values=_integers_only(values),
        inputs=[_input(p, "picture", world, paths) for p in pictures],
        mask=None,
        model=None,
        size=f"{width}x{height}",
        quality=None,
        background=asset.background,
        take=1,
        template=kind.digest(layout, faces),
        palette=list(style.palette),
        font=font,
    )
    needs = tuple(p[1:] for p in pictures if p.startswith("@"))
    return Wish(asset, kind, values, intent, derive.steps(asset), targets(asset), needs)


def _painted_wish(manifest: Manifest, asset: Asset, kind: Kind, world: World, paths: Mapping[str, str]) -> Wish:
    style = manifest.style_of(asset)
    options = manifest.options_of(asset)
    prompt = ", ".join(part for part in (asset.prompt, normal(style.prompt)) if part)
    intent = Intent(
        kind=asset.kind,
        medium="painted",
        prompt=normal(kind.scaffold(asset.values, prompt)),
        values={},
        inputs=[_input(reference, "reference", world, paths) for reference in asset.inputs],
        mask=_input(asset.mask, "mask", world, paths)["sha256"] if asset.mask else None,
        model=asset.model,
        size=asset.size or kind.sheet.model_size or "auto",
        quality=asset.quality or (None if asset.route == "codex" else manifest.defaults.quality),
        background=asset.background,
        take=asset.take,
        options=_of_picture(options),
    )
    needs = tuple(reference[1:] for _, reference in references(asset) if reference.startswith("@"))
    return Wish(
        *(asset, kind, {}, intent, derive.steps(asset), targets(asset), tuple(dict.fromkeys(needs))),
        model=_model(manifest, asset, world),
        options=_with_text_model(asset, options, world),
    )


def _model(manifest: Manifest, asset: Asset, world: World) -> str | None:
    """The model that will be asked: the manifest's, else the catalogue's for OpenAI's own routes."""
    named = manifest.model_of(asset)
    if named or asset.route not in ("images", "responses"):
        return named
    return _known(world).default_image


def _known(world: World) -> Catalog:
    return world.catalog() if world.catalog else catalogue.shipped()


def _with_text_model(asset: Asset, options: PaintOptions, world: World) -> PaintOptions:
    if asset.route != "responses" or options.text_model:
        return options
    return msgspec.structs.replace(options, text_model=_known(world).default_text)


def _of_picture(options: PaintOptions) -> dict[str, Any] | None:
    """The options that decide what the picture is; the others only decide how it comes."""
    kept = {"complexity": options.complexity, "input_fidelity": options.input_fidelity}
    return {name: value for name, value in kept.items() if value is not None} or None


def canvas(asset: Asset, kind: Kind, layout: str) -> tuple[int, int]:
    """The size in pixels at which a local picture is drawn: as asked, else large enough for every file."""
    if asset.size and asset.size != "auto":
        asked = asset.size.split("x")
        return int(asked[0]), int(asked[1])
    width, height = (asset.fit.width, asset.fit.height) if asset.fit else kind.size(layout)
    widest = max([width, *(asset.variants.widths if asset.variants else ())])
    return widest, round(height * widest / width)


def _input(reference: str, role: str, world: World, paths: Mapping[str, str]) -> dict[str, Any]:
    path = paths[reference[1:]] if reference.startswith("@") else reference
    found = world.digest(path)
    if found is None and not reference.startswith("@"):
        raise ManifestError(f"the input {path} is not there", where=FILE, cure=f"add {path}, or correct its name")
    name = {"id": reference[1:]} if reference.startswith("@") else {}
    return {**name, "path": path, "sha256": found, "role": role}


def _normalised(value: Any) -> Any:
    if isinstance(value, str):
        return normal(value)
    if isinstance(value, Mapping):
        return {key: _normalised(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_normalised(inner) for inner in value]
    return value


def _integers_only(value: Any) -> Any:
    """Records hold no floats, whose spelling differs between writers: 0.5 is stated as "0.5"."""
    if isinstance(value, (str, int)):
        return value
    if isinstance(value, Mapping):
        return {key: _integers_only(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_integers_only(inner) for inner in value]
    if isinstance(value, float):
        return int(value) if value.is_integer() else repr(value)
    return value


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
    old = found.old if found else decision.reasons[0].old if decision.state is State.FOREIGN else None
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
    found = estimate(wanted, action, surface, lambda: _known(world))
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
            if (entry := known.find(wish.model)) and catalogue.experimental(entry, wish.intent.size):
                found[f"{wish.intent.size} is more than {wish.model} is sure of: OpenAI calls it experimental"] = None
            if entry and wish.intent.background == "transparent" and _is_preview(entry, decision.asset.route):
                found[f"{wish.model} draws transparent backgrounds in preview: an account may be refused"] = None
    return list(found)


def _is_preview(model: catalogue.Model, route: str | None) -> bool:
    return any(name == route and how == "preview" for name, how in model.transparency.items())


def estimate(wanted: Wish, action: Action, surface: str, catalog: Callable[[], Catalog]) -> cost.Estimate:
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
    wanted: Wish, record: Record | Unusable | None, world: World, verdicts: Mapping[str, tuple[State, Action]]
) -> tuple[State, Action, Sequence[Reason]]:
    known = record.subject if isinstance(record, Record) else {}
    there = {target.path: world.digest(target.path) for target in wanted.targets}
    # What a killed run put into place and its record, which is named last, does not speak of yet.
    ours = {p: d for p, d in there.items() if d and d == world.interrupted(p) and d != known.get(p)}
    foreign = [path for path, digest in there.items() if digest and path not in known and path not in ours]
    if foreign:
        return State.FOREIGN, Action.REFUSE, [_foreign(path, there[path], record, world) for path in foreign]
    for path in known:
        there.setdefault(path, world.digest(path))
    edited = [p for p, digest in there.items() if digest and p in known and digest != known[p] and p not in ours]
    if edited:
        return State.EDITED, Action.REFUSE, [Reason(path, known[path], there[path]) for path in edited]
    missing = [target.path for target in wanted.targets if there[target.path] is None or target.path in ours]
    gone = [Reason(path, new="not there") for path in missing]
    if not isinstance(record, Record):
        former = list(_former(wanted, world))
        buys_again = former and not wanted.asset.is_local  # a local picture is drawn again for nothing
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
        return State.DRAFT, Action.DRAW, [Reason("draft", new=f"{wanted.asset.route} has yet to draw it"), *stale]
    if action is Action.DRAW and record.is_brought and wanted.asset.is_local:
        action = Action.REFUSE  # a layout would be drawn over what somebody brought
    return State.STALE, action, stale


def _foreign(path: str, digest: str | None, record: Record | Unusable | None, world: World) -> Reason:
    if isinstance(record, Unusable):
        return Reason(path, new=f"its record is unusable: {record}")
    if record and digest in record.subject.values():
        return Reason(path, old=record.asset_id, new="its record knows it under another name")
    if other := world.orphan(digest or "") or world.orphan(path):
        return Reason(path, old=other.asset_id, new=f"it was made as {other.asset_id}, which is no longer wanted")
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
    if path and path not in wanted.paths and wanted.asset.path not in record.subject and not record.is_draft:
        yield Reason(_RENAMED, record.asset_id, path)


def _untouched(record: Record, world: World) -> str | None:
    """The path of the record's main file if that is there as it was made."""
    path, digest = next(iter(record.subject.items()), (None, None))
    return path if path and world.digest(path) == digest else None


_DERIVED = frozenset({"fit", "files"})


def _can_derive(record: Record, world: World) -> bool:
    return record.original is not None and world.has_original(record.original)


def differences(wanted: Wish, record: Record, verdicts: Mapping[str, tuple[State, Action]]) -> Iterator[Reason]:
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
    old_steps, new_steps = list(record.steps), [dict(step) for step in wanted.steps]
    old_fit, new_fit = ([s for s in steps if s["op"] == "fit"] for steps in (old_steps, new_steps))
    if old_fit != new_fit:
        yield Reason("fit", _fit_words(old_fit), _fit_words(new_fit))
    old_files, new_files = ([s for s in steps if s["op"] == "encode"] for steps in (old_steps, new_steps))
    names = [target.path for target in wanted.targets]
    if old_files != new_files or list(record.subject) != names:
        yield Reason("files", ", ".join(record.subject), ", ".join(names))


def _fit_words(steps: Sequence[Mapping[str, Any]]) -> str | None:
    return "{width}x{height} {mode}".format(**steps[0]) if steps else None


def palette_and_font(manifest: Manifest, asset: Asset) -> tuple[tuple[str, ...], str]:
    """What [style] hands to the asset's layout."""
    style = manifest.style_of(asset)
    return style.palette, style.font or SANS
