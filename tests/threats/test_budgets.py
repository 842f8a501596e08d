"""Nothing is bought beyond what the user allowed, whatever a manifest or a reply claims."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest

from assetgen.errors import AssetgenError, TrustError
from assetgen.paid import limits, replies
from assetgen.plan.cost import Estimate
from assetgen.settings import config
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop
from tests.support.vendor import Vendor, encoded, picture_reply


def few(shop: Shop, images: int = 2, more: str = "") -> None:
    """Set the user's limit of pictures per run."""
    shop.user_config += (
        f'[limits."{shop.conditions().surface("images")}"]\nimages = {images}\n{more}'
    )


# -- before the first request ----------------------------------------------------------------------


def test_thousands_of_pictures_are_refused_before_the_first(bare: Place) -> None:
    with Provider() as vendor:
        shop = Shop(bare, vendor)
        shop.wants(*(f"a{number}" for number in range(2_000)))
        with pytest.raises(
            TrustError,
            match=r"this would buy 2000 images on .* the limit for one run is 50; nothing was sent",
        ):
            shop.generate()
        assert vendor.requests == []
        assert not (bare.root / "public").exists()


def test_a_style_that_makes_everything_stale_is_refused_as_a_whole(bare: Place) -> None:
    with Provider() as vendor:
        shop = Shop(bare, vendor)
        few(shop)
        styled = '[style.s]\nprompt = "{}"\n'
        for name in ("a", "b", "c"):
            shop.wants("a", "b", "c", more='style = "s"')
            bare.manifest(styled.format("warm") + bare.read("assets.toml").decode())
            shop.generate(name)
        assert vendor.billed == 3
        bare.manifest(bare.read("assets.toml").decode().replace("warm", "cold"))
        before = bare.read("public/a.png")
        with pytest.raises(TrustError, match="3 images"):
            shop.generate()
        assert (vendor.billed, len(vendor.requests), bare.read("public/a.png")) == (3, 3, before)


def test_force_does_not_lift_the_limit(bare: Place) -> None:
    with Provider() as vendor:
        shop = Shop(bare, vendor)
        few(shop)
        shop.wants("a", "b", "c")
        with pytest.raises(TrustError, match="3 images"):
            shop.generate(force=True)
        shop.generate("a")
        shop.generate("b", "c")
        with pytest.raises(TrustError, match="3 images"):
            shop.generate(force=True)
        assert vendor.billed == 3


@pytest.mark.parametrize(
    "line",
    [
        "n = 1000",
        "images = 1000",
        "count = 10",
        "variants = { n = 4 }",
        'size = "99999x99999"',
        'size = "1024x1024x9"',
    ],
)
def test_more_or_larger_images_than_the_asset_needs_are_refused(bare: Place, line: str) -> None:
    with Provider() as vendor:
        shop = Shop(bare, vendor)
        shop.wants("a")
        text = bare.read("assets.toml").decode()
        bare.manifest(
            text.replace('size = "1024x1024"', line) if "size" in line else f"{text}\n{line}\n"
        )
        try:
            outcome = shop.generate()
        except AssetgenError:
            outcome = None
        assert outcome is None or outcome.failed
        assert (vendor.requests, vendor.billed) == ([], 0)


def test_a_limit_of_none_buys_none(bare: Place) -> None:
    with Provider() as vendor:
        shop = Shop(bare, vendor)
        few(shop, 0)
        shop.wants("a")
        with pytest.raises(TrustError, match="this would buy 1 image on"):
            shop.generate()
        assert vendor.requests == []


def test_money_is_counted_where_a_price_is_known() -> None:
    known = config.parse(b'[limits."openai-api"]\nper_run_usd = 0.5\n', "c.toml")

    def bought(count: int, micros: int | None) -> list[Any]:
        decision = type("Decision", (), {"estimate": Estimate("openai-api", micros, None, "")})
        return [decision] * count

    limits.refuse_excess(bought(2, 250_000), known)
    limits.refuse_excess(bought(20, None), known)
    with pytest.raises(TrustError, match=r"about \$0\.75 .* nothing was sent"):
        limits.refuse_excess(bought(3, 250_000), known)


# -- while it runs ---------------------------------------------------------------------------------


def test_running_requests_count_until_their_usage_is_known() -> None:
    known = config.parse(b'[limits."openai-api"]\nper_run_usd = 0.5\nimages = 9\n', "c.toml")
    purse, estimate = limits.Purse(known), Estimate("openai-api", 300_000, None, "")
    purse.take("openai-api", estimate)
    with pytest.raises(TrustError, match="has reached its limit"):
        purse.take("openai-api", estimate)
    purse.settle("openai-api", estimate, 100_000)
    purse.take("openai-api", estimate)


def test_a_run_stops_when_replies_state_more_than_was_estimated() -> None:
    known = config.parse(b'[limits."openai-api"]\nper_run_usd = 0.5\nimages = 9\n', "c.toml")
    purse, estimate = limits.Purse(known), Estimate("openai-api", 10_000, None, "")
    purse.take("openai-api", estimate)
    purse.settle("openai-api", estimate, 480_000)
    purse.take("openai-api", estimate)
    purse.settle("openai-api", estimate, 20_000)
    with pytest.raises(TrustError, match="has reached its limit"):
        purse.take("openai-api", estimate)
    purse.take("gateway:g", Estimate("gateway:g", None, None, ""))


def test_every_sent_request_counts(bare: Place) -> None:
    known = config.parse(b'[limits."gateway:g"]\nimages = 2\n', "c.toml")
    purse, estimate = limits.Purse(known), Estimate("gateway:g", None, None, "")
    purse.take("gateway:g", estimate)
    purse.take("gateway:g", estimate)
    with pytest.raises(TrustError, match="2 images"):
        purse.take("gateway:g", estimate)


_LIES = {
    "negative": {"input_tokens": -5, "output_tokens": -(2**40)},
    "too large": {"output_tokens": 2**63 - 1},
    "a fraction": {"output_tokens": 1.5},
    "words": {"output_tokens": "99"},
    "a switch": {"output_tokens": True},
    "a list": {"output_tokens": [1]},
    "nothing": {"output_tokens": None},
    "nested": {"output_tokens_details": {"image_tokens": -1, "text_tokens": 2**60}},
}


@pytest.mark.parametrize("usage", _LIES.values(), ids=_LIES)
def test_impossible_usage_is_ignored_and_loses_no_image(bare: Place, usage: dict[str, Any]) -> None:
    assert replies.of_images(picture_reply(b"x", usage=usage)[0], streamed=False).usage is None
    with Vendor(picture_reply(encoded("PNG"), usage=usage)) as vendor:
        shop = Shop(bare, cast(Any, vendor))
        shop.wants("a")
        record = shop.buys()
        assert record["response"]["usage"] is None
        assert json.dumps(record["cost"]).count("-") == 0


def test_a_false_figure_beside_a_true_one_is_ignored() -> None:
    said = {"input_tokens": -7, "output_tokens": 9, "cost": -1}
    assert replies.of_images(picture_reply(b"x", usage=said)[0], streamed=False).usage == {
        "output_tokens": 9
    }


# -- where nothing is bought -----------------------------------------------------------------------


def test_nothing_but_generate_buys(place: Place) -> None:
    with Provider() as vendor:
        shop = Shop(place, vendor)
        shop.wants("a", "b")
        shop.buys("b")
        commands = (
            ("check",),
            ("plan",),
            ("doctor",),
            ("request", "a"),
            ("routes",),
            ("cost",),
            ("show", "b"),
        )
        with ThreadPoolExecutor(2) as several:
            for ran in several.map(lambda command: shop.run(*command, CI="true"), commands):
                assert "usage:" not in ran.err, ran.err
        shop.generate(draft=True)
        shop.generate(resume=True)
        assert (vendor.billed, [one.path for one in vendor.requests if one.method != "GET"]) == (
            1,
            ["/v1/images/generations"],
        )
