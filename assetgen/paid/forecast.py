"""What generate would do: the decisions on the named assets, and what to know before it buys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assetgen.paid import limits
from assetgen.plan import decide, routing
from assetgen.plan.decide import Action, Decision
from assetgen.plan.workspace import Workspace
from assetgen.settings.conditions import Conditions


def decisions(project: Workspace, ids: Iterable[str] = ()) -> list[Decision]:
    """The decisions on the assets ``ids``, on all assets if none is named.

    Raises ManifestError for an id that the manifest does not list, and for a mistake in it.
    """
    named = {project.manifest.find(asset_id).id for asset_id in ids}
    return [one for one in project.decide() if not named or one.asset.id in named]


def warnings(decided: Sequence[Decision], conditions: Conditions) -> list[str]:
    """What the catalogue says of the models, then the limits that buying all images would exceed.

    Raises TrustError for an entry of the user's catalogue that is not usable.
    """
    bought = [one for one in decided if _is_bought(one)]
    return [
        *decide.warnings(decided, conditions.catalog, conditions.today()),
        *limits.excess(bought, conditions.config),
    ]


def _is_bought(decision: Decision) -> bool:
    is_drawn = decision.action is Action.DRAW and decision.problem is None
    return is_drawn and routing.is_bought(decision.asset.route)
