"""What a service says instead of an image reaches the user: its words, its code, its task."""

from __future__ import annotations

import gzip
import json
from email.utils import formatdate
from typing import Any, cast

import pytest

from assetgen.errors import (
    AccountError,
    AssetgenError,
    BusyError,
    ModerationError,
    RoutingError,
    UnknownOutcome,
    UnsupportedOption,
)
from assetgen.paid import provider_errors
from assetgen.settings.gateway_profiles import OPENAI
from assetgen.settings.provider import Provider
from tests.support.place import Place
from tests.support.rows import every
from tests.support.shop import Shop
from tests.support.vendor import Vendor

AT = Provider("openai-api", "https://api.openai.com/v1", OPENAI, "OPENAI_API_KEY", "sk-canary-KEY")

#: A status and a body: the error, a part of its words, and whether it may be billed.
SAID: dict[str, tuple[str, Any, type[AssetgenError], str, bool]] = {
    "task id": ("200 OK", {"task_id": "t-77"}, UnknownOutcome, "task t-77", True),
    "task inside": (
        "200 OK",
        {"code": 0, "msg": "ok", "data": {"taskId": "t-78", "status": "submitted"}},
        UnknownOutcome,
        "task t-78",
        True,
    ),
    "task by its status": (
        "202 Accepted",
        {"id": "p-9", "status": "starting", "urls": {"get": "x"}},
        UnknownOutcome,
        "task p-9",
        True,
    ),
    "task in a queue": (
        "200 OK",
        {
            "status": "IN_QUEUE",
            "request_id": "f-1",
            "status_url": "https://queue.fal.run/f-1/status",
        },
        UnknownOutcome,
        "task f-1 at https://queue.fal.run/f-1/status",
        True,
    ),
    "task by its address": (
        "200 OK",
        {"id": "b-2", "polling_url": "https://api.bfl.ai/v1/get_result?id=b-2"},
        UnknownOutcome,
        "task b-2 at https://api.bfl.ai/v1/get_result instead",
        True,
    ),
    "task of an operation": (
        "200 OK",
        {"name": "operations/g-3", "done": False},
        UnknownOutcome,
        "task operations/g-3",
        True,
    ),
    "task by the status": ("202 Accepted", {"id": "c-4"}, UnknownOutcome, "task c-4", True),
    "task in a header": ("202 Accepted", b"", UnknownOutcome, "task j-5 at /v1/jobs/j-5", True),
    "task and a header": (
        "202 Accepted",
        {"id": "t-1", "status": "notStarted"},
        UnknownOutcome,
        "task t-1 at /v1/jobs/j-5",
        True,
    ),
    "task in a queue and a header": (
        "202 Accepted",
        {"id": "t-2", "status": "queued"},
        UnknownOutcome,
        "task t-2 at /v1/jobs/j-5",
        True,
    ),
    "blockReason": (
        "200 OK",
        {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}},
        ModerationError,
        "blockReason PROHIBITED_CONTENT",
        True,
    ),
    "finishReason": (
        "200 OK",
        {"candidates": [{"finishReason": "IMAGE_SAFETY", "finishMessage": "not this one"}]},
        ModerationError,
        "not this one finishReason IMAGE_SAFETY",
        True,
    ),
    "finish_reasons": (
        "200 OK",
        {"images": [None], "finish_reasons": ["Filter reason: prompt"]},
        ModerationError,
        "Filter reason: prompt",
        True,
    ),
    "finishReason of another kind": (
        "200 OK",
        {"candidates": [{"finishReason": "NO_IMAGE"}]},
        RoutingError,
        "it says: finishReason NO_IMAGE",
        True,
    ),
    "flagged": ("200 OK", {"detail": "Content flagged"}, ModerationError, "flagged", True),
    "quota in plain text": (
        "200 OK",
        b"quota exceeded for key",
        AccountError,
        "quota exceeded for key",
        False,
    ),
    "quota in a text of JSON": (
        "200 OK",
        json.dumps(json.dumps({"error": "Insufficient credits"})).encode(),
        AccountError,
        "Insufficient credits",
        False,
    ),
    "plain text": (
        "200 OK",
        b"come back tomorrow",
        RoutingError,
        "it says: come back tomorrow",
        True,
    ),
    "nothing": ("200 OK", b"", RoutingError, "the reply is empty", True),
    "errcode": (
        "200 OK",
        {"errcode": 40001, "errmsg": "invalid credential"},
        AccountError,
        "invalid credential",
        False,
    ),
    "queue": ("200 OK", {"error": "the queue is full"}, BusyError, "the queue is full", False),
    "faultstring": (
        "400 Bad Request",
        {"fault": {"faultstring": "Invalid ApiKey", "detail": {"errorcode": "x.Failed"}}},
        AccountError,
        "Invalid ApiKey",
        False,
    ),
    "heading of a page": (
        "400 Bad Request",
        b"<html><title>Bad</title><body><h1 class=x>Account suspended</h1></body></html>",
        AccountError,
        "an HTML page: Bad: Account suspended",
        False,
    ),
    "denied": (
        "400 Bad Request",
        b"<Error><Code>AccessDenied</Code><Message>by policy</Message></Error>",
        AccountError,
        "AccessDenied by policy",
        False,
    ),
    "text of JSON": ("400 Bad Request", b'"no such seed"', UnsupportedOption, ": no such", False),
    "code and msg": (
        "200 OK",
        {"code": 1001, "msg": "the queue of images is closed"},
        UnknownOutcome,
        "the queue of images is closed",
        True,
    ),
    "code and msg of a key": (
        "200 OK",
        {"code": 401, "msg": "invalid token"},
        AccountError,
        "invalid token",
        False,
    ),
    "code and msg of a quota": (
        "200 OK",
        {"code": "insufficient_user_quota", "message": "余额不足", "data": None},
        AccountError,
        "余额不足",
        False,
    ),
    "code and msg of a rate": (
        "200 OK",
        {"code": 429, "msg": "slow down"},
        BusyError,
        "slow down",
        False,
    ),
    "base_resp": (
        "200 OK",
        {"data": None, "base_resp": {"status_code": 1026, "status_msg": "prompt is sensitive"}},
        UnknownOutcome,
        "prompt is sensitive",
        True,
    ),
    "success false": (
        "200 OK",
        {"success": False, "message": "renderer offline"},
        UnknownOutcome,
        "renderer offline",
        True,
    ),
    "refusal in words": (
        "200 OK",
        {"data": [], "message": "I'm sorry, but I can't create that image."},
        ModerationError,
        "I can't create that image",
        True,
    ),
    "refusal of a chat": (
        "200 OK",
        {"choices": [{"message": {"refusal": "Not this one.", "content": None}}]},
        ModerationError,
        "Not this one.",
        True,
    ),
    "words": (
        "200 OK",
        {"data": [], "message": "try our new model"},
        RoutingError,
        "try our new model",
        True,
    ),
    "errors": (
        "400 Bad Request",
        {"errors": [{"message": "seed is missing"}, {"message": "style is odd"}]},
        UnsupportedOption,
        "seed is missing; style is odd",
        False,
    ),
    "errors by field": (
        "422 Unprocessable Entity",
        {"message": "The data was invalid.", "errors": {"size": ["must be one of 1:1"]}},
        UnsupportedOption,
        "must be one of 1:1",
        False,
    ),
    "issues": (
        "400 Bad Request",
        {"issues": [{"path": ["quality"], "message": "Invalid enum value"}]},
        UnsupportedOption,
        "quality: Invalid enum value",
        False,
    ),
    "list": (
        "400 Bad Request",
        [{"error": {"code": 400, "message": "prompt is too long"}}],
        UnsupportedOption,
        "prompt is too long",
        False,
    ),
    "list of texts": ("400 Bad Request", ["one", "two"], UnsupportedOption, "one; two", False),
    "plain text of a refusal": (
        "400 Bad Request",
        b"upstream wants a square image",
        UnsupportedOption,
        "upstream wants a square image",
        False,
    ),
    "problem details": (
        "400 Bad Request",
        {"type": "about:blank", "title": "Bad input", "detail": "no such seed", "status": 400},
        UnsupportedOption,
        "no such seed",
        False,
    ),
    "validation": (
        "422 Unprocessable Entity",
        {"detail": [{"loc": ["body", "size"], "msg": "value is not valid", "type": "enum"}]},
        UnsupportedOption,
        "size: value is not valid",
        False,
    ),
    "XML": (
        "400 Bad Request",
        b"<?xml version='1.0'?><Error><Code>Bad</Code><Message>no such bucket</Message></Error>",
        UnsupportedOption,
        "no such bucket",
        False,
    ),
    "a page": (
        "502 Bad Gateway",
        b"<html><head><title>502 Bad Gateway</title></head></html>",
        UnknownOutcome,
        "an HTML page: 502 Bad Gateway",
        True,
    ),
    "compressed": (
        "400 Bad Request",
        gzip.compress(b'{"error": {"message": "the style is unknown here"}}'),
        UnsupportedOption,
        "the style is unknown here",
        False,
    ),
    "half a character": (
        "400 Bad Request",
        b'{"error": {"message": "bad \\ud800 sign"}}',
        UnsupportedOption,
        "bad ? sign",
        False,
    ),
    "JSON in words": (
        "403 Forbidden",
        {
            "error": {
                "message": json.dumps(
                    {
                        "error": {
                            "code": "Forbidden",
                            "message": "Your resource has been temporarily blocked because we "
                            "detected behavior that may violate our content policy.",
                        }
                    }
                )
            }
        },
        AccountError,
        "temporarily blocked",
        False,
    ),
    "no channel": (
        "503 Service Unavailable",
        {
            "error": {
                "message": "No available channel for model gpt-image-2 under group default "
                "(distributor)",
                "type": "new_api_error",
                "code": "model_not_found",
            }
        },
        RoutingError,
        "No available channel",
        False,
    ),
    "no channel in Chinese": (
        "503 Service Unavailable",
        {"error": {"message": "当前分组 default 下对于模型 gpt-image-2 无可用渠道"}},
        RoutingError,
        "无可用渠道",
        False,
    ),
    "no channel after others": (
        "500 Internal Server Error",
        {
            "error": {
                "message": "no available channel for model gpt-image-2 (retry)",
                "code": "get_channel_failed",
            }
        },
        RoutingError,
        "no available channel",
        True,
    ),
    "account deactivated": (
        "401 Unauthorized",
        {
            "error": {
                "message": "The OpenAI account associated with this API key has been deactivated.",
                "code": "account_deactivated",
            }
        },
        AccountError,
        "has been deactivated",
        False,
    ),
    "access terminated": (
        "429 Too Many Requests",
        {
            "error": {
                "message": "Your access was terminated due to violation of our policies",
                "type": "access_terminated",
            }
        },
        AccountError,
        "account blocked",
        False,
    ),
    "region": (
        "403 Forbidden",
        {
            "error": {
                "message": "Country, region, or territory not supported",
                "code": "unsupported_country_region_territory",
            }
        },
        AccountError,
        "refused (region)",
        False,
    ),
    "unclear": (
        "418 I'm a teapot",
        {"error": "short and stout"},
        RoutingError,
        "refused: short and stout",
        False,
    ),
}


@pytest.mark.parametrize("name", every(2, SAID))
def test_a_service_is_quoted_and_its_kind_of_failure_decides_the_exit_code(
    bare: Place, name: str
) -> None:
    status, body, error, words, is_billed = SAID[name]
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = ""
    if "header" in name:
        field = "Location" if name == "task in a header" else "Operation-Location"
        headers = f"{field}: /v1/jobs/j-5\r\n"
    with Vendor([data], status, headers) as vendor:
        shop = Shop(bare, cast(Any, vendor))
        shop.wants("a")
        failed = shop.fails()
        assert len(vendor.requests) == 1
    assert type(failed) is error, failed.what
    assert words in failed.what
    assert ("may have been billed" in failed.what) == is_billed, failed.what
    assert ("nothing was billed" in failed.what) == (not is_billed)
    assert [entry.asset_id for entry in shop.open_entries()] == ["a"] * is_billed
    assert failed.cure
    if "task" in name or error is ModerationError or words == "refused (region)":
        assert "--force" not in str(failed.cure)


def test_words_of_a_response_without_an_image_are_quoted(bare: Place) -> None:
    item = {"type": "message", "content": [{"type": "output_text", "text": "I drew it in ASCII."}]}
    body = {"id": "resp_1", "status": "completed", "output": [item]}
    with Vendor([json.dumps(body).encode()]) as vendor:
        shop = Shop(bare, cast(Any, vendor), "responses")
        shop.wants("a")
        failed = shop.fails()
    assert isinstance(failed, RoutingError) and "I drew it in ASCII." in failed.what


def test_a_failure_that_was_not_billed_can_be_tried_again_without_force(bare: Place) -> None:
    with Vendor([b'{"code": 402, "msg": "no credit"}']) as vendor:
        shop = Shop(bare, cast(Any, vendor))
        shop.wants("a")
        shop.fails()
        shop.fails()
        assert len(vendor.requests) == 2


# -- waiting ---------------------------------------------------------------------------------------


def test_a_date_to_wait_for_is_heard(bare: Place) -> None:
    later = formatdate(4_000_000_000, usegmt=True)
    body = b'{"message": "the farm is on holiday"}'
    with Vendor([body], "429 Too Many Requests", f"Retry-After: {later}\r\n") as vendor:
        shop = Shop(bare, cast(Any, vendor))
        shop.wants("a")
        failed = shop.fails()
        assert len(vendor.requests) == 1
    assert isinstance(failed, BusyError) and "asks to wait" in failed.what
    assert "the farm is on holiday; nothing was billed" in failed.what


@pytest.mark.parametrize(
    ("headers", "message", "seconds"),
    [
        (
            {
                "retry-after": "Wed, 21 Oct 2026 07:28:30 GMT",
                "date": "Wed, 21 Oct 2026 07:28:00 GMT",
            },
            "",
            30.0,
        ),
        ({"retry-after": "Wednesday, 21-Oct-26 07:28:30 GMT", "date": "nonsense"}, "", None),
        ({"retry-after": "0"}, "", None),
        ({"retry-after": "-5"}, "", None),
        ({"retry-after": "nan"}, "", None),
        ({"retry-after": "inf"}, "please wait 3 seconds", 3.0),
        ({"retry-after": "soon"}, "Please try again in 1m30s.", 90.0),
        ({}, "Please retry after 2 minutes", 120.0),
        ({}, "Please try again in 6h12m", 22_320.0),
        ({"x-ratelimit-reset-requests": "6m0s"}, "", 360.0),
    ],
    ids=str,
)
def test_the_wait_is_read_in_each_form(
    headers: dict[str, str], message: str, seconds: float | None
) -> None:
    assert provider_errors.wait_asked(headers, message) == seconds


# -- cures -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("param", "message", "cure"),
    [
        ("tools", "Invalid size '512x512'. Requested resolution is below", "change or remove size"),
        ("tools[0].quality", "Invalid value: 'hd'", "change or remove quality"),
        ("tools", "no such thing", "change or remove size or quality"),
        ("output_format", "Invalid value: 'avif'", "change the extension of path"),
        ("n", "Invalid 'n'", "assetgen sends n itself"),
        ("image", "Unsupported", "change or remove inputs"),
        (None, "Transparent background is not supported", "change or remove background"),
        (
            "input_fidelity",
            "is not supported for this model",
            "change or remove options.input_fidelity",
        ),
    ],
    ids=str,
)
def test_the_cure_for_a_refused_option_names_a_key_of_the_asset(
    param: str | None, message: str, cure: str
) -> None:
    stated = {"code": "invalid_value", "message": message, "param": param}
    found = provider_errors.sort(400, stated, AT, None)
    assert cure in str(found.error.cure)
    assert "the option" not in str(found.error.cure) and "tools" not in str(found.error.cure)


def test_an_unsorted_failure_is_not_called_unclear() -> None:
    found = provider_errors.sort(418, {"message": "no"}, AT, None)
    assert "unclear" not in found.error.what
