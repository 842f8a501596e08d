"""cost: each route lands on its own bill, and what is not known is not guessed."""

from __future__ import annotations

import pytest

from assetgen import cost
from assetgen.manifest import Asset
from assetgen.record import Intent


def _intent(size: str = "1024x1024", quality: str | None = "medium", model: str | None = None) -> Intent:
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
    assert cost.surface(route) == bill


@pytest.mark.parametrize("action", ["nothing", "derive"])
def test_what_draws_nothing_costs_nothing_on_any_route(action: str) -> None:
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
    tokens = cost.output_tokens("1024x1024", "medium")
    price = cost.catalogue()["model"][cost.catalogue()["default"]]["image_output_micros_per_token"]
    assert found.micros == (tokens or 0) * price
    assert (found.surface, found.currency) == ("openai-api", "USD")
    assert found.basis.startswith("catalogue 20")


@pytest.mark.parametrize(
    "intent",
    [
        _intent(size="auto"),
        _intent(quality=None),
        _intent(quality="auto"),
        _intent(quality="exquisite"),
        _intent(model="a-model-nobody-knows"),
    ],
    ids=["size auto", "no quality", "quality auto", "another quality", "another model"],
)
def test_what_the_model_decides_is_not_known_before(intent: Intent) -> None:
    found = cost.estimate(_asset("images"), intent, "draw")
    assert (found.micros, found.words) == (None, "not known before")


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


def test_every_entry_of_the_catalogue_says_where_and_when_it_was_read() -> None:
    for name, entry in cost.catalogue()["model"].items():
        assert entry["source"].startswith("https://") or "." in entry["source"], name
        assert len(str(entry["as_of"])) == 10, name
    assert cost.catalogue()["default"] in cost.catalogue()["model"]
