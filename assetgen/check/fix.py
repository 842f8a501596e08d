"""Mends what pages and the manifest disagree on: references into the manifest, the manifest's words into pages."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assetgen.check import pages as usage
from assetgen.check.pages import PageProblem
from assetgen.errors import ManifestError, StorageError
from assetgen.fs import store
from assetgen.fs.lock import locked
from assetgen.fs.tree import WorkTree
from assetgen.manifest import add_entries
from assetgen.manifest.add_entries import Added
from assetgen.manifest.rules import problem_of_alt
from assetgen.manifest.schema import FILE
from assetgen.pages import edits as edit
from assetgen.pages.edits import Edit
from assetgen.pages.places import Where
from assetgen.pages.proposals import Gap, Proposals, propose
from assetgen.plan.workspace import Workspace, open_workspace
from assetgen.refs.survey import Row, Survey


@dataclass(frozen=True)
class Mended:
    """What was written: the problems that are gone, and those that their author has to decide on."""

    done: tuple[PageProblem, ...]
    left: tuple[PageProblem, ...]

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
    variants: Mapping[Row, str]
    """Candidates of a srcset that were left, as their names make them variants, and the picture that they are of."""


def _is_meant(
    chosen: Sequence[Where], file: str, line: int | None = None, col: int | None = None
) -> bool:
    return not chosen or any(one.holds(file, line, col) for one in chosen)


def _are_lines(chosen: Sequence[Where]) -> bool:
    """Whether the very references are named, so that there is nothing to guess."""
    return bool(chosen) and all(one.line is not None for one in chosen)


def survey(project: Workspace, chosen: Sequence[Where]) -> Survey:
    """The references at the places that are ``chosen``; all, if none is."""
    found = _pages(project, chosen)
    named = ((row, row.reference) for row in found.rows)
    rows = tuple(row for row, one in named if _is_meant(chosen, one.file, one.line, one.col))
    return replace(found, rows=rows)


def dangling(found: Survey) -> Survey:
    """Those of the references that name a picture that is not there."""
    return replace(found, rows=tuple(row for row in found.rows if row.is_dangling))


def add(root: Path, chosen: Sequence[Where], route: str | None) -> Wanted:
    """Put what is named and not there into the manifest.

    Raises ManifestError or StorageError; nothing is written then.
    """
    with locked(root):
        project = open_workspace(root)
        found = usage.unwanted(project, survey(project, chosen))
        if not _are_lines(chosen):  # of which [check] wants nothing said
            found = replace(found, rows=tuple(usage.told(project, found.rows)))
        slips = {} if _are_lines(chosen) else usage.slips(project, found)
        variants = _variants(project, found)
        rows = [row for row in found.rows if row not in slips and row not in variants]
        texts = {
            file: _text(project, file) for file in dict.fromkeys(row.reference.file for row in rows)
        }
        gaps = [Gap(row.reference, row.resolution, texts[row.reference.file]) for row in rows]
        proposals = propose(gaps, project.manifest, project.kind, route=route)
        return Wanted(add_entries.add(root, proposals.entries), proposals, slips, variants)


_VARIANT = re.compile(r"(?:-\d{2,5}w?|@\d(?:\.\d)?x)?\.\w+\Z")


def _variants(project: Workspace, found: Survey) -> dict[Row, str]:
    """The candidates of a srcset that are a picture that is named or wanted too, in another width or format."""
    named = [row.resolution.path for row in found.rows if row.reference.kind != "srcset"]
    mains = {_VARIANT.sub("", path): path for path in (*named, *project.paths.values()) if path}
    pairs = ((row, mains.get(_VARIANT.sub("", row.resolution.path or ""))) for row in found.rows)
    return {row: main for row, main in pairs if row.reference.kind == "srcset" and main}


def fix(root: Path, chosen: Sequence[Where], alt: str | None) -> Mended:
    """Make the edits that mend pages; ``alt`` is the text for a picture that the manifest does not know.

    What is only likely is done where its line is named. Raises ManifestError if no page is named by [project] content
    or ``alt`` is asked for nowhere, StorageError if a page cannot be written or is being written by somebody else.
    """
    with locked(root):
        tree = WorkTree(root)
        project = Workspace(root, tree)
        if not project.manifest.project.content:
            what = "[project] content names no pages, so there is none to be mended"
            raise ManifestError(
                what, where=FILE, cure='add content = ["content/**/*.mdx"] under [project]'
            )
        found = _pages(project, chosen)
        _refuse_nothing(found, chosen)
        meant = _meant(project, found, chosen, alt)
        if alt is not None:
            _refuse_alt(alt, meant, chosen)
        done: list[PageProblem] = []
        for _ in range(_ROUNDS):  # a path that is right at last may show another alt or size
            likely = [one for one in meant if one.edits and (one.is_certain or _are_lines(chosen))]
            if not likely or not (written := _write(project, tree, likely)):
                break
            done += written
            tree = WorkTree(root)
            project = Workspace(root, tree)
            meant = _meant(project, _pages(project, chosen), chosen, alt)
        return Mended(tuple(done), tuple(meant))


# How often pages are looked at again after they were mended.
_ROUNDS = 4


def _pages(project: Workspace, chosen: Sequence[Where]) -> Survey:
    """The references of the whole pages that the places lie in."""
    return project.survey(lambda page: _is_meant(chosen, page))


def _meant(
    project: Workspace, found: Survey, chosen: Sequence[Where], alt: str | None
) -> list[PageProblem]:
    problems = usage.of_references(project, found, alt)
    return [one for one in problems if _is_meant(chosen, one.path, one.line, one.col)]


def _refuse_nothing(found: Survey, chosen: Sequence[Where]) -> None:
    """Raise ManifestError for a line that names no picture."""
    for one in chosen:
        named = (row.reference for row in found.rows)
        if one.line is not None and not any(
            one.holds(row.file, row.line, row.col) for row in named
        ):
            at = f"{one.path}:{one.line}" + (f":{one.col}" if one.col else "")
            what = "no picture is named here, or the page is in no glob of [project] content"
            raise ManifestError(what, where=at, cure=f"assetgen refs {usage.named(one.path)}")


def _refuse_alt(alt: str, meant: Sequence[PageProblem], chosen: Sequence[Where]) -> None:
    """Raise ManifestError unless a page can hold the text and exactly one picture asks for it."""
    if wrong := problem_of_alt(alt):
        raise ManifestError(
            wrong, where="--alt", cure="write what is to be seen in a plain sentence"
        )
    asking = [one for one in meant if one.asks_for_alt]
    where = f"{chosen[0].path}:{chosen[0].line}"
    if not asking:
        what = (
            "no picture here lacks a text that --alt could be: it has one, or the manifest knows it"
        )
        raise ManifestError(what, where=where, cure=f"assetgen refs {usage.named(where)}")
    if len(asking) > 1:
        places = " or ".join(f"{where}:{one.col}" for one in asking)
        what = f"{len(asking)} pictures here lack a text, and --alt is that of one"
        raise ManifestError(what, where=where, cure=f"name its column too: {places}")


def _write(
    project: Workspace, tree: WorkTree, problems: Sequence[PageProblem]
) -> list[PageProblem]:
    """Make the edits, all pages worked out before the first is written; the problems that are gone by them."""
    edits: dict[str, list[Edit]] = {}
    for problem in problems:
        edits.setdefault(problem.path, []).extend(problem.edits)
    written = {page: edit.applied(_text(project, page), made) for page, made in edits.items()}
    for page in written:
        if tree.changed_since(page):
            what = "the page changed while it was looked at; nothing was written"
            raise StorageError(what, where=page, cure=f"assetgen refs --fix {usage.named(page)}")
    for page, (text, _) in written.items():
        mode = os.lstat(project.root / page).st_mode
        store.write(project.root, page, text.encode())
        os.chmod(project.root / page, stat.S_IMODE(mode))
    return [one for one in problems if written[one.path][1].issuperset(one.edits)]


def _text(project: Workspace, page: str) -> str:
    return (project.content(page) or b"").decode("utf-8", "replace")
