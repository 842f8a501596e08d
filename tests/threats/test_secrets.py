"""No key is printed, logged, recorded, stored or raised, whatever a provider repeats of it."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from assetgen.errors import AssetgenError, StorageError, TrustError
from assetgen.paid import transport
from assetgen.plan import routing
from assetgen.report.request import request_json
from assetgen.routes.request import command
from assetgen.settings import provider
from assetgen.settings.config import Config
from assetgen.settings.gateway_profiles import PROFILES
from assetgen.settings.provider import Provider as Bound
from tests.support.place import Place
from tests.support.provider import FAULTS, Provider
from tests.support.rows import every, few
from tests.support.shop import Shop
from tests.support.vendor import Vendor, encoded, picture_reply

#: Keys of several shapes: none contains a part of another, all contain the canary.
_KEYS = {
    "openai": "sk-canary-0123456789abcdefXYZ",
    "hex": "canary0123456789abcdef0123456789",
    "dotted": "ey.canary.QQ.zz",
}
_RESPONSES = {"response_failed", "response_incomplete", "call_failed", "no_call"}
#: Faults that never end, or that wait for a request of another test.
_SLOW = {"endless_body", "rate"}


def stored(place: Place) -> bytes:
    """Every byte of the project."""
    return b"\0".join(path.read_bytes() for path in sorted(place.root.rglob("*")) if path.is_file())


def told(error: BaseException | None) -> Iterator[str]:
    """All text that printing an exception and its causes would show."""
    while error is not None:
        yield f"{error} {error!r} {error.args} {vars(error)}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


@pytest.mark.parametrize("fault", every(3, [None, *(name for name in FAULTS if name not in _SLOW)]))
def test_no_failure_leaves_the_key_anywhere(
    bare: Place, fault: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    canary = _KEYS["hex"]
    with Provider(key=canary) as vendor:
        shop = Shop(bare, vendor, "responses" if fault in _RESPONSES else "images")
        shop.wants("a")
        if fault:
            how: dict[str, Any] = (
                {"to": "http://127.0.0.1:1"} if fault in ("redirect_307", "url_foreign") else {}
            )
            vendor.fault(fault, **how)
        outcome = shop.generate(patience=0.3)
        said = "".join(text for failure in outcome.failed for text in told(failure.error))
        assert vendor.requests, "nothing was sent"
        assert canary not in said + repr(outcome) + caplog.text
        assert canary.encode() not in stored(bare)


@pytest.mark.parametrize("key", few(_KEYS.values(), _KEYS["hex"].__eq__), ids=[*_KEYS])
def test_a_key_that_is_repeated_is_in_no_output(place: Place, key: str) -> None:
    with Provider(key=key) as vendor:
        shop = Shop(place, vendor)
        shop.wants("a", "b", "c")
        vendor.fault("echo_key")
        vendor.fault("long_error")
        loud = {"OPENAI_LOG": "debug", "PYTHONDEVMODE": "1", "HTTPX_LOG_LEVEL": "trace"}
        ran = shop.run(
            "generate", "--no-commit", *(["--json"] if key == _KEYS["hex"] else []), **loud
        )
        assert "Authorization" in ran.out or "authorization" in ran.out or "refused" in ran.out
        assert "canary" not in ran.out + ran.err
        assert "\x1b" not in ran.out
        assert "A paper plane leaving" not in ran.err
        assert "Traceback" not in ran.err
        assert "Warning" not in ran.err
        assert b"canary" not in stored(place)


def test_a_key_in_the_headers_of_a_reply_reaches_no_record(bare: Place) -> None:
    key = _KEYS["hex"]
    echo = (
        f"x-request-id: {key}\r\nx-litellm-model-name: {key}-v1\r\n"
        f"x-litellm-model-id: a {key} b\r\n"
    )
    with Vendor(picture_reply(encoded("PNG")), headers=echo) as vendor:
        shop = Shop(bare, cast(Any, vendor))
        shop.gateway(profile="litellm")
        shop.environ["GATEWAY_KEY"] = key
        shop.wants("a")
        shop.buys()
        assert key.encode() not in stored(bare)
        log = sqlite3.connect(bare.root / ".assetgen/cache/journal.db")
        assert key not in str(log.execute("SELECT * FROM entry").fetchall())
        log.close()


@pytest.mark.parametrize(
    "status", ["401 Unauthorized", "400 Bad Request", "500 Internal Server Error"]
)
def test_nothing_that_is_sent_comes_back_in_a_message(bare: Place, status: str) -> None:
    """Key, own headers, a key in the query and a proxy's password; the server repeats each."""
    secrets = ("canary-HEADER", "canary-QUERY", "canary-KEY-1")
    body = b'{"error":{"message":"you sent ' + " and ".join(secrets).encode() + b'"}}'
    with Vendor([body], status) as vendor:
        shop = Shop(bare, cast(Any, vendor))
        shop.gateway(base_url=f"{vendor.url}?api-version=2026-01-01&subscription=canary-QUERY")
        shop.user_config += 'headers = { X-Team = "canary-HEADER" }\n'
        shop.environ["GATEWAY_KEY"] = "canary-KEY-1"
        shop.wants("a")
        error = shop.fails()
        assert all(secret.encode() in vendor.requests[0] for secret in secrets)
        assert "canary" not in "".join(told(error))
        assert b"canary-" not in stored(bare)


def test_a_key_in_the_query_is_not_in_the_request_that_is_shown() -> None:
    base = "https://x.example/v1?api-version=2026-01-01&subscription=canary-QUERY"
    bound = Bound(
        "gateway:g", base, PROFILES["azure"], "K", "canary-KEY", {"X-Team": "canary-HEADER"}
    )
    request = routing.Request("/images/generations", {"prompt": "x"}, {})
    shown = command(bound, request) + str(request_json(bound, request))
    assert "canary" not in shown
    assert "api-version=2026-01-01" in shown


def test_the_password_of_a_proxy_is_a_secret() -> None:
    bound = Bound(
        "gateway:g",
        "https://x.example/v1",
        PROFILES["openai"],
        "K",
        proxy="http://ada:canary-PW@10.0.0.1:1",
    )
    assert "canary-PW" in bound.secrets
    assert "canary" not in repr(bound)


@pytest.mark.parametrize(
    "url",
    ["https://ada:canary@x.example/v1", "https://x.example/v1?key=canary#x", "ftp://canary@x"],
)
def test_an_address_that_is_refused_is_shown_without_what_may_be_a_key(url: str) -> None:
    with pytest.raises(TrustError) as caught:
        provider.resolve("images", None, {"OPENAI_BASE_URL": url}, Config())
    assert "canary" not in "".join(told(caught.value))


def test_a_connection_that_fails_names_no_key(tmp_path: Path) -> None:
    bound = Bound("gateway:g", "http://127.0.0.1:1/v1", PROFILES["openai"], "K", "sk-canary")
    with pytest.raises(transport.NotSent) as caught:
        transport.Line(bound, 1.0).post(
            routing.Request("/images/generations", {"prompt": "canary"}, {}), tmp_path / "reply"
        )
    assert "canary" not in "".join(told(caught.value))


# -- planted in a clone ----------------------------------------------------------------------------


def test_a_log_and_replies_that_came_with_a_clone_are_refused_and_nothing_is_sent(
    bare: Place,
) -> None:
    with Provider() as vendor:
        shop = Shop(bare, vendor)
        shop.wants("a")
        vendor.fault("url_foreign", to="https://elsewhere.example/x.png")
        shop.fails()
        clone = Place(bare.root.parent / "clone", bare.root.parent / "home")
        for path in ("journal.db", "replies/1"):
            clone.write(f".assetgen/cache/{path}", bare.read(f".assetgen/cache/{path}"))
        there = Shop(clone, vendor)
        there.wants("a")
        with pytest.raises(TrustError, match="not written by this checkout"):
            there.generate()
        assert vendor.billed == 1


def test_a_planted_reply_without_its_log_is_refused_and_never_read(bare: Place) -> None:
    with Provider() as vendor:
        shop = Shop(bare, vendor)
        shop.wants("a")
        bare.write(".assetgen/cache/replies/1", picture_reply(encoded("PNG"))[0])
        with pytest.raises(StorageError, match="replies/1 exists; nothing was sent"):
            shop.generate()
        bare.ok("doctor", "--keep-log")
        record = shop.buys()
        assert vendor.billed == 1
        assert record["response"]["usage"]


@pytest.mark.parametrize("path", ["replies", "replies/1", "journal.db"])
def test_no_reply_is_written_through_a_link_out_of_the_project(bare: Place, path: str) -> None:
    outside = bare.root.parent / "outside"
    (outside if path == "replies" else bare.root.parent).mkdir(exist_ok=True)
    if path != "replies":
        outside.write_bytes(b"precious")
    full = bare.root / ".assetgen/cache" / path
    full.parent.mkdir(parents=True)
    full.symlink_to(outside)
    with Provider() as vendor:
        shop = Shop(bare, vendor)
        shop.wants("a")
        try:
            shop.generate()
        except AssetgenError:
            assert vendor.requests == []
        assert (
            list(outside.iterdir()) == []
            if path == "replies"
            else outside.read_bytes() == b"precious"
        )
