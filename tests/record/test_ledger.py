"""The ledger: every bill by itself, unknown amounts shown as unknown, each purchase once."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.errors import GitError
from assetgen.fs.store import CACHE
from assetgen.paid import spending
from assetgen.paid.journal import Fate, Journal
from assetgen.paid.spending import Spending
from assetgen.record import ledger, record
from assetgen.record.ledger import FIGURES, By, Expense, Ledger
from assetgen.record.record import Unusable
from assetgen.record.schema import Amount
from assetgen.report import cost as report_bills
from assetgen.report import show, text
from assetgen.report.cost import as_data, money
from tests.support.place import Place

_SAMPLE = (Path(__file__).parents[1] / "data" / "sample-record.json").read_bytes()
_ESTIMATE = {"micros": 41000, "basis": "catalogue 2026-11-22"}


def statement(
    asset_id: str = "a", surface: str | None = "openai-api", **changes: Any
) -> dict[str, Any]:
    """The sample record with another id, bill and parts; ``cost__usage`` is a nested key."""
    whole: dict[str, Any] = json.loads(_SAMPLE)
    predicate = whole["predicate"]
    predicate["asset"]["id"] = asset_id
    predicate["route"]["surface"] = predicate["cost"]["surface"] = surface
    if predicate["response"]:
        predicate["response"]["requestId"] = f"req_{asset_id}"
    for path, value in changes.items():
        *way, last = path.split("__")
        part = predicate
        for step in way:
            part = part[step]
        part[last] = value
    return whole


def gateway(asset_id: str = "g", micros: int | None = 700, **changes: Any) -> dict[str, Any]:
    stated = {"micros": micros, "currency": "USD", "basis": "stated by the provider: usage.cost"}
    cost: dict[str, Any] = {
        "surface": "gateway:x",
        "currency": None,
        "estimate": None,
        "usage": None,
    }
    cost |= {"provider": None if micros is None else stated}
    return statement(asset_id, "gateway:x", cost=cost, **changes)


def codex(asset_id: str = "c") -> dict[str, Any]:
    cost = {
        "surface": "codex-plan",
        "currency": None,
        "estimate": None,
        "usage": None,
        "provider": None,
    }
    return statement(asset_id, "codex-plan", cost=cost, request=None, response=None)


def local(asset_id: str = "l") -> dict[str, Any]:
    cost: dict[str, Any] = {"surface": "none", "currency": None, "usage": None, "provider": None}
    cost |= {"estimate": {"micros": 0, "basis": "drawn here"}}
    return statement(asset_id, "none", cost=cost, response=None, original=None)


def brought(asset_id: str = "b") -> dict[str, Any]:
    cost = dict.fromkeys(("surface", "currency", "estimate", "usage", "provider"))
    return statement(asset_id, None, cost=cost, request=None, response=None)


def bills(
    *statements: Mapping[str, Any], by: By = "model", **open_requests: Mapping[str, int]
) -> Ledger:
    return ledger.ledger(ledger.each_once(map(ledger.expenses, statements)), by, **open_requests)


def data(
    *statements: Mapping[str, Any], by: By = "model", **open_requests: Mapping[str, int]
) -> Any:
    return {
        section["surface"]: section
        for section in as_data(bills(*statements, by=by, **open_requests))
    }


def shown(found: Ledger) -> str:
    out = io.StringIO()
    report_bills.cost(found, out)
    return out.getvalue()


# -- one record ------------------------------------------------------------------------------------


def test_the_sample_record_is_one_picture_with_its_figures() -> None:
    [row] = ledger.expenses(json.loads(_SAMPLE))
    assert (row.surface, row.asset_id, row.model, row.month) == (
        "openai-api",
        "launch/cover",
        "gpt-image-2",
        "2026-11",
    )
    assert (row.currency, row.pictures) == ("USD", 1)
    assert row.amounts == {
        "estimate": Amount(41000, basis="catalogue 2026-11-22"),
        "usage": Amount(41315, basis="returned usage x catalogue prices"),
    }


_MODELS: dict[str, tuple[dict[str, Any], str]] = {
    "asked, as the response says": (statement(response__model="m-1"), "m-1"),
    "asked, as the request says": (statement(), "gpt-image-2"),
    "not said": (statement(request=None), "unknown"),
    "no text": (statement(request__body={"model": ["x"]}), "unknown"),
    "brought": (brought(), "unknown"),
    "Codex": (codex(), "chosen by Codex"),
}


@pytest.mark.parametrize(("whole", "expected"), _MODELS.values(), ids=_MODELS)
def test_the_model_is_the_one_asked_for(whole: dict[str, Any], expected: str) -> None:
    assert ledger.expenses(whole)[0].model == expected


_SURFACES: dict[str, tuple[dict[str, Any], str]] = {
    "of the cost": (statement(route__surface="codex-plan"), "openai-api"),
    "of the route": (statement(cost__surface=None), "openai-api"),
    "of no one": (brought(), "unknown"),
}


@pytest.mark.parametrize(("whole", "expected"), _SURFACES.values(), ids=_SURFACES)
def test_a_picture_is_on_the_bill_that_its_record_names(
    whole: dict[str, Any], expected: str
) -> None:
    assert ledger.expenses(whole)[0].surface == expected


_UNUSABLE: dict[str, dict[str, Any]] = {
    "an amount in words": statement(cost__usage={"micros": "41000", "basis": "x"}),
    "less than nothing": statement(cost__usage={"micros": -1, "basis": "x"}),
    "yes as an amount": statement(cost__usage={"micros": True, "basis": "x"}),
    "no cost": statement(cost=None),
    "no predicate": {},
}


@pytest.mark.parametrize("whole", _UNUSABLE.values(), ids=_UNUSABLE)
def test_an_unusable_record_is_not_counted(whole: dict[str, Any]) -> None:
    with pytest.raises(Unusable):
        ledger.expenses(whole)


# -- sums ------------------------------------------------------------------------------------------


def test_every_bill_is_by_itself_and_there_is_no_sum_over_bills() -> None:
    found = data(
        statement("a"), statement("b"), gateway(), codex(), local("l"), local("m"), brought()
    )
    assert list(found) == ["codex-plan", "gateway:x", "none", "openai-api", "unknown"]
    assert {surface: section["totals"][0]["pictures"] for surface, section in found.items()} == {
        "codex-plan": 1,
        "gateway:x": 1,
        "none": 2,
        "openai-api": 2,
        "unknown": 1,
    }
    [total] = found["openai-api"]["totals"]
    assert (total["estimate"]["micros"], total["usage"]["micros"], total["provider"]["micros"]) == (
        82000,
        82630,
        None,
    )
    [stated] = found["gateway:x"]["totals"]
    assert (stated["estimate"]["micros"], stated["provider"]["micros"], stated["currency"]) == (
        None,
        700,
        "USD",
    )
    assert stated["provider"]["bases"] == ["stated by the provider: usage.cost"]


def test_an_unknown_amount_is_null_and_counted_but_never_zero() -> None:
    found = data(
        statement("a"),
        statement("b", cost__usage=None),
        statement("c", cost__usage=None, cost__estimate=None),
    )
    [group] = found["openai-api"]["groups"]
    assert group["estimate"] == {
        "micros": 82000,
        "known": 2,
        "unknown": 1,
        "bases": ["catalogue 2026-11-22"],
    }
    assert (group["usage"]["micros"], group["usage"]["unknown"]) == (41315, 2)
    assert group["provider"] == {"micros": None, "known": 0, "unknown": 3, "bases": []}
    assert group["unknown"] == 1


def test_usage_is_compared_with_the_estimate_only_where_both_are_known() -> None:
    one, other = statement("a"), statement("b", cost__usage=None)
    assert data(one, other)["openai-api"]["totals"][0]["usage_to_estimate_per_mille"] == 8
    assert data(other)["openai-api"]["totals"][0]["usage_to_estimate_per_mille"] is None
    assert data(local())["none"]["totals"][0]["usage_to_estimate_per_mille"] is None


def test_amounts_in_two_currencies_are_never_one_amount() -> None:
    euros = gateway("h", cost__provider={"micros": 300, "currency": "EUR", "basis": "stated"})
    totals = data(gateway("g"), euros)["gateway:x"]["totals"]
    assert [
        (total["currency"], total["provider"]["micros"], total["pictures"]) for total in totals
    ] == [
        ("EUR", 300, 1),
        ("USD", 700, 1),
    ]


def test_a_picture_with_figures_in_two_currencies_is_one_picture() -> None:
    both = statement(cost__provider={"micros": 300, "currency": "EUR", "basis": "stated"})
    totals = data(both)["openai-api"]["totals"]
    assert [(total["currency"], total["pictures"], total["unknown"]) for total in totals] == [
        ("EUR", 0, 0),
        ("USD", 1, 0),
    ]


def test_a_picture_without_a_price_is_in_the_group_of_those_that_have_one() -> None:
    [group] = data(gateway("g"), gateway("h", None))["gateway:x"]["groups"]
    assert (
        group["currency"],
        group["pictures"],
        group["unknown"],
        group["provider"]["micros"],
    ) == ("USD", 2, 1, 700)


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("model", ["gpt-image-2", "m"]),
        ("asset", ["a", "b", "c"]),
        ("month", ["2026-11", "2026-12", "unknown"]),
    ],
    ids=get_args(By),
)
def test_pictures_are_grouped_within_their_bill(by: By, names: list[str]) -> None:
    found = data(
        statement("a"),
        statement("b", response__createdAt="2026-12-01T00:00:00Z"),
        statement("c", response__createdAt=None, response__model="m"),
        by=by,
    )
    assert [group["group"] for group in found["openai-api"]["groups"]] == names


@pytest.mark.parametrize("by", get_args(By))
def test_local_pictures_are_one_group(by: By) -> None:
    [group] = data(local("l"), local("m"), by=by)["none"]["groups"]
    assert (group["group"], group["pictures"]) == ("drawn here", 2)


_PURCHASES: dict[str, tuple[list[dict[str, Any]], int]] = {
    "derived again": (
        [statement(), statement(tool={"name": "assetgen", "version": "9"}, derive=None)],
        1,
    ),
    "accepted for another wish": ([statement(), statement(intent={"digest": "sha256:00"})], 1),
    "bought again": ([statement(), statement(response__requestId="req_2")], 2),
    "no request id, the same": (
        [statement(response__requestId=None), statement(response__requestId=None)],
        1,
    ),
    "no request id, another time": (
        [
            statement(response__requestId=None),
            statement(response__requestId=None, response__createdAt="2026-12-01"),
        ],
        2,
    ),
    "one id for everything, other pictures": (
        [statement(), statement(original={"digest": "sha256:11"})],
        2,
    ),
    "one id at two gateways": ([gateway(), gateway(cost__surface="gateway:y")], 2),
    "one file for two assets": ([brought("b"), brought("d")], 2),
    "drawn here, another wish": (
        [local(), statement("l", "none", response=None, original=None, intent={})],
        2,
    ),
}


@pytest.mark.parametrize(("versions", "purchases"), _PURCHASES.values(), ids=_PURCHASES)
def test_a_purchase_is_counted_once_however_often_its_record_was_written(
    versions: list[dict[str, Any]], purchases: int
) -> None:
    found = ledger.each_once(map(ledger.expenses, versions))
    assert sum(row.pictures for row in found) == purchases


def test_open_requests_are_reported_for_their_bill_even_if_nothing_else_is_on_it() -> None:
    uncertain, waiting = ledger.requests(
        [("codex-plan", False), ("openai-api", False), ("openai-api", True)]
    )
    found = data(statement(), uncertain=uncertain, waiting=waiting)
    assert [(s, d["uncertain_requests"], d["waiting_replies"]) for s, d in found.items()] == [
        ("codex-plan", 1, 0),
        ("openai-api", 1, 1),
    ]
    assert found["codex-plan"]["groups"] == found["codex-plan"]["totals"] == []


_SURFACE = st.sampled_from(
    ["openai-api", "codex-plan", "none", "gateway:x", "gateway:y", "unknown"]
)
_ROW = st.builds(
    Expense,
    surface=_SURFACE,
    asset_id=st.sampled_from("abc"),
    model=st.sampled_from(["m", "n", "unknown"]),
    month=st.sampled_from(["2026-11", "2026-12", "unknown"]),
    currency=st.sampled_from(["USD", "EUR", None]),
    pictures=st.just(1),
    amounts=st.dictionaries(
        st.sampled_from(FIGURES),
        st.builds(Amount, st.integers(0, 2**53), basis=st.sampled_from(["x", "y"])),
    ),
    purchase=st.just(()),
)
_ROWS = st.lists(_ROW, max_size=12)


@settings(deadline=None)
@given(_ROWS, st.sampled_from(get_args(By)))
def test_the_sum_of_a_bill_is_the_sum_of_its_groups_and_of_its_expenses(
    found: list[Expense], by: By
) -> None:
    for section in ledger.ledger(found, by).sections:
        own = [row for row in found if row.surface == section.surface]
        assert sum(group.pictures for group in section.groups) == len(own)
        for total in section.totals:
            groups = [group for group in section.groups if group.currency == total.currency]
            assert total.pictures == sum(group.pictures for group in groups)
            assert total.unknown == sum(group.unknown for group in groups)
            for name in FIGURES:
                figures = [group.figures[name] for group in groups]
                known = [figure.micros for figure in figures if figure.micros is not None]
                assert total.figures[name].micros == (sum(known) if known else None)
                assert total.figures[name].known + total.figures[name].unknown == total.pictures
        for name in FIGURES:
            amounts = [row.amounts[name].micros for row in own if name in row.amounts]
            assert sum(total.figures[name].micros or 0 for total in section.totals) == sum(amounts)


@settings(deadline=None)
@given(_ROWS, _SURFACE, st.sampled_from(get_args(By)))
def test_no_figure_of_one_bill_depends_on_another(
    found: list[Expense], surface: str, by: By
) -> None:
    alone = ledger.ledger([row for row in found if row.surface == surface], by)
    assert [
        section for section in ledger.ledger(found, by).sections if section.surface == surface
    ] == [*alone.sections]


@settings(deadline=None)
@given(
    _ROWS.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))),
    st.sampled_from(get_args(By)),
)
def test_the_order_of_records_does_not_matter(
    both: tuple[list[Expense], list[Expense]], by: By
) -> None:
    assert ledger.ledger(both[0], by) == ledger.ledger(both[1], by)


# -- how it is shown -------------------------------------------------------------------------------

_MONEY = {
    "nothing": (0, "USD", "$0.000"),
    "too little to show": (400, "USD", "<$0.001"),
    "under ten cents": (41000, "USD", "$0.041"),
    "just under": (99_499, "USD", "$0.099"),
    "ten cents": (100_000, "USD", "$0.10"),
    "more": (1_234_567, "USD", "$1.23"),
    "thousands": (1_234_567_890, "USD", "$1,234.57"),
    "another currency": (1_230_000, "EUR", "1.23 EUR"),
}


@pytest.mark.parametrize(("micros", "currency", "expected"), _MONEY.values(), ids=_MONEY)
def test_amounts_are_short_and_only_zero_looks_like_zero(
    micros: int, currency: str, expected: str
) -> None:
    assert money(micros, currency) == expected


def test_in_a_pipe_each_bill_is_aligned_text_with_its_bases() -> None:
    found = bills(
        *(
            statement("a"),
            statement("b", cost__usage=None, response__model="m"),
            gateway(),
            gateway("h", None),
        ),
        *(codex(), local("l"), local("m"), brought()),
        uncertain={"openai-api": 2},
        waiting={"gateway:x": 1},
    )
    assert (
        shown(found)
        == """\
codex-plan: 1 picture
  model            pictures
  chosen by Codex         1
  counted in pictures: how much of the plan they use is not known

gateway:x: 2 pictures
  model        pictures     provider-stated
  gpt-image-2         2  $0.001 (1 unknown)
  provider-stated: USD, stated by the provider: usage.cost
  estimate, usage-based: - (2 unknown)
  no figure at all for 1 of 2 pictures
  1 answer is on this bill and not in place yet: assetgen doctor

none (made locally, no bill): 2 pictures

openai-api: 2 pictures
  model        pictures  estimate         usage-based
  gpt-image-2         1    $0.041              $0.041
  m                   1    $0.041       - (1 unknown)
  total               2    $0.082  $0.041 (1 unknown)
  estimate: USD, catalogue 2026-11-22
  usage-based: USD, returned usage x catalogue prices
  provider-stated: - (2 unknown)
  usage +0.8 % of estimate, over the pictures that have both
  2 requests with an unknown outcome may be on this bill too: assetgen doctor

unknown (the bill is not known): 1 picture
  model    pictures
  unknown         1
  estimate, usage-based, provider-stated: - (1 unknown)
"""
    )


def _everything(master: int) -> str:
    """The output to a terminal that is closed by now."""
    with os.fdopen(master, "rb", buffering=0) as out:
        pieces = []
        with suppress(OSError):  # the error of Linux for a closed terminal
            while piece := out.read(4096):
                pieces.append(piece)
    return b"".join(pieces).decode()


def test_in_a_terminal_long_names_are_folded_and_every_figure_is_there() -> None:
    long_name = "a-provider/" + 5 * "gpt-image-2-"
    statements = (
        statement("a", response__model=long_name),
        statement("b", cost__usage=None),
        gateway(),
    )
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as stream:
        width = text.terminal(stream).width
        report_bills.cost(bills(*statements), stream)
    seen = re.sub(r"\x1b\[[\d;]*m", "", _everything(master)).splitlines()
    assert max(map(len, seen)) <= width
    assert long_name in "".join(line.split(" ")[0] for line in seen)
    for figures in (("2", "$0.082", "$0.041", "(1", "unknown)"), ("1", "$0.001")):
        assert any(tuple(line.split()[1:]) == figures for line in seen), figures


def test_an_empty_ledger_says_so() -> None:
    assert shown(bills()).startswith("there are no records yet")


def test_a_name_from_a_gateway_cannot_control_a_terminal() -> None:
    assert "\x1b" not in shown(bills(statement(response__model="m\x1b[2J\n::error::x")))


def table(found: Ledger) -> tuple[list[list[str]], str]:
    out, err = io.StringIO(), io.StringIO()
    report_bills.cost_csv(found, out, err)
    return list(csv.reader(io.StringIO(out.getvalue()))), err.getvalue()


def test_csv_has_a_row_a_group_none_with_a_sum_and_empty_cells_for_the_unknown() -> None:
    cells, err = table(
        bills(statement("a"), gateway(), codex(), by="month", uncertain={"openai-api": 1})
    )
    assert cells == [
        [
            "surface",
            "by",
            "group",
            "pictures",
            "currency",
            "estimate",
            "usage",
            "provider",
            "unknown",
        ],
        ["codex-plan", "month", "unknown", "1", "", "", "", "", "1"],
        ["gateway:x", "month", "2026-11", "1", "USD", "", "", "0.000700", "0"],
        ["openai-api", "month", "2026-11", "1", "USD", "0.041000", "0.041315", "", "0"],
    ]
    assert err == "assetgen: openai-api: 1 request without a picture may be on this bill too\n"


_CELLS = {
    "formula": ('=HYPERLINK("http://x","y")', '\'=HYPERLINK("http://x","y")'),
    "plus": ("+1", "'+1"),
    "minus": ("-1", "'-1"),
    "at": ("@SUM(A1)", "'@SUM(A1)"),
    "behind a space": (" =1", "' =1"),
    "comma and quote": ('a,"b"', 'a,"b"'),
    "line end": ("a\nb", "a b"),
    "tab": ("\t=1", "' =1"),
    "plain": ("gpt-image-2", "gpt-image-2"),
}


@pytest.mark.parametrize(("model", "expected"), _CELLS.values(), ids=_CELLS)
def test_no_cell_is_a_formula_or_breaks_its_row(model: str, expected: str) -> None:
    cells, _ = table(bills(statement(response__model=model)))
    assert len(cells) == 2 and cells[1][2] == expected


# -- show ------------------------------------------------------------------------------------------


def provenance(whole: Mapping[str, Any]) -> list[str]:
    out = io.StringIO()
    show.show(whole, None, out)
    return out.getvalue().splitlines()


def test_show_reports_what_was_bought_and_each_known_cost() -> None:
    lines = provenance(json.loads(_SAMPLE))
    expected = [
        "model      gpt-image-2",
        "request    req_1f2e3d4c5b6a  2026-11-22T19:30:00Z",
        "attempts   2 attempts: 429 rate_limit_exceeded, then 200",
        "previews   2 asked for, 1 received",
        "cost       $0.041 estimate (catalogue 2026-11-22)",
        "cost       $0.041 usage-based (returned usage x catalogue prices)",
    ]
    at = lines.index(expected[0])
    assert lines[at : at + len(expected)] == expected


def test_show_reports_which_channel_and_model_of_a_gateway_answered() -> None:
    told: dict[str, Any] = {
        "name": "x",
        "profile": "litellm",
        "channelDeclared": "default",
        "modelServed": "gpt-image-1",
    }
    told |= {"channelObserved": {"x-litellm-model-id": "7"}}
    whole = gateway(route__gateway=told, prompt__revised={"digest": "sha256:00", "text": "A plane"})
    lines = provenance(whole)
    for line in (
        "revised    A plane",
        "model      gpt-image-2, answered by gpt-image-1",
        "gateway    x",
        "channel    declared default; observed x-litellm-model-id: 7",
        "cost       $0.001 provider-stated (stated by the provider: usage.cost)",
    ):
        assert line in lines


_SHORT: dict[str, tuple[dict[str, Any], bool]] = {
    "drawn here": (
        statement("l", "none", cost=local()["predicate"]["cost"], request=None, response=None),
        False,
    ),
    "brought": (brought(), False),
    "no price": (codex(), True),
}


@pytest.mark.parametrize(("whole", "is_unknown"), _SHORT.values(), ids=_SHORT)
def test_show_accepts_records_without_a_purchase(whole: dict[str, Any], is_unknown: bool) -> None:
    lines = provenance(whole)
    assert [
        line
        for line in lines
        if line.startswith(("cost", "request", "attempts", "model", "previews"))
    ] == (["cost       unknown"] if is_unknown else [])


# -- the command -----------------------------------------------------------------------------------


def _record(place: Place, asset_id: str, whole: Mapping[str, Any]) -> None:
    place.write(record.place(asset_id), record.write(whole))


def _clock() -> str:
    return "2026-11-23T00:00:00Z"


def _read(place: Place, *, history: bool = False) -> Spending:
    return spending.read(place.root, place.environ, "model", history=history)


def _counted(place: Place, *, history: bool = False) -> dict[str, int]:
    sections = _read(place, history=history).ledger.sections
    return {
        section.surface: sum(total.pictures for total in section.totals) for section in sections
    }


def test_the_command_counts_the_records_and_names_those_that_it_cannot_count(place: Place) -> None:
    place.covers("a")
    _record(place, "a", statement("a"))
    _record(place, "deep/g", gateway("deep/g"))
    _record(place, "copied", statement("a"))
    place.write(record.place("hurt"), record.write(statement("hurt")).replace(b"41315", b"1"))
    ran = place.ok("cost", "--json")
    assert [section["surface"] for section in ran.data["surfaces"]] == ["gateway:x", "openai-api"]
    assert ran.err.count("cure: assetgen check") == 2
    assert ".assetgen/records/hurt.json: not counted: it was edited by hand" in ran.err
    assert ".assetgen/records/copied.json: not counted: it belongs to asset 'a'" in ran.err
    assert place.ok("cost", "--format", "csv").out.startswith("surface,by,group,")
    assert place.run("cost", "--json", "--format", "csv").code == 2


def _buy(place: Place, request: str, *commit: str) -> None:
    """A record of asset a with its own request, committed if there is a message."""
    _record(place, "a", statement("a", response__requestId=request))
    if commit:
        place.git("commit", "-q", "-a", "-m", request, *commit)


def test_history_counts_repeated_and_abandoned_purchases_each_only_once(place: Place) -> None:
    place.covers("a")
    _buy(place, "req_first")
    _record(place, "gone", gateway("gone"))
    place.start()
    for branch in ("given-up", "mixed", "unmerged"):
        place.git("checkout", "-q", "-b", branch, "main")
        _buy(place, f"req_{branch}", "--no-verify")
    place.git("checkout", "-q", "main")
    place.git("rm", "-q", ".assetgen/records/gone.json")
    _buy(place, "req_again", "--no-verify")
    for branch in ("given-up", "mixed"):
        place.git("merge", "-q", "-s", "ours", "-m", "keep ours", branch)
        place.git("branch", "-q", "-D", branch)
    _buy(place, "req_while_merging", "--amend")
    _record(place, "a", statement("a", response__requestId="req_again", derive=None))
    place.git("commit", "-q", "-a", "-m", "derived again")
    _buy(place, "req_not_committed")
    assert _counted(place) == {"openai-api": 1}
    assert _counted(place, history=True) == {"gateway:x": 1, "openai-api": 7}


def test_history_is_that_of_a_project_below_the_repository_and_its_damage_is_named(
    bare: Place,
) -> None:
    below = Place(bare.root / "site", bare.root.parent / "home")
    below.covers("a")
    below.write(record.place("a"), b"{}")
    bare.start()
    _record(below, "a", statement("a"))
    bare.git("add", "-A")
    found = _read(below, history=True)
    assert _counted(below, history=True) == {"openai-api": 1}
    assert [path for path, _ in found.past_damaged] == [".assetgen/records/a.json"]
    assert (found.damaged, found.is_cut_off) == ((), False)


def test_links_and_endless_files_in_history_are_not_read(place: Place) -> None:
    place.covers("a")
    place.write(record.place("big"), b" " * (record.MAX_BYTES + 1))
    (place.root / record.place("link")).symlink_to("big.json")
    place.start()
    place.git("rm", "-q", record.place("big"), record.place("link"))
    found = _read(place, history=True)
    assert found.past_damaged == ((record.place("big"), "it is not a regular file, or too large"),)


def test_a_shallow_clone_reports_that_history_is_cut_off(place: Place, tmp_path: Path) -> None:
    place.covers("a")
    for request in ("req_1", "req_2"):
        _record(place, "a", statement("a", response__requestId=request))
        place.start() if request == "req_1" else place.git("commit", "-qam", "again")
    place.git("clone", "-q", "--depth", "1", f"file://{place.root}", str(tmp_path / "clone"))
    clone = Place(tmp_path / "clone", tmp_path / "home")
    assert _counted(clone, history=True) == {"openai-api": 1}
    assert "this clone is shallow" in clone.ok("cost", "--history").err


def test_history_without_git_is_an_error_with_a_cure(bare: Place) -> None:
    bare.covers("a")
    assert _counted(bare) == {}
    with pytest.raises(GitError, match="no git history") as caught:
        _read(bare, history=True)
    assert caught.value.exit_code == 10 and "leave out --history" in str(caught.value.cure)


def test_requests_of_the_log_that_may_be_billed_are_reported_for_their_bill(bare: Place) -> None:
    bare.covers("a")
    assert _read(bare).ledger.sections == () and not bare.has(CACHE), "looking makes no log"
    log = Journal(bare.root, _clock)
    fates = (Fate.SENT, Fate.FRUITLESS, Fate.ANSWERED, Fate.PLACED, Fate.REFUSED, Fate.DISMISSED)
    for fate in fates:
        log.end(log.sent("w", "a", "images", "openai-api", "api.openai.com", {}).number, fate)
    log.close()
    [section] = _read(bare).ledger.sections
    assert (section.surface, section.uncertain, section.waiting) == ("openai-api", 2, 1)
    assert "2 requests with an unknown outcome may be on this bill too" in bare.ok("cost").out
