"""How the known kinds of gateways differ from OpenAI's Images API, as data: one entry for each.

Sources: LiteLLM 1.106.2 and 1.109.1 (measured), docs.openrouter.ai, new-api's source,
learn.microsoft.com, LocalAI's source, each read in November 2026.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

#: The forms of requests to gateways.
Lane = Literal["images", "openrouter", "chat", "tasks"]


@dataclass(frozen=True)
class Profile:
    """One kind of gateway; paths are below the base URL."""

    name: str
    generations: str = "/images/generations"
    edits: str = "/images/edits"
    auth: Literal["bearer", "api-key"] = "bearer"
    needs_key: bool = True
    lane: Lane = "images"
    """The module of ``routes`` that makes its requests."""
    asks_base64: bool = False
    """Whether response_format = "b64_json" is sent: some need it, others refuse it."""
    describes: Literal["openrouter", "litellm"] | None = None
    """The form in which it publishes what each of its models takes and costs."""
    streams: bool = True
    request_ids: tuple[str, ...] = ("x-request-id",)
    channels: tuple[str, ...] = ()
    """Headers that say which channel or deployment answered."""
    channel_name: str | None = None
    """The header with the channel name that users of the gateway know."""
    served_models: tuple[str, ...] = ()
    """Headers that name the model that answered."""
    price: str | None = None
    """The header with a price, in USD."""
    price_basis: str | None = None
    no_retries: tuple[tuple[str, str], ...] = (("x-litellm-num-retries", "0"),)
    """Headers that keep the gateway from sending a paid request twice; others ignore them."""
    asks_again: bool = False
    """Whether it may still send a generation more than once if something fails behind it."""
    extra: tuple[tuple[str, bool], ...] = ()
    """Fields added to JSON requests so that no other model or provider answers."""


_ALL = (
    Profile("openai"),
    Profile(
        "litellm",
        describes="litellm",
        streams=False,  # a stream of the Images API is billed, then answered with status 500
        request_ids=("llm_provider-x-request-id", "x-litellm-call-id"),
        # Not x-litellm-model-api-base, which may be a private address. The last two: only edits.
        channels=("x-litellm-model-id", "x-litellm-model-group", "x-litellm-attempted-fallbacks"),
        channel_name="x-litellm-model-id",
        served_models=("x-litellm-model-name",),
        price="x-litellm-response-cost",
        price_basis="gateway-estimate: LiteLLM's bundled list prices",
        asks_again=True,
        extra=(("disable_fallbacks", True),),
    ),
    Profile(
        "openrouter",
        generations="/images",
        edits="/images",
        lane="openrouter",
        describes="openrouter",
        streams=False,
        price_basis="stated by the provider: usage.cost",
    ),
    Profile("new-api", request_ids=("x-oneapi-request-id", "x-request-id")),
    Profile(
        "azure",
        auth="api-key",
        request_ids=("apim-request-id", "x-request-id"),
        channels=("x-ms-region",),
    ),
    Profile(
        "localai",
        needs_key=False,
        asks_base64=True,
        streams=False,
        request_ids=("x-correlation-id",),
    ),
)
PROFILES = {profile.name: profile for profile in _ALL} | {"one-api": _ALL[3]}
#: OpenAI's own origin, which needs no extra headers.
OPENAI = replace(PROFILES["openai"], no_retries=())
