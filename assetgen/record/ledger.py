"""What was paid, out of the records: statements -> rows -> one section a bill. No figure ever leaves its bill."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec

from assetgen.record.record import Unusable

By = Literal["model", "asset", "month"]
UNKNOWN = "unknown"
DRAWN_HERE = "drawn here"
#: The three ways in which an amount is known, each with its own certainty.
FIGURES = ("estimate", "usage", "provider")


@dataclass(frozen=True, slots=True)
class Amount:
    """Millionths of a currency, and where the figure is from."""

    micros: int
    basis: str


@dataclass(frozen=True, slots=True)
class Row:
    """One picture on one bill, in one currency. A figure in a second currency is a row without a picture."""

    surface: str
    asset_id: str
    model: str
    month: str
    currency: str | None
    pictures: int
    amounts: Mapping[str, Amount]
    """The known ones of FIGURES."""
    purchase: tuple[str | None, ...]
    """What tells one purchase from another."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A sum over the pictures for which it is known; ``micros`` is None if it is known for none."""

    micros: int | None
    known: int
    unknown: int
    bases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Pictures of one bill and currency that share a model, an asset or a month."""

    name: str
    currency: str | None
    pictures: int
    figures: Mapping[str, Figure]
    unknown: int
    """Pictures for which there is no figure at all."""
    per_mille: int | None
    """By how much usage differs from the estimate, over the pictures that have both."""


@dataclass(frozen=True, slots=True)
class Section:
    """One bill: its groups, and its own sum in each currency."""

    surface: str
    groups: Sequence[Group]
    totals: Sequence[Group]
    uncertain: int = 0
    """Paid requests without a picture, whose outcome is unknown or of no use: they may be on the bill too."""
    waiting: int = 0
    """Paid replies that are stored and whose picture is not in place yet."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """All bills, beside each other; there is no sum over them."""

    by: By
    sections: Sequence[Section]


# -- statements -> rows ----------------------------------------------------------------------------


def rows(statement: Mapping[str, Any]) -> list[Row]:
    """The rows of one statement. Raises Unusable if it does not say what every record says."""
    try:
        said = msgspec.convert(statement["predicate"], _Predicate)
    except (msgspec.ValidationError, LookupError, TypeError) as exc:
        raise Unusable(f"it does not have the form of a record: {exc}") from None
    response = said.response or _Response()
    surface = said.cost.surface or said.route.surface or UNKNOWN
    model = response.model or _text((said.request or _Request()).body.get("model"))
    month = (response.created_at or "")[:7]
    known = {name: amount for name in FIGURES if (amount := getattr(said.cost, name)) is not None}
    first = said.cost.currency or next(
        (amount.currency for amount in known.values() if amount.currency), None
    )
    by_currency: dict[str | None, dict[str, Amount]] = {first: {}}
    for name, amount in known.items():
        by_currency.setdefault(amount.currency or first, {})[name] = Amount(
            amount.micros, amount.basis
        )
    return [
        Row(
            surface=surface,
            asset_id=said.asset.id,
            model=model or ("chosen by Codex" if surface == "codex-plan" else UNKNOWN),
            month=month or UNKNOWN,
            currency=currency,
            pictures=int(currency == first),
            amounts=amounts,
            purchase=_purchase(said, surface),
        )
        for currency, amounts in by_currency.items()
    ]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _purchase(said: _Predicate, surface: str) -> tuple[str | None, ...]:
    """What stays the same when the files of a purchase are derived anew or accepted, and differs for any other."""
    original = said.original.digest if said.original else None
    response = said.response or _Response()
    if response.request_id or (original and response.created_at):
        return (surface, response.request_id, original, response.created_at)
    return (surface, said.asset.id, original or said.intent.digest)


def each_once(found: Iterable[Sequence[Row]]) -> list[Row]:
    """The rows of all statements, those of one purchase only once."""
    seen: dict[tuple[str | None, ...], Sequence[Row]] = {}
    for of_one in found:
        seen.setdefault(of_one[0].purchase, of_one)
    return [row for of_one in seen.values() for row in of_one]


# -- rows -> sections ------------------------------------------------------------------------------


def ledger(
    found: Iterable[Row],
    by: By = "model",
    uncertain: Mapping[str, int] = {},
    waiting: Mapping[str, int] = {},
) -> Ledger:
    """The bills, sorted by name; ``uncertain`` and ``waiting`` count requests without a picture for each bill."""
    bills: dict[str, list[Row]] = {surface: [] for surface in (*uncertain, *waiting)}
    for row in found:
        bills.setdefault(row.surface, []).append(row)
    sections = (
        _section(surface, of_bill, by, uncertain.get(surface, 0), waiting.get(surface, 0))
        for surface, of_bill in sorted(bills.items())
    )
    return Ledger(by, tuple(sections))


def _section(surface: str, found: Sequence[Row], by: By, uncertain: int, waiting: int) -> Section:
    currencies = {row.currency for row in found if row.amounts}
    only = next(iter(currencies)) if len(currencies) == 1 else None
    groups: dict[tuple[str, str | None], list[Row]] = {}
    totals: dict[str | None, list[Row]] = {}
    for row in found:
        currency = row.currency or only
        groups.setdefault((_name(row, by), currency), []).append(row)
        totals.setdefault(currency, []).append(row)
    return Section(
        surface=surface,
        groups=tuple(_group(*key, groups[key]) for key in sorted(groups, key=_order)),
        totals=tuple(
            _group("total", key, totals[key]) for key in sorted(totals, key=lambda key: key or "")
        ),
        uncertain=uncertain,
        waiting=waiting,
    )


def _name(row: Row, by: By) -> str:
    if row.surface == "none":
        return DRAWN_HERE
    return {"model": row.model, "asset": row.asset_id, "month": row.month}[by]


def _order(key: tuple[str, str | None]) -> tuple[bool, str, str]:
    name, currency = key
    return (name == UNKNOWN, name, currency or "")


def _group(name: str, currency: str | None, found: Sequence[Row]) -> Group:
    both = [row.amounts for row in found if "estimate" in row.amounts and "usage" in row.amounts]
    estimated = sum(amounts["estimate"].micros for amounts in both)
    used = sum(amounts["usage"].micros for amounts in both)
    return Group(
        name=name,
        currency=currency,
        pictures=sum(row.pictures for row in found),
        figures={figure: _figure(figure, found) for figure in FIGURES},
        unknown=sum(row.pictures for row in found if not row.amounts),
        per_mille=round(1000 * (used - estimated) / estimated) if estimated else None,
    )


def _figure(name: str, found: Sequence[Row]) -> Figure:
    amounts = [row.amounts[name] for row in found if name in row.amounts]
    return Figure(
        micros=sum(amount.micros for amount in amounts) if amounts else None,
        known=len(amounts),
        unknown=sum(row.pictures for row in found if name not in row.amounts),
        bases=tuple(sorted({amount.basis for amount in amounts})),
    )


def requests(entries: Iterable[tuple[str, bool]]) -> tuple[Counter[str], Counter[str]]:
    """How many requests of each bill are (uncertain, waiting), from (surface, whether its reply is stored)."""
    uncertain: Counter[str] = Counter()
    waiting: Counter[str] = Counter()
    for surface, is_stored in entries:
        (waiting if is_stored else uncertain)[surface] += 1
    return uncertain, waiting


# What of a record counts here.

_Micros = Annotated[int, msgspec.Meta(ge=0)]


class _Amount(msgspec.Struct, frozen=True):
    micros: _Micros
    basis: str = "of unknown basis"
    currency: str | None = None


class _Cost(msgspec.Struct, frozen=True):
    surface: str | None = None
    currency: str | None = None
    estimate: _Amount | None = None
    usage: _Amount | None = None
    provider: _Amount | None = None


class _Asset(msgspec.Struct, frozen=True):
    id: str


class _Intent(msgspec.Struct, frozen=True):
    digest: str | None = None


class _Route(msgspec.Struct, frozen=True):
    surface: str | None = None


class _Request(msgspec.Struct, frozen=True):
    body: dict[str, Any] = {}


class _Response(msgspec.Struct, frozen=True, rename="camel"):
    request_id: str | None = None
    created_at: str | None = None
    model: str | None = None


class _Original(msgspec.Struct, frozen=True):
    digest: str


class _Predicate(msgspec.Struct, frozen=True):
    asset: _Asset
    intent: _Intent
    route: _Route
    cost: _Cost
    request: _Request | None = None
    response: _Response | None = None
    original: _Original | None = None
