"""What the page asks for is done here, by the same code as the commands."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, Literal

import msgspec

from assetgen.cure import command
from assetgen.errors import AssetgenError, ManifestError
from assetgen.generate import approving, pick
from assetgen.generate.options import Options
from assetgen.report import approving as report
from assetgen.report import generate
from assetgen.report.text import error_json
from assetgen.review.session import Review

# Seconds to wait for another run in the project.
_PATIENCE = 30


class Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One action on one image, as the page sends it."""

    action: Literal["approve", "revoke", "pick"]
    id: str
    picture: str | None = None
    """The id of the picture that was looked at."""
    note: str = ""
    candidate: str | None = None
    """The sha256 (hex) of the candidate to pick."""


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What was done: what the command prints, its command line, and what takes it back."""

    words: str
    command: str
    undo: Act | None = None
    uncommitted: dict[str, Any] | None = None


def parse(data: bytes) -> Act:
    """The action that ``data``, JSON, asks for. Raises ManifestError."""
    try:
        return msgspec.json.decode(data, type=Act)
    except (msgspec.DecodeError, RecursionError) as exc:
        raise ManifestError(f"this is no action of the page: {exc}") from None


def perform(review: Review, act: Act) -> Done:
    """Do what the page asks for, and look at the project again. Raises AssetgenError."""
    if act.id not in review.reading.decisions:
        raise ManifestError("assets.toml lists no such asset")
    try:
        return _ACTS[act.action](review, act)
    finally:
        review.again()


def _approve(review: Review, act: Act) -> Done:
    seen = {act.id: act.picture or ""}
    result = approving.approve(review.root, [act.id], review.conditions, note=act.note, seen=seen)
    line = command("assetgen approve {asset_id}", asset_id=act.id)
    if act.note:
        line = command("{line} --note {note}", line=line, note=act.note)
    is_new = any(one.is_new for one in result.done)
    return Done(
        words=_printed(lambda stream: report.approving(result, stream)),
        command=str(line),
        undo=Act("revoke", act.id) if is_new else None,
        uncommitted=_uncommitted(result.uncommitted),
    )


def _revoke(review: Review, act: Act) -> Done:
    result = approving.revoke(review.root, [act.id], review.conditions)
    return Done(
        words=_printed(lambda stream: report.revoking(result, stream)),
        command=str(command("assetgen revoke {asset_id}", asset_id=act.id)),
        uncommitted=_uncommitted(result.uncommitted),
    )


def _pick(review: Review, act: Act) -> Done:
    """Pick the candidate that was seen: by its digest, whatever its number is by now."""
    project, wish = review.reading.project, review.reading.decisions[act.id].wish
    before = project.holdings.choices.options(wish)
    chosen = next((one for one in before if one.candidate.sha256 == act.candidate), None)
    if chosen is None:
        raise ManifestError("there is no such candidate any more")
    conditions = review.conditions
    outcome = pick.pick(
        review.root,
        act.id,
        chosen.candidate.sha256,
        Options(patience=_PATIENCE),
        conditions.environ,
        conditions,
    )
    earlier = next((one.candidate.sha256 for one in before if one.is_picked), None)
    is_other = earlier is not None and earlier != act.candidate
    number = chosen.number
    return Done(
        words=_printed(lambda stream: generate.outcome(outcome, stream, "picked")),
        command=str(command("assetgen pick {asset} {number}", asset=act.id, number=number)),
        undo=Act("pick", act.id, candidate=earlier) if is_other else None,
        uncommitted=_uncommitted(outcome.uncommitted),
    )


_ACTS: dict[str, Callable[[Review, Act], Done]] = {
    "approve": _approve,
    "revoke": _revoke,
    "pick": _pick,
}


def _printed(report_to: Callable[[io.StringIO], None]) -> str:
    stream = io.StringIO()
    report_to(stream)
    return stream.getvalue().strip()


def _uncommitted(error: AssetgenError | None) -> dict[str, Any] | None:
    return error_json(error) if error else None
