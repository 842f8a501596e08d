"""Reads a provider's reply, JSON or a stream of events: its images, usage and ids. Pure.

Sources: OpenAI's API description of 2026-08-21 with openai-python 3.54.0; LiteLLM, OpenRouter and
new-api, measured or read in November 2026.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from assetgen.paid.event_stream import events
from assetgen.plan.routing import Answer


class Unreadable(ValueError):
    """The bytes are not a reply of the expected kind; the text says why."""

    def __init__(self, what: str, *, is_cut_short: bool = False, is_whole: bool = False) -> None:
        super().__init__(what)
        self.is_cut_short = is_cut_short
        """Whether the end of a reply is missing."""
        self.is_whole = is_whole
        """Whether it is complete JSON, so that fetching it again would give the same."""


# Only images and ids have strict types: no odd field beside them may lose a paid image.


class _Datum(msgspec.Struct, frozen=True):
    b64_json: bytes | None = None  # msgspec decodes base64 in the same pass
    url: str | None = None
    revised_prompt: Any = None


class _Loose(msgspec.Struct, frozen=True):
    data: list[_Datum] | None = None
    usage: msgspec.Raw = msgspec.Raw()
    model: Any = None
    created: Any = None
    error: Any = None


class _Item(msgspec.Struct, frozen=True):
    type: str = ""
    status: str | None = None
    result: bytes | None = None
    revised_prompt: Any = None
    error: Any = None


class _Response(msgspec.Struct, frozen=True):
    id: str | None = None
    status: str | None = None
    model: Any = None
    created_at: Any = None
    output: list[_Item] = []
    error: Any = None
    incomplete_details: Any = None
    usage: msgspec.Raw = msgspec.Raw()
    tool_usage: msgspec.Raw = msgspec.Raw()


class _Event(msgspec.Struct, frozen=True):
    type: str = ""
    b64_json: bytes | None = None
    partial_image_b64: bytes | None = None
    usage: msgspec.Raw = msgspec.Raw()
    created_at: Any = None
    response: msgspec.Raw = msgspec.Raw()
    item: _Item | None = None
    error: Any = None
    code: Any = None
    message: Any = None


class _Kind(msgspec.Struct, frozen=True):
    type: str = ""


def of_images(data: bytes, *, streamed: bool) -> Answer:
    """Read a reply of the Images API. Raises Unreadable."""
    if streamed and data.lstrip()[:1] != b"{":
        return _images_stream(data)
    body = _decoded(data, _Loose)
    if body.error and not body.data:
        return Answer(failure=_failure(body.error), usage=_usage(body.usage))
    if body.data is None:
        raise Unreadable("the reply has no data")
    return Answer(
        pictures=tuple(datum.b64_json for datum in body.data if datum.b64_json),
        urls=tuple(datum.url for datum in body.data if datum.url and not datum.b64_json),
        revised_prompt=next(
            filter(None, (_text(datum.revised_prompt) for datum in body.data)), None
        ),
        usage=_usage(body.usage),
        served_model=_text(body.model),
        created=_whole(body.created),
        price=_price(body.usage),
    )


def of_response(data: bytes, *, streamed: bool) -> Answer:
    """Read a reply of the Responses API. Raises Unreadable."""
    if streamed and data.lstrip()[:1] != b"{":
        return _response_stream(data)
    return _response(data, ())


def _response(data: bytes | msgspec.Raw, items: tuple[_Item, ...], partials: int = 0) -> Answer:
    body = _decoded(data, _Response)
    calls: list[_Item] = [item for item in body.output if item.type == "image_generation_call"]
    # A stream has the finished image in an item of its own, and mostly again in its last event.
    if items and not any(call.result for call in calls):
        calls = list(items)
    pictures = tuple(call.result for call in calls if call.result)
    problem = None if pictures else (_response_error(body) or _call_error(calls))
    return Answer(
        pictures=pictures,
        response_id=body.id,
        status=body.status,
        revised_prompt=next(filter(None, (_text(call.revised_prompt) for call in calls)), None),
        usage=_usage(body.usage),
        tool_usage=_kept(_loosely(body.tool_usage).get("image_gen")),
        served_model=_text(body.model),
        partials=partials,
        failure=_failure(problem) if problem else None,
        created=_whole(body.created_at),
    )


def _response_error(body: _Response) -> Any:
    if body.error or body.status not in ("failed", "incomplete", "cancelled"):
        return body.error
    details = body.incomplete_details
    reason = details.get("reason") if isinstance(details, dict) else None
    return {"message": f"the response is {body.status}" + (f": {reason}" if reason else "")}


def _call_error(calls: Iterable[_Item]) -> Any:
    """The error of the first image call that failed; None if none did."""
    for call in calls:
        if not call.result and (call.error or call.status != "completed"):
            return call.error or {"message": f"the image call is {call.status}"}
    return None


def _images_stream(data: bytes) -> Answer:
    partials = 0
    done: list[_Event] = []
    for payload in events(data):
        kind = _decoded(payload, _Kind).type
        if kind.endswith(".partial_image"):
            partials += 1
        elif kind.endswith(".completed"):
            done.append(_decoded(payload, _Event))
        elif not done and (failure := _event_failure(payload, kind)):
            return Answer(failure=failure, partials=partials)
    if not done:
        raise _without_image(partials)
    return Answer(
        pictures=tuple(event.b64_json for event in done if event.b64_json),
        usage=_usage(done[-1].usage),
        partials=partials,
        created=_whole(done[0].created_at),
    )


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
        elif kind in (
            "response.completed",
            "response.failed",
            "response.incomplete",
            "response.cancelled",
        ):
            return _response(_decoded(payload, _Event).response, tuple(items), partials)
        elif failure := _event_failure(payload, kind):
            return Answer(failure=failure, partials=partials, response_id=begun)
    pictures = tuple(item.result for item in items if item.result)
    if pictures:  # only what follows the image is missing
        return Answer(pictures=pictures, response_id=begun, partials=partials, status="completed")
    if begun:
        return Answer(response_id=begun, partials=partials, status="in_progress")
    raise _without_image(partials)


def _without_image(partials: int) -> Unreadable:
    what = f"the stream ended after {partials} previews, without the final image"
    return Unreadable(what, is_cut_short=True)


def begun_id(data: bytes) -> str | None:
    """The id of a response in an incomplete reply, by which the whole response can be fetched."""
    try:
        return _response_stream(data).response_id
    except Unreadable:
        found = re.search(rb'"id"\s*:\s*"(resp_[A-Za-z0-9_-]{1,200})"', data[:65_536])
        return found[1].decode() if found else None


def preview(event: bytes) -> bytes | None:
    """The partial image in an event; None if the event has none or cannot be read."""
    try:
        if not _decoded(event, _Kind).type.endswith(".partial_image"):
            return None
        found = _decoded(event, _Event)
    except Unreadable:
        return None
    picture: bytes | None = found.b64_json or found.partial_image_b64
    return picture


def _event_failure(payload: bytes, kind: str) -> Mapping[str, Any] | None:
    if kind != "error" and not kind.endswith(".failed") and b'"error"' not in payload[:4096]:
        return None
    event = _decoded(payload, _Event)
    if kind == "error" or event.error:
        return _failure(event.error or {"message": event.message, "code": event.code})
    return None


def error(data: bytes) -> Mapping[str, Any]:
    """The provider's error object in the body of a refusal, in any known form; {} if none."""
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


#: The most that is kept of a usage table: the number of names, and of nested levels.
_MOST_COUNTS, _DEEPEST = 40, 3
_COUNT = re.compile(r"[a-z0-9_]{1,60}")


def _usage(stated: msgspec.Raw) -> Mapping[str, Any] | None:
    """The usage, with integer counts; None if all counts are zero, as some gateways report.

    A table that cannot be read gives None too: the image beside it is paid for in any case.
    """
    return _kept(_loosely(stated))


def _kept(found: Any) -> Mapping[str, Any] | None:
    kept = _counts(found, _DEEPEST) if isinstance(found, dict) else {}
    return kept if _total(kept) else None


def _loosely(stated: msgspec.Raw) -> Mapping[str, Any]:
    try:
        found = msgspec.json.decode(stated) if bytes(stated) else None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def _counts(found: Mapping[str, Any], deep: int) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in list(found.items())[:_MOST_COUNTS]:
        if not _COUNT.fullmatch(name):
            continue
        if isinstance(value, Mapping) and deep:
            kept[name] = _counts(value, deep - 1)
        elif isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53:
            kept[name] = value
    return kept


def _total(counts: Mapping[str, Any]) -> int:
    return sum(
        _total(value) if isinstance(value, Mapping) else int(value) for value in counts.values()
    )


def _price(usage: msgspec.Raw) -> str | None:
    cost = _loosely(usage).get("cost")
    return str(cost) if isinstance(cost, (int, float)) and not isinstance(cost, bool) else None


def _whole(seconds: Any) -> int | None:
    return int(seconds) if isinstance(seconds, (int, float)) and 0 <= seconds < 2**40 else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _decoded(data: bytes | msgspec.Raw, form: type[Any]) -> Any:
    try:
        return msgspec.json.decode(data, type=form)
    except msgspec.ValidationError as exc:
        if b'"data:image/' in bytes(data[:200_000] if isinstance(data, bytes) else data):
            return _decoded(_without_data_urls(bytes(data)), form)
        what = f"the reply does not have the expected structure: {exc}".replace("`", "'")
        raise Unreadable(what, is_whole=True) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as exc:
        first = bytes(data[:40]).lstrip()[:1] if isinstance(data, bytes) else b""
        what = "the reply is HTML" if first == b"<" else f"the reply is not JSON ({exc})"
        is_cut_short = first == b"{" and "truncated" in str(exc)
        raise Unreadable(what, is_cut_short=is_cut_short) from None


def _without_data_urls(data: bytes) -> bytes:
    """``data`` with plain base64 in place of each "data:image/png;base64,xyz"."""
    pieces = data.split(b'"data:image/')
    return pieces[0] + b"".join(b'"' + piece.partition(b"base64,")[2] for piece in pieces[1:])
