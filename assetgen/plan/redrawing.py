"""Images that only the layouts of a newer assetgen make stale: they are drawn again on request."""

from __future__ import annotations

from assetgen.plan.decide import Decision, State
from assetgen.plan.reasons import OLDER


def is_older(decision: Decision) -> bool:
    """Whether an image is as asked for, but was drawn by an older assetgen."""
    is_stale = decision.state is State.STALE and bool(decision.reasons)
    return is_stale and all(reason.new == OLDER for reason in decision.reasons)
