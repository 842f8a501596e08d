"""What check reports: findings, their level, and the report that holds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from assetgen.text import count

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


# -- check -----------------------------------------------------------------------------------------


def check_message(report: Report, staged: bool) -> str:
    """What a clean check says, in one line."""
    where = "staged " if staged else ""
    files, pictures = count(report.pictures, f"{where}file"), count(report.assets, "picture")
    seen = (
        f"; {count(report.pages, 'page')} {'agrees' if report.pages == 1 else 'agree'}"
        if report.pages
        else ""
    )
    verb = "is" if report.pictures == 1 else "are"
    return f"assetgen: {files} of {pictures} {verb} as recorded and as wanted{seen}"
