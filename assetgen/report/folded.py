"""Many findings of one code that one command settles, shown as one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from assetgen.check.findings import OF_PAGES, Finding
from assetgen.cure import Cure, command
from assetgen.plan.rebuilt import BUILDING
from assetgen.record.baseline import FILE as BASELINE
from assetgen.report.text import MOST

# What settles all findings whose cures are made from the template.
_ALL = {
    "assetgen adopt --existing {path}": command("assetgen adopt --existing"),
    "assetgen adopt --existing --no-commit {path} && git add -- {file}": command(
        "assetgen adopt --existing --no-commit && git add -- {file}", file=BASELINE
    ),
    BUILDING.template: BUILDING,
    "assetgen generate {name}": command("assetgen generate"),
    "assetgen refs --fix {where}": command("assetgen refs --fix"),
}
# It settles all orphans of a collection.
PRUNE = "assetgen generate --prune {pattern}"
# Their cures offer several ways, of which the baseline is the one for many.
_OF_BASELINE = ("unrecorded", "edited")


class Fold(Struct, frozen=True):
    """Findings of one code, and the command that settles them all; None if each needs its own."""

    findings: tuple[Finding, ...]
    cure: Cure | None

    @property
    def is_one_line(self) -> bool:
        """Whether there are too many to show each."""
        return self.cure is not None and len(self.findings) > MOST


def in_order(findings: Sequence[Finding]) -> list[Finding]:
    """Those in pages first, apart from that in the order of ``findings``."""
    return sorted(findings, key=lambda one: one.code not in OF_PAGES)


def folds(findings: Sequence[Finding]) -> list[Fold]:
    """The findings by code and by what settles them, those in pages first."""
    groups: dict[tuple[str, Cure | None], list[Finding]] = {}
    for finding in in_order(findings):
        groups.setdefault((finding.code, _settling(finding)), []).append(finding)
    return [Fold(tuple(some), cure) for (_, cure), some in groups.items()]


def _settling(finding: Finding) -> Cure | None:
    templates = list(_commands(finding.cure))
    usable = templates if finding.code in _OF_BASELINE else templates[:1]
    if usable[:1] == [PRUNE]:
        return finding.cure
    return next((_ALL[one] for one in usable if one in _ALL), None)


def _commands(cure: Cure) -> Iterator[str]:
    """The templates of the commands in a cure, in the order of their fields."""
    if cure.is_command:
        yield cure.template
    for field in cure.fields.values():
        if isinstance(field, Cure):
            yield from _commands(field)
