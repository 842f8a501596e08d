"""What can go wrong at a provider: every fault by name, what goes out, and whether it bills."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

FORGED = "http://169.254.169.254/latest/meta-data/iam/security-credentials/"
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64">'
    b"<script>alert(1)</script></svg>"
)
HTML = b"<!doctype html><html><body><h1>Sign in</h1><script>alert(1)</script></body></html>"


@dataclass(frozen=True)
class Fault:
    """One row of the table.

    Stages: refuse (an error instead of work), picture, reply (its content), wire (its transport).
    """

    out: str
    bills: bool
    stage: str


FAULTS: dict[str, Fault] = {
    # -- instead of work: an error reply -----------------------------------------------------------
    "moderation_input": Fault("400 moderation_blocked, stage input", False, "refuse"),
    "moderation_output": Fault("400 moderation_blocked, stage output", False, "refuse"),
    "old_safety": Fault("400 content_policy_violation, as in the DALL-E days", False, "refuse"),
    "transparent": Fault("400 invalid_value, param background", False, "refuse"),
    "size": Fault("400 invalid_value, param size", False, "refuse"),
    "retired_model": Fault("400 invalid_value, the model does not exist", False, "refuse"),
    "org_verification": Fault("403 code null, the organization must be verified", False, "refuse"),
    "forbidden_model": Fault("403 model_not_found, the project has no access", False, "refuse"),
    "quota": Fault("429 insufficient_quota", False, "refuse"),
    "hard_limit": Fault("400 billing_hard_limit_reached", False, "refuse"),
    "rate": Fault("429 rate_limit_exceeded; header with retry_after='1'", False, "refuse"),
    "rate_text_only": Fault(
        "429 rate_limit_exceeded, no header, 'try again in 0.2s'", False, "refuse"
    ),
    "bad_image": Fault("400 invalid_image_file", False, "refuse"),
    "bad_key": Fault("401 invalid_api_key", False, "refuse"),
    "budget": Fault("422 budget_exceeded, as LiteLLM says it", False, "refuse"),
    "get_channel_failed": Fault("500 get_channel_failed, as new-api says it", False, "refuse"),
    "safety_500": Fault(
        "500 with a safety refusal in its text, as some resellers do", False, "refuse"
    ),
    "server_error_before": Fault("500 before any work", False, "refuse"),
    "server_error_after": Fault("500 after the picture was made", True, "refuse"),
    "overloaded": Fault("503 overloaded", False, "refuse"),
    "bad_gateway_html": Fault("502 with an HTML page", False, "refuse"),
    "echo_key": Fault("401 whose message repeats the whole Authorization header", False, "refuse"),
    "long_error": Fault("400 with a message of 1 MB full of terminal escapes", False, "refuse"),
    "redirect_307": Fault("307 to the origin `to`, same path", False, "refuse"),
    "not_found_response": Fault("404 for GET /responses/{id}", False, "refuse"),
    "transparent_ok": Fault(
        "the normal reply: a transparent background is let through", True, "picture"
    ),
    # -- the picture is not what was asked for -----------------------------------------------------
    "wrong_format": Fault(
        "JPEG bytes where PNG was asked for (PNG where anything else was)", True, "picture"
    ),
    "wrong_size": Fault("a picture of `size` (512x512)", True, "picture"),
    "no_alpha": Fault("an opaque picture though transparent was asked for", True, "picture"),
    "svg_polyglot": Fault("the picture with a script-bearing SVG after its end", True, "picture"),
    "svg_as_image": Fault("an SVG with a script", True, "picture"),
    "html_as_image": Fault("an HTML page as base64", True, "picture"),
    "corrupt_image": Fault("the first half of a PNG", True, "picture"),
    "bomb_image": Fault("a PNG whose header says 50000x50000", True, "picture"),
    "not_base64": Fault("b64_json that is not base64", True, "picture"),
    "same_picture": Fault("the very picture of request `number` (1)", True, "picture"),
    # -- the reply says something else -------------------------------------------------------------
    "empty_data": Fault("200, data [] (no output)", True, "reply"),
    "empty_strings": Fault("200, b64_json '' and url '' (result '')", True, "reply"),
    "null_data": Fault("200, data null (result null)", True, "reply"),
    "no_usage": Fault("200 without usage", True, "reply"),
    "url_same_origin": Fault("200, a url under /generated-images/ of this server", True, "reply"),
    "url_foreign": Fault("200, the url `to`", True, "reply"),
    "url_file": Fault("200, a file: url", True, "reply"),
    "url_metadata": Fault("200, a url at 169.254.169.254", True, "reply"),
    "url_redirect": Fault(
        "200, a url of this server that redirects to `to` (the metadata address)", True, "reply"
    ),
    "url_html": Fault("200, a url of this server that serves HTML", True, "reply"),
    "served_model": Fault("200, the reply names `model` (another-model)", True, "reply"),
    "two_images": Fault("200 with two pictures, both billed", True, "reply"),
    "response_failed": Fault("Responses: status failed, error server_error", False, "reply"),
    "response_incomplete": Fault(
        "Responses: status incomplete, `reason` (max_output_tokens)", False, "reply"
    ),
    "call_failed": Fault(
        "Responses: the image call failed, moderation_blocked with details", False, "reply"
    ),
    "no_call": Fault("Responses: words only, no image call", False, "reply"),
    # -- the reply does not arrive as it should ----------------------------------------------------
    "html_200": Fault("200 with an HTML page", True, "wire"),
    "truncated_json": Fault("200, whole by its length, but the JSON stops half-way", True, "wire"),
    "not_json": Fault("200 application/json with plain words", True, "wire"),
    "reset_before": Fault("connection reset after the request was read, no work", False, "wire"),
    "reset_after": Fault("connection reset before the first reply byte, work done", True, "wire"),
    "reset_mid_body": Fault("connection reset half-way through the body", True, "wire"),
    "stall": Fault(
        "the first half of the body, then nothing for `seconds` (until the server closes)",
        True,
        "wire",
    ),
    "hang": Fault("no answer for `seconds` (until the server closes)", True, "wire"),
    "slow_body": Fault("the body in 20 pieces over `seconds` (1)", True, "wire"),
    "stream_ends_early": Fault(
        "a stream that ends cleanly before its picture (`keep_item`: after it)", True, "wire"
    ),
    "stream_error_event": Fault(
        "a stream that ends in an error before its picture (`keep_item`: after it)", True, "wire"
    ),
    "line_ends": Fault("a stream whose lines end with `ends` (CRLF)", True, "wire"),
    "gzip_body": Fault(
        "Content-Encoding gzip though not asked; `expand` bytes of padding", True, "wire"
    ),
    "endless_body": Fault("a body that never ends", True, "wire"),
}


@dataclass(frozen=True)
class Refusal:
    """An error reply as OpenAI would send it."""

    status: int
    type: str | None
    code: str | None
    message: str
    param: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    """The request is answered with a refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


USER = "image_generation_user_error"
INVALID = "invalid_request_error"


def user_error(code: str, message: str, param: str | None) -> Refusal:
    return Refusal(400, USER, code, message, param)


def invalid(code: str, message: str, param: str | None) -> Refusal:
    return Refusal(400, INVALID, code, message, param)


def no_such_model(model: str) -> Refusal:
    return user_error("invalid_value", f"The model '{model}' does not exist.", "model")


def opaque_only(param: str) -> Refusal:
    return user_error(
        "invalid_value", "Transparent background is not supported for this model.", param
    )


def bad_key(shown: str) -> Refusal:
    message = (
        f"Incorrect API key provided: {shown}. "
        "You can find your API key at https://platform.openai.com/account/api-keys."
    )
    return Refusal(401, INVALID, "invalid_api_key", message)


def moderation(stage: str, request_id: str) -> Refusal:
    message = (
        "Your request was rejected by the safety system. If you believe this is an error, contact "
        f"us at help.openai.com and include the request ID {request_id}. "
        "safety_violations=[violence]."
    )
    details = {"moderation_stage": stage, "categories": ["violence"]}
    return Refusal(400, USER, "moderation_blocked", message, None, {"moderation_details": details})


def rate(wait: str, headers: dict[str, str]) -> Refusal:
    message = (
        "Rate limit reached for gpt-image-2 in organization org-test on input-images per min: "
        f"Limit 5, Used 5, Requested 1. Please try again in {wait}. "
        "Visit https://platform.openai.com/account/rate-limits to learn more."
    )
    return Refusal(429, "input-images", "rate_limit_exceeded", message, None, {}, headers)


def refusal(
    name: str, how: dict[str, Any], *, model: str, request_id: str, authorization: str
) -> Refusal:
    """The error reply of a fault of the stage "refuse"."""
    verify = (
        f"Your organization must be verified to use the model `{model}`. Please go to: "
        "https://platform.openai.com/settings/organization/general and click on Verify "
        "Organization. If you just verified, it can take up to 15 minutes for access to propagate."
    )
    quota = (
        "You exceeded your current quota, please check your plan and billing details. "
        "For more information on this error, read the docs: "
        "https://platform.openai.com/docs/guides/error-codes/api-errors."
    )
    server = (
        "The server had an error while processing your request. Sorry about that! If this issue "
        "persists, contact us through our help center at help.openai.com and include the request "
        f"ID {request_id}."
    )
    budget = (
        "Invalid size '512x512'. Requested resolution is below the current minimum pixel budget."
    )
    safety = "Your request was rejected as a result of our safety system."
    after = {"retry-after": str(how["retry_after"])} if "retry_after" in how else {}
    match name:
        case "moderation_input" | "moderation_output":
            return moderation(name.removeprefix("moderation_"), request_id)
        case "old_safety":
            return invalid("content_policy_violation", safety, None)
        case "transparent":
            return opaque_only("background")
        case "size":
            return user_error("invalid_value", budget, "size")
        case "retired_model":
            return no_such_model(model)
        case "org_verification":
            return Refusal(403, INVALID, None, verify)
        case "forbidden_model":
            message = f"Project `proj_test` does not have access to model `{model}`"
            return Refusal(403, INVALID, "model_not_found", message)
        case "quota":
            return Refusal(429, "insufficient_quota", "insufficient_quota", quota, None, {}, after)
        case "hard_limit":
            limit = "Billing hard limit has been reached."
            return Refusal(400, "billing_limit_user_error", "billing_hard_limit_reached", limit)
        case "rate":
            return rate("12s", after)
        case "rate_text_only":
            return rate("0.2s", {})
        case "bad_image":
            message = "Invalid image file or mode for image 1, please check your image file."
            return user_error("invalid_image_file", message, "image")
        case "bad_key":
            return bad_key("sk-wrong*****rong")
        case "budget":
            message = "Budget has been exceeded! Current cost: 12.0, Max budget: 10.0"
            return Refusal(422, "budget_exceeded", "422", message)
        case "get_channel_failed":
            return Refusal(
                500, "new_api_error", "get_channel_failed", "get channel failed: no channel is left"
            )
        case "safety_500":
            return Refusal(500, "upstream_error", "upstream_error", f"{safety} (safety system)")
        case "server_error_before" | "server_error_after":
            return Refusal(500, "server_error", None, server)
        case "overloaded":
            message = "The engine is currently overloaded, please try again later"
            return Refusal(503, "overloaded_error", None, message, None, {}, after)
        case "echo_key":
            return Refusal(
                401, INVALID, "invalid_api_key", f"Incorrect API key provided: {authorization}."
            )
        case "long_error":
            return invalid(
                "invalid_value", "\x1b[2J\x1b]0;owned\x07\x1b[31mred\u202e" * 60_000, None
            )
        case "not_found_response":
            return Refusal(404, INVALID, None, "Response with id 'resp_gone' not found.")
        case _:
            raise LookupError(name)


@dataclass
class Queued:
    """A fault that waits for its requests."""

    name: str
    times: int
    path: str | None
    method: str
    how: dict[str, Any]

    def matches(self, method: str, path: str) -> bool:
        return self.times > 0 and method == self.method and (self.path is None or self.path in path)
