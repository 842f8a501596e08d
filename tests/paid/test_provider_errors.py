"""Every refusal that providers are known to send has the right kind, a cure and no secret."""

from __future__ import annotations

from typing import Any

import pytest

from assetgen.errors import (
    AccountError,
    AssetgenError,
    BusyError,
    ManifestError,
    ModerationError,
    RoutingError,
    UnknownOutcome,
    UnsupportedOption,
)
from assetgen.paid import provider_errors
from assetgen.settings.gateway_profiles import OPENAI
from assetgen.settings.provider import Provider

KEY = "sk-canary-0123456789abcdef"
AT = Provider("openai-api", "https://api.openai.com/v1", OPENAI, "OPENAI_API_KEY", KEY)
IMAGE = "image_generation_user_error"
INVALID = "invalid_request_error"

VERIFY = "Your organization must be verified to use the model `gpt-image-2`. Please go to: https://platform.openai.com/"
LIMIT = (
    "Rate limit reached for gpt-image-2 on input-images per min: Limit 5, Used 5, Requested 1. "
    "Please try again in 12s."
)

# status, type, code, message, param, what it is, the provider's word for it in the record
TABLE: list[tuple[str, int, str | None, str | None, str, str | None, type[AssetgenError], bool]] = [
    (
        "moderation",
        400,
        IMAGE,
        "moderation_blocked",
        "Your request was rejected",
        None,
        ModerationError,
        False,
    ),
    (
        "old safety",
        400,
        INVALID,
        "content_policy_violation",
        "rejected",
        None,
        ModerationError,
        False,
    ),
    (
        "safety as 500",
        500,
        "server_error",
        None,
        "rejected by our safety system",
        None,
        ModerationError,
        True,
    ),
    (
        "transparent",
        400,
        IMAGE,
        "invalid_value",
        "Transparent background is not supported",
        "background",
        UnsupportedOption,
        False,
    ),
    (
        "size",
        400,
        IMAGE,
        "invalid_value",
        "Invalid size '512x512'. Requested resolution",
        "size",
        UnsupportedOption,
        False,
    ),
    (
        "unknown parameter",
        400,
        INVALID,
        "unknown_parameter",
        "Unknown parameter: 'style'.",
        "style",
        UnsupportedOption,
        False,
    ),
    (
        "fidelity",
        400,
        INVALID,
        "invalid_input_fidelity_model",
        "x",
        "input_fidelity",
        UnsupportedOption,
        False,
    ),
    (
        "retired model",
        400,
        IMAGE,
        "invalid_value",
        "The model 'dall-e-3' does not exist.",
        "model",
        RoutingError,
        False,
    ),
    (
        "image model on top",
        400,
        INVALID,
        None,
        "The requested model 'gpt-image-1' is not supported with the Responses API.",
        "model",
        RoutingError,
        False,
    ),
    ("organisation", 403, INVALID, None, VERIFY, None, AccountError, False),
    ("organisation by LiteLLM", 403, INVALID, "403", VERIFY, None, AccountError, False),
    (
        "quota",
        429,
        "insufficient_quota",
        "insufficient_quota",
        "You exceeded your current quota",
        None,
        AccountError,
        False,
    ),
    (
        "quota by LiteLLM",
        429,
        "throttling_error",
        "429",
        "You exceeded your current quota",
        None,
        AccountError,
        False,
    ),
    (
        "hard limit",
        400,
        "billing_limit_user_error",
        "billing_hard_limit_reached",
        "Billing hard limit",
        None,
        AccountError,
        False,
    ),
    (
        "budget",
        422,
        "budget_exceeded",
        "422",
        "Budget has been exceeded",
        None,
        AccountError,
        False,
    ),
    ("no credit", 402, None, "402", "Insufficient credits", None, AccountError, False),
    (
        "reseller's quota",
        403,
        "new_api_error",
        "insufficient_user_quota",
        "用户额度不足",
        None,
        AccountError,
        False,
    ),
    ("rate", 429, "input-images", "rate_limit_exceeded", LIMIT, None, BusyError, False),
    ("rate by LiteLLM", 429, "throttling_error", "429", LIMIT, None, BusyError, False),
    (
        "bad key",
        401,
        INVALID,
        "invalid_api_key",
        "Incorrect API key provided",
        None,
        AccountError,
        False,
    ),
    (
        "bad key by LiteLLM",
        400,
        "no_db_connection",
        "400",
        "No connected db.",
        None,
        AccountError,
        False,
    ),
    ("bare 401", 401, None, None, "", None, AccountError, False),
    (
        "model denied",
        403,
        "key_model_access_denied",
        "403",
        "key not allowed to access model",
        None,
        AccountError,
        False,
    ),
    (
        "bad picture",
        400,
        IMAGE,
        "invalid_image_file",
        "Invalid image file or mode for image 1",
        "image",
        ManifestError,
        False,
    ),
    (
        "unknown model by LiteLLM",
        400,
        INVALID,
        "400",
        "Invalid model name passed in model=x",
        None,
        RoutingError,
        False,
    ),
    (
        "no channel",
        503,
        "new_api_error",
        "get_channel_failed",
        "no available channel for model",
        None,
        RoutingError,
        False,
    ),
    (
        "deployment",
        404,
        None,
        "DeploymentNotFound",
        "The API deployment does not exist",
        None,
        RoutingError,
        False,
    ),
    ("wrong path", 404, None, None, "Not Found", None, RoutingError, False),
    ("redirect", 307, None, None, "", None, RoutingError, False),
    (
        "range",
        400,
        INVALID,
        "integer_above_max_value",
        "Invalid 'n'",
        "n",
        UnsupportedOption,
        False,
    ),
    (
        "server error",
        500,
        "server_error",
        None,
        "The server had an error",
        None,
        UnknownOutcome,
        True,
    ),
    ("bad gateway", 502, None, None, "", None, UnknownOutcome, True),
    (
        "words of another",
        500,
        None,
        None,
        "upstream returned unauthorized",
        None,
        UnknownOutcome,
        True,
    ),
    ("a page", 502, None, None, "Access denied | Cloudflare", None, UnknownOutcome, True),
    ("flagged", 504, None, None, "content was flagged", None, UnknownOutcome, True),
    ("timeout of a gateway", 408, None, None, "Timeout", None, UnknownOutcome, True),
    ("refused by a wall", 403, None, None, "", None, AccountError, False),
]


@pytest.mark.parametrize(
    ("status", "kind", "code", "message", "param", "error", "billed"),
    [row[1:] for row in TABLE],
    ids=[r[0] for r in TABLE],
)
def test_each_known_refusal_has_its_kind_and_its_bill(
    status: int,
    kind: str | None,
    code: str | None,
    message: str,
    param: str | None,
    error: type[AssetgenError],
    billed: bool,
) -> None:
    found = provider_errors.sort(
        status, {"type": kind, "code": code, "message": message, "param": param}, AT, "req_1"
    )
    assert type(found.error) is error
    assert found.may_be_billed is billed
    assert ("may have been billed" in found.error.what) is billed
    assert "req_1" in found.error.what
    assert found.error.cure


def test_only_rate_limits_are_retried() -> None:
    again = {
        row[0] for row in TABLE if provider_errors.sort(row[1], _stated(row), AT, None).rule.retries
    }
    assert again == {"rate", "rate by LiteLLM"}


def _stated(row: tuple[Any, ...]) -> dict[str, Any]:
    return {"type": row[2], "code": row[3], "message": row[4], "param": row[5]}


def test_an_image_refused_after_it_was_made_may_have_been_billed() -> None:
    stated = {
        "code": "moderation_blocked",
        "moderation_details": {"moderation_stage": "output", "categories": []},
    }
    assert provider_errors.sort(400, stated, AT, None).may_be_billed


@pytest.mark.parametrize(
    "message",
    [
        f"Incorrect API key provided: {KEY}",
        "Incorrect API key provided: sk-canar*****cdef. You can find",
        f"header was Authorization: Bearer {KEY}",
        "proxy http://user:sk-canary-0123456789abcdef@10.0.0.1 refused",
        "key sk-another-secret-of-somebody-9999 is blocked",
    ],
    ids=["whole", "in part", "header", "url", "another"],
)
def test_no_message_contains_a_key(message: str) -> None:
    shown = provider_errors.sort(401, {"message": message}, AT, None).error.what
    assert "canar" not in shown
    assert "another-secret" not in shown


def test_html_pages_and_long_messages_are_shortened() -> None:
    assert provider_errors.safe("<!DOCTYPE html><html>...", AT) == "an HTML page"
    assert len(provider_errors.safe("x" * 10_000, AT)) < 500


@pytest.mark.parametrize(
    ("headers", "message", "seconds"),
    [
        ({"retry-after": "7"}, LIMIT, 7.0),
        ({"retry-after-ms": "1500"}, "", 1.5),
        ({}, LIMIT, 12.0),
        ({}, "Please try again in 250ms.", 0.25),
        ({}, "Please try again in 2m.", 120.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, "", None),
        ({}, "slow down", None),
    ],
    ids=[
        "header",
        "milliseconds",
        "message",
        "message in ms",
        "message in minutes",
        "a date",
        "nothing",
    ],
)
def test_the_wait_that_a_rate_limit_states_is_read(
    headers: dict[str, str], message: str, seconds: float | None
) -> None:
    assert provider_errors.wait_asked(headers, message) == seconds


@pytest.mark.parametrize(
    ("message", "pace"),
    [(LIMIT, 5), ("tokens per min: Limit 100000, Used 1", None), ("", None)],
    ids=["images", "tokens", "none"],
)
def test_only_a_limit_on_images_sets_the_request_rate(message: str, pace: int | None) -> None:
    assert provider_errors.pace_stated(message) == pace
