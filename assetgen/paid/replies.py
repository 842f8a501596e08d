"""What a provider's bytes say: pictures, usage, ids, in JSON or as a stream of events. Pure; believes nothing else.

Sources: the official API description of 2026-08-21 with openai-python 3.54.0; LiteLLM, OpenRouter and new-api as
measured or read in November 2026.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from assetgen.paid.event_stream import events
from assetgen.plan.routing import Answer


class Unreadable(ValueError):
    """The bytes are not an answer of the kind that was asked for; the text says how."""

    def __init__(self, what: str, *, is_cut_short: bool = False, is_whole: bool = False) -> None:
        super().__init__(what)
        self.is_cut_short = is_cut_short
        """Whether the rest of an answer is missing, rather than an answer."""
        self.is_whole = is_whole
        """Whether it is JSON to its end, so that asking for it again would bring the same."""


# Only what carries a picture or an id is strict: what is paid for is not lost to an odd word beside it.


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
    """The answer of the Images API in ``data``. Raises Unreadable."""
    if streamed and data.lstrip()[:1] != b"{":
        return _images_stream(data)
    body = _decoded(data, _Loose)
    if body.error and not body.data:
        return Answer(failure=_failure(body.error), usage=_usage(body.usage))
    if body.data is None:
        raise Unreadable("the reply names no data")
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
    """The answer of the Responses API in ``data``. Raises Unreadable."""
    if streamed and data.lstrip()[:1] != b"{":
        return _response_stream(data)
    return _response(data, ())


def _response(data: bytes | msgspec.Raw, items: tuple[_Item, ...], partials: int = 0) -> Answer:
    body = _decoded(data, _Response)
    calls = [item for item in body.output if item.type == "image_generation_call"]
    # A stream names the finished picture in an item of its own, and again in its last event.
    calls = (
        calls if any(call.result for call in calls) else [*items, *(c for c in calls if not items)]
    )
    failed = next(
        (
            call.error or {"message": f"the image call is {call.status}"}
            for call in calls
            if not call.result and (call.error or call.status != "completed")
        ),
        None,
    )
    error = body.error
    if not error and body.status in ("failed", "incomplete", "cancelled"):
        details = body.incomplete_details
        reason = details.get("reason") if isinstance(details, dict) else None
        error = {"message": f"the response is {body.status}" + (f": {reason}" if reason else "")}
    pictures = tuple(call.result for call in calls if call.result)
    return Answer(
        pictures=pictures,
        response_id=body.id,
        status=body.status,
        revised_prompt=next(filter(None, (_text(call.revised_prompt) for call in calls)), None),
        usage=_usage(body.usage),
        tool_usage=_kept(_loosely(body.tool_usage).get("image_gen")),
        served_model=_text(body.model),
        partials=partials,
        failure=None if pictures else _failure(error or failed) if (error or failed) else None,
        created=_whole(body.created_at),
    )


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
        raise Unreadable(
            f"the stream ended after {partials} previews, without the picture", is_cut_short=True
        )
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
    if pictures:  # the picture came, only what follows it did not
        return Answer(pictures=pictures, response_id=begun, partials=partials, status="completed")
    if begun:
        return Answer(response_id=begun, partials=partials, status="in_progress")
    raise Unreadable(
        f"the stream ended after {partials} previews, without the picture", is_cut_short=True
    )


def begun_id(data: bytes) -> str | None:
    """The id of a response in bytes of an answer that broke off, by which the whole one can be fetched."""
    try:
        return _response_stream(data).response_id
    except Unreadable:
        found = re.search(rb'"id"\s*:\s*"(resp_[A-Za-z0-9_-]{1,200})"', data[:65_536])
        return found[1].decode() if found else None


def preview(event: bytes) -> bytes | None:
    """The partial image in the data of an event; None if it has none, or cannot be read."""
    try:
        if not _decoded(event, _Kind).type.endswith(".partial_image"):
            return None
        found = _decoded(event, _Event)
    except Unreadable:
        return None
    return found.b64_json or found.partial_image_b64


def _event_failure(payload: bytes, kind: str) -> Mapping[str, Any] | None:
    if kind != "error" and not kind.endswith(".failed") and b'"error"' not in payload[:4096]:
        return None
    event = _decoded(payload, _Event)
    if kind == "error" or event.error:
        return _failure(event.error or {"message": event.message, "code": event.code})
    return None


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


#: The most that is kept of a usage table: names, and levels below each other.
_MOST_COUNTS, _DEEPEST = 40, 3
_COUNT = re.compile(r"[a-z0-9_]{1,60}")


def _usage(stated: msgspec.Raw) -> Mapping[str, Any] | None:
    """Usage with its counts as integers; a gateway that knows nothing says zero everywhere, which is nothing.

    A table that cannot be read is no usage; the picture beside it is paid for all the same.
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
        what = f"the reply does not have the form of an answer: {exc}".replace("`", "'")
        raise Unreadable(what, is_whole=True) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as exc:
        start = bytes(data[:40]) if isinstance(data, bytes) else b""
        what = (
            "the reply is HTML" if start.lstrip()[:1] == b"<" else f"the reply is not JSON ({exc})"
        )
        raise Unreadable(
            what, is_cut_short="truncated" in str(exc) and start.lstrip()[:1] == b"{"
        ) from None


def _without_data_urls(data: bytes) -> bytes:
    """``data`` with "data:image/png;base64,xyz" as the bare base64 that most providers send."""
    pieces = data.split(b'"data:image/')
    return pieces[0] + b"".join(b'"' + piece.partition(b"base64,")[2] for piece in pieces[1:])
