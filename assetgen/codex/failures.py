"""The error for a run of the Codex CLI that left no image."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from assetgen import loose_json
from assetgen.codex.cli import Run
from assetgen.codex.rollout import Rollout
from assetgen.cure import ID, advice, command
from assetgen.errors import (
    AccountError,
    AssetgenError,
    BusyError,
    ModerationError,
    RoutingError,
    UnknownOutcome,
)

_NOTHING = "no image was made; the conversation around it counts toward the plan"


_LOGGED_OUT = (
    "401",
    "unauthorized",
    "sign in",
    "refresh token",
    "log in",
    "/oauth/token",
    "could not be refreshed",
)


def failure_of(run: Run, log: Rollout) -> AssetgenError:
    """Why a run left no image: from the log of its thread, else from how the run ended."""
    failed = next((one for one in log.generations if one.failure or one.said), None)
    if failed is not None:
        return _image_failure(failed.failure or {}, failed.said or "")
    if run.timed_out:
        what = "Codex timed out and was stopped; whether it made an image is unknown"
        return UnknownOutcome(
            what,
            cure=advice(
                "{generate} (looks again), or {generate_2}",
                generate=command("assetgen generate --resume"),
                generate_2=command("assetgen generate {asset} --force", asset=ID),
            ),
        )
    error = loose_json.shown(run.error or "")
    words = error.lower()
    if "usage limit" in words or "limit reached" in words:
        return BusyError(
            f"the limit of the plan is reached: {error}",
            cure=advice("run the same command again after that"),
        )
    if _BLOCKED.search(words):
        return _blocked(error)
    if _BUSY.search(words):
        return _busy(error)
    if any(word in words for word in _LOGGED_OUT):
        return AccountError(
            "the login of Codex has expired; no image was made", cure=command("codex login")
        )
    if run.thread_id is None and not run.error and run.exit_code not in (0, None):
        return RoutingError(
            f"Codex ended before it began (exit {run.exit_code}); no image was made",
            cure=command("codex doctor"),
        )
    if run.error or run.exit_code not in (0, None):
        said = error or f"exit {run.exit_code}"
        return RoutingError(
            f"Codex failed: {said}; {_NOTHING}",
            cure=advice("try it yourself: {exec}", exec=command("codex exec hello")),
        )
    if log.generations:
        return RoutingError(
            f"the image tool of Codex gave no image; {_NOTHING}",
            cure=advice("run the same command again"),
        )
    return RoutingError(
        "Codex did not call its image tool: this login or model does not have it, "
        f"or the agent did not use it; {_NOTHING}",
        cure=advice(
            "run the same command again; if that does not help: {doctor}",
            doctor=command("codex doctor"),
        ),
    )


_BUSY = re.compile(
    r"too ?many ?requests|too_many_requests|rate.?limit|\b429\b|overloaded|slow down"
)
_BLOCKED = re.compile(
    r"\b(?:accounts?|workspace|organi[sz]ation|your access|user)\b[^.]{0,80}\b(?:is|was|has been)\b"
    r"[^.]{0,30}\b(?:deactivated|suspended|terminated|disabled|blocked|banned|restricted)\b"
    r"|account_deactivated|access_terminated"
)


def _busy(said: str) -> AssetgenError:
    return BusyError(
        f"Codex was refused for too many requests: {said}; {_NOTHING}",
        cure=advice("run the same command again in a minute"),
    )


def _blocked(said: str) -> AssetgenError:
    return AccountError(
        f"the account of Codex is blocked: {said}; {_NOTHING}",
        cure=advice(
            "ask OpenAI's support to unblock it, or choose another route: {routes}",
            routes=command("assetgen routes"),
        ),
    )


_RESETS = re.compile(r"resets_at\D{1,6}(\d{9,11})")
_MESSAGE = re.compile(r'message\W{1,8}([^"\\]{3,300})')


def _image_failure(stated: Mapping[str, Any], said: str) -> AssetgenError:
    """Why the image tool failed: as the log states it, else from the tool's reply to the agent."""
    words = f"{stated.get('type') or ''} {stated.get('message') or ''} {said}"
    low = words.lower()
    if "usagelimit" in low or "usage_limit" in low or "usage limit" in low:
        found = _RESETS.search(said)
        resets = stated.get("resetsAt") or (int(found[1]) if found else None)
        when = f" until {_time(resets)}" if isinstance(resets, int) else ""
        what = f"the image limit of the plan is reached{when}; {_NOTHING}"
        return BusyError(what, cure=advice("run the same command again after that"))
    message = _MESSAGE.search(said)
    reason = str(
        stated.get("message")
        or (message[1] if message else "")
        or stated.get("type")
        or "no reason given"
    )[:300]
    reason = loose_json.shown(reason)
    if _BLOCKED.search(low):
        return _blocked(reason)
    if _BUSY.search(low):
        return _busy(reason)
    if "moderation" in low or "safety system" in low or "content_policy" in low:
        return ModerationError(
            f"the safety system refused: {reason}",
            cure=advice("change the prompt or the input images"),
        )
    return RoutingError(
        f"the image tool of Codex failed: {reason}; {_NOTHING}",
        cure=advice("run the same command again"),
    )


def _time(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (ValueError, OverflowError, OSError):
        return "an unknown time"
