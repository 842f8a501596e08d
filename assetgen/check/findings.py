"""What check reports: findings, their level, and the report that holds them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Literal

from assetgen.cure import Cure
from assetgen.manifest.check_table import Check
from assetgen.text import clean, count

Level = Literal["error", "warning", "note"]
#: The codes of findings in pages, each of which has a key in [check].
OF_PAGES = frozenset(name.replace("_", "-") for name in Check.__struct_fields__) - {
    "max-kb",
    "too-heavy",
    "unapproved",
}


@dataclass(frozen=True, order=True)
class Finding:
    """One problem, where it is, and the command that cures it."""

    path: str
    code: str
    message: str
    cure: Cure = field(compare=False)
    level: Level = "error"
    line: int | None = field(default=None, compare=False)
    """The line in ``path`` if ``col`` is given too, else in the manifest."""
    col: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Report:
    """All findings of one check, sorted by path."""

    findings: tuple[Finding, ...]
    assets: int
    pictures: int
    """The number of files that the assets list."""
    inputs: tuple[str, ...] = ()
    """The files that pictures are made from, including pages."""
    pages: int = 0
    """The number of pages that were compared with the pictures."""
    before: int = 0
    """The number of pictures of the baseline that exist, unchanged."""
    unbuilt: int = 0
    """The number of files that git does not have and that are not built from their records."""
    earlier: int = 0
    """The number of findings left out because the last commit has them too."""
    until: int | None = None
    """When the time of the next old name is over, in nanoseconds since 1970."""
    notes: tuple[Finding, ...] = ()
    """What has become of other pictures of the baseline, and the pages that no one checks."""

    @property
    def is_clean(self) -> bool:
        return not any(finding.level == "error" for finding in self.findings)

    @property
    def exit_code(self) -> int:
        return 0 if self.is_clean else 1


@dataclass(frozen=True)
class Strictness:
    """How strict a check is.

    ``staged`` makes stale pictures warnings unless ``strict``; ``release`` makes drafts errors and
    painted pictures that no one approved at least warnings, and ``built`` makes files errors that
    git does not have and that are not built, or not as recorded.
    """

    staged: bool = False
    strict: bool = False
    release: bool = False
    built: bool = False
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
    """The date in UTC."""


def check_message(report: Report, *, staged: bool) -> str:
    """The line that a clean check prints."""
    files = count(report.pictures, "staged file" if staged else "file")
    verb = "matches" if report.pictures == 1 else "match"
    message = f"assetgen: {files} of {count(report.assets, 'picture')} {verb} the manifest"
    message += f" and {'its record' if report.pictures == 1 else 'the records'}"
    if report.unbuilt:
        message += f"; {count(report.unbuilt, 'file')} not built yet (assetgen generate --free)"
    if report.pages:
        agree = "agrees" if report.pages == 1 else "agree"
        message += f"; {count(report.pages, 'page')} {agree}"
    if report.before:
        are = "is" if report.before == 1 else "are"
        message += f"; {count(report.before, 'picture')} of the baseline {are} unchanged"
    if report.notes:
        message += f"; {'; '.join(notes_in_words(report.notes))}"
    if report.earlier:
        message += f"; {earlier_in_words(report.earlier)}"
    return message


def earlier_in_words(number: int) -> str:
    """That findings are left out, and the command that shows them."""
    what = "1 older finding is" if number == 1 else f"{number} older findings are"
    return f"{what} not about this commit: assetgen check"


def notes_in_words(notes: Sequence[Finding]) -> Iterator[str]:
    """The first note of each code, and how many there are."""
    for code in dict.fromkeys(note.code for note in notes):
        first, *others = [note for note in notes if note.code == code]
        more = f" (and {len(others)} more)" if others else ""
        yield clean(f"{code}: {first.path} {first.message}{more}").replace("\n", " ")
