"""OpenRouter's own Images API: other fields, and a channel that is pinned.

Sources: openrouter.ai/docs, "Image Generation", and the types of @openrouter/sdk 1.3.19, both read
in November 2026.
"""

from __future__ import annotations

from typing import Any

from assetgen.cure import advice
from assetgen.errors import UnsupportedOption
from assetgen.paid import replies
from assetgen.plan.routing import Answer, Job, Request
from assetgen.record import record
from assetgen.routes import accepted, written
from assetgen.settings.provider import Provider


def request(job: Job, provider: Provider) -> Request:
    """The request for an image. Raises ManifestError or UnsupportedOption."""
    model = written.model_of(job)
    given, _ = written.pictures_of(job)
    written.refuse(job, ["mask", "moderation", "input_fidelity"], "OpenRouter's Images API")
    body: dict[str, Any] = {
        "model": model,
        "prompt": job.wish.intent.prompt,
        **accepted.fields(job, f"{model} at {provider.host}", aside=_PREVIEWS),
        **_previews(job, f"{model} at {provider.host}"),
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


#: OpenRouter takes ``stream`` alone: how many previews come is up to it.
_PREVIEWS = ("partial_images", "stream")


def _previews(job: Job, whose: str) -> dict[str, Any]:
    """The field that asks for previews. Raises UnsupportedOption if the model sends none."""
    if not job.wish.options.partial_images:
        return {}
    found = job.wish.descriptor
    if found is not None and not found.streams:
        raise UnsupportedOption(
            f"{whose} sends no previews", cure=advice("remove partial_images from the asset")
        )
    return {"stream": True}


def read(data: bytes, *, streamed: bool) -> Answer:
    """Read a stored reply. Raises replies.Unreadable."""
    return replies.of_images(data, streamed=streamed)
