"""The steps of a refined image: each is an edit of the image of the step before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import msgspec

from assetgen import route_names
from assetgen.cure import advice
from assetgen.errors import ManifestError
from assetgen.manifest.key_types import Refine
from assetgen.manifest.schema import FILE, normal
from assetgen.plan.refusals import refuse_unsupported
from assetgen.plan.wish import BOX, PARENT, Stored, Wish, World
from assetgen.record.intent import PARENT_ROLE
from assetgen.record.record import Intent


def refined(base: Wish, world: World) -> Wish:
    """The wish for the last step of the asset of ``base``; ``base`` itself if it has none.

    Of the images before the last step, one each is bought. Raises ManifestError for a mask that
    does not exist, UnsupportedOption for a route that cannot edit so.
    """
    made = base
    for step in base.asset.refine:
        made = _step(made, step, world)
    return made


def _step(before: Wish, step: Refine, world: World) -> Wish:
    mask = None
    if step.mask is not None:
        mask = world.digest(step.mask)
        if mask is None:
            cure = advice("add {path}, or correct its name", path=step.mask)
            raise ManifestError(f"the mask {step.mask} does not exist", where=FILE, cure=cure)
    before = replace(before, asset=msgspec.structs.replace(before.asset, candidates=None))
    asset = msgspec.structs.replace(
        before.asset,
        prompt=step.say,
        inputs=(PARENT,),
        mask=step.mask if step.mask is not None else BOX if step.box else None,
        candidates=step.candidates,
    )
    refuse_unsupported(asset)
    intent = msgspec.structs.replace(
        before.intent,
        prompt=normal(step.say),
        values={},
        inputs=[],
        mask=mask,
        box=list(step.box) if step.box else None,
        after=_nested(before.intent),
    )
    made = replace(before, asset=asset, intent=intent, before=before)
    return with_parent(made, world.elsewhere.picture(before))


def _nested(intent: Intent) -> dict[str, Any]:
    stated: dict[str, Any] = msgspec.to_builtins(intent)
    return stated


def with_parent(wish: Wish, stored: Stored | None) -> Wish:
    """``wish`` as a change of the image ``stored``; None if that is not there yet."""
    parent = {"sha256": stored.sha256 if stored else None, "role": PARENT_ROLE}
    asset, size = wish.asset, wish.intent.size
    is_open = asset.asked_size in (None, "auto") and asset.route in route_names.OPENAI
    if is_open and stored and stored.size:
        # Only an answer of the same size can have its outside put back.
        asset, size = msgspec.structs.replace(asset, size=stored.size), stored.size
    before = wish.before
    intent = msgspec.structs.replace(
        wish.intent,
        inputs=[parent],
        size=size,
        after=_nested(before.intent) if before else None,
    )
    return replace(wish, asset=asset, intent=intent)


def reader(
    wish: Wish, read: Callable[[str], bytes], stored: Callable[[Wish], bytes | None]
) -> Callable[[str], bytes]:
    """``read`` for the inputs of a wish, with the image that a step changes, and its mask.

    It raises ManifestError where nobody has that image.
    """
    if wish.before is None:
        return read

    @cache
    def parent() -> bytes:
        if (data := stored(wish)) is None:
            raise no_parent(wish)
        return data

    def found(reference: str) -> bytes:
        if reference == PARENT:
            return parent()
        return box_mask(wish, parent()) if reference == BOX else read(reference)

    return found


def no_parent(wish: Wish) -> ManifestError:
    """The error for a step whose image before it exists nowhere here."""
    return ManifestError(
        f"the image that the step {wish.asset.prompt[:60]!r} changes is not stored here, and no "
        "file has it: it was bought in another clone",
        where=f"{FILE}, asset {wish.asset.id}",
        cure=advice("run the same command in the clone where it was bought"),
    )


def box_mask(wish: Wish, parent: bytes) -> bytes:
    """The mask for the box of a step. Raises ManifestError for a box outside the image."""
    from assetgen.image import decode, keep_outside

    seen = decode.facts(parent)
    x, y, width, height = wish.intent.box or (0, 0, 0, 0)
    if x + width > seen.width or y + height > seen.height:
        raise ManifestError(
            f"the box {[x, y, width, height]} is not inside the image, which has "
            f"{seen.width}x{seen.height} pixels",
            where=f"{FILE}, asset {wish.asset.id}",
            cure=advice("write a box inside the image: [x, y, width, height]"),
        )
    return keep_outside.of_box((x, y, width, height), (seen.width, seen.height))
