"""What was paid, read from the records: statements -> expenses -> one section for each bill.

Amounts of different bills are never added up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import msgspec

from assetgen.record import candidates
from assetgen.record.candidates import CandidatesFile
from assetgen.record.record import Unusable
from assetgen.record.schema import (
    Amount,
    Candidate,
    Costs,
    Original,
    Purchase,
    RecordedAsset,
    RecordedRequest,
    RecordedResponse,
    RecordedRoute,
    RecordedStep,
)

By = Literal["model", "asset", "month"]
UNKNOWN = "unknown"
DRAWN_HERE = "drawn here"
#: The three ways in which an amount is known, each with its own certainty.
FIGURES = ("estimate", "usage", "provider")


@dataclass(frozen=True, slots=True)
class Expense:
    """One picture on one bill, in one currency.

    An amount in a second currency is an expense with no picture.
    """

    surface: str
    asset_id: str
    model: str
    month: str
    currency: str | None
    pictures: int
    amounts: Mapping[str, Amount]
    """The known ones of FIGURES."""
    purchase: tuple[str | None, ...]
    """The same for every record of one purchase, and for no other."""


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
    """Paid requests without a picture, or with an unknown outcome: they may be on the bill too."""
    waiting: int = 0
    """Stored replies whose picture is not in place yet."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """All bills, each by itself; there is no sum over them."""

    by: By
    sections: Sequence[Section]


# -- statements -> expenses ------------------------------------------------------------------------


def expenses(statement: Mapping[str, Any]) -> list[Expense]:
    """The expenses of one statement. Raises Unusable if parts that every record has are missing."""
    try:
        paid = msgspec.convert(statement["predicate"], _PaidParts)
    except (msgspec.ValidationError, LookupError, TypeError) as exc:
        raise Unusable(f"it does not have the form of a record: {exc}") from None
    return _expenses(paid)


def _expenses(paid: _PaidParts) -> list[Expense]:
    response = paid.response or RecordedResponse()
    surface = paid.cost.surface or paid.route.surface or UNKNOWN
    asked = paid.request.body.get("model") if paid.request else None
    model = response.model or _text(asked)
    month = (response.created_at or "")[:7]
    known = {name: amount for name in FIGURES if (amount := getattr(paid.cost, name)) is not None}
    own = (amount.currency for amount in known.values() if amount.currency)
    first = paid.cost.currency or next(own, None)
    by_currency: dict[str | None, dict[str, Amount]] = {first: {}}
    for name, amount in known.items():
        by_currency.setdefault(amount.currency or first, {})[name] = amount
    return [
        Expense(
            surface=surface,
            asset_id=paid.asset.id,
            model=model or ("chosen by Codex" if surface == "codex-plan" else UNKNOWN),
            month=month or UNKNOWN,
            currency=currency,
            pictures=int(currency == first),
            amounts=amounts,
            purchase=_purchase(paid, surface),
        )
        for currency, amounts in by_currency.items()
    ]


def of_candidates(file: CandidatesFile) -> list[list[Expense]]:
    """The expenses of each candidate in a file, every one an image that was paid for."""
    found = (_of_candidates(file.asset, one.candidates, one.purchases) for one in file.choices)
    return [expenses for of_choice in found for expenses in of_choice]


def of_picked(statement: Mapping[str, Any]) -> list[list[Expense]]:
    """The expenses of each candidate that the image of a statement was picked from.

    None if there were no candidates. Raises Unusable.
    """
    try:
        paid = msgspec.convert(statement["predicate"], _PickedParts)
    except (msgspec.ValidationError, LookupError, TypeError) as exc:
        raise Unusable(f"it does not have the form of a record: {exc}") from None
    if problems := candidates.problems(paid.candidates, paid.purchases):
        raise Unusable(problems[0])
    return list(_of_candidates(paid.asset.id, paid.candidates, paid.purchases))


def of_steps(statement: Mapping[str, Any]) -> list[list[Expense]]:
    """The expenses of the images that the one of a statement was refined from. Raises Unusable."""
    try:
        paid = msgspec.convert(statement["predicate"], _RefinedParts)
    except (msgspec.ValidationError, LookupError, TypeError) as exc:
        raise Unusable(f"it does not have the form of a record: {exc}") from None
    found: list[list[Expense]] = []
    for step in paid.refined:
        if step.candidates and step.purchases:
            if problems := candidates.problems(step.candidates, step.purchases):
                raise Unusable(problems[0])
            found += _of_candidates(paid.asset.id, step.candidates, step.purchases)
            continue
        parts = _PaidParts(
            asset=paid.asset,
            intent={"digest": step.intent},
            route=step.route,
            cost=step.cost,
            request=step.request,
            response=step.response,
            original=step.original,
        )
        found.append(_expenses(parts))
    return found


def _of_candidates(
    asset_id: str, every: Sequence[Candidate], purchases: Sequence[Purchase]
) -> Iterator[list[Expense]]:
    for number, one in enumerate(every):
        bought = purchases[one.purchase]
        parts = _PaidParts(
            asset=RecordedAsset(id=asset_id),
            intent={},
            route=bought.route,
            cost=one.cost,
            request=bought.request,
            response=bought.response,
        )
        place = number - next(n for n, other in enumerate(every) if other.purchase == one.purchase)
        key = ("candidate", bought.token, str(place))
        yield [replace(expense, purchase=key) for expense in _expenses(parts)]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _purchase(paid: _PaidParts, surface: str) -> tuple[str | None, ...]:
    """What stays the same when the files of a purchase are derived again or accepted."""
    original = paid.original.digest if paid.original else None
    response = paid.response or RecordedResponse()
    if response.request_id or (original and response.created_at):
        return (surface, response.request_id, original, response.created_at)
    return (surface, paid.asset.id, original or _text(paid.intent.get("digest")))


def each_once(found: Iterable[Sequence[Expense]]) -> list[Expense]:
    """The expenses of all statements, each purchase only once."""
    seen: dict[tuple[str | None, ...], Sequence[Expense]] = {}
    for of_one in found:
        seen.setdefault(of_one[0].purchase, of_one)
    return [expense for of_one in seen.values() for expense in of_one]


# -- expenses -> sections --------------------------------------------------------------------------


def ledger(
    found: Iterable[Expense],
    by: By = "model",
    uncertain: Mapping[str, int] = {},
    waiting: Mapping[str, int] = {},
) -> Ledger:
    """The bills, sorted by name.

    ``uncertain`` and ``waiting`` count the requests without a picture for each bill.
    """
    bills: dict[str, list[Expense]] = {surface: [] for surface in (*uncertain, *waiting)}
    for expense in found:
        bills.setdefault(expense.surface, []).append(expense)
    sections = (
        _section(
            surface,
            of_bill,
            by=by,
            uncertain=uncertain.get(surface, 0),
            waiting=waiting.get(surface, 0),
        )
        for surface, of_bill in sorted(bills.items())
    )
    return Ledger(by, tuple(sections))


def _section(
    surface: str, found: Sequence[Expense], by: By, uncertain: int, waiting: int
) -> Section:
    currencies = {expense.currency for expense in found if expense.amounts}
    only = next(iter(currencies)) if len(currencies) == 1 else None
    groups: dict[tuple[str, str | None], list[Expense]] = {}
    totals: dict[str | None, list[Expense]] = {}
    for expense in found:
        currency = expense.currency or only
        groups.setdefault((_name(expense, by), currency), []).append(expense)
        totals.setdefault(currency, []).append(expense)
    return Section(
        surface=surface,
        groups=tuple(_group(*key, groups[key]) for key in sorted(groups, key=_order)),
        totals=tuple(
            _group("total", key, totals[key]) for key in sorted(totals, key=lambda key: key or "")
        ),
        uncertain=uncertain,
        waiting=waiting,
    )


def _name(expense: Expense, by: By) -> str:
    if expense.surface == "none":
        return DRAWN_HERE
    return {"model": expense.model, "asset": expense.asset_id, "month": expense.month}[by]


def _order(key: tuple[str, str | None]) -> tuple[bool, str, str]:
    name, currency = key
    return (name == UNKNOWN, name, currency or "")


def _group(name: str, currency: str | None, found: Sequence[Expense]) -> Group:
    both = [
        expense.amounts
        for expense in found
        if "estimate" in expense.amounts and "usage" in expense.amounts
    ]
    estimated = sum(amounts["estimate"].micros for amounts in both)
    used = sum(amounts["usage"].micros for amounts in both)
    return Group(
        name=name,
        currency=currency,
        pictures=sum(expense.pictures for expense in found),
        figures={figure: _figure(figure, found) for figure in FIGURES},
        unknown=sum(expense.pictures for expense in found if not expense.amounts),
        per_mille=round(1000 * (used - estimated) / estimated) if estimated else None,
    )


def _figure(name: str, found: Sequence[Expense]) -> Figure:
    amounts = [expense.amounts[name] for expense in found if name in expense.amounts]
    return Figure(
        micros=sum(amount.micros for amount in amounts) if amounts else None,
        known=len(amounts),
        unknown=sum(expense.pictures for expense in found if name not in expense.amounts),
        bases=tuple(sorted({amount.basis for amount in amounts})),
    )


def requests(entries: Iterable[tuple[str, bool]]) -> tuple[Counter[str], Counter[str]]:
    """The (uncertain, waiting) requests of each bill, from pairs (surface, is its reply stored)."""
    uncertain: Counter[str] = Counter()
    waiting: Counter[str] = Counter()
    for surface, is_stored in entries:
        (waiting if is_stored else uncertain)[surface] += 1
    return uncertain, waiting


class _PaidParts(msgspec.Struct, frozen=True):
    """The parts of a predicate that are counted; what is in the others is not checked."""

    asset: RecordedAsset
    intent: dict[str, Any]
    route: RecordedRoute
    cost: Costs
    request: RecordedRequest | None = None
    response: RecordedResponse | None = None
    original: Original | None = None


class _PickedParts(msgspec.Struct, frozen=True):
    """The parts of a predicate about candidates."""

    asset: RecordedAsset
    candidates: list[Candidate] = []
    purchases: list[Purchase] = []


class _RefinedParts(msgspec.Struct, frozen=True):
    """The parts of a predicate about the images before each step."""

    asset: RecordedAsset
    refined: list[RecordedStep] = []


# Built here, in one thread: msgspec crashes where threads build the form of one class at once.
for _form in (_PaidParts, _PickedParts, _RefinedParts):
    msgspec.json.Decoder(_form)
