"""The parts of the record about a purchase: the request, the reply, the image, the price.

Pure: they are the same for a new reply and for one that an earlier run stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET, UnsetType

from assetgen.cure import command
from assetgen.errors import StorageError
from assetgen.image import decode
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
    RecordedDescriptor,
    RecordedGateway,
    RecordedRequest,
    RecordedResponse,
    RecordedRoute,
)
from assetgen.settings.catalog import Catalog
from assetgen.settings.provider import Provider

if TYPE_CHECKING:
    from PIL.Image import Image

#: No more digests of further images are in a record.
_MOST_OTHERS = 100


@dataclass(frozen=True)
class Checked:
    """A received image: original bytes, measures, pixels, a tiny preview as a data URL."""

    original: bytes = field(repr=False)
    seen: decode.Facts
    image: Image = field(repr=False)
    placeholder: str = field(repr=False)


def evidence(wish: Wish, provider: Provider, request: Request) -> dict[str, Any]:
    """The parts of the record about the request, and what is needed to read its reply later."""
    path = provider.base_path + request.path
    endpoint = f"POST {path}"
    gateway = None
    if not provider.is_openai:
        gateway = RecordedGateway(
            name=provider.name,
            profile=provider.profile.name,
            channel_declared=provider.channel,
            descriptor=_descriptor(wish),
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
        "lane": request.lane,
    }


def _descriptor(wish: Wish) -> RecordedDescriptor | UnsetType:
    found = wish.descriptor
    return RecordedDescriptor(sha256=found.digest, read_on=found.as_of) if found else UNSET


def noted(route: RecordedRoute, request: RecordedRequest) -> dict[str, Any]:
    """The parts of the record about a request, as the log stores them."""
    return {"route": msgspec.to_builtins(route), "request": msgspec.to_builtins(request)}


def asked_for(entry: Entry) -> tuple[RecordedRoute, RecordedRequest]:
    """The parts that ``noted`` gave, from the log. Raises StorageError if it is damaged."""
    try:
        return (
            msgspec.convert(entry.evidence["route"], RecordedRoute),
            msgspec.convert(entry.evidence["request"], RecordedRequest),
        )
    except (LookupError, msgspec.ValidationError) as exc:
        raise StorageError(
            f"the log of paid requests is damaged: {exc}",
            where=entry.log,
            cure=command("assetgen doctor"),
        ) from exc


def request_id(provider: Provider, headers: Mapping[str, str]) -> str | None:
    """The provider's id of a request."""
    names = provider.profile.request_ids
    found = next((headers[name][:120] for name in names if headers.get(name)), None)
    for secret in provider.secrets if found else ():
        found = (found or "").replace(secret, "***")
    return found


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
    """The result of a route, from a stored ``answer`` whose image was checked.

    ``others`` are the digests of further images in the answer, as hexadecimal text.
    """
    answer = _without_secrets(answer, provider)
    headers = (entry.reply or {}).get("headers", {})
    served = _served_model(provider, headers, answer)
    usage = usage_cost(entry, answer, catalog)
    route, request = asked_for(entry)
    return Drawn(
        original=checked.original,
        source_type="trainedAlgorithmicMedia",
        route=_answered(route, provider, headers, served=served),
        request=request,
        response=_response(entry, answer, request_id(provider, headers), others=others),
        received=received,
        keeps_original=True,
        revised=answer.revised_prompt,
        image=checked.image,
        placeholder=checked.placeholder,
        usage_cost=msgspec.structs.replace(usage, currency=UNSET) if usage else None,
        provider_cost=_stated_price(provider, headers, answer),
        entry=entry.number,
        remarks=(
            *_image_remarks(wish, provider, checked.seen),
            *_served_remarks(entry, served, _other_channel(provider, headers)),
            *_count_remarks(len(answer.pictures), entry),
        ),
    )


def _answered(
    route: RecordedRoute, provider: Provider, headers: Mapping[str, str], *, served: str | None
) -> RecordedRoute:
    """``route`` with the channel and the model that a gateway states."""
    if not route.gateway:
        return route
    observed = {name: headers[name] for name in provider.profile.channels if headers.get(name)}
    gateway = msgspec.structs.replace(
        route.gateway, channel_observed=observed or None, model_served=served
    )
    return msgspec.structs.replace(route, gateway=gateway)


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
        others=[f"sha256:{digest}" for digest in others[:_MOST_OTHERS]],
        attempts=msgspec.convert(entry.attempts, list[Attempt]),
    )


def _other_channel(provider: Provider, headers: Mapping[str, str]) -> str | None:
    """The channel that answered, if the gateway names it and it is not the declared one."""
    named = headers.get(provider.profile.channel_name or "")
    return named if named and provider.channel and named != provider.channel else None


def _without_secrets(answer: Answer, provider: Provider) -> Answer:
    """``answer`` without secrets in its texts, which go into a record."""

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
    """The cost of the usage in the reply, at OpenAI's prices; None for a gateway."""
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
    """The price that a gateway states, in millionths of a dollar."""
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


def _image_remarks(wish: Wish, provider: Provider, seen: decode.Facts) -> Iterator[str]:
    """How the image differs from the request."""
    size, wanted = f"{seen.width}x{seen.height}", wish.intent.size
    if wanted not in ("auto", size):
        is_asked = provider.is_openai or wish.asset.asked_size not in (None, "auto")
        yield (
            f"requested {wanted}, received {size}"
            if is_asked
            else f"received {size}; images of this kind have {wanted}, which was not requested: "
            f'write size = "{wanted}" to request it from {provider.host}'
        )
    if wish.intent.background == "transparent" and not seen.alpha:
        yield "requested a transparent background, received an opaque one"


def _served_remarks(entry: Entry, served: str | None, channel: str | None) -> Iterator[str]:
    """Which other model or channel answered."""
    asked = entry.evidence.get("textModel") or entry.evidence.get("model")
    if served and asked and not _same_model(served, asked):
        yield f"requested model {asked}, but {served} answered"
    if channel:
        yield f"a different channel than the declared one answered: {channel}"


def _count_remarks(pictures: int, entry: Entry) -> Iterator[str]:
    asked = entry.evidence.get("images", 1)
    if asked == 1 and pictures > 1:
        yield f"requested one image, received {pictures}; the others are kept beside its original"


def _same_model(served: str, asked: str) -> bool:
    """Whether both are one model: the same name, a dated snapshot, or with a provider's prefix."""
    short, long = sorted((served.rpartition("/")[2], asked.rpartition("/")[2]), key=len)
    return long == short or (
        long.startswith(f"{short}-") and long[len(short) + 1 :].replace("-", "").isdigit()
    )


def _time(seconds: int | None) -> str | None:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else None
