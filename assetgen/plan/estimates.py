"""What making the image of an asset costs, with all its candidates. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from msgspec import structs

from assetgen.plan import cost
from assetgen.plan.wish import Wish
from assetgen.settings.catalog import Catalog


def estimate(
    wanted: Wish, action: str, surface: str, catalog: Callable[[], Catalog]
) -> cost.Estimate:
    """What doing ``action`` for a wish costs on the bill called ``surface``."""
    if wanted.asset.is_local or wanted.asset.is_adopted:
        return cost.estimate(wanted.asset, wanted.intent, action)
    of_one = cost.estimate(
        wanted.asset,
        wanted.intent,
        action,
        model=wanted.model,
        surface=surface,
        catalog=catalog(),
        partial_images=wanted.options.partial_images or 0,
        inputs=len(wanted.asset.inputs),
        text_model=wanted.options.text_model if wanted.asset.route == "responses" else None,
        descriptor=wanted.descriptor,
    )
    return times(of_one, wanted.asset.images) if action == "draw" else of_one


def for_images(wanted: Wish, number: int) -> Wish:
    """The same image, of which so many are bought."""
    return replace(wanted, asset=structs.replace(wanted.asset, candidates=number))


def times(of_one: cost.Estimate, images: int) -> cost.Estimate:
    """The estimate for several images of the same price."""
    if images == 1:
        return of_one
    micros = None if of_one.micros is None else of_one.micros * images
    return replace(of_one, micros=micros, images=images)
