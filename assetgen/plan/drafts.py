"""Assets with ``draft = true``: a placeholder until their author says more."""

from __future__ import annotations

from collections.abc import Mapping

from assetgen import route_names
from assetgen.cure import Cure, advice
from assetgen.errors import ManifestError, UnsupportedOption
from assetgen.manifest import grounds
from assetgen.manifest.schema import Asset
from assetgen.plan.reasons import Reason
from assetgen.plan.wish import Wish, World
from assetgen.record.record import Record

_SAID = "= true in assets.toml"


def reason(asset: Asset) -> Reason:
    """Why the image of ``asset`` is a placeholder."""
    return Reason("draft", new=_SAID if asset.draft else f"{asset.route} has not drawn it yet")


def finished(asset: Asset, record: Record) -> tuple[Reason, Cure] | None:
    """Why no placeholder replaces the image of a record, and the cure; None if one may."""
    is_free = record.is_draft or not (record.original or record.is_brought)
    if not asset.draft or is_free:
        return None
    cure = advice("remove draft = true from asset {asset}", asset=grounds.entry_of(asset))
    return Reason("draft", new=f"{_SAID}, but its image was finished before"), cure


def waiting(wanted: Wish, drafts: Mapping[str, str], world: World) -> UnsupportedOption | None:
    """Why a model cannot draw ``wanted`` yet: it would be sent the placeholder of a draft.

    ``drafts`` are the ids of all drafts, each with that of its entry in assets.toml.
    """
    unfinished = [need for need in wanted.needs if need in drafts]
    if not unfinished or wanted.asset.is_local:
        return None
    return UnsupportedOption(
        f"it is made from @{unfinished[0]}, which is a draft; nothing is sent before that is done",
        where=world.place(wanted.asset.id, "inputs"),
        cure=advice(
            "finish asset {draft}, then remove draft = true from it", draft=drafts[unfinished[0]]
        ),
    )


def no_draft(wanted: Wish, world: World) -> Wish:
    """``wanted``, which an image is brought for. Raises ManifestError if it is a draft."""
    if not wanted.asset.draft:
        return wanted
    raise ManifestError(
        f"asset {wanted.asset.id} says draft = true, so no image is adopted for it",
        where=world.place(wanted.asset.id, "draft"),
        cure=advice(
            'write route = "{route}" in place of draft = true, then run the same command again',
            route=route_names.ADOPTED,
        ),
    )
