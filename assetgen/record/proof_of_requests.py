"""What a record says of its request, compared with its route, its intent and its answer. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from assetgen import route_names
from assetgen.record.schema import Predicate

_GATEWAY = "gateway:"
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
    ends: tuple[str, ...] = ("/responses",)
    if owner != "responses":
        body = predicate.request.body if predicate.request else {}
        ends = ("/images/edits",) if "image" in body else ("/images/generations", "/images")
    if not (route.endpoint or "").endswith(ends):
        yield f"route.endpoint is not an endpoint of route {owner[:80]}"


def _of_intent(predicate: Predicate, body: Mapping[str, Any], owner: str) -> Iterator[str]:
    """Whether the request asked for what the intent says."""
    intent = predicate.intent
    asked, given = _asked(body, owner)
    for name, left_out in (("size", "auto"), ("quality", None), ("background", "auto")):
        stated = intent.get(name)
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
    given = body.get("image", body.get("input_references", []))
    return body, given if isinstance(given, list) else [given]


def references(predicate: Predicate) -> list[Any]:
    """The digests of the images that a request has, in the order of ``inputs``."""
    if predicate.request is None or predicate.accepted is not msgspec.UNSET:
        return []
    owner = predicate.route.owner or ""
    if owner == "codex":
        return list(predicate.request.body.get("references") or ())
    return _asked(predicate.request.body, owner)[1]
