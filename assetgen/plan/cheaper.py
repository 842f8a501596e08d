"""Whether another current model on the same bill draws the same size and quality for far less."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from assetgen.plan import estimates, refusals
from assetgen.plan.cost import Estimate
from assetgen.plan.decide import Action, Decision
from assetgen.plan.wish import Wish
from assetgen.settings.catalog import Catalog, Model

#: How many times less a model must cost to be named.
_TIMES = 3


def model(decision: Decision, known: Catalog, today: date) -> str | None:
    """What to know before the image of ``decision`` is bought; None if no model costs far less."""
    own, wanted = decision.estimate, decision.wish
    if own.surface != "openai-api" or not own.micros:
        return None
    most = own.micros / _TIMES
    found = [
        (estimate.micros, -(other.released or date.min).toordinal(), other.name, estimate)
        for other, estimate in _others(wanted, known, today)
        if estimate.micros and estimate.micros <= most
    ]
    if not found:
        return None
    *_, name, estimate = min(found, key=lambda one: one[:3])
    return (
        f"{name} draws {wanted.intent.size} at {wanted.intent.quality} for {estimate.words}, "
        f"{wanted.model} for {own.words}; whether it draws as well is not known"
    )


def _others(wanted: Wish, known: Catalog, today: date) -> Iterator[tuple[Model, Estimate]]:
    """The models without an announced shutdown that take all that is asked, with their price."""
    for other in known.model.values():
        if other.kind != "image" or other.shutdown or other.name == wanted.model:
            continue
        asked = replace(wanted, model=other.name)
        estimate = estimates.estimate(asked, Action.DRAW, "openai-api", catalog=lambda: known)
        if estimate.micros and not any(refusals.not_accepted(asked, known, today)):
            yield other, estimate
