"""Which findings of `check --staged` a commit touches or causes, and which were so before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from assetgen.check.findings import OF_PAGES, Finding, Report
from assetgen.errors import AssetgenError
from assetgen.fs.tree import Index
from assetgen.manifest.schema import FILE, Manifest, targets
from assetgen.plan.workspace import Workspace
from assetgen.record import approval, baseline, record

# What a file can be before there is a manifest; the others are about its assets.
_WITHOUT_ASSETS = {"unrecorded", "dangling", "missing-alt", "size-differs", "public-url", "unread"}
# A commit is not possible before these are settled.
_ALWAYS = {"unmerged"}

Key = tuple[str, str, str]


def without_earlier(
    project: Workspace, index: Index, report: Report, judge: Callable[[Workspace], Report]
) -> Report:
    """``report`` of ``project``, from ``index``, without the findings that the last commit has too.

    Findings on files that the commit changes stay, except those in pages. ``judge`` makes the
    report of a project. All findings stay if the last commit cannot be read.
    """
    try:
        before = index.at()
        known = _known(project, before, index, judge)
    except (AssetgenError, ValueError):  # no commit yet, or one that this clone has not whole
        return report
    touched = _touched(project.manifest, index.changed_since(before))
    kept: list[Finding] = []
    for finding in report.findings:
        was_so = known[_key(finding)] > 0
        known[_key(finding)] -= 1
        is_touched = finding.path in touched and finding.code not in OF_PAGES
        if not was_so or is_touched or finding.code in _ALWAYS:
            kept.append(finding)
    earlier = len(report.findings) - len(kept)
    return replace(report, findings=tuple(kept), earlier=earlier)


def _touched(manifest: Manifest, changed: set[str]) -> set[str]:
    """The files that a commit changes, and all files of the assets that have one of them.

    Without the manifest: a change of it may be about any asset.
    """
    found = changed - {FILE}
    for asset in manifest.asset if found else ():
        own = {target.path for target in targets(asset)} | {
            *record.places(asset.id),
            *approval.places(asset.id),
        }
        if not own.isdisjoint(changed):
            found |= own
    return found


def _known(
    project: Workspace, before: Index, index: Index, judge: Callable[[Workspace], Report]
) -> Counter[Key]:
    """How often the last commit has each finding."""
    if before.digest(FILE) is not None:
        try:
            return _counted(judge(_in(project, before)).findings)
        except AssetgenError:  # its manifest has mistakes
            pass
    # By the manifest of this commit: what is wrong with files that were there without it?
    found = judge(_in(project, before.with_files_of(index, (FILE, baseline.FILE)))).findings
    return _counted(one for one in found if one.code in _WITHOUT_ASSETS)


def _in(project: Workspace, tree: Index) -> Workspace:
    """The same project in another tree."""
    made = Workspace(project.root, tree, kept=project.kept)
    made.reader.kept = project.reader.kept
    return made


def _counted(findings: Iterable[Finding]) -> Counter[Key]:
    return Counter(map(_key, findings))


def _key(finding: Finding) -> Key:
    """What a finding says, wherever in the file it is, without what the commit shows beside it."""
    what = finding.message
    return (
        finding.path,
        finding.code,
        what.partition("; ")[0] if finding.code == "dangling" else what,
    )
