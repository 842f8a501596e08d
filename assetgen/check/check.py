"""One check from start to end: the pictures, the pages, the stored verdict."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

from assetgen import snapshot
from assetgen.check import pictures
from assetgen.check.findings import Finding, Report, Strictness, check_message
from assetgen.cure import command
from assetgen.errors import AssetgenError, GitError
from assetgen.fs import store
from assetgen.fs.git import Repository
from assetgen.fs.tree import Index, WorkTree
from assetgen.gitenv import find_repository
from assetgen.layouts import closure
from assetgen.manifest.schema import FILE
from assetgen.plan import collector
from assetgen.plan.workspace import Workspace
from assetgen.record import record


def check(
    root: Path,
    environ: Mapping[str, str],
    *,
    staged: bool = False,
    strict: bool = False,
    release: bool = False,
    rehash: bool = False,
    cached: bool = True,
) -> Report:
    """Check the working tree, or the index if ``staged``. Raises AssetgenError.

    ``strict`` makes stale pictures errors when ``staged``, ``release`` makes drafts errors, and
    ``rehash`` reads every file again instead of trusting its times, and proves what each record
    says of itself. Unless ``cached``, nothing that an earlier run stored is used, and nothing
    is stored.
    """
    # A copy: opening the repository removes GIT_INDEX_FILE from the process's own environment.
    environ = dict(environ)
    how = Strictness(staged=staged, strict=strict, release=release)
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
    if cached:
        _remember(project, tree, report, environ)
    return report


def _remember(
    project: Workspace, tree: WorkTree, report: Report, environ: Mapping[str, str]
) -> None:
    """Store every stat that the verdict depends on; without it, the next check is only slower."""
    root = project.root
    if not store.can_cache(root):
        return
    project.reader.kept.save()
    index = list(_index_of(root))  # a merge can change the index and no file
    for place in (*index, *_watched_folders(root)):
        try:
            if place.is_dir() or place in index:
                tree.rows[_name(root, place)] = (snapshot.stats(place), b"")
            elif place.is_file():
                tree.digest(_name(root, place))
        except (OSError, AssetgenError):
            return
    is_known = not report.findings and not tree.held.was_asked  # no stat shows what git holds
    is_known = is_known and "GIT_INDEX_FILE" not in environ  # then another index was read
    message = check_message(report, staged=False) if is_known else ""
    snapshot.write(str(root), tree.rows, tree.taken_ns, message)


def _watched_folders(root: Path) -> list[Path]:
    """Where a new or removed name can change the verdict, and all templates."""
    places = [
        root / FILE,
        *(folder for folder in (root / ".assetgen", root / record.FOLDER) if folder.is_dir()),
    ]
    if closure.roots(root)[0] != root / "templates":
        places.append(root)  # changes when the project gets templates of its own
    for templates in closure.roots(root):
        places += [templates, *sorted(templates.rglob("*"))]
    return places


def _index_of(root: Path) -> Iterator[Path]:
    """The index of the repository, or the folder that gets one; none without a repository."""
    if found := find_repository(str(root)):
        folder = Path(found[0])
        index = folder / "index"
        yield index if index.is_file() else folder


def _name(root: Path, place: Path) -> str:
    return place.relative_to(root).as_posix() if place.is_relative_to(root) else str(place)


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
                snapshot.write_staged(str(root), paths, listed, check_message(report, staged=True))
        if can_cache:
            project.reader.kept.save()
        return report
