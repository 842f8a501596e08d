"""An image in a chat completion: beside the words, as a data URL, or as Markdown.

Sources: vercel.com/docs/ai-gateway/modalities/image-generation/openai (``modalities``, and images
in the message), docs.laozhang.ai/en/api-capabilities/sora-image-generation (one message with the
prompt; Markdown in the text). Both read in December 2026.
"""

from __future__ import annotations

from typing import Any

from assetgen.paid import replies
from assetgen.plan.routing import Answer, Job, Request
from assetgen.record import record
from assetgen.routes import written
from assetgen.settings.provider import Provider

PATH = "/chat/completions"
#: Settings of the Images API for which a chat has no field.
_NOT_TAKEN = (
    *("size", "quality", "background", "mask", "moderation", "input_fidelity"),
    *("complexity", "output_compression", "partial_images"),
)


def request(job: Job, provider: Provider) -> Request:
    """The request for an image. Raises ManifestError or UnsupportedOption."""
    model = written.model_of(job)
    given, _ = written.pictures_of(job)
    written.refuse(job, _NOT_TAKEN, f"{model} at {provider.host}, which draws in a chat,")
    prompt = job.wish.intent.prompt
    shown = [{"type": "image_url", "image_url": {"url": one.data_url}} for one in given]
    content: Any = [{"type": "text", "text": prompt}, *shown] if shown else prompt
    more = {key: list(value) for key, value in provider.profile.chat_fields}
    body = {"model": model, "messages": [{"role": "user", "content": content}], **more}
    stated = [record.digest_text(prompt), *(one.digest for one in given)]
    return Request(PATH, body, {**body, "messages": stated})


def read(data: bytes, *, streamed: bool) -> Answer:
    """Read a stored reply. Raises replies.Unreadable."""
    return replies.of_images(data, streamed=streamed)
