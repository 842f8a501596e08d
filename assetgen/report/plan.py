"""The plan as a table and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from typing import IO, TYPE_CHECKING, Any

from assetgen.manifest.schema import Asset
from assetgen.plan import redrawing, settle
from assetgen.plan.decide import Action, Decision, State
from assetgen.plan.describe import all_fresh, describe
from assetgen.plan.reasons import CANDIDATES
from assetgen.plan.rebuilt import BUILDING
from assetgen.plan.shards import Shard
from assetgen.report.collections import folded
from assetgen.report.text import (
    MOST,
    Out,
    by_batch,
    console,
    error,
    error_json,
    show_cure,
    terminal,
)
from assetgen.text import clean, count

if TYPE_CHECKING:
    from assetgen.routes.brief import Want

_COLOUR = {
    State.FRESH: "green",
    State.STALE: "yellow",
    State.UNDECIDED: "magenta",
    State.MISSING: "cyan",
    State.DRAFT: "magenta",
    State.EDITED: "red",
    State.FOREIGN: "red",
    State.UNMERGED: "red",
}


#: What generate does not make without --force, in words.
_LEFT = {
    Action.REFUSE: "left as it is",
    Action.WAIT: "in a batch",
    Action.CHOOSE: "to be picked",
}

CollectionOf = Callable[[str], str | None]


def _none(_asset_id: str) -> str | None:
    """No asset is of a collection."""
    return None


IsBuilt = Callable[[Asset], bool | None]


def _in_git(_asset: Asset) -> bool | None:
    """Git has the files of every asset."""
    return None


IsApproved = Callable[[Decision], bool]


def _not_approved(_decision: Decision) -> bool:
    """No one approved anything."""
    return False


def plan_table(
    decisions: Sequence[Decision],
    stream: IO[str],
    *,
    everything: bool,
    warnings: Sequence[str] = (),
    shard: Shard | None = None,
    collection_of: CollectionOf = _none,
    is_built: IsBuilt = _in_git,
    left: Sequence[tuple[str, str]] = (),
    orphans: str = "",
    again: str = "assetgen generate",
    is_approved: IsApproved = _not_approved,
) -> None:
    """Print the plan as a table. Fresh assets are only counted, unless ``everything``.

    Many assets of a collection are one line, too. ``left`` are (asset, why) of what ``again``, the
    command that makes the rest, would leave.
    """
    shown = [d for d in decisions if everything or d.state is not State.FRESH]
    folds = [] if everything else list(folded(decisions, collection_of))
    within = {d.asset.id for one in folds for d in one.decisions}
    shown = [d for d in shown if d.asset.id not in within]
    fresh = sum(d.state is State.FRESH for d in decisions)
    if shard:
        said = f"shard {shard}: {count(len(decisions), 'picture')}; your limits count in each shard"
        stream.write(f"{said}, so {shard.of} shards may buy up to {shard.of} times as much\n")
    if not decisions and not left:
        stream.write("" if shard else _NOTHING_WANTED + (f"{clean(orphans)}\n" if orphans else ""))
        return
    rows = [(d, _reasons(d, is_approved, is_listed=everything)) for d in shown]
    if shown and stream.isatty():
        _rich_plan(rows, stream)
    elif shown:
        _plain_plan(rows, stream)
    out = console(stream)
    for one in folds:
        for line in one.lines():
            out.print(clean(line))
    if fresh and not everything:
        is_done = fresh == len(decisions)
        counted = f"{fresh} of {len(decisions)} fresh"
        lacking = sum(is_built(d.asset) is False for d in decisions if d.state is State.FRESH)
        out.print(all_fresh(fresh, lacking) if is_done else counted)
        if lacking:
            out.print(f"to build files from records: {BUILDING}")
    if orphans:
        out.print(clean(orphans))
    if folds:
        out.print("assetgen plan --all lists every asset")
    _refused(shown, stream, out)
    _left(left, out)
    _batches([d for d in decisions if d.action is Action.WAIT], out)
    undecided([d for d in decisions if d.action is Action.CHOOSE], out)
    for bill, words in bills(decisions):
        out.print(f"{bill}: {words}")
    for warning in warnings:
        out.print(clean(f"warning: {warning}"), style="yellow" if stream.isatty() else None)
    _next(decisions, f"{again}{f' --shard {shard}' if shard else ''}", out)


def _refused(shown: Iterable[Decision], stream: IO[str], out: Out) -> None:
    for d in shown:
        if d.problem:
            error(d.problem, stream)
        elif d.action is Action.REFUSE:
            out.print(clean(f"generate leaves {d.asset.id} as it is: {settle.why_left(d)}"))
            show_cure(settle.cure(d), out)


def _next(decisions: Sequence[Decision], again: str, out: Out) -> None:
    if _makes_any(decisions):
        out.print(f"next: {again}")
    elif any(map(redrawing.is_older, decisions)):
        out.print("next: assetgen generate --redraw")


def _left(left: Sequence[tuple[str, str]], out: Out) -> None:
    for asset_id, why in left[:MOST]:
        out.print(clean(f"left  {asset_id}: {why}"))
    if len(left) > MOST:
        out.print(f"left  ... and {len(left) - MOST} more")


def _batches(waiting: Sequence[Decision], out: Out) -> None:
    """Print how to go on with each batch that images are in."""
    for words, group in by_batch(waiting).items():
        out.print(clean(f"{count(len(group), 'picture')} {words}; not bought without --force"))
        show_cure(group[0].cure, out)


def undecided(waiting: Sequence[Decision], out: Out) -> None:
    """Print which images wait for someone to pick one of their candidates."""
    for d in waiting[:MOST]:
        words = next(str(one.new) for one in d.reasons if one.field == CANDIDATES)
        out.print(clean(f"undecided  {d.asset.id}  {words}"))
        show_cure(d.cure, out)
    if len(waiting) > MOST:
        out.print(f"undecided  ... and {len(waiting) - MOST} more")


def _makes_any(decisions: Sequence[Decision]) -> bool:
    """Whether generate would make an image; ``decisions`` has dependencies first."""
    stopped: set[str] = set()
    for d in decisions:
        if d.problem or d.action in _LEFT or not stopped.isdisjoint(d.needs):
            stopped.add(d.asset.id)
        elif d.action is not Action.NOTHING and not redrawing.is_older(d):
            return True
    return False


_NOTHING_WANTED = """\
assets.toml lists no images yet
next: add one to it, such as
  [[asset]]
  id   = "welcome"
  kind = "cover"
  path = "public/img/welcome.png"
  alt  = "what the image shows"
  [asset.values]
  title = "What the image says"
"""


def _rich_plan(rows: Sequence[tuple[Decision, str]], stream: IO[str]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    def shown(words: str) -> Text:
        return Text(clean(words, 240))

    if all(d.asset.is_local for d, _ in rows):  # local images are free
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, expand=False)
        table.add_column("state", no_wrap=True)
        table.add_column("asset", overflow="fold", min_width=10)
        table.add_column("reason", overflow="fold", ratio=1)
        for d, words in rows:
            table.add_row(Text(d.state, _COLOUR[d.state]), shown(d.asset.id), shown(words))
    else:  # bill and reason do not fit side by side into 80 columns
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold", ratio=1)
        for d, words in rows:
            head = Text.assemble(
                (clean(d.asset.id), "bold"), "  ", (clean(route_and_bill(d)), "dim")
            )
            table.add_row(Text(d.state, _COLOUR[d.state]), head)
            if words:
                table.add_row("", shown(words))
    terminal(stream).print(table)


def _plain_plan(rows: Sequence[tuple[Decision, str]], stream: IO[str]) -> None:
    wide = max(len(d.asset.id) for d, _ in rows)
    first = max(8, *(len(d.state) for d, _ in rows))
    for d, words in rows:
        head = f"{d.state:{first}} {d.asset.id:{wide}}"
        stream.write(clean(f"{head}  {route_and_bill(d)}  {words}".rstrip()) + "\n")


def _reasons(decision: Decision, is_approved: IsApproved, *, is_listed: bool) -> str:
    """Why an asset is in its state; of a fresh one, that a person approved it.

    Where every asset is listed, also what was left to its id.
    """
    is_fresh = decision.state is State.FRESH and not decision.reasons
    why = "approved" if is_fresh and is_approved(decision) else describe(decision)
    left = chosen_in_words(decision) if is_listed else ""
    return "; ".join(filter(None, [why, left and f"by its id: {left}"]))


def chosen_in_words(decision: Decision) -> str:
    """The values that are left to the id, as assets.toml can state them; "" if none is."""
    return ", ".join(f'{name} = "{one}"' for name, one in decision.wish.chosen.items())


def route_and_bill(decision: Decision) -> str:
    """The route of an asset, its bill and its estimate; none for what generate leaves alone."""
    bill = decision.estimate.surface or "-"
    words = _LEFT.get(decision.action) or decision.estimate.words
    return f"{decision.asset.route} ({bill}, {words})"


def bills(decisions: Iterable[Decision]) -> list[tuple[str, str]]:
    """For each bill: how many images it pays for, and the sum of the known estimates.

    Bills are never added up.
    """
    totals: dict[str, list[Decision]] = {}
    for d in decisions:
        if d.action is Action.DRAW and d.problem is None and d.estimate.surface != "none":
            totals.setdefault(d.estimate.surface, []).append(d)
    found = []
    for bill, ds in sorted(totals.items()):
        known = [d.estimate.micros for d in ds if d.estimate.micros is not None]
        images = sum(d.estimate.images for d in ds)
        words = count(images, "picture")
        if known:
            priced = sum(d.estimate.images for d in ds if d.estimate.micros is not None)
            words += f", about ${sum(known) / 1e6:.2f}" + (
                f" for {priced} of them" if priced < images else ""
            )
        found.append((bill, words))
    return found


def plan_json(
    decisions: Iterable[Decision],
    collection_of: CollectionOf = _none,
    is_built: IsBuilt = _in_git,
    is_approved: IsApproved = _not_approved,
) -> list[dict[str, Any]]:
    """The plan as data: one object for each asset."""
    return [
        {
            "id": d.asset.id,
            "kind": d.asset.kind or None,
            "collection": collection_of(d.asset.id),
            "state": d.state.value,
            "action": d.action.value,
            **_built(is_built(d.asset)),
            "approved": is_approved(d),
            "reasons": [{"field": r.field, "old": r.old, "new": r.new} for r in d.reasons],
            "route": d.asset.route,
            "surface": d.estimate.surface or None,
            "estimate": {
                "micros": d.estimate.micros,
                "currency": d.estimate.currency,
                "basis": d.estimate.basis,
                **({"images": d.estimate.images} if d.estimate.images > 1 else {}),
            },
            "model": d.wish.model,
            **({"by_id": dict(d.wish.chosen)} if d.wish.chosen else {}),
            "problem": error_json(d.problem) if d.problem else None,
            "files": [target.path for target in d.wish.targets],
        }
        for d in decisions
    ]


def _built(is_built: bool | None) -> dict[str, bool]:
    """Whether files exist that are built from a record; nothing where git has them."""
    return {} if is_built is None else {"built": is_built}


# -- watch -----------------------------------------------------------------------------------------


def costs(decisions: Iterable[Decision]) -> list[dict[str, Any]]:
    """What the images would cost on each bill, as data; ``words`` is the same for people."""
    drawn = list(decisions)
    return [
        {
            "surface": bill,
            "ids": [d.asset.id for d in drawn if d.estimate.surface == bill],
            "words": words,
        }
        for bill, words in bills(drawn)
    ]


# -- next ------------------------------------------------------------------------------------------


def wants(found: Sequence[Want], stream: IO[str]) -> None:
    """Print the images to generate, one block for each."""
    out = console(stream)
    if not found:
        out.print("there are no images to generate; assetgen plan shows what else there is to do")
    for one in found:
        size = f"{one.width}x{one.height}" if one.width else "any size"
        shape = f"{size}{', transparent' if one.transparent else ''}"
        out.print(clean(f"{one.id}  {one.state}  {one.route} ({one.surface})  {shape}"))
        for path in one.inputs:
            out.print(clean(f"  input   {path}"))
        for line in one.prompt.split("\n"):
            out.print(clean(f"  | {line}"))
        out.print(clean(f"  then: {one.next}"))


def wants_json(found: Iterable[Want]) -> list[dict[str, Any]]:
    """The images to generate, as data."""
    return [{field.name: getattr(one, field.name) for field in fields(one)} for one in found]
