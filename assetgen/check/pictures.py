"""check, first half: the files of every asset against their record and the manifest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from assetgen.check import (
    approvals,
    baseline,
    heavy,
    networks,
    of_candidates,
    old_names,
    old_title,
    orphans,
    rebuilt,
    second_records,
    staged,
)
from assetgen.check.emitted import EmittedFiles
from assetgen.check.findings import Finding, Level, Report, Strictness
from assetgen.check.unrecorded import unrecorded
from assetgen.cure import advice, command
from assetgen.fs import git_cures, globs
from assetgen.fs.tree import Index
from assetgen.manifest.schema import FILE, SCHEMA, Asset, listed_paths
from assetgen.pages import typed_module
from assetgen.plan import former, gitignore, redrawing, settle, standing
from assetgen.plan.decide import Action, Decision, State
from assetgen.plan.describe import describe, reason_in_words
from assetgen.plan.reasons import BATCH, MIXED, NO_FILE, is_in_form
from assetgen.plan.settled import Settled
from assetgen.plan.unusable import settling
from assetgen.plan.workspace import Workspace
from assetgen.record import approval, batch_file, candidates, record
from assetgen.record.baseline import FILE as BASELINE
from assetgen.record.old_names import FOLDER as NAMES
from assetgen.record.record import Record, Unusable


def check(project: Workspace, how: Strictness) -> Report:
    """Compare the manifest, the records and the output folders. Raises AssetgenError."""
    findings: list[Finding] = []
    records = _Records(project)
    owned: set[str] = set()
    inputs: set[str] = set()
    renamed: set[str] = set()
    recorded: list[Asset] = []
    older: list[str] = []
    seen: list[Decision] = []
    for decision in project.decisions(replace(project.world(), record=records.read)):
        seen.append(decision)
        owned.update(decision.paths)
        inputs.update(decision.rests_on)
        if decision.asset.is_rebuilt and decision.action is Action.NOTHING:
            recorded.append(decision.asset)
        if isinstance(decision, Settled):
            records.note(decision)
            continue
        old_id = former.former_id(decision)
        if old_id and old_id not in renamed:
            renamed.add(old_id)
            findings.append(_renamed(project, decision, old_id))
        elif redrawing.is_older(decision):
            older.append(decision.asset.id)
        else:
            findings += _of_decision(project, decision, how)
    findings += _older(older, how)
    records.read_rest()
    findings += records.findings
    findings += second_records.findings(project, records.listed)
    findings += orphans.findings(project, records.without(renamed), owned)
    findings += approvals.findings(project, seen, how, renamed)
    findings += [*records.emitted.findings(), *networks.findings(project)]
    findings += heavy.findings(project, seen)
    findings += of_candidates.findings(project)
    damaged_batches = project.holdings.batches.unusable().items()
    findings += [_of_batch(path, found) for path, found in damaged_batches]
    names = old_names.kept(project, owned)
    findings += old_names.findings(names, how.today)
    known = owned | inputs | records.paths() | {one.path for one in names}
    before = standing.compare(project, known)
    findings += baseline.findings(project, before)
    findings += unrecorded(project, before)
    findings += rebuilt.findings(project, how, recorded)
    made_from = tuple(sorted(path for path in inputs if not path.startswith("@")))
    return Report(
        findings=tuple(sorted(findings)),
        assets=len(project.manifest.asset),
        pictures=len(owned),
        inputs=made_from,
        before=len(before.same),
        unbuilt=rebuilt.unbuilt(project, recorded),
        notes=tuple(baseline.notes(project, before)),
        until=old_names.next_end(names, how.today),
    )


class _Records:
    """The records of a project, each read and verified once, and what they say in passing."""

    def __init__(self, project: Workspace) -> None:
        self._project = project
        self._subjects: dict[str, tuple[str, ...]] = {}  # the files that each record lists
        self.emitted = EmittedFiles(project)
        self.findings: list[Finding] = []

    def read(self, asset_id: str) -> Record | Unusable | None:
        """The record of an asset; only the names of its files are kept."""
        found = self._project.record(asset_id)
        if isinstance(found, Record):
            self._subjects[asset_id] = tuple(found.subject)
        elif found is not None:
            self._subjects[asset_id] = ()
            if finding := _of_unusable(self._project, asset_id, found):
                self.findings.append(finding)
        self.emitted.note(asset_id, found)
        return found

    def note(self, decision: Settled) -> None:
        """Note the record of an image that is fresh: it lists its files, and is not read again."""
        self._subjects[decision.asset.id] = decision.paths
        if self.emitted.needs(decision.asset.id):
            self.emitted.note(decision.asset.id, self._project.record(decision.asset.id))

    def read_rest(self) -> None:
        """Read the records that no asset asked for."""
        for asset_id in map(record.id_at, self.listed):
            if asset_id not in self._subjects:
                self.read(asset_id)

    @cached_property
    def listed(self) -> Sequence[str]:
        """The path of every record of the tree."""
        return list(self._project.recorded.paths())

    def without(self, ids: set[str]) -> Mapping[str, Sequence[str]]:
        """The files that each record lists, except the records of ``ids``."""
        return {name: files for name, files in self._subjects.items() if name not in ids}

    def paths(self) -> set[str]:
        """Every file that a record lists."""
        return {path for files in self._subjects.values() for path in files}


# -- one asset -------------------------------------------------------------------------------------


def _of_decision(project: Workspace, decision: Decision, how: Strictness) -> Iterator[Finding]:
    match decision.state:
        case State.UNMERGED:
            yield _unmerged(decision)
        case State.FOREIGN:
            yield from _foreign(project, decision)
        case State.EDITED:
            for reason in decision.reasons:
                yield _edited(project, decision, reason.field)
        case State.UNDECIDED:
            yield of_candidates.undecided(project, decision, how)
        case State.MISSING:
            yield _missing(project, decision)
        case State.DRAFT:
            yield _draft(decision, "error" if how.release else "warning")
        case State.FRESH:
            yield from _reformatted(project, decision.asset.id)
        case State.STALE:
            is_lenient = how.staged and not how.strict
            yield _stale(project, decision, "warning" if is_lenient else "error")
            yield from old_title.findings(project, decision)


def _foreign(project: Workspace, decision: Decision) -> Iterator[Finding]:
    asset_id = decision.asset.id
    if isinstance(project.record(asset_id), Unusable):
        return  # the finding of the record says so
    for reason in decision.reasons:
        yield Finding(
            path=reason.field,
            code="foreign",
            message=f"belongs to asset {asset_id}, but {reason.new}",
            cure=settle.cure(decision),
        )


def _unmerged(decision: Decision) -> Finding:
    first, *others = [reason.field for reason in decision.reasons]
    also = f", nor {', '.join(others)}" if others else ""
    asset_id = decision.asset.id
    what = f"both sides changed asset {asset_id}; take its files and its record from one side"
    if first not in (*decision.wish.paths, *record.places(asset_id)):
        what = f"asset {asset_id} is made from it; it is not made or bought before that is settled"
    return Finding(
        path=first,
        code="unmerged",
        message=f"is not merged{also}: {what}",
        cure=settle.cure(decision),
    )


def _missing(project: Workspace, decision: Decision) -> Finding:
    asset_id = decision.asset.id
    gone = [reason.field for reason in decision.reasons if reason.new == NO_FILE]
    what, cure = f"does not exist, but asset {asset_id} lists it", settle.cure(decision)
    if len(gone) > 1:
        others = len(gone) - 1
        what += f" (and {others} other file{'s' * (others > 1)} of it)"
    place = project.recorded.at(asset_id)
    if found := former.renamed(decision) or former.moved(decision):
        what += f"; {reason_in_words(found.field, found.old, found.new)}"
    elif unusable := former.unusable(decision):
        what += f", and {unusable.new}"
    elif same := next(filter(is_in_form, decision.reasons), None):
        what += f", and {same.new}"
    elif isinstance(project.tree, Index) and staged.has_unstaged(project.tree, place, gone):
        what, cure = (
            "exists, but is not staged",
            git_cures.adding(
                project.tree.held, [*(() if decision.asset.is_rebuilt else gone), place]
            ),
        )
    elif isinstance(project.tree, Index) and staged.has_unusable(project.tree, place):
        what += ", and its record in the working tree is not usable"
        cure = settling(project, asset_id)
    if batched := next((one for one in decision.reasons if one.field == BATCH), None):
        what += f"; {batched.new}"
    line = project.line(asset_id)
    return Finding(path=gone[0], code="missing", message=what, cure=cure, line=line)


def _draft(decision: Decision, level: Level) -> Finding:
    asset = decision.asset
    why = f"route {asset.route} has not drawn it yet"
    if asset.draft:
        why = f"{FILE} says draft = true for asset {asset.id}"
    return Finding(
        path=asset.path,
        code="draft",
        message=f"is a placeholder image (draft): {why}",
        cure=settle.cure(decision),
        level=level,
    )


def _stale(project: Workspace, decision: Decision, level: Level) -> Finding:
    return Finding(
        path=FILE,
        code="stale",
        message=f"{decision.asset.id}: {describe(decision)}",
        cure=settle.cure(decision),
        level=level,
        line=project.line(decision.asset.id),
    )


def _older(ids: list[str], how: Strictness) -> Iterator[Finding]:
    """One finding on all images that only newer layouts make stale: an upgrade is no mistake."""
    if not ids or how.staged:  # no commit causes it
        return
    first = ", ".join(ids[:3]) + (", ..." if len(ids) > 3 else "")
    were = "image was" if len(ids) == 1 else "images were"
    by = "drawn by an older assetgen, whose layouts were different"
    yield Finding(
        path=FILE,
        code="older-layout",
        message=f"{len(ids)} {were} {by}: {first}",
        cure=command("assetgen generate --redraw"),
        level="error" if how.release else "warning",
    )


def _renamed(project: Workspace, decision: Decision, former: str) -> Finding:
    return Finding(
        path=project.recorded.at(former),
        code="renamed",
        message=f"asset {former} was renamed to {decision.asset.id}",
        cure=settle.cure(decision),
    )


def _edited(project: Workspace, decision: Decision, path: str) -> Finding:
    place = project.recorded.at(decision.asset.id)
    code, what, cure = "edited", "was changed after assetgen made it", settle.cure(decision)
    known = project.record(decision.asset.id)
    made = known.subject.get(path) if isinstance(known, Record) else None
    tree = project.tree
    if isinstance(tree, Index) and staged.unstaged_record_knows(tree, place, path):
        what, cure = "is staged, but its record is not", git_cures.adding(tree.held, [place])
    elif isinstance(tree, Index) and tree.work.digest(path) == made:
        what = "is staged as it was changed; as it was made, it is not staged"
        cure = git_cures.adding(tree.held, [path])
    elif any(reason.new == MIXED for reason in decision.reasons):
        what = f"{MIXED}; take both from one side"
    elif _lost_its_mark(project, decision.asset.id, path):
        code = "marking"
        what = (
            "was changed and lost its XMP metadata (digital source type); "
            "an optimiser may have removed it"
        )
    return Finding(path=path, code=code, message=what, cure=cure)


def _lost_its_mark(project: Workspace, asset_id: str, path: str) -> bool:
    """Whether a file has no XMP metadata although its record says that it was written."""
    from assetgen.image import xmp

    known, data = project.record(asset_id), project.tree.read(path)
    is_marked = isinstance(known, Record) and known.marked
    return is_marked and data is not None and not xmp.source_type(data)


# -- records ---------------------------------------------------------------------------------------


def _of_unusable(project: Workspace, asset_id: str, found: Unusable) -> Finding | None:
    """The finding on a record; None if another finding, on its asset, says so."""
    path = project.recorded.at(asset_id)
    if torn := project.holdings.unmerged([path]):
        if asset_id in project.paths:
            return None
        return Finding(path=path, code="unmerged", message="is not merged", cure=torn.cure)
    if asset_id not in project.paths:
        return None  # the finding that no asset has it says so
    return damaged(project, asset_id, found)


def damaged(project: Workspace, asset_id: str, found: Unusable) -> Finding:
    """The finding on a record that cannot be used."""
    path = project.recorded.at(asset_id)
    return Finding(
        path=path,
        code="record",
        message=f"is not usable: {found}",
        cure=settling(project, asset_id),
    )


def _reformatted(project: Workspace, asset_id: str) -> Iterator[Finding]:
    """The finding on a record of a fresh image; any other state is settled with a new record."""
    known = project.record(asset_id)
    if isinstance(known, Record) and known.is_reformatted:
        yield Finding(
            path=project.recorded.at(asset_id),
            code="record",
            message="was reformatted: it says the same, but not in the form that assetgen writes",
            cure=project.holdings.reformatting(asset_id),
        )


def _of_batch(path: str, found: batch_file.Unusable) -> Finding:
    """The finding on a file of a batch that cannot be used, so that nothing is collected by it."""
    cure = advice("find out who changed it; then restore {path} from git, or remove it", path=path)
    message = f"is not the file of a batch of assetgen: {found}"
    return Finding(path=path, code="batch", message=message, cure=cure)


#: Where the files of assetgen itself are that a verdict depends on.
_FOLDERS = (record.FOLDER, candidates.FOLDER, approval.FOLDER, batch_file.FOLDER, NAMES)


def rests_on(project: Workspace, report: Report) -> Iterable[str]:
    """The paths of the index that the verdict of ``report`` depends on."""
    stated = project.manifest.project
    apart = (one.path.rstrip("/") for one in stated.modules if one.by)
    folders = (*_FOLDERS, "templates", *stated.outputs, *apart)
    inside = tuple(f"{folder}/" for folder in folders)
    module = typed_module.names(project.manifest)
    pictures = (*listed_paths(project.manifest), *standing.baseline_of(project.tree).lines)
    outside = {path for path in pictures if not path.startswith(inside)}
    rules = project.manifest.collection
    sources = {base or "." for base in globs.bases(glob for one in rules for glob in one.patterns)}
    sources |= {one.data for one in rules if one.data}
    found = {
        FILE,
        SCHEMA,
        BASELINE,
        gitignore.FILE,
        *folders,
        *module,
        *report.inputs,
        *sources,
    } | outside
    # git compares each of them with each file; a folder stands for all that is in it.
    return ["."] if "." in found else sorted(one for one in found if found.isdisjoint(_above(one)))


def _above(path: str) -> list[str]:
    """The folders that ``path`` is in."""
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]
