"""The painted ground of a cover: which layouts show it, and the size that fills the cover."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from assetgen import route_names
from assetgen.cure import Cure, advice
from assetgen.layouts.kind import Kind
from assetgen.manifest.grounds import PICTURE
from assetgen.settings import model_rules, shapes
from assetgen.settings.catalog import Catalog, Model
from assetgen.settings.descriptors import Descriptor, Takes

Size = tuple[int, int]
#: What Codex draws, and models that publish no sizes.
_USUAL = ((1024, 1024), (1536, 1024), (1024, 1536))


def shows_picture(kind: Kind, layout: str) -> bool:
    """Whether a layout has a value ``picture`` for one picture."""
    spec = kind.fields(layout).get(PICTURE)
    return spec is not None and spec.type == PICTURE


def no_place(kind: Kind, layout: str) -> tuple[str, Cure] | None:
    """Why a layout cannot show a ground, and the cure; None if it can."""
    if shows_picture(kind, layout):
        return None
    what = f"layout {layout!r} of kind {kind.name!r} has no place for a ground: it has no value "
    what += "picture"
    others = [name for name in kind.sheet.layouts if shows_picture(kind, name)]
    if kind.sheet.ground in others:
        others.remove(kind.sheet.ground)
        others.insert(0, kind.sheet.ground)
    if not others:
        return what, advice("remove ground, or choose another kind")
    return what, advice(
        'write layout = "{first}" in its values; layouts with a picture are: {others}',
        first=others[0],
        others=", ".join(others),
    )


# -- sizes -----------------------------------------------------------------------------------------


#: How much more a ground may be enlarged than another one would be, before that is bought.
_TOLERANCE = 1.1


def is_enough(canvas: Size, had: Iterable[str | None], wanted: str) -> bool:
    """Whether an image of one of the sizes ``had`` fills ``canvas`` as one of ``wanted`` would."""
    known = [_sides(one) for one in had if one and _is_size(one)]
    if not known or not _is_size(wanted):
        return True
    least = min(_enlarged(one, canvas) for one in known)
    return least <= _TOLERANCE * _enlarged(_sides(wanted), canvas)


def _enlarged(one: Size, canvas: Size) -> float:
    """How many times an image is enlarged so that it fills a canvas; 1 if it is not."""
    return max(1.0, canvas[0] / one[0], canvas[1] / one[1])


def size(
    canvas: Size, route: str, model: str | None, known: Catalog, found: Descriptor | None
) -> tuple[str, bool]:
    """The smallest size that fills ``canvas``, and whether a request may name it.

    A gateway is told a size only if it says itself that the model takes one.
    """
    if route.startswith("gateway:"):
        if found is not None and found.is_complete:
            offered = list(_described(found.takes, canvas))
            return _text(_least(offered or _USUAL, canvas)), bool(offered)
        entry = known.find_sold(model)
        return _text(_least(_legal(entry, canvas), canvas)), False
    is_named = route in route_names.OPENAI  # Codex reads the shape in words
    entry = known.find(model) if is_named else None
    return _text(_least(_legal(entry, canvas), canvas)), is_named


def _text(found: Size) -> str:
    return f"{found[0]}x{found[1]}"


def _least(offered: Iterable[Size], canvas: Size) -> Size:
    """The one with the fewest pixels that fills the canvas; else the one nearest to filling it."""

    def worth(one: Size) -> tuple[float, float, float]:
        ratio = one[0] * canvas[1] / (one[1] * canvas[0])
        return round(_enlarged(one, canvas), 6), one[0] * one[1], max(ratio, 1 / ratio)

    return min(offered, key=worth)


def _legal(model: Model | None, canvas: Size) -> list[Size]:
    """The sizes that a model can be asked for."""
    if model is None:
        return list(_USUAL)
    if model.sizes is None:
        ratios, tiers = model.aspect_ratios or (), model.resolutions or ()
        return list(_shaped(ratios, tiers, canvas)) or list(_USUAL)
    named = [_sides(one) for one in model.sizes.named]
    rule = model.sizes.rule
    return [*named, *(model_rules.at_ratio(rule, *canvas) if rule else ())]


def _described(takes: Mapping[str, Takes], canvas: Size) -> Iterator[Size]:
    """The sizes that a gateway says a model takes."""
    if stated := takes.get("size"):
        named = [_sides(one) for one in stated.values if _is_size(one)]
        yield from named if stated.values else [canvas]
        return
    ratios, tiers = (takes.get(key, Takes()).values for key in ("aspect_ratio", "resolution"))
    yield from _shaped(ratios, tiers, canvas)


def _shaped(ratios: Iterable[str], tiers: Iterable[str], canvas: Size) -> Iterator[Size]:
    """A size for each tier, in the ratio that is nearest to that of the canvas."""
    every = list(ratios)
    for tier in tiers or ([""] if every else []):
        near = shapes.nearest(every, [tier] if tier else [], *canvas)
        yield _sides(shapes.size(near, *canvas))


def _is_size(text: str) -> bool:
    width, x, height = text.partition("x")
    return bool(x) and width.isdecimal() and height.isdecimal()


def _sides(text: str) -> Size:
    width, _, height = text.partition("x")
    return int(width), int(height)
