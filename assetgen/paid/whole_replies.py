"""Reads a reply that is one JSON document: its images, or what it says instead. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from assetgen import embedded, loose_json
from assetgen.paid import found_images, provider_rules, service_words, side_data
from assetgen.paid.reply_forms import ImagesReply, Item, Response, Unreadable, decoded
from assetgen.plan.routing import Answer


def images(data: bytes) -> Answer:
    """Read a whole reply of the Images API. Raises Unreadable."""
    try:
        strict = _images_answer(decoded(data, ImagesReply))
    except Unreadable as exc:
        return loosely_read(data, instead=exc)
    if any(map(embedded.is_image, strict.pictures)) or (strict.urls and not strict.pictures):
        return strict
    return loosely_read(data, instead=strict)


def _images_answer(body: ImagesReply) -> Answer:
    data = body.data or []
    in_urls = filter(None, (embedded.data_url(datum.url or "") for datum in data))
    pictures = tuple(datum.b64_json for datum in data if datum.b64_json)
    return Answer(
        pictures=(*pictures, *in_urls),
        urls=tuple(
            datum.url
            for datum in data
            if datum.url and not datum.b64_json and not embedded.is_data_url(datum.url)
        ),
        revised_prompt=next(
            filter(None, (side_data.text(datum.revised_prompt) for datum in data)), None
        ),
        usage=side_data.usage(body.usage),
        served_model=side_data.name(body.model),
        created=side_data.time(body.created),
        price=side_data.price(body.usage),
    )


def loosely_read(data: bytes, instead: Answer | Unreadable) -> Answer:
    """The images of a reply that the strict reader found none in, or what the reply says.

    ``instead`` is what the strict reader gave; it is raised if it is an error and nothing is found.
    """
    try:
        values = list(loose_json.values(data))
    except RecursionError:
        values = []
    found = found_images.in_values(values)
    if not values:
        found = found_images.in_broken_json(data)
    if found.pictures or found.urls:
        return _loose_answer(values, found)
    first = values[0] if values else None
    if isinstance(first, str) and (inner := loose_json.in_text(first)):
        first = inner[0]
    if failure := service_words.failure(first):
        return Answer(failure=failure, usage=side_data.usage(side_data.loosely(first).get("usage")))
    said, is_refusal = service_words.words(values) if values else (_plain_words(data), False)
    if said and _is_refusal(said, is_refusal):
        return Answer(failure={"message": said, "code": "refusal"})
    if said and provider_rules.are_known(said):
        return Answer(failure={"message": said})
    if isinstance(instead, Unreadable):
        raise (
            instead
            if not said
            else Unreadable(f"{instead}; it says: {said}", is_whole=bool(values))
        )
    return replace(instead, said=said)


def _plain_words(data: bytes) -> str:
    """The words of a reply that is neither JSON nor a page."""
    start = data[:4096].lstrip()
    is_text = start[:1] not in (b"<", b"{", b"[", b"") and b"\0" not in start
    return str(service_words.error(data).get("message") or "") if is_text else ""


def _loose_answer(values: Sequence[Any], found: found_images.Found) -> Answer:
    """The answer with images that were found anywhere, and what is usual beside them."""
    body = next((value for value in values if isinstance(value, Mapping)), {})
    calls = [one for key in ("data", "output") for one in _list(body.get(key))]
    revised = (side_data.text(side_data.loosely(one).get("revised_prompt")) for one in calls)
    named = str(body.get("id") or "")
    return Answer(
        pictures=found.pictures,
        is_in_words=found.is_in_words,
        urls=found.urls,
        response_id=side_data.response_id(named) if named.startswith("resp_") else None,
        status="completed" if named.startswith("resp_") else None,
        revised_prompt=next(filter(None, revised), None),
        usage=side_data.usage(body.get("usage")),
        tool_usage=side_data.image_usage(body.get("tool_usage")),
        served_model=side_data.name(body.get("model")),
        created=side_data.time(body.get("created", body.get("created_at"))),
        price=side_data.price(body.get("usage")),
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


_REFUSAL = re.compile(
    r"\b(?:can(?:'|\u2019|no)t|cannot|unable to|won(?:'|\u2019)t|not able to)\s+"
    r"(?:\w+\s+){0,3}?(?:help|assist|create|generate|make|draw|produce|fulfil|comply|provide)"
    r"|(?:violat\w+|against) .{0,40}\b(?:polic|guideline|terms)",
    re.I,
)


def _is_refusal(said: str, is_marked: bool) -> bool:
    """Whether the words of a reply refuse to draw, as models put it."""
    return is_marked or _REFUSAL.search(said[:1000]) is not None


def response(data: bytes | msgspec.Raw, items: tuple[Item, ...] = (), partials: int = 0) -> Answer:
    """Read a whole reply of the Responses API; ``items`` are image calls that came before it.

    Raises Unreadable.
    """
    try:
        strict = _response_answer(decoded(data, Response), items, partials)
    except Unreadable as exc:
        return replace(loosely_read(bytes(data), instead=exc), partials=partials)
    if any(map(embedded.is_image, strict.pictures)) or strict.is_pending:
        return strict
    loose = loosely_read(bytes(data), instead=strict)
    if not loose.pictures:
        # Its own failure says more than the words around it.
        return replace(strict, failure=strict.failure or loose.failure, said=loose.said)
    strict = replace(strict, pictures=loose.pictures, is_in_words=loose.is_in_words)
    return replace(strict, failure=None, status="completed")


def _response_answer(body: Response, items: tuple[Item, ...], partials: int) -> Answer:
    calls: list[Item] = [item for item in body.output if item.type == "image_generation_call"]
    # A stream has the finished image in an item of its own, and mostly again in its last event.
    if items and not any(call.result for call in calls):
        calls = list(items)
    pictures = tuple(call.result for call in calls if call.result)
    problem = None if pictures else (_response_error(body) or _call_error(calls))
    revised = (side_data.text(call.revised_prompt) for call in calls)
    return Answer(
        pictures=pictures,
        response_id=side_data.response_id(body.id),
        status="completed" if pictures else body.status,
        revised_prompt=next(filter(None, revised), None),
        usage=side_data.usage(body.usage),
        tool_usage=side_data.image_usage(body.tool_usage),
        served_model=side_data.name(body.model),
        partials=partials,
        failure=service_words.error_object(problem) if problem else None,
        created=side_data.time(body.created_at),
    )


def _response_error(body: Response) -> Any:
    if body.error or body.status not in ("failed", "incomplete", "cancelled"):
        return body.error
    details = body.incomplete_details
    reason = details.get("reason") if isinstance(details, dict) else None
    return {"message": f"the response is {body.status}" + (f": {reason}" if reason else "")}


def _call_error(calls: Iterable[Item]) -> Any:
    """The error of the first image call that failed; None if none did."""
    for call in calls:
        if not call.result and (call.error or call.status != "completed"):
            return call.error or {"message": f"the image call is {call.status}"}
    return None
