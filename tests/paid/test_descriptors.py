"""What a service publishes about a model is read once, kept, and decides what is sent to it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from assetgen.errors import TrustError
from assetgen.paid import forecast
from assetgen.plan.workspace import open_workspace
from assetgen.settings import descriptors
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.rows import every
from tests.support.shop import Shop, posts

ASSET = """
[gateway.g]
[[asset]]
id = "a"
kind = "cover"
path = "public/a.webp"
alt = ""
route = "gateway:g"
model = "{model}"
prompt = "A plane"
{more}
"""
SEEDREAM, RECRAFT = "bytedance-seed/seedream-4.5", "recraft/recraft-v4.1"


def _shop(place: Place, provider: Provider, model: str, more: str = "") -> Shop:
    shop = Shop(place, provider)
    shop.gateway(profile="openrouter")
    place.manifest(ASSET.format(model=model, more=more))
    return shop


@pytest.mark.parametrize(
    ("model", "more", "sent"),
    every(
        2,
        [
            (SEEDREAM, "", {}),
            (SEEDREAM, 'size = "1536x1024"', {"aspect_ratio": "3:2", "resolution": "1K"}),
            (SEEDREAM, 'size = "4096x2304"', {"aspect_ratio": "16:9", "resolution": "4K"}),
            (RECRAFT, 'size = "1024x1024"', {"aspect_ratio": "1:1"}),
            ("openai/gpt-image-2.6-sunburst", 'quality = "max"', {"quality": "max"}),
            (
                "openai/gpt-image-2",
                'size = "1024x1536"\nquality = "low"',
                {"aspect_ratio": "2:3", "quality": "low"},
            ),
        ],
    ),
    ids=str,
)
def test_a_size_is_sent_in_the_words_of_the_service(
    bare: Place, model: str, more: str, sent: dict[str, Any]
) -> None:
    with Provider("openrouter") as provider:
        shop = _shop(bare, provider, model, more)
        outcome = shop.generate()
        assert not outcome.failed, outcome.failed
        body = dict(posts(provider)[0].json or {})
        asked = [seen.path for seen in provider.requests]
    assert asked == [f"/api/v1/images/models/{model}/endpoints", "/api/v1/images"]
    assert body.pop("model") == model and body.pop("prompt")
    assert body == sent
    described = bare.record("a")["route"]["gateway"]["descriptor"]
    assert len(described["sha256"]) == 64 and described["readOn"] == "2026-11-23"


REFUSED = {
    "a ratio that it does not have": (
        RECRAFT,
        'size = "1536x1024"',
        "size 1536x1024, only 1:1, 4:3",
        'size = "1456x1088"',
    ),
    "more pixels than it has": (
        "qwen/qwen-image-3",
        'size = "4096x4096"',
        "only 1K, 2K",
        'size = "2048x2048"',
    ),
    "no size at all": ("sourceful/plain", 'size = "1024x1024"', "takes no size", "remove size"),
    "a quality where there is none": (
        SEEDREAM,
        'quality = "high"',
        "quality, only aspect_ratio",
        "remove quality",
    ),
    "a quality that is not one of its own": (
        "openai/gpt-image-2",
        'quality = "max"',
        "only auto, low, medium, high",
        "one of auto, low",
    ),
    "a background": (
        "openai/gpt-image-2",
        'background = "transparent"',
        "only auto, opaque",
        "one of auto",
    ),
    "too many inputs": (RECRAFT, 'inputs = ["i/a.png", "i/a.png"]', "takes 1 input", "at most 1"),
    "inputs where it takes none": (
        "sourceful/plain",
        'inputs = ["i/a.png"]',
        "takes no input",
        "remove inputs",
    ),
}


@pytest.mark.parametrize(("model", "more", "what", "cure"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_had_is_refused_before_it_is_sent(
    bare: Place, model: str, more: str, what: str, cure: str
) -> None:
    bare.picture("i/a.png", (64, 48))
    with Provider("openrouter") as provider:
        shop = _shop(bare, provider, model, more)
        error = shop.fails()
        assert posts(provider) == [] and shop.open_entries() == []
        read = len(provider.requests)
        [planned] = forecast.decisions(open_workspace(bare.root, shop.conditions()))
        assert len(provider.requests) == read  # plan is offline
    assert what in error.what and cure in str(error.cure) and error.exit_code == 4
    assert planned.problem is not None and planned.problem.what == error.what


def test_a_price_that_it_publishes_is_an_estimate_on_its_own_bill(bare: Place) -> None:
    bare.picture("i/a.png", (64, 48))
    more = 'size = "3072x2048"\ninputs = ["i/a.png"]'
    with Provider("openrouter") as provider:
        shop = _shop(bare, provider, SEEDREAM, more)
        shop.user_config += '[limits]\n"gateway:g" = { per_run_usd = 0.05 }\n'
        unread = shop.run("plan", "--json").data
        with pytest.raises(TrustError) as caught:
            shop.generate()
        assert posts(provider) == []
        planned = shop.run("plan", "--json").data
    assert unread[0]["estimate"]["micros"] is None
    found = planned[0]["estimate"]
    assert (found["micros"], found["currency"]) == (83_000, "USD")
    assert found["basis"] == "stated by the provider, read on 2026-11-23"
    assert "$0.08 on gateway:g" in caught.value.what


def test_a_description_is_read_once_a_day_and_doctor_reads_it_again(bare: Place) -> None:
    with Provider("openrouter", models=[SEEDREAM]) as provider:
        shop = _shop(bare, provider, SEEDREAM)
        assert not shop.generate().failed
        bare.manifest(ASSET.format(model=SEEDREAM, more="take = 2"))
        assert not shop.generate().failed
        read = [seen for seen in provider.requests if "endpoints" in seen.path]
        assert len(read) == 1
        assert all(seen.headers["authorization"].endswith(provider.key) for seen in read)
        said = shop.run("doctor").out
        assert len([seen for seen in provider.requests if "endpoints" in seen.path]) == 2
    assert f"model {SEEDREAM} takes aspect_ratio, input_references, resolution, seed" in said


@pytest.mark.parametrize(
    "fault", ["server_error_before", "html_200", "endless_body", "reset_after"]
)
def test_a_description_that_does_not_come_stops_nothing(bare: Place, fault: str) -> None:
    with Provider("openrouter") as provider:
        shop = _shop(bare, provider, SEEDREAM)
        provider.fault(fault, method="GET", path="endpoints")
        outcome = shop.generate(patience=0.3)
        assert not outcome.failed and provider.billed == 1
    assert "descriptor" not in bare.record("a")["route"]["gateway"]


def test_litellm_states_prices_and_which_models_draw_nothing() -> None:
    info = {"mode": "image_generation", "output_cost_per_image": 0.02}
    rows = [
        {"model_name": "a", "model_info": info},
        {"model_name": "b", "model_info": {"mode": "embedding", "supported_openai_params": ["n"]}},
    ]
    data = json.dumps({"data": rows}).encode()
    draws = descriptors.read("litellm", data, "a", None, "2026-11-30")
    other = descriptors.read("litellm", data, "b", None, "2026-11-30")
    assert draws and draws.draws and descriptors.price(draws, None, None, None, 0) == 20_000
    assert other and not other.draws and not other.is_complete
    assert descriptors.read("litellm", data, "c", None, "2026-11-30") is None


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b'{"endpoints": 3}', b'{"endpoints": [7]}'])
def test_a_reply_that_is_no_description_is_none(data: bytes) -> None:
    assert descriptors.read("openrouter", data, "x/y", None, "2026-11-30") is None
