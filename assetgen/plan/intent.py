"""What the manifest asks for one asset, worked out: the intent, the files, the needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import msgspec

from assetgen import route_names
from assetgen.cure import Cure, advice
from assetgen.errors import AssetgenError, ManifestError, UnsupportedOption
from assetgen.fs.paths import in_other_forms
from assetgen.fs.tree import TOO_LARGE
from assetgen.layouts import code_text, deciding_fonts, type_rules
from assetgen.layouts import kind as kinds
from assetgen.layouts.closure import shipped_root
from assetgen.layouts.field import Field
from assetgen.layouts.fonts import SANS
from assetgen.layouts.kind import Kind
from assetgen.manifest.grounds import Painted
from assetgen.manifest.key_types import PaintOptions
from assetgen.manifest.schema import FILE, Asset, Manifest, normal, references, targets
from assetgen.manifest.toml_faults import Fault
from assetgen.plan import data_values, grounds, inherited, page_given, refining
from assetgen.plan.refusals import refuse_unsupported
from assetgen.plan.wish import Wish, World
from assetgen.record.record import Intent
from assetgen.settings.descriptors import Descriptor

T = TypeVar("T")
#: The medium of a placeholder that assets.toml asks for with ``draft = true``.
DRAFT = "draft"


def wish(manifest: Manifest, asset: Asset, world: World, paths: Mapping[str, str]) -> Wish:
    """Work out what the manifest asks for ``asset``; ``paths`` has the main file of each asset.

    Raises ManifestError, TemplateError or UnsupportedOption.
    """
    made = about(asset, world, lambda: _wish(manifest, asset, world, paths=paths))
    collection = world.collection(asset.id)
    return replace(made, collection=collection) if collection is not None else made


def about(asset: Asset, world: World, work: Callable[[], T]) -> T:
    """Do ``work``; a failure in it is reported as one about ``asset``."""
    try:
        return work()
    except AssetgenError as exc:
        raise exc.about(asset.id, world.place(asset.id, "id")) from exc


def _wish(manifest: Manifest, asset: Asset, world: World, paths: Mapping[str, str]) -> Wish:
    refuse_unsupported(asset)
    if asset.is_adopted:
        return _adopted_wish(asset, world)
    kind = world.kind(asset.kind)
    if asset.draft:
        return _draft_wish(manifest, asset, kind)
    make = _local_wish if asset.is_local else _painted_wish
    whole = completed(manifest, asset, kind, world)
    made = refining.refined(make(manifest, whole, kind, world=world, paths=paths), world)
    stated = {**inherited.inherited(manifest, asset, kind), **asset.values}
    data = {path: world.digest(path) or "" for path in data_values.files(stated)}
    return replace(made, data=data) if data else made


def completed(manifest: Manifest, asset: Asset, kind: Kind, world: World) -> Asset:
    """The asset with what its page, its data, its style and [defaults] give it.

    Raises ManifestError.
    """
    wrong: list[Fault] = []
    made = with_data(manifest, asset, kind, world=world, wrong=wrong)
    if wrong:
        raise ManifestError(wrong[0].what, where=wrong[0].where, cure=wrong[0].cure)
    return made


def with_data(
    manifest: Manifest, asset: Asset, kind: Kind, world: World, wrong: list[Fault]
) -> Asset:
    """``completed``, where all that is wrong with its data is added to ``wrong``."""
    below = inherited.inherited(manifest, asset, kind)
    if any(data_values.files([below, asset.values])):
        below = _data(below, asset, world, wrong)
        values = _data(asset.values, asset, world, wrong)
        asset = msgspec.structs.replace(asset, values=values)
    if asset.page is None:
        values = {**below, **asset.values}
        return msgspec.structs.replace(asset, values=values) if below else asset
    try:
        return page_given.given(asset, world.page(asset.page), kind, below=below)
    except ManifestError as exc:
        raise ManifestError(exc.what, where=world.place(asset.id, "from"), cure=exc.cure) from None


def _data(
    values: Mapping[str, Any], asset: Asset, world: World, wrong: list[Fault]
) -> dict[str, Any]:
    """``values`` with their data; a prompt takes these as they are, a layout types them."""
    found = data_values.read_in(values, world, ("values",), wrong)
    made: dict[str, Any] = found if asset.is_local else data_values.plain(found)
    return made


# -- typeset ---------------------------------------------------------------------------------------


def _local_wish(
    manifest: Manifest, asset: Asset, kind: Kind, world: World, paths: Mapping[str, str]
) -> Wish:
    style = manifest.style_of(asset)
    given = kind.fill(asset.values, lambda: world.family(asset.id))
    layout = str(given["layout"])
    values = _normalised(given, kind.fields(layout))
    font = style.font or SANS
    rules = type_rules.rules(kind, layout, values)
    used = deciding_fonts.deciding(world.fonts(), font, kind, values)
    pictures = kind.pictures(values)
    if wrong := wrong_background(asset, kind, layout):
        raise UnsupportedOption(wrong, cure=advice("remove background"))
    width, height = canvas(asset, kind, layout)
    intent = Intent(
        kind=asset.kind,
        medium="typeset",
        prompt="",
        values=_integers_only(values),
        inputs=[_input(p, "picture", world, paths=paths) for p in pictures],
        mask=None,
        model=None,
        size=f"{width}x{height}",
        quality=None,
        background=asset.background,
        take=1,
        template=kind.digest(layout, used, rules),
        palette=list(style.palette),
        font=font,
    )
    needs = tuple(p[1:] for p in pictures if p.startswith("@"))
    return Wish(
        asset=asset,
        kind=kind,
        values=values,
        intent=intent,
        needs=needs,
        is_as_shipped=kind.root == shipped_root() and all(one.is_shipped for one in used.fonts),
    )


def wrong_background(asset: Asset, kind: Kind, layout: str) -> str | None:
    """Why a layout cannot have the background that is asked for; None if it can."""
    transparent = kind.layout(layout).transparent
    if asset.background == "auto" or (asset.background == "transparent") == transparent:
        return None
    always = "is always transparent" if transparent else "always has a background"
    return f"layout {layout!r} of kind {kind.name!r} {always}"


def canvas(asset: Asset, kind: Kind, layout: str) -> tuple[int, int]:
    """The size in pixels to draw a local image at; if none is asked for, it fits every file."""
    if (size := asset.asked_size) and size != "auto":
        asked = size.split("x")
        return int(asked[0]), int(asked[1])
    width, height = (asset.fit.width, asset.fit.height) if asset.fit else kind.size(layout)
    widest = max(width, *(target.width or 0 for target in targets(asset)))
    return widest, round(height * widest / width)


# -- painted ---------------------------------------------------------------------------------------


def _painted_wish(
    manifest: Manifest, asset: Asset, kind: Kind, world: World, paths: Mapping[str, str]
) -> Wish:
    options = manifest.options_of(asset)
    model = _model(manifest, asset, world)
    descriptor = world.descriptor(asset.route or "", model) if model else None
    asset, size, covers = _sized(manifest, asset, kind, model, descriptor, world)
    intent = Intent(
        kind=asset.kind,
        medium="painted",
        prompt=whole_prompt(manifest, asset, kind),
        values={},
        inputs=_inputs(manifest, asset, world, paths=paths),
        mask=_input(asset.mask, "mask", world, paths=paths)["sha256"] if asset.mask else None,
        model=asset.model,
        size=size,
        quality=asset.quality or (None if asset.route == "codex" else manifest.defaults.quality),
        background=asset.background,
        take=asset.take,
        options=_of_picture(options),
    )
    needs = [name[1:] for name in references(asset) if name.startswith("@")]
    return Wish(
        asset=asset,
        kind=kind,
        values={},
        intent=intent,
        needs=tuple(dict.fromkeys(needs)),
        model=model,
        descriptor=descriptor,
        options=_with_text_model(asset, options, world),
        covers=covers,
    )


def _sized(
    manifest: Manifest,
    asset: Asset,
    kind: Kind,
    model: str | None,
    descriptor: Descriptor | None,
    world: World,
) -> tuple[Asset, str, tuple[int, int] | None]:
    """The asset with the size that its request names, the size of its intent, and what it fills."""
    if asset.asked_size or not isinstance(asset, Painted) or not asset.cover:
        return asset, asset.asked_size or kind.sheet.model_size or "auto", None
    covers = _canvas_of(manifest, asset.cover, kind)
    route = asset.route or ""
    size, is_named = grounds.size(covers, route, model, world.the_catalog, descriptor)
    if is_named and route not in route_names.OPENAI:  # a gateway gets only what an asset states
        asset = msgspec.structs.replace(asset, size=size)
    return asset, size, covers


def _canvas_of(manifest: Manifest, cover: Asset, kind: Kind) -> tuple[int, int]:
    """The size in pixels of the image that a ground is for."""
    values = {**inherited.inherited(manifest, cover, kind), **cover.values}
    try:
        return canvas(cover, kind, kind.layout_name(values))
    except ManifestError:  # a mistake of the cover
        return kind.sheet.size


def _inputs(
    manifest: Manifest, asset: Asset, world: World, paths: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The images that are sent with the request, those of the style last."""
    own = len(asset.inputs) - len(manifest.style_references(asset))
    return [
        _input(reference, "reference" if number < own else "style", world, paths=paths)
        for number, reference in enumerate(asset.inputs)
    ]


def whole_prompt(manifest: Manifest, asset: Asset, kind: Kind) -> str:
    """The prompt of the asset and of its style, as the kind frames it. Raises TemplateError."""
    parts = (asset.prompt, normal(manifest.style_of(asset).prompt))
    return normal(kind.scaffold(asset.values, ", ".join(part for part in parts if part)))


def _model(manifest: Manifest, asset: Asset, world: World) -> str | None:
    """The model to ask: the manifest's; on OpenAI's own routes, else the catalogue's default."""
    named = manifest.model_of(asset)
    if named or asset.route not in route_names.OPENAI:
        return named
    return world.the_catalog.default_image


def _with_text_model(asset: Asset, options: PaintOptions, world: World) -> PaintOptions:
    if asset.route != "responses" or options.text_model:
        return options
    return msgspec.structs.replace(options, text_model=world.the_catalog.default_text)


def _of_picture(options: PaintOptions) -> dict[str, Any] | None:
    """The options that decide what the picture is; the others only decide how it comes."""
    kept = {"complexity": options.complexity, "input_fidelity": options.input_fidelity}
    return {name: value for name, value in kept.items() if value is not None} or None


# -- drafts ----------------------------------------------------------------------------------------


def _draft_wish(manifest: Manifest, asset: Asset, kind: Kind) -> Wish:
    """A placeholder of the right size: what it says about itself is all that decides it."""
    layout = kind.layout_name({**inherited.inherited(manifest, asset, kind), **asset.values})
    cover = asset.cover if isinstance(asset, Painted) else None
    width, height = canvas(cover or asset, kind, layout)
    style = manifest.style_of(asset)
    intent = Intent(
        kind=asset.kind,
        medium=DRAFT,
        prompt="",
        values={"layout": layout, "path": asset.path, "alt": normal(asset.alt)},
        inputs=[],
        mask=None,
        model=None,
        size=f"{width}x{height}",
        quality=None,
        background="auto",
        take=1,
        palette=list(style.palette),
        font=style.font or SANS,
    )
    return Wish(
        asset=msgspec.structs.replace(asset, background="auto"),
        kind=kind,
        values=intent.values,
        intent=intent,
        needs=(),
    )


# -- adopted ---------------------------------------------------------------------------------------


def _adopted_wish(asset: Asset, world: World) -> Wish:
    """Only the files are asked for: an image of any origin is as good as another."""
    known = world.kind(asset.kind) if asset.kind else kinds.NONE
    intent = Intent(
        kind=asset.kind,
        medium=route_names.ADOPTED,
        prompt="",
        values={},
        inputs=[],
        mask=None,
        model=None,
        size="auto",
        quality=None,
        background=asset.background,
        take=1,
    )
    return Wish(
        asset=asset,
        kind=known,
        values={},
        intent=intent,
        needs=(),
    )


# -- both ------------------------------------------------------------------------------------------


def _input(reference: str, role: str, world: World, paths: Mapping[str, str]) -> dict[str, Any]:
    path = paths[reference[1:]] if reference.startswith("@") else reference
    found = world.digest(path)
    if found is None and not reference.startswith("@"):
        what, cure = no_input(path, world.digest)
        raise ManifestError(what, where=FILE, cure=cure)
    if found == TOO_LARGE:
        what = f"the input {path} is larger than any picture"
        raise ManifestError(what, where=FILE, cure=advice("make {path} smaller", path=path))
    name = {"id": reference[1:]} if reference.startswith("@") else {}
    return {**name, "path": path, "sha256": found, "role": role}


def no_input(path: str, digest: Callable[[str], str | None]) -> tuple[str, Cure]:
    """What is wrong with an input that does not exist, and the cure; ``digest`` finds files."""
    for form, other in in_other_forms(path):
        if digest(other) is not None:
            what = f"the input {path} does not exist: the name of the file is in the form {form}"
            return what, advice("rename the file, or copy its name into assets.toml")
    return f"the input {path} does not exist", advice("add {path}, or correct its name", path=path)


def _normalised(values: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    return {key: _normal(value, fields.get(key)) for key, value in values.items()}


def _normal(value: Any, spec: Field | None) -> Any:
    if isinstance(value, str):  # the blanks at the start of code are part of it
        is_code = spec is not None and spec.type == "code"
        return "\n".join(code_text.lines_of(value)) if is_code else normal(value)
    if isinstance(value, Mapping):
        return _normalised(value, spec.fields if spec else {})
    if isinstance(value, (list, tuple)):
        return [_normal(inner, spec) for inner in value]
    return value


def _integers_only(value: Any) -> Any:
    """Records contain no floats, because writers spell them differently: 0.5 is stated as "0.5"."""
    if isinstance(value, (str, int)):
        return value
    if isinstance(value, Mapping):
        return {key: _integers_only(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_integers_only(inner) for inner in value]
    if isinstance(value, float):
        return int(value) if value.is_integer() else repr(value)
    return value
