"""Where the image of a missing asset is, and why its record cannot be used."""

from __future__ import annotations

from assetgen.plan.decide import Decision, State
from assetgen.plan.reasons import ALIKE, MOVED, RENAMED, UNUSABLE, Reason


def renamed(decision: Decision) -> Reason | None:
    """Where the image of a missing asset is under a former id (``old``): its path (``new``)."""
    return next((one for one in decision.reasons if one.field in (RENAMED, ALIKE)), None)


def moved(decision: Decision) -> Reason | None:
    """Where the main file of a missing asset was moved to (``new``)."""
    return next((reason for reason in decision.reasons if reason.field == MOVED), None)


def unusable(decision: Decision) -> Reason | None:
    """Why the record of a missing asset cannot be used (``new``)."""
    found = (one for one in decision.reasons if str(one.new).startswith(UNUSABLE))
    return next(found, None) if decision.state is State.MISSING else None


def former_id(decision: Decision) -> str | None:
    """The id of an asset before it was renamed, if its image still exists."""
    old = None
    found = renamed(decision)
    if decision.state is State.MISSING and found and found.field == RENAMED:
        old = found.old
    elif decision.state is State.FOREIGN:
        old = decision.reasons[0].old
    return old if old != decision.asset.id else None
