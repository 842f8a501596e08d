"""A disagreement between a page and the images, with its fix."""

from __future__ import annotations

from dataclasses import dataclass

from assetgen.cure import Cure, advice, command
from assetgen.pages.edits import Edit
from assetgen.refs.survey import ResolvedReference

#: The texts in the cures of check that the author has to replace.
ALT_PLACEHOLDER = "what the image shows"
ALT_PLACEHOLDERS = (ALT_PLACEHOLDER, "text")


@dataclass(frozen=True, kw_only=True)
class PageProblem:
    """One disagreement between a page and the images."""

    code: str
    message: str
    path: str
    line: int | None
    col: int | None = None
    command: Cure | None = None
    """The command that fixes it; None where only the author can."""
    before: Cure | None = None
    """What the author does with the command before it is run."""
    remark: Cure | None = None
    """What the command does; without a command, what the author can do."""
    otherwise: Cure | None = None
    """A second fix, to choose instead of the command."""
    edits: tuple[Edit, ...] = ()
    """What the command changes in the page ``path``."""
    adds: bool = False
    """Whether the command adds the image to the manifest, and changes no page."""
    row: ResolvedReference | None = None
    page: str | None = None
    """The page that the command changes, if it is not ``path``."""
    is_certain: bool = True
    """Whether the edits are right, whatever the author meant."""
    asks_for_alt: bool = False
    """Whether an alternative text is missing that only the author knows."""

    def cure(self, *, add: Cure | None = None) -> Cure:
        """The cure in words; its command is followed by ``add``, which stages what it changed."""
        cure = self.command
        if cure is None:
            return self.remark or advice("")
        if add is not None:
            cure = command("{cure} && {add}", cure=cure, add=add)
        if self.before:
            cure = advice("{before}: {cure}", before=self.before, cure=cure)
        if self.remark:
            cure = advice("{cure} ({remark})", cure=cure, remark=self.remark)
        if self.otherwise:
            cure = advice("{cure}, or {otherwise}", cure=cure, otherwise=self.otherwise)
        return cure

    @property
    def place(self) -> tuple[str, int, int, str]:
        """The key by which problems are sorted."""
        return (self.path, self.line or 0, self.col or 0, self.code)


def brief(text: str | None) -> str:
    """A text in quotes, on one line, of at most 60 characters."""
    folded = fold(text)
    return f'"{folded if len(folded) <= 60 else folded[:57] + "..."}"'


def fold(text: str | None) -> str:
    """A text on one line, with single spaces."""
    return " ".join((text or "").split())
