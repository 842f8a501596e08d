"""The bills, one section each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any

from assetgen.record.ledger import FIGURES
from assetgen.report.text import Out, console
from assetgen.text import clean, count

if TYPE_CHECKING:
    from assetgen.paid.spending import Spending
    from assetgen.record.ledger import Group, Ledger, Section

FIGURE = {"estimate": "estimate", "usage": "usage-based", "provider": "provider-stated"}


def cost(found: Ledger, stream: IO[str]) -> None:
    """Print one table for each bill, and below it what each figure is based on."""
    out = console(stream)
    if not found.sections:
        out.print("there are no records yet, so no costs are known; next: assetgen plan")
    for number, section in enumerate(found.sections):
        if number:
            out.print()
        _bill(section, found.by, out, stream)


def _bill(section: Section, by: str, out: Out, stream: IO[str]) -> None:
    pictures = sum(total.pictures for total in section.totals)
    named = {"none": "none (made locally, no bill)", "unknown": "unknown (the bill is not known)"}
    head = f"{named.get(section.surface, clean(section.surface, 80))}: {count(pictures, 'picture')}"
    if section.surface == "none":
        out.print(head)
        return
    out.print(head, style="bold" if stream.isatty() else None)
    shown = [f for f in FIGURE if any(total.figures[f].known for total in section.totals)]
    lines = [
        *section.groups,
        *(section.totals if len(section.groups) > len(section.totals) else ()),
    ]
    if lines:
        headings = [by, "pictures", *(FIGURE[figure] for figure in shown)]
        rows = [
            [clean(line.name, 80), str(line.pictures), *(_amount(line, f) for f in shown)]
            for line in lines
        ]
        _aligned(headings, rows, out, stream)
    for text in _footing(section, pictures):
        out.print(clean(f"  {text}"))


def _amount(line: Group, name: str) -> str:
    figure = line.figures[name]
    known = "-" if figure.micros is None else money(figure.micros, line.currency)
    return f"{known} ({figure.unknown} unknown)" if figure.unknown else known


def _aligned(
    headings: Sequence[str], rows: Sequence[Sequence[str]], out: Out, stream: IO[str]
) -> None:
    """Print names and figures: a table in a terminal, columns of plain text elsewhere."""
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
    """What the figures of a bill are based on, what is unknown, and what else it may contain."""
    for name, label in FIGURE.items():
        for total in section.totals:
            if bases := total.figures[name].bases:
                currency = clean(total.currency or "currency unknown", 20)
                yield f"{label}: {currency}, {'; '.join(bases)}"
    without = [
        label
        for name, label in FIGURE.items()
        if not any(t.figures[name].known for t in section.totals)
    ]
    if section.surface == "codex-plan" and len(without) == len(FIGURE):
        yield "counted in pictures: how much of the plan they use is not known"
    elif pictures and without:
        yield f"{', '.join(without)}: - ({pictures} unknown)"
    for total in section.totals:
        if total.per_mille is not None:
            percent = f"{total.per_mille / 10:+.1f} %"
            yield f"usage {percent} of estimate, over the pictures that have both"
    if 0 < (nothing := sum(total.unknown for total in section.totals)) < pictures:
        yield f"no figure at all for {nothing} of {count(pictures, 'picture')}"
    if section.uncertain:
        noun = count(section.uncertain, "request")
        yield f"{noun} with an unknown outcome may be on this bill too: assetgen doctor"
    if section.waiting:
        noun = f"{count(section.waiting, 'answer')} {'is' if section.waiting == 1 else 'are'}"
        yield f"{noun} on this bill and not in place yet: assetgen doctor"


def cost_csv(found: Ledger, stream: IO[str], errors: IO[str]) -> None:
    """Print CSV for spreadsheets; notes that fit no column go to ``errors``."""
    import csv

    writer = csv.writer(stream, lineterminator="\n")
    for row in csv_rows(found):
        writer.writerow([clean(cell, 200) for cell in row])
    for section in found.sections:
        if open_requests := section.uncertain + section.waiting:
            noun = count(open_requests, "request")
            errors.write(
                clean(
                    f"assetgen: {section.surface}: {noun} without a picture may be on this bill too"
                )
                + "\n"
            )


def cost_gaps(spent: Spending, stream: IO[str]) -> None:
    """Print what could not be counted, and why."""
    out = console(stream)
    for path, why in spent.damaged:
        out.print(clean(f"assetgen: {path}: not counted: {why}"))
        out.print("  cure: assetgen check")
    for path, why in spent.past_damaged:
        out.print(clean(f"assetgen: {path}: an older version is not counted: {why}"))
    if spent.is_cut_off:
        out.print(
            "assetgen: this clone is shallow: purchases before its first commit are not counted"
        )
        out.print("  cure: git fetch --unshallow")


# -- for programs ----------------------------------------------------------------------------------


def cost_in_batches(spent: Spending, stream: IO[str]) -> None:
    """Say which images are in batches, and so in no record yet."""
    for surface, images in spent.in_batches.items():
        words = f"{surface}: {count(images, 'image')} in batches that are not collected"
        console(stream).print(clean(f"{words}; they are not counted here: assetgen batch"))


def as_data(found: Ledger) -> list[dict[str, Any]]:
    """The ledger as data: one object for each bill, amounts in millionths, null if unknown."""
    return [
        {
            "surface": section.surface,
            "groups": [_group_data(group) for group in section.groups],
            "totals": [_group_data(group) for group in section.totals],
            "uncertain_requests": section.uncertain,
            "waiting_replies": section.waiting,
        }
        for section in found.sections
    ]


def _group_data(group: Group) -> dict[str, Any]:
    figures = {
        name: {
            "micros": figure.micros,
            "known": figure.known,
            "unknown": figure.unknown,
            "bases": list(figure.bases),
        }
        for name, figure in group.figures.items()
    }
    return {
        "group": group.name,
        "pictures": group.pictures,
        "currency": group.currency,
        **figures,
        "unknown": group.unknown,
        "usage_to_estimate_per_mille": group.per_mille,
    }


CSV_HEADER = (
    "surface",
    "by",
    "group",
    "pictures",
    "currency",
    "estimate",
    "usage",
    "provider",
    "unknown",
)


def csv_rows(found: Ledger) -> Iterator[tuple[str, ...]]:
    """One row for each group, without sums; an unknown amount is an empty cell.

    No cell can be read as a formula.
    """
    yield CSV_HEADER
    for section in found.sections:
        for group in section.groups:
            amounts = (_decimal(group.figures[name].micros) for name in FIGURES)
            names = map(_inert, (section.surface, found.by, group.name))
            yield (
                *names,
                str(group.pictures),
                _inert(group.currency or ""),
                *amounts,
                str(group.unknown),
            )


def _decimal(micros: int | None) -> str:
    return "" if micros is None else f"{micros // 1_000_000}.{micros % 1_000_000:06d}"


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.lstrip()[:1] in ("=", "+", "-", "@") and cell.strip() else cell


def money(micros: int, currency: str | None = "USD") -> str:
    """An amount for people: three decimal places below a tenth, two above."""
    if 0 < micros < 500:
        shown, sign = "0.001", "<"
    else:
        shown, sign = (f"{micros / 1e6:.3f}" if micros < 100_000 else f"{micros / 1e6:,.2f}"), ""
    if currency in ("USD", None):
        return f"{sign}${shown}"
    return f"{sign}{shown} {clean(currency, 20)}"
