"""How the known kinds of gateways differ from OpenAI's Images API, as data: one entry for each.

Sources: LiteLLM 1.106.2 and 1.108.7 (measured), docs.openrouter.ai, new-api's source,
learn.microsoft.com, LocalAI's source, the pages in ``docs``, read in November and December 2026.
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
    edits: str | None = "/images/edits"
    """None if it takes no files for an edit."""
    auth: Literal["bearer", "api-key"] = "bearer"
    needs_key: bool = True
    origin: str | None = None
    """The address of the one service that it is for."""
    key_env: str | None = None
    """The variable in which the documentation of the service has the key."""
    docs: str | None = None
    about: str = ""
    """What it is for, in a few words."""
    lane: Lane = "images"
    """The module of ``routes`` that makes its requests."""
    chats: tuple[str, ...] = ()
    """Patterns of the models that draw in a chat here, whatever the lane of the others."""
    chat_fields: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Fields that a chat needs here to draw."""
    task_path: str = "/tasks/{id}"
    """Where a task is asked for, below the base URL."""
    has_api_version: bool = False
    """Whether requests state the version of the API, as a query."""
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
    Profile("openai", about="services without differences"),
    Profile(
        "litellm",
        about="LiteLLM, a proxy of your own",
        docs="https://docs.litellm.ai",
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
        about="OpenRouter",
        origin="https://openrouter.ai/api/v1",
        key_env="OPENROUTER_API_KEY",
        docs="https://openrouter.ai/docs/guides/overview/multimodal/image-generation",
        generations="/images",
        edits="/images",
        lane="openrouter",
        describes="openrouter",
        price_basis="stated by the provider: usage.cost",
    ),
    Profile(
        "new-api",
        about="resellers that use new-api or one-api",
        request_ids=("x-oneapi-request-id", "x-request-id"),
    ),
    Profile(
        "azure",
        about="Azure OpenAI",
        key_env="AZURE_OPENAI_API_KEY",
        docs="https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle",
        auth="api-key",
        has_api_version=True,
        request_ids=("apim-request-id", "x-request-id"),
        channels=("x-ms-region",),
    ),
    Profile(
        "localai",
        about="LocalAI on a machine of your own",
        docs="https://localai.io/features/image-generation",
        needs_key=False,
        edits=None,  # core/http/routes/openai.go has no path of edits
        asks_base64=True,
        streams=False,
        request_ids=("x-correlation-id",),
    ),
    Profile(
        "chat",
        about="services whose models draw in a chat completion",
        lane="chat",
        generations="/chat/completions",
        edits="/chat/completions",
        streams=False,
        request_ids=("x-request-id", "x-oneapi-request-id"),
    ),
    Profile(
        "tasks",
        about="services that answer with a task_id, such as apimart",
        lane="tasks",
        edits=None,  # inputs are data URLs in image_urls
        streams=False,
        request_ids=("x-request-id", "x-oneapi-request-id"),
    ),
    Profile(
        "sub2api",
        about="sub2api with its asynchronous image tasks",
        docs="https://github.com/Wei-Shaw/sub2api/blob/main/docs/ASYNC_IMAGE_TASKS.md",
        lane="tasks",
        generations="/images/generations/async",
        edits="/images/edits/async",
        task_path="/images/tasks/{id}",
        streams=False,
        request_ids=("x-request-id",),
    ),
    Profile(
        "gemini",
        about="Google's Gemini API, on its OpenAI-compatible path",
        origin="https://generativelanguage.googleapis.com/v1beta/openai",
        key_env="GEMINI_API_KEY",
        docs="https://ai.google.dev/gemini-api/docs/openai",
        edits=None,
        asks_base64=True,
        streams=False,
    ),
    Profile(
        "vercel",
        about="Vercel AI Gateway",
        origin="https://ai-gateway.vercel.sh/v1",
        key_env="AI_GATEWAY_API_KEY",
        docs="https://vercel.com/docs/ai-gateway/modalities/image-generation",
        edits=None,
        chats=("google/gemini-*", "openai/gpt-4*", "openai/gpt-5*", "openai/gpt-6*"),
        chat_fields=(("modalities", ("text", "image")),),
        streams=False,
        request_ids=("x-vercel-id", "x-request-id", "x-oneapi-request-id"),
    ),
    Profile(
        "laozhang",
        about="laozhang.ai",
        origin="https://api.laozhang.ai/v1",
        key_env="LAOZHANG_API_KEY",
        docs="https://docs.laozhang.ai",
        chats=("gpt-4o-image*", "sora_image*"),
        streams=False,
        request_ids=("x-oneapi-request-id", "x-request-id"),
    ),
)
PROFILES = {profile.name: profile for profile in _ALL}
PROFILES["one-api"] = PROFILES["new-api"]
#: OpenAI's own origin, which needs no extra headers.
OPENAI = replace(PROFILES["openai"], no_retries=())
