"""Files that git does not have (keep = "record"): git has none, they are built as recorded."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from assetgen.check.findings import Finding, Level, Strictness
from assetgen.cure import Cure, advice, command
from assetgen.fs import git_cures
from assetgen.fs.tree import Index
from assetgen.manifest.schema import FILE, Asset
from assetgen.plan import gitignore, ignored_lines, made_with
from assetgen.plan.rebuilt import BUILDING
from assetgen.plan.workspace import Workspace
from assetgen.text import count

# So many files are named in a command.
_FEW = 20


def findings(project: Workspace, how: Strictness, settled: Sequence[Asset]) -> Iterator[Finding]:
    """What is wrong with git, and with the files of ``settled`` assets, which are as recorded."""
    yield from _of_gitignore(project)
    yield from _tracked(project)
    for asset in settled if project.rebuilt.owners else ():
        if how.built and (gone := project.rebuilt.lacking(asset)):
            more = f", and {count(len(gone) - 1, 'other file')} of it" if len(gone) > 1 else ""
            what = f"is not built{more}: git has only the record of asset {asset.id}"
            yield Finding(gone[0], "not-built", what, BUILDING)
        if others := project.rebuilt.differing(asset):
            yield _differs(project, asset, others[0], how)


def _differs(project: Workspace, asset: Asset, path: str, how: Strictness) -> Finding:
    before = made_with.recorded(project.recorded.find(asset.id)[1] or b"")
    what = f"differs from the file in its record, made with {before}"
    level: Level = "error" if how.built else "warning"
    return Finding(path, "differs", what, made_with.cure([asset.id]), level=level)


def unbuilt(project: Workspace, settled: Sequence[Asset]) -> int:
    """How many files of these assets are not built."""
    if not project.rebuilt.owners:
        return 0
    return sum(len(project.rebuilt.lacking(asset)) for asset in settled)


def _of_gitignore(project: Workspace) -> Iterator[Finding]:
    name = gitignore.FILE
    if _has_block(project, project.tree.read(name) or b""):
        return
    what = "does not list the files that are built from records"
    if not project.rebuilt.owners:
        what = f"lists files to build from records, and {FILE} has none"
    cure = BUILDING
    if isinstance(project.tree, Index):
        is_done = _has_block(project, project.tree.work.read(name) or b"")
        add = git_cures.adding(project.tree.held, [name])
        cure = add if is_done else advice("{cure} && {add}", cure=cure, add=add)
    yield Finding(name, "gitignore", what, cure)


def _has_block(project: Workspace, data: bytes) -> bool:
    """Whether a .gitignore has the lines for the files that are built, and no others."""
    return gitignore.renewed(data, ignored_lines.of(project)) == data


def _tracked(project: Workspace) -> Iterator[Finding]:
    """The files that git has although their records are to replace them, as one finding."""
    owners = project.rebuilt.owners
    found = sorted(owners.keys() & _names(project)) if owners else []
    if not found:
        return
    what = 'is in git, but keep = "record" says that it is built'
    if len(found) > 1:
        others = count(len(found) - 1, "other file")
        what = f'and {others} are in git, but keep = "record" says that they are built'
    yield Finding(found[0], "tracked", what, _leaving(project, found))


def _leaving(project: Workspace, found: Sequence[str]) -> Cure:
    """The command that takes files out of the index and leaves them on the disk."""
    if len(found) <= _FEW:
        leave = command("git rm -q --cached -- {found}", found=list(found))
    else:
        folder = os.path.commonpath(found)
        leave = command(
            "git ls-files -z -c -i --exclude-standard -- {folder} | "
            "git rm -q --cached --pathspec-from-file=- --pathspec-file-nul",
            folder=folder,
        )
    if not _has_block(project, project.tree.read(gitignore.FILE) or b""):
        leave = command("{first} && {leave}", first=BUILDING, leave=leave)
    return advice("{leave} (the files stay on the disk; then commit that)", leave=leave)


def _names(project: Workspace) -> set[str]:
    """Every path that git has staged."""
    if isinstance(project.tree, Index):
        return set(project.tree.everything())
    listed = project.tree.held.listed()
    if listed is None:
        return set(project.tree.held.index)
    return {os.fsdecode(row.partition(b"\t")[2]) for row in listed.split(b"\0")}
