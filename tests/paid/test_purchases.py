"""The paid routes without a fault: what is sent, what is kept, what the record says."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from assetgen.generate.outcome import Observer
from assetgen.plan import cost
from assetgen.record import record
from assetgen.settings.catalog import shipped
from assetgen.settings.gateway_profiles import PROFILES
from tests.support.contract import breaches_of, schema
from tests.support.place import Place
from tests.support.provider import ConnectProxy, Provider, Seen, tls_pair
from tests.support.shop import Shop, posts

PROMPT = "A paper plane leaving an open notebook"
STREAM = "[asset.options]\npartial_images = 2"
#: Profile (None: OPENAI_BASE_URL), route, model, and lines that are added to the asset.
LANES: dict[str, tuple[str | None, str, str | None, str]] = {
    "images": (None, "images", None, ""),
    "images stream": (None, "images", None, STREAM),
    "responses background": (None, "responses", None, ""),
    "responses": (None, "responses", None, "[asset.options]\nin_background = false"),
    "responses stream": (None, "responses", None, f"{STREAM}\nin_background = false"),
    "responses background stream": (None, "responses", None, STREAM),
    "openai": ("openai", "images", "gpt-image-2", ""),
    "litellm": ("litellm", "images", "gpt-image-2", ""),
    "openrouter": ("openrouter", "images", "openai/gpt-image-2", ""),
    "new-api": ("new-api", "images", "gpt-image-2", ""),
    "azure": ("azure", "images", "gpt-image-2", ""),
    "localai": ("localai", "images", "gpt-image-2", ""),
}
ENDPOINTS = {"openrouter": "POST /api/v1/images", "azure": "POST /openai/v1/images/generations"}


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider(polls=0) as running:
        yield running


@pytest.fixture
def shop(bare: Place, provider: Provider) -> Shop:
    return Shop(bare, provider)


class Watcher(Observer):
    """Keeps the previews that it gets."""

    def __init__(self) -> None:
        self.previews: list[tuple[int, bytes]] = []

    def preview(self, asset_id: str, number: int, picture: bytes) -> None:
        self.previews.append((number, picture))


def outside_contract(seen: Seen, profile: str | None = None) -> list[str]:
    """Where a request breaks OpenAI's contract, apart from a gateway's own fields."""
    if seen.json is None:
        known = schema("CreateImageEditRequest")["properties"]
        sent = {*seen.fields, *(name for name, *_ in seen.files)}
        return sorted({name.removesuffix("[]") for name in sent} - set(known))
    own = {*dict(PROFILES[profile].extra)} if profile else set()
    own |= {"aspect_ratio"} if profile == "openrouter" else set()
    body = {name: value for name, value in seen.json.items() if name not in own}
    is_response = seen.path.endswith("/responses")
    return breaches_of("CreateResponse" if is_response else "CreateImageRequest", body)


def holds_no_secret(place: Place) -> bool:
    """Whether no record has a key or an image in base64, or the prompt in its request."""
    for path in (place.root / ".assetgen/records").rglob("*.json"):
        text = path.read_text()
        request = json.dumps(json.loads(text)["predicate"]["request"])
        assert "canary" not in text
        assert PROMPT not in request and "base64," not in request and len(request) < 3000
    return True


def set_up(place: Place, provider: Provider, lane: str, more: str = "") -> Shop:
    profile, route, model, own = LANES[lane]
    shop = Shop(place, provider, route)
    if profile:
        shop.gateway(profile=profile)
    shop.wants("a", more=f"{more}\n{own}", model=model)
    return shop


# -- every route -----------------------------------------------------------------------------------


@pytest.mark.parametrize("lane", LANES, ids=lambda lane: lane.replace(" ", "-"))
def test_an_image_is_bought_once_and_its_record_describes_the_purchase(
    bare: Place, lane: str
) -> None:
    profile, route, model, _ = LANES[lane]
    with Provider(
        profile or "openai", polls=1 if lane == "responses background" else 0
    ) as provider:
        shop = set_up(bare, provider, lane)
        watcher = Watcher()
        found = shop.buys(observer=watcher)
        assert (provider.billed, len(posts(provider))) == (1, 1)
        seen, host = posts(provider)[0], provider.origin.partition("//")[2]
    where = ENDPOINTS.get(
        lane, "POST /v1/responses" if route == "responses" else "POST /v1/images/generations"
    )
    assert found["route"]["owner"] == shop.route
    assert (
        found["route"]["surface"]
        == found["cost"]["surface"]
        == ("gateway:g" if profile else f"gateway:{host}")
    )
    assert (found["route"]["endpoint"], found["route"]["origin"]) == (where, host)
    assert found["route"]["client"].startswith("openai-python ")
    assert found["route"]["gateway"]["profile"] == (profile or "openai")
    request = found["request"]
    assert request["digest"] == record.digest({"endpoint": where, "body": request["body"]})
    response = found["response"]
    assert [(a["outcome"], a["status"]) for a in response["attempts"]] == [("ok", 200)]
    assert response["images"] == 1 and response["model"] == (model or "gpt-image-2")
    wanted = 2 if "stream" in lane else 0
    assert response["partialImages"] == {"requested": wanted, "received": wanted}
    assert [number for number, _ in watcher.previews] == list(range(1, wanted + 1))
    assert all(Image.open(io.BytesIO(data)).size == (1024, 1024) for _, data in watcher.previews)
    is_response = route == "responses"
    assert (str(response["id"]).startswith("resp_"), response["toolUsage"] is not None) == (
        is_response,
        is_response,
    )
    assert (response["usage"] is None) == (lane in ("localai",))
    revised = (found["prompt"]["revised"] or {}).get("text", "")
    assert revised.endswith("(as the model put it)") == is_response
    assert found["observed"][0]["width"] == 1024 and found["storage"]["received"] == "base64"
    assert found["cost"]["usage"] is None  # only OpenAI's own bill follows OpenAI's prices
    assert outside_contract(seen, profile) == []
    assert holds_no_secret(bare)
    assert shop.open_entries() == []
    if is_response and seen.json is not None:
        assert (seen.json["model"], seen.json["tools"][0]["model"]) == ("gpt-5.5", "gpt-image-2")
        assert seen.json["tool_choice"] == {"type": "image_generation"}
        assert bool(seen.json.get("background")) == ("background" in lane)
        assert bool(seen.json.get("stream")) == ("stream" in lane)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("lane", ["images stream", "responses stream"])
def test_a_stream_shows_its_previews_with_any_line_end(bare: Place, lane: str, ends: str) -> None:
    with Provider(polls=0) as provider:
        shop = set_up(bare, provider, lane)
        provider.fault("line_ends", ends=ends)
        watcher = Watcher()
        found = shop.buys(observer=watcher)
        assert provider.billed == 1
    assert found["response"]["partialImages"] == {"requested": 2, "received": 2}
    assert [number for number, _ in watcher.previews] == [1, 2]
    assert all(Image.open(io.BytesIO(data)).size == (1024, 1024) for _, data in watcher.previews)


EDITS = [lane for lane in LANES if lane not in ("localai", "new-api", "openrouter")]


@pytest.mark.parametrize("lane", EDITS, ids=lambda lane: lane.replace(" ", "-"))
def test_inputs_are_sent_in_order_with_avif_as_png_and_the_mask_last(
    bare: Place, lane: str
) -> None:
    profile, route, *_ = LANES[lane]
    bare.picture("assets/one.png", (64, 48))
    bare.picture("assets/two.avif", (32, 32))
    Image.new("RGBA", (64, 48)).save(bare.root / "assets/mask.png")
    more = 'inputs = ["assets/one.png", "assets/two.avif"]\nmask = "assets/mask.png"'
    with Provider(profile or "openai", polls=0) as provider:
        found = set_up(bare, provider, lane, more).buys()
        seen = posts(provider)[0]
        assert provider.billed == 1
    body = found["request"]["body"]
    if route == "responses":
        assert seen.json is not None
        content = seen.json["input"][0]["content"]
        assert [part["type"] for part in content] == ["input_text", "input_image", "input_image"]
        assert content[1]["image_url"].startswith("data:image/png;base64,")
        assert [part["detail"] for part in content[1:]] == [
            "auto",
            "auto",
        ]  # the contract requires it
        assert seen.json["tools"][0]["action"] == "edit"
        stated = [*body["input"][1:], body["tools"][0]["input_image_mask"]]
    else:
        assert seen.path.endswith("/images/edits")
        assert [(name, kind) for name, _, kind, _ in seen.files] == [
            ("image[]", "image/png"),
            ("image[]", "image/png"),
            ("mask", "image/png"),
        ]
        assert (seen.files[0][3], seen.files[2][3]) == (
            bare.read("assets/one.png"),
            bare.read("assets/mask.png"),
        )
        stated = [*body["image"], body["mask"]]
    digests = [entry["sha256"] for entry in found["inputs"]]
    assert len(stated) == 3 and stated[0].removeprefix("sha256:") == digests[0].removeprefix(
        "sha256:"
    )
    assert stated[1].removeprefix("sha256:") != digests[1].removeprefix(
        "sha256:"
    )  # it went out as PNG
    assert outside_contract(seen) == []
    assert holds_no_secret(bare)


def test_one_input_is_sent_as_image_and_may_be_another_asset(shop: Shop) -> None:
    shop.wants("base")
    first = shop.place.read("assets.toml").decode()
    shop.wants("edit", more='inputs = ["@base"]')
    shop.place.manifest(first + shop.place.read("assets.toml").decode())
    assert [made.decision.asset.id for made in shop.generate().made] == ["base", "edit"]
    files = posts(shop.provider)[1].files
    assert [(name, data) for name, _, _, data in files] == [
        ("image", shop.place.read("public/base.png"))
    ]
    assert [entry.get("id") for entry in shop.place.record("edit")["inputs"]] == ["base"]
    assert shop.provider.billed == 2


def test_nothing_is_sent_for_an_asset_whose_paid_input_failed(shop: Shop) -> None:
    shop.wants("base")
    first = shop.place.read("assets.toml").decode()
    shop.wants("edit", more='inputs = ["@base"]')
    shop.place.manifest(first + shop.place.read("assets.toml").decode())
    shop.provider.fault("bad_image")
    outcome = shop.generate()
    assert [failed.asset_id for failed in outcome.failed] == ["base", "edit"]
    assert (len(posts(shop.provider)), shop.provider.billed) == (1, 0)


@pytest.mark.parametrize("route", ["images", "responses"])
def test_fidelity_is_sent_and_recorded_for_a_model_that_supports_it(shop: Shop, route: str) -> None:
    shop.route = route
    shop.place.picture("assets/one.png", (64, 48))
    more = 'inputs = ["assets/one.png"]'
    shop.wants("a", more=more, model='gpt-image-1.5"\n[asset.options]\ninput_fidelity = "high')
    found = shop.buys()
    seen = posts(shop.provider)[0]
    sent = (
        seen.json["tools"][0]["input_fidelity"] if seen.json else seen.fields["input_fidelity"][0]
    )
    assert (sent, found["request"]["inputFidelity"]) == ("high", "high")


@pytest.mark.parametrize("route", ["images", "responses"])
def test_every_option_is_sent_under_its_own_name(shop: Shop, route: str) -> None:
    shop.route = route
    shop.wants(
        "a", more='[asset.options]\nmoderation = "low"\noutput_compression = 60\npartial_images = 1'
    )
    shop.place.manifest(shop.place.read("assets.toml").decode().replace("a.png", "a.webp"))
    shop.buys()
    sent = posts(shop.provider)[0].json or {}
    asked = sent["tools"][0] if route == "responses" else sent
    wanted: dict[str, Any] = {"moderation": "low", "output_compression": 60, "partial_images": 1}
    wanted |= {"output_format": "webp", "quality": "low", "size": "1024x1024"}
    assert {key: asked[key] for key in wanted} == wanted
    assert sent["stream"] is True
    assert outside_contract(posts(shop.provider)[0]) == []


# -- gateways --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("profile", "observed", "micros"),
    [
        (
            "litellm",
            {"x-litellm-model-id": "deployment-gpt-image-2"},
            46_750,
        ),
        ("openrouter", None, 41_000),
        ("azure", {"x-ms-region": "Sweden Central"}, None),
        ("new-api", None, None),
    ],
    ids=["litellm", "openrouter", "azure", "new-api"],
)
def test_the_channel_and_price_that_a_gateway_states_are_recorded(
    bare: Place, profile: str, observed: dict[str, str] | None, micros: int | None
) -> None:
    with Provider(profile) as provider:
        shop = set_up(bare, provider, profile)
        text = bare.read("assets.toml").decode()
        bare.manifest(text.replace("[gateway.g]\n", '[gateway.g]\nchannel = "azure"\n'))
        found = shop.buys()
        seen = posts(provider)[0]
    gateway = found["route"]["gateway"]
    assert (gateway["name"], gateway["channelDeclared"], gateway["channelObserved"]) == (
        "g",
        "azure",
        observed,
    )
    stated = found["cost"]["provider"]
    assert (stated and (stated["micros"], stated["currency"])) == (micros and (micros, "USD"))
    assert found["response"]["requestId"] or profile == "openrouter"
    if profile == "openrouter":
        assert (seen.json or {})["provider"] == {"only": ["azure"], "allow_fallbacks": False}
    if profile == "litellm":
        assert seen.headers["x-litellm-num-retries"] == "0"


def test_a_different_model_that_answered_is_reported_and_recorded(shop: Shop) -> None:
    shop.gateway()
    shop.wants("a")
    shop.provider.fault("served_model", model="cheap-diffusion")
    outcome = shop.generate()
    assert outcome.made[0].remarks == ("requested model gpt-image-2, but cheap-diffusion answered",)
    assert shop.place.record("a")["route"]["gateway"]["modelServed"] == "cheap-diffusion"


@pytest.mark.parametrize("route", ["images", "responses"])
def test_openai_is_reached_over_tls_and_its_usage_has_the_price_of_the_catalogue(
    bare: Place, tmp_path: Path, route: str
) -> None:
    authority, context = tls_pair(tmp_path / "tls")
    with Provider(tls=context, polls=0) as provider, ConnectProxy(provider.port) as proxy:
        shop = Shop(bare, provider, route)
        del shop.environ["OPENAI_BASE_URL"]
        shop.wants("a")
        ran = shop.run(
            "generate", "--no-commit", HTTPS_PROXY=proxy.url, SSL_CERT_FILE=str(authority)
        )
        assert ran.code == 0, ran.err + ran.out
        assert set(proxy.hosts) == {"api.openai.com:443"} and provider.billed == 1
        assert provider.requests[0].headers["authorization"] == f"Bearer {provider.key}"
    found = bare.record("a")
    assert (found["route"]["surface"], found["route"]["origin"]) == ("openai-api", "api.openai.com")
    assert found["route"]["gateway"] is None
    usage, tools = found["response"]["usage"], found["response"]["toolUsage"]
    text_model = "gpt-5.5" if route == "responses" else None
    amount = cost.usage_cost(
        usage, "gpt-image-2", shipped(), tool_usage=tools, text_model=text_model
    )
    assert amount is not None and found["cost"]["usage"] == {
        "micros": amount.micros,
        "basis": amount.basis,
    }
    image = tools or usage
    by_hand = 30 * image["output_tokens"] + 5 * image["input_tokens"]
    by_hand += 5 * usage["input_tokens"] + 30 * usage["output_tokens"] if text_model else 0
    assert amount.micros == by_hand
    assert found["cost"]["estimate"]["micros"] == 196 * 30
    assert (found["cost"]["surface"], found["cost"]["provider"]) == ("openai-api", None)
