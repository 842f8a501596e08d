"""Fixes disagreements: adds missing images to the manifest, corrects references in pages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assetgen.check import pages, references
from assetgen.check.misspelled import Correction
from assetgen.check.problem import PageProblem
from assetgen.cure import Cure, advice, command
from assetgen.errors import ManifestError
from assetgen.fs.lock import locked
from assetgen.fs.tree import WorkTree
from assetgen.manifest import add_entries
from assetgen.manifest.add_entries import Added
from assetgen.manifest.rules import problem_of_alt
from assetgen.manifest.schema import FILE
from assetgen.pages import edits, page_file
from assetgen.pages.edits import Edit
from assetgen.pages.gap import Gap
from assetgen.pages.places import PagePlace
from assetgen.pages.proposals import Proposals, propose
from assetgen.plan.workspace import Workspace, open_workspace
from assetgen.refs.survey import ResolvedReference, Survey

# How often pages are compared again after they were fixed.
_ROUNDS = 4


@dataclass(frozen=True)
class Fixed:
    """The problems that were fixed, and those that their author has to decide on."""

    done: tuple[PageProblem, ...]
    left: tuple[PageProblem, ...]

    @property
    def pages(self) -> tuple[str, ...]:
        """The pages that were written."""
        return tuple(dict.fromkeys(problem.path for problem in self.done))


@dataclass(frozen=True)
class AddedImages:
    """What was added to the manifest, and which references were not, and why."""

    added: Added
    proposals: Proposals
    misspelled: Mapping[ResolvedReference, Correction]
    """References that were left out because their image seems to exist under another path."""
    variants: Mapping[ResolvedReference, str]
    """Candidates of a srcset that were left out as variants, with the path of their image."""
    outside: tuple[str, ...] = ()
    """The files that were named and that project.content does not match."""


# -- refs --add ------------------------------------------------------------------------------------


def add(
    root: Path, chosen: Sequence[PagePlace], route: str | None, *, cached: bool = True
) -> AddedImages:
    """Add the missing images at the ``chosen`` places to the manifest.

    Raises ManifestError or StorageError; nothing is written then.
    """
    with locked(root):
        project = open_workspace(root, cached=cached)
        named, outside = references.whole(project, chosen)
        found = pages.missing_images(project, named)
        if (
            references.are_lines(chosen) and not found.rows
        ):  # what is named is never left out without a word
            found = replace(named, rows=tuple(row for row in named.rows if _has_no_file(row)))
        if not references.are_lines(chosen):
            found = pages.not_ignored(project, found)
        misspelled = {} if references.are_lines(chosen) else pages.corrections(project, found)
        variants = _variants(project, found)
        rows = [row for row in found.rows if row not in misspelled and row not in variants]
        texts = {page: _text(project, page) for page in {row.reference.file for row in rows}}
        gaps = [Gap(row.reference, row.resolution, texts[row.reference.file]) for row in rows]
        proposals = propose(gaps, project.manifest, project.kind, route=route)
        added = add_entries.add(root, proposals.entries, proposals.remarks)
        return AddedImages(added, proposals, misspelled, variants, outside)


def _has_no_file(row: ResolvedReference) -> bool:
    """Whether a reference shows an image that is no file of the project."""
    return row.resolution.path is None and row.reference.kind not in ("link", "glob")


def _text(project: Workspace, page: str) -> str:
    return (project.content(page) or b"").decode("utf-8", "replace")


_VARIANT = re.compile(r"(?:-\d{2,5}w?|@\d(?:\.\d)?x)?\.\w+\Z")


def _variants(project: Workspace, found: Survey) -> dict[ResolvedReference, str]:
    """The candidates of a srcset that are another width or format of a listed or named image."""
    named = [row.resolution.path for row in found.rows if row.reference.kind != "srcset"]
    mains = {_VARIANT.sub("", path): path for path in (*named, *project.paths.values()) if path}
    pairs = ((row, mains.get(_VARIANT.sub("", row.resolution.path or ""))) for row in found.rows)
    return {row: main for row, main in pairs if row.reference.kind == "srcset" and main}


# -- refs --fix ------------------------------------------------------------------------------------


def fix(root: Path, chosen: Sequence[PagePlace], alt: str | None, *, cached: bool = True) -> Fixed:
    """Fix the pages; ``alt`` is the alternative text for an image without an asset.

    A fix that is only likely is made where its line is chosen. Raises ManifestError if
    project.content is empty or no image lacks ``alt``, StorageError if a page cannot be written
    or changes meanwhile.
    """
    with locked(root):
        tree = WorkTree(root, cached=cached)
        project = Workspace(root, tree)
        _refuse_no_content(project)
        found = _references(project, chosen)
        problems = _problems(project, found, chosen, alt=alt)
        _refuse_empty_lines(found, problems, chosen)
        if alt is not None:
            _refuse_alt(alt, problems, chosen)
        done: list[PageProblem] = []
        for _ in range(_ROUNDS):  # a corrected path may show another problem of its image
            certain = [one for one in problems if one.is_certain or references.are_lines(chosen)]
            written = write(tree, [one for one in certain if one.edits], chosen, alt)
            if not written:
                break
            done += written
            tree = WorkTree(root, cached=cached)
            project = Workspace(root, tree)
            problems = _problems(project, _references(project, chosen), chosen, alt=alt)
        return Fixed(tuple(done), tuple(problems))


def _references(project: Workspace, chosen: Sequence[PagePlace]) -> Survey:
    """The references of the chosen pages, as far as check reads them."""
    if not project.manifest.project.content:
        return Survey((), (), frozenset())
    return references.of_pages(project, chosen)


def _problems(
    project: Workspace, found: Survey, chosen: Sequence[PagePlace], *, alt: str | None
) -> list[PageProblem]:
    problems = pages.compare_references(
        project, found, alt, only=lambda page: references.is_chosen(chosen, page)
    )
    return [one for one in problems if references.is_chosen(chosen, one.path, one.line, one.col)]


def write(
    tree: WorkTree,
    problems: Sequence[PageProblem],
    chosen: Sequence[PagePlace] = (),
    alt: str | None = None,
) -> list[PageProblem]:
    """Make the edits of ``problems``, and return those that they fix.

    ``chosen`` and ``alt`` are what the user named, to be named again. All pages are edited in
    memory before the first is written. Raises StorageError.
    """
    made: dict[str, list[Edit]] = {}
    for problem in problems:
        made.setdefault(problem.path, []).extend(problem.edits)
    edited = {page: edits.applied(page_file.read(tree, page), one) for page, one in made.items()}
    texts = {page: text for page, (text, _) in edited.items()}
    page_file.write(tree, texts, again=lambda page: _again(page, chosen, alt))
    return [one for one in problems if edited[one.path][1].issuperset(one.edits)]


def _again(page: str, chosen: Sequence[PagePlace], alt: str | None) -> Cure:
    """The command that fixes the same in one page."""
    places = [one.shown for one in chosen if one.path == page] or [page]
    if alt is None:
        return command("assetgen refs --fix {places}", places=places)
    return command("assetgen refs --fix {places} --alt {alt}", places=places, alt=alt)


# -- refusals --------------------------------------------------------------------------------------


def _refuse_no_content(project: Workspace) -> None:
    stated = project.manifest
    if not stated.project.content and not any(asset.writes for asset in stated.asset):
        raise ManifestError(
            "project.content is empty, so there are no pages to fix",
            where=FILE,
            cure=advice('add content = ["content/**/*.mdx"] under [project]'),
        )


def _refuse_empty_lines(
    found: Survey, problems: Sequence[PageProblem], chosen: Sequence[PagePlace]
) -> None:
    """Raise ManifestError for a line without a reference to an image."""
    places = [(row.reference.file, row.reference.line, row.reference.col) for row in found.rows]
    places += [(one.path, one.line or 1, one.col or 1) for one in problems]
    for one in chosen:
        if one.line is not None and not any(one.includes(*place) for place in places):
            raise ManifestError(
                "no image is named here, or project.content does not match the page",
                where=f"{one.path}:{one.line}" + (f":{one.col}" if one.col else ""),
                cure=command("assetgen refs {path}", path=one.path),
            )


def _refuse_alt(alt: str, problems: Sequence[PageProblem], chosen: Sequence[PagePlace]) -> None:
    """Raise ManifestError unless ``alt`` is usable and exactly one image needs it."""
    if wrong := problem_of_alt(alt):
        cure = advice("describe in one plain sentence what the image shows")
        raise ManifestError(wrong, where="--alt", cure=cure)
    asking = [one for one in problems if one.asks_for_alt]
    where = f"{chosen[0].path}:{chosen[0].line}"
    if not asking:
        raise ManifestError(
            "no image here needs --alt: each has an alternative text, here or in the manifest",
            where=where,
            cure=command("assetgen refs {where}", where=where),
        )
    if len(asking) > 1:
        places = " or ".join(f"{where}:{one.col}" for one in asking)
        raise ManifestError(
            f"{len(asking)} images here have no alternative text, and --alt is for one",
            where=where,
            cure=advice("name its column too: {places}", places=places),
        )
