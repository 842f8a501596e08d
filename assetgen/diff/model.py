"""The pictures of two sides, compared: what was added, changed, moved or removed, and why. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from assetgen.plan import weight
from assetgen.plan.describe import reason_in_words
from assetgen.plan.reasons import WEIGHT
from assetgen.record import record
from assetgen.record.approval import Approval
from assetgen.record.intent import chain, of_steps
from assetgen.record.ledger import Expense
from assetgen.record.record import Record


class Status(StrEnum):
    """What became of a picture."""

    ADDED = "added"
    CHANGED = "changed"
    ENCODED = "encoded"
    """Its bytes differ and its pixels do not."""
    MOVED = "moved"
    """The same bytes under another id or path."""
    DESCRIBED = "described"
    """The same bytes; its text, its record or its approval changed."""
    REMOVED = "removed"


@dataclass(frozen=True)
class File:
    """One file of a picture; what is not known is None."""

    path: str
    sha256: str | None
    bytes: int | None = None
    width: int | None = None
    height: int | None = None
    format: str | None = None
    missing: str = ""
    """Why its bytes are not here, if they are not."""


@dataclass(frozen=True)
class Version:
    """A picture on one side."""

    asset_id: str | None
    """None if no asset has it."""
    files: tuple[File, ...]
    """The main one first."""
    alt: str | None = None
    known: Record | None = None
    formerly: tuple[str, ...] = ()
    expenses: tuple[Expense, ...] = ()
    approval: Approval | None = None
    objection: str | None = None
    """Why it is not approved; None if it is."""
    encoder: str | None = None

    @property
    def main(self) -> File:
        return self.files[0]

    @property
    def is_approved(self) -> bool:
        return self.approval is not None and self.objection is None

    @property
    def digests(self) -> Mapping[str, str | None]:
        return {file.path: file.sha256 for file in self.files}

    @property
    def is_as_recorded(self) -> bool:
        """Whether its files are as its record says; True without a record."""
        known = self.known
        return known is None or all(
            known.subject.get(file.path) == file.sha256 for file in self.files
        )


@dataclass(frozen=True)
class Field:
    """One part of the intent, or of what is derived, that differs."""

    name: str
    old: Any
    new: Any

    @property
    def words(self) -> str:
        return reason_in_words(self.name, self.old, self.new)


@dataclass(frozen=True)
class Change:
    """What became of one picture."""

    status: Status
    before: Version | None
    after: Version | None
    fields: tuple[Field, ...] = ()
    reasons: tuple[str, ...] = ()
    """Why, in words, where it is no field of the intent."""
    pixels: str | None = None
    """Whether pixels are "equal", "differ" or are "unknown", where two files were compared."""
    approved_here: bool = False
    """Whether its approval is part of the change."""
    by_author: bool | None = None
    """Whether who approved it changed it too; None if that is not known."""
    thumbnails: tuple[str | None, str | None] = field(default=(None, None), repr=False)
    """Small pictures of both sides as data URLs, if they were asked for."""

    @property
    def shown(self) -> Version:
        """The newer side that exists."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def name(self) -> str:
        """The id of the asset, else the path of the file."""
        return self.shown.asset_id or self.shown.main.path

    @property
    def bought(self) -> tuple[Expense, ...]:
        """What the newer picture cost, if the older one is of another purchase."""
        if self.after is None or (self.after.known and self.after.known.reason == "accepted"):
            return ()
        old = {one.purchase for one in self.before.expenses} if self.before else set()
        return tuple(one for one in self.after.expenses if one.purchase not in old)


@dataclass(frozen=True)
class End:
    """One end of what is compared."""

    name: str
    """As the user named it; "working tree"."""
    commit: str | None
    """The whole id; None for the working tree."""


@dataclass(frozen=True)
class Diff:
    """All that changed, in the order of ids and paths."""

    base: End
    head: End
    changes: tuple[Change, ...]
    notes: tuple[str, ...] = ()
    """What could not be compared."""

    def count(self, status: Status) -> int:
        return sum(one.status is status for one in self.changes)

    @property
    def bills(self) -> tuple[Bill, ...]:
        """What the new pictures cost, each bill and each currency on its own."""
        found: dict[tuple[str, str | None], list[Expense]] = {}
        seen: set[tuple[str | None, ...]] = set()
        for change in self.changes:
            new = [one for one in change.bought if one.purchase not in seen]
            seen.update(one.purchase for one in new)
            for one in new:
                if one.surface != "none":
                    found.setdefault((one.surface, one.currency), []).append(one)
        return tuple(_bill(*key, found[key]) for key in sorted(found, key=str))


@dataclass(frozen=True)
class Bill:
    """One bill in one currency; ``micros`` is the sum of what is known."""

    surface: str
    currency: str | None
    pictures: int
    micros: int | None
    unknown: int
    """Pictures for which no amount is known."""


def amount(one: Expense) -> tuple[int, str] | None:
    """The most certain amount of an expense, in micros, and the name of the figure."""
    for name in ("provider", "usage", "estimate"):
        found = one.amounts.get(name)
        if found is not None:
            return found.micros, name
    return None


def _bill(surface: str, currency: str | None, found: Sequence[Expense]) -> Bill:
    known = [known[0] for one in found if (known := amount(one))]
    return Bill(
        surface,
        currency,
        pictures=sum(one.pictures for one in found),
        micros=sum(known) if known else None,
        unknown=len(found) - len(known),
    )


# -- two versions ----------------------------------------------------------------------------------


def compared(before: Version | None, after: Version | None) -> Change | None:
    """What became of a picture, as far as digests say; None if nothing did."""
    if before is None or after is None:
        if before is after:
            return None
        status = Status.ADDED if before is None else Status.REMOVED
        return Change(status, before, after, reasons=tuple(_by_hand(before, after)))
    fields = tuple(fields_between(before.known, after.known))
    if list(before.digests.values()) == list(after.digests.values()):
        is_moved = before.asset_id != after.asset_id or [*before.digests] != [*after.digests]
        is_same = before.alt == after.alt and not fields
        is_same = is_same and before.is_approved == after.is_approved
        if is_moved:
            return Change(Status.MOVED, before, after, fields)
        return None if is_same else Change(Status.DESCRIBED, before, after, fields)
    reasons = [*_by_hand(before, after)]
    reasons += [] if fields or reasons else _otherwise(before, after)
    return Change(Status.CHANGED, before, after, fields, reasons=tuple(reasons))


def fields_between(before: Record | None, after: Record | None) -> Iterator[Field]:
    """The parts of the intent, and of what is derived, in which two records differ."""
    if before is None or after is None:
        return
    for name, was, now in _asked_otherwise(_intent(before), _intent(after)):
        yield Field(name, was, now)
    fits = [[dict(step) for step in one.steps if step["op"] == "fit"] for one in (before, after)]
    if fits[0] != fits[1]:
        yield Field("fit", next(iter(fits[0]), None), next(iter(fits[1]), None))
    if list(before.subject) != list(after.subject):
        yield Field("files", ", ".join(before.subject), ", ".join(after.subject))
    limits = [weight.fitted_to(one) for one in (before, after)]
    if limits[0] != limits[1]:
        yield Field(WEIGHT, *limits)


def _asked_otherwise(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """What differs in what was asked for: before all steps, and in the steps."""
    before, after = ([dict(one) for one in chain(whole)] for whole in (old, new))
    if _has_digest(before[0]) != _has_digest(after[0]):
        before, after = ([*map(_with_digest, side)] for side in (before, after))
    changes = [*record.changes(before[-1], after[-1]), *of_steps(before, after)]
    return changes or list(record.changes(before[0], after[0]))


def _has_digest(intent: dict[str, Any]) -> bool:
    return str(intent.get("prompt", "")).startswith("sha256:")


def _intent(known: Record) -> dict[str, Any]:
    return {name: value for name, value in known.intent.items() if name != "digest"}


def _with_digest(intent: dict[str, Any]) -> dict[str, Any]:
    prompt = str(intent.get("prompt") or "")
    is_digest = not prompt or prompt.startswith("sha256:")
    return intent if is_digest else {**intent, "prompt": record.digest_text(prompt)}


def _by_hand(before: Version | None, after: Version | None) -> Iterator[str]:
    """What no record explains."""
    if after is None:
        return
    if after.asset_id is None:
        yield "no asset has it"
    elif after.known is None:
        yield "it has no record"
    elif not after.is_as_recorded:
        yield "it is not as its record says: it was changed after assetgen made it"
    elif after.known.is_draft:
        yield "it is a placeholder image"
    elif after.known.reason in ("adopted", "accepted") and (
        before is None or before.known is None or before.known.reason != after.known.reason
    ):
        is_adopted = after.known.reason == "adopted"
        yield "it was adopted from a file" if is_adopted else "it was accepted as it is"


def _otherwise(before: Version, after: Version) -> Iterator[str]:
    """Why a picture differs although the same was asked for."""
    old, new = before.known, after.known
    if old is None or new is None:
        return
    if old.is_draft and not new.is_draft:
        yield "the picture takes the place of a placeholder image"
    elif old.original != new.original and new.owner != "local":
        yield "another picture for the same request"
    elif list(old.steps) != list(new.steps):
        yield "its files are encoded in another way"
    elif before.encoder != after.encoder:
        yield f"another encoder: {before.encoder or 'unknown'} -> {after.encoder or 'unknown'}"
    elif old.version != new.version:
        yield f"made with assetgen {new.version}, before with {old.version}"


# -- moved pictures --------------------------------------------------------------------------------


def paired(
    before: Mapping[str, Version], after: Mapping[str, Version]
) -> Iterator[tuple[Version | None, Version | None]]:
    """The versions of both sides, by id or path; what was renamed is one pair."""
    left = {name: one for name, one in before.items() if name not in after}
    by_bytes: dict[tuple[str | None, ...], list[str]] = {}
    for name, one in left.items():
        by_bytes.setdefault(tuple(one.digests.values()), []).append(name)
    for name, one in after.items():
        if name in before:
            yield before[name], one
            continue
        same = [old for old in by_bytes.get(tuple(one.digests.values()), ()) if old in left]
        old = next((old for old in one.formerly if old in left), None) or next(iter(same), None)
        yield (left.pop(old) if old else None), one
    for one in left.values():
        yield one, None


def approved(change: Change, here: bool, authors: frozenset[str] | None) -> Change:
    """``change`` with what is known of its approval: ``authors`` are the addresses, in lower case,
    of who changed the picture; None if that is not known."""
    after = change.after
    if not here or after is None or after.approval is None or not after.is_approved:
        return change
    by = after.approval.by.email.lower()
    return replace(change, approved_here=True, by_author=None if authors is None else by in authors)
