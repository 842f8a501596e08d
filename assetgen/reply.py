"""What a provider's bytes say: pictures, usage, ids, in JSON or as a stream of events. Pure; believes nothing else.

Sources: the official API description of 2026-08-21 with openai-python 3.54.0; LiteLLM, OpenRouter and new-api as
measured or read in November 2026.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec


class Unreadable(ValueError):
    """The bytes are not an answer of the kind that was asked for; the text says how."""

    def __init__(self, what: str, *, is_cut_short: bool = False) -> None:
        super().__init__(what)
        self.is_cut_short = is_cut_short
        """Whether the rest of an answer is missing, rather than an answer."""


@dataclass(frozen=True)
class Answer:
    """What one reply holds; None is what it does not say."""

    pictures: tuple[bytes, ...] = ()
    urls: tuple[str, ...] = ()
    response_id: str | None = None
    status: str | None = None
    """Of a response: queued, in_progress, completed, failed, incomplete, cancelled."""
    revised_prompt: str | None = None
    usage: Mapping[str, Any] | None = None
    tool_usage: Mapping[str, Any] | None = None
    served_model: str | None = None
    partials: int = 0
    failure: Mapping[str, Any] | None = None
    """The provider's error object, if the answer is one."""
    created: int | None = None
    """Seconds since 1970."""
    price: str | None = None
    """What the provider states that it charged, in USD, as it was written."""

    @property
    def is_pending(self) -> bool:
        return self.status in ("queued", "in_progress")


class _Datum(msgspec.Struct, frozen=True):
    b64_json: bytes | None = None  # msgspec decodes base64 in the same pass
    url: str | None = None
    revised_prompt: str | None = None


class _Loose(msgspec.Struct, frozen=True):
    data: list[_Datum] | None = None
    usage: dict[str, Any] | None = None
    model: str | None = None
    created: int | float | None = None
    error: Any = None


class _Item(msgspec.Struct, frozen=True):
    type: str = ""
    status: str | None = None
    result: bytes | None = None
    revised_prompt: str | None = None
    error: Any = None


class _Tools(msgspec.Struct, frozen=True):
    image_gen: dict[str, Any] | None = None


class _Response(msgspec.Struct, frozen=True):
    id: str | None = None
    status: str | None = None
    model: str | None = None
    created_at: float | None = None
    output: list[_Item] = []
    error: Any = None
    incomplete_details: dict[str, Any] | None = None
    usage: dict[str, Any] | None = None
    tool_usage: _Tools | None = None


class _Event(msgspec.Struct, frozen=True):
    type: str = ""
    b64_json: bytes | None = None
    partial_image_b64: bytes | None = None
    usage: dict[str, Any] | None = None
    created_at: float | None = None
    response: msgspec.Raw = msgspec.Raw()
    item: _Item | None = None
    error: Any = None
    code: str | None = None
    message: str | None = None


class _Kind(msgspec.Struct, frozen=True):
    type: str = ""


def of_images(data: bytes, *, streamed: bool) -> Answer:
    """The answer of the Images API in ``data``. Raises Unreadable."""
    if streamed and data.lstrip()[:1] != b"{":
        return _images_stream(data)
    body = _decoded(data, _Loose)
    if body.error:
        return Answer(failure=_failure(body.error), usage=_usage(body.usage))
    if body.data is None:
        raise Unreadable("the reply names no data")
    return Answer(
        pictures=tuple(datum.b64_json for datum in body.data if datum.b64_json),
        urls=tuple(datum.url for datum in body.data if datum.url and not datum.b64_json),
        revised_prompt=next((datum.revised_prompt for datum in body.data if datum.revised_prompt), None),
        usage=_usage(body.usage),
        served_model=body.model,
        created=_whole(body.created),
        price=_price(body.usage),
    )


def of_response(data: bytes, *, streamed: bool) -> Answer:
    """The answer of the Responses API in ``data``. Raises Unreadable."""
    if streamed and data.lstrip()[:1] != b"{":
        return _response_stream(data)
    return _response(data, ())


def _response(data: bytes | msgspec.Raw, items: tuple[_Item, ...], partials: int = 0) -> Answer:
    body = _decoded(data, _Response)
    calls = [item for item in body.output if item.type == "image_generation_call"]
    # A stream names the finished picture in an item of its own, and again in its last event.
    calls = calls if any(call.result for call in calls) else [*items, *(c for c in calls if not items)]
    failed = next(
        (call.error or {"message": f"the image call {call.status}"} for call in calls if not call.result), None
    )
    error = body.error
    if not error and body.status in ("failed", "incomplete", "cancelled"):
        reason = (body.incomplete_details or {}).get("reason")
        error = {"message": f"the response is {body.status}" + (f": {reason}" if reason else "")}
    pictures = tuple(call.result for call in calls if call.result)
    return Answer(
        pictures=pictures,
        response_id=body.id,
        status=body.status,
        revised_prompt=next((call.revised_prompt for call in calls if call.revised_prompt), None),
        usage=_usage(body.usage),
        tool_usage=_usage(body.tool_usage.image_gen if body.tool_usage else None),
        served_model=body.model,
        partials=partials,
        failure=None if pictures else _failure(error or failed) if (error or failed) else None,
        created=_whole(body.created_at),
    )


def _images_stream(data: bytes) -> Answer:
    partials = 0
    for payload in events(data):
        kind = _decoded(payload, _Kind).type
        if kind.endswith(".partial_image"):
            partials += 1
        elif kind.endswith(".completed"):
            event = _decoded(payload, _Event)
            return Answer(
                pictures=(event.b64_json,) if event.b64_json else (),
                usage=_usage(event.usage),
                partials=partials,
                created=_whole(event.created_at),
            )
        elif failure := _event_failure(payload, kind):
            return Answer(failure=failure, partials=partials)
    raise Unreadable(f"the stream ended after {partials} previews, without the picture", is_cut_short=True)


def _response_stream(data: bytes) -> Answer:
    partials = 0
    items: list[_Item] = []
    begun: str | None = None
    for payload in events(data):
        kind = _decoded(payload, _Kind).type
        if kind.endswith(".partial_image"):
            partials += 1
        elif kind == "response.created":
            begun = _decoded(_decoded(payload, _Event).response, _Response).id
        elif kind == "response.output_item.done":
            item = _decoded(payload, _Event).item
            if item and item.type == "image_generation_call":
                items.append(item)
        elif kind in ("response.completed", "response.failed", "response.incomplete", "response.cancelled"):
            return _response(_decoded(payload, _Event).response, tuple(items), partials)
        elif failure := _event_failure(payload, kind):
            return Answer(failure=failure, partials=partials, response_id=begun)
    pictures = tuple(item.result for item in items if item.result)
    if pictures:  # the picture came, only what follows it did not
        return Answer(pictures=pictures, response_id=begun, partials=partials, status="completed")
    if begun:
        return Answer(response_id=begun, partials=partials, status="in_progress")
    raise Unreadable(f"the stream ended after {partials} previews, without the picture", is_cut_short=True)


def previews(data: bytes) -> Iterator[bytes]:
    """The partial images in a piece of a stream; what cannot be read is no preview."""
    for payload in events(data):
        try:
            if _decoded(payload, _Kind).type.endswith(".partial_image"):
                event = _decoded(payload, _Event)
                yield event.b64_json or event.partial_image_b64 or b""
        except Unreadable:
            continue


def _event_failure(payload: bytes, kind: str) -> Mapping[str, Any] | None:
    if kind != "error" and not kind.endswith(".failed") and b'"error"' not in payload[:4096]:
        return None
    event = _decoded(payload, _Event)
    if kind == "error" or event.error:
        return _failure(event.error or {"message": event.message, "code": event.code})
    return None


def events(data: bytes) -> Iterator[bytes]:
    """The payload of each server-sent event (HTML standard, 9.2), without the final [DONE] that some send."""
    for block in data.replace(b"\r\n", b"\n").split(b"\n\n"):
        lines = [line[5:].removeprefix(b" ") for line in block.split(b"\n") if line.startswith(b"data:")]
        payload = b"\n".join(lines)
        if payload and payload != b"[DONE]":
            yield payload


def error(data: bytes) -> Mapping[str, Any]:
    """The provider's error object in the body of a refusal, in whichever of the known forms; {} if there is none."""
    try:
        body = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return {}
    if not isinstance(body, dict):
        return {}
    found = body.get("error", body.get("detail", body))
    return _failure(found) if found else {}


def _failure(found: Any) -> Mapping[str, Any]:
    if isinstance(found, Mapping):
        return dict(found)
    return {"message": str(found)}


def _usage(found: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Usage with its counts as integers; a gateway that knows nothing says zero everywhere, which is nothing."""
    kept = _counts(found or {})
    return kept if any(kept.values()) and _total(kept) else None


def _counts(found: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in found.items():
        if isinstance(value, Mapping):
            kept[str(name)[:60]] = _counts(value)
        elif isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53:
            kept[str(name)[:60]] = value
    return kept


def _total(counts: Mapping[str, Any]) -> int:
    return sum(_total(value) if isinstance(value, Mapping) else int(value) for value in counts.values())


def _price(usage: Mapping[str, Any] | None) -> str | None:
    cost = (usage or {}).get("cost")
    return str(cost) if isinstance(cost, (int, float)) and not isinstance(cost, bool) else None


def _whole(seconds: float | None) -> int | None:
    return int(seconds) if seconds is not None and 0 <= seconds < 2**40 else None


def _decoded(data: bytes | msgspec.Raw, form: type[Any]) -> Any:
    try:
        return msgspec.json.decode(data, type=form)
    except msgspec.ValidationError as exc:
        if b'"data:image/' in bytes(data[:200_000] if isinstance(data, bytes) else data):
            return _decoded(_without_data_urls(bytes(data)), form)
        raise Unreadable(f"the reply does not have the form of an answer: {exc}".replace("`", "'")) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as exc:
        start = bytes(data[:40]) if isinstance(data, bytes) else b""
        what = "the reply is HTML" if start.lstrip()[:1] == b"<" else f"the reply is not JSON ({exc})"
        raise Unreadable(what, is_cut_short="truncated" in str(exc) and start.lstrip()[:1] == b"{") from None


def _without_data_urls(data: bytes) -> bytes:
    """``data`` with "data:image/png;base64,xyz" as the bare base64 that most providers send."""
    pieces = data.split(b'"data:image/')
    return pieces[0] + b"".join(b'"' + piece.partition(b"base64,")[2] for piece in pieces[1:])
