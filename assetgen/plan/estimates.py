"""What making the image of an asset costs, with all its candidates. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from msgspec import structs

from assetgen.plan import cost
from assetgen.plan.wish import Wish, to_be_made
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
    if action != "draw":
        return of_one
    own = times(of_one, wanted.asset.images)
    before = next(to_be_made(wanted), None)
    return after_steps(own, estimate(before, action, surface, catalog)) if before else own


def for_images(wanted: Wish, number: int) -> Wish:
    """The same image, of which so many are bought."""
    return replace(wanted, asset=structs.replace(wanted.asset, candidates=number))


def times(of_one: cost.Estimate, images: int) -> cost.Estimate:
    """The estimate for several images of the same price."""
    if images == 1:
        return of_one
    micros = None if of_one.micros is None else of_one.micros * images
    return replace(of_one, micros=micros, images=images)


def after_steps(own: cost.Estimate, before: cost.Estimate) -> cost.Estimate:
    """The estimate for the last step of an image with those that have to be made first."""
    micros = None
    if own.micros is not None and before.micros is not None:
        micros = own.micros + before.micros
    return replace(
        own,
        micros=micros,
        images=own.images + before.images,
        steps=before.steps + 1,
    )
