"""Sorts the errors of providers into our own kinds, by one table that is matched from the top.

Sources: OpenAI's API reference, and error bodies seen in public logs; LiteLLM 1.109.1 (measured);
new-api's source; learn.microsoft.com. All read in November 2026.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assetgen import errors
from assetgen.errors import AssetgenError
from assetgen.settings.provider import Provider


@dataclass(frozen=True)
class Rule:
    """One kind of failure: how it is recognised, the error to raise, and the cure."""

    name: str
    error: type[AssetgenError]
    cure: str
    status: tuple[int, ...] = ()
    tokens: tuple[str, ...] = ()
    """Exact values of the error's type or code."""
    words: str = ""
    """A regular expression for the lower-cased message."""
    retries: bool = False
    unsure: bool = False
    """Whether an image may have been made before the failure, whatever the status."""

    def holds(self, status: int, type_and_code: tuple[str, str], message: str) -> bool:
        """Whether a failure is of this kind.

        Its status must match, and its type, its code or its message.
        """
        if self.status and status not in self.status:
            return False
        if not self.tokens and not self.words:
            return True
        return any(token in self.tokens for token in type_and_code) or bool(
            self.words and re.search(self.words, message)
        )


_WAIT = "assetgen doctor lists unknown outcomes; assetgen generate ID --force buys the image again"
_QUOTA = "add credit or raise the limit at the provider, then run the same command again"
_KEY = "set {key_env} to a key that is valid at {host}"
_RULES = (
    Rule(
        "organisation",
        errors.AccountError,
        "verify the organisation at platform.openai.com/settings/organization/general "
        "(it can take 15 minutes), or choose a model that does not need it",
        words=r"must be verified|organization.{0,40}verif|verify organization",
    ),
    Rule(
        "moderation",
        errors.ModerationError,
        "change the prompt or the input images; the same request will be refused again",
        tokens=(
            "moderation_blocked",
            "content_policy_violation",
            "image_content_policy_violation",
            "content_filter",
        ),
        words=r"safety system|content[ _]policy|content management policy|moderation",
    ),
    Rule(
        "quota",
        errors.AccountError,
        _QUOTA,
        tokens=(
            "insufficient_quota",
            "billing_hard_limit_reached",
            "billing_limit_user_error",
            "insufficient_user_quota",
            "budget_exceeded",
            "billing_not_active",
            "insufficient_balance",
        ),
        words=r"exceeded your current quota|insufficient (?:balance|credit|quota)"
        r"|budget has been exceeded|hard limit|余额|额度不足",
    ),
    Rule("payment", errors.AccountError, _QUOTA, status=(402,)),
    Rule(
        "gateway's key",
        errors.AccountError,
        "ask the operator of {host} to correct its key: its own provider refuses it",
        words=r"^litellm\.authenticationerror",
    ),
    Rule(
        "key",
        errors.AccountError,
        _KEY,
        tokens=(
            "invalid_api_key",
            "token_not_found_in_db",
            "no_db_connection",
            "invalid_authentication",
        ),
        words=r"incorrect api key|invalid (?:api )?key|invalid token|无效的令牌",
    ),
    Rule("key", errors.AccountError, _KEY, status=(401,)),
    Rule(
        "access",
        errors.AccountError,
        "ask the owner of the account for access to the model, or choose another model",
        tokens=("key_model_access_denied", "model_access_denied"),
        words=r"not allowed to access model|does not have access to model"
        r"|country, region, or territory not supported",
    ),
    Rule(
        "rate limit",
        errors.BusyError,
        "run the same command again in a minute; it keeps the finished images",
        status=(429,),
        retries=True,
    ),
    Rule(
        "model",
        errors.RoutingError,
        "choose a model that {host} offers: assetgen doctor lists them",
        tokens=("model_not_found", "deploymentnotfound", "model_not_available"),
        words=r"model .{0,80}(?:does not exist|not found|is not supported with the responses api)"
        r"|invalid model name|no available channel|deployment .{0,60}does not exist|unknown model",
    ),
    Rule(
        "channel",
        errors.RoutingError,
        "choose another channel or gateway; this one cannot reach the model now",
        tokens=("get_channel_failed",),
        words=r"channel:|get_channel_failed|渠道",
    ),
    Rule(
        "input image",
        errors.ManifestError,
        "replace the input with a valid PNG, JPEG or WebP image",
        tokens=("invalid_image_file", "invalid_image", "invalid_image_format"),
        words=r"invalid image file|could not (?:decode|process) image",
    ),
    # Our requests always have both: LiteLLM sends an edit again without them when the connection
    # behind it breaks.
    Rule(
        "sent again",
        errors.UnknownOutcome,
        _WAIT,
        words=r"missing required parameter: '(?:model|prompt)'",
        unsure=True,
    ),
    Rule(
        "option",
        errors.UnsupportedOption,
        "remove {option} from the asset, or change it as the provider says",
        status=(400, 404, 409, 415, 422),
        tokens=(
            "invalid_value",
            "unknown_parameter",
            "unsupported_parameter",
            "unsupported_value",
            "invalid_type",
            "invalid_input_fidelity_model",
            "integer_below_min_value",
            "integer_above_max_value",
            "empty_string",
            "missing_required_parameter",
            "unsupportedparamserror",
            "invalid_size",
        ),
        words=r"not supported|unsupported|unknown parameter|unrecognized|invalid (?:value|size)"
        r"|extra inputs",
    ),
    Rule(
        "address",
        errors.RoutingError,
        "correct base_url or profile of the gateway in your own configuration",
        status=(404, 405),
    ),
    Rule(
        "redirect",
        errors.RoutingError,
        "set base_url to the final address",
        status=(300, 301, 302, 303, 307, 308),
    ),
    Rule(
        "forbidden",
        errors.AccountError,
        "ask the owner of the account which permissions the key has",
        status=(403,),
    ),
    Rule("too large", errors.UnsupportedOption, "use fewer or smaller inputs", status=(413,)),
    Rule(
        "option",
        errors.UnsupportedOption,
        "look at the request: assetgen request ID",
        status=(400, 422),
    ),
)
_OTHER = Rule("unclear", errors.RoutingError, "look at the request: assetgen request ID")

#: Statuses after which an image may still have been made and billed.
UNSURE = frozenset({408, 499})


@dataclass(frozen=True)
class Failure:
    """One sorted failure."""

    rule: Rule
    error: AssetgenError
    may_be_billed: bool
    code: str
    """The provider's own code, for the attempts in the record."""


def sort(
    status: int,
    stated: Mapping[str, Any],
    provider: Provider,
    request_id: str | None,
    *,
    may_be_billed: bool | None = None,
) -> Failure:
    """The failure that a status and an error object describe."""
    whole = str(stated.get("message") or "")
    stated = _unwrapped(stated)
    message = str(stated.get("message") or "")
    param = stated.get("param")
    tokens = (str(stated.get("type") or "").lower(), str(stated.get("code") or "").lower())
    rule = next((rule for rule in _RULES if rule.holds(status, tokens, whole.lower())), _OTHER)
    unsure = (
        rule.unsure or status >= 500 or status in UNSURE or _stage(stated) in ("output", "unknown")
    )
    billed = unsure if may_be_billed is None else may_be_billed
    if rule is _OTHER and billed:
        rule = Rule("unknown outcome", errors.UnknownOutcome, _WAIT)
    words = safe(message, provider) or f"status {status}"
    named = safe(param, provider)[:60] if isinstance(param, str) else ""
    what = f"{provider.host} refused ({rule.name}): {words}"
    if rule.name == "unknown outcome":
        what = f"{provider.host} failed: {words}"
    what += f" [{named}]" if named and named not in words else ""
    what += "; it may have been billed" if billed else "; nothing was billed"
    if provider.profile.asks_again and not billed:
        what += "; the gateway itself may have sent it more than once"
    what += f" (request {request_id})" if request_id else ""
    error = rule.error(what, cure=_cure(rule, provider, named, billed=billed))
    return Failure(
        rule=rule, error=error, may_be_billed=billed, code=_code(stated, status, provider)
    )


def _cure(rule: Rule, provider: Provider, option: str, *, billed: bool) -> str:
    cure = rule.cure.format(
        key_env=provider.key_env or "the variable of the key",
        host=provider.host,
        option=option or "the option",
    )
    if billed and rule.cure is not _WAIT:
        cure += "; the request stays open: assetgen generate ID --force sends it again"
    return cure


def _code(stated: Mapping[str, Any], status: int, provider: Provider) -> str:
    """The error's code if it is a word, else its type or the status."""
    code = str(stated.get("code") or "")
    if not code or code.isdigit():
        code = str(stated.get("type") or status)
    return re.sub(r"[^\w.:-]", "_", safe(code, provider))[:80]


def unknown(provider: Provider, why: str, request_id: str | None = None) -> AssetgenError:
    """The error for a paid request that was sent and has no usable reply."""
    named = f" (request {request_id})" if request_id else ""
    what = (
        f"the outcome at {provider.host} is unknown: {safe(why, provider)}; "
        f"it may have been billed{named}"
    )
    return errors.UnknownOutcome(what, cure=_WAIT)


def _unwrapped(stated: Mapping[str, Any]) -> Mapping[str, Any]:
    """``stated``, or the provider's error object, which LiteLLM puts into its message as text."""
    message = str(stated.get("message") or "")
    start = message.find('{"error":')
    if start < 0 or not message.startswith("litellm."):
        return stated
    try:
        inner = json.JSONDecoder().raw_decode(message, start)[0]["error"]
    except (ValueError, RecursionError):
        return stated
    return {**stated, **inner} if isinstance(inner, dict) else stated


def _stage(stated: Mapping[str, Any]) -> str | None:
    details = stated.get("moderation_details")
    return str(details.get("moderation_stage")) if isinstance(details, Mapping) else None


_SECRET = re.compile(
    r"(?i)(bearer\s+)\S+|\b((?:sk|rk|pk|key|org|proj)-)[A-Za-z0-9_*-]{6,}|(://)[^/@\s]+@"
)
#: The longest message of a provider that is shown, in characters.
_LONGEST = 400


def safe(text: str, provider: Provider) -> str:
    """``text`` for display: without keys or parts of keys, on one line, shortened, no HTML."""
    for secret in provider.secrets:
        text = text.replace(secret, "***")
    text = _SECRET.sub(
        lambda found: f"{found[1] or found[2] or found[3]}***" + ("@" if found[3] else ""), text
    )
    text = " ".join(text.split())
    if "<html" in text[:500].lower() or "<!doctype" in text[:100].lower():
        return "an HTML page"
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."


_LIMIT = re.compile(r"limit:? (\d+)[^.]{0,60}used", re.I)
_AGAIN = re.compile(r"try again in ([0-9.]+) ?(ms|s|m)\b", re.I)


def wait_asked(headers: Mapping[str, str], message: str) -> float | None:
    """Seconds to wait for a rate limit, from Retry-After or the message; None if not stated."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return max(0.0, float(headers[name]) * unit)
        except (KeyError, ValueError):
            continue
    found = _AGAIN.search(message)
    if not found:
        return None
    try:
        return float(found[1]) * {"ms": 0.001, "s": 1.0, "m": 60.0}[found[2].lower()]
    except ValueError:
        return None


def pace_stated(message: str) -> int | None:
    """Images per minute, if the message of a rate limit states them."""
    found = _LIMIT.search(message)
    low = message.lower()
    return int(found[1]) if found and "per min" in low and "image" in low else None
