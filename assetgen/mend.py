"""Mends what pages and the manifest disagree on: references into the manifest, the manifest's words into pages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assetgen import edit, entries, paths, starter, usage
from assetgen.edit import Edit
from assetgen.entries import Added
from assetgen.errors import ManifestError, StorageError
from assetgen.lock import locked
from assetgen.manifest import FILE
from assetgen.project import Project
from assetgen.refs.proposal import Gap, Proposals, propose
from assetgen.refs.scan import MAX_BYTES
from assetgen.refs.survey import Row, Survey
from assetgen.tree import WorkTree
from assetgen.usage import Problem

_PLACE = re.compile(r"(.+?):(\d+)(?::\d+)?\Z", re.S)


@dataclass(frozen=True)
class Where:
    """Some of the pages, or one line of one; ``path`` "" is the whole project."""

    path: str
    line: int | None = None

    def holds(self, file: str, line: int | None = None) -> bool:
        """Whether a page, or a line of it, is meant."""
        if self.path not in ("", file) and not file.startswith(self.path + "/"):
            return False
        return self.line is None or line is None or self.line == line


@dataclass(frozen=True)
class Mended:
    """What was written: the problems that are gone, by page, and those that have to be mended by hand."""

    done: tuple[Problem, ...]
    left: tuple[Problem, ...]

    @property
    def pages(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(problem.path for problem in self.done))


@dataclass(frozen=True)
class Wanted:
    """What was added to the manifest, and which references were not, and why."""

    added: Added
    proposals: Proposals
    slips: Mapping[Row, str]
    """References that were left, as they look like a slip of the pen, and what was meant."""


def where(root: Path, here: Path, names: Sequence[str]) -> list[Where]:
    """``names`` as people give them: PAGE, FOLDER, or PAGE:LINE, from the folder ``here``.

    Raises StorageError for one that is not there, or outside the project.
    """
    found = []
    for name in names:
        place = _PLACE.match(name) if not (here / name).exists() else None
        path, line = (place[1], int(place[2])) if place else (name, None)
        full = Path(here / path).resolve()
        if not full.exists():
            raise StorageError(f"{path} is not there", where=name, cure="name a page, a folder or PAGE:LINE")
        if not full.is_relative_to(root):
            raise StorageError(f"{path} is not in the project {root}", where=name, cure="name a page below it")
        found.append(Where("" if full == root else full.relative_to(root).as_posix(), line))
    return found


def survey(project: Project, chosen: Sequence[Where]) -> Survey:
    """The references at the places that are ``chosen``; all, if none is."""
    found = project.survey(lambda page: not chosen or any(one.holds(page) for one in chosen))
    rows = [r for r in found.rows if not chosen or any(w.holds(r.reference.file, r.reference.line) for w in chosen)]
    return Survey(found.pages, tuple(rows), found.consulted)


def dangling(found: Survey) -> Survey:
    """Those of the references that name a picture that is not there."""
    return Survey(found.pages, tuple(row for row in found.rows if row.is_dangling), found.consulted)


def add(root: Path, chosen: Sequence[Where], route: str | None) -> Wanted:
    """Put what is named and not there into the manifest.

    Raises ManifestError or StorageError; nothing is written then.
    """
    with locked(root):
        project = Project(root, WorkTree(root))
        found = survey(project, chosen)
        named_lines = bool(chosen) and all(one.line is not None for one in chosen)
        slips = {} if named_lines else usage.slips(project, found)
        rows = [row for row in found.rows if row.is_dangling and row not in slips]
        texts = {file: _text(project, file) for file in {row.reference.file for row in rows}}
        gaps = [Gap(row.reference, row.resolution, texts[row.reference.file]) for row in rows]
        proposals = propose(gaps, project.manifest, project.kind, route=route)
        return Wanted(entries.add(root, proposals.entries), proposals, slips)


def fix(root: Path, chosen: Sequence[Where], alt: str | None) -> Mended:
    """Make the edits that mend pages; ``alt`` is the text for pictures that the manifest does not know.

    Raises ManifestError if no page is named by [project] content, StorageError if one cannot be written.
    """
    with locked(root):
        project = Project(root, WorkTree(root))
        if not project.manifest.project.content:
            what = "[project] content names no pages, so there is none to be mended"
            raise ManifestError(what, where=FILE, cure='add content = ["content/**/*.mdx"] under [project]')
        problems = usage.look(project, alt).problems
        meant = [p for p in problems if p.row and (not chosen or any(w.holds(p.path, p.line) for w in chosen))]
        done = [problem for problem in meant if problem.edits]
        _write(project, done)
        return Mended(tuple(done), tuple(problem for problem in meant if not problem.edits))


def _write(project: Project, problems: Sequence[Problem]) -> None:
    """All pages are worked out before the first is written."""
    edits: dict[str, list[Edit]] = {}
    for problem in problems:
        edits.setdefault(problem.path, []).extend(problem.edits)
    written = {page: edit.applied(_text(project, page), made)[0] for page, made in edits.items()}
    for page, text in written.items():
        starter.write(project.root, page, text.encode())


def _text(project: Project, page: str) -> str:
    """A page that is to be edited. Raises StorageError if it is no UTF-8, which would not survive it."""
    data = paths.read_own(project.root, page, StorageError, MAX_BYTES)
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise StorageError("this is not UTF-8 text; it is not edited", where=page, cure="save it as UTF-8") from None
