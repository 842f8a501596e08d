"""What a route cannot honour: an error before anything is drawn or paid for, never ignored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from assetgen import route_names
from assetgen.cure import Cure, advice
from assetgen.errors import GitError, StorageError, UnsupportedOption
from assetgen.image import sizes
from assetgen.layouts import spec
from assetgen.manifest.schema import FILE, Asset
from assetgen.manifest.toml_faults import Fault
from assetgen.plan.wish import BOX, PARENT, Wish, World, to_be_made
from assetgen.record import candidates
from assetgen.settings import model_rules
from assetgen.settings.catalog import Catalog

_NOT_HONOURED = {
    "local": {
        "prompt": "a layout sets values in type and reads no prompt",
        "model": "no model draws it",
        "quality": "it has one quality",
        "inputs": "a layout names its images in its values: values.picture = ...",
        "mask": "a layout does not edit an image",
        "candidates": "the same values always give the same image",
        "options": "options are for models",
        "refine": "a layout draws the same image each time; change its values",
    },
    route_names.ADOPTED: dict.fromkeys(
        (
            "prompt",
            "model",
            "quality",
            "inputs",
            "mask",
            "candidates",
            "options",
            "size",
            "values",
            "refine",
        ),
        "nothing draws it: its image exists",
    ),
    "codex": {
        "options": "Codex accepts none",
        "model": "Codex chooses the model",
        "quality": "Codex chooses the quality",
        "mask": "Codex accepts no mask",
        "size": "Codex chooses the size; fit sets the size of the file",
    },
}


def unsupported(asset: Asset) -> Iterator[Fault]:
    """Every key of ``asset`` that its route would have to ignore; a draft has none drawn yet."""
    if asset.is_rebuilt and not asset.is_local:
        why = "git would have no file, and only a layout gives the same file again"
        what = f'route {asset.route!r} cannot honour keep = "record": {why}'
        yield _refusal("keep", what, advice('write keep = "git", or choose route = "local"'))
    if asset.is_rebuilt and asset.keep_old:
        what = 'keep_old needs files in git, and keep = "record" has none'
        yield _refusal("keep_old", what, advice('write keep = "git", or remove keep_old'))
    if asset.draft and not asset.is_adopted:
        return
    for key, why in _NOT_HONOURED.get(asset.route or "", {}).items():
        if getattr(asset, key) not in (None, "", (), {}, "auto"):
            what = f"route {asset.route!r} cannot honour {key}: {why}"
            cure = advice("remove {key} from the asset, or choose another route", key=key)
            yield _refusal(key, what, cure)
    if asset.mask and not asset.inputs:
        what = "a mask marks the part of an image to edit, and the asset has no inputs"
        yield _refusal("mask", what, advice('add inputs = ["..."], or remove mask'))
    if asset.is_adopted and asset.take != 1:
        what = "route 'adopted' cannot honour take: nothing draws it"
        yield _refusal("take", what, advice("remove take from the asset"))
    if asset.is_local and asset.take != 1:
        what = "route 'local' cannot honour take: the same values always give the same image"
        yield _refusal("take", what, advice("change a value of the layout instead"))


def not_accepted(wanted: Wish, known: Catalog, today: date | None) -> Iterator[Fault]:
    """Every option of a wish that its model does not accept on its route, by the catalogue."""
    asset = wanted.asset
    if asset.route not in route_names.OPENAI and not (asset.route or "").startswith("gateway:"):
        return
    options = {name: getattr(wanted.options, name) for name in _OF_MODELS}
    asked = {
        "size": wanted.intent.size,
        "quality": wanted.intent.quality,
        "background": wanted.intent.background,
        "mask": asset.mask is not None,
        "inputs": len(asset.inputs),
        **{name: value for name, value in options.items() if value is not None},
    }
    if asset.route not in route_names.OPENAI:
        if wanted.descriptor and wanted.descriptor.is_complete:
            return  # its own description decides, where the request is made
        written = {**asked, "size": asset.asked_size, "background": None, "text_model": None}
        for problem in model_rules.problems_at_gateway(
            known, wanted.model or "", written, is_edit=bool(asset.inputs)
        ):
            yield _refusal(problem.key, problem.why, problem.cure)
        return
    route: Literal["images", "responses"] = "responses" if asset.route == "responses" else "images"
    problems = model_rules.problems(
        known,
        route,
        wanted.model or "",
        asked=asked,
        is_edit=bool(asset.inputs),
        today=today,
    )
    for problem in problems:
        yield _refusal(problem.key, problem.why, problem.cure)


_OF_MODELS = (
    "complexity",
    "moderation",
    "input_fidelity",
    "output_compression",
    "partial_images",
    "text_model",
)


def _refusal(key: str, what: str, cure: Cure | None) -> Fault:
    at = ("options", key) if key in _OF_MODELS else (key,)
    return Fault(at, what, cure, error=UnsupportedOption)


def undeliverable(wanted: Wish) -> Iterator[Fault]:
    """Every reason why the files cannot be made from a picture of the size that is asked for."""
    width, _, height = wanted.intent.size.partition("x")
    if not height:  # the model decides
        return
    if wanted.asset.is_local and (wrong := spec.wrong_size(int(width), int(height))):
        yield Fault(("size",), wrong, spec.SMALLER)
    else:
        for one in sizes.misfits(wanted.asset, (int(width), int(height))):
            yield Fault(one.key, one.what, one.cure)


def refused(wanted: Wish, world: World) -> Iterator[Fault]:
    """Everything for which a wish is refused before anything is drawn or paid."""
    for one in (wanted, *to_be_made(wanted)):
        yield from not_accepted(one, world.the_catalog, world.today())
    yield from undeliverable(wanted)
    for path in (*wanted.paths, *_also_written(wanted)):
        if found := world.obstacle(path):
            yield Fault(("path",), *found, error=StorageError)
    for path in () if wanted.asset.is_rebuilt else wanted.paths:
        if found := world.ignored(path):
            yield Fault(("path",), *found, error=GitError)
    for path in (wanted.place, *_of_candidates(wanted)):
        if found := world.ignored(path):
            yield Fault(("id",), *found, error=GitError)


def _of_candidates(wanted: Wish) -> tuple[str, ...]:
    """The file that says which candidates there are, if there will be one."""
    several = wanted.asset.images > 1 and not wanted.asset.is_local
    return (candidates.place_beside(wanted.place),) if several else ()


def _also_written(wanted: Wish) -> tuple[str, ...]:
    """What is written and committed besides the files of a paid image."""
    if wanted.asset.is_local:
        return ()
    return (wanted.place, *_of_candidates(wanted))


def refuse_unsupported(asset: Asset) -> None:
    """Raise UnsupportedOption for the first key that the asset's route would have to ignore."""
    _refuse_first(asset, unsupported(asset))


def refuse_before_drawing(wanted: Wish, world: World) -> None:
    """Raise the error of the first fault for which nothing may be drawn or paid."""
    _refuse_first(wanted.asset, refused(wanted, world))


def _refuse_first(asset: Asset, faults: Iterator[Fault]) -> None:
    for fault in faults:
        cure = in_step(asset, str(fault.key[-1])) or fault.cure
        raise fault.error(fault.what, where=f"{FILE}, asset {asset.id}", cure=cure)


def in_step(asset: Asset, key: str) -> Cure | None:
    """What to do if a route cannot make a step as it is written; None for an image of its own."""
    if PARENT not in asset.inputs:
        return None
    if key == "inputs":
        return advice("choose a route and a model that can change an image")
    if key == "mask":
        return advice(
            "leave out the {part} (the whole image may change then), or choose another route",
            part="box" if asset.mask == BOX else "mask",
        )
    return None
