"""check, second half: the pages against the manifest and the files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from typing import Literal

from assetgen.check import heavy_shown, outside
from assetgen.check.compare import Comparison
from assetgen.check.findings import Finding, Level
from assetgen.check.head_images import HeadImages
from assetgen.check.misspelled import Correction
from assetgen.check.problem import PageProblem, brief
from assetgen.check.quiet import surveyed
from assetgen.check.surveyed import SurveyedPages
from assetgen.check.unused import UnusedImages
from assetgen.cure import advice, command
from assetgen.fs import git_cures, globs
from assetgen.fs.tree import Index, WorkTree
from assetgen.manifest.schema import FILE
from assetgen.pages import typed_module
from assetgen.plan.workspace import Workspace
from assetgen.refs.sites import framework
from assetgen.refs.survey import ResolvedReference, Survey


@dataclass(frozen=True)
class Compared:
    """The problems of all pages, the files that they depend on, and the number of pages."""

    problems: tuple[PageProblem, ...]
    rests_on: frozenset[str]
    pages: int
    survey: Survey | None = None
    """What the pages refer to; None without project.content."""


def not_ignored(project: Workspace, found: Survey) -> Survey:
    """The references that [check] does not ignore."""
    return replace(found, rows=tuple(SurveyedPages(project, found).rows()))


def missing_images(project: Workspace, found: Survey) -> Survey:
    """The references to missing images that no asset lists."""
    owners = SurveyedPages(project, found).owners
    rows = (row for row in found.rows if row.is_dangling and row.resolution.path not in owners)
    return replace(found, rows=tuple(rows))


def corrections(project: Workspace, found: Survey) -> dict[ResolvedReference, Correction]:
    """Of ``missing_images`` those with a typo or an old path, and what was likely meant."""
    comparison = Comparison(SurveyedPages(project, found))
    return {row: one for row in found.rows if (one := comparison.correction(row))}


def missing_in(project: Workspace, pages: Set[str]) -> list[PageProblem]:
    """The ``dangling`` problems of ``pages``, unless [check] turns them off.

    Raises AssetgenError.
    """
    if project.manifest.check.dangling == "off":
        return []
    survey = project.survey(pages.__contains__)
    return Comparison(SurveyedPages(project, survey)).dangling()


def compare(project: Workspace) -> Compared:
    """Compare the pages that project.content matches with the manifest and the files.

    Also whether pages name their own images. Leaves out what [check] turns off. Raises
    AssetgenError.
    """
    heads = HeadImages(project)
    if not project.manifest.project.content:
        alone = _reported(project, heads.problems())
        return Compared(alone, frozenset(heads.rests_on()), 0)
    found, quiet = surveyed(project)
    found = _without_module(project, found)
    pages = SurveyedPages(project, found, quiet)
    comparison = Comparison(pages)
    of_references = list(comparison.problems())
    quiet.keep(found, comparison.measured, {problem.path for problem in of_references})
    problems = [
        *_no_pages(pages),
        *_unread(pages),
        *heads.instead_of(of_references),
        *UnusedImages(pages, heads.assets).problems(),
        *heavy_shown.problems(pages),
    ]
    rests_on = found.consulted.union(
        found.pages, quiet.rests_on, pages.shown(), project.listing.links, heads.rests_on()
    )
    return Compared(_reported(project, problems), rests_on, len(found.pages), found)


def compare_references(
    project: Workspace,
    found: Survey,
    alt: str | None = None,
    *,
    only: Callable[[str], bool] = lambda _page: True,
) -> tuple[PageProblem, ...]:
    """Only the problems of the references in ``found``, as ``compare`` reports them.

    And those of the images that the pages of ``only`` name as their own. ``alt`` is the alternative
    text for images without an asset. Raises AssetgenError.
    """
    pages = SurveyedPages(project, _without_module(project, found))
    heads = HeadImages(project, only)
    return _reported(project, heads.instead_of(Comparison(pages, alt).problems()))


def _no_pages(pages: SurveyedPages) -> Iterator[PageProblem]:
    """A mistake in the patterns would silently leave every page unchecked."""
    if pages.survey.pages:
        return
    patterns = ", ".join(map(brief, pages.project.manifest.project.content))
    yield PageProblem(
        code="no-pages",
        message=f"no file matches project.content ({patterns}), so no page is checked",
        path=FILE,
        line=pages.project.places.line_of(("project", "content")),
        remark=advice(
            "correct the patterns ({refs} shows what they match)", refs=command("assetgen refs")
        ),
    )


def _unread(pages: SurveyedPages) -> Iterator[PageProblem]:
    """What a page that was not read refers to is not known."""
    for page in pages.survey.unread:
        if not pages.is_ignored(page):
            yield PageProblem(
                code="unread",
                message="this file is too large or too tangled to be read, so its images are not "
                "checked, and no image is called unreferenced",
                path=page,
                line=None,
                remark=advice(
                    "exclude it in project.content: {pattern}", pattern=json.dumps(f"!{page}")
                ),
            )


def _without_module(project: Workspace, found: Survey) -> Survey:
    """All but the references of the typed module, which names every image."""
    ours = typed_module.names(project.manifest)
    return replace(found, rows=tuple(row for row in found.rows if row.reference.file not in ours))


def _reported(project: Workspace, problems: Iterable[PageProblem]) -> tuple[PageProblem, ...]:
    """Those that [check] does not turn off, in the order of their places."""
    reported = (problem for problem in problems if _level(project, problem) != "off")
    return tuple(sorted(reported, key=lambda problem: problem.place))


# -- findings --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PagesReport:
    """The findings in pages, the paths that they depend on, and the number of pages."""

    findings: tuple[Finding, ...]
    rests_on: frozenset[str]
    pages: int
    notes: tuple[Finding, ...] = ()
    """What was not read, of the working tree."""


def findings(project: Workspace) -> PagesReport:
    """What to report of the pages. Raises AssetgenError."""
    found = compare(project)
    shown = tuple(_finding(project, problem) for problem in found.problems)
    content = project.manifest.project.content
    if not isinstance(project.tree, WorkTree):
        places = _staged_places([*content, *_named_by_themselves(project)])
        return PagesReport(shown, found.rests_on | places, found.pages)
    rests_on = found.rests_on
    notes: tuple[Finding, ...] = ()
    if found.survey and found.survey.pages:
        seen = outside.unchecked(project, found.survey)
        notes = tuple(seen.notes(project))
        rests_on |= seen.read | project.listing.consulted
        _note(project.tree, {page.rpartition("/")[0] or "." for page in seen.read}, ())
    _note(project.tree, rests_on, content)
    return PagesReport(shown, rests_on, found.pages, notes)


def _level(project: Workspace, problem: PageProblem) -> Level | Literal["off"]:
    level: Level | Literal["off"] = getattr(project.manifest.check, problem.code.replace("-", "_"))
    return level


def _finding(project: Workspace, problem: PageProblem) -> Finding:
    level = _level(project, problem)
    assert level != "off"
    add = None
    if isinstance(project.tree, Index):  # the commit must contain what the command changes
        changed = problem.page or (FILE if problem.adds else problem.path)
        add = git_cures.adding(project.tree.held, [changed])
    return Finding(
        path=problem.path,
        code=problem.code,
        message=problem.message,
        cure=problem.cure(add=add),
        level=level,
        line=problem.line,
        col=problem.col,
    )


# -- what the verdict depends on -------------------------------------------------------------------


def _named_by_themselves(project: Workspace) -> Iterator[str]:
    """The patterns of the pages that name their own images."""
    stated = project.manifest
    for rule in stated.collection:
        yield from rule.patterns if rule.writes else ()
    yield from dict.fromkeys(one.page for one in stated.asset if one.writes and one.page)


def _staged_places(content: Sequence[str]) -> set[str]:
    """Where a new name in the index may change the verdict: page folders, and site settings."""
    found = set()
    for base in globs.bases(content):
        found.add(base or ".")
        above = base
        while above:
            above = above.rpartition("/")[0]
            found.update(f"{above}/{name}".lstrip("/") for name in framework.NAMES)
    return found


def _note(tree: WorkTree, files: Iterable[str], content: Sequence[str]) -> None:
    """Make the verdict depend on ``files``, and on every folder that may get a new page."""
    for path in (*globs.where_matches_begin(content, tree.folders), *files):
        tree.note(path)
