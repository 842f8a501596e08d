"""Reads the log of a Codex thread (its rollout): images, model, account limits. Pure.

Sources: rollouts of codex-cli 0.169.0 (seen), and the image_generation_end events of older versions
(openai/codex).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from assetgen import embedded, loose_json

#: The id of a thread; nothing else may become part of a path.
THREAD = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
#: The longest line that is read, in bytes: one image of the largest size as base64.
MAX_LINE = 64 * 1024 * 1024

#: The most characters of an id or a name that are kept, and the most inputs of one image.
_LONGEST_NAME, _MOST_INPUTS = 200, 16


@dataclass(frozen=True)
class Generation:
    """One call of the image tool in the log of a thread; None for what the log does not state."""

    call_id: str
    status: str | None = None
    prompt: str | None = None
    """The prompt that the agent sent."""
    saved_path: str | None = None
    picture: bytes | None = field(default=None, repr=False)
    generation_id: str | None = None
    inputs: tuple[Mapping[str, Any], ...] = ()
    failure: Mapping[str, Any] | None = None
    said: str | None = None
    """The tool's reply to the agent, if it failed."""
    turn_id: str | None = None


@dataclass(frozen=True)
class Rollout:
    """One thread."""

    generations: tuple[Generation, ...] = ()
    cli_version: str | None = None
    provider: str | None = None
    """The provider of its configuration: "openai", or the name of another service."""
    model: str | None = None
    limits: tuple[Mapping[str, Any], ...] = ()
    """The limits of the whole account, each time that Codex received them."""


def read(lines: Iterable[bytes]) -> Rollout:
    """The thread in the lines of a rollout; lines that are too long or not JSON are ignored."""
    generations: dict[str, Generation] = {}
    session: Mapping[str, Any] = {}
    model: str | None = None
    limits: list[Mapping[str, Any]] = []
    answers: dict[str, str] = {}
    for line in lines:
        kind, payload = _line(line)
        if kind == "session_meta":
            session = payload
        elif kind == "turn_context":
            model = _name(payload.get("model")) or model
        elif kind == "event_msg" and payload.get("type") == "token_count":
            if isinstance(found := payload.get("rate_limits"), dict):
                limits.append(found)
        elif kind == "response_item" and payload.get("type") == "function_call_output":
            answers[str(payload.get("call_id"))] = _shown(payload.get("output"))
        elif (found := _generation(payload)) is not None:
            generations[found.call_id] = _merged(generations.get(found.call_id), found)
    calls = (
        replace(one, said=answers.get(one.call_id)) if one.status == "failed" else one
        for one in generations.values()
    )
    return Rollout(
        generations=tuple(calls),
        cli_version=_name(session.get("cli_version")),
        provider=_name(session.get("model_provider")),
        model=model,
        limits=tuple(limits),
    )


def _live(whole: Mapping[str, Any]) -> Mapping[str, Any]:
    """An event of codex app-server in the form that a rollout has for it."""
    params = whole.get("params")
    item = params.get("item") if isinstance(params, dict) else None
    if not isinstance(params, dict) or not isinstance(item, dict):
        return {}
    if whole.get("method") != "item/completed" or item.get("type") != "imageGeneration":
        return {}
    return {
        "type": "item_completed",
        "turn_id": params.get("turnId"),
        "item": {**item, "kind": "image_gen.generation"},
    }


def _line(line: bytes) -> tuple[str | None, Mapping[str, Any]]:
    if len(line) > MAX_LINE:
        return None, {}
    try:
        whole = next(loose_json.values(line), None)
    except RecursionError:
        return None, {}
    if not isinstance(whole, dict):
        return None, {}
    payload = whole.get("payload") or _live(whole)
    return _text(whole.get("type")), payload if isinstance(payload, dict) else {}


def _generation(payload: Mapping[str, Any]) -> Generation | None:
    if payload.get("type") == "item_completed":
        item = payload.get("item")
        if (
            isinstance(item, dict)
            and item.get("kind") == "image_gen.generation"
            and isinstance(item.get("id"), str)
        ):
            return _new(item, _name(payload.get("turn_id")))
    elif payload.get("type") in ("image_generation_end", "image_generation_call"):
        return _old(payload)
    return None


def _new(item: Mapping[str, Any], turn_id: str | None) -> Generation:
    inputs = item.get("inputImages")
    return Generation(
        call_id=loose_json.shown(item["id"])[:_LONGEST_NAME],
        status=_name(item.get("status")),
        prompt=_text(item.get("revisedPrompt")),
        saved_path=_text(item.get("savedPath")),
        picture=_picture(item.get("result")),
        generation_id=_name(item.get("generationId")),
        inputs=tuple(entry for entry in inputs if isinstance(entry, dict))[:_MOST_INPUTS]
        if isinstance(inputs, list)
        else (),
        failure=item["failure"] if isinstance(item.get("failure"), dict) else None,
        turn_id=turn_id,
    )


def _old(payload: Mapping[str, Any]) -> Generation | None:
    call_id = _name(payload.get("call_id")) or _name(payload.get("id"))
    if call_id is None:
        return None
    return Generation(
        call_id=call_id,
        status=_name(payload.get("status")),
        prompt=_text(payload.get("revised_prompt")),
        saved_path=_text(payload.get("saved_path")),
        picture=_picture(payload.get("result")),
    )


def _merged(old: Generation | None, new: Generation) -> Generation:
    """What two events say of one call: the later one counts where both state something."""
    if old is None:
        return new
    stated = {
        key.name: value
        for key in fields(new)
        if (value := getattr(new, key.name)) not in (None, ())
    }
    return replace(old, **stated)


def _text(value: Any) -> str | None:
    return loose_json.shown(value) if isinstance(value, str) and value else None


def _name(value: Any) -> str | None:
    """An id or a name, cut to 200 characters."""
    return (_text(value) or "")[:_LONGEST_NAME] or None


def _shown(value: Any) -> str:
    return loose_json.shown(str(value)[:4000])


def _picture(value: Any) -> bytes | None:
    if not isinstance(value, str) or not value:
        return None
    return next(embedded.images(value), None) or embedded.from_base64(value)
