"""What gateways say now about the models that a run will ask, before it buys anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assetgen.errors import AssetgenError, UnsupportedOption
from assetgen.plan import estimates
from assetgen.plan.decide import Action, Decision
from assetgen.plan.workspace import Workspace
from assetgen.settings.conditions import Conditions


def read(project: Workspace, work: Sequence[Decision]) -> list[Decision]:
    """``work`` with what the gateways of its images publish; each is asked once a day."""
    conditions = project.conditions
    if conditions is None:
        return list(work)
    return [
        _described(project, one, conditions)
        if one.action is Action.DRAW and conditions.are_described(one.asset.route or "")
        else one
        for one in work
    ]


def _described(project: Workspace, decision: Decision, conditions: Conditions) -> Decision:
    from assetgen.paid import described  # it loads the client

    wish, route = decision.wish, decision.asset.route or ""
    gateway = project.manifest.gateway.get(route.removeprefix("gateway:"))
    try:
        provider = conditions.provider(route, gateway.channel if gateway else None).with_key()
    except AssetgenError:  # it is raised where the request is made
        return decision
    known = described.describe(provider, wish.model, conditions)
    if known is None or known == wish.descriptor:
        return decision
    wish = replace(wish, descriptor=known)
    estimate = estimates.estimate(
        wish, Action.DRAW, decision.estimate.surface, catalog=conditions.the_catalog
    )
    # What the catalogue refuses is for the service itself to say.
    is_open = isinstance(decision.problem, UnsupportedOption) and known.is_complete
    return decision.but(wish=wish, estimate=estimate, problem=None if is_open else decision.problem)
