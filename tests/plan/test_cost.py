"""cost: each route has its own bill, before and after; what is not known is not guessed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assetgen import route_names
from assetgen.manifest.schema import Asset
from assetgen.plan import cost
from assetgen.record.record import Intent
from assetgen.record.schema import Amount
from assetgen.settings import catalog
from tests.support.place import Place


def _intent(
    size: str = "1024x1024", quality: str | None = "medium", model: str | None = None
) -> Intent:
    return Intent("cover", "painted", "a plane", {}, [], None, model, size, quality, "auto", 1)


def _asset(route: str) -> Asset:
    return Asset(id="a", kind="cover", path="public/a.png", alt="", route=route)


@pytest.mark.parametrize(
    ("route", "bill"),
    [
        ("local", "none"),
        (None, "none"),
        ("images", "openai-api"),
        ("responses", "openai-api"),
        ("codex", "codex-plan"),
        ("gateway:laozhang", "gateway:laozhang"),
    ],
    ids=str,
)
def test_each_route_has_its_own_bill(route: str | None, bill: str) -> None:
    assert route_names.bill(route) == bill


@pytest.mark.parametrize("action", ["nothing", "derive", "refuse"])
def test_an_action_that_draws_nothing_costs_nothing_on_any_route(action: str) -> None:
    found = cost.estimate(_asset("images"), _intent(), action)
    assert (found.surface, found.micros, found.words) == ("openai-api", 0, "free")


@pytest.mark.parametrize(
    ("route", "words"),
    [("codex", "plan credits"), ("gateway:laozhang", "provider's price")],
    ids=["codex", "gateway"],
)
def test_a_bill_without_prices_is_unknown_and_never_a_number(route: str, words: str) -> None:
    found = cost.estimate(_asset(route), _intent(), "draw")
    assert (found.micros, found.currency, found.words) == (None, None, words)


def test_a_known_size_and_quality_has_an_estimate_with_its_source_and_date() -> None:
    found = cost.estimate(_asset("images"), _intent(), "draw")
    assert (found.surface, found.micros, found.currency) == ("openai-api", 1756 * 30, "USD")
    assert found.basis == "catalogue 2026-11-22, image output only"


@pytest.mark.parametrize(
    ("route", "options", "micros", "basis"),
    [
        ("images", {}, 1756 * 30, "image output only"),
        ("images", {"partial_images": 2}, (1756 + 200) * 30, "image output only"),
        ("images", {"inputs": 1}, 1756 * 30, "image output only, without image input"),
        ("responses", {}, 1756 * 30, "image output only, without the text model"),
        (
            *(
                "responses",
                {"text_model": "gpt-5.5", "inputs": 2, "partial_images": 1},
                (1756 + 100) * 30,
            ),
            "image output only, without image input, without the text model",
        ),
        ("images", {"surface": "openai-api"}, 1756 * 30, "image output only"),
        ("images", {"model": "gpt-image-2-2026-04-21"}, 1756 * 30, "image output only"),
        ("images", {"model": "gpt-image-1.5"}, 1056 * 32, "image output only"),
        (
            "images",
            {"model": "gpt-image-1.5", "partial_images": 3},
            (1056 + 300) * 32,
            "image output only",
        ),
    ],
    ids=[
        "plain",
        "partials",
        "edit",
        "responses",
        "all",
        "own bill",
        "snapshot",
        "table",
        "table and partials",
    ],
)
def test_an_estimate_says_what_it_leaves_out(
    route: str, options: dict[str, Any], micros: int, basis: str
) -> None:
    found = cost.estimate(_asset(route), _intent(), "draw", **options)
    assert (found.micros, found.basis) == (micros, f"catalogue 2026-11-22, {basis}")


@pytest.mark.parametrize("route", ["images", "responses"])
def test_a_route_with_another_address_is_on_the_bill_of_that_address(route: str) -> None:
    found = cost.estimate(_asset(route), _intent(), "draw", surface="gateway:gw.example.org")
    assert (found.surface, found.micros, found.words) == (
        "gateway:gw.example.org",
        None,
        "provider's price",
    )


def test_partial_images_without_a_known_price_leave_the_estimate_open() -> None:
    table = {"kind": "image", "as_of": "2026-11-23", "tokens": "patches"}
    priced = {**table, "prices": {"as_of": "2026-11-23", "image_out": 30}}
    known = catalog.with_overrides(catalog.shipped(), {"new": priced})
    without = cost.estimate(_asset("images"), _intent(), "draw", "new", catalog=known)
    with_partials = cost.estimate(
        _asset("images"), _intent(), "draw", "new", catalog=known, partial_images=1
    )
    assert (without.micros, with_partials.micros) == (1756 * 30, None)


@pytest.mark.parametrize(
    ("intent", "why"),
    [
        (_intent(size="auto"), "size is left to the model"),
        (_intent(quality=None), "quality is left to the model"),
        (_intent(size="auto", quality="auto"), "size and quality are left to the model"),
        (_intent(quality="exquisite"), "the catalogue has no price for this size and quality"),
        (_intent(model="a-model-nobody-knows"), "the model is not in the catalogue"),
        (
            _intent(model="gpt-image-2.6-flare", size="1024x1024"),
            "no token counts are published for this size and quality of the model",
        ),
        (_intent(model="gpt-image-1-mini"), "no token counts are published for the model"),
        (_intent(model="gpt-image-1.5", quality="auto"), "quality is left to the model"),
        (_intent(model="gpt-image-1.5", size="auto"), "size is left to the model"),
        (_intent(model="gpt-5.5"), "the catalogue has no price for the model"),
    ],
    ids=[
        *(
            "size auto",
            "no quality",
            "both auto",
            "another quality",
            "another model",
            "no tokens",
            "mini",
        ),
        *("table, quality auto", "table, size auto", "text model"),
    ],
)
def test_an_unknown_estimate_says_why(intent: Intent, why: str) -> None:
    found = cost.estimate(_asset("images"), intent, "draw")
    assert (found.micros, found.words) == (None, f"unknown: {why}")


@pytest.mark.parametrize(
    ("size", "quality", "tokens"),
    [
        ("1024x1024", "low", 196),
        ("1024x1024", "medium", 1756),
        ("1024x1024", "high", 7024),
        ("1536x1024", "medium", 1372),
        ("1024x1536", "medium", 1372),
        ("1536x1024", "high", 5488),
        ("1x1", "low", 129),
    ],
    ids=lambda value: str(value),
)
def test_output_tokens_follow_the_published_formula(size: str, quality: str, tokens: int) -> None:
    assert cost.output_tokens(size, quality) == tokens


_DOLLAR = 1_000_000


@pytest.mark.parametrize(
    ("model", "size", "quality", "published"),
    [
        ("gpt-image-2", "1024x1024", "low", "0.006"),
        ("gpt-image-2", "1024x1024", "medium", "0.053"),
        ("gpt-image-2", "1024x1024", "high", "0.211"),
        ("gpt-image-2", "1024x1536", "low", "0.005"),
        ("gpt-image-2", "1536x1024", "medium", "0.041"),
        ("gpt-image-2", "1536x1024", "high", "0.165"),
        ("gpt-image-1.5", "1024x1024", "low", "0.009"),
        ("gpt-image-1.5", "1024x1024", "medium", "0.034"),
        ("gpt-image-1.5", "1024x1024", "high", "0.133"),
        ("gpt-image-1.5", "1024x1536", "low", "0.013"),
        ("gpt-image-1.5", "1536x1024", "medium", "0.050"),
        ("gpt-image-1.5", "1024x1536", "high", "0.200"),
    ],
    ids=str,
)
def test_estimates_round_to_the_published_price_of_a_picture(
    model: str, size: str, quality: str, published: str
) -> None:
    found = cost.estimate(_asset("images"), _intent(size, quality), "draw", model)
    assert found.micros is not None
    assert f"{found.micros / _DOLLAR:.3f}" == published


# -- what came back --------------------------------------------------------------------------------


def _usage(read: Any = 0, written: Any = 0, **details: Any) -> dict[str, Any]:
    return {"input_tokens": read, "output_tokens": written, **details}


@pytest.mark.parametrize(
    ("model", "usage", "micros"),
    [
        ("gpt-image-2", _usage(31, 1372), 41_315),
        ("gpt-image-2-2026-04-21", _usage(31, 1372), 41_315),
        ("gpt-image-2", _usage(31, 1372, total_tokens=1403, input_tokens_details=None), 41_315),
        (
            "gpt-image-2",
            _usage(331, 1372, input_tokens_details={"text_tokens": 31, "image_tokens": 300}),
            43_715,
        ),
        ("gpt-image-2", _usage(331, 1372, input_tokens_details={"image_tokens": 300}), 43_715),
        (
            "gpt-image-2",
            _usage(31, 1372, input_tokens_details={"cached_tokens": 31}, cached_tokens=31),
            41_315,
        ),
        (
            "gpt-image-1.5",
            _usage(10, 300, output_tokens_details={"image_tokens": 272, "text_tokens": 28}),
            9_034,
        ),
        ("gpt-image-2", _usage(31, 0), 155),
        ("gpt-image-1-mini", _usage(1, 0, input_tokens_details={"image_tokens": 1}), 3),
        ("gpt-image-1-mini", _usage(3, 0, input_tokens_details={"image_tokens": 3}), 8),
        ("gpt-image-2.6-flare", _usage(31, 1372), 41_315),
    ],
    ids=[
        *(
            "sample",
            "snapshot",
            "no details",
            "edit",
            "text left to the reader",
            "no cached rate on images",
        ),
        *("text output", "nothing drawn", "half rounds up", "rounded once, at the end", "2.6"),
    ],
)
def test_the_usage_of_a_picture_is_priced_to_the_millionth(
    model: str, usage: dict[str, Any], micros: int
) -> None:
    found = cost.usage_cost(usage, model, catalog.shipped())
    day = "2026-11-29" if "2.6" in model else "2026-11-22"
    assert found == Amount(micros, "USD", f"returned usage x catalogue prices of {day}")


def test_the_sample_record_comes_out_exactly() -> None:
    sample = json.loads((Path(__file__).parents[1] / "data/sample-record.json").read_bytes())[
        "predicate"
    ]
    body, stated = sample["request"]["body"], sample["cost"]["usage"]
    found = cost.usage_cost(sample["response"]["usage"], body["model"], catalog.shipped())
    assert found is not None
    assert (found.micros, found.currency) == (stated["micros"], sample["cost"]["currency"])


_TEXT = _usage(
    1000,
    50,
    input_tokens_details={"cached_tokens": 400},
    output_tokens_details={"reasoning_tokens": 20},
)
_TEXT_MICROS = 600 * 5 + 200 + 50 * 30


@pytest.mark.parametrize(
    ("usage", "tool", "micros"),
    [
        (_TEXT, _usage(31, 1372), _TEXT_MICROS + 41_315),
        (_TEXT, {"image_gen": _usage(31, 1372)}, _TEXT_MICROS + 41_315),
        (_usage(1000, 50), _usage(31, 1372), 6_500 + 41_315),
        (_usage(1000, 50), _usage(40, 0, cached_tokens=20), 6_500 + 20 * 5 + 25),
        (
            _usage(1000, 50),
            _usage(
                340,
                0,
                input_tokens_details={"text_tokens": 0, "image_tokens": 340},
                cached_tokens=40,
            ),
            6_500 + 300 * 8 + 80,
        ),
        (
            _usage(1000, 50),
            _usage(
                *(340, 0),
                input_tokens_details={"text_tokens": 40, "image_tokens": 300},
                cached_tokens=120,
                cached_tokens_details={"cached_text_tokens": 20, "cached_image_tokens": 100},
            ),
            6_500 + 20 * 5 + 25 + 200 * 8 + 200,
        ),
    ],
    ids=[
        "cached text",
        "wrapped",
        "nothing cached",
        "cached prompt",
        "cached picture",
        "both cached",
    ],
)
def test_a_response_costs_its_text_model_and_its_picture(
    usage: dict[str, Any], tool: dict[str, Any], micros: int
) -> None:
    found = cost.usage_cost(
        usage, "gpt-image-2", catalog.shipped(), tool_usage=tool, text_model="gpt-5.5-2026-04-23"
    )
    assert found == Amount(micros, "USD", "returned usage x catalogue prices of 2026-11-22")


@pytest.mark.parametrize(
    ("model", "usage"),
    [
        ("gpt-image-2", {}),
        ("gpt-image-2", _usage(0, 0, total_tokens=0)),
        ("gpt-image-2", {"input_tokens": 31}),
        ("gpt-image-2", {"output_tokens": 1372}),
        ("gpt-image-2", _usage("31", 1372)),
        ("gpt-image-2", _usage(31, True)),
        ("gpt-image-2", _usage(-1, 1372)),
        (
            "gpt-image-2",
            _usage(31, 1372, input_tokens_details={"text_tokens": 30, "image_tokens": 30}),
        ),
        ("gpt-image-2", _usage(31, 1372, input_tokens_details={"image_tokens": 32})),
        (
            "gpt-image-2",
            _usage(31, 1372, input_tokens_details={"text_tokens": 41, "image_tokens": -10}),
        ),
        (
            "gpt-image-2",
            _usage(31, 1372, output_tokens_details={"image_tokens": 1000, "text_tokens": 372}),
        ),
        ("gpt-image-1", _usage(31, 1372)),
        ("nobody-knows", _usage(31, 1372)),
    ],
    ids=[
        *(
            "empty",
            "all zero",
            "no output",
            "no input",
            "text for a number",
            "true for a number",
            "negative",
        ),
        *(
            "details too many",
            "detail above the total",
            "detail below 0",
            "no rate for text output",
            "no prices",
            "unknown model",
        ),
    ],
)
def test_usage_without_a_count_or_a_price_has_no_amount(model: str, usage: dict[str, Any]) -> None:
    assert cost.usage_cost(usage, model, catalog.shipped()) is None


_BOTH = {"text_tokens": 40, "image_tokens": 300}


@pytest.mark.parametrize(
    ("text_model", "usage", "model", "tool"),
    [
        ("gpt-5.5", _TEXT, "gpt-image-2", None),
        ("gpt-5.5", _TEXT, "gpt-image-2", _usage()),
        ("gpt-5.5", _usage(), "gpt-image-2", _usage(31, 1372)),
        ("gpt-6.1-sol", _TEXT, "gpt-image-2", _usage(31, 1372)),
        (None, _TEXT, "gpt-image-2", _usage(31, 1372)),
        (
            "gpt-5.5",
            _usage(10, 5, input_tokens_details={"cached_tokens": 11}),
            "gpt-image-2",
            _usage(31, 1372),
        ),
        (
            "gpt-5.5",
            _TEXT,
            "gpt-image-2",
            _usage(340, 1, input_tokens_details=_BOTH, cached_tokens=40),
        ),
        ("gpt-5.5", _TEXT, "gpt-image-2", _usage(31, 1372, cached_tokens=32)),
        (
            *("gpt-5.5", _TEXT, "gpt-image-2"),
            _usage(31, 1372, cached_tokens=9, cached_tokens_details={"cached_text_tokens": 8}),
        ),
        ("gpt-5.5", _TEXT, "no-cached-rate", _usage(31, 1372, cached_tokens=10)),
    ],
    ids=[
        *(
            "no usage of the tool",
            "tool all zero",
            "text all zero",
            "text model without prices",
            "no text model",
        ),
        *(
            "cached above the total",
            "cached, not told of what",
            "cached above the prompt",
            "cached does not add up",
        ),
        "no cached rate",
    ],
)
def test_half_a_response_has_no_price(
    text_model: str | None, usage: dict[str, Any], model: str, tool: dict[str, Any] | None
) -> None:
    prices = {"as_of": "2026-11-23", "text_in": 5, "image_out": 30}
    table = {"kind": "image", "as_of": "2026-11-23", "prices": prices}
    known = catalog.with_overrides(catalog.shipped(), {"no-cached-rate": table})
    assert cost.usage_cost(usage, model, known, tool_usage=tool, text_model=text_model) is None


def test_prices_of_two_dates_are_named_with_both() -> None:
    table = {"gpt-5.5": {"prices": {"as_of": "2026-12-01", "text_in": 6}}}
    known = catalog.with_overrides(catalog.shipped(), table)
    found = cost.usage_cost(
        _usage(10, 10), "gpt-image-2", known, tool_usage=_usage(31, 1372), text_model="gpt-5.5"
    )
    assert found is not None
    assert found.micros == 60 + 300 + 41_315
    assert found.basis.endswith(" of 2026-11-22 and 2026-12-01")


# -- what others measured --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "size", "quality", "tokens"),
    [
        ("gpt-image-2.5-flare", "1024x1024", "low", 196),
        ("gpt-image-2.5-sunburst", "1536x1024", "medium", 343),
        ("gpt-image-2.5-sunburst", "1024x1024", "high", 1756),
        ("gpt-image-2.5-flare", "1024x1024", "xhigh", 3122),
        ("gpt-image-2.5-flare", "3840x2160", "max", 13342),
        ("gpt-image-2.6-sunburst", "1536x1024", "high", 1353),
        ("gpt-image-2.6-flare", "3840x2160", "high", 3337),
    ],
    ids=str,
)
def test_an_estimate_on_tokens_that_others_measured_says_so(
    model: str, size: str, quality: str, tokens: int
) -> None:
    found = cost.estimate(_asset("images"), _intent(size, quality), "draw", model)
    assert found.micros == tokens * 30
    assert found.words.endswith("(measured by others)")
    assert found.basis.startswith("tokens measured by a reseller, ")


# -- a model that costs far less -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quality", "named"),
    [
        ("high", "gpt-image-2.6-flare draws 1536x1024 at high for $0.041 (measured by others)"),
        ("medium", "gpt-image-2.5-flare draws 1536x1024 at medium for $0.010 (measured by others)"),
        ("low", None),
        ("auto", None),
    ],
    ids=["high", "medium", "low", "auto"],
)
def test_plan_names_a_model_that_costs_several_times_less(
    bare: Place, quality: str, named: str | None
) -> None:
    bare.manifest(
        '[[asset]]\nid = "a"\nkind = "cover"\npath = "public/a.png"\nalt = ""\n'
        f'route = "images"\nprompt = "x"\nmodel = "gpt-image-2"\nquality = "{quality}"\n'
    )
    said = bare.run("plan").out
    assert ("draws as well" in said) == bool(named)
    assert not named or named in " ".join(said.split())
