"""What a record says of its request, compared with its route, its intent and its answer. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from assetgen import route_names
from assetgen.record.schema import Predicate

_GATEWAY = "gateway:"
#: Where a chat has the prompt and the images.
_CHAT = "messages"
#: Where a request has its images: in the Images API, at OpenRouter, in a task.
_IMAGES = ("image", "input_references", "image_urls")
#: How an image is received on each kind of route.
_RECEIVED = {"local": ("pixels",), "codex": ("file", "rollout")}


def contradictions(predicate: Predicate) -> Iterator[str]:
    """Everything in which the request of a record contradicts its other parts."""
    is_accepted = predicate.accepted is not msgspec.UNSET
    if is_accepted != (predicate.storage.reason == "accepted"):
        yield "storage.reason does not say whether there is a part accepted"
    if predicate.storage.reason == "adopted":
        yield from _of_adopted(predicate)
        return
    was_adopted = predicate.request is None and predicate.response is None
    if predicate.storage.reason == "accepted" and was_adopted:
        return
    owner = predicate.route.owner or ""
    yield from _of_storage(predicate, owner)
    if owner in route_names.OPENAI or owner.startswith(_GATEWAY):
        yield from _of_route(predicate, owner)
        if predicate.request is not None and not is_accepted:
            yield from _of_intent(predicate, predicate.request.body, owner)
    elif owner == "codex" and predicate.route.surface not in (None, "codex-plan"):
        yield f"route codex is on the bill {predicate.route.surface[:80]}"
    elif owner not in ("local", "codex"):
        yield f"there is no route {owner[:80]!r}"


def _of_adopted(predicate: Predicate) -> Iterator[str]:
    """The user brought the file: nothing was sent."""
    if predicate.request is not None or predicate.response is not None:
        yield "storage.reason is adopted, and there is a request or a response"
    if predicate.storage.received not in ("file", msgspec.UNSET):
        yield "storage.reason is adopted, and storage.received is not file"


def _of_storage(predicate: Predicate, owner: str) -> Iterator[str]:
    is_local = owner == "local"
    if predicate.storage.decision == "draft" and not is_local:
        yield f"a draft is not of route {owner[:80]}"
    if is_local:
        if predicate.original is not None:
            yield "there is an original, and route.owner is local"
    else:
        for name in ("request", "response", "original"):
            if getattr(predicate, name) is None:
                yield f"there is no {name}, and route.owner is {owner[:80]}"
    received = predicate.storage.received
    if received is not msgspec.UNSET and received not in _RECEIVED.get(owner, ("base64", "url")):
        yield f"storage.received is not how route {owner[:80]} gives an image"


def _of_route(predicate: Predicate, owner: str) -> Iterator[str]:
    """Whether owner, gateway, bill and endpoint name the same route."""
    route = predicate.route
    gateway = route.gateway.name if route.gateway else None
    bill = "openai-api" if route.gateway is None else f"{_GATEWAY}{gateway}"
    if route.surface != bill or (owner.startswith(_GATEWAY) and owner != bill):
        yield "route.owner, route.gateway and route.surface are not of one route"
    if owner in route_names.OPENAI and route.gateway and gateway != route.origin:
        yield "route.origin is not the host of route.gateway"
    body = predicate.request.body if predicate.request else {}
    if not (route.endpoint or "").endswith(_ends(body, owner)):
        yield f"route.endpoint is not an endpoint of route {owner[:80]}"


def _ends(body: Mapping[str, Any], owner: str) -> tuple[str, ...]:
    """How the endpoint of a request ends."""
    if owner == "responses":
        return ("/responses",)
    if _CHAT in body:
        return ("/chat/completions",)
    if "image" in body:
        return "/images/edits", "/images/edits/async"
    return "/images/generations", "/images/generations/async", "/images"


def _of_intent(predicate: Predicate, body: Mapping[str, Any], owner: str) -> Iterator[str]:
    """Whether the request asked for what the intent says."""
    intent = predicate.intent
    asked, given = _asked(body, owner)
    for name, left_out in (("size", "auto"), ("quality", None), ("background", "auto")):
        stated = intent.get(name)
        if name == "size" and name not in asked and predicate.route.gateway is not None:
            continue  # a gateway is sent what was written, and some take a ratio instead
        if asked.get(name) != (None if stated == left_out else stated):
            yield f"request.body has another {name} than the intent"
    model = predicate.response.model if predicate.response else None
    models = {asked.get("model"), intent.get("model") or asked.get("model"), model or None}
    if len(models - {None}) > 1:
        yield "request.body, the intent and the response name different models"
    references = [one for one in predicate.inputs if one.get("role") != "mask"]
    if len(given) != len(references):
        yield "request.body has another number of images than inputs"


def _asked(body: Mapping[str, Any], owner: str) -> tuple[Mapping[str, Any], list[Any]]:
    """The settings of a request, and the digests of its images."""
    if owner == "responses":
        tools = body.get("tools")
        tool = tools[0] if isinstance(tools, list) and tools else {}
        sent = body.get("input")
        return (tool if isinstance(tool, Mapping) else {}), list(sent or ())[1:]
    if _CHAT in body:
        return body, _parts(body)[1:]
    given: Any = next((body[name] for name in _IMAGES if name in body), [])
    return body, given if isinstance(given, list) else [given]


def prompt(body: Mapping[str, Any], owner: str) -> Any:
    """The digest of the prompt that a request has."""
    if owner == "responses":
        return next(iter(body.get("input") or ()), None)
    return next(iter(_parts(body)), None) if _CHAT in body else body.get("prompt")


def _parts(body: Mapping[str, Any]) -> list[Any]:
    """The digests of what a chat says: the prompt, then the images."""
    said = body[_CHAT]
    return said if isinstance(said, list) else []


def references(predicate: Predicate) -> list[Any]:
    """The digests of the images that a request has, in the order of ``inputs``."""
    if predicate.request is None or predicate.accepted is not msgspec.UNSET:
        return []
    owner = predicate.route.owner or ""
    if owner == "codex":
        return list(predicate.request.body.get("references") or ())
    return _asked(predicate.request.body, owner)[1]
