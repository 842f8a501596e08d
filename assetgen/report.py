"""What people and programs are shown of plan, check and generate; every text for a terminal goes through ``clean``."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any

from assetgen import terminal
from assetgen.check import Finding, Report, describe
from assetgen.errors import AssetgenError, StorageError
from assetgen.escapes import is_printable
from assetgen.manifest import FILE
from assetgen.outcome import Failed, Left, Made, Observer, Outcome
from assetgen.plan import Action, Decision, State

if TYPE_CHECKING:
    from rich.console import Console

    from assetgen.wanted import Want

#: The longest message that is printed, in characters.
MAX_MESSAGE = 2000
#: The most lines of one kind that are printed unasked.
MOST = 20
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
    shown = "".join(char if is_printable(char) else f"\\u{ord(char):04x}" for char in str(text)[: limit + 1])
    return shown if len(shown) <= limit else shown[:limit] + "..."


def console(stream: IO[str]) -> Console:
    """A console for ``stream``: colours only in a terminal, and not with NO_COLOR."""
    from rich.console import Console

    return Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=not stream.isatty())


def as_json(value: Any, *, ascii_only: bool = False, in_a_line: bool = False) -> str:
    """JSON in which every character that a terminal would act on is escaped."""
    text = json.dumps(value, indent=None if in_a_line else 2, ensure_ascii=ascii_only)
    if text.isprintable():
        return text
    return "".join(c if c == "\n" or is_printable(c) else json.dumps(c)[1:-1] for c in text)


def error(exc: AssetgenError, stream: IO[str]) -> None:
    """What happened, where, and the cure, on one to three lines."""
    where = f"{clean(exc.where)}: " if exc.where else ""
    out = console(stream)
    out.print(f"assetgen: {where}{clean(exc.what)}", style="bold red" if stream.isatty() else None)
    show_cure(exc.cure, out)


def show_cure(words: str | None, out: Console, way: str = "") -> None:
    """The command that cures something, alone on its line so that it can be run as it stands; then what to know of it.

    A cure that is no command is said as it is.
    """
    command, remark, rest = (words or "", "", "")
    if (found := _COMMAND.match(command)) and found[0]:
        command, more = way + found[0], command[found.end() :]
        remark, comma, rest = more.partition(", or ")
        remark = remark.removeprefix(" (").removesuffix(")") + "; " * bool(remark and comma)
        rest = f"or: {rest}" if comma else ""
    if command:
        out.print(f"  cure: {clean(command)}")
    if remark or rest:
        out.print(clean(f"        {remark}{rest}"))


# Quotes may hold what ends a command elsewhere: the name of a page is whatever its author called it.
_COMMAND = re.compile(r"""(?:assetgen|git)\ (?:'[^']*'|"[^"]*"|(?!\ \(|,\ or\ ).)*""", re.S)


def error_json(exc: AssetgenError) -> dict[str, Any]:
    return {"error": type(exc).__name__, "what": exc.what, "where": exc.where, "cure": exc.cure, "exit": exc.exit_code}


# -- plan ------------------------------------------------------------------------------------------


def plan_table(
    decisions: Sequence[Decision], stream: IO[str], *, everything: bool, warnings: Sequence[str] = ()
) -> None:
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
    for d in shown:
        if d.problem:
            error(d.problem, stream)
    for bill, words in bills(decisions):
        out.print(f"{bill}: {words}")
    for warning in warnings:
        out.print(clean(f"warning: {warning}"), style="yellow" if stream.isatty() else None)
    to_make = [d for d in decisions if d.action in (Action.DRAW, Action.DERIVE)]
    if to_make:
        out.print("next: assetgen generate")


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


def count(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number} {noun}{'s' * (number != 1)}"


def _rich_plan(decisions: Sequence[Decision], stream: IO[str]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    def shown(words: str) -> Text:
        return Text(clean(words, 240))

    if all(d.asset.is_local for d in decisions):  # what is drawn here is free
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, expand=False)
        table.add_column("state", no_wrap=True)
        table.add_column("asset", overflow="fold", min_width=10)
        table.add_column("reason", overflow="fold", ratio=1)
        for d in decisions:
            table.add_row(Text(d.state, _COLOUR[d.state]), shown(d.asset.id), shown(describe(d)))
    else:  # a line for the bill and lines of their own for the reasons: 80 columns hold no table of both
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold", ratio=1)
        for d in decisions:
            head = Text.assemble((clean(d.asset.id), "bold"), "  ", (clean(_about(d)), "dim"))
            table.add_row(Text(d.state, _COLOUR[d.state]), head)
            if d.reasons:
                table.add_row("", shown(describe(d)))
    console(stream).print(table)


def _plain_plan(decisions: Sequence[Decision], stream: IO[str]) -> None:
    wide = max(len(d.asset.id) for d in decisions)
    for d in decisions:
        stream.write(clean(f"{d.state:8} {d.asset.id:{wide}}  {_about(d)}  {describe(d)}".rstrip()) + "\n")


def _about(decision: Decision) -> str:
    """Who draws a picture, and what it puts on which bill."""
    return f"{decision.asset.route} ({decision.estimate.surface}, {decision.estimate.words})"


def bills(decisions: Iterable[Decision]) -> list[tuple[str, str]]:
    """For each bill that drawing will touch: how many pictures, and the sum where one is known. Never added up."""
    totals: dict[str, list[Decision]] = {}
    for d in decisions:
        if d.action is Action.DRAW and d.estimate.surface != "none":
            totals.setdefault(d.estimate.surface, []).append(d)
    found = []
    for bill, ds in sorted(totals.items()):
        known = [d.estimate.micros for d in ds if d.estimate.micros is not None]
        words = count(len(ds), "picture")
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
            "model": d.wish.model,
            "problem": error_json(d.problem) if d.problem else None,
            "files": [target.path for target in d.wish.targets],
        }
        for d in decisions
    ]


# -- check -----------------------------------------------------------------------------------------


def check_message(report: Report, staged: bool) -> str:
    """What a clean check says, in one line."""
    where = "staged " if staged else ""
    files, pictures = count(report.pictures, f"{where}file"), count(report.assets, "picture")
    seen = f"; {count(report.pages, 'page')} {'agrees' if report.pages == 1 else 'agree'}" if report.pages else ""
    verb = "is" if report.pictures == 1 else "are"
    return f"assetgen: {files} of {pictures} {verb} as recorded and as wanted{seen}"


def check_plain(report: Report, stream: IO[str], *, everything: bool, way: str = "") -> None:
    """One line a finding and one for its cure; long runs of one kind are cut short.

    ``way`` is the command that leads to the project from where cures are typed ("cd site && "), if any is needed.
    """
    out = console(stream)
    said: dict[str, int] = {}
    for finding in report.findings:
        said[finding.code] = said.get(finding.code, 0) + 1
        if said[finding.code] > MOST and not everything:
            continue
        place = _place(finding)
        colour = ("red" if finding.level == "error" else "yellow") if stream.isatty() else None
        out.print(clean(f"{place}: {finding.code}: {finding.message}"), style=colour)
        show_cure(finding.cure, out, way)
    for code, number in said.items():
        if number > MOST and not everything:
            out.print(f"... and {number - MOST} more {code} (--all shows them)")
    errors = sum(finding.level == "error" for finding in report.findings)
    warnings = len(report.findings) - errors
    out.print(f"{count(errors, 'error')}, {count(warnings, 'warning')}")


def _place(finding: Finding) -> str:
    if finding.col:
        return f"{finding.path}:{finding.line}:{finding.col}"
    return f"{finding.path}:{finding.line}" if finding.line and finding.path == FILE else finding.path


def check_github(report: Report, stream: IO[str], above: str = "") -> None:
    """Annotations for GitHub Actions; ``above`` is the way from the top of the repository to the project ("site/").

    Source: docs.github.com, "Workflow commands for GitHub Actions", escaping as in actions/toolkit.
    """
    for finding in report.findings:
        where = f"file={_property(above + finding.path)}"
        if finding.col:
            where += f",line={finding.line},col={finding.col}"
        elif finding.line:  # of the manifest: that is where a missing or stale picture can be annotated
            where = f"file={_property(above + FILE)},line={finding.line}"
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
        "col": finding.col,
        "code": finding.code,
        "level": finding.level,
        "message": finding.message,
        "cure": finding.cure,
    }


# -- generate --------------------------------------------------------------------------------------


class Progress(Observer):
    """A bar with the time left and previews, in a terminal; elsewhere only what somebody has to know."""

    def __init__(self, stream: IO[str], environ: Mapping[str, str]) -> None:
        self._stream = stream
        self._protocol = terminal.protocol(environ) if stream.isatty() else None
        self._out = console(stream)
        self._lock = threading.Lock()
        self._bar: Any = None
        self._task: Any = None

    def begins(self, total: int) -> None:
        if total < 2 or not self._stream.isatty():
            return
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Bar(*columns, console=self._out, transient=True)
        self._bar.start()
        self._task = self._bar.add_task("drawing", total=total)

    def done(self, made: Made | Failed) -> None:
        if self._bar:
            self._bar.advance(self._task)

    def preview(self, asset_id: str, number: int, picture: bytes) -> None:
        if not self._stream.isatty():
            return
        self._say(f"preview {number} of {asset_id}")
        if self._protocol is None:
            return
        try:
            shown = terminal.picture(picture, self._protocol)
        except StorageError:
            return
        with self._lock:
            self._stream.write(shown + "\n")
            self._stream.flush()

    def waits(self, surface: str, seconds: float, per_minute: int | None) -> None:
        pace = f", then {per_minute} a minute" if per_minute else ""
        self._say(f"{surface}: rate limit; waiting {seconds:.0f} s{pace}")

    def finishes(self, in_flight: int) -> None:
        self._say(
            f"interrupted: waiting for {count(in_flight, 'request')} under way, which will be billed; "
            "interrupt again to leave them with their outcome unknown"
        )

    def abandons(self, in_flight: int) -> None:
        self._say(f"left {count(in_flight, 'request')} under way; assetgen doctor lists them")
        self.end()
        self._stream.flush()
        os._exit(130)  # the threads that wait for answers would be waited for

    def _say(self, text: str) -> None:
        with self._lock:
            self._out.print(clean(text))

    def end(self) -> None:
        if self._bar:
            self._bar.stop()


def outcome(result: Outcome, stream: IO[str], verb: str = "made") -> None:
    """What was made (adopted, accepted), what was not and why, and where it was committed."""
    out = console(stream)
    wide = max((len(one.decision.asset.id) for one in result.made), default=0)
    drafts = sum(one.is_draft for one in result.made)
    word = max(len(verb), len("draft") if drafts else 0)
    for one in result.made[:MOST]:
        more = f" (+{len(one.files) - 1})" if len(one.files) > 1 else ""
        said = "draft" if one.is_draft else verb
        out.print(clean(f"{said:{word}}  {one.decision.asset.id:{wide}}  {one.files[0]}{more}"))
        for path in one.removed:
            out.print(clean(f"removed {path}, which nothing wants any more"))
        for remark in one.remarks:
            out.print(clean(f"note  {one.decision.asset.id}: {remark}"))
    if len(result.made) > MOST:
        out.print(f"{verb}  ... and {len(result.made) - MOST} more")
    for failure, others in _alike(result.failed):
        error(failure.error, stream)
        if others:
            more = f" and {len(others) - MOST} more" if len(others) > MOST else ""
            out.print(clean(f"  the same: {', '.join(others[:MOST])}{more}"))
    _left(result.left, out)
    parts = [f"{len(result.made) - drafts} {verb}"]
    if drafts:
        parts.append(count(drafts, "draft"))
    if verb == "made":  # nothing else was looked at
        parts.append(f"{result.fresh} fresh")
    if result.failed:
        parts.append(f"{len(result.failed)} not {verb}")
    if result.commit:
        parts.append(f"committed as {result.commit}")
    out.print(", ".join(parts))
    if result.unemitted:
        error(result.unemitted, stream)
    if result.uncommitted:
        error(result.uncommitted, stream)
    elif result.to_commit:
        out.print(clean(f"commit it: {result.to_commit}"))
    elif result.to_add:
        out.print("nothing was staged: take it into the commit, and commit again")
        out.print(f"  cure: {clean(result.to_add, len(result.to_add))}")
    if result.has_no_repository and result.made:
        out.print("nothing was committed: the project lies in no git repository")
    if result.interrupted:
        out.print("interrupted; what was made is in place, run the same command again for the rest")
        if result.not_begun:
            out.print(clean(f"not begun, nothing was sent: {', '.join(result.not_begun)}"))


def _left(left: Sequence[Left], out: Console) -> None:
    """What was not made because it would be bought, bill by bill, and what waits for that."""
    bought = [one.decision for one in left if not one.waits_for]
    for d in bought[:MOST]:
        out.print(clean(f"would cost  {d.asset.id}  {_about(d)}"))
    if len(bought) > MOST:
        out.print(f"would cost  ... and {len(bought) - MOST} more")
    for one in [one for one in left if one.waits_for][:MOST]:
        out.print(clean(f"waits  {one.decision.asset.id}  for @{', @'.join(one.waits_for)}"))
    for bill, words in bills(bought):
        out.print(f"{bill}: {words}, not bought; to buy: assetgen generate")


def _alike(failures: Sequence[Failed]) -> list[tuple[Failed, list[str]]]:
    """Each failure once, with the ids of the assets that failed in just the same way."""
    groups: dict[tuple[str, str | None], tuple[Failed, list[str]]] = {}
    for failure in failures:
        key = (failure.error.what, failure.error.cure)
        if key in groups:
            groups[key][1].append(failure.asset_id)
        else:
            groups[key] = (failure, [])
    return list(groups.values())


def outcome_json(result: Outcome) -> dict[str, Any]:
    """What a run did, as data."""
    return {
        "made": [made_json(one) for one in result.made],
        "failed": [{"id": f.asset_id, "state": f.state.value, **error_json(f.error)} for f in result.failed],
        "fresh": result.fresh,
        "left": [
            {**one, "waits_for": list(left.waits_for)}
            for one, left in zip(plan_json(left.decision for left in result.left), result.left, strict=True)
        ],
        "commit": result.commit,
        "uncommitted": error_json(result.uncommitted) if result.uncommitted else None,
        "module": list(result.module),
        "unemitted": error_json(result.unemitted) if result.unemitted else None,
        "interrupted": result.interrupted,
        "not_begun": list(result.not_begun),
        "to_commit": result.to_commit,
        "to_add": result.to_add,
    }


def made_json(one: Made) -> dict[str, Any]:
    """What was made for one asset, as data."""
    return {
        "id": one.decision.asset.id,
        "files": list(one.files),
        "removed": list(one.removed),
        "remarks": list(one.remarks),
        "draft": one.is_draft,
    }


# -- watch -----------------------------------------------------------------------------------------


def costs(decisions: Iterable[Decision]) -> list[dict[str, Any]]:
    """What drawing would put on each bill, as data; ``words`` is the same for people."""
    drawn = list(decisions)
    return [
        {"surface": bill, "ids": [d.asset.id for d in drawn if d.estimate.surface == bill], "words": words}
        for bill, words in bills(drawn)
    ]


def watched(event: Mapping[str, Any], stream: IO[str]) -> None:
    """One thing that happened while watching, in a line."""
    match event["event"]:
        case "started":
            how = "; polling" if event["polling"] else ""
            then = "what is made is committed" if event["commit"] else "nothing is committed"
            line = f"watching {', '.join(event['watching'])}{how}; nothing is bought, {then}; Ctrl-C ends it"
        case "made":
            kind = "draft" if event["draft"] else "made "
            line = f"{kind}  {event['id']}  {event['files'][0]}  {event['ms']} ms"
            line += "".join(f"; removed {path}" for path in event["removed"])
        case "would-cost":
            line = f"would cost  {', '.join(event['ids'][:MOST])}  {event['surface']}: {event['words']}"
            line += "; not bought; to buy: assetgen generate"
        case "failed":
            where = f"{event['where']}: " if event["where"] else ""
            line = f"failed  {where}{event['what']}" + (f"; cure: {event['cure']}" if event["cure"] else "")
        case "not-there":
            line = f"names  {event['path']}:{event['line']}: {event['message']}; cure: {event['cure']}"
        case "polling":
            line = f"note  {event['what']}; cure: {event['cure']}"
        case "waiting":
            line = f"waiting  {event['what']}"
        case "committed":
            line = f"committed as {event['commit']}"
        case "settled":
            line = "mended: nothing fails any more"
        case _:
            line = str(event["event"])
    console(stream).print(clean(line))
    stream.flush()


# -- next ------------------------------------------------------------------------------------------


def wants(found: Sequence[Want], stream: IO[str]) -> None:
    """What is to be painted, a block a picture."""
    out = console(stream)
    if not found:
        out.print("nothing is to be painted; assetgen plan says what else there is to do")
    for one in found:
        size = f"{one.width}x{one.height}" if one.width else "any size"
        shape = f"{size}{', transparent' if one.transparent else ''}"
        out.print(clean(f"{one.id}  {one.state}  {one.route} ({one.surface})  {shape}"))
        for path in one.inputs:
            out.print(clean(f"  input   {path}"))
        for line in one.prompt.split("\n"):
            out.print(clean(f"  | {line}"))
        out.print(clean(f"  then: {one.next}"))
