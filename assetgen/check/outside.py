"""Pages that project.content does not match though they show images, and patterns of no page.

Both are notes: check is as green as before, but it says what it has not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assetgen.check.findings import Finding
from assetgen.cure import advice
from assetgen.errors import StorageError
from assetgen.fs import globs
from assetgen.init import folders, sites
from assetgen.manifest.schema import FILE
from assetgen.plan.workspace import Workspace
from assetgen.refs import apart, survey
from assetgen.refs.folders import below, upwards
from assetgen.refs.languages import MARKDOWN, MDX, SVX, suffix
from assetgen.refs.sites import gitignore
from assetgen.refs.sites.resolve import resolve
from assetgen.refs.sites.site import Site
from assetgen.refs.survey import Survey

_LANGUAGES = MARKDOWN | MDX | SVX
# Files for the readers of a repository, not of its site.
_FOR_DEVELOPERS = re.compile(
    r"(?i)(?:read_?me|change_?log|changes|history|news|contribut\w+|code_of_conduct|security"
    r"|licen[cs]e|copying|notice|support|governance|maintain\w+|authors|credits|releas\w+|upgrad\w+"
    r"|migrat\w+|roadmap|todo|agents?|claude|gemini|copilot\w*|skill|\w+_template|development"
    r"|architecture)(?:[-_.].*)?"
)
_FOLDERS_APART = frozenset({".github", ".storybook"})
# Folders of which each member is a project of its own.
_WORKSPACES = frozenset({"apps", "packages", "libs", "crates", "modules", "plugins", "layers"})
# How many pages outside of content are read at most.
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Outside:
    """Pages with images that ``pattern`` would add to project.content."""

    pattern: str
    pages: tuple[str, ...]

    def __str__(self) -> str:
        more = len(self.pages) - 1
        shows, others = ("show", f" and {more} more") if more else ("shows", "")
        return (
            f"{self.pages[0]}{others} {shows} images, but project.content does not match "
            f'{"them" if more else "it"}: add "{self.pattern}", or "!{self.pattern}" to leave '
            f"{'them' if more else 'it'} out"
        )


@dataclass(frozen=True, slots=True)
class Unchecked:
    """What check does not read, though its author may think so."""

    outside: tuple[Outside, ...]
    unmatched: tuple[str, ...]
    """Patterns of project.content that match no page."""
    read: frozenset[str] = frozenset()
    """The pages outside of project.content that were read to know it."""

    def notes(self, project: Workspace) -> Iterator[Finding]:
        for pattern in self.unmatched:
            yield Finding(
                path=FILE,
                code="no-match",
                message=f'has "{pattern}" in project.content, which matches no page',
                cure=advice("correct the pattern, or remove it"),
                level="note",
                line=project.places.line_of(("project", "content")),
            )
        for one in self.outside:
            yield Finding(
                path=one.pages[0],
                code="outside-content",
                message=str(one).removeprefix(f"{one.pages[0]} "),
                cure=advice('add "{pattern}" to content in {file}', pattern=one.pattern, file=FILE),
                level="note",
            )


NOTHING = Unchecked((), ())


def unchecked(project: Workspace, found: Survey) -> Unchecked:
    """What is not read of a project whose content is ``found``."""
    every = sites.found(project.listing)
    read = list(_candidates(project, found, every))
    shown = [page for page in read if _shows_images(page, project)]
    grouped: dict[str, list[str]] = {}
    for page in shown:
        grouped.setdefault(_folder(page), []).append(page)
    outside = tuple(Outside(_pattern(one, pages), tuple(pages)) for one, pages in grouped.items())
    content = project.manifest.project.content
    unmatched = _unusual(project, survey.vain(found, content), every)
    return Unchecked(outside, unmatched, read=frozenset(read))


def _unusual(project: Workspace, patterns: Sequence[str], every: Sequence[Site]) -> tuple[str, ...]:
    """Those that init would not write: its patterns also stand for folders that are made later."""
    if not patterns:
        return ()
    usual = set(folders.UNKNOWN.content)
    for site in every:
        languages = sites.languages(site, project.listing)
        usual.update(folders.of(site, project.listing, languages).content)
    return tuple(one for one in patterns if one not in usual)


def _candidates(project: Workspace, found: Survey, every: Sequence[Site]) -> Iterator[str]:
    """The pages that may be of the site: not those of tests, samples, tools and other sites."""
    content = project.manifest.project.content
    is_named = globs.matcher([*content, *(one[1:] for one in content if one.startswith("!"))])
    is_ignored = globs.matcher(project.manifest.check.ignore)
    pages = set(found.pages)
    others = _other_sites(project, found, every)
    number = 0
    for path in project.listing:
        if suffix(path) not in _LANGUAGES or path in pages or number == _MOST:
            continue
        parts = path.split("/")
        if (
            _FOR_DEVELOPERS.fullmatch(parts[-1])
            or globs.is_built(path)
            or not _FOLDERS_APART.isdisjoint(parts)
            or apart.is_apart(path)
            or sites.is_sample(path)
            or is_named(path)
            or is_ignored(path)
            or not _is_own(path, project, others)
        ):
            continue
        number += 1
        yield path


def _other_sites(project: Workspace, found: Survey, every: Sequence[Site]) -> set[str]:
    """The folders of the sites that no page of project.content is of."""
    own = {project.sites.of(page).root for page in found.pages}
    return {site.root for site in every} - own


def _is_own(path: str, project: Workspace, others: set[str]) -> bool:
    """Whether a page is of no other project or site, and no site leaves it out."""
    if any(below(one, FILE) in project.listing for one in upwards(path)[1:] if one):
        return False
    site = project.sites.of(path)
    return site.root not in others and not globs.matcher(site.served.unread)(path)


def _shows_images(page: str, project: Workspace) -> bool:
    """Whether a page refers to an image of the project, which may be missing."""
    try:
        found = project.reader.scanned(page, mdx=survey.is_mdx(page, project.sites))
    except StorageError:
        return False
    rows = found.rows if found else ()
    files = (resolve(one, project.sites, project.listing).path for one in rows)
    return any(files) and not gitignore.is_ignored(page, project.listing)


def _folder(page: str) -> str:
    """The folder that a pattern for a page names."""
    parts = page.split("/")[:-1]
    return "/".join(parts[: 3 if parts and parts[0] in _WORKSPACES else 1])


def _pattern(folder: str, pages: Sequence[str]) -> str:
    if not folder and len(pages) == 1:
        return pages[0]
    ends = sorted({suffix(page) for page in pages})
    name = f"*.{ends[0]}" if len(ends) == 1 else f"*.{{{','.join(ends)}}}"
    return below(folder, f"**/{name}") if folder else name
