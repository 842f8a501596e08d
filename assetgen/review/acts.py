"""What the page asks for is done here, by the same code as the commands."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, Literal

import msgspec

from assetgen.cure import command
from assetgen.errors import AssetgenError, ManifestError
from assetgen.generate import approving
from assetgen.report import approving as report
from assetgen.report.text import error_json
from assetgen.review.session import Review


class Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One action on one image, as the page sends it."""

    action: Literal["approve", "revoke"]
    id: str
    picture: str | None = None
    """The id of the picture that was looked at."""
    note: str = ""


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


_ACTS: dict[str, Callable[[Review, Act], Done]] = {"approve": _approve, "revoke": _revoke}


def _printed(report_to: Callable[[io.StringIO], None]) -> str:
    stream = io.StringIO()
    report_to(stream)
    return stream.getvalue().strip()


def _uncommitted(error: AssetgenError | None) -> dict[str, Any] | None:
    return error_json(error) if error else None
