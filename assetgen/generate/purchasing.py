"""One asset whose image is bought: alone, as candidates, or after the images that it changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial

from assetgen.errors import AssetgenError
from assetgen.fs import store
from assetgen.generate import choosing, refining
from assetgen.generate.buyer import Buyer
from assetgen.generate.making import Maker
from assetgen.generate.outcome import Made
from assetgen.generate.slots import Turn
from assetgen.plan.decide import Decision
from assetgen.plan.workspace import Workspace

Purchased = tuple[Made | None, store.Batch, Sequence[AssetgenError]]


def purchased(
    project: Workspace,
    buyer: Buyer,
    maker: Maker,
    decision: Decision,
    *,
    make: Callable[..., Made],
    turn: Turn,
) -> Purchased:
    """What was bought, a batch with its files, and each failure by itself.

    ``make`` makes one image with the files for its place. Raises NotBegun, and an AssetgenError if
    there is no image.
    """
    if refining.needs_earlier(decision):
        with closing(buyer.slots.turns(turn)) as turns:
            one = partial(maker.make_next, turns)
            decision = refining.ready(project, decision, one, buyer.placed)
            last = next(turns)
            return purchased(project, buyer, maker, decision, make=make, turn=last)
    batch = store.Batch(project.root)
    if choosing.is_choice(buyer, decision):
        return choosing.made(project, buyer, decision, batch=batch, turn=turn)
    try:
        return make(decision, batch, turn=turn), batch, ()
    except refining.Torn as torn:
        made = choosing.torn(project, buyer, decision, torn=torn, batch=batch, turn=turn)
        return made, batch, ()
