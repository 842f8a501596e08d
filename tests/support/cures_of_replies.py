"""States after a paid request, and the commands that are printed there."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from assetgen.fs import home
from assetgen.paid import log_file
from tests.support.cures import Stage, State
from tests.support.harm import mounted
from tests.support.provider import ConnectProxy, Provider, tls_pair
from tests.support.vendor import Vendor

#: How ``doctor`` exits where it lists a provider that is not reached, and an open request.
_UNREACHED, _OPEN = (5,), (12,)
_FILE = {"FILE": "photo.png"}


def _fault(name: str, **how: object) -> Callable[[Stage], None]:
    """A picture that is listed, and what happens to its request."""

    def prepare(stage: Stage) -> None:
        stage.shop.wants("a")
        stage.place.picture("photo.png", size=(1024, 1024))
        stage.provider.fault(name, **how)  # type: ignore[arg-type]

    return prepare


def _answers(status: str, body: object) -> Callable[[Stage], None]:
    """A picture that is listed, of a service that gives one answer."""

    def prepare(stage: Stage) -> None:
        stage.shop.wants("a")
        stage.place.picture("photo.png", size=(1024, 1024))
        vendor = stage.ends.enter_context(Vendor([json.dumps(body).encode()], status))
        stage.environ["OPENAI_BASE_URL"] = vendor.url

    return prepare


def _refuses(status: str, code: str | None, message: str) -> Callable[[Stage], None]:
    return _answers(status, {"error": {"code": code, "message": message, "type": None}})


def _no_connection(stage: Stage) -> None:
    stage.shop.wants("a")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    stage.environ["OPENAI_BASE_URL"] = f"http://127.0.0.1:{port}/v1"


def _without_key(stage: Stage) -> None:
    stage.shop.wants("a")
    del stage.environ["OPENAI_API_KEY"]


def _later(stage: Stage) -> None:
    """A response that was begun, and could not be fetched."""
    stage.shop.route = "responses"
    stage.shop.wants("a", more="[asset.options]\npartial_images = 2")
    stage.provider.fault("stream_ends_early")
    stage.provider.fault("bad_key", method="GET")


def _later_without_connection(stage: Stage) -> None:
    """The same at OpenAI's own address, where the proxy's address is not usable meanwhile."""
    authority, context = tls_pair(stage.place.root.parent / "tls")
    provider = stage.provider = stage.shop.provider = stage.ends.enter_context(
        Provider(tls=context)
    )
    stage.environ["HTTPS_PROXY"] = stage.ends.enter_context(ConnectProxy(provider.port)).url
    stage.environ["SSL_CERT_FILE"] = str(authority)
    del stage.environ["OPENAI_BASE_URL"]
    _later(stage)
    stage.run("generate")
    stage.environ["HTTPS_PROXY"] += "/\n"


def _correct_the_proxy(stage: Stage) -> None:
    stage.environ["HTTPS_PROXY"] = stage.environ["HTTPS_PROXY"].removesuffix("/\n")


def _log(stage: Stage) -> Path:
    (found,) = stage.place.root.glob(f".git/assetgen/**/{log_file.NAME}")
    return found


def _unfetched(stage: Stage) -> None:
    """A paid answer whose picture could not be fetched."""
    _fault("url_metadata")(stage)
    stage.run("generate")


def _without_evidence(stage: Stage) -> None:
    _later(stage)
    stage.run("generate")
    with sqlite3.connect(_log(stage)) as db:
        db.execute("UPDATE entry SET evidence = '{}'")
    db.close()


def _without_evidence_of_an_answer(stage: Stage) -> None:
    """The same, after its reply was fetched: no record can be made of it."""
    _without_evidence(stage)
    stage.run("generate", "--resume")


def _without_reply(stage: Stage) -> None:
    _unfetched(stage)
    (_log(stage).parent / home.REPLIES / "1").unlink()


def _full_disk(stage: Stage) -> None:
    """The disk of the stored replies is full when a reply arrives."""
    stage.shop.wants("b")
    stage.ok("generate")
    replies = _log(stage).parent / home.REPLIES
    stage.ends.enter_context(mounted(replies, "-t", "tmpfs", "-o", "size=24m", "tmpfs"))
    stage.shop.wants("a", more="take = 2\n[asset.options]\npartial_images = 2")
    stage.provider.bulk = True

    def fill() -> None:
        for room in replies.glob("room-*"):
            os.truncate(room, 8192)
        with open(replies / "of-others", "ab", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))

    stage.provider.meanwhile = fill


def _full_disk_of_a_response(stage: Stage) -> None:
    stage.shop.route = "responses"
    _full_disk(stage)


def _free_the_disk(stage: Stage) -> None:
    stage.provider.meanwhile = lambda: None
    (_log(stage).parent / home.REPLIES / "of-others").unlink()


def _without_log(stage: Stage) -> None:
    _unfetched(stage)
    _log(stage).unlink()


_ANSWERS, _ERRORS, _RULES = "paid/answers", "paid/provider_errors", "paid/provider_rules"
STATES = [
    State(
        (_ANSWERS, "assetgen adopt {asset} FILE --route {route}"),
        _fault("url_metadata"),
        "generate",
        fills=_FILE,
    ),
    State(
        (_ANSWERS, "assetgen doctor --forget {number}"),
        _unfetched,
        "generate --resume",
        settles=False,
    ),
    State(
        (_ANSWERS, "assetgen generate {asset_id} --force"), _fault("not_json"), "generate", pays=1
    ),
    State(
        (_ANSWERS, "assetgen doctor"),
        _without_reply,
        "generate --resume",
        settles=False,
        exits=_OPEN,
    ),
    State(
        ("paid/connections", "assetgen doctor"),
        _no_connection,
        "generate",
        settles=False,
        exits=_UNREACHED,
    ),
    State(
        ("paid/connections", "assetgen generate --resume"),
        _later_without_connection,
        "generate --resume",
        first=_correct_the_proxy,
    ),
    State(("paid/late_answers", "assetgen generate --resume"), _later, "generate"),
    State(
        ("paid/evidence", "assetgen doctor"),
        _without_evidence,
        "generate --resume",
        settles=False,
        exits=_OPEN,
    ),
    State(
        ("doctor/open_purchases", "assetgen adopt {asset} {file}"),
        _without_evidence_of_an_answer,
        "doctor",
        settles=False,  # another command closes the entry after it
    ),
    State(
        ("paid/exchange", "assetgen doctor"),
        _full_disk,
        "generate",
        first=_free_the_disk,
        settles=False,
        exits=_OPEN,
        needs_root=True,
    ),
    State(
        ("paid/exchange", "assetgen generate --resume"),
        _full_disk_of_a_response,
        "generate",
        first=_free_the_disk,
        needs_root=True,
    ),
    State(("paid/log_file", "assetgen doctor --keep-log"), _without_log, "generate"),
    State(
        (_ERRORS, "assetgen adopt {asset} FILE --route {route}"),
        _answers("202 Accepted", {"id": "task-1", "status": "queued"}),
        "generate",
        fills=_FILE,
    ),
    State(
        (_ERRORS, "assetgen generate {asset} --force"),
        _fault("get_channel_failed"),
        "generate",
        pays=1,
    ),
    State(
        (_RULES, "assetgen doctor"),
        _fault("server_error_after"),
        "generate",
        settles=False,
        exits=_OPEN,
    ),
    State(
        (_RULES, "assetgen generate {asset} --force"),
        _fault("server_error_after"),
        "generate",
        pays=1,
    ),
    State(
        (_RULES, "assetgen request {asset}"),
        _refuses("400 Bad Request", None, "This cannot be done."),
        "generate",
        settles=False,
    ),
    State(
        (_RULES, "assetgen routes"),
        _refuses("403 Forbidden", "account_deactivated", "Your account was deactivated."),
        "generate",
        settles=False,
    ),
    State(("settings/provider", "assetgen routes"), _without_key, "generate", settles=False),
]
