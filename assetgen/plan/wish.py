"""What the manifest asks for one asset: the intent, the files, the needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypeVar

import msgspec

from assetgen.errors import AssetgenError, ManifestError, UnsupportedOption
from assetgen.image import derive
from assetgen.layouts.fonts import SANS, Font, stack
from assetgen.layouts.kind import Kind
from assetgen.manifest.schema import (
    FILE,
    Asset,
    Manifest,
    PaintOptions,
    Target,
    normal,
    references,
    targets,
)
from assetgen.plan import cost
from assetgen.plan import page as pages
from assetgen.plan.page import Page
from assetgen.record.record import Intent, Record, Unusable
from assetgen.record.schema import Step
from assetgen.settings import catalog as catalogue
from assetgen.settings.catalog import Catalog

T = TypeVar("T")


@dataclass(frozen=True)
class Wish:
    """An asset with everything worked out that decides its picture and its files."""

    asset: Asset
    kind: Kind
    values: Mapping[str, Any]
    intent: Intent
    steps: tuple[Step, ...]
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
        return (
            self.asset
            if self.asset.is_local
            else msgspec.structs.replace(self.asset, background="auto")
        )

    @property
    def paths(self) -> tuple[str, ...]:
        """Every file of the asset, the main one first."""
        return tuple(target.path for target in self.targets)


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
                    what,
                    where=world.place(current, "id"),
                    cure="add that asset, or take the reference out",
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
        **{
            name: value
            for name in _OF_MODELS
            if (value := getattr(wanted.options, name)) is not None
        },
    }
    route: Literal["images", "responses"] = "responses" if asset.route == "responses" else "images"
    for problem in catalogue.problems(
        known, route, wanted.model or "", asked, bool(asset.inputs), today=today
    ):
        raise UnsupportedOption(problem.why, where=f"{FILE}, asset {asset.id}", cure=problem.cure)


_OF_MODELS = (
    "complexity",
    "moderation",
    "input_fidelity",
    "output_compression",
    "partial_images",
    "text_model",
)


def _local_wish(
    manifest: Manifest, asset: Asset, kind: Kind, world: World, paths: Mapping[str, str]
) -> Wish:
    style = manifest.style_of(asset)
    values = _normalised(kind.fill(asset.values))
    layout = str(values["layout"])
    font = style.font or SANS
    faces = stack(dict(world.fonts()), font)
    pictures = kind.pictures(values)
    transparent = kind.layout(layout).transparent
    if asset.background != "auto" and (asset.background == "transparent") != transparent:
        always = "is always transparent" if transparent else "always has a background"
        raise UnsupportedOption(
            f"layout {layout!r} of kind {kind.name!r} {always}", cure="take background out"
        )
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


def _painted_wish(
    manifest: Manifest, asset: Asset, kind: Kind, world: World, paths: Mapping[str, str]
) -> Wish:
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
        *(
            asset,
            kind,
            {},
            intent,
            derive.steps(asset),
            targets(asset),
            tuple(dict.fromkeys(needs)),
        ),
        model=_model(manifest, asset, world),
        options=_with_text_model(asset, options, world),
    )


def _model(manifest: Manifest, asset: Asset, world: World) -> str | None:
    """The model that will be asked: the manifest's, else the catalogue's for OpenAI's own routes."""
    named = manifest.model_of(asset)
    if named or asset.route not in ("images", "responses"):
        return named
    return known_model(world).default_image


def known_model(world: World) -> Catalog:
    return world.catalog() if world.catalog else catalogue.shipped()


def _with_text_model(asset: Asset, options: PaintOptions, world: World) -> PaintOptions:
    if asset.route != "responses" or options.text_model:
        return options
    return msgspec.structs.replace(options, text_model=known_model(world).default_text)


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
        raise ManifestError(
            f"the input {path} is not there", where=FILE, cure=f"add {path}, or correct its name"
        )
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


def palette_and_font(manifest: Manifest, asset: Asset) -> tuple[tuple[str, ...], str]:
    """What [style] hands to the asset's layout."""
    style = manifest.style_of(asset)
    return style.palette, style.font or SANS
