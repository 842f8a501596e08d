"""What a purchase leaves in the record: the request as it went out, the answer measured, its price as it was stated.

Pure: the same for a reply that came just now and for one that a killed run had stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import UNSET

from assetgen.errors import StorageError
from assetgen.image import decode
from assetgen.paid import journal
from assetgen.paid.journal import Entry
from assetgen.paid.transport import client_name
from assetgen.plan import cost
from assetgen.plan.routing import Answer, Drawn, Request
from assetgen.plan.wish import Wish
from assetgen.record import record
from assetgen.record.schema import (
    Amount,
    Attempt,
    PartialImages,
    RecordedGateway,
    RecordedRequest,
    RecordedResponse,
    RecordedRoute,
)
from assetgen.settings.catalog import Catalog
from assetgen.settings.provider import Provider


@dataclass(frozen=True)
class Checked:
    """A picture that was decoded: its untouched bytes, what was measured, a tiny preview as a data URL."""

    original: bytes = field(repr=False)
    seen: decode.Facts
    placeholder: str = field(repr=False)


def evidence(wish: Wish, provider: Provider, request: Request) -> dict[str, Any]:
    """What the record will say of the request, and what is needed to read its reply after a restart."""
    path = provider.base_path + request.path
    endpoint = f"POST {path}"
    gateway = None
    if not provider.is_openai:
        gateway = RecordedGateway(
            name=provider.name, profile=provider.profile.name, channel_declared=provider.channel
        )
    route = RecordedRoute(
        owner=wish.asset.route,
        surface=provider.surface,
        endpoint=endpoint,
        origin=provider.host,
        client=client_name(),
        gateway=gateway,
    )
    fidelity = wish.options.input_fidelity if wish.asset.inputs else None
    return {
        **noted(route, record.recorded_request(endpoint, request.stated, fidelity)),
        "model": wish.model,
        "textModel": wish.options.text_model if wish.asset.route == "responses" else None,
        "partialImages": wish.options.partial_images or 0,
        "streamed": request.streams,
    }


def noted(route: RecordedRoute, request: RecordedRequest) -> dict[str, Any]:
    """The record's parts on who is asked for what, as the log stores them."""
    return {"route": msgspec.to_builtins(route), "request": msgspec.to_builtins(request)}


def asked_for(entry: Entry) -> tuple[RecordedRoute, RecordedRequest]:
    """What ``noted`` stored before the request left. Raises StorageError if the log is damaged."""
    try:
        return (
            msgspec.convert(entry.evidence["route"], RecordedRoute),
            msgspec.convert(entry.evidence["request"], RecordedRequest),
        )
    except (LookupError, msgspec.ValidationError) as exc:
        raise StorageError(
            f"the log of paid requests is damaged: {exc}",
            where=journal.NAME,
            cure="assetgen doctor",
        ) from exc


def request_id(provider: Provider, headers: Mapping[str, str]) -> str | None:
    """The id under which the provider knows a request."""
    return next(
        (headers[name][:120] for name in provider.profile.request_ids if headers.get(name)), None
    )


def drawn(
    entry: Entry,
    wish: Wish,
    provider: Provider,
    answer: Answer,
    checked: Checked,
    received: str,
    others: Sequence[str],
    catalog: Catalog,
) -> Drawn:
    """What a route gives back, from a stored ``answer`` whose picture was checked."""
    answer = _without_secrets(answer, provider)
    seen = checked.seen
    headers = (entry.reply or {}).get("headers", {})
    served = _served_model(provider, headers, answer)
    asked_model = entry.evidence.get("textModel") or entry.evidence.get("model")
    route, request = asked_for(entry)
    if route.gateway:
        observed = {name: headers[name] for name in provider.profile.channels if headers.get(name)}
        answered = msgspec.structs.replace(
            route.gateway, channel_observed=observed or None, model_served=served
        )
        route = msgspec.structs.replace(route, gateway=answered)
    usage = usage_cost(entry, answer, catalog)
    return Drawn(
        original=checked.original,
        source_type="trainedAlgorithmicMedia",
        route=route,
        request=request,
        response=_response(entry, answer, request_id(provider, headers), others=others),
        received=received,
        keeps_original=True,
        revised=answer.revised_prompt,
        placeholder=checked.placeholder,
        usage_cost=msgspec.structs.replace(usage, currency=UNSET) if usage else None,
        provider_cost=_stated_price(provider, headers, answer),
        entry=entry.number,
        remarks=tuple(
            _remarks(
                wish,
                seen,
                served,
                asked_model,
                len(answer.pictures),
                _other_channel(provider, headers),
            )
        ),
    )


def _response(
    entry: Entry, answer: Answer, named: str | None, *, others: Sequence[str]
) -> RecordedResponse:
    return RecordedResponse(
        id=answer.response_id,
        request_id=named,
        created_at=_time(answer.created) or entry.began,
        model=entry.evidence.get("model"),
        usage=dict(answer.usage) if answer.usage is not None else None,
        tool_usage=dict(answer.tool_usage) if answer.tool_usage is not None else None,
        partial_images=PartialImages(
            requested=entry.evidence.get("partialImages", 0), received=answer.partials
        ),
        images=max(1, len(answer.pictures), len(answer.urls)),
        others=[f"sha256:{digest}" for digest in others],
        attempts=msgspec.convert(entry.attempts, list[Attempt]),
    )


def _other_channel(provider: Provider, headers: Mapping[str, str]) -> str | None:
    """The channel that answered, if the gateway names it as its users do and it is not the declared one."""
    named = headers.get(provider.profile.channel_name or "")
    return named if named and provider.channel and named != provider.channel else None


def _without_secrets(answer: Answer, provider: Provider) -> Answer:
    """``answer`` with no key in the texts that go into a record, whatever a provider repeats."""

    def hidden(text: str | None) -> str | None:
        for secret in provider.secrets if text else ():
            text = (text or "").replace(secret, "***")
        return text

    return replace(
        answer,
        response_id=hidden(answer.response_id),
        revised_prompt=hidden(answer.revised_prompt),
        served_model=hidden(answer.served_model),
    )


def _served_model(provider: Provider, headers: Mapping[str, str], answer: Answer) -> str | None:
    named = next(
        (headers[name] for name in provider.profile.served_models if headers.get(name)), None
    )
    return named or answer.served_model


def usage_cost(entry: Entry, answer: Answer, catalog: Catalog) -> Amount | None:
    """What the returned usage comes to at OpenAI's prices; a gateway's bill is its own."""
    if entry.surface != "openai-api" or not answer.usage:
        return None
    text_model = entry.evidence.get("textModel")
    return cost.usage_cost(
        answer.usage,
        str(entry.evidence.get("model")),
        catalog,
        tool_usage=answer.tool_usage,
        text_model=text_model,
    )


def _stated_price(provider: Provider, headers: Mapping[str, str], answer: Answer) -> Amount | None:
    """What a gateway says that it charged, as it said it, in millionths of a dollar."""
    stated = headers.get(provider.profile.price or "") or (
        answer.price if not provider.is_openai else None
    )
    try:
        micros = round(float(stated) * 1_000_000) if stated else None
    except (ValueError, OverflowError):
        return None
    if micros is None or not 0 <= micros < 2**53:
        return None
    basis = provider.profile.price_basis or "stated by the provider"
    return Amount(micros=micros, currency="USD", basis=basis)


def _remarks(
    wish: Wish,
    seen: decode.Facts,
    served: str | None,
    asked_model: str | None,
    pictures: int,
    channel: str | None,
) -> Iterable[str]:
    """Where what came differs from what was asked."""
    size = f"{seen.width}x{seen.height}"
    if wish.intent.size not in ("auto", size):
        yield f"asked for {wish.intent.size}, {size} came"
    if wish.intent.background == "transparent" and not seen.alpha:
        yield "asked for a transparent background, an opaque one came"
    if served and asked_model and not _same_model(served, asked_model):
        yield f"asked for model {asked_model}, {served} answered"
    if channel:
        yield f"another channel than the declared one answered: {channel}"
    if pictures > 1:
        yield f"asked for one picture, {pictures} came; the others are kept in the cache"


def _same_model(served: str, asked: str) -> bool:
    """Whether one name is the other, or a dated snapshot or a provider's spelling of it."""
    short, long = sorted((served.rpartition("/")[2], asked.rpartition("/")[2]), key=len)
    return long == short or (
        long.startswith(f"{short}-") and long[len(short) + 1 :].replace("-", "").isdigit()
    )


def _time(seconds: int | None) -> str | None:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else None
