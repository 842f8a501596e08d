"""What was approved or taken back, for people and as data; and an approval in words."""

from __future__ import annotations

from typing import IO, Any

from assetgen.generate.approving import Approved, Approving, Revoking
from assetgen.plan.approvals import Verdict
from assetgen.record.approval import Approval
from assetgen.report.text import MOST, console, error, error_json
from assetgen.text import clean


def approving(result: Approving, stream: IO[str]) -> None:
    """Print each picture that is approved, and the line for CODEOWNERS."""
    out = console(stream)
    for one in result.done[:MOST]:
        how = "approved" if one.is_new else f"already approved {in_words(one.approval)}:"
        out.print(clean(f"{how} {one.asset_id}"))
    if len(result.done) > MOST:
        out.print(f"... and {len(result.done) - MOST} more")
    new = [one for one in result.done if one.is_new]
    if new and result.by:
        out.print(clean(f"by {result.by.words}; this is a claim: sign your commits to prove it"))
    if result.commit:
        out.print(f"committed as {result.commit}")
    if not result.is_owned and new:
        out.print("to make reviewers agree to each approval, add this to .github/CODEOWNERS:")
        out.print(clean(f"  {result.codeowners}"))
    if result.uncommitted:
        error(result.uncommitted, stream)


def approving_json(result: Approving) -> dict[str, Any]:
    """The same as data."""
    return {
        "approved": [_approved_json(one) for one in result.done],
        "commit": result.commit,
        "uncommitted": error_json(result.uncommitted) if result.uncommitted else None,
        "codeowners": result.codeowners,
    }


def _approved_json(one: Approved) -> dict[str, Any]:
    return {
        "id": one.asset_id,
        "path": one.place,
        "new": one.is_new,
        **approval_json(one.approval),
    }


def approval_json(said: Approval) -> dict[str, Any]:
    """Who approved, when, and the note."""
    by = {"name": said.by.name, "email": said.by.email}
    return {"by": by, "at": said.at, "note": said.note}


def in_words(said: Approval) -> str:
    """Who approved, and when."""
    return f"by {said.by.words} at {said.at}"


def verdict_in_words(verdict: Verdict) -> str:
    """Whether a picture is approved, for people."""
    said = verdict.approval
    if verdict.is_approved and said:
        return f"{in_words(said)}{f': {said.note}' if said.note else ''}"
    if said:
        return f"no: {verdict.objection}; it was approved {in_words(said)}"
    return f"no: {verdict.objection}"


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """The same as data: ``objection`` says why the picture is not approved."""
    said = verdict.approval
    return {
        "approved": verdict.is_approved,
        "approval": approval_json(said) if said else None,
        "objection": verdict.objection,
    }


def revoking(result: Revoking, stream: IO[str]) -> None:
    """Print each picture that is not approved any more."""
    out = console(stream)
    for asset_id in list(result.done)[:MOST]:
        out.print(clean(f"took back the approval of {asset_id}"))
    if len(result.done) > MOST:
        out.print(f"... and {len(result.done) - MOST} more")
    if result.commit:
        out.print(f"committed as {result.commit}")
    if result.uncommitted:
        error(result.uncommitted, stream)


def revoking_json(result: Revoking) -> dict[str, Any]:
    """The same as data."""
    return {
        "revoked": [{"id": name, "paths": list(paths)} for name, paths in result.done.items()],
        "commit": result.commit,
        "uncommitted": error_json(result.uncommitted) if result.uncommitted else None,
    }
