"""What went wrong at a provider, in our own kinds: one table, matched from the top.

Sources: OpenAI's API reference and error bodies seen in public logs; LiteLLM 1.109.1 (measured); new-api's source;
learn.microsoft.com. All read in November 2026.
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
    """One kind of failure: which statuses, types or codes, and words; what follows from it."""

    name: str
    error: type[AssetgenError]
    cure: str
    status: tuple[int, ...] = ()
    tokens: tuple[str, ...] = ()
    """Exact values of the error's type or code."""
    words: str = ""
    """A pattern that the lower-cased message holds."""
    retries: bool = False
    unsure: bool = False
    """Whether a picture may have been drawn before, whatever the status."""

    def holds(self, status: int, type_and_code: tuple[str, str], message: str) -> bool:
        """Whether a failure is of this kind: its status fits if one is named, and a token or the words do."""
        if self.status and status not in self.status:
            return False
        if not self.tokens and not self.words:
            return True
        return any(token in self.tokens for token in type_and_code) or bool(
            self.words and re.search(self.words, message)
        )


_WAIT = "assetgen doctor lists what is unknown; assetgen generate ID --force buys it again"
_QUOTA = "add credit or raise the limit with the provider, then run the same command again"
_RULES = (
    Rule(
        "organisation",
        errors.AccountError,
        "verify the organisation at platform.openai.com/settings/organization/general (it can take 15 minutes), "
        "or choose a model that needs none",
        words=r"must be verified|organization.{0,40}verif|verify organization",
    ),
    Rule(
        "moderation",
        errors.ModerationError,
        "change the prompt or the input pictures; the same request will be refused again",
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
            *("insufficient_quota", "billing_hard_limit_reached", "billing_limit_user_error"),
            *(
                "insufficient_user_quota",
                "budget_exceeded",
                "billing_not_active",
                "insufficient_balance",
            ),
        ),
        words=r"exceeded your current quota|insufficient (?:balance|credit|quota)|budget has been exceeded"
        r"|hard limit|余额|额度不足",
    ),
    Rule("payment", errors.AccountError, _QUOTA, status=(402,)),
    Rule(
        "gateway's key",
        errors.AccountError,
        "tell whoever runs {host}: its own provider refuses the key that it uses",
        words=r"^litellm\.authenticationerror",
    ),
    Rule(
        "key",
        errors.AccountError,
        "put a key that is valid there into {key_env}",
        tokens=(
            "invalid_api_key",
            "token_not_found_in_db",
            "no_db_connection",
            "invalid_authentication",
        ),
        words=r"incorrect api key|invalid (?:api )?key|invalid token|无效的令牌",
    ),
    Rule("key", errors.AccountError, "put a key that is valid there into {key_env}", status=(401,)),
    Rule(
        "access",
        errors.AccountError,
        "ask the owner of the account for access to the model, or choose another model",
        tokens=("key_model_access_denied", "model_access_denied"),
        words=r"not allowed to access model|does not have access to model|country, region, or territory not supported",
    ),
    Rule(
        "rate limit",
        errors.BusyError,
        "run the same command again in a minute; what is made stays made",
        status=(429,),
        retries=True,
    ),
    Rule(
        "model",
        errors.RoutingError,
        "choose a model that {host} serves: assetgen doctor lists them",
        tokens=("model_not_found", "deploymentnotfound", "model_not_available"),
        words=r"model .{0,80}(?:does not exist|not found|is not supported with the responses api)|invalid model name"
        r"|no available channel|deployment .{0,60}does not exist|unknown model",
    ),
    Rule(
        "channel",
        errors.RoutingError,
        "choose another channel or gateway; this one has no way to the model now",
        tokens=("get_channel_failed",),
        words=r"channel:|get_channel_failed|渠道",
    ),
    Rule(
        "input picture",
        errors.ManifestError,
        "give inputs as whole PNG, JPEG or WebP pictures",
        tokens=("invalid_image_file", "invalid_image", "invalid_image_format"),
        words=r"invalid image file|could not (?:decode|process) image",
    ),
    # Ours are never missing: LiteLLM sends an edit again without them when the connection behind it breaks.
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
        "take {option} out of the asset, or change it as the provider says",
        status=(400, 404, 409, 415, 422),
        tokens=(
            *(
                "invalid_value",
                "unknown_parameter",
                "unsupported_parameter",
                "unsupported_value",
                "invalid_type",
            ),
            *(
                "invalid_input_fidelity_model",
                "integer_below_min_value",
                "integer_above_max_value",
                "empty_string",
            ),
            *("missing_required_parameter", "unsupportedparamserror", "invalid_size"),
        ),
        words=r"not supported|unsupported|unknown parameter|unrecognized|invalid (?:value|size)|extra inputs",
    ),
    Rule(
        "address",
        errors.RoutingError,
        "correct base_url and profile of the gateway",
        status=(404, 405),
    ),
    Rule(
        "redirect",
        errors.RoutingError,
        "put the final address into base_url",
        status=(300, 301, 302, 303, 307, 308),
    ),
    Rule(
        "forbidden",
        errors.AccountError,
        "ask the owner of the account what the key may do",
        status=(403,),
    ),
    Rule("too large", errors.UnsupportedOption, "give fewer or smaller inputs", status=(413,)),
    Rule(
        "option",
        errors.UnsupportedOption,
        "look at the request: assetgen request ID",
        status=(400, 422),
    ),
)
_OTHER = Rule("unclear", errors.RoutingError, "look at the request: assetgen request ID")

#: Statuses after which a picture may have been drawn and billed all the same.
UNSURE = frozenset({408, 499})


@dataclass(frozen=True)
class Failure:
    """One sorted failure."""

    rule: Rule
    error: AssetgenError
    may_be_billed: bool
    code: str
    """The provider's own word for it, for the record of attempts."""


def sort(
    status: int,
    stated: Mapping[str, Any],
    provider: Provider,
    request_id: str | None,
    *,
    may_be_billed: bool | None = None,
) -> Failure:
    """The failure behind a status and an error object."""
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
    what = f"{provider.host} refused ({rule.name}): {words}"
    if rule.name == "unknown outcome":
        what = f"{provider.host} failed: {words}"
    named = safe(param, provider)[:60] if isinstance(param, str) else ""
    what += f" [{named}]" if named and named not in words else ""
    what += "; it may have been billed" if billed else "; nothing was billed"
    what += (
        "; the gateway itself may have asked more than once"
        if provider.profile.asks_again and not billed
        else ""
    )
    what += f" (request {request_id})" if request_id else ""
    cure = rule.cure.format(
        key_env=provider.key_env or "the key's variable",
        host=provider.host,
        option=named or "the option",
    )
    if billed and rule.cure is not _WAIT:
        cure += "; it stays open: assetgen generate ID --force asks again"
    stated_code = str(stated.get("code") or "")
    code = (
        stated_code
        if stated_code and not stated_code.isdigit()
        else str(stated.get("type") or status)
    )
    return Failure(
        rule,
        rule.error(what, cure=cure),
        billed,
        re.sub(r"[^\w.:-]", "_", safe(code, provider))[:80],
    )


def unknown(provider: Provider, why: str, request_id: str | None = None) -> AssetgenError:
    """The error for a paid request that left and has no usable answer."""
    told = f" (request {request_id})" if request_id else ""
    what = f"the outcome at {provider.host} is unknown: {safe(why, provider)}; it may have been billed{told}"
    return errors.UnknownOutcome(what, cure=_WAIT)


def _unwrapped(stated: Mapping[str, Any]) -> Mapping[str, Any]:
    """``stated``, or the provider's own error object, which LiteLLM passes on as text in the message of its own."""
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
#: The longest message of a provider that is passed on, in characters.
_LONGEST = 400


def safe(text: str, provider: Provider) -> str:
    """``text`` as it may be shown: no secret of ours in whole or in part, no page of HTML, not endless."""
    for secret in provider.secrets:
        text = text.replace(secret, "***")
    text = _SECRET.sub(
        lambda found: f"{found[1] or found[2] or found[3]}***" + ("@" if found[3] else ""), text
    )
    text = " ".join(text.split())
    if "<html" in text[:500].lower() or "<!doctype" in text[:100].lower():
        return "a page of HTML"
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."


_LIMIT = re.compile(r"limit:? (\d+)[^.]{0,60}used", re.I)
_AGAIN = re.compile(r"try again in ([0-9.]+) ?(ms|s|m)\b", re.I)


def wait_asked(headers: Mapping[str, str], message: str) -> float | None:
    """Seconds that a rate limit asks to wait: Retry-After, else the words of its message; None if it says nothing."""
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
    """Images per minute that a rate limit's message names, if it names them."""
    found = _LIMIT.search(message)
    return (
        int(found[1])
        if found and "per min" in message.lower() and "image" in message.lower()
        else None
    )
