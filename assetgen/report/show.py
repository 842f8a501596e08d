"""One record for people: where an image came from, and who paid for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

import msgspec
from msgspec import UNSET

from assetgen.errors import StorageError
from assetgen.plan import weight
from assetgen.plan.approvals import Verdict
from assetgen.plan.decide import Decision
from assetgen.plan.describe import describe
from assetgen.plan.provenance import Provenance
from assetgen.record.intent import PARENT_ROLE
from assetgen.record.schema import (
    Attempt,
    Costs,
    Predicate,
    RecordedResponse,
    RecordedStep,
    Statement,
)
from assetgen.record.steps import EncodeStep
from assetgen.report.approving import verdict_in_words, verdict_json
from assetgen.report.candidates import cost_words
from assetgen.report.cost import FIGURE, money
from assetgen.report.plan import chosen_in_words
from assetgen.report.text import console
from assetgen.route_names import ADOPTED
from assetgen.text import clean, count


def show(
    statement: Mapping[str, Any],
    decision: Decision | None,
    stream: IO[str],
    path: str = "",
    approval: Verdict | None = None,
) -> None:
    """The provenance of one asset, for people; ``path`` is where its record is."""
    out = console(stream)
    try:
        stated = msgspec.convert(statement, Statement)
    except msgspec.ValidationError:
        raise StorageError("the record is incomplete") from None
    rows = [*facts(stated), *([("record", path)] if path else [])]
    if decision is not None and decision.asset.max_kb is not None:
        rows.append(("limit", f"{decision.asset.max_kb:,} kB for each file (max_kb)"))
    if approval is not None:
        rows.append(("approved", verdict_in_words(approval)))
    if decision is not None:
        rows.insert(
            1,
            (
                "state",
                f"{decision.state}" + (f": {describe(decision)}" if decision.reasons else ""),
            ),
        )
        if left := chosen_in_words(decision):
            rows.insert(2, ("by its id", left))
    for name, value in rows:
        first, *more = str(value).split("\n")
        out.print(clean(f"{name:10} {first}"))
        for line in more:  # the bar keeps a line from being read as a command to a CI runner
            out.print(clean(f"{'':10} | {line}"))


def show_all(every: Sequence[Provenance], stream: IO[str]) -> None:
    """The provenance of several assets, with an empty line between two."""
    for number, one in enumerate(every):
        if number:
            stream.write("\n")
        show(one.statement, one.decision, stream, one.path, approval=one.approval)


def show_json(one: Provenance) -> dict[str, Any]:
    """The record of one asset as data, and whether its picture is approved."""
    return {**one.statement, **verdict_json(one.approval)}


def facts(statement: Statement) -> Iterable[tuple[str, str]]:
    """What is known of one asset from its record: each name with its value; names may repeat."""
    predicate = statement.predicate
    asset, route, marking = predicate.asset, predicate.route, predicate.marking
    yield "asset", f"{asset.id} ({asset.kind})" if asset.kind else asset.id
    if predicate.formerly:
        yield "formerly", ", ".join(predicate.formerly)
    if asset.collection:
        yield "collection", asset.collection
    yield "alt", asset.alt or "(decorative)"
    if asset.page:
        yield "page", asset.page
    for file in asset.data or ():
        yield "data", file.path
    steps = predicate.derive.steps if predicate.derive else ()
    encoded = [step for step in steps if isinstance(step, EncodeStep)]
    for number, (seen, subject) in enumerate(
        zip(predicate.observed, statement.subject, strict=False)
    ):
        alpha = ", alpha" if seen.alpha else ""
        weighs = "" if seen.bytes is UNSET else f", {weight.in_kb(seen.bytes)} kB"
        yield "file", f"{subject.name}  {seen.width}x{seen.height} {seen.format}{alpha}{weighs}"
        if number < len(encoded) and (how := weight.words(msgspec.to_builtins(encoded[number]))):
            yield "", how
        yield "", f"sha256 {subject.digest.sha256}"
    if (whole := predicate.original) and whole.width:
        yield "original", f"{whole.width}x{whole.height} {whole.media_type}".rstrip()
    client = f" with {route.client}" if route.client else ""
    is_adopted = predicate.intent.get("medium") == ADOPTED
    yield "route", f"{route.owner or (ADOPTED if is_adopted else 'unknown')}{client}"
    unknown = "-" if is_adopted else "unknown"
    yield "bill", "none: drawn here" if route.surface == "none" else route.surface or unknown
    effective = predicate.prompt.effective
    yield "prompt", (effective.text or effective.digest) if effective else "none"
    yield from _purchase(predicate)
    yield from _steps(predicate)
    for entry in predicate.inputs:
        yield "input", _input(entry)
    xmp = " (XMP in the file)" if marking.xmp else ""
    yield "marking", f"{marking.digital_source_type or 'none'}{xmp}"
    if predicate.accepted:
        changed = [*predicate.accepted.fields, *predicate.accepted.files]
        yield "accepted", ", ".join(changed) or "as it was"
    yield "made by", f"assetgen {predicate.tool.version}"


def _purchase(predicate: Predicate) -> Iterable[tuple[str, str]]:
    """The further facts of a paid image; nothing for an image that has no such parts."""
    response = predicate.response or RecordedResponse()
    gateway = predicate.route.gateway
    if revised := predicate.prompt.revised:
        yield "revised", revised.text or revised.digest
    in_request = predicate.request.body.get("model") if predicate.request else None
    asked = response.model or in_request
    served = gateway.model_served if gateway else None
    if asked or served:
        other = f", answered by {served}" if served and served != asked else ""
        yield "model", f"{asked or 'unknown'}{other}"
    if response.request_id or response.created_at:
        named = response.request_id or "id unknown"
        yield "request", f"{named}  {response.created_at or ''}".rstrip()
    if batch := response.batch:
        yield "batch", f"{batch.id}, line {batch.line}, {batch.custom_id}"
    if attempts := response.attempts:
        how = ", then ".join(map(_attempt, attempts))
        yield "attempts", f"{count(len(attempts), 'attempt')}: {how}"
    previews = response.partial_images
    if previews and (previews.requested or previews.received):
        yield "previews", f"{previews.requested} asked for, {previews.received} received"
    if gateway:
        observed = (gateway.channel_observed or {}).items()
        found = ", ".join(f"{name}: {value}" for name, value in observed)
        yield "gateway", gateway.name or "unknown"
        declared = gateway.channel_declared or "none"
        yield "channel", f"declared {declared}; observed {found or 'none'}"
    yield from _costs(predicate.cost)
    for number, one in enumerate(predicate.candidates or (), start=1):
        words = cost_words(one.cost)
        said = ", ".join(filter(None, ["picked" if one.picked else "not picked", words]))
        size = f"{one.width}x{one.height}, {one.bytes} bytes"
        yield "candidate", f"{number}  sha256 {one.sha256[:12]}  {size}  ({said})"


def _steps(predicate: Predicate) -> Iterable[tuple[str, str]]:
    """Each image of a refined one, the first one first: what was asked, and what it cost."""
    if not predicate.refined:
        return
    intents: list[Mapping[str, Any]] = [predicate.intent]
    while isinstance(after := intents[0].get("after"), Mapping):
        intents.insert(0, after)
    made: list[RecordedStep | Predicate] = [*predicate.refined, predicate]
    for number, one in enumerate(made):
        intent = intents[number] if len(intents) == len(made) else {}
        said = one.prompt.effective
        words = ((said.text or said.digest) if said else "none").split("\n")[0]
        where = "with a mask" if intent.get("mask") else ""
        if box := intent.get("box"):
            where = f"box {','.join(map(str, box))}"
        request = one.response.request_id if one.response else None
        parts = [where, f"request {request or 'unknown'}", cost_words(one.cost)]
        name = f"step {number}" if number else "first"
        yield name, f"{words}  ({', '.join(filter(None, parts))})"


def _input(entry: Mapping[str, Any]) -> str:
    """An image that was sent: its path, or which one it is."""
    if entry.get("role") == PARENT_ROLE:
        return f"the image before this step, sha256 {str(entry.get('sha256'))[:12]}"
    return f"{entry.get('role')}: {entry.get('path')}"


def _attempt(attempt: Attempt) -> str:
    known = [str(part) for part in (attempt.status, attempt.retry_reason) if part is not None]
    return " ".join(known) or attempt.outcome


def _costs(costs: Costs) -> Iterable[tuple[str, str]]:
    """Each amount with its basis; "unknown" for an image on a bill without any amount."""
    if costs.surface == "none":
        return
    known = {name: amount for name in FIGURE if (amount := getattr(costs, name))}
    for name, amount in known.items():
        shown = money(amount.micros, amount.currency or costs.currency)
        yield "cost", f"{shown} {FIGURE[name]} ({amount.basis})"
    if not known and costs.surface:
        yield "cost", "unknown"
