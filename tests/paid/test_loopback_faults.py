"""The provider of the tests: every fault answers and bills as its table says."""

from __future__ import annotations

import base64
import gzip
import http.client
import io
import json
import re
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from tests.support.loopback import ORDER, PICTURE, ask
from tests.support.provider import FAULTS, Provider

ENDS_BADLY = (OSError, http.client.HTTPException)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as running:
        yield running


# name -> how, and what is seen of it: a status and a word of the reply
STATUS: dict[str, tuple[dict[str, Any], int, str]] = {
    "moderation_input": ({}, 400, '"moderation_stage": "input"'),
    "moderation_output": ({}, 400, '"moderation_stage": "output"'),
    "old_safety": ({}, 400, "content_policy_violation"),
    "transparent": ({}, 400, "Transparent background is not supported for this model."),
    "size": ({}, 400, "minimum pixel budget"),
    "retired_model": ({}, 400, "The model 'gpt-image-2' does not exist."),
    "org_verification": ({}, 403, "must be verified to use the model `gpt-image-2`"),
    "forbidden_model": ({}, 403, "does not have access to model"),
    "quota": ({}, 429, "insufficient_quota"),
    "hard_limit": ({}, 400, "billing_hard_limit_reached"),
    "rate": ({"retry_after": "1"}, 429, "Please try again in 12s."),
    "rate_text_only": ({}, 429, "Please try again in 0.2s."),
    "bad_image": ({}, 400, "invalid_image_file"),
    "bad_key": ({}, 401, "invalid_api_key"),
    "budget": ({}, 422, "budget_exceeded"),
    "get_channel_failed": ({}, 500, "get_channel_failed"),
    "safety_500": ({}, 500, "safety system"),
    "server_error_before": ({}, 500, "The server had an error"),
    "server_error_after": ({}, 500, "The server had an error"),
    "overloaded": ({}, 503, "overloaded"),
    "bad_gateway_html": ({}, 502, "<!doctype html>"),
    "echo_key": ({}, 401, "Bearer sk-canary-KEY"),
    "long_error": ({}, 400, "\\u001b[2J"),
    "redirect_307": ({"to": "http://127.0.0.1:1"}, 307, ""),
    "empty_data": ({}, 200, '"data": []'),
    "empty_strings": ({}, 200, '"b64_json": "", "url": ""'),
    "null_data": ({}, 200, '"data": null'),
    "url_same_origin": ({}, 200, "/generated-images/"),
    "url_foreign": (
        {"to": "http://elsewhere.example/a.png"},
        200,
        '"url": "http://elsewhere.example/a.png"',
    ),
    "url_file": ({}, 200, "file:///etc/passwd"),
    "url_metadata": ({}, 200, "http://169.254.169.254/"),
    "url_redirect": ({}, 200, "/generated-images/"),
    "url_html": ({}, 200, "/generated-images/"),
    "served_model": ({"model": "m2"}, 200, '"model": "m2"'),
    "html_200": ({}, 200, "<!doctype html>"),
    "not_json": ({}, 200, "upstream said: ok"),
    "slow_body": ({"seconds": 0.02}, 200, '"usage"'),
    "not_base64": ({}, 200, "this is *not* base64!"),
}
WIRE = ["reset_before", "reset_after", "reset_mid_body", "stall", "hang"]
PICTURES = [
    "wrong_format",
    "wrong_size",
    "no_alpha",
    "svg_polyglot",
    "svg_as_image",
    "html_as_image",
]
PICTURES += ["corrupt_image", "bomb_image", "same_picture"]
RESPONSES = [
    "response_failed",
    "response_incomplete",
    "call_failed",
    "no_call",
    "not_found_response",
]
ALONE = [
    "truncated_json",
    "gzip_body",
    "endless_body",
    "stream_ends_early",
    "stream_error_event",
    "two_images",
]
ALONE += ["no_usage", "transparent_ok", "line_ends"]


def test_every_fault_is_tried_here() -> None:
    assert sorted([*STATUS, *WIRE, *PICTURES, *RESPONSES, *ALONE]) == sorted(FAULTS)


@pytest.mark.parametrize("name", STATUS)
def test_a_fault_answers_and_bills_as_its_row_says_and_only_once(
    provider: Provider, name: str
) -> None:
    how, status, word = STATUS[name]
    provider.fault(name, **how)
    found, headers, body = ask(provider, body=PICTURE)
    text = body.decode()
    assert (found, provider.billed) == (status, int(FAULTS[name].bills))
    assert word in text or word in json.dumps(json.loads(text), ensure_ascii=True)
    assert headers.get("retry-after") == how.get("retry_after")
    assert ask(provider, body=PICTURE)[0] == 200


@pytest.mark.parametrize("name", WIRE)
def test_a_dropped_connection_bills_as_its_row_says(provider: Provider, name: str) -> None:
    provider.fault(name, seconds=0.01)
    with pytest.raises(ENDS_BADLY):
        ask(provider, body=PICTURE)
    assert provider.billed == int(FAULTS[name].bills)


@pytest.mark.parametrize("name", PICTURES)
def test_a_broken_image_is_broken_as_its_row_says(name: str) -> None:
    with Provider(transparent_ok=True) as provider:
        ask(provider, body=PICTURE)
        provider.fault(name)
        alpha = {"background": "transparent"}
        data = base64.b64decode(
            json.loads(ask(provider, body={**PICTURE, **alpha})[2])["data"][0]["b64_json"]
        )
        assert provider.billed == 2
    looks = {
        "wrong_format": lambda: data[:3] == b"\xff\xd8\xff",
        "wrong_size": lambda: Image.open(io.BytesIO(data)).size == (512, 512),
        "no_alpha": lambda: Image.open(io.BytesIO(data)).mode == "RGB",
        "svg_polyglot": lambda: data[:4] == b"\x89PNG" and b"<script>" in data,
        "svg_as_image": lambda: data[:4] == b"<svg",
        "html_as_image": lambda: data[:9] == b"<!doctype",
        "corrupt_image": lambda: data[:4] == b"\x89PNG" and b"IEND" not in data,
        "bomb_image": lambda: data[16:24] == (50000).to_bytes(4, "big") * 2,
        "same_picture": lambda: Image.open(io.BytesIO(data)).size == (1024, 1024),
    }
    assert looks[name]()


def test_the_same_image_can_be_sent_again(provider: Provider) -> None:
    first = json.loads(ask(provider, body=PICTURE)[2])["data"]
    provider.fault("same_picture")
    assert json.loads(ask(provider, body=PICTURE)[2])["data"] == first


@pytest.mark.parametrize("name", [name for name in RESPONSES if name != "not_found_response"])
def test_a_response_without_an_image_states_it_and_bills_nothing(
    provider: Provider, name: str
) -> None:
    provider.fault(name)
    said = json.loads(ask(provider, "/responses", ORDER)[2])
    calls = [item for item in said["output"] if item["type"] == "image_generation_call"]
    assert [call["status"] for call in calls] == (["failed"] if name == "call_failed" else [])
    status = {"response_failed": "failed", "response_incomplete": "incomplete"}.get(
        name, "completed"
    )
    assert (said["status"], provider.billed) == (status, 0)
    assert (said["error"] is not None) == (name == "response_failed")


def test_a_response_can_be_missing(provider: Provider) -> None:
    provider.fault("not_found_response")
    name = json.loads(ask(provider, "/responses", ORDER)[2])["id"]
    assert ask(provider, f"/responses/{name}")[0] == 404
    assert ask(provider, f"/responses/{name}")[0] == 200


def test_truncated_json_has_the_length_that_its_header_states(provider: Provider) -> None:
    provider.fault("truncated_json")
    status, headers, body = ask(provider, body=PICTURE)
    assert (status, int(headers["content-length"]), provider.billed) == (200, len(body), 1)
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)


def test_a_body_can_be_compressed_although_identity_was_requested(provider: Provider) -> None:
    provider.fault("gzip_body", expand=1_000_000)
    _, headers, body = ask(provider, body=PICTURE, **{"Accept-Encoding": "identity"})
    assert headers["content-encoding"] == "gzip" and len(gzip.decompress(body)) > 1_000_000


def test_an_endless_body_stops_only_when_the_client_does(provider: Provider) -> None:
    provider.fault("endless_body")
    with socket.create_connection(("127.0.0.1", provider.port), timeout=20) as connection:
        body = json.dumps(PICTURE).encode()
        head = f"POST /v1/images/generations HTTP/1.1\r\nAuthorization: Bearer {provider.key}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
        got = 0
        while got < 5_000_000:
            got += len(connection.recv(1 << 20))
    assert provider.billed == 1


@pytest.mark.parametrize("name", ["stream_ends_early", "stream_error_event"])
@pytest.mark.parametrize("path", ["/images/generations", "/responses"])
def test_a_stream_can_end_without_its_image(provider: Provider, name: str, path: str) -> None:
    provider.fault(name)
    _, _, body = ask(
        provider, path, {**(ORDER if path == "/responses" else PICTURE), "stream": True}
    )
    names = re.findall(rb"^event: (.*)$", body, re.M)
    assert not {
        b"response.completed",
        b"response.output_item.done",
        b"image_generation.completed",
    } & {*names}
    assert (names[-1:] == [b"error"]) == (name == "stream_error_event")
    assert provider.billed == 1


@pytest.mark.parametrize("ends", ["\r\n", "\r"], ids=["CRLF", "CR"])
def test_the_lines_of_a_stream_can_end_with_crlf_or_cr(provider: Provider, ends: str) -> None:
    provider.fault("line_ends", ends=ends)
    _, _, body = ask(provider, body={**PICTURE, "stream": True})
    end = ends.encode()
    assert body.endswith(end + end) and body.count(end + b"data: ") == 1
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert provider.billed == 1


@pytest.mark.parametrize("path", ["/images/generations", "/responses"])
def test_two_images_are_billed_twice_and_usage_can_be_missing(
    provider: Provider, path: str
) -> None:
    body = ORDER if path == "/responses" else PICTURE
    provider.fault("two_images")
    provider.fault("no_usage")
    said = json.loads(ask(provider, path, body)[2])
    assert (
        len(said.get("data") or [item for item in said["output"] if "result" in item])
        == 2
        == provider.billed
    )
    assert "usage" in said and "usage" not in json.loads(ask(provider, path, body)[2])


def test_transparency_can_be_allowed_once(provider: Provider) -> None:
    provider.fault("transparent_ok")
    assert [ask(provider, body={**PICTURE, "background": "transparent"})[0] for _ in range(2)] == [
        200,
        400,
    ]


def test_a_fault_applies_to_its_path_and_an_unknown_name_is_an_error(provider: Provider) -> None:
    provider.fault("overloaded", path="/responses", times=2)
    paths = ["/images/generations", "/responses", "/responses", "/responses"]
    asked = [ask(provider, path, ORDER if "resp" in path else PICTURE)[0] for path in paths]
    assert asked == [200, 503, 503, 200]
    with pytest.raises(LookupError):
        provider.fault("overlaoded")


@pytest.mark.parametrize(
    ("name", "status"),
    [("url_same_origin", 200), ("url_redirect", 302), ("url_html", 200)],
    ids=str,
)
def test_a_url_of_the_provider_serves_what_its_row_says(
    provider: Provider, name: str, status: int
) -> None:
    provider.fault(name)
    url = json.loads(ask(provider, body=PICTURE)[2])["data"][0]["url"]
    found, headers, body = ask(provider, "//" + url.removeprefix(provider.origin + "/"))
    assert found == status
    assert (
        body[:4] == b"\x89PNG",
        "169.254" in headers.get("location", ""),
        body[:5] == b"<!doc",
    ) == (
        name == "url_same_origin",
        name == "url_redirect",
        name == "url_html",
    )
