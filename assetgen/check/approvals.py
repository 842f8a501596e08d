"""Approvals that do not hold, and painted pictures that no one approved."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property

from assetgen.check.findings import Finding, Level, Strictness
from assetgen.cure import Cure, advice, command
from assetgen.fs import git_cures
from assetgen.fs.tree import Index
from assetgen.manifest.schema import FILE, targets
from assetgen.plan import record_cures
from assetgen.plan.approvals import Approvals
from assetgen.plan.decide import Decision, State
from assetgen.plan.workspace import Workspace
from assetgen.record import approval
from assetgen.record.approval import Approval
from assetgen.record.record import Record, Unusable


def findings(
    project: Workspace,
    decisions: Sequence[Decision],
    how: Strictness,
    renamed: Collection[str],
) -> Iterator[Finding]:
    """The findings on approvals, and on pictures without one.

    ``renamed`` are former ids of assets, whose approvals move with their records.
    """
    level = _level(project, how)
    if not project.approvals.paths and level is None:
        return
    files = _Files(project, level or "warning")
    for path in project.approvals.paths:
        if approval.id_at(path) not in renamed:
            yield from files.of(path)
    for decision in decisions if level else ():
        asset = decision.asset
        is_painted = not (asset.is_local or asset.is_adopted)
        if is_painted and decision.state is State.FRESH:
            yield from _unapproved(project, decision, level or "warning")


def _level(project: Workspace, how: Strictness) -> Level | None:
    """The level of a painted picture without approval; None if none is asked for."""
    stated = project.manifest.check.unapproved
    if stated == "error":
        return "error"
    return "warning" if stated == "warning" or how.release else None


def _unapproved(project: Workspace, decision: Decision, level: Level) -> Iterator[Finding]:
    asset_id = decision.asset.id
    verdict = project.approvals.of(asset_id)
    if verdict.objection is None:
        return
    what, cure = "is not approved", command("assetgen approve {name}", name=asset_id)
    if verdict.approval:
        what = f"was approved otherwise: {verdict.objection}"
    elif project.approvals.at(asset_id):
        what = f"is not approved: {verdict.objection}"
    if unstaged := _unstaged(project, asset_id):
        what = "is approved, but the approval is not staged"
        cure = git_cures.adding(project.tree.held, [unstaged])
    yield Finding(
        path=decision.asset.path,
        code="unapproved",
        message=f"{what} (asset {asset_id})",
        cure=cure,
        level=level,
    )


def _unstaged(project: Workspace, asset_id: str) -> str | None:
    """Where the working tree has an approval that holds for what is staged, and is not staged."""
    if not isinstance(project.tree, Index):
        return None
    here = Approvals(project.tree.work, project.record, project.wish)
    return here.at(asset_id) if here.of(asset_id).is_approved else None


class _Files:
    """Judges each file in the folder of approvals."""

    def __init__(self, project: Workspace, level: Level) -> None:
        self._project = project
        self._level: Level = level

    def of(self, path: str) -> Iterator[Finding]:
        """The finding on one approval, if it does not hold."""
        project, asset_id = self._project, approval.id_at(path)
        if torn := project.holdings.unmerged([path]):
            yield _finding(path, "unmerged", "is not merged: both sides approved it", torn.cure)
            return
        if asset_id not in project.places.numbers:
            if asset_id not in project.recorded.ids():
                what = f"approves asset {asset_id!r}, which is not in {FILE}"
            else:
                what = f"approves asset {asset_id!r}, which is not in {FILE} any more"
            yield _finding(path, "approval", what, self._removing(path, asset_id))
            return
        counts = project.approvals.at(asset_id)
        if counts != path:
            what = f"is a second approval of asset {asset_id}; {counts} counts"
            yield _finding(path, "approval", what, self._leaving(path))
            return
        yield from self._judged(path, asset_id)

    def _judged(self, path: str, asset_id: str) -> Iterator[Finding]:
        project = self._project
        try:
            said = project.approvals.read(path)
        except Unusable as exc:
            yield _finding(path, "approval", f"is not usable: {exc}", self._again(path, asset_id))
            return
        known = project.record(asset_id)
        if isinstance(known, Unusable):
            return  # the finding on the record says so
        verdict = project.approvals.of(asset_id)
        if verdict.objection is None:
            return
        if owner := self._copied_from(said, asset_id, known):
            what = f"is a copy: it approves files of asset {owner}, not of {asset_id}"
            yield _finding(path, "approval", what, self._removing(path, asset_id))
            return
        yield Finding(
            path=path,
            code="approval",
            message=f"does not hold any more for asset {asset_id}: {verdict.objection}",
            cure=self._again(path, asset_id),
            level=self._level,
        )

    def _copied_from(self, said: Approval, asset_id: str, known: Record | None) -> str | None:
        """The other asset whose files an approval names; None if they are this asset's."""
        own = set(known.subject) if known else set()
        others = (self._owners.get(path) for path in said.subject if path not in own)
        return next((one for one in others if one and one != asset_id), None)

    @cached_property
    def _owners(self) -> Mapping[str, str]:
        return {
            target.path: asset.id
            for asset in self._project.manifest.asset
            for target in targets(asset)
        }

    def _again(self, path: str, asset_id: str) -> Cure:
        project = self._project
        if isinstance(project.tree, Index):
            return advice(
                "look at the picture, then {approve} before you commit",
                approve=command(
                    "assetgen approve {name} --no-commit && git add -- {path}",
                    name=asset_id,
                    path=path,
                ),
            )
        return advice(
            "look at the picture, then {approve}, or {revoke}",
            approve=command("assetgen approve {name}", name=asset_id),
            revoke=command("assetgen revoke {name}", name=asset_id),
        )

    def _removing(self, path: str, asset_id: str) -> Cure:
        if isinstance(self._project.tree, Index):
            return self._leaving(path)
        return command("assetgen revoke {name}", name=asset_id)

    def _leaving(self, path: str) -> Cure:
        return record_cures.leaving(self._project.tree, path, None, ())


def _finding(path: str, code: str, what: str, cure: Cure) -> Finding:
    return Finding(path=path, code=code, message=what, cure=cure)
