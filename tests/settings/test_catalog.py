"""The catalogue: what models accept, cost and when they end is data that a user can override."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import log
from typing import Any

import pytest
import tomli

from assetgen.errors import ManifestError
from assetgen.manifest.schema import Asset
from assetgen.plan import cost
from assetgen.record.record import Intent
from assetgen.settings import catalog, model_rules
from assetgen.settings.catalog import Catalog, Model

SHIPPED = catalog.shipped()
TODAY = date(2026, 11, 23)


def _model(name: str) -> Model:
    found = SHIPPED.find(name)
    assert found is not None
    return found


def _with(text: str) -> Catalog:
    """The shipped catalogue with tables as a user writes them."""
    return catalog.with_overrides(SHIPPED, tomli.loads(text)["model"], where="config.toml")


def _keys(
    route: catalog.Route, model: str, asked: dict[str, Any], is_edit: bool = False
) -> list[str]:
    return [problem.key for problem in model_rules.problems(SHIPPED, route, model, asked, is_edit)]


# -- the shipped data ------------------------------------------------------------------------------


def test_every_model_and_every_price_has_a_source_and_a_date() -> None:
    for name, model in SHIPPED.model.items():
        assert name == model.name
        for entry in (model, model.prices):
            assert entry is None or ("." in entry.source and date(2026, 1, 1) < entry.as_of), name


def test_the_defaults_are_in_the_catalogue_of_their_kind_and_are_not_about_to_end() -> None:
    assert _model(SHIPPED.default_image).kind == "image"
    assert _model(SHIPPED.default_text).kind == "text"
    for name in (SHIPPED.default_image, SHIPPED.default_text):
        assert _model(name).shutdown is None


def test_a_successor_is_in_the_catalogue_and_is_not_about_to_end() -> None:
    replaced = [model for model in SHIPPED.model.values() if model.replaced_by]
    assert replaced
    for model in replaced:
        successor = _model(str(model.replaced_by))
        assert (successor.kind, successor.shutdown) == (model.kind, None), model.name


def test_no_name_finds_two_models() -> None:
    names = [name for model in SHIPPED.model.values() for name in (model.name, *model.snapshots)]
    assert len(names) == len(set(names))


def test_every_named_size_keeps_to_the_rule_of_its_model() -> None:
    for model in SHIPPED.model.values():
        for size in model.sizes.named if model.sizes and model.sizes.rule else ():
            width, height = map(int, size.split("x"))
            assert model_rules.nearest_size(model, width, height) == size, model.name


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("gpt-image-2", "gpt-image-2"),
        ("gpt-image-2-2026-04-21", "gpt-image-2"),
        ("gpt-image-2.5-flare-2026-09-08", "gpt-image-2.5-flare"),
        ("gpt-5.5-2026-04-23", "gpt-5.5"),
        ("gpt-image-2-2026-04-22", None),
        ("", None),
        (None, None),
    ],
    ids=str,
)
def test_a_model_is_found_by_its_name_and_by_its_snapshots(
    asked: str | None, found: str | None
) -> None:
    model = SHIPPED.find(asked)
    assert (model.name if model else None) == found


@pytest.mark.parametrize(
    ("model", "prices"),
    [
        ("gpt-image-2", "5 1.25 8 2 30 None"),
        ("gpt-image-2.5-sunburst", "5 1.25 8 2 30 None"),
        ("gpt-image-2.6-flare", "5 1.25 8 2 30 None"),
        ("gpt-image-1.5", "5 1.25 8 2 32 10"),
        ("gpt-image-1-mini", "2 0.2 2.5 0.25 8 None"),
        ("chatgpt-image-latest", "5 1.25 8 2 32 10"),
        ("gpt-5.5", "5 0.5 None None None 30"),
    ],
    ids=lambda value: value.replace(" ", "-"),
)
def test_prices_are_exact_dollars_per_million_tokens(model: str, prices: str) -> None:
    found = _model(model).prices
    assert found is not None
    rates = (found.text_in, found.text_in_cached, found.image_in, found.image_in_cached)
    assert " ".join(map(str, (*rates, found.image_out, found.text_out))) == prices


# -- sizes -----------------------------------------------------------------------------------------

_FREE, _FIXED = "gpt-image-2", "gpt-image-1.5"


@pytest.mark.parametrize(
    ("model", "size", "why"),
    [
        (_FREE, "1200x630", "both sides must be multiples of 16"),
        (_FREE, "3856x1600", "no side may be longer than 3840 pixels"),
        (_FREE, "1616x528", "no side may be more than 3 times the other"),
        (_FREE, "528x1616", "no side may be more than 3 times the other"),
        (_FREE, "800x800", "640,000 pixels are fewer than 655,360"),
        (_FREE, "3840x2176", "8,355,840 pixels are more than 8,294,400"),
        (_FREE, "large", "it is not WIDTHxHEIGHT"),
        (_FREE, "0x1024", "it is not WIDTHxHEIGHT"),
        (_FREE, "", "it is not WIDTHxHEIGHT"),
        (_FIXED, "2048x2048", "its only sizes are 1024x1024, 1024x1536, 1536x1024"),
    ],
    ids=lambda value: value if "x" in value else None,
)
def test_an_invalid_size_is_refused_with_the_broken_rule_and_a_valid_size(
    model: str, size: str, why: str
) -> None:
    [problem] = model_rules.problems(SHIPPED, "images", model, {"size": size}, False)
    assert problem.key == "size"
    assert problem.why.endswith(why)
    suggestion = str(problem.cure).removeprefix('size = "').removesuffix('"')
    assert _keys("images", model, {"size": suggestion}) == []


@pytest.mark.parametrize(
    ("model", "size"),
    [
        (_FREE, "auto"),
        (_FREE, "1216x640"),
        (_FREE, "3840x2160"),
        (_FREE, "3840x1280"),
        (_FREE, "816x816"),
        (_FIXED, "auto"),
        (_FIXED, "1536x1024"),
        ("grok-imagine-image", "2048x1152"),
        ("flux.2-flex", "7x7"),
    ],
    ids=lambda value: value,
)
def test_a_valid_size_and_any_size_of_an_unknown_model_are_accepted(model: str, size: str) -> None:
    assert _keys("images", model, {"size": size}) == []


@pytest.mark.parametrize(
    ("model", "asked", "nearest"),
    [
        (_FREE, (1536, 1024), "1536x1024"),
        (_FREE, (512, 512), "816x816"),
        (_FREE, (1000, 1000), "1008x1008"),
        (_FREE, (1200, 630), "1216x640"),
        (_FREE, (4096, 4096), "2880x2880"),
        (_FREE, (8000, 1000), "3840x1280"),
        (_FREE, (1, 50_000), "480x1440"),
        (_FIXED, (1200, 630), "1536x1024"),
        (_FIXED, (630, 1200), "1024x1536"),
        (_FIXED, (400, 401), "1024x1024"),
        ("gpt-image-2.6-sunburst", (7, 7), "816x816"),
        ("flux.2-flex", (7, 7), "7x7"),
    ],
    ids=lambda value: "x".join(map(str, value)) if isinstance(value, tuple) else value,
)
def test_the_nearest_size_keeps_the_ratio_and_then_the_area(
    model: str, asked: tuple[int, int], nearest: str
) -> None:
    assert model_rules.nearest_size(_model(model), *asked) == nearest


@pytest.mark.parametrize("asked", [(1201, 631), (333, 901), (3000, 2999), (5000, 100)], ids=str)
def test_no_valid_size_is_nearer_than_the_nearest(asked: tuple[int, int]) -> None:
    def distance(width: int, height: int) -> float:
        ratio = abs(log(width * asked[1] / (height * asked[0])))
        return 16 * ratio + abs(log(width * height / (asked[0] * asked[1])))

    edges = range(16, 3841, 16)
    free = (
        (w, h)
        for w in edges
        for h in edges
        if 655_360 <= w * h <= 8_294_400 and max(w, h) <= 3 * min(w, h)
    )
    width, height = map(int, model_rules.nearest_size(_model(_FREE), *asked).split("x"))
    assert distance(width, height) == pytest.approx(min(distance(*size) for size in free))


def test_a_rule_without_valid_sizes_falls_back_to_the_named_sizes() -> None:
    changed = _with('[model."gpt-image-2".sizes.rule]\nmin_pixels = 9_000_000').find("gpt-image-2")
    assert changed is not None
    assert model_rules.nearest_size(changed, 1000, 1000) == "1024x1024"


@pytest.mark.parametrize(
    ("model", "size", "expected"),
    [
        (_FREE, "2560x1440", False),
        (_FREE, "2576x1440", True),
        (_FREE, "auto", False),
        (_FIXED, "3840x2160", False),
        ("gpt-5.5", "3840x2160", False),
    ],
    ids=lambda value: str(value),
)
def test_large_sizes_are_known_as_experimental(model: str, size: str, expected: bool) -> None:
    assert model_rules.experimental(_model(model), size) is expected


# -- what a model takes ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("route", "model", "asked", "is_edit", "keys"),
    [
        ("images", "gpt-image-2", {"quality": "high"}, False, []),
        ("images", "gpt-image-2", {"quality": "max"}, False, ["quality"]),
        ("images", "gpt-image-2.5-flare", {"quality": "max"}, False, []),
        ("images", "gpt-image-2.6-flare", {"quality": "max"}, False, []),
        ("images", "gpt-image-2", {"output_format": "webp"}, False, []),
        ("images", "gpt-image-2", {"output_format": "svg"}, False, ["output_format"]),
        ("images", "gpt-image-2.6-sunburst", {"output_format": "svg"}, False, []),
        ("responses", "gpt-image-2", {"complexity": "low"}, False, ["complexity"]),
        ("responses", "gpt-image-2.6-sunburst", {"complexity": "low"}, False, []),
        ("images", "gpt-image-2", {"moderation": "low", "partial_images": 3}, False, []),
        ("images", "gpt-image-2", {"partial_images": 4}, False, ["partial_images"]),
        ("images", "gpt-image-2", {"output_compression": 80, "output_format": "webp"}, False, []),
        ("images", "gpt-image-2", {"output_compression": 80}, False, []),
        (
            "images",
            "gpt-image-2",
            {"output_compression": 80, "output_format": "png"},
            False,
            ["output_compression"],
        ),
        ("images", "gpt-image-2", {"background": "transparent"}, False, []),
        ("images", "gpt-image-2.5-flare", {"background": "transparent"}, False, []),
        (
            "images",
            "gpt-image-2",
            {"background": "transparent", "output_format": "jpeg"},
            False,
            ["background"],
        ),
        ("images", "gpt-image-2", {"background": "opaque", "output_format": "jpeg"}, False, []),
        (
            "images",
            "gpt-image-2",
            {"input_fidelity": "high", "inputs": 1},
            True,
            ["input_fidelity"],
        ),
        ("images", "gpt-image-1.5", {"input_fidelity": "high", "inputs": 1}, True, []),
        ("images", "gpt-image-1.5", {"input_fidelity": "high"}, False, ["input_fidelity"]),
        ("responses", "gpt-image-1.5", {"input_fidelity": "high"}, False, []),
        (
            "images",
            "gpt-image-1-mini",
            {"input_fidelity": "high", "inputs": 1},
            True,
            ["input_fidelity"],
        ),
        ("images", "gpt-image-1-mini", {"input_fidelity": "low", "inputs": 1}, True, []),
        ("images", "gpt-image-2", {"inputs": 16, "mask": True}, True, []),
        ("images", "gpt-image-2", {"inputs": 17}, True, ["inputs"]),
        ("images", "gpt-image-2", {"mask": True}, False, ["mask"]),
        ("images", "gpt-image-2", {"mask": False}, False, []),
        ("images", "gpt-image-2", {"n": 10}, False, []),
        ("images", "gpt-image-2", {"n": 11}, False, ["n"]),
        ("responses", "gpt-image-2", {"n": 2}, False, ["n"]),
        (
            "images",
            "gpt-image-2",
            dict.fromkeys(("size", "quality", "complexity", "n", "mask", "inputs")),
            False,
            [],
        ),
        (
            "images",
            "nobody-knows",
            {"size": "7x7", "quality": "odd", "complexity": "low"},
            False,
            [],
        ),
        ("images", "gpt-image-2", {"size": "7x7", "quality": "odd"}, False, ["size", "quality"]),
    ],
    ids=lambda value: (
        str(value)
        if not isinstance(value, dict)
        else ",".join(f"{k}={v}" for k, v in value.items())
    ),
)
def test_only_an_unsupported_option_is_a_problem(
    route: catalog.Route, model: str, asked: dict[str, Any], is_edit: bool, keys: list[str]
) -> None:
    assert _keys(route, model, asked, is_edit) == keys


@pytest.mark.parametrize(
    ("table", "asked", "key"),
    [
        ('transparency = { images = "no" }', {"background": "transparent"}, "background"),
        ("edits = false", {"inputs": 1}, "inputs"),
        ("mask = false", {"inputs": 1, "mask": True}, "mask"),
        ("options = []", {"partial_images": 1}, "partial_images"),
        ("qualities = []", {"quality": "high"}, "quality"),
        ("sizes.auto = false", {"size": "auto"}, "size"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_an_option_that_the_data_excludes_is_a_problem(
    table: str, asked: dict[str, Any], key: str
) -> None:
    assert list(model_rules.problems(SHIPPED, "images", "gpt-image-2", asked, True)) == []
    changed = _with(f'[model."gpt-image-2"]\n{table}')
    assert [
        found.key for found in model_rules.problems(changed, "images", "gpt-image-2", asked, True)
    ] == [key]


def test_a_model_that_only_draws_is_refused_for_edits_only() -> None:
    changed = _with('[model."gpt-image-2"]\nedits = false')
    assert list(model_rules.problems(changed, "images", "gpt-image-2", {"inputs": 0}, False)) == []


def test_an_option_that_the_data_does_not_mention_is_accepted() -> None:
    bare = _with('[model."new"]\nkind = "image"\nas_of = 2026-11-23')
    asked = {
        "size": "7x7",
        "quality": "odd",
        "output_format": "tiff",
        "complexity": "low",
        "moderation": "low",
        "partial_images": 9,
        "input_fidelity": "odd",
        "inputs": 99,
        "mask": True,
        "background": "transparent",
    }
    assert list(model_rules.problems(bare, "images", "new", asked, True)) == []


def test_transparency_is_excluded_for_one_route_only() -> None:
    changed = _with('[model."gpt-image-2"]\ntransparency = { responses = "no" }')
    asked = {"background": "transparent"}
    assert list(model_rules.problems(changed, "images", "gpt-image-2", asked, False)) == []
    assert [
        p.key for p in model_rules.problems(changed, "responses", "gpt-image-2", asked, False)
    ] == ["background"]


@pytest.mark.parametrize(
    ("route", "model", "asked", "why", "cure"),
    [
        ("images", "gpt-5.5", {}, "text model", 'model = "gpt-image-2"'),
        (
            *("responses", "gpt-5.5", {}, "text model"),
            'model = "gpt-image-2", options = { text_model = "gpt-5.5" }',
        ),
        (
            *("responses", "gpt-image-2", {"text_model": "gpt-image-2.5-flare"}, "image model"),
            'model = "gpt-image-2.5-flare", options = { text_model = "gpt-5.5" }',
        ),
        (
            "images",
            "gpt-image-2",
            {"text_model": "gpt-5.5"},
            "without a text model",
            'or set route = "responses"',
        ),
        (
            "images",
            "dall-e-3",
            {},
            "was shut down on 2026-05-12",
            'model = "gpt-image-2.6-sunburst"',
        ),
        (
            "responses",
            "gpt-image-1",
            {"size": "7x7"},
            "was shut down on 2026-10-23",
            'model = "gpt-image-2.5-sunburst"',
        ),
    ],
    ids=[
        "text model",
        "text model on responses",
        "image model on top",
        "text model on images",
        "dall-e",
        "image-1",
    ],
)
def test_a_misplaced_or_retired_model_is_refused_with_a_replacement(
    route: catalog.Route, model: str, asked: dict[str, Any], why: str, cure: str
) -> None:
    [problem] = model_rules.problems(SHIPPED, route, model, asked, False)
    assert why in problem.why
    assert str(problem.cure).endswith(cure)


_IMAGE_SHUT = ("model", "gpt-image-1.5 was shut down on 2026-12-01")
_TEXT_SHUT = ("text_model", "gpt-5-mini was shut down on 2026-12-11")


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (None, []),
        (date(2026, 12, 1), []),
        (date(2026, 12, 2), [_IMAGE_SHUT]),
        (date(2026, 12, 11), [_IMAGE_SHUT]),
        (date(2026, 12, 12), [_TEXT_SHUT, _IMAGE_SHUT]),
    ],
    ids=["no clock", "last day", "day after", "last day of the other", "day after it"],
)
def test_a_model_is_retired_from_the_day_after_its_shutdown(
    today: date | None, expected: list[tuple[str, str]]
) -> None:
    found = []
    for model, asked in (("gpt-image-2", {"text_model": "gpt-5-mini"}), ("gpt-image-1.5", {})):
        found += list(model_rules.problems(SHIPPED, "responses", model, asked, False, today=today))
    assert [(problem.key, problem.why) for problem in found] == expected


def test_a_retired_text_model_is_replaced_by_its_successor_or_the_default() -> None:
    for name, successor in (("gpt-5-mini", "gpt-6.1-terra"), ("gpt-5-nano", SHIPPED.default_text)):
        asked = {"text_model": name}
        [problem] = model_rules.problems(
            SHIPPED, "responses", "gpt-image-2", asked, False, today=date(2027, 1, 1)
        )
        assert (problem.key, str(problem.cure)) == ("text_model", f'text_model = "{successor}"')


# -- what to say beforehand ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "today", "expected"),
    [
        ("gpt-image-2", TODAY, []),
        (
            "gpt-image-1.5",
            TODAY,
            ["gpt-image-1.5 shuts down on 2026-12-01 (in 8 days); use gpt-image-2.6-sunburst"],
        ),
        ("gpt-image-1.5", date(2026, 10, 1), []),
        (
            "gpt-image-1.5",
            date(2026, 10, 2),
            ["gpt-image-1.5 shuts down on 2026-12-01 (in 60 days); use gpt-image-2.6-sunburst"],
        ),
        (
            "gpt-image-1.5",
            date(2026, 11, 30),
            ["gpt-image-1.5 shuts down on 2026-12-01 (in 1 day); use gpt-image-2.6-sunburst"],
        ),
        (
            "gpt-image-1.5",
            date(2026, 12, 1),
            ["gpt-image-1.5 shuts down on 2026-12-01 (today); use gpt-image-2.6-sunburst"],
        ),
        (
            "gpt-image-1.5",
            date(2026, 12, 2),
            ["gpt-image-1.5 was shut down on 2026-12-01; use gpt-image-2.6-sunburst"],
        ),
        (
            "gpt-5-nano",
            TODAY,
            ["gpt-5-nano shuts down on 2026-12-11 (in 18 days); choose another model"],
        ),
        ("odd", TODAY, ["odd is not in the catalogue: sizes and prices are not checked"]),
    ],
    ids=[
        "lasting",
        "8 days",
        "61 days",
        "60 days",
        "1 day",
        "today",
        "gone",
        "no successor",
        "unknown",
    ],
)
def test_a_model_that_ends_soon_or_is_unknown_gives_a_warning(
    model: str, today: date, expected: list[str]
) -> None:
    assert list(model_rules.warnings(SHIPPED, model, today)) == expected


# -- the user's own tables -------------------------------------------------------------------------

_NEW = """
[model."gpt-image-9"]
kind = "image"
as_of = 2026-11-23
snapshots = ["gpt-image-9-2027-01-01"]
qualities = ["low", "high"]
tokens = { 512x512 = { low = 101 } }
sizes = { named = ["512x512"] }
prices = { as_of = 2026-11-23, image_out = 12.5 }
"""


def test_a_new_model_needs_only_data() -> None:
    extended = _with(_NEW)
    asset = Asset(id="a", kind="cover", path="public/a.png", alt="", route="images")
    intent = Intent("cover", "painted", "a plane", {}, [], None, None, "512x512", "low", "auto", 1)
    found = cost.estimate(asset, intent, "draw", "gpt-image-9-2027-01-01", catalog=extended)
    assert (found.micros, found.basis) == (1263, "catalogue 2026-11-23, image output only")
    assert (
        list(
            model_rules.problems(
                extended, "images", "gpt-image-9", {"size": "512x512", "quality": "low"}, False
            )
        )
        == []
    )
    [problem] = model_rules.problems(
        extended, "images", "gpt-image-9", {"quality": "medium"}, False
    )
    assert problem.key == "quality"
    assert list(model_rules.warnings(extended, "gpt-image-9", TODAY)) == []


def test_an_override_changes_only_its_own_keys() -> None:
    text = (
        '[model."gpt-image-2"]\nprices = { image_out = 31.1, as_of = 2026-11-23 }\n'
        "sizes.rule.max_edge = 4096"
    )
    before = _model("gpt-image-2")
    changed = _with(text).find("gpt-image-2")
    assert changed is not None and changed.prices and changed.sizes and changed.sizes.rule
    assert (changed.prices.image_out, changed.prices.text_in) == (Decimal("31.1"), Decimal(5))
    assert (changed.prices.as_of, changed.prices.source) == (date(2026, 11, 23), "config.toml")
    assert (changed.sizes.rule.max_edge, changed.sizes.rule.multiple) == (4096, 16)
    assert (changed.qualities, changed.tokens, changed.limits) == (
        before.qualities,
        before.tokens,
        before.limits,
    )
    assert catalog.shipped().find("gpt-image-2") is before
    assert before.sizes and before.sizes.rule and before.sizes.rule.max_edge == 3840


@pytest.mark.parametrize(
    ("tables", "what"),
    [
        ({"m": 3}, "a model is a table"),
        ({"m": {"as_of": TODAY}}, "kind is missing"),
        ({"m": {"kind": "image"}}, "as_of is missing"),
        ({"m": {"kind": "sound", "as_of": TODAY}}, "kind: Invalid enum value 'sound'"),
        ({"m": {"kind": "image", "as_of": "2026-11-40"}}, "as_of: "),
        (
            {"m": {"name": "other", "kind": "image", "as_of": TODAY}},
            "the name differs from the name of its table",
        ),
        ({"gpt-image-2": {"colour": 1}}, "there is no key colour"),
        ({"gpt-image-2": {"sizes": {"rule": {"multiple": 0}}}}, "sizes.rule.multiple: "),
        ({"gpt-image-2": {"sizes": {"rule": {"max_edge": 10**9}}}}, "sizes.rule.max_edge: "),
        ({"gpt-image-2": {"sizes": {"named": ["big"]}}}, "sizes.named[0]: "),
        ({"gpt-image-2": {"tokens": "guess"}}, "tokens: Invalid enum value 'guess'"),
        (
            {"gpt-image-2": {"transparency": {"codex": "no"}}},
            "transparency: Invalid enum value 'codex'",
        ),
        ({"gpt-image-2": {"prices": 3}}, "prices: Expected a table, got int"),
        ({"gpt-image-2": {"prices": {"image_out": 31}}}, "as_of is missing"),
        (
            {"gpt-image-2": {"prices": {"image_out": -1, "as_of": TODAY}}},
            "image_out must be a price of 0 or more",
        ),
        (
            {"gpt-image-2": {"prices": {"text_in": float("nan"), "as_of": TODAY}}},
            "text_in must be a price",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_bad_table_is_refused_with_its_place_and_the_key(
    tables: dict[str, Any], what: str
) -> None:
    with pytest.raises(ManifestError) as caught:
        catalog.with_overrides(SHIPPED, tables, where="config.toml")
    assert what in caught.value.what
    assert caught.value.where == f'config.toml, model."{next(iter(tables))}"'
    assert caught.value.cure
