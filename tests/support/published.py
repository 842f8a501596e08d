"""What each service publishes of its requests, and where a request breaks that.

OpenAI's schemas are in tests/data. The others are reduced to the fields of requests for images:

- OpenRouter: ``ImageGenerationRequest`` of @openrouter/sdk 1.3.19, without size, user, session and
  trace, which assetgen does not send.
- sub2api: docs/ASYNC_IMAGE_TASKS.md.
- chats of Vercel AI Gateway and laozhang.ai, tasks of apimart: the fields of the provider of these
  tests, which follows examples of their docs; the services publish no schema.
- LiteLLM, LocalAI, Gemini, new-api: fields of OpenAI, and their own.

The first two were read in November 2026.
"""

from __future__ import annotations

import json
from typing import Any

from tests.support.contract import breaches, breaches_of
from tests.support.provider import Seen


def _object(needed: str, more: str = "", **fields: Any) -> dict[str, Any]:
    names = {name: {"type": "string"} for name in [*needed.split(), *more.split()]}
    return {
        "type": "object",
        "properties": {**names, **fields},
        "required": needed.split(),
        "additionalProperties": False,
    }


def _list(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


_TEXT = {"type": "string"}
_IMAGE = _object("type", image_url=_object("url"))
_PART = {"anyOf": [_IMAGE, _object("type text")]}
_MESSAGE = _object("role", content={"anyOf": [_TEXT, _list(_PART)]})
_CHAT = _object("model", messages=_list(_MESSAGE), modalities=_list(_TEXT))
_PINNED = {
    "type": "object",
    "properties": {"only": _list(_TEXT), "allow_fallbacks": {"type": "boolean"}},
    "additionalProperties": False,
}
_OPENROUTER = _object(
    "model prompt",
    "aspect_ratio resolution background output_format",
    quality={"enum": ["auto", "low", "medium", "high", "xhigh", "max"]},
    n={"type": "integer"},
    output_compression={"type": "integer"},
    seed={"type": "integer"},
    stream={"type": "boolean"},
    input_references=_list(_IMAGE),
    provider=_PINNED,
)
_TASKS = _object("model prompt", "size quality", image_urls=_list(_TEXT))
#: Fields of a gateway beside those of OpenAI.
_OWN = {"litellm": {"disable_fallbacks"}}
_NUMBERS = ("n", "output_compression", "partial_images")


def outside(seen: Seen, profile: str) -> list[str]:
    """Where a request breaks what its service publishes."""
    if seen.path.partition("?")[0].endswith("/chat/completions"):
        return breaches({}, _CHAT, seen.json)
    if profile in ("openrouter", "tasks"):
        return breaches({}, _OPENROUTER if profile == "openrouter" else _TASKS, seen.json)
    if seen.json is None:
        return breaches_of("CreateImageEditRequest", _form(seen))
    own = _OWN.get(profile, set())
    body = {name: value for name, value in seen.json.items() if name not in own}
    return breaches_of("CreateImageRequest", body)


def _form(seen: Seen) -> dict[str, Any]:
    """The fields of a form as its schema has them: files are strings of bytes."""
    found: dict[str, Any] = {}
    for name, values in seen.fields.items():
        is_plain = name in _NUMBERS or name == "stream"
        found[name] = json.loads(values[0]) if is_plain else values[0]
    images = [name for name, *_ in seen.files if name.startswith("image")]
    found["image"] = images if len(images) > 1 else images[0]
    return found | {name: "" for name, *_ in seen.files if name == "mask"}
