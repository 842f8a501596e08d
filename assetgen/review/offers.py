"""What can be done about an image now. Each is one of the commands, and shows its command line."""

from __future__ import annotations

from collections.abc import Iterator

from assetgen.cure import command
from assetgen.plan.decide import Decision, State
from assetgen.plan.workspace import Workspace
from assetgen.record.schema import Purchase
from assetgen.report.candidates import cost_words
from assetgen.review.facts import Offer, Option
from assetgen.review.pictures import Pictures
from assetgen.settings import agents
from assetgen.settings.conditions import Conditions


def of(decision: Decision, project: Workspace, conditions: Conditions) -> Iterator[Offer]:
    """The offers for one image. Agents get none: only a person approves."""
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


def options(decision: Decision, project: Workspace, pictures: Pictures) -> Iterator[Option]:
    """The candidates of one image, numbered."""
    choices = project.holdings.choices
    asset = decision.asset
    for one in choices.options(decision.wish) if asset.is_painted else ():
        seen, bought = one.candidate, one.purchase
        form = seen.media_type.removeprefix("image/")
        size = f"{seen.width} × {seen.height} {form}"
        is_kept = choices.is_kept(one)
        revised = seen.revised and (seen.revised.text or seen.revised.digest)
        yield Option(
            number=one.number,
            sha256=seen.sha256,
            picture=pictures.of_original(seen.sha256) if is_kept else None,
            picked=one.is_picked,
            facts=" · ".join(filter(None, (size, cost_words(seen.cost)))),
            origin=" · ".join(filter(None, (_model(bought), bought.route.owner))),
            revised=revised or None,
            command=str(
                command("assetgen pick {asset} {number}", asset=asset.id, number=one.number)
            ),
        )


def _model(bought: Purchase) -> str | None:
    answered = bought.response.model if bought.response else None
    return answered or bought.request.body.get("model")
