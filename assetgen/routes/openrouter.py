"""OpenRouter's own Images API: other fields, and a channel that is pinned.

Source: openrouter.ai/docs, "Image Generation", read in November 2026.
"""

from __future__ import annotations

from typing import Any

from assetgen.paid import replies
from assetgen.plan.routing import Answer, Job, Request
from assetgen.record import record
from assetgen.routes import accepted, written
from assetgen.settings.provider import Provider


def request(job: Job, provider: Provider) -> Request:
    """The request for an image. Raises ManifestError or UnsupportedOption."""
    model = written.model_of(job)
    given, _ = written.pictures_of(job)
    written.refuse(
        job, ["mask", "moderation", "input_fidelity", "partial_images"], "OpenRouter's Images API"
    )
    body: dict[str, Any] = {
        "model": model,
        "prompt": job.wish.intent.prompt,
        **accepted.fields(job, f"{model} at {provider.host}"),
    }
    if provider.channel:
        body["provider"] = {"only": [provider.channel], "allow_fallbacks": False}
    stated = {**body, "prompt": record.digest_text(job.wish.intent.prompt)}
    if given:
        body["input_references"] = [
            {"type": "image_url", "image_url": {"url": one.data_url}} for one in given
        ]
        stated["input_references"] = [one.digest for one in given]
    return Request(provider.profile.generations, body, stated)


def read(data: bytes, *, streamed: bool) -> Answer:
    """Read a stored reply. Raises replies.Unreadable."""
    return replies.of_images(data, streamed=streamed)
