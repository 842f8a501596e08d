"""What generate would do: the decisions on the named assets, and what to know before it buys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from msgspec import structs

from assetgen.errors import AssetgenError
from assetgen.manifest import naming
from assetgen.plan import routing
from assetgen.plan.decide import Action, Decision
from assetgen.plan.routing import Job
from assetgen.plan.shards import Shard
from assetgen.plan.wish import PARENT, Wish, parent_of
from assetgen.plan.workspace import Workspace
from assetgen.settings.conditions import Conditions
from assetgen.settings.gateway_profiles import OPENAI
from assetgen.settings.provider import ORIGIN, Provider


def decisions(
    project: Workspace, ids: Iterable[str] = (), shard: Shard | None = None
) -> list[Decision]:
    """The decisions on the assets ``ids``, on all assets if none is named; those of ``shard``.

    The ``problem`` of each is what ``generate`` would refuse it for: the request is made with the
    same code, and not sent. A layout is not drawn. Raises ManifestError for an id that the manifest
    does not list, a pattern that matches none, and a mistake in the manifest.
    """
    named = set(naming.named(project.manifest, ids))
    every = project.decide()
    if shard:
        own = shard.ids(every)
        every = [one for one in every if one.asset.id in own]
    if named:
        every = [one for one in every if one.asset.id in named]
    drawn = Action.DRAW
    return [with_problem(project, one) if one.action is drawn else one for one in every]


def in_batches(
    decided: Iterable[Decision], conditions: Conditions
) -> tuple[list[Decision], list[tuple[str, str]]]:
    """What would be sent in batches, with its price there; and (asset, why) of the rest.

    What generate does not make is part of the first, as it is.
    """
    from assetgen.plan import batch_rules

    found, left = [], []
    for one in decided:
        if one.action in (Action.NOTHING, Action.WAIT, Action.CHOOSE):
            found.append(one)
        elif why := batch_rules.why_left(one):
            left.append((one.asset.id, why))
        else:
            found.append(_in_a_batch(one, conditions))
    return found, left


def _in_a_batch(decision: Decision, conditions: Conditions) -> Decision:
    from assetgen.plan import batch_price, batch_rules

    wish = decision.wish
    try:
        batch_rules.refuse(wish)
    except AssetgenError as exc:
        return decision.but(problem=decision.problem or exc.about(wish.asset.id))
    priced = batch_price.estimate(decision.estimate, wish.model, conditions.catalog)
    return decision.but(estimate=priced)


def untried(decided: Iterable[Decision], conditions: Conditions) -> list[str]:
    """Which models no one is known to have used in a batch."""
    from assetgen.plan import batch_price

    models = dict.fromkeys(one.wish.model for one in decided if _is_bought(one))
    tried = conditions.catalog
    return [
        f"{name} in a batch is untried: no one has published that it works, or its price there"
        for name in models
        if not batch_price.is_tried(name, tried)
    ]


def with_problem(project: Workspace, decision: Decision) -> Decision:
    """The decision with the error for which ``generate`` would refuse its request."""
    if decision.problem is not None:
        return decision
    asset = decision.asset
    try:
        routing.refuse(_job(project, decision.wish), _provider(project, asset.route or ""))
    except AssetgenError as exc:
        place = project.world().place(asset.id, "id")
        return decision.but(problem=exc.about(asset.id, place))
    return decision


def _job(project: Workspace, wish: Wish) -> Job:
    """The job, with a stand-in for each image of another asset that does not exist yet."""
    lacking = {f"@{need}" for need in wish.needs if not _exists(project, need)}
    is_step = wish.before is not None and parent_of(wish) is None
    lacking |= {PARENT} if is_step else set()
    if lacking and wish.asset.mask:  # its size could not be compared
        wish = replace(wish, asset=structs.replace(wish.asset, mask=None))
    job = routing.job_for(project, wish)
    return replace(job, read=lambda name: _stand_in() if name in lacking else job.read(name))


@cache
def _stand_in() -> bytes:
    from assetgen.image import png  # it loads an encoder

    return png.encode(1, 1, bytes(3), alpha=False)


def _exists(project: Workspace, asset_id: str) -> bool:
    return project.tree.digest(project.paths[asset_id]) is not None


def _provider(project: Workspace, route: str) -> Provider | None:
    """Where a request would go; for what is not configured here, a provider that accepts all."""
    if not routing.is_paid(route):
        return None
    gateway = project.manifest.gateway.get(route.removeprefix("gateway:"))
    try:
        if project.conditions is not None:
            return project.conditions.provider(route, gateway.channel if gateway else None)
    except AssetgenError:  # `assetgen routes` says what is missing
        pass
    return Provider(surface=route, base_url=ORIGIN, profile=OPENAI, key_env=None)


def warnings(project: Workspace, decided: Sequence[Decision], conditions: Conditions) -> list[str]:
    """What the catalogue says of the models, then the limits that buying all images would exceed.

    Before them, which images were requested already.

    Raises TrustError for an entry of the user's catalogue that is not usable.
    """
    bought = [one for one in decided if _is_bought(one)]
    if not bought and not conditions.config.model:
        return []
    from assetgen.paid import limits
    from assetgen.plan import notices

    return [
        *_requested(project, bought, decided),
        *notices.warnings(decided, conditions.catalog, conditions.today()),
        *limits.excess(bought, conditions.config),
    ]


def _requested(
    project: Workspace, bought: Sequence[Decision], decided: Sequence[Decision]
) -> Iterator[str]:
    """Which images have an open purchase: generate uses what came, and does not buy them again."""
    if not bought:
        return
    from assetgen.paid import journal
    from assetgen.paid.claims import Claims

    try:
        entries = journal.read_open(project.root)
        is_all = not entries or len(decided) == len(project.manifest.asset)
        claims = Claims(entries, decided if is_all else project.decide())
    except AssetgenError:  # generate and doctor report it
        return
    by_want = {one.want: one for one in reversed(entries)}
    by_number = {one.number: one for one in reversed(entries)}
    for decision in bought:
        wish = decision.wish
        inherited = (by_number[number] for number in claims.of(wish))
        own = (by_want[key] for key in wish.keys if key in by_want)
        if one := next(own, None) or next(inherited, None):
            former = f"as asset {one.asset_id} " if one.want not in wish.keys else ""
            yield (
                f"asset {wish.asset.id} was requested {former}on {one.began}; without --force, "
                "generate uses what was received, and buys nothing"
            )


def _is_bought(decision: Decision) -> bool:
    is_drawn = decision.action is Action.DRAW and decision.problem is None
    return is_drawn and routing.is_bought(decision.asset.route)
