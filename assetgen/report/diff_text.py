"""What became of pictures, as text and as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from assetgen.diff.model import Bill, Change, Diff, File, Status, Version, amount
from assetgen.plan.approvals import NONE
from assetgen.report.approving import approval_json, in_words
from assetgen.report.cost import money
from assetgen.report.text import console
from assetgen.text import clean, count

_SAME_PIXELS = "the same pixels: only the encoder, its settings or metadata differ"


def diff(found: Diff, stream: IO[str]) -> None:
    """Print each picture with what became of it, then the sums of each bill."""
    out = console(stream)
    for change in found.changes:
        out.print(clean(f"{change.status:9} {change.name}  {place(change)}"))
        for line in about(change):
            out.print(clean(f"{'':9} {line}"))
    for note in found.notes:
        out.print(clean(f"note: {note}"))
    for bill in found.bills:
        out.print(clean(f"{bill.surface}: {bill_in_words(bill)}"))
    out.print(clean(f"{summary(found)} ({found.base.name} to {found.head.name})"))


def summary(found: Diff) -> str:
    """How many pictures were added, changed and so on."""
    parts = [f"{number} {status}" for status in Status if (number := found.count(status))]
    return ", ".join(parts) or "no picture changed"


def bill_in_words(bill: Bill) -> str:
    """How many pictures a bill has, and the sum of what is known."""
    words = count(bill.pictures, "picture")
    if bill.micros is not None:
        words += f", {money(bill.micros, bill.currency)}"
    if bill.unknown:
        words += f" ({bill.unknown} unknown)" if bill.micros is not None else ", cost unknown"
    return words


def about(change: Change) -> Iterator[str]:
    """Everything about one change, a line each."""
    yield from why(change)
    yield from texts(change)
    yield from costs(change)
    if words := approval(change):
        yield words


def place(change: Change) -> str:
    """The paths of the main file, its size in pixels and in KB, before and after."""
    sides = [one.main for one in (change.before, change.after) if one]
    parts = []
    for what in (_path, pixels, weight):
        values = list(dict.fromkeys(map(what, sides)))
        parts.append(" -> ".join(filter(None, values)))
    more = len(change.shown.files) - 1
    return "  ".join(filter(None, parts)) + (f"  and {count(more, 'more file')}" if more else "")


def _path(file: File) -> str:
    return file.path


def pixels(file: File) -> str:
    """The size of a file in pixels, and its format."""
    if file.width is None:
        return file.missing
    return f"{file.width}x{file.height} {file.format or ''}".rstrip()


def weight(file: File) -> str:
    """The size of a file in KB (1,000 bytes)."""
    if file.bytes is None:
        return ""
    return f"{file.bytes / 1000:.1f} KB" if file.bytes < 10_000 else f"{file.bytes / 1000:,.0f} KB"


def why(change: Change) -> Iterator[str]:
    """The fields that changed, and the reasons that are no fields."""
    for one in change.fields:
        yield one.words
    yield from change.reasons
    if change.status is Status.ENCODED:
        yield _SAME_PIXELS
    elif change.pixels == "unknown":
        yield "its pixels were not compared"
    former = change.before.asset_id if change.before else None
    if former and former != change.shown.asset_id:
        yield f"it was {former} before"


def texts(change: Change) -> Iterator[str]:
    """The alternative text, and what it was before."""
    before, after = change.before, change.after
    if before and after and before.alt != after.alt:
        yield f"alt: {alt(before)} -> {alt(after)}"
    elif change.shown.alt is not None:
        yield f"alt: {alt(change.shown)}"


def alt(version: Version) -> str:
    """The alternative text of a picture, for people."""
    if version.alt is None:
        return "unknown"
    return version.alt or "(decorative)"


def costs(change: Change) -> Iterator[str]:
    """What the newer picture cost, each bill on its own; nothing for what was drawn here."""
    for one in change.bought:
        if one.surface == "none":
            continue
        known = amount(one)
        words = f"{money(known[0], one.currency)} ({known[1]})" if known else "cost unknown"
        yield f"{one.surface}: {words}"


def approval(change: Change) -> str:
    """Whether the newer picture is approved, by whom, and whether in this change."""
    after = change.after
    if after is None or after.asset_id is None:
        return ""
    if after.approval is None or after.objection is not None:
        lost = change.before is not None and change.before.is_approved
        what = "not approved any more" if lost else "not approved"
        return f"{what}: {after.objection}" if after.objection != NONE else what
    words = f"approved {in_words(after.approval)}"
    if change.approved_here:
        words += ", in this change"
        if change.by_author:
            words += " by its author"
        elif change.by_author is None:
            words += "; its authors are not known in this clone"
    return words


# -- data ------------------------------------------------------------------------------------------


def diff_json(found: Diff) -> dict[str, Any]:
    """The same as data."""
    return {
        "base": {"name": found.base.name, "commit": found.base.commit},
        "head": {"name": found.head.name, "commit": found.head.commit},
        "changes": [_change(one) for one in found.changes],
        "bills": [
            {
                "surface": bill.surface,
                "currency": bill.currency,
                "pictures": bill.pictures,
                "micros": bill.micros,
                "unknown": bill.unknown,
            }
            for bill in found.bills
        ],
        "notes": list(found.notes),
    }


def _change(one: Change) -> dict[str, Any]:
    after = one.after
    said = after.approval if after else None
    return {
        "status": one.status.value,
        "id": one.shown.asset_id,
        "path": one.shown.main.path,
        "before": _version(one.before),
        "after": _version(one.after),
        "fields": [{"field": part.name, "old": part.old, "new": part.new} for part in one.fields],
        "why": list(why(one)),
        "pixels": one.pixels,
        "bought": [
            {
                "surface": cost.surface,
                "currency": cost.currency,
                **{name: figure.micros for name, figure in cost.amounts.items()},
            }
            for cost in one.bought
        ],
        "approved": after is not None and after.is_approved,
        "approval": approval_json(said) if said else None,
        "approved_in_this_change": one.approved_here,
        "approved_by_author": one.by_author,
    }


def _version(one: Version | None) -> dict[str, Any] | None:
    if one is None:
        return None
    known = one.known
    return {
        "id": one.asset_id,
        "alt": one.alt,
        "route": known.owner if known else None,
        "surface": known.surface if known else None,
        "draft": known.is_draft if known else False,
        "approved": one.is_approved,
        "files": [
            {
                "path": file.path,
                "sha256": file.sha256,
                "bytes": file.bytes,
                "width": file.width,
                "height": file.height,
                "format": file.format,
                "missing": file.missing or None,
            }
            for file in one.files
        ],
    }
