"""The pages that check compares, with what several comparisons ask about them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from assetgen.fs import globs
from assetgen.manifest.schema import targets
from assetgen.pages.edits import Edit
from assetgen.plan.workspace import Workspace
from assetgen.refs.survey import ResolvedReference, Survey


class SurveyedPages:
    """The references of a project's pages, and the texts and assets that they belong to."""

    def __init__(self, project: Workspace, survey: Survey) -> None:
        self.project = project
        self.survey = survey
        self.is_ignored = globs.matcher(project.manifest.check.ignore)
        """Whether [check] ignores a path."""
        self.owners = {
            target.path: asset for asset in project.manifest.asset for target in targets(asset)
        }
        """The asset of each file that the manifest lists."""
        self.text = cache(self._text)
        """The text of a page, and whether the whole page is valid UTF-8."""

    def rows(self) -> Iterator[ResolvedReference]:
        """The references whose page and file [check] does not ignore."""
        for row in self.survey.rows:
            path = row.resolution.path
            if not (self.is_ignored(row.reference.file) or (path and self.is_ignored(path))):
                yield row

    def _text(self, page: str) -> tuple[str, bool]:
        data = self.project.content(page) or b""
        try:
            return data.decode(), True
        except UnicodeDecodeError:
            return data.decode("utf-8", "replace"), False

    def safe_edits(self, row: ResolvedReference, *made: Edit | None) -> tuple[Edit, ...]:
        """``made``, if each finds in the page what it replaces and the page is UTF-8; else none."""
        text, is_whole = self.text(row.reference.file)
        edits = tuple(one for one in made if one is not None and one.suits(text))
        return edits if is_whole and len(edits) == len(made) else ()
