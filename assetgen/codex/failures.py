"""What a failed run of the Codex CLI means, as one of our errors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from assetgen.codex.cli import Run
from assetgen.codex.rollout import Rollout
from assetgen.errors import (
    AccountError,
    AssetgenError,
    BusyError,
    ModerationError,
    RoutingError,
    UnknownOutcome,
)

_NOTHING = "no picture was drawn; the conversation around it counts toward the plan"


_LOGGED_OUT = (
    "401",
    "unauthorized",
    "sign in",
    "refresh token",
    "log in",
    "/oauth/token",
    "could not be refreshed",
)


def failure_of(run: Run, told: Rollout) -> AssetgenError:
    """Why a run left no picture: from the thread's rollout where it says so, else from how the run ended."""
    failed = next((one for one in told.generations if one.failure or one.said), None)
    if failed is not None:
        return _image_failure(failed.failure or {}, failed.said or "")
    if run.timed_out:
        what = "Codex did not end in time and was stopped; whether it drew something is unknown"
        return UnknownOutcome(
            what, cure="assetgen generate --resume (looks again), or assetgen generate ID --force"
        )
    words = (run.error or "").lower()
    if "usage limit" in words or "limit reached" in words:
        return BusyError(
            f"the plan's limit is reached: {run.error}",
            cure="run the same command again after that",
        )
    if any(word in words for word in _LOGGED_OUT):
        return AccountError(
            "Codex's login is no longer valid; nothing was drawn", cure="codex login"
        )
    if run.error or run.exit_code not in (0, None):
        said = run.error or f"exit {run.exit_code}"
        return RoutingError(
            f"Codex failed: {said}; {_NOTHING}", cure="try it yourself: codex exec hello"
        )
    if told.generations:
        return RoutingError(
            f"Codex's image tool left nothing; {_NOTHING}", cure="run the same command again"
        )
    what = "Codex did not call its image tool: it is not offered to this login or model, or the agent chose not to"
    return RoutingError(
        f"{what}; {_NOTHING}", cure="run the same command again; if it stays so: codex doctor"
    )


_RESETS = re.compile(r"resets_at\D{1,6}(\d{9,11})")
_MESSAGE = re.compile(r'message\W{1,8}([^"\\]{3,300})')


def _image_failure(stated: Mapping[str, Any], said: str) -> AssetgenError:
    """Why the image tool failed: as the rollout states it, else in the words that the tool was answered with."""
    words = f"{stated.get('type') or ''} {stated.get('message') or ''} {said}"
    low = words.lower()
    if "usagelimit" in low or "usage_limit" in low or "usage limit" in low:
        found = _RESETS.search(said)
        resets = stated.get("resetsAt") or (int(found[1]) if found else None)
        when = f" until {_time(resets)}" if isinstance(resets, int) else ""
        what = f"the plan's limit for pictures is reached{when}; {_NOTHING}"
        return BusyError(what, cure="run the same command again after that")
    message = _MESSAGE.search(said)
    reason = str(
        stated.get("message")
        or (message[1] if message else "")
        or stated.get("type")
        or "no reason given"
    )[:300]
    if "moderation" in low or "safety system" in low or "content_policy" in low:
        return ModerationError(
            f"the safety system refused: {reason}", cure="change the prompt or the input pictures"
        )
    return RoutingError(
        f"Codex's image tool failed: {reason}; {_NOTHING}", cure="run the same command again"
    )


def _time(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (ValueError, OverflowError, OSError):
        return "an unknown time"
