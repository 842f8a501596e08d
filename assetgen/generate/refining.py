"""The images before the last step of a refined image are made first, and kept, not delivered."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assetgen.errors import StorageError
from assetgen.fs import originals
from assetgen.generate import placing
from assetgen.generate.outcome import billed
from assetgen.image import keep_outside, png
from assetgen.image.keep_outside import Kept
from assetgen.plan import refining
from assetgen.plan.decide import Action, Decision
from assetgen.plan.routing import Drawn, job_for
from assetgen.plan.wish import Wish, parent_of
from assetgen.plan.workspace import Workspace
from assetgen.record.steps import KeepStep

if TYPE_CHECKING:
    from collections.abc import Callable

    from assetgen.generate.outcome import Picture

    _Make = Callable[[Decision], Picture]


class Torn(Exception):
    """A model moved the whole image, so that what is outside the mask cannot be put back."""

    def __init__(self, drawn: Drawn, kept: Kept) -> None:
        super().__init__(words(kept))
        self.drawn, self.kept = drawn, kept


def needs_earlier(decision: Decision) -> bool:
    """Whether the image that the last step changes has to be made first."""
    return decision.wish.before is not None and parent_of(decision.wish) is None


def ready(
    project: Workspace, decision: Decision, make: _Make, placed: Callable[[int], None]
) -> Decision:
    """``decision`` with the image that its last step changes; what is missing is made first.

    ``make`` buys one image; ``placed`` is told the number of its purchase once it is kept. Each
    image is durable before the next is asked for.
    """
    wish = decision.wish
    if wish.before is None or not needs_earlier(decision):
        return decision
    earlier = ready(project, decision.but(wish=wish.before, action=Action.DRAW), make, placed)
    wish = refining.with_parent(replace(wish, before=earlier.wish), None)
    chain = project.holdings.chain
    stored = chain.picture(earlier.wish)
    if stored is None:
        _keep(project, make(earlier), placed)
        stored = chain.picture(earlier.wish)
    if stored is None:
        raise StorageError(f"the image before a step of {decision.asset.id} could not be kept")
    return decision.but(wish=refining.with_parent(wish, stored))


def _keep(project: Workspace, picture: Picture, placed: Callable[[int], None]) -> None:
    """Keep the record of an image beside its original, as if it had been in place."""
    wish = picture.decision.wish
    try:
        originals.keep_record(project.root, wish.key, placing.record_of(picture, wish.place))
    except StorageError as exc:
        raise billed(exc, picture.entry) from exc
    if picture.entry is not None:
        placed(picture.entry)


# -- what is outside a mask ------------------------------------------------------------------------


@dataclass(frozen=True)
class Outside:
    """What became of what is outside a mask, and what to say of it."""

    kept: Kept | None
    """None where nothing could be put back."""
    parent: str = ""
    """sha256 (hex) of the image before the edit."""
    remark: str = ""


def kept_outside(project: Workspace, wish: Wish, data: bytes) -> Outside:
    """The image ``data`` with what is outside the mask of ``wish`` as it was before."""
    job = job_for(project, wish)
    mask = wish.asset.mask
    if mask is None or not job.references:
        return Outside(None)
    before = job.read(job.references[0])
    try:
        kept = keep_outside.keep_outside(before, data, job.read(mask))
    except StorageError as exc:  # it is paid for, and of another size
        return Outside(None, remark=exc.what)
    parent = hashlib.sha256(before).hexdigest()
    if kept.is_torn:
        return Outside(kept, parent, remark=words(kept))
    deep = [one for one in (before, data) if png.depth(one) == _DEEP]
    return Outside(kept, parent, remark=_SHALLOW if deep else "")


_DEEP = 16
_SHALLOW = "16 bits of each channel became 8, because what is outside the mask was put back"


def words(kept: Kept) -> str:
    """What is said of an image that moved as a whole."""
    share = round(100 * kept.moved / max(1, kept.outside))
    return f"the model changed {share} % of what is outside the mask, so nothing was put back"


def step_of(kept: Kept, received: str, parent: str) -> KeepStep:
    """The step that put the outside back, as the record states it."""
    return KeepStep(
        received=f"sha256:{received}",
        parent=f"sha256:{parent}",
        outside=kept.outside,
        changed=kept.changed,
        edge=keep_outside.EDGE,
    )
