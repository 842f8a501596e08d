"""What can be done about an image now. Each is one of the commands, and shows its command line."""

from __future__ import annotations

from collections.abc import Iterator

from assetgen.cure import command
from assetgen.errors import StorageError
from assetgen.fs import originals
from assetgen.image import decode
from assetgen.plan.decide import Decision, State
from assetgen.plan.workspace import Workspace
from assetgen.record.record import Record, Unusable
from assetgen.record.schema import Purchase
from assetgen.report.candidates import cost_words
from assetgen.review.facts import Base, Offer, Option
from assetgen.review.pictures import Pictures
from assetgen.settings import agents
from assetgen.settings.conditions import Conditions


def of(decision: Decision, project: Workspace, conditions: Conditions) -> Iterator[Offer]:
    """The offers for one image. Agents approve nothing: only a person does."""
    asset_id = decision.asset.id
    is_person = agents.sign_of(conditions.environ) is None
    verdict = project.approvals.verdict(decision)
    if is_person and decision.state is State.FRESH and not verdict.is_approved:
        line = command("assetgen approve {asset_id}", asset_id=asset_id)
        yield Offer(action="approve", key="A", words="Approve", command=str(line))
    if is_person and project.approvals.at(asset_id):
        line = command("assetgen revoke {asset_id}", asset_id=asset_id)
        yield Offer(action="revoke", key="U", words="Take approval back", command=str(line))
    if decision.asset.refine:
        line = command("assetgen refine {asset_id} --undo", asset_id=asset_id)
        yield Offer(action="unrefine", key="", words="Take the last step out", command=str(line))


def base(
    decision: Decision, known: Record | Unusable | None, project: Workspace, pictures: Pictures
) -> Base | None:
    """The original that a refinement of one image would change, if this clone has it."""
    is_refinable = decision.asset.is_painted and decision.state is State.FRESH
    if not is_refinable or not isinstance(known, Record) or known.original is None:
        return None
    data = originals.read(project.root, known.original)
    if data is None:
        return None
    try:
        size = decode.facts(data)
    except StorageError:
        return None
    picture = pictures.of_original(known.original)
    return Base(picture=picture, width=size.width, height=size.height)


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
