"""What people and programs are shown: every text that reaches a terminal goes through here."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any

from assetgen.check import Finding, Report, describe
from assetgen.errors import AssetgenError, StorageError
from assetgen.manifest import FILE
from assetgen.outcome import Failed, Made, Observer, Outcome
from assetgen.plan import Action, Decision, State

if TYPE_CHECKING:
    from rich.console import Console

#: The longest message that is printed, in characters.
MAX_MESSAGE = 2000
_COLOUR = {
    State.FRESH: "green",
    State.STALE: "yellow",
    State.MISSING: "cyan",
    State.DRAFT: "magenta",
    State.EDITED: "red",
    State.FOREIGN: "red",
}


def clean(text: object, limit: int = MAX_MESSAGE) -> str:
    """``text`` as it may be printed: no escape sequences, no direction tricks, not endless."""
    shown = "".join(char if _printable(char) else f"\\u{ord(char):04x}" for char in str(text)[: limit + 1])
    return shown if len(shown) <= limit else shown[:limit] + "..."


def _printable(char: str) -> bool:
    return char == "\u200d" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def console(stream: IO[str]) -> Console:
    """A console for ``stream``: colours only in a terminal, and not with NO_COLOR."""
    from rich.console import Console

    return Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=not stream.isatty())


def as_json(value: Any, *, ascii_only: bool = False) -> str:
    """JSON in which every character that a terminal would act on is escaped."""
    text = json.dumps(value, indent=2, ensure_ascii=ascii_only)
    if text.isprintable():
        return text
    return "".join(c if c == "\n" or _printable(c) else json.dumps(c)[1:-1] for c in text)


def error(exc: AssetgenError, stream: IO[str]) -> None:
    """What happened, where, and the cure, on one to three lines."""
    where = f"{clean(exc.where)}: " if exc.where else ""
    out = console(stream)
    out.print(f"assetgen: {where}{clean(exc.what)}", style="bold red" if stream.isatty() else None)
    if exc.cure:
        out.print(f"  cure: {clean(exc.cure)}")


def error_json(exc: AssetgenError) -> dict[str, Any]:
    return {"error": type(exc).__name__, "what": exc.what, "where": exc.where, "cure": exc.cure, "exit": exc.exit_code}


# -- plan ------------------------------------------------------------------------------------------


def plan_table(decisions: Sequence[Decision], stream: IO[str], *, everything: bool) -> None:
    """The plan as a table; fresh assets are only counted unless ``everything``."""
    shown = [d for d in decisions if everything or d.state is not State.FRESH]
    fresh = sum(d.state is State.FRESH for d in decisions)
    if not decisions:
        stream.write(_NOTHING_WANTED)
        return
    if shown and stream.isatty():
        _rich_plan(shown, stream)
    elif shown:
        _plain_plan(shown, stream)
    out = console(stream)
    if fresh and not everything:
        out.print(f"{fresh} of {len(decisions)} fresh" if shown else f"{_all(fresh)} fresh; nothing to do")
    for bill, words in bills(decisions):
        out.print(f"{bill}: {words}")
    to_make = [d for d in decisions if d.action in (Action.DRAW, Action.DERIVE)]
    if any(_performs(d) for d in to_make):
        out.print("next: assetgen generate")
    elif to_make:
        which = to_make[0].asset.id if len(to_make) == 1 else "ID"
        out.print(f"next: draw {_them(to_make)} elsewhere, then: assetgen adopt {which} FILE")


_NOTHING_WANTED = """\
assets.toml wants no pictures yet
next: add one to it, such as
  [[asset]]
  id   = "welcome"
  kind = "cover"
  path = "public/img/welcome.png"
  alt  = "what is to be seen"
  [asset.values]
  title = "What the picture says"
"""


def _all(count: int) -> str:
    return "the one picture is" if count == 1 else f"all {count} pictures are"


def _them(decisions: Sequence[Decision]) -> str:
    return "it" if len(decisions) == 1 else "them"


def _performs(decision: Decision) -> bool:
    """Whether this version can do it: draw a layout, or derive from an original that is kept."""
    return decision.asset.is_local or decision.action is Action.DERIVE


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _rich_plan(decisions: Sequence[Decision], stream: IO[str]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, expand=False)
    table.add_column("state", no_wrap=True)
    table.add_column("asset", overflow="fold", min_width=10)
    table.add_column("reason", overflow="fold", ratio=1)
    elsewhere = not all(d.asset.is_local for d in decisions)
    if elsewhere:  # what is drawn here is free: its reasons get the room
        table.add_column("route", no_wrap=True)
        table.add_column("surface", no_wrap=True)
        table.add_column("estimate", justify="right")
    for d in decisions:
        row = [d.asset.id, describe(d)]
        row += [d.asset.route or "", d.estimate.surface, d.estimate.words] if elsewhere else []
        table.add_row(Text(d.state, _COLOUR[d.state]), *(Text(clean(cell, 240)) for cell in row))
    console(stream).print(table)


def _plain_plan(decisions: Sequence[Decision], stream: IO[str]) -> None:
    wide = max(len(d.asset.id) for d in decisions)
    for d in decisions:
        about = f"{d.asset.route} ({d.estimate.surface}, {d.estimate.words})"
        stream.write(clean(f"{d.state:8} {d.asset.id:{wide}}  {about}  {describe(d)}") + "\n")


def bills(decisions: Iterable[Decision]) -> list[tuple[str, str]]:
    """For each bill that drawing will touch: how many pictures, and the sum where one is known. Never added up."""
    totals: dict[str, list[Decision]] = {}
    for d in decisions:
        if d.action is Action.DRAW and d.estimate.surface != "none":
            totals.setdefault(d.estimate.surface, []).append(d)
    found = []
    for bill, ds in sorted(totals.items()):
        known = [d.estimate.micros for d in ds if d.estimate.micros is not None]
        words = _count(len(ds), "picture")
        if known:
            words += f", about ${sum(known) / 1e6:.2f}" + (f" for {len(known)} of them" if len(known) < len(ds) else "")
        found.append((bill, words))
    return found


def plan_json(decisions: Iterable[Decision]) -> list[dict[str, Any]]:
    """The plan as data, one object an asset."""
    return [
        {
            "id": d.asset.id,
            "kind": d.asset.kind,
            "state": d.state.value,
            "action": d.action.value,
            "reasons": [{"field": r.field, "old": r.old, "new": r.new} for r in d.reasons],
            "route": d.asset.route,
            "surface": d.estimate.surface,
            "estimate": {
                "micros": d.estimate.micros,
                "currency": d.estimate.currency,
                "basis": d.estimate.basis,
            },
            "files": [target.path for target in d.wish.targets],
        }
        for d in decisions
    ]


# -- check -----------------------------------------------------------------------------------------

_MOST = 20


def check_message(report: Report, staged: bool) -> str:
    """What a clean check says, in one line."""
    where = "staged " if staged else ""
    files, pictures = _count(report.pictures, f"{where}file"), _count(report.assets, "picture")
    return f"assetgen: {files} of {pictures} {'is' if report.pictures == 1 else 'are'} as recorded and as wanted"


def check_plain(report: Report, stream: IO[str], *, everything: bool) -> None:
    """One line a finding and one for its cure; long runs of one kind are cut short."""
    out = console(stream)
    said: dict[str, int] = {}
    for finding in report.findings:
        said[finding.code] = said.get(finding.code, 0) + 1
        if said[finding.code] > _MOST and not everything:
            continue
        place = f"{finding.path}:{finding.line}" if finding.line and finding.path.endswith(".toml") else finding.path
        colour = ("red" if finding.level == "error" else "yellow") if stream.isatty() else None
        out.print(clean(f"{place}: {finding.code}: {finding.message}"), style=colour)
        out.print(clean(f"  cure: {finding.cure}"))
    for code, count in said.items():
        if count > _MOST and not everything:
            out.print(f"... and {count - _MOST} more {code} (--all shows them)")
    errors = sum(finding.level == "error" for finding in report.findings)
    warnings = len(report.findings) - errors
    out.print(f"{_count(errors, 'error')}, {_count(warnings, 'warning')}")


def check_github(report: Report, stream: IO[str]) -> None:
    """Annotations for GitHub Actions.

    Source: docs.github.com, "Workflow commands for GitHub Actions", escaping as in actions/toolkit.
    """
    for finding in report.findings:
        # A line is always one of the manifest: that is where a missing or stale picture can be annotated.
        where = f"file={FILE},line={finding.line}" if finding.line else f"file={_property(finding.path)}"
        message = clean(f"{finding.path} {finding.message}. Cure: {finding.cure}")
        title = _property(f"assetgen: {finding.code}")
        stream.write(f"::{finding.level} {where},title={title}::{_data(message)}\n")


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
    }


def _finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "path": finding.path,
        "line": finding.line,
        "code": finding.code,
        "level": finding.level,
        "message": finding.message,
        "cure": finding.cure,
    }


# -- generate --------------------------------------------------------------------------------------


class Progress(Observer):
    """A bar with the time left, in a terminal; nothing elsewhere."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._bar: Any = None
        self._task: Any = None

    def begins(self, total: int) -> None:
        if total < 2 or not self._stream.isatty():
            return
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Bar(*columns, console=console(self._stream), transient=True)
        self._bar.start()
        self._task = self._bar.add_task("drawing", total=total)

    def done(self, made: Made | Failed) -> None:
        if self._bar:
            self._bar.advance(self._task)

    def end(self) -> None:
        if self._bar:
            self._bar.stop()


def outcome(result: Outcome, stream: IO[str], verb: str = "made") -> None:
    """What was made (adopted, accepted), what was not and why, and where it was committed."""
    out = console(stream)
    wide = max((len(one.decision.asset.id) for one in result.made), default=0)
    for one in result.made[:_MOST]:
        more = f" (+{len(one.files) - 1})" if len(one.files) > 1 else ""
        out.print(clean(f"{verb}  {one.decision.asset.id:{wide}}  {one.files[0]}{more}"))
        for path in one.removed:
            out.print(clean(f"removed {path}, which nothing wants any more"))
    if len(result.made) > _MOST:
        out.print(f"{verb}  ... and {len(result.made) - _MOST} more")
    for failure in result.failed:
        error(failure.error, stream)
    parts = [f"{len(result.made)} {verb}"]
    if verb == "made":  # nothing else was looked at
        parts.append(f"{result.fresh} fresh")
    if result.failed:
        parts.append(f"{len(result.failed)} not {verb}")
    if result.commit:
        parts.append(f"committed as {result.commit}")
    out.print(", ".join(parts))
    if result.uncommitted:
        error(result.uncommitted, stream)
    if result.interrupted:
        out.print("interrupted; what was made is in place, run the same command again for the rest")


def outcome_json(result: Outcome) -> dict[str, Any]:
    """What a run did, as data."""
    return {
        "made": [
            {"id": one.decision.asset.id, "files": list(one.files), "removed": list(one.removed)} for one in result.made
        ],
        "failed": [{"id": f.asset_id, "state": f.state.value, **error_json(f.error)} for f in result.failed],
        "fresh": result.fresh,
        "commit": result.commit,
        "uncommitted": error_json(result.uncommitted) if result.uncommitted else None,
        "interrupted": result.interrupted,
    }


# -- show ------------------------------------------------------------------------------------------


def show(statement: Mapping[str, Any], decision: Decision | None, stream: IO[str]) -> None:
    """The provenance of one asset, for people."""
    out = console(stream)
    try:
        rows = list(_facts(statement, statement["predicate"]))
    except (LookupError, TypeError, AttributeError):
        raise StorageError("the record lacks parts that every record has") from None
    if decision is not None:
        rows.insert(1, ("state", f"{decision.state}" + (f": {describe(decision)}" if decision.reasons else "")))
    for name, value in rows:
        first, *more = str(value).split("\n")
        out.print(clean(f"{name:10} {first}"))
        for line in more:  # the bar keeps a line from being read as a command to a CI runner
            out.print(clean(f"{'':10} | {line}"))


def _facts(statement: Mapping[str, Any], predicate: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    asset, route, prompt = predicate["asset"], predicate["route"], predicate["prompt"]
    yield "asset", f"{asset['id']} ({asset['kind']})"
    yield "alt", asset["alt"] or "(decorative)"
    for seen, subject in zip(predicate["observed"], statement["subject"], strict=False):
        alpha = ", alpha" if seen["alpha"] else ""
        yield "file", f"{subject['name']}  {seen['width']}x{seen['height']} {seen['format']}{alpha}"
        yield "", f"sha256 {subject['digest']['sha256']}"
    yield "route", f"{route['owner'] or 'unknown'}" + (f" with {route['client']}" if route["client"] else "")
    yield "bill", {"none": "none: drawn here", None: "unknown"}.get(route["surface"], str(route["surface"]))
    effective = prompt["effective"]
    yield "prompt", (effective["text"] or effective["digest"]) if effective else "none"
    for entry in predicate["inputs"]:
        yield "input", f"{entry['role']}: {entry['path']}"
    mark = predicate["marking"]
    yield "marking", f"{mark['digitalSourceType'] or 'none'}" + (" (XMP in the file)" if mark["xmp"] else "")
    if predicate.get("accepted"):
        changed = [*predicate["accepted"]["fields"], *predicate["accepted"]["files"]]
        yield "accepted", ", ".join(changed) or "as it was"
    yield "made by", f"assetgen {predicate['tool']['version']}"
