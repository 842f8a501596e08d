"""Findings and notes about the baseline: the pictures that were there before assetgen."""

from __future__ import annotations

from collections.abc import Iterator

from assetgen.check.findings import Finding
from assetgen.cure import Cure, advice, command
from assetgen.fs.tree import Index
from assetgen.plan import standing
from assetgen.plan.standing import Standing
from assetgen.plan.workspace import Workspace
from assetgen.record.baseline import FILE, Baseline


def findings(project: Workspace, before: Standing) -> Iterator[Finding]:
    """One for a baseline that is not sound, and one for each of its pictures that was changed."""
    if faults := before.baseline.faults:
        yield Finding(
            path=FILE,
            code="baseline",
            message=f"is not a sound list: {'; '.join(faults)}",
            cure=_repairing(project),
        )
    for path in before.edited:
        yield Finding(
            path=path,
            code="edited",
            message="was changed since it was taken into the baseline",
            cure=_settling_edit(project, before.baseline, path),
        )


def notes(project: Workspace, before: Standing) -> Iterator[Finding]:
    """One for each picture of the baseline that was moved or removed."""
    repair = _repairing(project)
    for old, new in before.moved.items():
        what = f"of the baseline was moved to {new}"
        yield Finding(path=old, code="moved", message=what, cure=repair, level="note")
    for path in before.gone:
        what = "of the baseline does not exist any more"
        yield Finding(path=path, code="gone", message=what, cure=repair, level="note")


def adopting(project: Workspace, path: str) -> Cure:
    """The command that takes a picture into the baseline as it is, in this tree."""
    if isinstance(project.tree, Index):
        return command(
            "assetgen adopt --existing --no-commit {path} && git add -- {file}",
            path=path,
            file=FILE,
        )
    return command("assetgen adopt --existing {path}", path=path)


def staging_line(project: Workspace, path: str) -> Cure | None:
    """The command that stages the baseline, if only the unstaged one has this staged picture."""
    if not isinstance(project.tree, Index):
        return None
    digests = standing.baseline_of(project.tree.work).digests(path)
    if digests and standing.fingerprint(project.tree, path) in digests:
        return command("git add -- {file}", file=FILE)
    return None


def _repairing(project: Workspace) -> Cure:
    if isinstance(project.tree, Index):
        return command(
            "assetgen adopt --existing --merge --no-commit && git add -- {file}", file=FILE
        )
    return command("assetgen adopt --existing --merge")


def _settling_edit(project: Workspace, before: Baseline, path: str) -> Cure:
    if cure := staging_line(project, path):
        return cure
    adopt = advice("{adopt} (takes it as it is now)", adopt=adopting(project, path))
    if restore := project.holdings.restoring({path: before.first(path).sha256}):
        return advice("{adopt}, or {restore}", adopt=adopt, restore=restore)
    return adopt
