"""check: images of which there are candidates, and the files that say so."""

from __future__ import annotations

from collections.abc import Iterator

from assetgen.check.findings import Finding, Strictness
from assetgen.cure import command
from assetgen.plan import choices, settle
from assetgen.plan.decide import Decision
from assetgen.plan.reasons import CANDIDATES
from assetgen.plan.workspace import Workspace
from assetgen.record import candidates


def undecided(project: Workspace, decision: Decision, how: Strictness) -> Finding:
    """The finding on an image that waits for someone to pick one of its candidates.

    It is no error where that of what is in place would be none: of a placeholder, or of an older
    image in a commit.
    """
    is_draft = any(one.field == "draft" for one in decision.reasons)
    is_there = project.tree.digest(decision.asset.path) is not None
    is_lenient = how.staged and not how.strict and is_there
    is_mild = (is_draft and not how.release) or (is_lenient and not is_draft)
    words = next(str(one.new) for one in decision.reasons if one.field == CANDIDATES)
    return Finding(
        path=decision.asset.path,
        code="undecided",
        message=f"asset {decision.asset.id} is undecided: {words}",
        cure=settle.cure(decision),
        level="warning" if is_mild else "error",
    )


def findings(project: Workspace) -> Iterator[Finding]:
    """The findings on files of candidates: damaged ones, and those that no asset has."""
    found = project.holdings.choices
    for path, why in found.unusable().items():
        if torn := project.holdings.unmerged([path]):
            message, cure = "is not merged", torn.cure
        else:
            message, cure = f"is not a file of candidates: {why}", choices.restoring(path)
        yield Finding(path=path, code="candidates", message=message, cure=cure)
    for path in found.orphans():
        yield Finding(
            path=path,
            code="candidates",
            message=f"has candidates of {candidates.id_at(path)}, which assets.toml does not list",
            cure=command("git rm -- {path}", path=path),
            level="warning",
        )
