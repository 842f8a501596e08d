"""What a service itself publishes about a model: the fields that it takes, and its prices.

Sources: openrouter.ai/docs (``GET /images/models/ID/endpoints``), and ``GET /v1/model/info`` of
LiteLLM 1.108.7, whose list of parameters is that of chats and is not used. November 2026.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec

from assetgen.settings import user_cache

_MOST = 200


class Takes(msgspec.Struct, frozen=True):
    """What one field takes: values, or numbers from ``min`` to ``max``; empty for any."""

    values: tuple[str, ...] = ()
    min: int | None = None
    max: int | None = None


class Price(msgspec.Struct, frozen=True):
    """One price, in millionths of a dollar, as text: some are fractions."""

    billable: str
    unit: str
    micros: float
    variant: str | None = None


class Descriptor(msgspec.Struct, frozen=True):
    """What a service says about one model."""

    model: str
    as_of: str
    """The date on which it was read."""
    digest: str
    """sha256 (hex) of the bytes that were read."""
    takes: dict[str, Takes] = {}
    is_complete: bool = False
    """Whether a field that is absent is not supported."""
    prices: tuple[Price, ...] = ()
    draws: bool = True
    """Whether the service calls it a model for images."""
    streams: bool = False
    """Whether it sends previews."""


_FORM = msgspec.json.Decoder(Descriptor)
Language = Literal["openrouter", "litellm"]


class Descriptors:
    """The descriptions that were read before, in the user's cache and in this run."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._known: dict[str, Descriptor | None] = {}

    def find(self, base_url: str, model: str, channel: str | None = None) -> Descriptor | None:
        """The description of ``model`` at a service; None if it was never read."""
        file = user_cache.name(base_url, channel or "", model)
        if file not in self._known:
            data = user_cache.read(self._environ, "models", file)
            self._known[file] = _kept(data) if data else None
        return self._known[file]

    def keep(self, base_url: str, channel: str | None, found: Descriptor) -> None:
        """Keep a description that was read now."""
        file = user_cache.name(base_url, channel or "", found.model)
        self._known[file] = found
        user_cache.write(self._environ, "models", file, msgspec.json.encode(found))


def _kept(data: bytes) -> Descriptor | None:
    try:
        return _FORM.decode(data)
    except (msgspec.DecodeError, RecursionError):
        return None


def path(language: Language, model: str) -> str:
    """Where a service publishes the description, below its base URL."""
    if language == "litellm":
        return "/model/info"
    plain = "/".join(re.sub(r"[^A-Za-z0-9._~:-]", "", part) for part in model.split("/"))
    return f"/images/models/{plain}/endpoints"


def read(
    language: Language, data: bytes, model: str, channel: str | None, as_of: str
) -> Descriptor | None:
    """The description in a reply; None if it has none for ``model``."""
    try:
        document = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    known = Descriptor(model, as_of, hashlib.sha256(data).hexdigest())
    find = _of_litellm if language == "litellm" else _of_openrouter
    return find(document, known, channel) if isinstance(document, Mapping) else None


# -- OpenRouter ------------------------------------------------------------------------------------


def _of_openrouter(
    document: Mapping[str, Any], known: Descriptor, channel: str | None
) -> Descriptor | None:
    """What the declared channel takes, or what all channels together do."""
    every = [one for one in _list(document.get("endpoints")) if isinstance(one, Mapping)]
    found = [one for one in every if channel is None or channel in _names(one)]
    if not found:
        return None
    takes: dict[str, Takes] = {}
    for one in found:
        stated = one.get("supported_parameters")
        for name, form in stated.items() if isinstance(stated, Mapping) else ():
            takes[str(name)[:80]] = _joined(takes.get(str(name)[:80]), _takes(form))
    prices = [price for one in found for price in _prices(one.get("pricing"))]
    return msgspec.structs.replace(
        known,
        takes=takes,
        is_complete=True,
        prices=tuple(prices),
        streams=any(one.get("supports_streaming") is True for one in found),
    )


def _names(endpoint: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(endpoint.get(key) for key in ("provider_tag", "provider_slug", "provider_name"))


def _takes(form: Any) -> Takes:
    if not isinstance(form, Mapping):
        return Takes()
    if form.get("type") == "enum":
        values = [str(one)[:80] for one in _list(form.get("values"))]
        return Takes(values=tuple(values[:_MOST]))
    return Takes(min=_whole(form.get("min")), max=_whole(form.get("max")))


def _joined(first: Takes | None, second: Takes) -> Takes:
    """What either of two channels takes."""
    if first is None:
        return second
    return Takes(
        values=tuple(dict.fromkeys((*first.values, *second.values))),
        min=min((one for one in (first.min, second.min) if one is not None), default=None),
        max=max((one for one in (first.max, second.max) if one is not None), default=None),
    )


def _prices(stated: Any) -> Iterator[Price]:
    for one in _list(stated)[:_MOST]:
        cost = one.get("cost_usd") if isinstance(one, Mapping) else None
        if cost is not None and _is_price(cost):
            variant = one.get("variant")
            yield Price(
                billable=str(one.get("billable"))[:40],
                unit=str(one.get("unit"))[:40],
                micros=float(cost) * 1e6,
                variant=str(variant)[:40] if variant else None,
            )


# -- LiteLLM ---------------------------------------------------------------------------------------

_LITELLM_PRICES = {
    "output_cost_per_image": ("output_image", "image"),
    "output_cost_per_image_token": ("output_image", "token"),
}


#: Modes of models that make no image.
_OTHER_MODES = {"embedding", "audio_transcription", "audio_speech", "rerank", "moderation"}


def _of_litellm(
    document: Mapping[str, Any], known: Descriptor, channel: str | None
) -> Descriptor | None:
    """The mode and the prices of a model in the proxy's own list."""
    rows = [one for one in _list(document.get("data")) if isinstance(one, Mapping)]
    named = [one for one in rows if one.get("model_name") == known.model]
    infos = [one["model_info"] for one in named if isinstance(one.get("model_info"), Mapping)]
    infos = [one for one in infos if channel is None or one.get("id") == channel] or infos
    if not infos:
        return None
    prices = [
        Price(billable, unit, float(info[key]) * 1e6)
        for info in infos
        for key, (billable, unit) in _LITELLM_PRICES.items()
        if _is_price(info.get(key)) and info[key]
    ]
    modes = {info.get("mode") for info in infos}
    draws = not modes <= _OTHER_MODES
    return msgspec.structs.replace(known, prices=tuple(prices), draws=draws)


# -- prices ----------------------------------------------------------------------------------------


def price(
    found: Descriptor, tier: str | None, pixels: int | None, tokens: int | None, inputs: int
) -> int | None:
    """What one image costs, in millionths of a dollar; None if that is not known before.

    Where several channels or tiers are possible, it is the highest.
    """
    out = [_amount(one, pixels, tokens) for one in _outputs(found.prices, tier)]
    known = [one for one in out if one is not None]
    if not known or len(known) < len(out):
        return None
    each = [one.micros for one in found.prices if _key(one) == ("input_image", "image")]
    return round(max(known) + inputs * max(each, default=0.0))


def _key(one: Price) -> tuple[str, str]:
    return one.billable, one.unit


def _outputs(prices: Sequence[Price], tier: str | None) -> list[Price]:
    every = [one for one in prices if one.billable == "output_image"]
    exact = [one for one in every if (one.variant or "").lower() == (tier or "").lower()]
    return exact or every


def _amount(one: Price, pixels: int | None, tokens: int | None) -> float | None:
    if one.unit == "image":
        return one.micros
    if one.unit == "megapixel" and pixels:
        return one.micros * pixels / 1e6
    if one.unit == "token" and tokens:
        return one.micros * tokens
    return None


def _is_price(value: Any) -> bool:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and 0 <= value < 1e6


def _whole(value: Any) -> int | None:
    return int(value) if isinstance(value, (int, float)) and abs(value) < 1e9 else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
