"""What people are shown of one record: where a picture came from, and who paid for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import IO, Any

from assetgen.errors import StorageError
from assetgen.plan.decide import Decision
from assetgen.plan.describe import describe
from assetgen.report.cost import FIGURE, money
from assetgen.report.text import console
from assetgen.text import clean, count


def show(statement: Mapping[str, Any], decision: Decision | None, stream: IO[str]) -> None:
    """The provenance of one asset, for people."""
    out = console(stream)
    try:
        rows = list(_facts(statement, statement["predicate"]))
    except (LookupError, TypeError, AttributeError):
        raise StorageError("the record lacks parts that every record has") from None
    if decision is not None:
        rows.insert(
            1,
            (
                "state",
                f"{decision.state}" + (f": {describe(decision)}" if decision.reasons else ""),
            ),
        )
    for name, value in rows:
        first, *more = str(value).split("\n")
        out.print(clean(f"{name:10} {first}"))
        for line in more:  # the bar keeps a line from being read as a command to a CI runner
            out.print(clean(f"{'':10} | {line}"))


def _facts(statement: Mapping[str, Any], predicate: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    asset, route, prompt = predicate["asset"], predicate["route"], predicate["prompt"]
    yield "asset", f"{asset['id']} ({asset['kind']})"
    if predicate.get("formerly"):
        yield "formerly", ", ".join(predicate["formerly"])
    yield "alt", asset["alt"] or "(decorative)"
    if asset.get("page"):
        yield "page", asset["page"]
    for seen, subject in zip(predicate["observed"], statement["subject"], strict=False):
        alpha = ", alpha" if seen["alpha"] else ""
        yield "file", f"{subject['name']}  {seen['width']}x{seen['height']} {seen['format']}{alpha}"
        yield "", f"sha256 {subject['digest']['sha256']}"
    yield (
        "route",
        f"{route['owner'] or 'unknown'}" + (f" with {route['client']}" if route["client"] else ""),
    )
    yield (
        "bill",
        {"none": "none: drawn here", None: "unknown"}.get(route["surface"], str(route["surface"])),
    )
    effective = prompt["effective"]
    yield "prompt", (effective["text"] or effective["digest"]) if effective else "none"
    yield from _purchase(predicate)
    for entry in predicate["inputs"]:
        yield "input", f"{entry['role']}: {entry['path']}"
    mark = predicate["marking"]
    yield (
        "marking",
        f"{mark['digitalSourceType'] or 'none'}" + (" (XMP in the file)" if mark["xmp"] else ""),
    )
    if predicate.get("accepted"):
        changed = [*predicate["accepted"]["fields"], *predicate["accepted"]["files"]]
        yield "accepted", ", ".join(changed) or "as it was"
    yield "made by", f"assetgen {predicate['tool']['version']}"


def _purchase(predicate: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """What a paid record says beyond any other; nothing for one that has no such parts."""
    response = predicate.get("response") or {}
    request = predicate.get("request") or {}
    if revised := predicate["prompt"].get("revised"):
        yield "revised", revised["text"] or revised["digest"]
    gateway = predicate["route"].get("gateway") or {}
    asked = response.get("model") or (request.get("body") or {}).get("model")
    served = gateway.get("modelServed")
    if asked or served:
        other = f", answered by {served}" if served and served != asked else ""
        yield "model", f"{asked or 'unknown'}{other}"
    if response.get("requestId") or response.get("createdAt"):
        yield (
            "request",
            f"{response.get('requestId') or 'id unknown'}  {response.get('createdAt') or ''}".rstrip(),
        )
    if attempts := response.get("attempts"):
        yield (
            "attempts",
            f"{count(len(attempts), 'attempt')}: {', then '.join(map(_attempt, attempts))}",
        )
    partial = response.get("partialImages") or {}
    if partial.get("requested") or partial.get("received"):
        yield (
            "previews",
            f"{partial.get('requested', 0)} asked for, {partial.get('received', 0)} received",
        )
    if gateway:
        observed = ", ".join(
            f"{name}: {value}" for name, value in (gateway.get("channelObserved") or {}).items()
        )
        yield "gateway", str(gateway.get("name") or "unknown")
        yield (
            "channel",
            f"declared {gateway.get('channelDeclared') or 'none'}; observed {observed or 'none'}",
        )
    yield from _costs(predicate.get("cost") or {})


def _attempt(attempt: Mapping[str, Any]) -> str:
    said = [
        str(part)
        for part in (attempt.get("status"), attempt.get("retryReason"))
        if part is not None
    ]
    return " ".join(said) or str(attempt.get("outcome", "unknown"))


def _costs(stated: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Each amount with its basis; a picture on somebody's bill without any is said to be unknown."""
    if stated.get("surface") == "none":
        return
    known = {name: stated[name] for name in FIGURE if stated.get(name)}
    for name, amount in known.items():
        shown = money(amount["micros"], amount.get("currency") or stated.get("currency"))
        yield "cost", f"{shown} {FIGURE[name]} ({amount['basis']})"
    if not known and stated.get("surface"):
        yield "cost", "unknown"
