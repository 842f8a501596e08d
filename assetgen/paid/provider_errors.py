"""Sorts the errors of providers into our own kinds, with words and a cure for each."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from assetgen import errors
from assetgen.cure import ID, Cure, advice, command
from assetgen.errors import AssetgenError
from assetgen.paid.journal import Entry
from assetgen.paid.provider_rules import OTHER, RULES, UNSURE, WAIT, Rule
from assetgen.settings.provider import Provider
from assetgen.text import clean


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
    """The failure that a status and an error object describe.

    ``may_be_billed`` is what is known apart from them.
    """
    whole = str(stated.get("message") or "")
    stated = _unwrapped(stated)
    message = str(stated.get("message") or "")
    param = stated.get("param")
    tokens = (str(stated.get("type") or "").lower(), str(stated.get("code") or "").lower())
    rule = next((rule for rule in RULES if rule.holds(status, tokens, whole.lower())), OTHER)
    billed = _may_be_billed(rule, status, stated) if may_be_billed is None else may_be_billed
    billed = billed and not rule.never_passed_on
    if rule is OTHER and billed:
        rule = Rule("unknown outcome", errors.UnknownOutcome, WAIT)
    words = safe(message, provider) or f"status {status}"
    named = safe(param, provider)[:60] if isinstance(param, str) else ""
    what = f"{provider.host} refused ({rule.name}): {words}"
    if rule is OTHER:
        what = f"{provider.host} refused: {words}"
    elif rule.name == "unknown outcome":
        what = f"{provider.host} failed: {words}"
    what += f" [{named}]" if named and named not in words else ""
    what += "; it may have been billed" if billed else "; nothing was billed"
    if provider.profile.asks_again and not billed:
        what += "; the gateway itself may have sent it more than once"
    what += f" (request {request_id})" if request_id else ""
    error = rule.error(what, cure=_cure(rule, provider, named, message, billed=billed))
    return Failure(
        rule=rule, error=error, may_be_billed=billed, code=_code(stated, status, provider)
    )


def _may_be_billed(rule: Rule, status: int, stated: Mapping[str, Any]) -> bool:
    if rule.unsure or status >= 500 or status in UNSURE:
        return True
    if _stage(stated) in ("output", "unknown"):
        return True
    return status < 300 and not rule.before_work


def _cure(rule: Rule, provider: Provider, option: str, message: str, *, billed: bool) -> Cure:
    cure = rule.cure.filled(
        key_env=provider.key_env or "the variable of the key",
        host=provider.host,
        option=_option_cure(option, message),
    )
    if billed and rule.cure is not WAIT and not rule.repeats:
        return advice(
            "{cure}; the request stays open: {again} sends it again",
            cure=cure,
            again=command("assetgen generate {asset} --force", asset=ID),
        )
    return cure


#: The keys of an asset that a provider may name, with its own name where it differs.
_KEYS = {
    **{key: key for key in ("size", "quality", "background", "prompt", "model", "mask")},
    **{key: f"options.{key}" for key in ("input_fidelity", "moderation", "output_compression")},
    **{key: f"options.{key}" for key in ("partial_images", "complexity")},
    **dict.fromkeys(("image", "image[]", "images", "input_references"), "inputs"),
}


def _option_cure(option: str, message: str) -> Cure:
    """What to change in the asset for an option that the provider refuses."""
    last = re.split(r"[.\[]", option.rstrip("]"))[-1] if option not in _KEYS else option
    if last == "output_format":
        return advice("change the extension of path in the asset: it decides the format")
    if last in ("n", "response_format", "stream"):
        return advice("choose another model or route: assetgen sends {option} itself", option=last)
    if last in _KEYS:
        return _change([_KEYS[last]])
    # The option is a whole tool, or none is named: its words say which it is.
    low = message.lower()
    meant = [key for key in _KEYS if key in low and key not in ("image", "images", "prompt")]
    if any(word in low for word in ("resolution", "width", "height", "edge", "pixel")):
        meant = [*meant, "size"]
    if "output_format" in low or "output format" in low:
        return advice("change the extension of path in the asset: it decides the format")
    keys = dict.fromkeys(_KEYS[key] for key in meant) or dict.fromkeys(("size", "quality"))
    if "model" in keys and len(keys) > 1:
        del keys["model"]
    return _change(list(keys)[:3])


def _change(keys: Sequence[str]) -> Cure:
    return advice(
        "change or remove {keys} in the asset, as the provider says", keys=" or ".join(keys)
    )


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
    return errors.UnknownOutcome(what, cure=WAIT)


def started(
    provider: Provider,
    entry: Entry,
    task: str,
    stated: Mapping[str, Any],
    request_id: str | None,
) -> AssetgenError:
    """The error for a reply that has only the id of a task, whose image is somewhere later."""
    words = safe(str(stated.get("message") or ""), provider)
    said = f": {words}" if words else ""
    # A query may have a key in it; the stored reply has the whole address.
    at = safe(str(stated.get("at") or "").partition("?")[0], provider)
    place = f" at {at}" if at else ""
    named = f" (request {request_id})" if request_id else ""
    what = (
        f"{provider.host} started task {safe(task, provider)[:120]}{place} instead of sending the "
        f"image{said}; it may have been billed{named}"
    )
    cure = advice(
        "get the image of that task at {host}, then: {adopt}; for later ones, set profile = "
        '"tasks" for this gateway in your own configuration',
        host=provider.host,
        adopt=command("assetgen adopt {asset} FILE --route {route}", route=entry.route, asset=ID),
    )
    return errors.UnknownOutcome(what, cure=cure)


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
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*)?|[\x00-\x08\x0b-\x1f\x7f]")
#: The longest message of a provider that is shown, in characters.
_LONGEST = 400


def safe(text: str, provider: Provider) -> str:
    """``text`` for display: without keys or parts of keys, on one line, shortened, no HTML."""
    for secret in provider.secrets:
        text = text.replace(secret, "***")
    text = _SECRET.sub(
        lambda found: f"{found[1] or found[2] or found[3]}***" + ("@" if found[3] else ""), text
    )
    text = clean(" ".join(_ESCAPE.sub("", text).split()), _LONGEST)
    if "<html" in text[:500].lower() or "<!doctype" in text[:100].lower():
        return "an HTML page"
    return text


_LIMIT = re.compile(r"limit:? (\d+)[^.]{0,60}used", re.I)
_AGAIN = re.compile(
    r"(?:try again|retry|wait)(?: again)? (?:in|after|for)?:? ?"
    r"((?:[0-9.]+ ?(?:ms|milliseconds?|h|hours?|m|mins?|minutes?|s|secs?|seconds?)\b ?"
    r"|[0-9.]+[hms])+)",
    re.I,
)
_SPAN = re.compile(r"([0-9.]+) ?(ms|milli|h|m|s)", re.I)
_UNITS = {"ms": 0.001, "milli": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def wait_asked(headers: Mapping[str, str], message: str) -> float | None:
    """Seconds to wait for a rate limit, from its headers or the message.

    None if they state no time that is still to come.
    """
    found = _AGAIN.search(message)
    for seconds in (
        _number(headers.get("retry-after-ms"), 0.001),
        _number(headers.get("retry-after"), 1.0),
        _until(headers.get("retry-after"), headers),
        _span(found[1]) if found else None,
        _span(headers.get("x-ratelimit-reset-requests") or ""),
    ):
        if seconds is not None and seconds > 0:
            return seconds
    return None


def _number(stated: str | None, unit: float) -> float | None:
    try:
        seconds = float(stated or "") * unit
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) else None


def _until(stated: str | None, headers: Mapping[str, str]) -> float | None:
    """The seconds until an HTTP date, by the provider's own clock if it states the time."""
    try:
        until = parsedate_to_datetime(stated or "").timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    try:
        now = parsedate_to_datetime(headers.get("date") or "").timestamp()
    except (ValueError, TypeError, OverflowError):
        now = time.time()
    return until - now


def _span(stated: str) -> float | None:
    """The seconds of a duration such as 250ms, 12s, 1m30s or 2 minutes."""
    total = 0.0
    for number, unit in _SPAN.findall(stated):
        total += (_number(number, 1.0) or 0.0) * _UNITS[unit.lower()]
    return total or None


def pace_stated(message: str) -> int | None:
    """Images per minute, if the message of a rate limit states them."""
    found = _LIMIT.search(message)
    low = message.lower()
    return int(found[1]) if found and "per min" in low and "image" in low else None
