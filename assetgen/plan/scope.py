"""Which mistakes of a manifest concern some of its assets, and what is left without the others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import msgspec

from assetgen.errors import Mistake, TrustError
from assetgen.manifest.schema import Asset, Manifest
from assetgen.plan.faults import closure, keyed_needs
from assetgen.plan.wish import World


def split(
    manifest: Manifest, mistakes: Iterable[Mistake], ids: Collection[str], world: World
) -> tuple[list[Mistake], list[Mistake]]:
    """The mistakes that concern the assets ``ids``, and the others.

    Those of an asset are its own, those of what it is made from, of its style and its gateway, and
    those that keep the whole file from being used. What only the user may grant concerns all.
    """
    known = closure(manifest, world, ids)
    assets = [asset for asset in manifest.asset if asset.id in known]
    numbers = {number for number, asset in enumerate(manifest.asset) if asset.id in known}
    tables = {table for asset in assets for table in _tables(asset)}
    own: list[Mistake] = []
    others: list[Mistake] = []
    for mistake in mistakes:
        concerns = mistake.error is TrustError or _concerns(mistake, numbers, tables)
        (own if concerns else others).append(mistake)
    return own, others


def _concerns(
    mistake: Mistake, numbers: Collection[int], tables: Collection[tuple[str, str]]
) -> bool:
    key = mistake.key
    if key[:1] == ("check",):
        return False
    if len(key) < 2 or key[0] not in ("asset", "style", "gateway"):
        return True
    return key[1] in numbers if key[0] == "asset" else key[:2] in tables


def _tables(asset: Asset) -> tuple[tuple[str, str], ...]:
    """The tables of the manifest that an asset uses besides its own."""
    route = asset.route or ""
    return (
        ("style", asset.style or ""),
        ("gateway", route.removeprefix("gateway:") if route.startswith("gateway:") else ""),
    )


def without_mistakes(manifest: Manifest, mistakes: Sequence[Mistake], world: World) -> Manifest:
    """``manifest`` with the assets that no mistake concerns, nor any that they are made from."""
    numbers = {one.key[1] for one in mistakes if one.key[:1] == ("asset",) and len(one.key) > 1}
    tables = {one.key[:2] for one in mistakes}
    wrong = {
        asset.id
        for number, asset in enumerate(manifest.asset)
        if number in numbers or not tables.isdisjoint(_tables(asset))
    }
    made_from: dict[str, list[str]] = {}
    for asset in manifest.asset:
        for need in keyed_needs(manifest, asset, world):
            made_from.setdefault(need, []).append(asset.id)
    waiting = list(wrong)
    while waiting:
        more = [one for one in made_from.get(waiting.pop(), ()) if one not in wrong]
        wrong.update(more)
        waiting += more
    kept = tuple(asset for asset in manifest.asset if asset.id not in wrong)
    return msgspec.structs.replace(manifest, asset=kept)
