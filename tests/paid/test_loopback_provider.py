"""The provider that the tests of the paid routes talk to: normal replies, every fault, and the bill."""

from __future__ import annotations

import base64
import gzip
import http.client
import io
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openai
import pytest
from PIL import Image

from tests.support.contract import breaches
from tests.support.provider import FAULTS, ConnectProxy, Provider, tls_pair
from tests.support.provider.images import tokens

PICTURE = {"model": "gpt-image-2", "prompt": "A paper plane", "size": "1024x1024", "quality": "low"}
TOOL = {"type": "image_generation", "model": "gpt-image-2", "quality": "low"}
ORDER = {
    "model": "gpt-5.5",
    "input": "A paper plane",
    "tools": [TOOL],
    "tool_choice": {"type": "image_generation"},
}
ENDS_BADLY = (OSError, http.client.HTTPException)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as running:
        yield running


def client(provider: Provider, **options: Any) -> openai.OpenAI:
    return openai.OpenAI(
        api_key=provider.key, base_url=provider.url, max_retries=0, timeout=20, **options
    )


def ask(
    provider: Provider,
    path: str = "/images/generations",
    body: dict[str, Any] | None = None,
    **headers: str,
) -> tuple[int, dict[str, str], bytes]:
    """One request by hand: status, headers with lower-case names, body as it came."""
    connection = http.client.HTTPConnection("127.0.0.1", provider.port, timeout=20)
    try:
        named = {
            "Authorization": f"Bearer {provider.key}",
            "Content-Type": "application/json",
            **headers,
        }
        base = "" if path.startswith("//") else provider.url.removeprefix(provider.origin)
        data = None if body is None else json.dumps(body)
        connection.request(
            "GET" if body is None else "POST",
            base + path.removeprefix("/" * (base == "")),
            data,
            named,
        )
        with connection.getresponse() as reply:
            return (
                reply.status,
                {name.lower(): value for name, value in reply.getheaders()},
                reply.read(),
            )
    finally:
        connection.close()


def opened(text: str | None) -> Image.Image:
    assert text
    with Image.open(io.BytesIO(base64.b64decode(text, validate=True))) as image:
        image.load()
        return image.copy()


def png(size: tuple[int, int] = (64, 64), mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, "png")
    return out.getvalue()


# -- normal replies, read by the real client -----------------------------------------------------------


def test_a_picture_is_really_of_the_size_and_format_asked_for_and_differs_each_time(
    provider: Provider,
) -> None:
    with client(provider) as api:
        sizes: tuple[Any, ...] = ("1536x1024", "1536x1024", "auto")
        replies = [
            api.images.generate(model="gpt-image-2", prompt="x", size=s, output_format="webp")
            for s in sizes
        ]
    data = [reply.data[0].b64_json for reply in replies if reply.data]
    pictures = [opened(text) for text in data]
    assert [(picture.size, picture.format) for picture in pictures] == [
        ((1536, 1024), None)
    ] * 2 + [((1024, 1024), None)]
    assert all(text and base64.b64decode(text)[8:12] == b"WEBP" for text in data)
    assert data[0] != data[1]
    assert provider.billed == 3


def test_a_reply_names_neither_an_id_nor_a_model_and_counts_tokens_by_the_formula(
    provider: Provider,
) -> None:
    status, headers, body = ask(provider, body=PICTURE)
    said = json.loads(body)
    assert status == 200
    assert set(said) == {
        "created",
        "background",
        "data",
        "output_format",
        "quality",
        "size",
        "usage",
    }
    assert said["usage"]["output_tokens"] == 196
    assert re.fullmatch("req_[0-9a-f]{32}", headers["x-request-id"])


@pytest.mark.parametrize(
    ("size", "count"),
    [
        ((1024, 1024), 7024),
        ((1536, 1024), 5488),
        ((2048, 2048), 14272),
        ((2560, 1440), 7370),
        ((3840, 2160), 13342),
    ],
    ids=str,
)
def test_the_token_formula_gives_the_published_counts(size: tuple[int, int], count: int) -> None:
    assert tokens("gpt-image-2", "high", *size) == count


def test_an_edit_by_form_shows_its_files_and_its_fields(provider: Provider) -> None:
    files = [("a.png", png(), "image/png"), ("b.png", png(), "image/png")]
    mask = ("m.png", png(mode="RGBA"), "image/png")
    with client(provider) as api:
        reply = api.images.edit(model="gpt-image-2", prompt="x", image=files, mask=mask, n=2)
    seen = provider.requests[0]
    assert reply.data and len(reply.data) == 2 == provider.billed
    assert [(part, name) for part, name, _, _ in seen.files] == [
        ("image[]", "a.png"),
        ("image[]", "b.png"),
        ("mask", "m.png"),
    ]
    assert seen.files[0][3] == png()
    assert seen.fields["prompt"] == ["x"]


def test_an_edit_by_json_takes_data_urls(provider: Provider) -> None:
    url = "data:image/png;base64," + base64.b64encode(png()).decode()
    body = {"model": "gpt-image-2", "prompt": "x", "images": [{"image_url": url}]}
    status, _, reply = ask(provider, "/images/edits", body)
    assert (status, json.loads(reply)["usage"]["input_tokens_details"]["image_tokens"]) == (200, 4)


def test_transparency_is_a_switch_and_really_there() -> None:
    with Provider(transparent_ok=True) as provider, client(provider) as api:
        reply = api.images.generate(model="gpt-image-2", prompt="x", background="transparent")
    assert reply.data and opened(reply.data[0].b64_json).getchannel("A").getextrema() == (0, 255)
    assert reply.background == "transparent"


@pytest.mark.parametrize("kind", ["generate", "edit"])
def test_a_stream_has_the_partials_asked_for_and_then_the_picture(
    provider: Provider, kind: str
) -> None:
    with client(provider) as api:
        asked: dict[str, Any] = {"model": "gpt-image-2", "prompt": "x"}
        asked |= {"stream": True, "partial_images": 2}
        if kind == "edit":
            image = ("a.png", png(), "image/png")
            found: list[Any] = list(api.images.edit(image=image, **asked))
        else:
            found = list(api.images.generate(**asked))
    name = "image_edit" if kind == "edit" else "image_generation"
    assert [event.type for event in found] == [f"{name}.partial_image"] * 2 + [f"{name}.completed"]
    last: Any = found[-1]
    assert opened(last.b64_json).size == (1024, 1024)
    assert last.usage.output_tokens == tokens("gpt-image-2", "medium", 1024, 1024) + 200


def test_the_responses_tool_gives_an_image_call_beside_a_message(provider: Provider) -> None:
    with client(provider) as api:
        reply = api.responses.create(**ORDER)  # type: ignore[call-overload]
    call, message = reply.output
    assert (call.type, call.status, call.action, message.type) == (
        "image_generation_call",
        "completed",
        "generate",
        "message",
    )
    assert opened(call.result).size == (1024, 1024)
    assert reply.tool_usage.image_gen.output_tokens == 196
    assert (reply.status, provider.billed) == ("completed", 1)


def test_a_streamed_response_tells_its_steps_in_order(provider: Provider) -> None:
    body = {**ORDER, "tools": [{**TOOL, "partial_images": 1}]}
    with client(provider) as api:
        found = list(api.responses.create(**body, stream=True))  # type: ignore[call-overload]
    call = "response.image_generation_call"
    item = [
        "response.output_item.added",
        f"{call}.in_progress",
        f"{call}.generating",
        f"{call}.partial_image",
    ]
    assert [event.type for event in found[:2]] == ["response.created", "response.in_progress"]
    assert [event.type for event in found[2:8]] == [
        *item,
        f"{call}.completed",
        "response.output_item.done",
    ]
    assert found[-1].type == "response.completed"
    assert [event.sequence_number for event in found] == list(range(len(found)))
    assert (
        opened(found[7].item.result) and found[-1].response.output[0].result == found[7].item.result
    )


def test_a_background_response_is_asked_about_until_it_is_done_and_bills_once(
    provider: Provider,
) -> None:
    with client(provider) as api:
        first = api.responses.create(**ORDER, background=True)  # type: ignore[call-overload]
        states = [api.responses.retrieve(first.id) for _ in range(4)]
        second = api.responses.create(**ORDER, background=True)  # type: ignore[call-overload]
        assert api.responses.cancel(second.id).status == "cancelled"
        assert api.responses.retrieve(second.id).status == "cancelled"
    assert first.status == "queued"
    assert [state.status for state in states] == ["queued", "in_progress", "completed", "completed"]
    assert len(states[2].output) == 2 and provider.billed == 2


def test_a_background_stream_can_be_taken_up_again(provider: Provider) -> None:
    with client(provider) as api:
        begun = list(api.responses.create(**ORDER, background=True, stream=True))  # type: ignore[call-overload]
        rest = list(api.responses.retrieve(begun[0].response.id, stream=True, starting_after=3))
    assert [event.type for event in begun[:3]] == [
        "response.created",
        "response.queued",
        "response.in_progress",
    ]
    assert [event.type for event in rest] == [event.type for event in begun[4:]]


def test_models_are_listed_with_the_day_they_go(provider: Provider) -> None:
    with client(provider) as api:
        known = {model.id: model for model in api.models.list()}
        assert api.models.retrieve("gpt-image-2").id == "gpt-image-2"
        with pytest.raises(openai.NotFoundError):
            api.models.retrieve("gpt-image-1")
    assert known["gpt-image-1.5"].model_dump()["shutdown_date"] == "2026-12-01"
    assert "gpt-image-1" not in known


# -- the contract, where its folder is at hand -----------------------------------------------------------

CONTRACT = os.environ.get("ASSETGEN_CONTRACT", "")
KEPT: dict[str, tuple[str, str, dict[str, Any]]] = {
    "picture": ("ImagesResponse", "/images/generations", PICTURE),
    "response": ("Response", "/responses", ORDER),
    "call that failed": ("Response", "/responses", ORDER),
    "background": ("Response", "/responses", {**ORDER, "background": True}),
    "stream": (
        "ImageGenStreamEvent",
        "/images/generations",
        {**PICTURE, "stream": True, "partial_images": 1},
    ),
    "response stream": ("ResponseStreamEvent", "/responses", {**ORDER, "stream": True}),
    "refusal": ("ErrorResponse", "/images/generations", {**PICTURE, "n": 0}),
}


if CONTRACT:

    @pytest.mark.parametrize("case", KEPT)
    def test_normal_replies_keep_the_contract(provider: Provider, case: str) -> None:
        root = json.loads((Path(CONTRACT) / "effective.json").read_bytes())
        name, path, body = KEPT[case]
        if case == "call that failed":
            provider.fault("call_failed")
        reply = ask(provider, path, body)[2]
        found = [json.loads(line) for line in re.findall(rb"^data: (.*)$", reply, re.M)] or [
            json.loads(reply)
        ]
        schema = {"$ref": f"#/components/schemas/{name}"}
        assert [line for value in found for line in breaches(root, schema, value)] == []


# -- refusals ------------------------------------------------------------------------------------------

REFUSALS: dict[str, tuple[dict[str, Any], str | None, str | None]] = {
    "no model": ({"model": None}, "missing_required_parameter", "model"),
    "retired model before a bad key": (
        {"model": "gpt-image-1", "style": "x"},
        "invalid_value",
        "model",
    ),
    "unknown key before a bad prompt": (
        {"response_format": None, "prompt": ""},
        "unknown_parameter",
        "response_format",
    ),
    "style": ({"style": "vivid"}, "unknown_parameter", "style"),
    "fidelity on generate": ({"input_fidelity": "high"}, "unknown_parameter", "input_fidelity"),
    "empty prompt before n": ({"prompt": "", "n": 0}, "empty_string", "prompt"),
    "n too small before size": ({"n": 0, "size": "1x1"}, "integer_below_min_value", "n"),
    "n too large": ({"n": 11}, "integer_above_max_value", "n"),
    "n of words": ({"n": "two"}, "invalid_type", "n"),
    "quality": ({"quality": "hd"}, "invalid_value", "quality"),
    "xhigh on 2": ({"quality": "xhigh"}, "invalid_value", "quality"),
    "size too small": ({"size": "512x512"}, "invalid_value", "size"),
    "size not of sixteens": ({"size": "1000x1000"}, "invalid_value", "size"),
    "size too long": ({"size": "4096x2048"}, "invalid_value", "size"),
    "size too narrow": ({"size": "3200x1024"}, "invalid_value", "size"),
    "size too many pixels": ({"size": "3840x3840"}, "invalid_value", "size"),
    "old model, new size": (
        {"model": "gpt-image-1.5", "size": "2048x2048"},
        "invalid_value",
        "size",
    ),
    "transparent": ({"background": "transparent"}, "invalid_value", "background"),
    "svg on 2": ({"output_format": "svg"}, "invalid_value", "output_format"),
    "compression": ({"output_compression": 101}, "integer_above_max_value", "output_compression"),
}


@pytest.mark.parametrize(("change", "code", "param"), REFUSALS.values(), ids=REFUSALS)
def test_what_openai_refuses_is_refused(
    provider: Provider, change: dict[str, Any], code: str | None, param: str | None
) -> None:
    status, _, body = ask(provider, body={**PICTURE, **change})
    error = json.loads(body)["error"]
    assert (status, error["code"], error["param"]) == (400, code, param)
    assert provider.billed == 0


def test_null_counts_as_left_out(provider: Provider) -> None:
    nulls = dict.fromkeys(
        ("n", "output_compression", "partial_images", "quality", "size", "stream")
    )
    assert ask(provider, body={**PICTURE, **nulls})[0] == 200


TOOL_REFUSALS: dict[str, tuple[dict[str, Any], str, str | None]] = {
    "image model on top": (
        {"model": "gpt-image-1"},
        "is not supported with the Responses API.",
        "model",
    ),
    "size": (
        {"tools": [{**TOOL, "size": "512x512"}]},
        "below the current minimum pixel budget.",
        "tools",
    ),
    "transparent": (
        {"tools": [{**TOOL, "background": "transparent"}]},
        "is not supported for this model.",
        "tools",
    ),
    "edit of nothing": (
        {"tools": [{**TOOL, "action": "edit"}]},
        "needs at least one input image",
        "tools",
    ),
    "unknown key": (
        {"tools": [{**TOOL, "n": 2}]},
        "Unknown parameter: 'tools[0].n'.",
        "tools[0].n",
    ),
    "tool forced but absent": ({"tools": []}, "not found in 'tools' parameter.", "tool_choice"),
}


@pytest.mark.parametrize(("change", "text", "param"), TOOL_REFUSALS.values(), ids=TOOL_REFUSALS)
def test_what_the_responses_api_refuses_is_refused(
    provider: Provider, change: dict[str, Any], text: str, param: str | None
) -> None:
    status, _, body = ask(provider, "/responses", {**ORDER, **change})
    error = json.loads(body)["error"]
    assert (status, error["param"], provider.billed) == (400, param, 0)
    assert text in error["message"]


EDIT_REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "not a picture": ({"image": ("a.png", b"words", "image/png")}, "invalid_image_file"),
    "no type": ({"image": b"\x89PNG"}, "unsupported_file_mimetype"),
    "fidelity": ({"input_fidelity": "high"}, "invalid_input_fidelity_model"),
    "mask of another size": (
        {"mask": ("m.png", png((32, 32), "RGBA"), "image/png")},
        "invalid_mask_image_format",
    ),
    "mask without alpha": ({"mask": ("m.png", png(), "image/png")}, "invalid_mask_image_format"),
}


@pytest.mark.parametrize(("change", "code"), EDIT_REFUSALS.values(), ids=EDIT_REFUSALS)
def test_what_an_edit_refuses_is_refused(
    provider: Provider, change: dict[str, Any], code: str
) -> None:
    asked: dict[str, Any] = {
        "model": "gpt-image-2",
        "prompt": "x",
        "image": ("a.png", png(), "image/png"),
        **change,
    }
    with client(provider) as api, pytest.raises(openai.BadRequestError) as caught:
        api.images.edit(**asked)
    assert (caught.value.code, provider.billed) == (code, 0)


def test_a_wrong_key_is_shown_only_in_part(provider: Provider) -> None:
    status, _, body = ask(provider, body=PICTURE, Authorization="Bearer sk-wrong-0123456789")
    error = json.loads(body)["error"]
    assert (status, error["code"]) == (401, "invalid_api_key")
    assert error["message"].startswith("Incorrect API key provided: sk-wro*****6789.")


# -- faults --------------------------------------------------------------------------------------------

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
WIRE = ["reset_before", "reset_after", "reset_mid_body", "hang"]
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
ALONE += ["no_usage", "transparent_ok"]


def test_every_fault_is_tried_here() -> None:
    assert sorted([*STATUS, *WIRE, *PICTURES, *RESPONSES, *ALONE]) == sorted(FAULTS)


@pytest.mark.parametrize("name", STATUS)
def test_a_fault_answers_and_bills_as_the_table_says_and_only_once(
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
def test_a_dropped_connection_bills_as_the_table_says(provider: Provider, name: str) -> None:
    provider.fault(name, seconds=0.01)
    with pytest.raises(ENDS_BADLY):
        ask(provider, body=PICTURE)
    assert provider.billed == int(FAULTS[name].bills)


@pytest.mark.parametrize("name", PICTURES)
def test_a_spoilt_picture_is_spoilt_as_the_table_says(name: str) -> None:
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


def test_the_same_picture_can_be_sent_again(provider: Provider) -> None:
    first = json.loads(ask(provider, body=PICTURE)[2])["data"]
    provider.fault("same_picture")
    assert json.loads(ask(provider, body=PICTURE)[2])["data"] == first


@pytest.mark.parametrize("name", [name for name in RESPONSES if name != "not_found_response"])
def test_a_response_without_a_picture_says_so_and_does_not_bill(
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


def test_a_response_can_be_gone(provider: Provider) -> None:
    provider.fault("not_found_response")
    name = json.loads(ask(provider, "/responses", ORDER)[2])["id"]
    assert ask(provider, f"/responses/{name}")[0] == 404
    assert ask(provider, f"/responses/{name}")[0] == 200


def test_truncated_json_is_whole_by_its_length_only(provider: Provider) -> None:
    provider.fault("truncated_json")
    status, headers, body = ask(provider, body=PICTURE)
    assert (status, int(headers["content-length"]), provider.billed) == (200, len(body), 1)
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)


def test_a_gzip_body_comes_though_identity_was_asked_for(provider: Provider) -> None:
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
def test_a_stream_can_end_without_its_picture(provider: Provider, name: str, path: str) -> None:
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


@pytest.mark.parametrize("path", ["/images/generations", "/responses"])
def test_two_pictures_bill_twice_and_usage_can_be_missing(provider: Provider, path: str) -> None:
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


def test_transparency_can_be_let_through_once(provider: Provider) -> None:
    provider.fault("transparent_ok")
    assert [ask(provider, body={**PICTURE, "background": "transparent"})[0] for _ in range(2)] == [
        200,
        400,
    ]


def test_a_fault_waits_for_its_path_and_a_misspelt_one_is_an_error(provider: Provider) -> None:
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
def test_a_url_of_this_server_serves_what_it_says(
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


# -- gateways ------------------------------------------------------------------------------------------


def test_openrouter_has_a_path_and_words_of_its_own() -> None:
    with Provider("openrouter") as provider:
        body = {
            "model": "openai/gpt-image-2",
            "prompt": "x",
            "resolution": "1K",
            "aspect_ratio": "3:2",
        }
        said = json.loads(ask(provider, "/images", body)[2])
        assert ask(provider, "/images/generations", body)[0] == 404
    assert provider.url.endswith("/api/v1")
    assert said["usage"]["cost"] > 0 and said["usage"]["is_byok"] is False
    assert said["data"][0]["media_type"] == "image/png"
    assert opened(said["data"][0]["b64_json"]).size == (1248, 832)


def test_new_api_fills_in_zero_values_and_marks_its_errors() -> None:
    with Provider("new-api") as provider:
        status, headers, body = ask(provider, body=PICTURE)
        provider.fault("quota")
        broke = json.loads(ask(provider, body=PICTURE)[2])["error"]
        unknown = ask(provider, body={**PICTURE, "model": "nope"})
    assert (status, json.loads(body)["data"][0]["url"]) == (200, "")
    assert headers["x-oneapi-request-id"]
    assert broke["code"] == "insufficient_user_quota" and "(request id: " in broke["message"]
    assert (unknown[0], json.loads(unknown[2])["error"]["code"]) == (503, "model_not_found")


def test_azure_takes_its_own_key_header_and_both_kinds_of_path() -> None:
    with Provider("azure", models=["pictures", "gpt-image-2"]) as provider:
        body = {"prompt": "x", "size": "1024x1024"}
        key = {"Authorization": "", "api-key": provider.key}
        deployed = "//openai/deployments/{}/images/generations{}"
        version = "?api-version=2025-04-01-preview"
        found = [
            ask(provider, "/images/generations", {**body, "model": "gpt-image-2"}, **key),
            ask(provider, deployed.format("pictures", version), body, **key),
            ask(provider, deployed.format("nothing", version), body, **key),
            ask(provider, deployed.format("pictures", ""), body, **key),
            ask(
                provider, deployed.format("pictures", version), body, **{**key, "api-key": "wrong"}
            ),
        ]
    assert [status for status, _, _ in found] == [200, 200, 404, 404, 401]
    assert json.loads(found[2][2])["error"]["code"] == "DeploymentNotFound"
    assert found[0][1]["apim-request-id"]


def test_localai_serves_urls_unless_asked_and_wants_no_key() -> None:
    with Provider("localai") as provider:
        plain = {"Authorization": "", "X-Correlation-ID": "mine"}
        _, headers, body = ask(provider, body={"prompt": "x", "size": "odd"}, **plain)
        said = json.loads(body)
        url = said["data"][0]["url"].removeprefix(provider.origin + "/")
        picture = ask(provider, "//" + url)[2]
        inline = json.loads(
            ask(provider, body={"prompt": "x", "response_format": "b64_json"}, **plain)[2]
        )
    with Image.open(io.BytesIO(picture)) as image:
        assert image.size == (512, 512)
    assert (headers["x-correlation-id"], set(said["usage"].values())) == ("mine", {0})
    assert opened(inline["data"][0]["b64_json"]).size == (512, 512)


def test_litellm_tells_its_deployment_and_forgets_the_codes() -> None:
    with Provider("litellm") as provider:
        _, headers, body = ask(provider, body=PICTURE)
        provider.fault("rate", retry_after="1")
        status, bare, refused = ask(provider, body=PICTURE)
    assert {name for name in headers if name.startswith("x-litellm-")} >= {
        *(
            "x-litellm-call-id",
            "x-litellm-model-id",
            "x-litellm-model-api-base",
            "x-litellm-response-cost",
        )
    }
    assert json.loads(body)["data"][0]["url"] is None
    error = json.loads(refused)["error"]
    assert (status, error["type"], error["code"]) == (429, "throttling_error", "429")
    assert "retry-after" not in bare and "x-litellm-model-id" not in bare


def test_sdcpp_has_errors_of_plain_text() -> None:
    with Provider("sdcpp") as provider:
        assert ask(provider, body={"prompt": "x", "size": "512x512"}, Authorization="")[0] == 200
        assert isinstance(json.loads(ask(provider, body={"prompt": ""})[2])["error"], str)


# -- a process of its own, speed, TLS ------------------------------------------------------------------


def wait(there: Callable[[], bool]) -> None:
    """Wait until something is there: long enough for the slowest machine, not for ever."""
    for _ in range(3000):
        if there():
            return
        time.sleep(0.01)
    raise AssertionError("it never came")


def test_the_log_counts_the_bill_after_both_sides_were_killed(tmp_path: Path) -> None:
    port_file, log = tmp_path / "port", tmp_path / "log"
    command = [
        sys.executable,
        "-m",
        "tests.support.provider",
        "--port-file",
        str(port_file),
        "--log",
        str(log),
        "--fault",
        "hang",
    ]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root) as process:
        try:
            wait(port_file.exists)
            body = json.dumps(PICTURE).encode()
            head = (
                b"POST /v1/images/generations HTTP/1.1\r\nAuthorization: Bearer sk-canary-KEY\r\n"
            )
            head += b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
            with socket.create_connection(
                ("127.0.0.1", int(port_file.read_text())), timeout=20
            ) as connection:
                connection.sendall(head + body)
                wait(lambda: b"billed" in log.read_bytes())
        finally:
            process.kill()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["event"] for line in lines] == ["request", "billed"]
    assert lines[0]["headers"]["authorization"] == "Bearer sk-canary-KEY"
    assert (lines[0]["body_bytes"], lines[1]["pictures"]) == (len(body), 1)


def test_bulk_pictures_are_large_all_different_and_real() -> None:
    with Provider(bulk=True) as provider, ThreadPoolExecutor(8) as pool:
        bodies = [
            json.loads(body)
            for _, _, body in pool.map(lambda _: ask(provider, body=PICTURE), range(8))
        ]
    texts = {body["data"][0]["b64_json"] for body in bodies}
    assert len(texts) == 8
    assert opened(min(texts)).size == (1024, 1024)
    assert min(map(len, texts)) > 1_900_000


def test_the_real_client_talks_tls_to_openai_through_a_proxy(tmp_path: Path) -> None:
    ca, context = tls_pair(tmp_path / "tls")
    with Provider(tls=context) as provider, ConnectProxy(provider.port) as proxy:
        program = (
            "import openai\n"
            "with openai.OpenAI(api_key='sk-canary-KEY', base_url='https://api.openai.com/v1', max_retries=0) as api:\n"
            "    print(api.images.generate(model='gpt-image-2', prompt='x').size)\n"
        )
        environ = {"PATH": os.environ["PATH"], "HTTPS_PROXY": proxy.url, "SSL_CERT_FILE": str(ca)}
        ran = subprocess.run(
            [sys.executable, "-c", program], env=environ, capture_output=True, text=True, timeout=60
        )
    assert (ran.stdout, ran.stderr) == ("1024x1024\n", "")
    assert proxy.hosts == ["api.openai.com:443"]
    assert provider.requests[0].headers["host"] == "api.openai.com"


def test_a_client_that_does_not_know_the_authority_is_turned_away(tmp_path: Path) -> None:
    _, context = tls_pair(tmp_path / "tls")
    with Provider(tls=context) as provider:
        connection = http.client.HTTPSConnection(
            "127.0.0.1", provider.port, timeout=20, context=ssl.create_default_context()
        )
        with pytest.raises(ssl.SSLCertVerificationError):
            connection.request("GET", "/v1/models")
        connection.close()
    assert provider.requests == []
