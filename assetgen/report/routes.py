"""The route board and the findings of doctor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO, TYPE_CHECKING, Any

from assetgen.report.text import console, show_cure, terminal, text_of
from assetgen.text import clean, count

if TYPE_CHECKING:
    from assetgen.doctor.doctor import Diagnosis
    from assetgen.doctor.notes import Checkup, Note
    from assetgen.doctor.open_purchases import Standing
    from assetgen.plan.cost import Estimate
    from assetgen.routes.readiness import AssetRoute, OtherRoute, RouteStatus


def board(rows: Sequence[RouteStatus], stream: IO[str]) -> None:
    """Print every route: as blocks in a terminal, elsewhere one fact per line."""
    _blocks([(row.route, row.is_ready, list(row.facts)) for row in rows], stream)
    console(stream).print("next: assetgen routes ID explains the route of an asset")


def route_of(owner: AssetRoute, others: Sequence[OtherRoute], stream: IO[str]) -> None:
    """Print the route of an asset and why, and what each other route would do with it."""
    facts = [("why", owner.why), ("call", owner.call)]
    facts += [("text model", owner.text_model)] if owner.text_model else []
    facts += [("model", owner.model)] if owner.model else []
    facts += [("bill", owner.estimate.surface), ("estimate", _estimate(owner.estimate))]
    facts += [(name, value) for name, value in owner.status.facts if name in ("here", "cure")]
    blocks: list[tuple[str, bool | None, list[tuple[str, str]]]] = [
        (owner.route, owner.status.is_ready, facts)
    ]
    blocks += [(o.route, None, [("instead?", o.words)]) for o in others]
    console(stream).print(clean(f"the route of {owner.asset_id} is {owner.route}"))
    _blocks(blocks, stream)


def _estimate(found: Estimate) -> str:
    return found.words if found.words == found.basis else f"{found.words} ({found.basis})"


def _blocks(
    blocks: Sequence[tuple[str, bool | None, Sequence[tuple[str, str]]]], stream: IO[str]
) -> None:
    """Print named groups of facts; the name is green if the route is ready, else yellow."""
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

    table = Table(
        box=box.SIMPLE, pad_edge=False, show_edge=False, show_header=False, show_lines=True
    )
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
    terminal(stream).print(table)


_LEVEL = {"ok": "green", "note": "", "warning": "yellow", "problem": "bold red"}


def doctor(found: Diagnosis, stream: IO[str]) -> None:
    """Print each note and its cure."""
    out = console(stream)
    place = found.config or f"none; the default place is {found.usual}"
    out.print(clean(f"your configuration: {place}"))
    for note in found.general:
        _note("project", note, stream)
    for checkup in found.routes:
        for note in checkup.notes:
            _note(checkup.row.route, note, stream)
    for one in found.standing:
        entry, free = one.entry, "can be finished for free" if one.is_free else "open"
        asked = f"requested from {entry.origin} on {entry.began} ({entry.surface})"
        what = f"{entry.asset_id}, {asked}: {one.known}"
        out.print(
            clean(f"paid {entry.number}: {free}: {what}"),
            style="bold red" if stream.isatty() else None,
        )
        show_cure(one.cure, out)
    problems = sum(note.level == "problem" for note in found.notes) + len(found.standing)
    warnings = sum(note.level == "warning" for note in found.notes)
    nothing = "no problems found" if not problems else count(problems, "problem")
    out.print(nothing + (f", {count(warnings, 'warning')}" if warnings else ""))


def _note(who: str, note: Note, stream: IO[str]) -> None:
    out = console(stream)
    where = f"{note.where}: " if note.where else ""
    style = _LEVEL[note.level.value] if stream.isatty() else None
    out.print(clean(f"{who}: {note.level.value}: {where}{note.what}"), style=style or None)
    show_cure(note.cure, out)


# -- as data ---------------------------------------------------------------------------------------


def board_json(board: Iterable[RouteStatus]) -> list[dict[str, Any]]:
    """The routes as data, one object for each."""
    return [_row_json(row) for row in board]


def _row_json(row: RouteStatus) -> dict[str, Any]:
    return {
        "route": row.route,
        **{name: getattr(row.about, name) for name in ("job", "call", "model", "avoid")},
        "surface": row.surface,
        "origin": row.origin,
        "ready": row.is_ready,
        "here": row.here,
        "cure": text_of(row.cure),
        "assets": row.assets,
    }


def asset_json(owner: AssetRoute, others: Iterable[OtherRoute]) -> dict[str, Any]:
    """One asset's route and the others, as data."""
    return {
        "id": owner.asset_id,
        "route": owner.route,
        "why": owner.why,
        "call": owner.call,
        "model": owner.model,
        "text_model": owner.text_model,
        "surface": owner.estimate.surface,
        "estimate": _estimate_json(owner.estimate),
        "ready": owner.status.is_ready,
        "here": owner.status.here,
        "cure": text_of(owner.status.cure),
        "others": [_other_json(other) for other in others],
    }


def _other_json(other: OtherRoute) -> dict[str, Any]:
    return {
        "route": other.route,
        "surface": other.surface,
        "could": other.error is None,
        "ready": other.is_ready,
        "error": type(other.error).__name__ if other.error else None,
        "why": other.words,
        "cure": text_of(other.error.cure) if other.error else None,
        "estimate": _estimate_json(other.estimate) if other.estimate else None,
    }


def _estimate_json(estimate: Estimate) -> dict[str, Any]:
    return {"micros": estimate.micros, "currency": estimate.currency, "basis": estimate.basis}


def as_data(found: Diagnosis) -> dict[str, Any]:
    """The diagnosis as data."""
    return {
        "exit": found.exit_code,
        "config": {"path": found.config, "usual": found.usual},
        "notes": [_note_json(note) for note in found.general],
        "routes": [_checkup_json(checkup) for checkup in found.routes],
        "standing": [_standing_json(one) for one in found.standing],
    }


def _note_json(note: Note) -> dict[str, Any]:
    return {
        "level": note.level.value,
        "what": note.what,
        "where": note.where,
        "cure": text_of(note.cure),
        "exit": note.exit_code,
    }


def _checkup_json(checkup: Checkup) -> dict[str, Any]:
    row = checkup.row
    return {
        "route": row.route,
        "surface": row.surface,
        "origin": row.origin,
        "ready": row.is_ready,
        "assets": row.assets,
        "models": list(checkup.models) if checkup.models is not None else None,
        "notes": [_note_json(note) for note in checkup.notes],
    }


def _standing_json(one: Standing) -> dict[str, Any]:
    entry = one.entry
    return {
        "number": entry.number,
        "id": entry.asset_id,
        "route": entry.route,
        "surface": entry.surface,
        "origin": entry.origin,
        "began": entry.began,
        "fate": entry.fate.value,
        "known": one.known,
        "free": one.is_free,
        "cure": text_of(one.cure),
        "kept": list(one.kept),
    }
