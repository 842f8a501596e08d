"""One check from start to end: the tree, the pictures, the pages, the snapshot."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from assetgen import snapshot
from assetgen.check.findings import Report, Strictness, check_message
from assetgen.check.pictures import check as look_at_pictures
from assetgen.check.pictures import rests_on
from assetgen.errors import AssetgenError, GitError
from assetgen.fs import store
from assetgen.fs.git import Repository
from assetgen.fs.tree import Index, WorkTree
from assetgen.layouts import closure
from assetgen.manifest.schema import FILE
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
) -> Report:
    """Check the working tree, or the index if ``staged``. Raises AssetgenError.

    ``strict`` makes stale pictures errors when ``staged``, ``release`` makes drafts errors, and
    ``rehash`` reads every file again instead of trusting its times.
    """
    # A copy: opening the repository removes GIT_INDEX_FILE from the process's own environment.
    environ = dict(environ)
    how = Strictness(staged=staged, strict=strict, release=release)
    return _check_index(root, how, environ) if staged else _check_work_tree(root, how, rehash)


def _look(project: Workspace, how: Strictness) -> Report:
    """What is to be said of the pictures and of the pages that use them."""
    report = look_at_pictures(project, how)
    if not project.manifest.project.content:
        return report
    from assetgen.check import (
        pages as usage,  # with what reads pages, which a project without pages does without
    )

    found, rests_on, pages = usage.findings(project)
    ordered = sorted(
        (*report.findings, *found), key=lambda one: (one.path, one.col is None, one.line or 0, one)
    )
    return replace(
        report,
        findings=tuple(ordered),
        inputs=tuple(sorted({*report.inputs, *rests_on})),
        pages=pages,
    )


def _check_work_tree(root: Path, how: Strictness, rehash: bool) -> Report:
    tree = WorkTree(root, trust_stats=not rehash)
    report = _look(Workspace(root, tree), how)
    _remember(root, tree, report)
    return report


def _remember(root: Path, tree: WorkTree, report: Report) -> None:
    """Store every stat the verdict rests on; a cache that cannot be written costs speed only."""
    if not _can_cache(root):
        return
    for place in _watched_folders(root):
        try:
            if place.is_dir():
                tree.rows[_name(root, place)] = (snapshot.stats(place), b"")
            elif place.is_file():
                tree.digest(_name(root, place))
        except (OSError, AssetgenError):
            return
    message = check_message(report, staged=False) if not report.findings else ""
    snapshot.write(str(root), tree.rows, tree.taken_ns, message)


def _watched_folders(root: Path) -> list[Path]:
    """Where a new or gone name would change the verdict, and the templates with all they hold."""
    places = [
        root / FILE,
        *(folder for folder in (root / ".assetgen", root / record.FOLDER) if folder.is_dir()),
    ]
    if closure.roots(root)[0] != root / "templates":
        places.append(root)  # shows when the project gets templates of its own
    for templates in closure.roots(root):
        places += [templates, *sorted(templates.rglob("*"))]
    return places


def _name(root: Path, place: Path) -> str:
    return place.relative_to(root).as_posix() if place.is_relative_to(root) else str(place)


def _can_cache(root: Path) -> bool:
    try:
        store.prepare(root)
    except AssetgenError:
        return False
    return os.access(root / store.CACHE, os.W_OK)


def _check_index(root: Path, how: Strictness, environ: Mapping[str, str]) -> Report:
    repository = Repository.open(root, environ, index_file=True)
    if repository is None:
        raise GitError(
            "there is no git repository here, so nothing is staged",
            where=str(root),
            cure="git init",
        )
    with tempfile.TemporaryDirectory(prefix="assetgen-") as scratch, closing(repository):
        before = snapshot.index_listing(str(root), (), environ)
        project = Workspace(root, Index(root, repository, Path(scratch)))
        report = _look(project, how)
        if not report.findings and not how.strict and not how.release and _can_cache(root):
            paths = list(rests_on(project, report))
            listed = snapshot.index_listing(str(root), paths, environ)
            if listed is not None and before == snapshot.index_listing(str(root), (), environ):
                snapshot.write_staged(str(root), paths, listed, check_message(report, staged=True))
        return report
