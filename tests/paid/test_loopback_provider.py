"""The provider of the tests: its normal replies, read by the real client, and its TLS."""

from __future__ import annotations

import base64
import http.client
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

from tests.support.loopback import ORDER, PICTURE, TOOL, ask, client, opened, png
from tests.support.provider import ConnectProxy, Provider, tls_pair
from tests.support.provider.images import tokens


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as running:
        yield running


def test_an_image_has_the_requested_size_and_format_and_differs_each_time(
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


def test_a_reply_has_no_id_and_no_model_and_counts_tokens_by_the_formula(
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


def test_an_edit_as_a_form_has_its_files_and_fields(provider: Provider) -> None:
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


def test_an_edit_as_json_accepts_data_urls(provider: Provider) -> None:
    url = "data:image/png;base64," + base64.b64encode(png()).decode()
    body = {"model": "gpt-image-2", "prompt": "x", "images": [{"image_url": url}]}
    status, _, reply = ask(provider, "/images/edits", body)
    assert (status, json.loads(reply)["usage"]["input_tokens_details"]["image_tokens"]) == (200, 4)


def test_transparency_can_be_switched_on() -> None:
    with Provider(transparent_ok=True) as provider, client(provider) as api:
        reply = api.images.generate(model="gpt-image-2", prompt="x", background="transparent")
    assert reply.data and opened(reply.data[0].b64_json).getchannel("A").getextrema() == (0, 255)
    assert reply.background == "transparent"


@pytest.mark.parametrize("kind", ["generate", "edit"])
def test_a_stream_has_the_requested_previews_and_then_the_image(
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


def test_a_streamed_response_has_its_events_in_order(provider: Provider) -> None:
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


def test_a_background_response_is_polled_until_it_ends_and_bills_once(
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


def test_a_background_stream_can_be_resumed(provider: Provider) -> None:
    with client(provider) as api:
        begun = list(api.responses.create(**ORDER, background=True, stream=True))  # type: ignore[call-overload]
        rest = list(api.responses.retrieve(begun[0].response.id, stream=True, starting_after=3))
    assert [event.type for event in begun[:3]] == [
        "response.created",
        "response.queued",
        "response.in_progress",
    ]
    assert [event.type for event in rest] == [event.type for event in begun[4:]]


def test_models_are_listed_with_their_shutdown_date(provider: Provider) -> None:
    with client(provider) as api:
        known = {model.id: model for model in api.models.list()}
        assert api.models.retrieve("gpt-image-2").id == "gpt-image-2"
        with pytest.raises(openai.NotFoundError):
            api.models.retrieve("gpt-image-1")
    assert known["gpt-image-1.5"].model_dump()["shutdown_date"] == "2026-12-01"
    assert "gpt-image-1" not in known


# -- a process of its own, speed, TLS --------------------------------------------------------------


def wait(there: Callable[[], bool]) -> None:
    """Wait until a condition is true, at most 30 seconds."""
    for _ in range(3000):
        if there():
            return
        time.sleep(0.01)
    raise AssertionError("it never came")


def test_the_log_has_the_bill_after_both_sides_were_killed(tmp_path: Path) -> None:
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


def test_bulk_images_are_large_different_and_valid() -> None:
    with Provider(bulk=True) as provider, ThreadPoolExecutor(8) as pool:
        bodies = [
            json.loads(body)
            for _, _, body in pool.map(lambda _: ask(provider, body=PICTURE), range(8))
        ]
    texts = {body["data"][0]["b64_json"] for body in bodies}
    assert len(texts) == 8
    assert opened(min(texts)).size == (1024, 1024)
    assert min(map(len, texts)) > 1_900_000


def test_the_real_client_reaches_openai_over_tls_through_a_proxy(tmp_path: Path) -> None:
    ca, context = tls_pair(tmp_path / "tls")
    with Provider(tls=context) as provider, ConnectProxy(provider.port) as proxy:
        program = (
            "import openai\n"
            "base = 'https://api.openai.com/v1'\n"
            "with openai.OpenAI(api_key='sk-canary-KEY', base_url=base, max_retries=0) as api:\n"
            "    print(api.images.generate(model='gpt-image-2', prompt='x').size)\n"
        )
        environ = {"PATH": os.environ["PATH"], "HTTPS_PROXY": proxy.url, "SSL_CERT_FILE": str(ca)}
        ran = subprocess.run(
            [sys.executable, "-c", program], env=environ, capture_output=True, text=True, timeout=60
        )
    assert (ran.stdout, ran.stderr) == ("1024x1024\n", "")
    assert proxy.hosts == ["api.openai.com:443"]
    assert provider.requests[0].headers["host"] == "api.openai.com"


def test_a_client_that_does_not_trust_the_authority_is_refused(tmp_path: Path) -> None:
    _, context = tls_pair(tmp_path / "tls")
    with Provider(tls=context) as provider:
        connection = http.client.HTTPSConnection(
            "127.0.0.1", provider.port, timeout=20, context=ssl.create_default_context()
        )
        with pytest.raises(ssl.SSLCertVerificationError):
            connection.request("GET", "/v1/models")
        connection.close()
    assert provider.requests == []
