"""The Responses API with its hosted image tool: what it takes, its objects and its events."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tests.support.provider.faults import INVALID, Refusal, Refused, invalid
from tests.support.provider.images import IMAGE_MODELS, TOOL, Job, check
from tests.support.provider.pictures import Picture

KNOWN = {
    "background",
    "background_options",
    "conversation",
    "include",
    "input",
    "instructions",
    "max_output_tokens",
    "max_tool_calls",
    "metadata",
    "model",
    "parallel_tool_calls",
    "previous_response_id",
    "prompt",
    "prompt_cache_key",
    "reasoning",
    "safety_identifier",
    "service_tier",
    "store",
    "stream",
    "stream_options",
    "temperature",
    "text",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "truncation",
    "user",
}
SNAPSHOTS = {"gpt-5.5": "gpt-5.5-2026-04-23", "gpt-5": "gpt-5-2025-08-07"}


@dataclass
class Order:
    """A request that was let through."""

    body: dict[str, Any]
    job: Job | None
    action: str
    id: str = field(default_factory=lambda: "resp_" + secrets.token_hex(24))


@dataclass
class Running:
    """A response that is kept: what it will be, and how far it has been asked about."""

    final: dict[str, Any]
    events: list[dict[str, Any]]
    polls: int
    asked: int = 0
    cancelled: bool = False

    def now(self) -> dict[str, Any]:
        """The response as the next question finds it: queued, in progress, then what it will be."""
        self.asked += 1
        if self.cancelled:
            return unfinished(self.final, "cancelled")
        if self.asked > self.polls:
            return self.final
        return unfinished(self.final, "queued" if self.asked == 1 else "in_progress")

    def cancel(self) -> dict[str, Any]:
        self.cancelled = self.asked <= self.polls
        return unfinished(self.final, "cancelled") if self.cancelled else self.final


def unfinished(final: dict[str, Any], status: str) -> dict[str, Any]:
    bare = {
        key: value
        for key, value in final.items()
        if key not in ("usage", "tool_usage", "completed_at")
    }
    return bare | {"status": status, "output": [], "error": None, "incomplete_details": None}


def order(body: dict[str, Any], *, models: list[str], transparent_ok: bool) -> Order:
    """Let a request through, or refuse it.

    Raises Refused.
    """
    model = body.get("model")
    if not isinstance(model, str):
        raise Refused(
            invalid("missing_required_parameter", "Missing required parameter: 'model'.", "model")
        )
    if model in IMAGE_MODELS or model.startswith(("gpt-image-", "chatgpt-image", "dall-e")):
        text = f"The requested model '{model}' is not supported with the Responses API."
        raise Refused(Refusal(400, INVALID, None, text, "model"))
    if model not in models:
        raise Refused(
            invalid("model_not_found", f"The requested model '{model}' does not exist.", "model")
        )
    for key in body:
        if key not in KNOWN:
            raise Refused(invalid("unknown_parameter", f"Unknown parameter: '{key}'.", key))
    if not body.get("input"):
        raise Refused(
            invalid("missing_required_parameter", "Missing required parameter: 'input'.", "input")
        )
    tool = next(
        (dict(tool) for tool in body.get("tools") or [] if tool.get("type") == "image_generation"),
        None,
    )
    choice = body.get("tool_choice", "auto")
    if tool is None and choice not in ("auto", "none"):
        text = "Tool choice 'image_generation' not found in 'tools' parameter."
        raise Refused(Refusal(400, INVALID, None, text, "tool_choice"))
    if tool is None or choice == "none":
        return Order(body, None, "auto")
    images = list(_pictures(body["input"]))
    job = check(tool, TOOL, "tool", models=models, transparent_ok=transparent_ok)
    action = tool.get("action", "auto")
    if action == "edit" and not images:
        text = "The 'edit' action needs at least one input image in context."
        raise Refused(invalid("invalid_value", text, "tools"))
    if action == "auto":
        action = "edit" if images else "generate"
    return Order(body, _with(job, body["input"], len(images)), action)


def _pictures(given: Any) -> Iterator[dict[str, Any]]:
    """Every input picture, however deep."""
    if isinstance(given, list):
        for item in given:
            yield from _pictures(item)
    elif isinstance(given, dict):
        if given.get("type") in ("input_image", "image_generation_call"):
            yield given
        yield from _pictures(given.get("content"))


def _with(job: Job, given: Any, images: int) -> Job:
    """The job with what the conversation adds to it."""
    return replace(
        job,
        prompt=given if isinstance(given, str) else str(given)[:400],
        inputs=((1024, 1024),) * images,
    )


def call(order: Order, picture: Picture | str | None, status: str = "completed") -> dict[str, Any]:
    """An image_generation_call."""
    job = order.job
    assert job is not None
    return {
        "id": "ig_" + secrets.token_hex(24),
        "type": "image_generation_call",
        "status": status,
        "action": order.action,
        "background": job.background,
        "output_format": job.form,
        "quality": job.quality,
        "result": picture,
        "revised_prompt": f"{job.prompt} (as the model put it)",
        "size": job.size_text,
    }


def message(text: str = "") -> dict[str, Any]:
    content = {"type": "output_text", "annotations": [], "logprobs": [], "text": text}
    name = "msg_" + secrets.token_hex(24)
    return {
        "id": name,
        "type": "message",
        "status": "completed",
        "content": [content],
        "role": "assistant",
    }


def response(
    order: Order, output: list[dict[str, Any]], created: int, pictures: int
) -> dict[str, Any]:
    """A finished Response."""
    body = order.body
    usage = {
        "input_tokens": 2000,
        "input_tokens_details": {"cache_write_tokens": 0, "cached_tokens": 0},
        "output_tokens": 60,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 2060,
    }
    out: dict[str, Any] = {
        "id": order.id,
        "object": "response",
        "created_at": created,
        "completed_at": created + 1,
        "status": "completed",
        "background": bool(body.get("background")),
        "error": None,
        "incomplete_details": None,
        "instructions": body.get("instructions"),
        "max_output_tokens": body.get("max_output_tokens"),
        "model": SNAPSHOTS.get(body["model"], body["model"]),
        "output": output,
        "parallel_tool_calls": True,
        "previous_response_id": body.get("previous_response_id"),
        "service_tier": "default",
        "store": body.get("store", True) is not False,
        "temperature": 1.0,
        "tool_choice": body.get("tool_choice", "auto"),
        "tools": body.get("tools") or [],
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": usage,
        "metadata": body.get("metadata") or {},
    }
    if order.job is not None:
        spent = order.job.usage(pictures, order.job.partials if body.get("stream") else 0)
        out["tool_usage"] = {"image_gen": spent, "web_search": {"num_requests": 0}}
    return out


def events(final: dict[str, Any], order: Order, partial: Picture | None) -> list[dict[str, Any]]:
    """The events of a streamed response, numbered."""
    first = unfinished(final, "queued" if final["background"] else "in_progress")
    out: list[dict[str, Any]] = [{"type": "response.created", "response": first}]
    if final["background"]:
        out.append({"type": "response.queued", "response": first})
    out.append({"type": "response.in_progress", "response": unfinished(final, "in_progress")})
    for index, item in enumerate(final["output"]):
        if item["type"] == "image_generation_call":
            out += _call_events(item, index, order, partial)
        else:
            out += _message_events(item, index)
    out.append({"type": f"response.{final['status']}", "response": final})
    return [{**event, "sequence_number": number} for number, event in enumerate(out)]


def _call_events(
    item: dict[str, Any], index: int, order: Order, partial: Picture | None
) -> list[dict[str, Any]]:
    at = {"output_index": index, "item_id": item["id"]}
    name = "response.image_generation_call"
    begun = {"id": item["id"], "type": item["type"], "status": "in_progress", "result": None}
    out: list[dict[str, Any]] = [
        {"type": "response.output_item.added", "output_index": index, "item": begun},
        {"type": f"{name}.in_progress", **at},
        {"type": f"{name}.generating", **at},
    ]
    said = {key: item[key] for key in ("background", "output_format", "quality", "size")}
    for number in range(order.job.partials if order.job and partial else 0):
        partly = {"partial_image_index": number, "partial_image_b64": partial}
        out.append({"type": f"{name}.partial_image", **at, **partly, **said})
    if item["status"] == "completed":
        out.append({"type": f"{name}.completed", **at})
    out.append({"type": "response.output_item.done", "output_index": index, "item": item})
    return out


def _message_events(item: dict[str, Any], index: int) -> list[dict[str, Any]]:
    part = item["content"][0]
    at = {"output_index": index, "item_id": item["id"], "content_index": 0}
    begun = {**item, "status": "in_progress", "content": []}
    return [
        {"type": "response.output_item.added", "output_index": index, "item": begun},
        {"type": "response.content_part.added", **at, "part": {**part, "text": ""}},
        {"type": "response.output_text.delta", **at, "delta": part["text"], "logprobs": []},
        {"type": "response.output_text.done", **at, "text": part["text"], "logprobs": []},
        {"type": "response.content_part.done", **at, "part": part},
        {"type": "response.output_item.done", "output_index": index, "item": item},
    ]
