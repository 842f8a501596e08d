"""The Images API of OpenAI or of a gateway: one POST, one image, or several candidates."""

from __future__ import annotations

from typing import Any

from assetgen.cure import advice
from assetgen.errors import UnsupportedOption
from assetgen.paid import replies
from assetgen.paid.inputs import Picture
from assetgen.plan import refusals
from assetgen.plan.routing import Answer, Job, Part, Request, per_request
from assetgen.record import record
from assetgen.routes import accepted, written
from assetgen.settings.provider import Provider


def request(job: Job, provider: Provider) -> Request:
    """The request for an image. Raises ManifestError or UnsupportedOption."""
    wish, profile = job.wish, provider.profile
    model = written.model_of(job)
    given, mask = written.pictures_of(job)
    accepted.refuse_other_models(job, provider.host)
    if not profile.streams:
        written.refuse(job, ["partial_images"], provider.host)
    body: dict[str, Any] = {
        "model": model,
        "prompt": wish.intent.prompt,
        **_settings(job, provider),
    }
    if profile.asks_base64:
        body["response_format"] = "b64_json"
    if not given:
        body |= dict(profile.extra)
    stated = {**body, "prompt": record.digest_text(wish.intent.prompt)}
    if not given:
        return Request(profile.generations, body, stated)
    if profile.edits is None:
        other = "a model that draws in a chat" if profile.chats else "another route"
        raise UnsupportedOption(
            f"{provider.host} takes no input images on the path of images",
            cure=refusals.in_step(wish.asset, "inputs")
            or advice("remove inputs, or choose {other}", other=other),
        )
    name = "image" if len(given) == 1 else "image[]"
    parts = [_part(name, f"input-{n}.{one.format}", one) for n, one in enumerate(given, start=1)]
    stated["image"] = [one.digest for one in given]
    if mask:
        parts.append(_part("mask", "mask.png", mask))
        stated["mask"] = mask.digest
    return Request(profile.edits, body, stated, parts=tuple(parts))


def _part(name: str, filename: str, picture: Picture) -> Part:
    return Part(
        name=name,
        filename=filename,
        media_type=picture.media_type,
        source=picture.path,
        data=picture.data,
    )


def _settings(job: Job, provider: Provider) -> dict[str, Any]:
    """How many images there are, and the settings of each. Raises UnsupportedOption."""
    images = per_request(job, provider)
    if provider.is_openai:
        return {"n": images, **asked(job)}
    return {**({"n": images} if images > 1 else {}), **written.fields(job)}


def asked(job: Job) -> dict[str, Any]:
    """The settings of a request to OpenAI, with what the kind of the asset decides.

    Settings that the model decides are left out. Raises UnsupportedOption.
    """
    body: dict[str, Any] = {"output_format": written.native(job)}
    if job.wish.intent.size != "auto":
        body["size"] = job.wish.intent.size
    return body | written.fields(job)


def read(data: bytes, *, streamed: bool) -> Answer:
    """Read a stored reply. Raises replies.Unreadable."""
    return replies.of_images(data, streamed=streamed)
