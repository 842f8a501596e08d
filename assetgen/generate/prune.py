"""generate --prune: take out the images and records that pages left behind."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from assetgen.cure import Cure, advice, command
from assetgen.errors import AssetgenError, GitError, ManifestError, StorageError
from assetgen.fs import store
from assetgen.fs.lock import locked
from assetgen.generate.commit import commit_removal
from assetgen.generate.options import Options
from assetgen.generate.placing import Superseded
from assetgen.manifest import naming
from assetgen.manifest.grounds import KEY as GROUND
from assetgen.manifest.schema import FILE
from assetgen.plan import former, record_cures, settle
from assetgen.plan.decide import Decision
from assetgen.plan.unusable import settling
from assetgen.plan.workspace import Workspace, open_workspace
from assetgen.record import approval
from assetgen.record.old_names import OldName
from assetgen.record.record import Record
from assetgen.settings.conditions import Conditions


@dataclass(frozen=True)
class Leftover:
    """An orphan of a collection that can be removed: its record, its approval, its files here."""

    asset_id: str
    record: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Kept:
    """An orphan that stays, and why."""

    asset_id: str
    error: AssetgenError


@dataclass
class Pruning:
    """What is removed, or would be, and what stays."""

    removed: list[Leftover] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    commit: str | None = None
    """The short id of the commit that was made."""
    uncommitted: AssetgenError | None = None

    @property
    def exit_code(self) -> int:
        """That of the first failure, else 0."""
        errors = [one.error for one in self.kept]
        errors += [self.uncommitted] if self.uncommitted else []
        return errors[0].exit_code if errors else 0


def prune(
    root: Path,
    patterns: Sequence[str],
    options: Options,
    conditions: Conditions,
    environ: Mapping[str, str] = os.environ,
) -> Pruning:
    """Remove the orphans of collections whose ids match ``patterns``, and commit that.

    Raises AssetgenError; ManifestError if there are none.
    """
    environ = dict(environ)  # opening the repository removes git's variables from the process
    with locked(root, options.patience):
        project = open_workspace(root, conditions, cached=options.cached)
        found = planned(project, patterns, conditions.today())
        for one in found.removed:
            for path in (*one.files, one.record):  # in the end, no record without its files
                store.remove(root, path)
        paths = [path for one in found.removed for path in (*one.files, one.record)]
        if paths and options.commit and project.manifest.project.commit:
            try:
                ids = [one.asset_id for one in found.removed]
                found.commit = commit_removal(root, environ, ids, paths)
            except GitError as exc:
                found.uncommitted = exc
        return found


def planned(project: Workspace, patterns: Sequence[str], today: date) -> Pruning:
    """What ``prune`` would remove and keep. Raises ManifestError if nothing matches."""
    orphans = [one for one in project.recorded.ids() if one not in project.places.numbers]
    named = _with_grounds(naming.matching(orphans, patterns), orphans)
    over = [one for one in project.old_names.all.values() if one.is_over(today)]
    names = set(naming.matching([one.asset for one in over], patterns))
    over = [one for one in over if one.asset in names]
    if not named and not over:
        what = f"no orphan, and no old name whose time is over, matches {' '.join(patterns)}"
        raise ManifestError(what, where=FILE, cure=command("assetgen check"))
    judge, found = _Judge(project, project.decide()), Pruning()
    for asset_id in named:
        known = project.record(asset_id)
        error = judge.error(asset_id)
        if error or not isinstance(known, Record):
            found.kept.append(Kept(asset_id, error or StorageError("it has no record")))
        else:
            files = tuple(path for path in known.subject if project.tree.digest(path) is not None)
            own = [path for path in files if path not in judge.listed]
            own += [path for path in approval.places(asset_id) if path in project.approvals.paths]
            found.removed.append(Leftover(asset_id, known.path, tuple(dict.fromkeys(own))))
    for one in over:
        if error := judge.error_of_name(one):
            found.kept.append(Kept(one.asset, error))
        else:
            found.removed.append(Leftover(one.asset, one.place, judge.files_of_name(one)))
    return found


def _with_grounds(named: Sequence[str], orphans: Sequence[str]) -> list[str]:
    """``named``, and those of ``orphans`` that are the grounds of some of them."""
    meant = {*named, *(f"{one}/{GROUND}" for one in named)}
    return [one for one in orphans if one in meant]


class _Judge:
    """Says why an orphan may not be removed."""

    def __init__(self, project: Workspace, decisions: Sequence[Decision]) -> None:
        self._project = project
        self._superseded = Superseded(project)
        self._heirs = {former.former_id(one): one for one in decisions}
        self._made_from = frozenset(path for one in decisions for path in one.rests_on)

    @cached_property
    def listed(self) -> Collection[str]:
        """The files of the assets that the manifest lists."""
        return self._superseded.listed

    def error(self, asset_id: str) -> StorageError | None:
        """Why an orphan stays; None if it can be removed."""
        found = next(self._reasons(asset_id), None)
        place = self._project.recorded.at(asset_id)
        return StorageError(found[0], where=place, cure=found[1]) if found else None

    def files_of_name(self, one: OldName) -> tuple[str, ...]:
        """The file that keeps an old name, if it is there and no asset has it."""
        is_own = one.path not in self.listed and self._project.tree.digest(one.path) is not None
        return (one.path,) if is_own else ()

    def error_of_name(self, one: OldName) -> StorageError | None:
        """Why a file stays whose time under its old name is over; None if it can be removed."""
        here = dict.fromkeys(self.files_of_name(one), one.sha256)
        found = next(self._of_files(here), None)
        return StorageError(found[0], where=one.place, cure=found[1]) if found else None

    def _reasons(self, asset_id: str) -> Iterator[tuple[str, Cure]]:
        project, known = self._project, self._project.record(asset_id)
        place = project.recorded.at(asset_id)
        if torn := project.holdings.unmerged([place]):
            yield "git has not merged its record", torn.cure
        if not isinstance(known, Record):
            yield f"its record is not usable: {known}", settling(project, asset_id)
            return
        if heir := self._heirs.get(asset_id):
            yield f"it was renamed to {heir.asset.id}", settle.cure(heir)
        if second := project.recorded.second(asset_id):
            yield f"it has a second record, {second}", advice("remove the one that is wrong")
        own = [path for path in known.subject if path not in self.listed]
        leaving = record_cures.leaving(project.tree, place, known, own)
        if known.collection is None:
            yield "it was of no collection", leaving
        digest = project.tree.digest
        here = {path: known.subject[path] for path in own if digest(path) is not None}
        yield from self._of_files(here)

    def _of_files(self, here: Mapping[str, str]) -> Iterator[tuple[str, Cure]]:
        project = self._project
        for path, digest in here.items():
            if project.tree.digest(path) != digest:
                what = f"{path} was changed since it was made"
                yield what, advice("move {path} to another folder, or restore it", path=path)
            if not self._superseded.is_picture(path):
                yield f"{path} is no image in an output folder", advice("look at its record")
            if path in self._made_from:
                yield f"an asset is made from {path}", advice("name another file in that asset")
        if unproven := project.holdings.unproven(here):
            what = f"git does not have {unproven[0]}, and assetgen did not place it here"
            yield what, advice("commit {path}, or remove it yourself", path=unproven[0])
