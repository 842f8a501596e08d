"""What a model supports: options and sizes, checked before a request is sent."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from assetgen.cure import Cure, advice
from assetgen.settings import shapes
from assetgen.settings.catalog import Catalog, Model, Route, Rule

#: A warning appears this many days before the shutdown of a model.
WARN_DAYS = 60
_SPELLING = "WIDTHxHEIGHT"


class OptionProblem(Struct, frozen=True):
    """An option that the model does not support on its route, the reason, and the fix."""

    key: str
    why: str
    cure: Cure


# -- sizes -----------------------------------------------------------------------------------------


def nearest_size(model: Model, width: int, height: int) -> str:
    """The legal size of ``model`` nearest to ``width`` x ``height``: by ratio, then by area."""
    if model.sizes is None:
        return f"{width}x{height}"
    rule = model.sizes.rule
    free = list(at_ratio(rule, width, height)) if rule else []
    legal = free or [_sides(size) for size in model.sizes.named]

    def distance(size: tuple[int, int]) -> tuple[float, int]:
        ratio = abs(math.log(size[0] * height / (size[1] * width)))
        area = abs(math.log(size[0] * size[1] / (width * height)))
        # A wrong ratio crops or distorts the image; a wrong area only scales it.
        return round(16 * ratio + area, 9), size[0]

    best = min(legal, key=distance)
    return f"{best[0]}x{best[1]}"


def at_ratio(rule: Rule, width: int, height: int) -> Iterator[tuple[int, int]]:
    """For each legal width, the two legal heights closest to the requested ratio."""
    step = rule.multiple
    for wide in range(step, rule.max_edge + 1, step):
        if wide < rule.min_edge:
            continue
        least = math.ceil(max(wide / rule.max_ratio, rule.min_pixels / wide, rule.min_edge) / step)
        most = math.floor(min(wide * rule.max_ratio, rule.max_pixels / wide, rule.max_edge) / step)
        if least <= most:
            wanted = wide * height // (width * step)
            for high in {min(max(count, least), most) for count in (wanted, wanted + 1)}:
                yield wide, high * step


def experimental(model: Model, size: str) -> bool:
    """Whether ``size`` is experimental for ``model``."""
    rule = model.sizes.rule if model.sizes else None
    sides = _sides(size)
    return bool(rule and rule.experimental_above and sides[0] * sides[1] > rule.experimental_above)


def _sides(size: str) -> tuple[int, int]:
    """Width and height of ``size``; 0 and 0 for "auto" and for an invalid size."""
    width, x, height = size.partition("x")
    if not (x and width.isdecimal() and height.isdecimal() and len(size) < 20):
        return 0, 0
    return int(width), int(height)


def _size_problem(model: Model, size: str) -> OptionProblem | None:
    sizes = model.sizes
    if sizes is None and (model.aspect_ratios or model.resolutions):
        return _shape_problem(model, size)
    if sizes is None or size in sizes.named or (size == "auto" and sizes.auto):
        return None
    width, height = _sides(size)
    if not (width and height):
        why = f"{model.name} does not support size {size!r}: it is not {_SPELLING}"
        return OptionProblem("size", why, advice('size = "{sizes}"', sizes=sizes.named[0]))
    broken = (
        _broken(sizes.rule, width, height)
        if sizes.rule
        else f"its only sizes are {_listed(sizes.named)}"
    )
    if broken is None:
        return None
    return OptionProblem(
        "size",
        f"{model.name} does not support size {size}: {broken}",
        advice('size = "{nearest_size}"', nearest_size=nearest_size(model, width, height)),
    )


def _shape_problem(model: Model, size: str) -> OptionProblem | None:
    """What is wrong with a size at a model that takes ratios and tiers."""
    if size == "auto":
        return None
    ratios, tiers = model.aspect_ratios or (), model.resolutions or ()
    width, height = _sides(size)
    if not (width and height):
        why = f"{model.name} does not support size {size!r}: it is not {_SPELLING}"
        return OptionProblem("size", why, advice('size = "1024x1024"'))
    if shapes.shape(ratios, tiers, width, height):
        return None
    near = shapes.size(shapes.nearest(ratios, tiers, width, height), width, height)
    why = f"{model.name} does not support size {size}, only {shapes.listed(ratios, tiers)}"
    return OptionProblem("size", why, advice('size = "{nearest_size}"', nearest_size=near))


def _broken(rule: Rule, width: int, height: int) -> str | None:
    """The first part of the rule that a size breaks."""
    if width % rule.multiple or height % rule.multiple:
        return f"both sides must be multiples of {rule.multiple}"
    if max(width, height) > rule.max_edge:
        return f"no side may be longer than {rule.max_edge} pixels"
    if min(width, height) < rule.min_edge:
        return f"no side may be shorter than {rule.min_edge} pixels"
    if max(width, height) > rule.max_ratio * min(width, height):
        return f"no side may be more than {rule.max_ratio:g} times the other"
    if width * height < rule.min_pixels:
        return f"{width * height:,} pixels are fewer than {rule.min_pixels:,}"
    if width * height > rule.max_pixels:
        return f"{width * height:,} pixels are more than {rule.max_pixels:,}"
    return None


# -- options ---------------------------------------------------------------------------------------


def problems(
    catalog: Catalog,
    route: Route,
    model: str,
    asked: Mapping[str, Any],
    is_edit: bool,
    *,
    today: datetime.date | None = None,
) -> Iterator[OptionProblem]:
    """The options in ``asked`` that ``model`` does not support on ``route``; None is not asked.

    Nothing is refused for a model that is not in the catalogue. Without ``today``, a model counts
    as retired if it was retired when its entry was read.
    """
    wanted = {key: value for key, value in asked.items() if value is not None}
    if text_model := wanted.get("text_model"):
        yield from _text_model_problems(catalog, route, str(text_model), today)
    found = catalog.find(model)
    if found is None:
        return
    if found.kind == "text":
        why = f"{model} is a text model, which cannot generate images"
        above = f', options = {{ text_model = "{model}" }}' if route == "responses" else ""
        yield OptionProblem(
            "model",
            why,
            advice(
                'model = "{default_image}"{above}', default_image=catalog.default_image, above=above
            ),
        )
    elif _is_retired(found, today):
        yield OptionProblem(
            "model",
            f"{model} was shut down on {found.shutdown}",
            _replacement(catalog, found, "model"),
        )
    else:
        yield from _option_problems(found, route, wanted, is_edit)


def problems_at_gateway(
    catalog: Catalog, model: str, asked: Mapping[str, Any], *, is_edit: bool
) -> Iterator[OptionProblem]:
    """The options in ``asked`` that a model does not support wherever it is bought.

    When it retires there, and whether it is one, is up to the gateway.
    """
    found = catalog.find_sold(model)
    if found is not None and found.kind == "image":
        wanted = {key: value for key, value in asked.items() if value is not None}
        yield from _option_problems(found, "images", wanted, is_edit)


def _text_model_problems(
    catalog: Catalog, route: Route, name: str, today: datetime.date | None
) -> Iterator[OptionProblem]:
    found = catalog.find(name)
    if route == "images":
        why = "route 'images' calls the image model directly, without a text model"
        yield OptionProblem(
            "text_model", why, advice('remove text_model, or set route = "responses"')
        )
    elif found and found.kind == "image":
        why = f"{name} is an image model, but text_model must name a text model"
        yield OptionProblem(
            "text_model",
            why,
            advice(
                'model = "{name}", options = {{ text_model = "{default_text}" }}',
                name=name,
                default_text=catalog.default_text,
            ),
        )
    elif found and _is_retired(found, today):
        cure = _replacement(catalog, found, "text_model")
        yield OptionProblem("text_model", f"{name} was shut down on {found.shutdown}", cure)


def _is_retired(model: Model, today: datetime.date | None) -> bool:
    return model.shutdown is not None and model.shutdown < (today or model.as_of)


def _replacement(catalog: Catalog, model: Model, key: str) -> Cure:
    default = catalog.default_image if model.kind == "image" else catalog.default_text
    return advice('{key} = "{model}"', key=key, model=model.replaced_by or default)


def _option_problems(
    model: Model, route: Route, asked: Mapping[str, Any], is_edit: bool
) -> Iterator[OptionProblem]:
    if "size" in asked and (problem := _size_problem(model, str(asked["size"]))):
        yield problem
    for key, values in (("quality", model.qualities), ("output_format", model.formats)):
        if key in asked and values is not None and asked[key] not in values:
            yield _none_of(model, key, asked[key], values)
    for key in ("complexity", "moderation", "output_compression", "partial_images"):
        if key in asked and model.options is not None and key not in model.options:
            yield OptionProblem(
                key,
                f"{model.name} does not support {key}",
                advice("remove {key}, or choose another model", key=key),
            )
    yield from _background_problems(model, route, asked)
    yield from _edit_problems(model, route, asked, is_edit)
    yield from _count_problems(model, route, asked)


def _none_of(model: Model, key: str, value: Any, values: Iterable[str]) -> OptionProblem:
    if not (listed := _listed(values)):
        return OptionProblem(
            key, f"{model.name} does not support {key}", advice("remove {key}", key=key)
        )
    return OptionProblem(
        key,
        f"{model.name} does not support {key} {value!r}, only {listed}",
        advice("{key} = one of {listed}", key=key, listed=listed),
    )


def _listed(values: Iterable[str]) -> str:
    return ", ".join(values)


def _background_problems(
    model: Model, route: Route, asked: Mapping[str, Any]
) -> Iterator[OptionProblem]:
    if asked.get("background") == "transparent":
        if model.transparency.get(route) == "no":
            why = f"{model.name} does not support a transparent background on route {route!r}"
            yield OptionProblem(
                "background", why, advice('background = "opaque", or choose another model')
            )
        if asked.get("output_format") == "jpeg":
            yield OptionProblem(
                "background",
                "JPEG does not support transparency",
                advice('output_format = "png" or "webp"'),
            )
    if "output_compression" in asked and asked.get("output_format") not in (None, "jpeg", "webp"):
        why = f"output_compression is for jpeg and webp, not for {asked['output_format']}"
        yield OptionProblem("output_compression", why, advice("remove output_compression"))


def _edit_problems(
    model: Model, route: Route, asked: Mapping[str, Any], is_edit: bool
) -> Iterator[OptionProblem]:
    if is_edit and model.edits is False:
        yield OptionProblem(
            "inputs",
            f"{model.name} does not support input images",
            advice("remove inputs, or choose another model"),
        )
    if asked.get("mask"):
        if model.mask is False:
            yield OptionProblem(
                "mask",
                f"{model.name} does not support a mask",
                advice("remove mask, or choose another model"),
            )
        elif not is_edit:
            yield OptionProblem(
                "mask", "a mask needs an input image", advice("add the image to inputs")
            )
    if model.max_inputs is not None and asked.get("inputs", 0) > model.max_inputs:
        why = f"{model.name} accepts at most {model.max_inputs} input images, not {asked['inputs']}"
        yield OptionProblem(
            "inputs", why, advice("list at most {max_inputs} inputs", max_inputs=model.max_inputs)
        )
    if "input_fidelity" in asked:
        if model.input_fidelity is not None and asked["input_fidelity"] not in model.input_fidelity:
            yield _none_of(model, "input_fidelity", asked["input_fidelity"], model.input_fidelity)
        elif not is_edit and route == "images":
            why = "input_fidelity applies only to an edit, and there are no inputs"
            yield OptionProblem(
                "input_fidelity", why, advice("remove input_fidelity, or add inputs")
            )


def _count_problems(
    model: Model, route: Route, asked: Mapping[str, Any]
) -> Iterator[OptionProblem]:
    pictures, partial = asked.get("n", 1), asked.get("partial_images", 0)
    if route == "responses" and pictures != 1:
        yield OptionProblem("n", "a response generates one image at a time", advice("n = 1"))
    elif model.max_pictures is not None and not 1 <= pictures <= model.max_pictures:
        yield OptionProblem(
            "n",
            f"{model.name} generates 1 to {model.max_pictures} images, not {pictures}",
            advice("n = 1"),
        )
    if model.max_partial_images is not None and not 0 <= partial <= model.max_partial_images:
        why = f"{model.name} sends 0 to {model.max_partial_images} partial images, not {partial}"
        yield OptionProblem(
            "partial_images",
            why,
            advice(
                "partial_images = {max_partial_images}", max_partial_images=model.max_partial_images
            ),
        )


# -- warnings --------------------------------------------------------------------------------------


def warnings(catalog: Catalog, model: str, today: datetime.date) -> Iterator[str]:
    """Warnings about ``model``: unknown, shut down, or shutting down soon."""
    found = catalog.find(model)
    if found is None:
        yield f"{model} is not in the catalogue: sizes and prices are not checked"
        return
    if found.shutdown is None:
        return
    left = (found.shutdown - today).days
    cure = (
        advice("use {replaced_by}", replaced_by=found.replaced_by)
        if found.replaced_by
        else advice("choose another model")
    )
    if left < 0:
        yield f"{model} was shut down on {found.shutdown}; {cure}"
    elif left <= WARN_DAYS:
        when = f"in {left} day{'s' if left != 1 else ''}" if left else "today"
        yield f"{model} shuts down on {found.shutdown} ({when}); {cure}"
