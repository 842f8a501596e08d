"""Files that are heavier than their limit, or that were made to fit another one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from assetgen.image.steps import Fitting
from assetgen.manifest.key_types import KB
from assetgen.manifest.target import Target
from assetgen.plan.reasons import WEIGHT, Reason, place_of_original
from assetgen.plan.wish import Wish, World
from assetgen.record.record import Record

Weigh = Callable[[str], int | None]


def reason(wanted: Wish, record: Record, weigh: Weigh) -> Reason | None:
    """Why files are to be made again because of what they weigh; None if they are not.

    ``weigh`` is asked for the bytes of a file of which the record does not say them.
    """
    limit = wanted.asset.max_kb
    encoded = [step for step in record.steps if step.get("op") == "encode"]
    if (
        (limit is None and fitted_to(record) is None)
        or record.is_draft
        or record.reason == "accepted"
    ):
        return None
    if list(record.subject) != list(wanted.paths) or len(encoded) != len(record.subject):
        return None  # other files are asked for: all are made again
    other = next((step["max_kb"] for step in encoded if step.get("max_kb", limit) != limit), None)
    if other is not None:
        return Reason(WEIGHT, other, limit)
    if limit is None:
        return None
    known = {one.path: one.bytes for one in record.observed if one.bytes is not msgspec.UNSET}
    for target, step in zip(wanted.targets, encoded, strict=True):
        if "max_kb" in step or is_left(record, target):
            continue
        size = known[target.path] if target.path in known else weigh(target.path)
        if size is not None and size > limit * KB:
            return Reason(WEIGHT, new=f"is {limit}, and {target.path} has {in_kb(size)} kB")
    return None


def without_purchase(
    wanted: Wish, record: Record, stale: Sequence[Reason], world: World
) -> Sequence[Reason]:
    """``stale``, or nothing if only weight is wrong and what is too heavy would be bought again.

    ``check`` reports such a file.
    """
    if [one.field for one in stale] != [WEIGHT]:
        return stale
    is_redrawn = wanted.asset.is_local and not record.is_brought
    is_kept = is_redrawn or place_of_original(record, world) or world.elsewhere.kept(wanted)
    return stale if is_kept else ()


def is_left(record: Record, target: Target) -> bool:
    """Whether a file stays: a provider signed it, a person brought it, or it is a favicon.ico."""
    if target.format == "ico":
        return True
    if record.subject.get(target.path) == record.original:
        return record.is_signed or record.is_brought
    seen = next((one for one in record.observed if one.path == target.path), None)
    return (
        record.is_brought
        and seen is not None
        and target.width is None
        and target.format == record.original_format
        and f"{seen.width}x{seen.height}" == record.original_size
    )


def fitted_to(record: Record) -> int | None:
    """The limit in kB that files of a record were made to fit; None if all did by themselves."""
    return next((step["max_kb"] for step in record.steps if "max_kb" in step), None)


def fittings(record: Record) -> dict[str, Fitting]:
    """How the files of a record were made to fit a limit, by their sha256 (hex)."""
    encoded = [step for step in record.steps if step.get("op") == "encode"]
    return {
        digest: Fitting(step["max_kb"], step.get("quality"), step.get("colours"))
        for step, digest in zip(encoded, record.subject.values(), strict=False)
        if "max_kb" in step
    }


def in_kb(size: int) -> str:
    """A number of bytes in kB, rounded up to a tenth: no figure seems to fit that does not."""
    return f"{-(-size * 10 // KB) / 10:,.1f}".removesuffix(".0")


def words(step: Mapping[str, Any]) -> str:
    """How a file was made to fit, as its step in the record says; "" if it was not."""
    if "max_kb" not in step:
        return ""
    how = "packed without loss" if step.get("format") == "png" else "nothing makes it lighter"
    if "quality" in step:
        how = f"quality {step['quality']}"
    if "colours" in step:
        how = f"a palette of {step['colours']} colours"
    return f"made to fit {step['max_kb']} kB: {how}"
