"""One check from start to end: the pictures, the pages, the stored verdict."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from assetgen import snapshot
from assetgen.check import pictures
from assetgen.check.findings import Finding, Report, Strictness, check_message
from assetgen.cure import command
from assetgen.errors import GitError
from assetgen.fs import store
from assetgen.fs.git import Repository
from assetgen.fs.tree import Index, WorkTree
from assetgen.plan import collector, remember
from assetgen.plan.workspace import Workspace


def check(
    root: Path,
    environ: Mapping[str, str],
    *,
    staged: bool = False,
    strict: bool = False,
    release: bool = False,
    built: bool = False,
    rehash: bool = False,
    cached: bool = True,
    today: date | None = None,
) -> Report:
    """Check the working tree, or the index if ``staged``. Raises AssetgenError.

    ``strict`` makes stale pictures errors when ``staged``, ``release`` makes drafts errors,
    ``built`` asks for the files that are built from records, and ``rehash`` reads every file again
    instead of trusting its times, and proves what each record says of itself. Unless ``cached``,
    nothing that an earlier run stored is used, and nothing is stored.
    ``today`` is by default the date in UTC.
    """
    # A copy: opening the repository removes GIT_INDEX_FILE from the process's own environment.
    environ = dict(environ)
    how = Strictness(staged=staged, strict=strict, release=release, built=built)
    how = replace(how, today=today) if today else how
    with collector.paused():
        if staged:
            return _check_index(root, how, environ, cached=cached)
        return _check_work_tree(root, how, environ, rehash=rehash, cached=cached)


def _report(project: Workspace, how: Strictness) -> Report:
    """The findings on the pictures and on the pages that use them."""
    report = pictures.check(project, how)
    stated = project.manifest
    if not stated.project.content and not any(asset.writes for asset in stated.asset):
        return report
    from assetgen.check import pages  # with the page readers, not needed without pages

    found = pages.findings(project)
    return replace(
        report,
        findings=tuple(sorted((*report.findings, *found.findings), key=_place)),
        inputs=tuple(sorted({*report.inputs, *found.rests_on})),
        pages=found.pages,
        notes=(*report.notes, *found.notes),
    )


def _place(finding: Finding) -> tuple[str, bool, int, Finding]:
    return finding.path, finding.col is None, finding.line or 0, finding


def _check_work_tree(
    root: Path, how: Strictness, environ: Mapping[str, str], *, rehash: bool, cached: bool
) -> Report:
    tree = WorkTree(root, trust_stats=not rehash, cached=cached, environ=environ)
    project = Workspace(root, tree)
    report = _report(project, how)
    if rehash:
        from assetgen.check import proof  # with the decoders, not needed otherwise

        found = (*report.findings, *proof.findings(project))
        report = replace(report, findings=tuple(sorted(found, key=_place)))
    if cached and not how.built:
        _remember(project, tree, report, environ)
    return report


def _remember(
    project: Workspace, tree: WorkTree, report: Report, environ: Mapping[str, str]
) -> None:
    """Store every stat that the verdict depends on; without it, the next check is only slower."""
    if store.can_cache(project.root):
        project.reader.kept.save()
    is_known = not report.findings and not tree.held.was_asked  # no stat shows what git holds
    is_known = is_known and "GIT_INDEX_FILE" not in environ  # then another index was read
    message = check_message(report, staged=False) if is_known else ""
    remember.checked(tree, message, report.until)


def _check_index(
    root: Path, how: Strictness, environ: Mapping[str, str], *, cached: bool
) -> Report:
    repository = Repository.open(root, environ, index_file=True)
    if repository is None:
        raise GitError(
            "there is no git repository here, so nothing is staged",
            where=str(root),
            cure=command("git init"),
        )
    with tempfile.TemporaryDirectory(prefix="assetgen-") as scratch, closing(repository):
        before = snapshot.index_listing(str(root), (), environ)
        index = Index(root, repository, Path(scratch), environ, cached=cached)
        project = Workspace(root, index)
        report = _report(project, how)
        can_cache = cached and store.can_cache(root)
        if report.findings:
            from assetgen.check import earlier  # not needed for a clean index

            judge = partial(_report, how=how)
            report = earlier.without_earlier(project, index, report, judge)
        elif not how.strict and not how.release and can_cache:
            paths = list(pictures.rests_on(project, report))
            listed = snapshot.index_listing(str(root), paths, environ)
            if listed is not None and before == snapshot.index_listing(str(root), (), environ):
                message = snapshot.said_until(check_message(report, staged=True), report.until)
                snapshot.write_staged(str(root), paths, listed, message)
        if can_cache:
            project.reader.kept.save()
        return report
