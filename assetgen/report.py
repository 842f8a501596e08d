"""What people and programs are shown: every text that reaches a terminal goes through here."""

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

    from assetgen.board import Other, Owner, Row
    from assetgen.cost import Estimate
    from assetgen.doctor import Diagnosis, Note
    from assetgen.emit import Emitted
    from assetgen.ledger import Group, Ledger, Section
    from assetgen.spending import Spending
    from assetgen.wanted import Want

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


def show_cure(cure: str | None, out: Console) -> None:
    """The command that cures something, alone on its line so that it can be run as it stands; then what to know of it.

    A cure that is no command is said as it is.
    """
    command, remark, rest = (cure or "", "", "")
    if (found := _COMMAND.match(command)) and found[0]:
        command, more = found[0], command[found.end() :]
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

_MOST = 20


def check_message(report: Report, staged: bool) -> str:
    """What a clean check says, in one line."""
    where = "staged " if staged else ""
    files, pictures = count(report.pictures, f"{where}file"), count(report.assets, "picture")
    return f"assetgen: {files} of {pictures} {'is' if report.pictures == 1 else 'are'} as recorded and as wanted"


def check_plain(report: Report, stream: IO[str], *, everything: bool) -> None:
    """One line a finding and one for its cure; long runs of one kind are cut short."""
    out = console(stream)
    said: dict[str, int] = {}
    for finding in report.findings:
        said[finding.code] = said.get(finding.code, 0) + 1
        if said[finding.code] > _MOST and not everything:
            continue
        place = _place(finding)
        colour = ("red" if finding.level == "error" else "yellow") if stream.isatty() else None
        out.print(clean(f"{place}: {finding.code}: {finding.message}"), style=colour)
        show_cure(finding.cure, out)
    for code, number in said.items():
        if number > _MOST and not everything:
            out.print(f"... and {number - _MOST} more {code} (--all shows them)")
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
    for one in result.made[:_MOST]:
        more = f" (+{len(one.files) - 1})" if len(one.files) > 1 else ""
        said = "draft" if one.is_draft else verb
        out.print(clean(f"{said:{word}}  {one.decision.asset.id:{wide}}  {one.files[0]}{more}"))
        for path in one.removed:
            out.print(clean(f"removed {path}, which nothing wants any more"))
        for remark in one.remarks:
            out.print(clean(f"note  {one.decision.asset.id}: {remark}"))
    if len(result.made) > _MOST:
        out.print(f"{verb}  ... and {len(result.made) - _MOST} more")
    for failure, others in _alike(result.failed):
        error(failure.error, stream)
        if others:
            more = f" and {len(others) - _MOST} more" if len(others) > _MOST else ""
            out.print(clean(f"  the same: {', '.join(others[:_MOST])}{more}"))
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


def emitted(done: Emitted, stream: IO[str], errors: IO[str]) -> None:
    """What became of the typed module; on ``errors`` what it leaves out, which a page would ask for in vain."""
    held = count(done.assets, "picture")
    for path in done.changed:
        stream.write(clean(f"wrote {path} ({held})") + "\n")
    if not done.changed:
        stream.write(clean(f"{done.path} is as it should be ({held})") + "\n")
    for remark in done.remarks[:_MOST]:
        fate = "is in it, but" if remark.is_in else "is left out:"
        errors.write(clean(f"warning: {remark.asset_id} {fate} {remark.why}") + "\n")
        errors.write(clean(f"  cure: {remark.cure}") + "\n")
    if len(done.remarks) > _MOST:
        errors.write(f"... and {len(done.remarks) - _MOST} more (--json lists them)\n")


def emitted_json(done: Emitted) -> dict[str, Any]:
    """What became of the typed module, as data."""
    return {
        "path": done.path,
        "files": list(done.files),
        "changed": list(done.changed),
        "assets": done.assets,
        "warnings": [
            {"id": one.asset_id, "left_out": not one.is_in, "why": one.why, "cure": one.cure} for one in done.remarks
        ],
    }


def _left(left: Sequence[Left], out: Console) -> None:
    """What was not made because it would be bought, bill by bill, and what waits for that."""
    bought = [one.decision for one in left if not one.waits_for]
    for d in bought[:_MOST]:
        out.print(clean(f"would cost  {d.asset.id}  {_about(d)}"))
    if len(bought) > _MOST:
        out.print(f"would cost  ... and {len(bought) - _MOST} more")
    for one in [one for one in left if one.waits_for][:_MOST]:
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
            line = f"would cost  {', '.join(event['ids'][:_MOST])}  {event['surface']}: {event['words']}"
            line += "; not bought; to buy: assetgen generate"
        case "failed":
            where = f"{event['where']}: " if event["where"] else ""
            line = f"failed  {where}{event['what']}" + (f"; cure: {event['cure']}" if event["cure"] else "")
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


# -- cost ------------------------------------------------------------------------------------------

_FIGURE = {"estimate": "estimate", "usage": "usage-based", "provider": "provider-stated"}


def cost(found: Ledger, stream: IO[str]) -> None:
    """The ledger for people: one table a bill, below it what each figure is based on."""
    out = console(stream)
    if not found.sections:
        out.print("no records yet, so nothing is known to have been bought; next: assetgen plan")
    for number, section in enumerate(found.sections):
        if number:
            out.print()
        _bill(section, found.by, out, stream)


def _bill(section: Section, by: str, out: Console, stream: IO[str]) -> None:
    pictures = sum(total.pictures for total in section.totals)
    named = {"none": "none (drawn here, on no bill)", "unknown": "unknown (nobody said which bill)"}
    head = f"{named.get(section.surface, clean(section.surface, 80))}: {count(pictures, 'picture')}"
    if section.surface == "none":
        out.print(head)
        return
    out.print(head, style="bold" if stream.isatty() else None)
    shown = [f for f in _FIGURE if any(total.figures[f].known for total in section.totals)]
    lines = [*section.groups, *(section.totals if len(section.groups) > len(section.totals) else ())]
    if lines:
        headings = [by, "pictures", *(_FIGURE[figure] for figure in shown)]
        rows = [[clean(line.name, 80), str(line.pictures), *(_amount(line, f) for f in shown)] for line in lines]
        _aligned(headings, rows, out, stream)
    for text in _footing(section, pictures):
        out.print(clean(f"  {text}"))


def _amount(line: Group, name: str) -> str:
    from assetgen.ledger import money

    figure = line.figures[name]
    known = "-" if figure.micros is None else money(figure.micros, line.currency)
    return f"{known} ({figure.unknown} unknown)" if figure.unknown else known


def _aligned(headings: Sequence[str], rows: Sequence[Sequence[str]], out: Console, stream: IO[str]) -> None:
    """Rows of one name and figures: a table in a terminal, columns of plain text elsewhere."""
    if stream.isatty():
        from rich import box
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1))
        table.add_column(headings[0], overflow="fold", min_width=10)
        for heading in headings[1:]:
            table.add_column(heading, justify="right")
        for row in rows:
            table.add_row(*map(Text, row))
        out.print(table)
        return
    widths = [max(len(row[column]) for row in (headings, *rows)) for column in range(len(headings))]
    for name, *cells in (headings, *rows):
        figures = (f"{cell:>{width}}" for cell, width in zip(cells, widths[1:], strict=True))
        stream.write("  ".join(("", f"{name:{widths[0]}}", *figures)) + "\n")


def _footing(section: Section, pictures: int) -> Iterable[str]:
    """What the figures of one bill are based on, what is not known of it, and what may be on it too."""
    for name, label in _FIGURE.items():
        for total in section.totals:
            if bases := total.figures[name].bases:
                yield f"{label}: {total.currency or 'currency unknown'}, {'; '.join(bases)}"
    without = [label for name, label in _FIGURE.items() if not any(t.figures[name].known for t in section.totals)]
    if section.surface == "codex-plan" and len(without) == len(_FIGURE):
        yield "counted in pictures: what they take of the plan is not known"
    elif pictures and without:
        yield f"{', '.join(without)}: - ({pictures} unknown)"
    for total in section.totals:
        if total.per_mille is not None:
            yield f"usage {total.per_mille / 10:+.1f} % of estimate, over the pictures that have both"
    if 0 < (nothing := sum(total.unknown for total in section.totals)) < pictures:
        yield f"no figure at all for {nothing} of {count(pictures, 'picture')}"
    if section.uncertain:
        noun = count(section.uncertain, "request")
        yield f"{noun} with an unknown outcome may be on this bill too: assetgen doctor"
    if section.waiting:
        noun = f"{count(section.waiting, 'answer')} {'is' if section.waiting == 1 else 'are'}"
        yield f"{noun} on this bill, not in place yet: assetgen doctor"


def cost_csv(found: Ledger, stream: IO[str], errors: IO[str]) -> None:
    """The ledger for spreadsheets; what has no column there is said to ``errors``."""
    import csv

    from assetgen.ledger import csv_rows

    writer = csv.writer(stream, lineterminator="\n")
    for row in csv_rows(found):
        writer.writerow([clean(cell, 200) for cell in row])
    for section in found.sections:
        if open_requests := section.uncertain + section.waiting:
            noun = count(open_requests, "request")
            errors.write(clean(f"assetgen: {section.surface}: {noun} without a picture may be on this bill too") + "\n")


def cost_gaps(spent: Spending, stream: IO[str]) -> None:
    """What could not be counted, and why."""
    out = console(stream)
    for path, why in spent.damaged:
        out.print(clean(f"assetgen: {path}: not counted: {why}"))
        out.print("  cure: assetgen check")
    for path, why in spent.past_damaged:
        out.print(clean(f"assetgen: {path}: an older version is not counted: {why}"))
    if spent.is_cut_off:
        out.print("assetgen: this clone is shallow: what was bought before its first commit is not counted")
        out.print("  cure: git fetch --unshallow")


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
    if predicate.get("formerly"):
        yield "formerly", ", ".join(predicate["formerly"])
    yield "alt", asset["alt"] or "(decorative)"
    if asset.get("page"):
        yield "page", asset["page"]
    for seen, subject in zip(predicate["observed"], statement["subject"], strict=False):
        alpha = ", alpha" if seen["alpha"] else ""
        yield "file", f"{subject['name']}  {seen['width']}x{seen['height']} {seen['format']}{alpha}"
        yield "", f"sha256 {subject['digest']['sha256']}"
    yield "route", f"{route['owner'] or 'unknown'}" + (f" with {route['client']}" if route["client"] else "")
    yield "bill", {"none": "none: drawn here", None: "unknown"}.get(route["surface"], str(route["surface"]))
    effective = prompt["effective"]
    yield "prompt", (effective["text"] or effective["digest"]) if effective else "none"
    yield from _purchase(predicate)
    for entry in predicate["inputs"]:
        yield "input", f"{entry['role']}: {entry['path']}"
    mark = predicate["marking"]
    yield "marking", f"{mark['digitalSourceType'] or 'none'}" + (" (XMP in the file)" if mark["xmp"] else "")
    if predicate.get("accepted"):
        changed = [*predicate["accepted"]["fields"], *predicate["accepted"]["files"]]
        yield "accepted", ", ".join(changed) or "as it was"
    yield "made by", f"assetgen {predicate['tool']['version']}"


def _purchase(predicate: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """What a paid record says beyond any other; nothing for one that has no such parts."""
    response = predicate.get("response") or {}
    request = predicate.get("request") or {}
    if revised := predicate["prompt"].get("revised"):
        yield "revised", revised["text"] or revised["digest"]
    gateway = predicate["route"].get("gateway") or {}
    asked = response.get("model") or (request.get("body") or {}).get("model")
    served = gateway.get("modelServed")
    if asked or served:
        other = f", answered by {served}" if served and served != asked else ""
        yield "model", f"{asked or 'unknown'}{other}"
    if response.get("requestId") or response.get("createdAt"):
        yield "request", f"{response.get('requestId') or 'id unknown'}  {response.get('createdAt') or ''}".rstrip()
    if attempts := response.get("attempts"):
        yield "attempts", f"{count(len(attempts), 'attempt')}: {', then '.join(map(_attempt, attempts))}"
    partial = response.get("partialImages") or {}
    if partial.get("requested") or partial.get("received"):
        yield "previews", f"{partial.get('requested', 0)} asked for, {partial.get('received', 0)} received"
    if gateway:
        observed = ", ".join(f"{name}: {value}" for name, value in (gateway.get("channelObserved") or {}).items())
        yield "gateway", str(gateway.get("name") or "unknown")
        yield "channel", f"declared {gateway.get('channelDeclared') or 'none'}; observed {observed or 'none'}"
    yield from _costs(predicate.get("cost") or {})


def _attempt(attempt: Mapping[str, Any]) -> str:
    said = [str(part) for part in (attempt.get("status"), attempt.get("retryReason")) if part is not None]
    return " ".join(said) or str(attempt.get("outcome", "unknown"))


def _costs(stated: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Each amount with its basis; a picture on somebody's bill without any is said to be unknown."""
    from assetgen.ledger import money

    if stated.get("surface") == "none":
        return
    known = {name: stated[name] for name in _FIGURE if stated.get(name)}
    for name, amount in known.items():
        shown = money(amount["micros"], amount.get("currency") or stated.get("currency"))
        yield "cost", f"{shown} {_FIGURE[name]} ({amount['basis']})"
    if not known and stated.get("surface"):
        yield "cost", "unknown"


# -- routes and doctor -----------------------------------------------------------------------------


def board(rows: Sequence[Row], stream: IO[str]) -> None:
    """The route board: a block a route in a terminal, a line a fact elsewhere."""
    _blocks([(row.route, row.is_ready, list(row.facts)) for row in rows], stream)
    console(stream).print("next: assetgen routes ID says which route owns a picture, and why")


def route_of(owner: Owner, others: Sequence[Other], stream: IO[str]) -> None:
    """Which route owns an asset, and what the others would make of it."""
    facts = [("why", owner.why), ("call", owner.call)]
    facts += [("text model", owner.text_model)] if owner.text_model else []
    facts += [("model", owner.model)] if owner.model else []
    facts += [("bill", owner.estimate.surface), ("estimate", _estimate(owner.estimate))]
    facts += [(name, value) for name, value in owner.row.facts if name in ("here", "cure")]
    blocks: list[tuple[str, bool | None, list[tuple[str, str]]]] = [(owner.route, owner.row.is_ready, facts)]
    blocks += [(o.route, None, [("instead?", o.words)]) for o in others]
    console(stream).print(clean(f"{owner.asset_id} belongs to route {owner.route}"))
    _blocks(blocks, stream)


def _estimate(found: Estimate) -> str:
    return found.words if found.words == found.basis else f"{found.words} ({found.basis})"


def _blocks(blocks: Sequence[tuple[str, bool | None, Sequence[tuple[str, str]]]], stream: IO[str]) -> None:
    """Named groups of facts; the name green where all is ready, yellow where it is not."""
    if not stream.isatty():
        wide = max(len(name) for name, _, _ in blocks)
        said = max(len(fact) for _, _, facts in blocks for fact, _ in facts)
        for name, _, facts in blocks:
            for fact, value in facts:
                stream.write(clean(f"{name:{wide}}  {fact:{said}}  {value}".rstrip()) + "\n")
        return
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE, pad_edge=False, show_edge=False, show_header=False, show_lines=True)
    table.add_column(no_wrap=True, max_width=24, overflow="fold")
    table.add_column(ratio=1)
    for name, is_ready, facts in blocks:
        inner = Table.grid(padding=(0, 2, 0, 0))
        inner.add_column(style="dim", no_wrap=True)
        inner.add_column(overflow="fold", ratio=1)
        for fact, value in facts:
            inner.add_row(fact, Text(clean(value)))
        colour = "bold" if is_ready is None else "bold green" if is_ready else "bold yellow"
        table.add_row(Text(clean(name), colour), inner)
    console(stream).print(table)


_LEVEL = {"ok": "green", "note": "", "warning": "yellow", "problem": "bold red"}


def doctor(found: Diagnosis, stream: IO[str]) -> None:
    """What was found, worst words in colour: a line a finding, and one for its cure."""
    out = console(stream)
    place = found.config or f"none; it would be {found.usual}"
    out.print(clean(f"your configuration: {place}"))
    for note in found.general:
        _note("project", note, stream)
    for checkup in found.routes:
        for note in checkup.notes:
            _note(checkup.row.route, note, stream)
    for one in found.standing:
        entry, free = one.entry, "free to settle" if one.is_free else "unsettled"
        what = f"{entry.asset_id}, asked of {entry.origin} on {entry.began} ({entry.surface}): {one.known}"
        out.print(clean(f"paid {entry.number}: {free}: {what}"), style="bold red" if stream.isatty() else None)
        show_cure(one.cure, out)
    problems = sum(note.level == "problem" for note in found.notes) + len(found.standing)
    warnings = sum(note.level == "warning" for note in found.notes)
    nothing = "nothing needs mending" if not problems else f"{count(problems, 'thing')} to mend"
    out.print(nothing + (f", {count(warnings, 'warning')}" if warnings else ""))


def _note(who: str, note: Note, stream: IO[str]) -> None:
    out = console(stream)
    where = f"{note.where}: " if note.where else ""
    style = _LEVEL[note.level.value] if stream.isatty() else None
    out.print(clean(f"{who}: {note.level.value}: {where}{note.what}"), style=style or None)
    show_cure(note.cure, out)
