"""assetgen with a real LiteLLM proxy: what is recorded, how it fails, how often it is billed."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import suppress

import pytest

from assetgen.errors import (
    AccountError,
    AssetgenError,
    ModerationError,
    RoutingError,
    UnknownOutcome,
    UnsupportedOption,
)
from tests.support.litellm import MASTER, Lite, customer
from tests.support.place import Place
from tests.support.shop import Shop

PREVIEWS = "options = {partial_images = 1}"


def wants_edit(shop: Shop, model: str = "gpt-image-2") -> None:
    """A manifest with an asset that edits a photo."""
    shop.place.picture()
    shop.wants("a", more='inputs = ["assets/photo.png"]', model=model)


# -- what is recorded ------------------------------------------------------------------------------


def test_a_generation_is_recorded_with_its_deployment_its_id_and_an_estimated_price(
    shop: Shop, lite: Lite
) -> None:
    shop.wants("a")
    record = shop.buys("a")
    gateway = record["route"]["gateway"]
    assert (gateway["name"], gateway["profile"]) == ("lite", "litellm")
    assert gateway["channelObserved"] == {
        "x-litellm-model-id": "first-choice",
    }
    assert gateway["modelServed"] is None
    assert (
        len(record["response"]["requestId"]) == 36
    )  # LiteLLM's own: the upstream's is not passed on
    assert record["response"]["usage"]["output_tokens"] == 196
    assert "bundled list prices" in json.dumps(record["cost"])
    assert len(lite.asked) == 1


def test_an_edit_is_recorded_with_the_upstreams_id_and_the_model_that_answered(
    shop: Shop, lite: Lite
) -> None:
    wants_edit(shop)
    record = shop.buys("a")
    assert record["response"]["requestId"] == lite.asked[0].request_id
    gateway = record["route"]["gateway"]
    assert gateway["modelServed"] == "openai/gpt-image-2"
    assert gateway["channelObserved"]["x-litellm-model-group"] == "gpt-image-2"
    assert gateway["channelObserved"]["x-litellm-attempted-fallbacks"] == "0"
    assert [part[0] for part in lite.asked[0].files] == ["image[]"]


def test_usage_that_is_all_zeros_is_unknown_and_so_is_its_price(shop: Shop, lite: Lite) -> None:
    shop.wants("a")
    lite.upstream.fault("no_usage")
    record = shop.buys("a")
    assert record["response"]["usage"] is None
    assert "bundled list prices" not in json.dumps(record["cost"])


def test_nothing_meant_for_openai_reaches_the_proxy_or_the_upstream(
    bare: Place, lite: Lite
) -> None:
    with Tap(lite.url) as tap:
        shop = customer(bare, Lite(tap.url, lite.upstream))
        shop.wants("a")
        shop.buys("a")
    assert b"x-litellm-num-retries: 0" in tap.seen
    assert f"Bearer {MASTER}".encode() in tap.seen
    for canary in (b"org-canary", b"proj-canary", b"custom-canary", b"sk-canary-OPENAI-ONLY"):
        assert canary not in tap.seen
        assert canary.decode() not in str(lite.asked[0].headers)


def test_what_litellm_says_of_its_models_is_read_and_recorded(shop: Shop, lite: Lite) -> None:
    shop.wants("a")
    described = shop.buys("a")["route"]["gateway"]["descriptor"]
    assert len(described["sha256"]) == 64
    estimate = shop.run("plan", "--json", "a").data
    assert estimate[0]["id"] == "a"
    assert len(lite.asked) == 1


# -- a fallback ------------------------------------------------------------------------------------


def test_a_different_model_that_answered_an_edit_is_reported(shop: Shop, lite: Lite) -> None:
    wants_edit(shop, "gpt-image-1.5")
    lite.upstream.fault("server_error_before")
    outcome = shop.generate("a")
    remark = "requested model gpt-image-1.5, but openai/gpt-image-1-mini answered"
    assert remark in str(outcome.made)
    observed = shop.place.record("a")["route"]["gateway"]["channelObserved"]
    assert observed["x-litellm-attempted-fallbacks"] == "1"
    assert observed["x-litellm-model-group"] == "gpt-image-1-mini"


def test_no_other_model_answers_a_generation(shop: Shop, lite: Lite) -> None:
    shop.wants("a", model="gpt-image-1.5")
    lite.upstream.fault("server_error_before", times=3)
    assert isinstance(shop.fails("a"), UnknownOutcome)
    assert {seen.json["model"] for seen in lite.asked if seen.json} == {"gpt-image-1.5"}


# -- how often the upstream is asked ---------------------------------------------------------------


@pytest.mark.parametrize("fault", ["server_error_before", "server_error_after", "bad_gateway_html"])
def test_an_edit_that_fails_is_sent_upstream_once_and_stays_open(
    shop: Shop, lite: Lite, fault: str
) -> None:
    wants_edit(shop)
    lite.upstream.fault(fault)
    assert isinstance(shop.fails("a"), UnknownOutcome)
    assert len(lite.asked) == 1
    assert len(shop.open_entries()) == 1


def test_an_edit_whose_connection_breaks_behind_litellm_is_sent_once_and_may_be_billed(
    shop: Shop, lite: Lite
) -> None:
    wants_edit(shop)
    lite.upstream.fault("reset_after")
    error = shop.fails("a")
    assert isinstance(error, UnknownOutcome)
    assert "Connection reset by peer" in error.what and "it may have been billed" in error.what
    assert [bool(seen.fields) for seen in lite.asked] == [True]  # 1.106.2 sent it again, empty
    assert len(shop.open_entries()) == 1


@pytest.mark.parametrize("fault", ["server_error_before", "reset_before", "bad_gateway_html"])
def test_litellm_sends_a_generation_that_fails_three_times(
    shop: Shop, lite: Lite, fault: str
) -> None:
    shop.wants("a")
    lite.upstream.fault(fault, times=3)
    assert isinstance(shop.fails("a"), UnknownOutcome)
    assert (
        len(lite.asked) == 3
    )  # its own client inside, which no header, field or setting reaches; 9 without ours
    assert len(shop.open_entries()) == 1


def test_a_generation_that_times_out_there_stays_open(shop: Shop, lite: Lite) -> None:
    shop.wants("a", model="impatient")
    lite.upstream.fault("hang", times=3, seconds=1.5)
    assert isinstance(shop.fails("a", patience=30.0), UnknownOutcome)
    assert len(lite.asked) == 3
    assert len(shop.open_entries()) == 1


def test_a_rate_limit_is_retried_after_its_wait(shop: Shop, lite: Lite) -> None:
    wants_edit(shop)
    lite.upstream.fault("rate_text_only")
    attempts = shop.buys("a")["response"]["attempts"]
    assert [attempt["status"] for attempt in attempts] == [429, 200]
    assert len(lite.asked) == 2


def test_previews_are_refused_because_litellm_loses_the_image(shop: Shop, lite: Lite) -> None:
    shop.wants("a", more=PREVIEWS)
    assert isinstance(shop.fails("a"), UnsupportedOption)
    assert not lite.asked


# -- every refusal ---------------------------------------------------------------------------------

REFUSALS: list[tuple[str, type[AssetgenError], str]] = [
    ("quota", AccountError, "quota"),
    ("hard_limit", AccountError, "quota"),
    ("org_verification", AccountError, "organisation"),
    ("forbidden_model", AccountError, "access"),
    ("moderation_input", ModerationError, "moderation"),
    ("old_safety", ModerationError, "moderation"),
    ("transparent", UnsupportedOption, "option"),
    ("size", UnsupportedOption, "option"),
    ("retired_model", RoutingError, "model"),
]


@pytest.mark.parametrize("edits", [False, True], ids=["generation", "edit"])
@pytest.mark.parametrize(("fault", "kind", "rule"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_refusals_of_the_upstream_have_their_kind_and_are_not_billed(
    shop: Shop, lite: Lite, fault: str, kind: type[AssetgenError], rule: str, edits: bool
) -> None:
    if edits:
        wants_edit(shop)
    else:
        shop.wants("a")
    lite.upstream.fault(fault, times=3 if fault == "quota" and not edits else 1)
    error = shop.fails("a")
    assert isinstance(error, kind)
    assert f"refused ({rule})" in error.what
    assert "nothing was billed" in error.what
    assert not shop.open_entries()
    assert lite.upstream.take("POST", "/") is None  # the fault was met


def test_an_image_that_was_made_and_withheld_may_be_billed(shop: Shop, lite: Lite) -> None:
    wants_edit(shop)
    lite.upstream.fault("moderation_output")
    error = shop.fails("a")
    assert isinstance(error, ModerationError)
    assert "it may have been billed" in error.what
    assert len(shop.open_entries()) == 1


@pytest.mark.parametrize(
    ("model", "kind", "words"),
    [
        ("nope", RoutingError, "refused (model)"),
        ("misconfigured", AccountError, "refused (gateway's key)"),
        (
            "unreachable",
            UnknownOutcome,
            "it may have been billed",
        ),  # it reports only a broken connection
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_error_of_the_proxy_is_reported(
    shop: Shop, lite: Lite, model: str, kind: type[AssetgenError], words: str
) -> None:
    shop.wants("a", model=model)
    error = shop.fails("a", patience=30.0)
    assert isinstance(error, kind)
    assert words in error.what
    assert "sk-not-a-good-one" not in error.what


def test_a_wrong_path_is_reported_as_a_wrong_address(bare: Place, lite: Lite) -> None:
    shop = customer(bare, Lite(f"{lite.url}/pictures", lite.upstream))
    shop.wants("a")
    error = shop.fails("a")
    assert isinstance(error, RoutingError)
    assert "refused (address)" in error.what


def test_a_proxy_without_a_database_reports_a_wrong_key(bare: Place, lite: Lite) -> None:
    shop = customer(bare, lite, "sk-no-such-key")
    shop.wants("a")
    error = shop.fails("a")
    assert isinstance(error, AccountError)
    assert "refused (key)" in error.what and "GATEWAY_KEY" in str(error.cure)


@pytest.mark.parametrize(
    ("key", "rule"),
    [
        ("sk-virtual-unknown", "key"),
        ("sk-virtual-other-model", "access"),
        ("sk-virtual-spent", "quota"),
    ],
    ids=["unknown", "other model", "over budget"],
)
def test_a_limit_of_a_virtual_key_is_reported(
    bare: Place, keyed: Lite, key: str, rule: str
) -> None:
    shop = customer(bare, keyed, key)
    shop.wants("a")
    error = shop.fails("a")
    assert isinstance(error, AccountError)
    assert f"refused ({rule})" in error.what
    assert "nothing was billed" in error.what
    assert not keyed.asked


def test_a_good_virtual_key_buys(bare: Place, keyed: Lite) -> None:
    shop = customer(bare, keyed, "sk-virtual-good")
    shop.wants("a")
    assert shop.buys("a")
    assert len(keyed.asked) == 1


# -- the Responses API through OPENAI_BASE_URL -----------------------------------------------------


@pytest.fixture
def responder(bare: Place, lite: Lite) -> Shop:
    """A project whose assets go by the route responses, and OPENAI_BASE_URL to the proxy."""
    shop = Shop(bare, lite.upstream, route="responses")
    shop.environ |= {
        "OPENAI_BASE_URL": lite.url,
        "OPENAI_API_KEY": MASTER,
        "OPENAI_ORG_ID": "org-canary",
    }
    return shop


def test_a_response_in_the_background_is_fetched_by_its_new_id_from_the_same_proxy(
    responder: Shop, lite: Lite
) -> None:
    responder.wants("a")
    record = responder.buys("a", patience=30.0)
    asked, *fetched = [(seen.method, seen.path) for seen in lite.upstream.requests]
    assert asked == ("POST", "/v1/responses")
    assert fetched and {method for method, _ in fetched} == {"GET"}
    assert record["response"]["id"] not in fetched[-1][1]  # LiteLLM's own name for it
    assert record["route"]["surface"] == f"gateway:{lite.url.split('/')[2]}"
    assert all("openai-organization" not in seen.headers for seen in lite.upstream.requests)


def test_a_response_with_previews_is_received(responder: Shop, lite: Lite) -> None:
    responder.wants("a", more=PREVIEWS)
    assert responder.buys("a", patience=30.0)["response"]["partialImages"] == {
        "requested": 1,
        "received": 1,
    }
    assert len(lite.asked) == 1


def test_a_response_whose_connection_breaks_behind_litellm_is_sent_once_and_may_be_billed(
    responder: Shop, lite: Lite
) -> None:
    responder.wants("a")
    billed = lite.upstream.billed
    lite.upstream.fault("reset_after")
    error = responder.fails("a", patience=30.0)
    assert isinstance(error, UnknownOutcome) and "it may have been billed" in error.what
    assert len(lite.asked) == 1 == lite.upstream.billed - billed  # 1.106.2 sent it again
    assert len(responder.open_entries()) == 1


class Tap:
    """A port on loopback that notes what goes to the proxy and passes it on."""

    def __init__(self, url: str) -> None:
        self._to = int(url.split(":")[2].split("/")[0])
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1"
        self.seen = b""
        self._thread = threading.Thread(target=self._carry)

    def __enter__(self) -> Tap:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()

    def _carry(self) -> None:
        """Pass on one connection after the other, until the server has no more to say."""
        with suppress(OSError):  # the port is closed
            while True:
                self._pass_on(self._socket.accept()[0])

    def _pass_on(self, here: socket.socket) -> None:
        with here, socket.create_connection(("127.0.0.1", self._to)) as there:
            back = threading.Thread(target=self._back, args=(there, here))
            back.start()
            while piece := here.recv(65_536):
                self.seen += piece
                there.sendall(piece)
            there.shutdown(socket.SHUT_WR)
            back.join()

    def _back(self, there: socket.socket, here: socket.socket) -> None:
        while piece := there.recv(65_536):
            here.sendall(piece)
