"""check, first half: every asset's files against its record and the manifest."""

from __future__ import annotations

import fnmatch
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from assetgen.check import staged
from assetgen.check.findings import Finding, Level, Report, Strictness
from assetgen.fs.tree import Index
from assetgen.manifest.schema import FILE, FORMATS, targets
from assetgen.pages import typed_module
from assetgen.pages.published import Delivered
from assetgen.plan import decide, wish
from assetgen.plan.decide import Decision, State
from assetgen.plan.describe import describe, reason_in_words
from assetgen.plan.workspace import Workspace
from assetgen.record import record
from assetgen.record.record import Record, Unusable


def check(project: Workspace, how: Strictness) -> Report:
    """Look at everything the manifest, the records and the output folders say. Raises AssetgenError."""
    findings: list[Finding] = []
    subjects: dict[str, tuple[str, ...]] = {}  # of each record that is there
    emitted = _Module(project)

    def recorded(asset_id: str) -> Record | Unusable | None:
        """The record, each read and proved only once; what it names is noted, the rest is let go."""
        found = project.record(asset_id)
        if found is not None:
            subjects[asset_id] = tuple(found.subject) if isinstance(found, Record) else ()
        if isinstance(found, Unusable):
            findings.append(_damaged(asset_id, found))
        emitted.note(asset_id, found)
        return found

    owned: set[str] = set()
    inputs: set[str] = set()
    renamed: set[str] = set()
    for decision in decide.decide(project.manifest, replace(project.world(), record=recorded)):
        owned.update(target.path for target in decision.wish.targets)
        inputs.update(wish.rests_on(decision.wish))
        former = decide.former_id(decision)
        if former and former not in renamed:
            renamed.add(former)
            findings.append(_renamed(decision, former))
        else:
            findings += _of_decision(project, decision, how)
    for asset_id in map(record.id_at, project.records()):
        if asset_id not in subjects:
            recorded(asset_id)
    findings += _orphans(
        project, {name: files for name, files in subjects.items() if name not in renamed}, owned
    )
    findings += emitted.findings()
    recorded_paths = {path for paths in subjects.values() for path in paths}
    findings += _of_folders(project, owned | inputs | recorded_paths)
    made_from = tuple(sorted(path for path in inputs if not path.startswith("@")))
    return Report(tuple(sorted(findings)), len(project.manifest.asset), len(owned), made_from)


class _Module:
    """The typed module as it ought to be, gathered while the records are read."""

    def __init__(self, project: Workspace) -> None:
        self._project = project
        self._wanted = {
            asset.id: asset for asset in project.manifest.asset if project.manifest.project.emit
        }
        self._found: dict[str, Delivered] = {}

    def note(self, asset_id: str, known: Record | Unusable | None) -> None:
        if asset_id in self._wanted:
            found = typed_module.of(
                self._wanted[asset_id], known, self._project.manifest.project.public
            )
            if isinstance(found, Delivered):
                self._found[asset_id] = found

    def findings(self) -> Iterator[Finding]:
        """Each file of the module that is not as emit would write it."""
        if self._project.manifest.project.emit is None:
            return
        wanted = typed_module.files(self._project.manifest, self._found.values())
        add = f" && git add {' '.join(wanted)}" if isinstance(self._project.tree, Index) else ""
        for path, data in wanted.items():
            lying = self._project.tree.read(path)
            if lying is not None and not typed_module.is_ours(lying):
                yield Finding(
                    path,
                    "emit",
                    "was not written by assetgen emit",
                    typed_module.foreign_cure(path) + add,
                )
            elif not typed_module.is_same(lying, data):
                what = (
                    "is not there"
                    if lying is None
                    else "is out of date: assets.toml or a picture has changed"
                )
                yield Finding(path, "emit", what, f"assetgen emit{add}")


def _of_decision(project: Workspace, decision: Decision, how: Strictness) -> Iterator[Finding]:
    asset, state = decision.asset, decision.state
    line = project.line(asset.id) if state is not State.FRESH else None
    make = decide.cure(decision)
    match state:
        case State.FOREIGN if isinstance(project.record(asset.id), Unusable):
            pass  # said of the record
        case State.FOREIGN:
            for reason in decision.reasons:
                what = f"is wanted by {asset.id}, but {reason.new}"
                yield Finding(reason.field, "foreign", what, decide.cure(decision))
        case State.EDITED:
            for reason in decision.reasons:
                yield _edited(project, decision, reason.field)
        case State.MISSING:
            gone = [reason.field for reason in decision.reasons if reason.new == "not there"]
            more = f" (nor are {len(gone) - 1} more of its files)" if len(gone) > 1 else ""
            what = f"is wanted by {asset.id} and is not there{more}"
            if found := decide.renamed(decision):
                what += f"; {reason_in_words(found.field, found.old, found.new)}"
            elif isinstance(project.tree, Index) and staged.has_unstaged(
                project.tree, record.place(asset.id), gone
            ):
                what, make = (
                    "is made but not staged",
                    f"git add -- {' '.join([*gone, record.place(asset.id)])}",
                )
            yield Finding(gone[0], "missing", what, make, line=line)
        case State.DRAFT:
            level: Level = "error" if how.release else "warning"
            yield Finding(
                asset.path, "draft", f"is a draft: {asset.route} has yet to draw it", make, level
            )
        case State.STALE:
            level = "warning" if how.staged and not how.strict else "error"
            yield Finding(FILE, "stale", f"{asset.id}: {describe(decision)}", make, level, line)


def _renamed(decision: Decision, former: str) -> Finding:
    what = f"{former} was renamed to {decision.asset.id}"
    return Finding(record.place(former), "renamed", what, decide.cure(decision))


def _edited(project: Workspace, decision: Decision, path: str) -> Finding:
    from assetgen.image import xmp

    name = decision.asset.id
    known = project.record(name)
    data = project.tree.read(path)
    cure = decide.cure(decision)
    if isinstance(project.tree, Index) and staged.unstaged_record_knows(
        project.tree, record.place(name), path
    ):
        return Finding(
            path, "edited", "is staged, but its record is not", f"git add {record.place(name)}"
        )
    if (
        isinstance(known, Record)
        and known.marked
        and data is not None
        and not xmp.source_type(data)
    ):
        what = "was changed and lost its marking (XMP digital source type); an optimiser may have stripped it"
        return Finding(path, "marking", what, cure)
    return Finding(path, "edited", "was changed since it was made", cure)


def _damaged(asset_id: str, found: Unusable) -> Finding:
    path = record.place(asset_id)
    cure = f"git restore --staged --worktree {path}, or assetgen generate {asset_id} --force"
    return Finding(path, "record", f"is not usable: {found}", cure)


def _orphans(
    project: Workspace, subjects: Mapping[str, Sequence[str]], owned: set[str]
) -> Iterator[Finding]:
    known = {asset.id for asset in project.manifest.asset}
    for asset_id in subjects:
        if asset_id not in known:
            path = record.place(asset_id)
            files = " ".join(name for name in subjects[asset_id] if name not in owned)
            cure = f"git rm {path} {files}".strip()
            yield Finding(
                path, "orphan", f"belongs to asset {asset_id!r}, which is not in {FILE}", cure
            )


def _of_folders(project: Workspace, spoken_for: set[str]) -> Iterator[Finding]:
    """Pictures under the output folders that no record and no manifest speaks of."""
    for folder in project.manifest.project.outputs:
        for path in project.tree.files(folder):
            if path in spoken_for or not _is_picture(path):
                continue
            if any(fnmatch.fnmatchcase(path, glob) for glob in project.manifest.project.ignore):
                continue
            named = shlex.quote(path)
            cure = f"assetgen adopt ID {named} (after adding it to {FILE}), or add it to project.ignore"
            if isinstance(project.tree, Index) and project.tree.is_new(path):
                cure = f"git reset -q -- {named} (leaves it out of the commit), or {cure}"
            yield Finding(
                path, "unrecorded", "has no record: nobody can say where it came from", cure
            )


def _is_picture(path: str) -> bool:
    return "." + path.rpartition(".")[2].lower() in FORMATS


def rests_on(project: Workspace, report: Report) -> Iterable[str]:
    """The paths of the index that the verdict of ``report`` rests on, for storing it."""
    pictures = (target.path for asset in project.manifest.asset for target in targets(asset))
    folders = (record.FOLDER, "templates", *project.manifest.project.outputs)
    return sorted(
        {FILE, *folders, *typed_module.names(project.manifest), *report.inputs}
        | {p for p in pictures if not p.startswith(folders)}
    )
