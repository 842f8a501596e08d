"""What can be done about an image now. Each is one of the commands, and shows its command line."""

from __future__ import annotations

from collections.abc import Iterator

from assetgen.cure import command
from assetgen.plan.decide import Decision, State
from assetgen.plan.workspace import Workspace
from assetgen.review.facts import Offer
from assetgen.settings import agents
from assetgen.settings.conditions import Conditions


def of(decision: Decision, project: Workspace, conditions: Conditions) -> Iterator[Offer]:
    """The offers for one image. Agents get none: only a person judges."""
    if agents.sign_of(conditions.environ):
        return
    asset_id = decision.asset.id
    verdict = project.approvals.verdict(decision)
    if decision.state is State.FRESH and not verdict.is_approved:
        line = command("assetgen approve {asset_id}", asset_id=asset_id)
        yield Offer(action="approve", key="A", words="Approve", command=str(line))
    if project.approvals.at(asset_id):
        line = command("assetgen revoke {asset_id}", asset_id=asset_id)
        yield Offer(action="revoke", key="U", words="Take approval back", command=str(line))
