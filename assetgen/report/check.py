"""The findings of check: plain, for GitHub, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any

from assetgen.check.findings import OF_PAGES, Finding, Report, earlier_in_words
from assetgen.errors import AssetgenError
from assetgen.manifest.schema import FILE
from assetgen.plan.rebuilt import BUILDING
from assetgen.report.folded import Fold, folds, in_order
from assetgen.report.text import MOST, MOST_MISTAKES, Out, console, mistakes_of, show_cure
from assetgen.terminal import own
from assetgen.text import clean, count


def check_plain(report: Report, stream: IO[str], *, everything: bool) -> None:
    """Print each finding and its cure, those in pages first; many of one kind are one line."""
    out = console(stream)
    shown: list[Finding] = []
    many: list[Fold] = []
    for fold in folds(report.findings):
        if fold.is_one_line and not everything:
            many.append(fold)
        else:
            shown += fold.findings
    said: dict[str, int] = {}
    for finding in in_order(shown):
        said[finding.code] = said.get(finding.code, 0) + 1
        if said[finding.code] <= MOST or everything:
            _print_finding(finding, out)
    for code, number in said.items():
        if number > MOST and not everything:
            out.print(
                f"... and {number - MOST} more {code} (--all shows them){_for_now(code, shown)}"
            )
    for fold in many:
        _print_fold(fold, out)
    _notes(report, out)
    if report.earlier:
        out.print(earlier_in_words(report.earlier))
    if report.unbuilt:
        out.print(f"not built yet: {count(report.unbuilt, 'file')}; to build: {BUILDING}")
    errors = sum(finding.level == "error" for finding in report.findings)
    warnings = len(report.findings) - errors
    out.print(f"{count(errors, 'error')}, {count(warnings, 'warning')}")


def _for_now(code: str, findings: Sequence[Finding]) -> str:
    """How errors that take time to settle can be warnings until then; only those of pages can."""
    is_error = any(one.code == code and one.level == "error" for one in findings)
    if not is_error or code not in OF_PAGES:
        return ""
    return f'; until they are settled, [check] {code} = "warning" in {FILE} makes them warnings'


def _print_finding(finding: Finding, out: Out) -> None:
    out.print(
        clean(f"{_place(finding)}: {finding.code}: {finding.message}"), style=_style(finding, out)
    )
    show_cure(finding.cure, out)


def _print_fold(fold: Fold, out: Out) -> None:
    first, number = fold.findings[0], len(fold.findings)
    said = f"{first.code}: {number} findings, such as {_place(first)}: {first.message}"
    out.print(clean(f"{said} (--all shows them)"), style=_style(first, out))
    show_cure(fold.cure, out)


def _style(finding: Finding, out: Out) -> str | None:
    if not out.is_terminal:
        return None
    return "red" if finding.level == "error" else "yellow"


def check_notes(report: Report, stream: IO[str]) -> None:
    """Print each note and its cure."""
    _notes(report, console(stream))


def _notes(report: Report, out: Out) -> None:
    for note in report.notes[:MOST]:
        out.print(clean(f"note: {note.path} {note.message}"))
    if len(report.notes) > MOST:
        out.print(f"... and {len(report.notes) - MOST} more notes")
    if report.notes:
        show_cure(report.notes[0].cure, out)


def _place(finding: Finding) -> str:
    if finding.col:
        return f"{finding.path}:{finding.line}:{finding.col}"
    return (
        f"{finding.path}:{finding.line}" if finding.line and finding.path == FILE else finding.path
    )


def check_github(report: Report, stream: IO[str], above: str = "") -> None:
    """Print annotations for GitHub Actions.

    ``above`` is the path from the top of the repository to the project ("site/").

    Source: docs.github.com, "Workflow commands for GitHub Actions", escaping as in actions/toolkit.
    """
    for finding in (*report.findings, *report.notes):
        where = f"file={_property(above + finding.path)}"
        if finding.col:
            where += f",line={finding.line},col={finding.col}"
        elif finding.line:  # a line of the manifest, where a missing image can be annotated
            where = f"file={_property(above + FILE)},line={finding.line}"
        message = clean(f"{finding.path} {finding.message}. Cure: {finding.cure}")
        title = _property(f"assetgen: {finding.code}")
        level = "notice" if finding.level == "note" else finding.level
        own(stream).write(f"::{level} {where},title={title}::{_data(message)}\n")


def error_github(exc: AssetgenError, stream: IO[str], above: str = "") -> None:
    """An annotation for each mistake in assets.toml, or one for another error."""
    for one in mistakes_of(exc):
        where = f"file={_property(above + FILE)}"
        if one.line:
            where += f",line={one.line},col={one.col or 1}"
        _annotate(where, one.error.__name__, f"{one.what}. Cure: {one.cure}", stream)
    if (more := len(exc.mistakes) - MOST_MISTAKES) > 0:
        where = f"file={_property(above + FILE)}"
        _annotate(where, type(exc).__name__, f"... and {more} more mistakes", stream)
    if not exc.mistakes:
        place = f"{exc.where}: " if exc.where else ""
        _annotate("", type(exc).__name__, f"{place}{exc.what}. Cure: {exc.cure}", stream)


def _annotate(where: str, name: str, message: str, stream: IO[str]) -> None:
    properties = ",".join(filter(None, [where, f"title={_property(f'assetgen: {name}')}"]))
    own(stream).write(f"::error {properties}::{_data(clean(message))}\n")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(clean(text)).replace(":", "%3A").replace(",", "%2C")


def check_json(report: Report) -> dict[str, Any]:
    """The report as data."""
    return {
        "clean": report.is_clean,
        "assets": report.assets,
        "files": report.pictures,
        "findings": [_finding_json(finding) for finding in report.findings],
        "baseline": report.before,
        "unbuilt": report.unbuilt,
        "earlier": report.earlier,
        "notes": [_finding_json(note) for note in report.notes],
    }


def _finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "path": finding.path,
        "line": finding.line,
        "col": finding.col,
        "code": finding.code,
        "level": finding.level,
        "message": finding.message,
        "cure": str(finding.cure),
        "command": str(finding.cure) if finding.cure.is_command else None,
    }
