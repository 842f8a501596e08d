"""Whatever a reply holds is taken: an image in any field and form, whatever is beside it."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

import pytest

from assetgen.errors import UnknownOutcome
from assetgen.image import decode
from assetgen.paid import replies
from tests.support.place import Place
from tests.support.rows import every
from tests.support.shop import Shop
from tests.support.vendor import Vendor, encoded

PICTURE = encoded("PNG")
B64 = base64.b64encode(PICTURE).decode()
JPEG64 = base64.b64encode(encoded("JPEG")).decode()
URL_SAFE = base64.urlsafe_b64encode(encoded("WEBP")).decode()
DATA_URL = f"data:image/png;base64,{B64}"


def said(**body: Any) -> bytes:
    return json.dumps({"created": 1, **body}).encode()


def datum(**fields: Any) -> bytes:
    return said(data=[fields])


def event(**body: Any) -> bytes:
    return b"data: " + json.dumps(body).encode() + b"\n\n"


def wrapped(text: str, end: str) -> str:
    return end.join(text[at : at + 76] for at in range(0, len(text), 76))


#: Replies of the Images API to a request that asked for no stream.
WHOLE: dict[str, bytes] = {
    "data URL in url": datum(url=DATA_URL),
    "data URL in b64_json": datum(b64_json=DATA_URL),
    "data URL with parameters": datum(url=f"data:image/png;charset=utf-8;base64,{B64}"),
    "data URL, escaped": datum(
        url="data:image/png;base64," + B64.replace("+", "%2B").replace("/", "%2F")
    ),
    "url as a list": datum(url=[DATA_URL]),
    "url as an object": datum(image_url={"url": DATA_URL}),
    "base64 wrapped": datum(b64_json=wrapped(B64, "\n")),
    "base64 wrapped with CRLF": datum(b64_json=wrapped(B64, "\r\n") + "\r\n"),
    "base64 wrapped with real line ends": datum(b64_json="X").replace(
        b"X", wrapped(B64, "\n").encode()
    ),
    "base64 unpadded": datum(b64_json=B64.rstrip("=")),
    "base64 for URLs": datum(b64_json=URL_SAFE.rstrip("=")),
    "slashes escaped": datum(b64_json=JPEG64).replace(b"/", b"\\/"),
    "data is an object": said(data={"b64_json": B64}),
    "data is a list of texts": said(data=[B64]),
    "images": said(images=[{"url": DATA_URL}]),
    "result": said(result=B64),
    "output of a tool": said(output=[{"type": "image", "image": B64}]),
    "chat": said(choices=[{"message": {"images": [{"image_url": {"url": DATA_URL}}]}}]),
    "Markdown": said(choices=[{"message": {"content": f"Here: ![image]({DATA_URL})"}}]),
    "Markdown with a title": said(choices=[{"message": {"content": f'![image]({DATA_URL} "a")'}}]),
    "bare data URL": json.dumps(DATA_URL).encode(),
    "list": json.dumps([{"b64_json": B64}]).encode(),
    "byte order mark": b"\xef\xbb\xbf" + datum(b64_json=B64),
    "UTF-16": datum(b64_json=B64).decode().encode("utf-16"),
    "gzip": gzip.compress(datum(b64_json=B64)),
    "zlib": zlib.compress(datum(b64_json=B64)),
    "events that nobody asked for": event(type="image_generation.completed", b64_json=B64),
    "events after a comment": b": ping\n\n" + event(type="x.completed", b64_json=B64),
    "events after a byte order mark": b"\xef\xbb\xbf" + event(data=[{"b64_json": B64}]),
    "lines of JSON": said(status="working") + b"\n" + datum(b64_json=B64),
    "an image": PICTURE,
    "an image behind a line end": b"\r\n" + PICTURE,
    "base64": B64.encode(),
    "a data URL": DATA_URL.encode(),
    "data URL of another type": datum(
        url=DATA_URL.replace("image/png", "application/octet-stream")
    ),
    "data URL without a type": datum(url=DATA_URL.replace("image/png", "")),
    "data URL in capitals": datum(url=DATA_URL.replace("data:image/png", "DATA:IMAGE/PNG")),
    "base64 of a data URL": datum(b64_json=base64.b64encode(DATA_URL.encode()).decode()),
    "base64 of base64": datum(b64_json=base64.b64encode(B64.encode()).decode()),
    "hexadecimal": datum(b64_json=PICTURE.hex()),
    "a list of bytes": datum(b64_json=list(PICTURE)),
    "a buffer": datum(image={"type": "Buffer", "data": list(PICTURE)}),
    "a table of bytes": datum(image={str(at): byte for at, byte in enumerate(PICTURE)}),
    "JSON as text": said(data=json.dumps([{"b64_json": B64}])),
    "all of it as text, twice": json.dumps(json.dumps(datum(b64_json=B64).decode())).encode(),
    "Python's form": str({"data": [{"b64_json": B64}]}).encode(),
    "a key twice": datum(b64_json=B64)[:-1] + b', "data": null}',
    "gzip twice": gzip.compress(gzip.compress(datum(b64_json=B64))),
    "gzip of an image": gzip.compress(PICTURE),
    "deflate": zlib.compress(datum(b64_json=B64))[2:-4],
    "a comment before it": b": ping\n\n: ping\n\n" + datum(b64_json=B64),
    "multipart": b"--x\r\nContent-Type: image/png\r\n\r\n" + PICTURE + b"\r\n--x--",
    "multipart with JSON": b"--x\nContent-Type: a/b\n\n{}\n--x\nA: b\n\n"
    + datum(b64_json=B64)
    + b"\n--x--\n",
    "words behind it": datum(b64_json=B64) + b"\n<!-- served by a proxy -->",
    "NaN in usage": datum(b64_json=B64)[:-1] + b', "usage": {"input_tokens": NaN}}',
    "infinity in usage": datum(b64_json=B64)[:-1] + b', "usage": {"input_tokens": 1e999}}',
    "NaN as cost": datum(b64_json=B64)[:-1] + b', "usage": {"cost": -Infinity}}',
    "endless digits": datum(b64_json=B64)[:-1] + b', "usage": {"n": ' + b"9" * 5000 + b"}}",
    "half a character": datum(b64_json=B64)[:-1] + b', "note": "\\ud800"}',
    "half a character in the prompt": datum(b64_json=B64, revised_prompt="A \ud83d plane"),
    "created in the year 36812": datum(b64_json=B64).replace(b": 1,", b": 1099511627775,", 1),
    "created beyond all times": datum(b64_json=B64).replace(b": 1,", b": 1e308,", 1),
    "created as text": datum(b64_json=B64).replace(b": 1,", b': "today",', 1),
    "error beside it": said(data=[{"b64_json": B64}], error={"message": "a warning"}),
    "the first is broken": said(data=[{"b64_json": B64[:200]}, {"b64_json": B64}]),
    "the end is missing": datum(b64_json=B64)[:-2] + b', "usage": {"input_tok',
}


@pytest.mark.parametrize("name", WHOLE)
def test_an_image_in_any_form_is_read(name: str) -> None:
    pictures = replies.of_images(WHOLE[name], streamed=False).pictures
    assert any(decode.facts(one) for one in pictures)
    if b"data" in WHOLE[name]:  # what is in no field of either API is read by the same code
        assert replies.of_response(WHOLE[name], streamed=False).pictures


_DELIVERED = ("gzip", "multipart", "an image", "NaN in usage", "the first is broken")


@pytest.mark.parametrize("name", _DELIVERED)
def test_an_image_in_any_form_is_delivered(bare: Place, name: str) -> None:
    with Vendor([WHOLE[name]]) as vendor:
        shop = Shop(bare, cast(Any, vendor))
        shop.wants("a")
        shop.buys()
        assert len(vendor.requests) == 1
    assert bare.has("public/a.png") and shop.open_entries() == []
    assert bare.run("check", "--rehash").code == 0


@pytest.mark.parametrize("status", ["400 Bad Request", "500 Internal Server Error"])
def test_an_image_in_a_refusal_is_delivered(bare: Place, status: str) -> None:
    with Vendor([said(error=None, data=[{"b64_json": B64}])], status) as vendor:
        shop = Shop(bare, cast(Any, vendor))
        shop.wants("a")
        shop.buys()
        assert len(vendor.requests) == 1
    assert bare.has("public/a.png") and shop.open_entries() == []


_PAGE = f'<!doctype html><title>502</title><img src="{DATA_URL}">'
_LOGOS = {
    "page in an error": said(error={"message": _PAGE}),
    "page in a url": datum(url=_PAGE),
    "page in a detail": said(detail=_PAGE),
    "Markdown in an error": said(error={"content": f"![logo]({DATA_URL})"}),
    "address in an error": said(error={"message": "![logo](https://a.test/a.png)"}),
    "page": b"<html>" + datum(url=DATA_URL),
}


@pytest.mark.parametrize("name", _LOGOS)
def test_an_image_in_a_longer_text_is_not_taken(name: str) -> None:
    for read in (replies.of_images, replies.of_response):
        with suppress(replies.Unreadable):
            answer = read(_LOGOS[name], streamed=False)
            assert answer.pictures == () and not any("a.png" in url for url in answer.urls)


@pytest.mark.parametrize("body", [_LOGOS["page in an error"], WHOLE["Markdown"]])
def test_a_page_in_a_refusal_is_not_taken_for_the_image(bare: Place, body: bytes) -> None:
    with Vendor([body], "502 Bad Gateway") as vendor:
        shop = Shop(bare, cast(Any, vendor))
        shop.wants("a")
        assert type(shop.fails()) is UnknownOutcome
    assert len(shop.open_entries()) == 1 and not bare.has("public/a.png")


def test_an_input_that_a_refusal_repeats_is_not_taken(bare: Place) -> None:
    bare.write("in/photo.png", PICTURE)
    body = said(error={"message": "this input is too small"}, image=B64)
    with Vendor([body], "400 Bad Request") as vendor:
        shop = Shop(bare, cast(Any, vendor))
        shop.wants("a", more='inputs = ["in/photo.png"]')
        assert "this input is too small" in shop.fails().what
    assert shop.open_entries() == []


CALL = {"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": B64}


def responded(*items: Any, **more: Any) -> bytes:
    return json.dumps({"id": "resp_1", "status": "completed", "output": items, **more}).encode()


#: Replies of the Responses API to a request in the background.
RESPONSES: dict[str, bytes] = {
    "status generating": responded({**CALL, "status": "generating"}),
    "status failed": responded({**CALL, "status": "failed"}),
    "response still in progress": responded(CALL, status="in_progress"),
    "response incomplete": responded(CALL, status="incomplete"),
    "data URL": responded({**CALL, "result": DATA_URL}),
    "wrapped": responded({**CALL, "result": wrapped(B64, "\n")}),
    "in a list": responded({**CALL, "result": [B64]}),
    "in another field": responded({**CALL, "result": None, "b64_json": B64}),
    "in an image of the message": responded(
        {"type": "message", "content": [{"type": "output_image", "image_url": DATA_URL}]}
    ),
    "an odd item beside it": responded({"type": 7, "status": []}, CALL),
    "NaN in usage": responded(CALL)[:-1] + b', "usage": {"input_tokens": NaN}}',
    "a huge time": responded(CALL, created_at=2**40 - 1),
    "events": event(type="response.completed", response=json.loads(responded(CALL))),
    "events without their end": event(type="response.output_item.done", item=CALL),
    "item with status generating": event(
        type="response.output_item.done", item={**CALL, "status": "generating"}
    ),
    "the call's own event": event(
        type="response.image_generation_call.completed", item_id="ig_1", result=B64
    ),
    "an odd event before it": b"data: {NaN\n\n"
    + event(type="response.created", response={"id": 5})
    + event(type="response.output_item.done", item={**CALL, "result": wrapped(B64, "\n")})
    + event(type="response.completed", response={"id": "resp_1", "status": "completed"}),
}


@pytest.mark.parametrize("name", every(2, RESPONSES))
def test_an_image_in_any_form_of_a_response_is_delivered(bare: Place, name: str) -> None:
    with Vendor([RESPONSES[name]]) as vendor:
        shop = Shop(bare, cast(Any, vendor), "responses")
        shop.wants("a")
        shop.buys()
        assert len(vendor.requests) == 1
    assert bare.has("public/a.png") and shop.open_entries() == []


PARTIAL = event(type="image_generation.partial_image", b64_json=JPEG64, partial_image_index=0)
STREAMS: dict[str, bytes] = {
    "another field": PARTIAL + event(type="image_generation.completed", image=B64),
    "a list of data": PARTIAL + event(type="image_generation.completed", data=[{"b64_json": B64}]),
    "another name": PARTIAL + event(type="image.done", b64_json=B64),
    "no name": PARTIAL + event(b64_json=B64),
    "a data URL": PARTIAL + event(type="image_generation.completed", url=DATA_URL),
    "NaN beside it": PARTIAL
    + event(type="image_generation.completed", b64_json=B64)[:-3]
    + b', "usage": NaN}\n\n',
    "an odd event before it": b"data: oops\n\n"
    + event(type="image_generation.completed", b64_json=B64),
    "its end is missing": PARTIAL
    + event(type="image_generation.completed", b64_json=B64)[:-3]
    + b', "usage": {"in',
    "no stream": datum(b64_json=B64),
    "no stream, a list": b"[" + datum(b64_json=B64) + b"]",
}


@pytest.mark.parametrize("name", STREAMS)
def test_an_image_in_any_form_of_a_stream_is_delivered(bare: Place, name: str) -> None:
    with Vendor([STREAMS[name]]) as vendor:
        shop = Shop(bare, cast(Any, vendor))
        shop.wants("a", more="[asset.options]\npartial_images = 1")
        found = shop.buys()
        assert len(vendor.requests) == 1
    assert found["original"]["mediaType"] == "image/png"  # not the preview, which is a JPEG
    assert shop.open_entries() == []


ECHOES: dict[str, Callable[[], bytes]] = {
    "mask": lambda: responded(
        tools=[{"type": "image_generation", "input_image_mask": {"image_url": DATA_URL}}]
    ),
    "input": lambda: responded(input=[{"content": [{"image_url": DATA_URL}]}]),
    "messages": lambda: said(messages=[{"content": [{"image_url": {"url": DATA_URL}}]}]),
    "preview": lambda: said(data=[{"type": "image.partial_image", "b64_json": B64}]),
}


@pytest.mark.parametrize("name", ECHOES)
def test_an_image_that_repeats_the_request_is_not_taken(name: str) -> None:
    data = ECHOES[name]()
    for read in (replies.of_images, replies.of_response):
        try:
            answer = read(data, streamed=False)
        except replies.Unreadable:
            continue
        assert name == "preview" or answer.pictures == ()


def test_a_compressed_bomb_is_not_unpacked(bare: Place) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(300)) + packer.flush()
    with Vendor([bomb]) as vendor:
        shop = Shop(bare, cast(Any, vendor))
        shop.wants("a")
        assert "may have been billed" in shop.fails().what
        assert len(shop.open_entries()) == 1


def test_a_stream_that_ends_in_its_last_event_is_one_that_was_cut_short() -> None:
    whole = PARTIAL + event(type="image_generation.completed", created_at=1, b64_json=B64)
    for length in range(len(PARTIAL) + 1, len(whole) - len(B64), 7):
        with pytest.raises(replies.Unreadable) as caught:
            replies.of_images(whole[:length], streamed=True)
        assert caught.value.is_cut_short, whole[:length]
