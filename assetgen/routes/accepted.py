"""The written settings in the words of a service, as its own description of the model has them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from assetgen.cure import advice
from assetgen.errors import RoutingError, UnsupportedOption
from assetgen.plan.routing import Job
from assetgen.routes import written
from assetgen.settings import shapes
from assetgen.settings.descriptors import Descriptor, Takes


def fields(job: Job, whose: str, *, aside: Collection[str] = ()) -> dict[str, Any]:
    """The written settings; without a description of the model, as they are written.

    Those of ``aside`` are left to the caller. Raises UnsupportedOption for what the model does not
    take, with what it does.
    """
    body = {key: value for key, value in written.fields(job).items() if key not in aside}
    found = job.wish.descriptor
    if found is None or not found.is_complete:
        return body
    if "size" in body and "size" not in found.takes:
        body = _shaped(body, found, whose)
    for key, value in body.items():
        _refuse(key, value, found, whose)
    _refuse_inputs(len(job.references), found, whose)
    return body


def refuse_other_models(job: Job, host: str) -> None:
    """Raise RoutingError if the service itself says that the model draws nothing."""
    found = job.wish.descriptor
    if found is not None and not found.draws:
        raise RoutingError(
            f"{host} says that model {found.model} makes no images; nothing was sent",
            cure=advice("choose a model for images of {host}", host=host),
        )


def _shaped(body: dict[str, Any], found: Descriptor, whose: str) -> dict[str, Any]:
    """``body`` with a ratio and a tier in place of the size."""
    ratios = found.takes.get("aspect_ratio", Takes()).values
    tiers = found.takes.get("resolution", Takes()).values
    size = str(body["size"])
    if not (ratios or tiers):
        raise UnsupportedOption(
            f"{whose} takes no size", cure=advice("remove size from the asset; fit sets its files")
        )
    width, height = (int(side) for side in size.split("x"))
    shape = shapes.shape(ratios, tiers, width, height)
    if shape is None:
        near = shapes.size(shapes.nearest(ratios, tiers, width, height), width, height)
        raise UnsupportedOption(
            f"{whose} does not support size {size}, only {shapes.listed(ratios, tiers)}",
            cure=advice('size = "{nearest}"', nearest=near),
        )
    other = {"aspect_ratio": shape.ratio, "resolution": shape.tier}
    rest = {key: value for key, value in body.items() if key != "size"}
    return {**{key: value for key, value in other.items() if value}, **rest}


def _refuse(key: str, value: Any, found: Descriptor, whose: str) -> None:
    takes = found.takes.get(key)
    if takes is None:
        others = ", ".join(sorted(found.takes)) or "no settings"
        raise UnsupportedOption(
            f"{whose} does not support {key}, only {others}",
            cure=advice("remove {key} from the asset", key=key),
        )
    if takes.values and str(value) not in takes.values:
        listed = ", ".join(takes.values)
        raise UnsupportedOption(
            f"{whose} does not support {key} {value!r}, only {listed}",
            cure=advice("{key} = one of {listed}", key=key, listed=listed),
        )
    if isinstance(value, int) and not _is_within(value, takes):
        raise UnsupportedOption(
            f"{whose} takes {key} from {takes.min} to {takes.max}, not {value}",
            cure=advice("change {key}", key=key),
        )


def _is_within(value: int, takes: Takes) -> bool:
    least, most = takes.min, takes.max
    return (least is None or value >= least) and (most is None or value <= most)


def _refuse_inputs(count: int, found: Descriptor, whose: str) -> None:
    takes = found.takes.get("input_references")
    most = 0 if takes is None else takes.max
    if count and most is not None and count > most:
        raise UnsupportedOption(
            f"{whose} takes {most or 'no'} input images, not {count}",
            cure=advice("list at most {most} inputs", most=most)
            if most
            else advice("remove inputs, or choose another model"),
        )
