"""The paid routes when nothing goes wrong at the provider: what is sent, what is kept, what the record says."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from assetgen.errors import UnknownOutcome
from assetgen.generate.outcome import Observer
from assetgen.paid.journal import Fate
from assetgen.plan import cost
from assetgen.record import record
from assetgen.settings.catalog import shipped
from tests.support.contract import breaches
from tests.support.place import Place
from tests.support.provider import ConnectProxy, Provider, Seen, tls_pair
from tests.support.shop import Shop

PROMPT = "A paper plane leaving an open notebook"
STREAM = "[asset.options]\npartial_images = 2"
#: A profile (None: OpenAI's own surface, at another origin), a route, a model, and what is added to the asset.
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
CONTRACT = os.environ.get("ASSETGEN_CONTRACT")


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider(polls=0) as running:
        yield running


@pytest.fixture
def shop(bare: Place, provider: Provider) -> Shop:
    return Shop(bare, provider)


class Watcher(Observer):
    """Keeps the previews that it is shown."""

    def __init__(self) -> None:
        self.previews: list[tuple[int, bytes]] = []

    def preview(self, asset_id: str, number: int, picture: bytes) -> None:
        self.previews.append((number, picture))


def posts(provider: Provider) -> list[Seen]:
    return [seen for seen in provider.requests if seen.method == "POST"]


def keeps_contract(seen: Seen) -> bool:
    """Whether a request is one that the contract allows; true where its folder is not at hand."""
    if not CONTRACT:
        return True
    root = json.loads((Path(CONTRACT) / "effective.json").read_bytes())
    if seen.json is None:
        known = root["components"]["schemas"]["CreateImageEditRequest"]["properties"]
        assert {
            name.removesuffix("[]") for name in (*seen.fields, *(part[0] for part in seen.files))
        } <= set(known)
        return True
    name = "CreateResponse" if seen.path.endswith("/responses") else "CreateImageRequest"
    found = breaches(root, {"$ref": f"#/components/schemas/{name}"}, seen.json)
    assert found == []
    return True


def holds_no_secret(place: Place) -> bool:
    """Whether neither a key nor a picture in base64 is in any record, and the prompt only where it belongs."""
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


# -- every route ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("lane", LANES, ids=lambda lane: lane.replace(" ", "-"))
def test_a_picture_is_bought_once_and_its_record_says_where_and_how(bare: Place, lane: str) -> None:
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
    assert keeps_contract(seen) and holds_no_secret(bare)
    assert shop.open_entries() == []
    if is_response and seen.json is not None:
        assert (seen.json["model"], seen.json["tools"][0]["model"]) == ("gpt-5.5", "gpt-image-2")
        assert seen.json["tool_choice"] == {"type": "image_generation"}
        assert bool(seen.json.get("background")) == ("background" in lane)
        assert bool(seen.json.get("stream")) == ("stream" in lane)


EDITS = [lane for lane in LANES if lane not in ("localai", "new-api", "openrouter")]


@pytest.mark.parametrize("lane", EDITS, ids=lambda lane: lane.replace(" ", "-"))
def test_inputs_go_out_whole_and_in_order_with_avif_as_png_and_the_mask_last(
    bare: Place, lane: str
) -> None:
    profile, route, *_ = LANES[lane]
    bare.picture("assets/one.png", (64, 48))
    bare.picture("assets/two.avif", (32, 32))
    bare.picture("assets/mask.png", (64, 48), "RGBA")
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
    assert keeps_contract(seen) and holds_no_secret(bare)


def test_one_input_goes_out_under_the_plain_name_and_another_asset_is_an_input(shop: Shop) -> None:
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


def test_a_dependent_waits_when_its_paid_input_fails_and_nothing_is_sent_for_it(shop: Shop) -> None:
    shop.wants("base")
    first = shop.place.read("assets.toml").decode()
    shop.wants("edit", more='inputs = ["@base"]')
    shop.place.manifest(first + shop.place.read("assets.toml").decode())
    shop.provider.fault("bad_image")
    outcome = shop.generate()
    assert [failed.asset_id for failed in outcome.failed] == ["base", "edit"]
    assert (len(posts(shop.provider)), shop.provider.billed) == (1, 0)


@pytest.mark.parametrize("route", ["images", "responses"])
def test_fidelity_is_sent_and_recorded_for_a_model_that_takes_it(shop: Shop, route: str) -> None:
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
def test_every_option_reaches_the_model_under_its_own_name(shop: Shop, route: str) -> None:
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
    assert sent["stream"] is True and keeps_contract(posts(shop.provider)[0])


# -- gateways ------------------------------------------------------------------------------------------


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
def test_a_gateway_s_channel_and_price_are_recorded_as_it_said_them(
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


def test_another_model_than_the_one_asked_for_is_remarked_and_recorded(shop: Shop) -> None:
    shop.gateway()
    shop.wants("a")
    shop.provider.fault("served_model", model="cheap-diffusion")
    outcome = shop.generate()
    assert outcome.made[0].remarks == ("requested model gpt-image-2, but cheap-diffusion answered",)
    assert shop.place.record("a")["route"]["gateway"]["modelServed"] == "cheap-diffusion"


@pytest.mark.parametrize("route", ["images", "responses"])
def test_openai_itself_is_reached_by_tls_and_its_usage_becomes_the_catalogue_s_price(
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


# -- paid once -----------------------------------------------------------------------------------------


def test_a_picture_that_could_not_be_put_in_place_is_placed_later_for_free(shop: Shop) -> None:
    shop.wants("a")
    shop.place.write("public", "a file where a folder should be")
    assert shop.fails().exit_code != 0
    assert [entry.fate for entry in shop.open_entries()] == [Fate.ANSWERED]
    (shop.place.root / "public").unlink()
    found = shop.buys()
    assert (shop.provider.billed, len(shop.provider.requests)) == (1, 1)
    assert found["response"]["attempts"][0]["outcome"] == "ok" and shop.open_entries() == []


def test_resume_places_what_is_paid_for_without_a_key_and_buys_nothing_else(shop: Shop) -> None:
    shop.wants("a")
    shop.place.write("public", "a file where a folder should be")
    shop.fails()
    (shop.place.root / "public").unlink()
    shop.wants("a", "b")
    del shop.environ["OPENAI_API_KEY"]
    outcome = shop.generate(resume=True)
    assert [made.decision.asset.id for made in outcome.made] == ["a"] and not outcome.failed
    assert shop.provider.billed == 1


def test_a_response_whose_run_gave_up_waiting_is_fetched_by_resume(bare: Place) -> None:
    with Provider(polls=3) as provider:
        shop = Shop(bare, provider, "responses")
        shop.wants("a")
        error = shop.fails(patience=0.1)
        assert isinstance(error, UnknownOutcome) and "not finished yet" in error.what
        assert [entry.response_id for entry in shop.open_entries()] == list(provider.running)
        shop.wants("a", "b")
        outcome = shop.generate(resume=True)
        assert [made.decision.asset.id for made in outcome.made] == ["a"]
        assert (provider.billed, len(posts(provider))) == (1, 1)
    assert bare.record("a")["response"]["id"] in provider.running


def test_force_buys_an_unknown_again_and_lets_the_old_entry_go(shop: Shop) -> None:
    shop.wants("a")
    shop.provider.fault("reset_after")
    assert isinstance(shop.fails(), UnknownOutcome)
    assert isinstance(shop.fails(), UnknownOutcome) and shop.provider.billed == 1
    shop.buys(force=True)
    assert shop.provider.billed == 2 and shop.open_entries() == []


def test_force_takes_what_is_paid_for_before_it_buys(shop: Shop) -> None:
    shop.wants("a")
    shop.place.write("public", "a file where a folder should be")
    shop.fails()
    (shop.place.root / "public").unlink()
    shop.buys(force=True)
    assert shop.provider.billed == 1


def test_force_buys_again_where_a_stored_reply_points_nowhere(shop: Shop) -> None:
    shop.wants("a")
    shop.provider.fault("url_file")
    assert "assetgen generate a --force" in (shop.fails().cure or "")
    shop.buys(force=True)
    assert shop.provider.billed == 2 and shop.open_entries() == []


def test_force_buys_again_where_a_response_cannot_be_fetched(shop: Shop) -> None:
    shop.route = "responses"
    shop.wants("a")
    shop.provider.fault("bad_key", method="GET", times=2)
    shop.fails()
    shop.buys(force=True)
    assert shop.provider.billed == 2 and shop.open_entries() == []


def test_another_prompt_after_an_unknown_is_bought_and_the_unknown_stays_known(shop: Shop) -> None:
    shop.wants("a")
    shop.provider.fault("reset_after")
    shop.fails()
    shop.place.manifest(
        shop.place.read("assets.toml").decode().replace("paper plane", "paper boat")
    )
    shop.buys()
    assert shop.provider.billed == 2 and [entry.fate for entry in shop.open_entries()] == [
        Fate.SENT
    ]


def test_a_second_take_buys_one_more_and_no_third(shop: Shop) -> None:
    shop.wants("a")
    first = shop.buys()["original"]
    shop.wants("a", more="take = 2")
    second = shop.buys()["original"]
    assert shop.generate().fresh == 1 and shop.provider.billed == 2
    assert first != second


@pytest.mark.parametrize("other", ["responses", "gateway:g"])
def test_another_route_does_not_buy_what_is_unknown_on_this_one(shop: Shop, other: str) -> None:
    shop.wants("a", model="gpt-image-2")
    shop.provider.fault("reset_after")
    shop.fails()
    if other == "responses":
        shop.route = other
    else:
        shop.gateway()
    shop.wants("a", model="gpt-image-2")
    assert isinstance(shop.fails(), UnknownOutcome)
    assert (shop.provider.billed, len(shop.provider.requests)) == (1, 1)


def test_two_pictures_for_one_are_both_kept_also_from_a_stream(shop: Shop) -> None:
    shop.wants("a", more=STREAM)
    shop.provider.fault("two_images")
    found = shop.buys()
    assert found["response"]["images"] == 2 == shop.provider.billed
    other = found["response"]["others"][0].removeprefix("sha256:")
    kept = [
        path
        for path in (shop.place.root / ".assetgen/cache/originals").rglob("*")
        if other in path.name
    ]
    assert len(kept) == 1


# -- many at once --------------------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", [1, 3], ids=["one-by-one", "three-at-once"])
def test_one_failure_does_not_stop_the_others(shop: Shop, jobs: int) -> None:
    shop.wants("a", "b", "c", "d")
    shop.provider.fault("moderation_input")
    outcome = shop.generate(jobs=jobs)
    assert (len(outcome.made), len(outcome.failed), outcome.exit_code) == (3, 1, 6)
    assert shop.provider.billed == 3 and shop.open_entries() == []


def begun(shop: Shop, jobs: int, *arguments: str) -> subprocess.Popen[str]:
    """The real command, once the provider has as many requests as it sends at once."""
    command = [
        sys.executable,
        "-P",
        "-m",
        "assetgen",
        "generate",
        "--no-commit",
        "-j",
        str(jobs),
        *arguments,
    ]
    process = subprocess.Popen(
        command,
        cwd=shop.place.root,
        env=shop.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    tick = threading.Event()
    while len(shop.provider.requests) < jobs:
        assert process.poll() is None
        tick.wait(0.02)
    return process


def test_an_interrupt_finishes_what_is_under_way_and_lists_what_was_not_begun(shop: Shop) -> None:
    shop.wants("a", "b", "c", "d")
    shop.provider.delay = 0.7
    with begun(shop, 2, "--json") as process:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "waiting for 2 requests under way" in err
    found = json.loads(out)
    assert sorted(made["id"] for made in found["made"]) == ["a", "b"]
    assert sorted(found["not_begun"]) == ["c", "d"] and found["interrupted"] is True
    assert shop.provider.billed == 2 and shop.open_entries() == []


def test_a_second_interrupt_leaves_entries_that_nothing_buys_again(shop: Shop) -> None:
    shop.wants("a", "b")
    shop.provider.fault("hang", times=2)
    with begun(shop, 2) as process:
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        while "interrupt again" not in (line := process.stderr.readline()):
            assert line
        try:
            for _ in range(4):  # Python drops an interrupt that comes while it tidies up an object
                process.send_signal(signal.SIGINT)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=8)
                    break
        finally:
            process.kill()  # nothing, unless it failed to end
    assert process.returncode == 130 and shop.provider.billed == 2
    assert [entry.fate for entry in shop.open_entries()] == [Fate.SENT, Fate.SENT]
    outcome = shop.generate()
    assert [type(failed.error) for failed in outcome.failed] == [UnknownOutcome] * 2
    assert (shop.provider.billed, len(shop.provider.requests)) == (2, 2)
