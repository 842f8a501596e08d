"""Reads a reply that is a stream of events: its images, or what it says instead. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from assetgen import embedded
from assetgen.paid import found_images, service_words, side_data, whole_replies
from assetgen.paid.event_stream import events
from assetgen.paid.reply_forms import Event, Item, Kind, Response, Unreadable, decoded
from assetgen.plan.routing import Answer


def kind_of(payload: bytes) -> str:
    """The type of an event, also of one that is not quite JSON."""
    try:
        return str(decoded(payload, Kind).type)
    except Unreadable:
        found = _TYPE.search(payload)
        return found[1].decode() if found else ""


def _is_whole(payload: bytes) -> bool:
    """Whether an event is JSON to its end: the last one of a stream may be cut short."""
    try:
        decoded(payload, Kind)
    except Unreadable:
        return False
    return True


_TYPE = re.compile(rb'"type"\s*:\s*"([\w.-]{1,100})"')


def images(data: bytes) -> Answer:
    """Read a stream of the Images API. Raises Unreadable."""
    partials = 0
    done: list[Answer] = []
    failure: Mapping[str, Any] | None = None
    has_ended = False
    for payload in events(data):
        kind = kind_of(payload)
        if kind.endswith(".partial_image"):
            partials += 1
            continue
        has_ended = has_ended or (kind.endswith(".completed") and _is_whole(payload))
        answer = _event_answer(payload)
        if answer.pictures or answer.urls:
            done.append(answer)
        failure = failure or answer.failure
    if done:
        return _joined(done, partials)
    if failure:
        return Answer(failure=failure, partials=partials)
    if not has_ended:
        raise _without_image(partials)
    return Answer(partials=partials)


def _event_answer(payload: bytes) -> Answer:
    """The images or the failure in one event of a stream."""
    try:
        event = decoded(payload, Event)
        if event.b64_json and embedded.is_image(event.b64_json):
            return Answer(
                pictures=(event.b64_json,),
                usage=side_data.usage(event.usage),
                created=side_data.time(event.created_at or event.created),
                price=side_data.price(event.usage),
            )
        return whole_replies.loosely_read(payload, instead=Answer(failure=_event_failure(payload)))
    except Unreadable:
        try:
            return whole_replies.loosely_read(payload, instead=Answer())
        except Unreadable:
            return Answer()


def _joined(answers: Sequence[Answer], partials: int) -> Answer:
    """The images of several events, and what the last of them says of their usage."""
    pictures = dict.fromkeys(one for answer in answers for one in answer.pictures)
    return replace(
        answers[-1],
        pictures=tuple(pictures),
        urls=tuple(url for answer in answers for url in answer.urls),
        usage=next((one.usage for one in reversed(answers) if one.usage), None),
        created=next((one.created for one in answers if one.created), None),
        price=next((one.price for one in reversed(answers) if one.price), None),
        partials=partials,
        failure=None,
    )


_ENDS = ("response.completed", "response.failed", "response.incomplete", "response.cancelled")


def response(data: bytes) -> Answer:
    """Read a stream of the Responses API. Raises Unreadable."""
    partials = 0
    items: list[Item] = []
    elsewhere: list[bytes] = []
    begun: str | None = None
    for payload in events(data):
        kind = kind_of(payload)
        if kind.endswith(".partial_image"):
            partials += 1
        elif kind == "response.created":
            begun = _begun(payload) or begun
        elif kind in _ENDS and (answer := _ended(payload, items, partials)) is not None:
            return replace(answer, pictures=answer.pictures or tuple(elsewhere))
        elif kind == "response.output_item.done" and (item := _item(payload)) is not None:
            items.append(item)
        elif not elsewhere and (failure := _event_failure(payload)):
            if not any(item.result for item in items):
                return Answer(failure=failure, partials=partials, response_id=begun)
        elif len(payload) >= found_images.FEWEST_BYTES:
            elsewhere += _event_answer(payload).pictures
    pictures = (*(item.result for item in items if item.result), *elsewhere)
    if pictures:  # only what follows the image is missing
        return Answer(pictures=pictures, response_id=begun, partials=partials, status="completed")
    if begun:
        return Answer(response_id=begun, partials=partials, status="in_progress")
    raise _without_image(partials)


def _begun(payload: bytes) -> str | None:
    """The id of the response in its first event."""
    try:
        return side_data.response_id(decoded(decoded(payload, Event).response, Response).id)
    except Unreadable:
        found = _RESPONSE_ID.search(payload)
        return found[1].decode() if found else None


def _ended(payload: bytes, items: Sequence[Item], partials: int) -> Answer | None:
    """The answer in the last event of a response; None if it cannot be read."""
    try:
        event = decoded(payload, Event)
        whole: bytes | msgspec.Raw = event.response
    except Unreadable:
        whole = payload
    try:
        return whole_replies.response(whole, tuple(items), partials)
    except Unreadable:
        return None


def _item(payload: bytes) -> Item | None:
    """The image call in an event; None if it has none, or none that the strict reader can read."""
    try:
        item = decoded(payload, Event).item
    except Unreadable:
        pictures = _event_answer(payload).pictures
        return Item("image_generation_call", "completed", pictures[0]) if pictures else None
    return item if item and item.type == "image_generation_call" else None


def _without_image(partials: int) -> Unreadable:
    what = f"the stream ended after {partials} previews, without the final image"
    return Unreadable(what, is_cut_short=True)


_RESPONSE_ID = re.compile(rb'"id"\s*:\s*"(resp_[A-Za-z0-9_-]{1,200})"')


def _event_failure(payload: bytes) -> Mapping[str, Any] | None:
    """The failure that an event of a stream is; None if it is none."""
    kind = kind_of(payload)
    if kind != "error" and not kind.endswith(".failed") and b'"error"' not in payload[:4096]:
        return None
    try:
        event = decoded(payload, Event)
    except Unreadable:
        return service_words.error(payload) or None
    if kind == "error" or event.error:
        return service_words.error_object(
            event.error or {"message": event.message, "code": event.code}
        )
    return None


def begun_id(data: bytes) -> str | None:
    """The id of a response in an incomplete reply, by which the whole response can be fetched."""
    try:
        return response(data).response_id
    except Unreadable:
        found = _RESPONSE_ID.search(data[:65_536])
        return found[1].decode() if found else None


def preview(event: bytes) -> bytes | None:
    """The partial image in an event; None if the event has none or cannot be read."""
    try:
        if not decoded(event, Kind).type.endswith(".partial_image"):
            return None
        found = decoded(event, Event)
    except Unreadable:
        return None
    picture: bytes | None = found.b64_json or found.partial_image_b64
    return picture
