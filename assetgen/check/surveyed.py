"""The pages that check compares, with what several comparisons ask about them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

from assetgen.check.quiet import QuietPages, owners_in
from assetgen.fs import globs
from assetgen.pages import edits
from assetgen.pages.edits import Edit
from assetgen.plan.workspace import Workspace
from assetgen.refs import survey
from assetgen.refs.survey import ResolvedReference, Survey

#: A path that means itself in every place of every page.
_ORDINARY = re.compile(r"[A-Za-z0-9_./@-]+")
# How many other corrections of a page are tried: each reads all of it again.
_MOST_TRIED = 50


class SurveyedPages:
    """The references of a project's pages, and the texts and assets that they belong to."""

    def __init__(self, project: Workspace, found: Survey, quiet: QuietPages | None = None) -> None:
        """``found`` has no references of the pages that are ``quiet``, by default none are."""
        self.project = project
        self._quiet = quiet.used.values() if quiet else ()
        self.survey = found
        self.is_ignored = globs.matcher(project.manifest.check.ignore)
        """Whether [check] ignores a path."""
        self.owners = quiet.owners if quiet else owners_in(project.manifest)
        """The asset of each file that the manifest lists."""
        self._tried: Counter[str] = Counter()
        self.text = cache(self._text)
        """The text of a page, and whether the whole page is valid UTF-8."""

    def rows(self) -> Iterator[ResolvedReference]:
        """The references whose page and file [check] does not ignore."""
        for row in self.survey.rows:
            path = row.resolution.path
            if not (self.is_ignored(row.reference.file) or (path and self.is_ignored(path))):
                yield row

    def shown(self) -> set[str]:
        """Every existing file that a page refers to."""
        means = (row.resolution for row in self.survey.rows)
        found = {one.path for one in means if one.path and one.exists}
        return found.union(*(used.shown for used in self._quiet))

    def named(self) -> set[str]:
        """Every file that a page refers to or that a pattern in a page matches."""
        means = (row.resolution for row in self.survey.rows)
        found = {path for one in means for path in (one.path, *one.candidates) if path}
        for used in self._quiet:
            found.update(used.shown, used.named)
        return found

    def dynamic(self) -> set[str]:
        """The code of every path that a page puts together."""
        rows = (row.reference for row in self.survey.rows)
        found = {one.raw for one in rows if one.kind == "dynamic"}
        return found.union(*(used.dynamic for used in self._quiet))

    def _text(self, page: str) -> tuple[str, bool]:
        data = self.project.content(page) or b""
        try:
            return data.decode(), True
        except UnicodeDecodeError:
            return data.decode("utf-8", "replace"), False

    def safe_edits(self, row: ResolvedReference, *made: Edit | None) -> tuple[Edit, ...]:
        """``made``, if each finds in the page what it replaces and the page is UTF-8; else none."""
        text, is_whole = self.text(row.reference.file)
        found = tuple(one for one in made if one is not None and one.suits(text))
        return found if is_whole and len(found) == len(made) else ()

    def path_edit(self, row: ResolvedReference, new: str) -> tuple[Edit, ...]:
        """The edit that writes the path ``new``, if the page then names a known file there."""
        made = self.safe_edits(row, edits.of_path(row.reference, new))
        return made if made and (_ORDINARY.fullmatch(new) or self._reads_back(row, *made)) else ()

    def _reads_back(self, row: ResolvedReference, made: Edit) -> bool:
        page = row.reference.file
        self._tried[page] += 1
        if self._tried[page] > _MOST_TRIED:
            return False
        after, _ = edits.applied(self.text(page)[0], [made])
        project = self.project
        for one in survey.references(page, after.encode(), project.sites, project.listing):
            if one.reference.marks.raw[0] == made.span[0]:
                path = one.resolution.path
                return bool(path) and (path in project.listing or path in self.owners)
        return False
