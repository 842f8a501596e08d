"""A task: the reply to the request has only an id, by which the image is fetched later.

Source: docs.apimart.ai/en/api-reference/images/gpt-image-2/generation (``image_urls`` has addresses
or base64; ``size`` is a ratio or pixels), read in December 2026.
"""

from __future__ import annotations

from assetgen.paid import task_replies
from assetgen.plan.routing import Answer, Job, Request
from assetgen.record import record
from assetgen.routes import images, written
from assetgen.settings.provider import Provider


def request(job: Job, provider: Provider) -> Request:
    """The request for an image. Raises ManifestError or UnsupportedOption."""
    written.refuse(job, ["partial_images"], provider.host)
    if provider.profile.edits is not None:
        return images.request(job, provider)
    model = written.model_of(job)
    given, _ = written.pictures_of(job)
    written.refuse(job, ["mask"], provider.host)
    body = {"model": model, "prompt": job.wish.intent.prompt, **written.fields(job)}
    stated = {**body, "prompt": record.digest_text(job.wish.intent.prompt)}
    if given:
        body["image_urls"] = [one.data_url for one in given]
        stated["image_urls"] = [one.digest for one in given]
    return Request(provider.profile.generations, body, stated)


def read(data: bytes, *, streamed: bool) -> Answer:
    """Read a stored reply. Raises replies.Unreadable."""
    return task_replies.read(data)
