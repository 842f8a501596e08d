"""What can be sent in a batch, and why the rest is not. Pure."""

from __future__ import annotations

from assetgen.cure import ID, advice
from assetgen.errors import UnsupportedOption
from assetgen.plan import batch_cures
from assetgen.plan.decide import Action, Decision
from assetgen.plan.wish import Wish

#: The only route whose requests are sent in batches.
ROUTE = "images"


def why_left(decision: Decision) -> str | None:
    """Why an image that is to be made is not sent in a batch, if its asset says so."""
    if decision.asset.route != ROUTE:
        route = decision.asset.route or "local"
        return f"route {route} is not sent in a batch; without --batch, generate makes it"
    if decision.asset.images > 1:
        return "candidates are not bought in a batch; without --batch, generate buys them"
    if decision.action is not Action.DERIVE and decision.wish.before is not None:
        return "steps are not bought in a batch; without --batch, generate buys them"
    if decision.action is Action.DERIVE:
        return "its files are made from its original for free; without --batch, generate does it"
    return None


def refuse(wish: Wish) -> None:
    """Raise UnsupportedOption for what no one has seen work in a batch."""
    if wish.asset.mask:
        raise UnsupportedOption(
            "it is not known whether a batch accepts a mask, so none is sent in one",
            cure=advice("without a batch: {generate}", generate=batch_cures.alone(ID)),
        )
    if wish.options.partial_images:
        raise UnsupportedOption(
            "a batch has no previews (partial_images)",
            cure=advice(
                "remove partial_images, or without a batch: {generate}",
                generate=batch_cures.alone(ID),
            ),
        )
