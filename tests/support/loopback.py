"""Requests to the provider on loopback: by the real client, and by hand."""

from __future__ import annotations

import base64
import http.client
import io
import json
from typing import Any

import openai
from PIL import Image

from tests.support.provider import Provider

PICTURE = {"model": "gpt-image-2", "prompt": "A paper plane", "size": "1024x1024", "quality": "low"}
TOOL = {"type": "image_generation", "model": "gpt-image-2", "quality": "low"}
ORDER = {
    "model": "gpt-5.5",
    "input": "A paper plane",
    "tools": [TOOL],
    "tool_choice": {"type": "image_generation"},
}


def client(provider: Provider, **options: Any) -> openai.OpenAI:
    return openai.OpenAI(
        api_key=provider.key, base_url=provider.url, max_retries=0, timeout=20, **options
    )


def ask(
    provider: Provider,
    path: str = "/images/generations",
    body: dict[str, Any] | None = None,
    **headers: str,
) -> tuple[int, dict[str, str], bytes]:
    """One request by hand: status, headers with lower-case names, body as it came."""
    connection = http.client.HTTPConnection("127.0.0.1", provider.port, timeout=20)
    try:
        named = {
            "Authorization": f"Bearer {provider.key}",
            "Content-Type": "application/json",
            **headers,
        }
        base = "" if path.startswith("//") else provider.url.removeprefix(provider.origin)
        data = None if body is None else json.dumps(body)
        connection.request(
            "GET" if body is None else "POST",
            base + path.removeprefix("/" * (base == "")),
            data,
            named,
        )
        with connection.getresponse() as reply:
            return (
                reply.status,
                {name.lower(): value for name, value in reply.getheaders()},
                reply.read(),
            )
    finally:
        connection.close()


def opened(text: str | None) -> Image.Image:
    assert text
    with Image.open(io.BytesIO(base64.b64decode(text, validate=True))) as image:
        image.load()
        return image.copy()


def png(size: tuple[int, int] = (64, 64), mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, "png")
    return out.getvalue()
