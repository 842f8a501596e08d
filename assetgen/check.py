"""The gate: does every picture here answer where it came from, and is it what is wanted? Offline, writes nothing."""

from __future__ import annotations

import fnmatch
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from assetgen import emit, plan, record
from assetgen.delivered import Delivered
from assetgen.manifest import FILE, FORMATS, targets
from assetgen.plan import Decision, State
from assetgen.project import Project
from assetgen.record import Record, Unusable
from assetgen.tree import Index

Level = Literal["error", "warning"]


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is not as it should be, and the command that cures it."""

    path: str
    code: str
    message: str
    cure: str
    level: Level = "error"
    line: int | None = field(default=None, compare=False)
    """Of ``path`` if ``col`` is given too, else of the manifest."""
    col: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Report:
    """All findings of one check, sorted by path; ``pictures`` is the number of files that were answered for."""

    findings: tuple[Finding, ...]
    assets: int
    pictures: int
    inputs: tuple[str, ...] = ()
    """The files that pictures are made from, pages among them."""
    pages: int = 0
    """The pages that were compared with the pictures."""

    @property
    def is_clean(self) -> bool:
        return not any(finding.level == "error" for finding in self.findings)

    @property
    def exit_code(self) -> int:
        return 0 if self.is_clean else 1


@dataclass(frozen=True)
class Strictness:
    """How check was called: ``staged`` warns of stale pictures, ``release`` refuses drafts."""

    staged: bool = False
    strict: bool = False
    release: bool = False


def check(project: Project, how: Strictness) -> Report:
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
    for decision in plan.decide(project.manifest, replace(project.world(), record=recorded)):
        owned.update(target.path for target in decision.wish.targets)
        inputs.update(plan.rests_on(decision.wish))
        former = plan.former_id(decision)
        if former and former not in renamed:
            renamed.add(former)
            findings.append(_renamed(decision, former))
        else:
            findings += _of_decision(project, decision, how)
    for asset_id in map(record.id_at, project.records()):
        if asset_id not in subjects:
            recorded(asset_id)
    findings += _orphans(project, {name: files for name, files in subjects.items() if name not in renamed}, owned)
    findings += emitted.findings()
    recorded_paths = {path for paths in subjects.values() for path in paths}
    findings += _of_folders(project, owned | inputs | recorded_paths)
    made_from = tuple(sorted(path for path in inputs if not path.startswith("@")))
    return Report(tuple(sorted(findings)), len(project.manifest.asset), len(owned), made_from)


class _Module:
    """The typed module as it ought to be, gathered while the records are read."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._wanted = {asset.id: asset for asset in project.manifest.asset if project.manifest.project.emit}
        self._found: dict[str, Delivered] = {}

    def note(self, asset_id: str, known: Record | Unusable | None) -> None:
        if asset_id in self._wanted:
            found = emit.of(self._wanted[asset_id], known, self._project.manifest.project.public)
            if isinstance(found, Delivered):
                self._found[asset_id] = found

    def findings(self) -> Iterator[Finding]:
        """Each file of the module that is not as emit would write it."""
        if self._project.manifest.project.emit is None:
            return
        wanted = emit.files(self._project.manifest, self._found.values())
        add = f" && git add {' '.join(wanted)}" if isinstance(self._project.tree, Index) else ""
        for path, data in wanted.items():
            lying = self._project.tree.read(path)
            if lying is not None and not emit.is_ours(lying):
                yield Finding(path, "emit", "was not written by assetgen emit", emit.foreign_cure(path) + add)
            elif not emit.is_same(lying, data):
                what = "is not there" if lying is None else "is out of date: assets.toml or a picture has changed"
                yield Finding(path, "emit", what, f"assetgen emit{add}")


def _of_decision(project: Project, decision: Decision, how: Strictness) -> Iterator[Finding]:
    asset, state = decision.asset, decision.state
    line = project.line(asset.id) if state is not State.FRESH else None
    make = plan.cure(decision)
    match state:
        case State.FOREIGN if isinstance(project.record(asset.id), Unusable):
            pass  # said of the record
        case State.FOREIGN:
            for reason in decision.reasons:
                what = f"is wanted by {asset.id}, but {reason.new}"
                yield Finding(reason.field, "foreign", what, plan.cure(decision))
        case State.EDITED:
            for reason in decision.reasons:
                yield _edited(project, decision, reason.field)
        case State.MISSING:
            gone = [reason.field for reason in decision.reasons if reason.new == "not there"]
            more = f" (nor are {len(gone) - 1} more of its files)" if len(gone) > 1 else ""
            what = f"is wanted by {asset.id} and is not there{more}"
            if found := plan.renamed(decision):
                what += f"; {_reason(found.field, found.old, found.new)}"
            elif isinstance(project.tree, Index) and project.tree.has_unstaged(record.place(asset.id), gone):
                what, make = "is made but not staged", f"git add -- {' '.join([*gone, record.place(asset.id)])}"
            yield Finding(gone[0], "missing", what, make, line=line)
        case State.DRAFT:
            level: Level = "error" if how.release else "warning"
            yield Finding(asset.path, "draft", f"is a draft: {asset.route} has yet to draw it", make, level)
        case State.STALE:
            level = "warning" if how.staged and not how.strict else "error"
            yield Finding(FILE, "stale", f"{asset.id}: {describe(decision)}", make, level, line)


def _renamed(decision: Decision, former: str) -> Finding:
    what = f"{former} was renamed to {decision.asset.id}"
    return Finding(record.place(former), "renamed", what, plan.cure(decision))


def _edited(project: Project, decision: Decision, path: str) -> Finding:
    from assetgen import marking

    name = decision.asset.id
    known = project.record(name)
    data = project.tree.read(path)
    cure = plan.cure(decision)
    if isinstance(project.tree, Index) and project.tree.unstaged_record_knows(record.place(name), path):
        return Finding(path, "edited", "is staged, but its record is not", f"git add {record.place(name)}")
    if isinstance(known, Record) and known.marked and data is not None and not marking.source_type(data):
        what = "was changed and lost its marking (XMP digital source type); an optimiser may have stripped it"
        return Finding(path, "marking", what, cure)
    return Finding(path, "edited", "was changed since it was made", cure)


def describe(decision: Decision) -> str:
    """The reasons of a decision in one line: which fields, old and new."""
    if decision.state is State.EDITED:
        shown = [f"{r.field} changed since it was made" for r in decision.reasons]
    else:
        gone = [r for r in decision.reasons if r.new == "not there"]
        rest = [r for r in decision.reasons if r.new != "not there"]
        more = f" and {len(gone) - 1} more" if len(gone) > 1 else ""
        shown = [f"{gone[0].field}{more} not there"] if gone else []
        shown += [_reason(r.field, r.old, r.new) for r in rest]
    return "; ".join(shown[:4]) + (f"; and {len(shown) - 4} more" if len(shown) > 4 else "")


def _reason(field: str, old: object, new: object) -> str:
    if field == "renamed":
        return f"its picture is there as {old}: {new}"
    if field == "template":
        return "template changed"
    if field.startswith("inputs[") and field.endswith("sha256"):
        return "an input changed"
    if field == "files":
        return _files(str(old), str(new))
    if _is_digest(old) and _is_digest(new):
        return f"{field} changed"
    if isinstance(old, Mapping | None) and isinstance(new, Mapping | None):
        keys = dict.fromkeys((*(old or {}), *(new or {})))
        parts = [(key, (old or {}).get(key), (new or {}).get(key)) for key in keys]
        return "; ".join(_reason(f"{field}.{key}", before, after) for key, before, after in parts if before != after)
    if isinstance(old, list | tuple | None) and isinstance(new, list | tuple | None):
        return _entries(field, list(map(_value, old or ())), list(map(_value, new or ())))
    if old is None and isinstance(new, str) and _is_said(field):
        return f"{field} {new}"
    before, after = _differing(_value(old), _value(new))
    return f"{field} {before} -> {after}"


def _is_said(field: str) -> bool:
    """Whether a text without an old one is a sentence about the field; elsewhere it is the field's new value."""
    return field not in ("model", "quality", "mask", "fit") and not field.startswith(("values.", "options.", "inputs["))


def _files(old: str, new: str) -> str:
    before, after = old.split(", "), new.split(", ")
    if before == after:
        return "files are to be encoded otherwise"
    return _entries("files", before, after)


def _entries(field: str, old: Sequence[str], new: Sequence[str]) -> str:
    """Which entries of a list came and went."""
    came = [entry for entry in new if entry not in old]
    gone = [entry for entry in old if entry not in new]
    said = [f"{word} {_some(entries)}" for word, entries in (("added", came), ("removed", gone)) if entries]
    if said:
        return f"{field} {', '.join(said)}"
    return f"{field} in another order" if len(old) == len(new) else f"{field} {len(old)} -> {len(new)} entries"


def _some(entries: Sequence[str]) -> str:
    more = f" and {len(entries) - 3} more" if len(entries) > 3 else ""
    return ", ".join(_short(entry) for entry in entries[:3]) + more


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and (value.startswith("sha256:") or (len(value) == 64 and value.isalnum()))


def _value(value: object, deep: int = 8) -> str:
    """A value as people write it; a record may nest one deeper than anybody reads."""
    if deep == 0:
        return "..."
    if value is None or isinstance(value, bool):
        return {None: "none", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        if "path" in value:
            return _value(value["path"], deep - 1)
        return ", ".join(f"{k} {_value(v, deep - 1)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_value(one, deep - 1) for one in value) or "none"
    return "a file" if _is_digest(value) else str(value)


_SHORT = 40


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else text[: _SHORT - 3] + "..."


def _differing(old: str, new: str) -> tuple[str, str]:
    """Two texts as they are set side by side: whole if they are short, else the words that differ."""
    if max(len(old), len(new)) <= _SHORT:
        return old, new
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    first = old.rfind(" ", 0, max(0, old.rfind(" ", 0, start))) + 1  # a word more, to find the place by
    first = max(first, start - _SHORT // 2)
    return _part(old, first, len(old) - end), _part(new, first, len(new) - end)


def _alike(old: str, new: str) -> int:
    """How many characters two texts begin with that are the same."""
    pairs = zip(old, new, strict=False)
    return next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(old), len(new)))


def _part(text: str, first: int, last: int) -> str:
    last = len(text) if (blank := text.find(" ", last)) < 0 else blank
    last = min(last, first + 2 * _SHORT)
    return ("..." if first else "") + text[first:last] + ("..." if last < len(text) else "")


def _damaged(asset_id: str, found: Unusable) -> Finding:
    path = record.place(asset_id)
    cure = f"git restore --staged --worktree {path}, or assetgen generate {asset_id} --force"
    return Finding(path, "record", f"is not usable: {found}", cure)


def _orphans(project: Project, subjects: Mapping[str, Sequence[str]], owned: set[str]) -> Iterator[Finding]:
    known = {asset.id for asset in project.manifest.asset}
    for asset_id in subjects:
        if asset_id not in known:
            path = record.place(asset_id)
            files = " ".join(name for name in subjects[asset_id] if name not in owned)
            cure = f"git rm {path} {files}".strip()
            yield Finding(path, "orphan", f"belongs to asset {asset_id!r}, which is not in {FILE}", cure)


def _of_folders(project: Project, spoken_for: set[str]) -> Iterator[Finding]:
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
            yield Finding(path, "unrecorded", "has no record: nobody can say where it came from", cure)


def _is_picture(path: str) -> bool:
    return "." + path.rpartition(".")[2].lower() in FORMATS


def rests_on(project: Project, report: Report) -> Iterable[str]:
    """The paths of the index that the verdict of ``report`` rests on, for storing it."""
    pictures = (target.path for asset in project.manifest.asset for target in targets(asset))
    folders = (record.FOLDER, "templates", *project.manifest.project.outputs)
    return sorted(
        {FILE, *folders, *emit.names(project.manifest), *report.inputs}
        | {p for p in pictures if not p.startswith(folders)}
    )
