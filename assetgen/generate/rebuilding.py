"""Files that git does not have: built again from their records, and proved against them."""

from __future__ import annotations

import os
from collections.abc import Sequence

from assetgen.cure import advice
from assetgen.errors import StorageError
from assetgen.fs import built_files, paths, store
from assetgen.fs.tree import WorkTree
from assetgen.generate.making import Maker
from assetgen.generate.options import Options
from assetgen.generate.outcome import Build, Made, Outcome
from assetgen.image.derive import Mapper
from assetgen.manifest.schema import targets
from assetgen.plan import gitignore, ignored_lines, made_with
from assetgen.plan.decide import Action, Decision
from assetgen.plan.workspace import Workspace
from assetgen.record.record import Record


def with_builds(
    project: Workspace, decisions: Sequence[Decision], due: Sequence[Decision], options: Options
) -> list[Decision]:
    """The decisions that are ``due``, and those whose files are to be built, dependencies first."""
    found = {decision.asset.id: decision for decision in due}
    if not project.rebuilt.owners:
        return list(due)
    needed: set[str] = set()
    for decision in reversed(decisions):
        asset = decision.asset
        if asset.id not in found:
            is_asked = options.builds or asset.id in needed
            is_settled = decision.action is Action.NOTHING
            if not (is_asked and is_settled and project.rebuilt.lacking(asset)):
                continue
            found[asset.id] = decision.but(action=Action.BUILD)
        needed.update(decision.needs)
    return [found[one.asset.id] for one in decisions if one.asset.id in found]


def is_kept(project: Workspace, decision: Decision) -> bool:
    """Whether the cache seems to have all files that are built."""
    if decision.action is not Action.BUILD:
        return False
    asset = decision.asset
    return all(
        built_files.has(project.root, project.rebuilt.digest(path) or "")
        for path in project.rebuilt.lacking(asset)
    )


def build(
    project: Workspace, maker: Maker, decision: Decision, batch: store.Batch, mapper: Mapper
) -> Made:
    """Build the files of one asset that are lacking, from the cache or drawn again.

    Raises an AssetgenError that says what failed.
    """
    asset_id = decision.asset.id
    known, place = project.record(asset_id), decision.wish.place
    lacking = project.rebuilt.lacking(decision.asset)
    assert isinstance(known, Record)  # it is built from it
    copies = {path: built_files.read(project.root, known.subject[path]) for path in lacking}
    files = {path: data for path, data in copies.items() if data is not None}
    if len(files) == len(lacking):
        batch.add_all(files, {path: known.subject[path] for path in lacking})
        return Made(decision, tuple(lacking), record=place, build=Build(is_drawn=False))
    drawn = [file for file in maker.make(decision, mapper).files if file.path in lacking]
    digests = {file.path: file.sha256 for file in drawn}
    batch.add_all({file.path: file.data for file in drawn}, digests)
    differing = {path: new for path, new in digests.items() if new != known.subject[path]}
    why = _why(project, decision) if differing else ""
    return Made(decision, tuple(digests), record=place, build=Build(True, differing, why))


def _why(project: Workspace, decision: Decision) -> str:
    before = made_with.recorded(project.recorded.find(decision.asset.id)[1] or b"")
    now = made_with.here(tuple(target.format for target in targets(decision.asset)))
    return f"recorded with {before}; here with {now}"


def placed(project: Workspace, made: Sequence[Made]) -> None:
    """Keep a copy of what was placed as its record says, and note what differs from it."""
    differing: dict[tuple[str, str], str] = {}
    for one in made:
        if not one.decision.asset.is_rebuilt:
            continue
        project.rebuilt.forget(one.decision.asset.id)
        known = project.record(one.decision.asset.id)
        subject = known.subject if isinstance(known, Record) else {}
        others = one.build.differing if one.build else {}
        for path in one.files:
            if path in others:
                differing[path, subject[path]] = others[path]
            elif path in subject:
                built_files.keep(project.root, subject[path], path)
    built_files.note_differing(project.root, differing)


# -- .gitignore ------------------------------------------------------------------------------------


def renew_gitignore(project: Workspace) -> bool:
    """Write the block in .gitignore, if it differs; whether it was written. Raises StorageError.

    While assets.toml has mistakes, or git has not merged the file, it stays as it is.
    """
    if project.others:
        return False
    wanted = ignored_lines.of(project)
    try:
        before = _bytes(project)
    except StorageError:
        if wanted:
            raise
        return False
    if wanted and b"\0" in before:
        raise StorageError(
            f"{gitignore.FILE} is not UTF-8 text, so git ignores what it says",
            where=gitignore.FILE,
            cure=advice("convert {path} to UTF-8 and run this again", path=gitignore.FILE),
        )
    after = gitignore.renewed(before, wanted)
    if after == before or project.tree.held.unmerged([gitignore.FILE]):
        return False
    store.prepare(project.root)
    store.write(project.root, gitignore.FILE, after)
    if isinstance(project.tree, WorkTree):
        project.tree.forget(gitignore.FILE)
    return True


def ended(project: Workspace, outcome: Outcome, options: Options, *, wrote_gitignore: bool) -> None:
    """What is left to do at the end of a run: old copies go, and the block is to be committed."""
    outcome.wrote_gitignore = wrote_gitignore
    if wrote_gitignore or project.rebuilt.owners:
        outcome.gitignore = _is_own_change(project, staged=not options.commit)
    if project.rebuilt.owners and (outcome.built or outcome.made):
        built_files.sweep(project.root)


def _is_own_change(project: Workspace, *, staged: bool) -> bool:
    """Whether .gitignore differs from HEAD, or as ``staged``, by the block alone."""
    name, held, now = gitignore.FILE, project.tree.held, _bytes(project)
    before = held.staged_bytes(name) if staged else held.committed_bytes(name)
    if now == (before or b""):
        return False
    return now == gitignore.renewed(before or b"", ignored_lines.of(project))


def _bytes(project: Workspace) -> bytes:
    """The bytes of .gitignore, b"" if there is none. Raises StorageError if it is no file."""
    if not os.path.lexists(project.root / gitignore.FILE):
        return b""
    return paths.read_own(project.root, gitignore.FILE, StorageError)
