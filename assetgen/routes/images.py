"""The Images API, at OpenAI or at a gateway that speaks it: one POST, one picture."""

from __future__ import annotations

from typing import Any

from assetgen.errors import ManifestError, UnsupportedOption
from assetgen.paid import inputs, replies
from assetgen.paid.inputs import Picture
from assetgen.plan.routing import Answer, Job, Part, Request
from assetgen.record import record
from assetgen.settings.provider import Provider

#: Formats that the API answers with; another is encoded here from PNG.
_NATIVE = ("png", "jpeg", "webp")


def request(job: Job, provider: Provider) -> Request:
    """The request for a picture. Raises ManifestError or UnsupportedOption for inputs that cannot be sent."""
    wish = job.wish
    if wish.model is None:
        cure = 'add model = "..." to the asset or to [defaults], as the gateway names it'
        raise ManifestError(f"route {wish.asset.route!r} needs the name of a model", cure=cure)
    given = [inputs.of(job.read(entry), job.path(entry)) for entry in job.references]
    mask = (
        inputs.mask(job.read(wish.asset.mask), given[0], wish.asset.mask)
        if wish.asset.mask
        else None
    )
    if provider.profile.dialect == "openrouter":
        return _openrouter(job, provider, given, mask)
    body = {
        "model": wish.model,
        "prompt": wish.intent.prompt,
        "n": 1,
        **asked(job, provider.profile.streams),
    }
    if provider.profile.asks_base64:
        body["response_format"] = "b64_json"
    if given and wish.options.input_fidelity:
        body["input_fidelity"] = wish.options.input_fidelity
    if wish.options.moderation:
        body["moderation"] = wish.options.moderation
    if not given:
        body |= dict(provider.profile.extra)
    stated = {**body, "prompt": record.digest_text(wish.intent.prompt)}
    if not given:
        return Request(provider.profile.generations, body, stated)
    name = "image" if len(given) == 1 else "image[]"
    parts = [
        Part(name, f"input-{n}.{one.format}", one.media_type, one.path, one.data)
        for n, one in enumerate(given, start=1)
    ]
    stated["image"] = [one.digest for one in given]
    if mask:
        parts.append(Part("mask", "mask.png", mask.media_type, mask.path, mask.data))
        stated["mask"] = mask.digest
    return Request(provider.profile.edits, body, stated, tuple(parts))


def asked(job: Job, streams: bool = True) -> dict[str, Any]:
    """What is asked of the model beyond the prompt, as both OpenAI routes name it; what is left to it is left out."""
    wish, options = job.wish, job.wish.options
    native = wish.asset.format if wish.asset.format in _NATIVE and wish.asset.fit is None else "png"
    body: dict[str, Any] = {"output_format": native}
    if wish.intent.size != "auto":
        body["size"] = wish.intent.size
    if wish.intent.quality:
        body["quality"] = wish.intent.quality
    if wish.intent.background != "auto":
        body["background"] = wish.intent.background
    if options.complexity:
        body["complexity"] = options.complexity
    if options.output_compression is not None:
        if native == "png":
            raise UnsupportedOption(
                "output_compression is for jpeg and webp, and this picture comes as png",
                cure="take output_compression out, or give the asset a .jpg or .webp path without fit",
            )
        body["output_compression"] = options.output_compression
    if options.partial_images:
        if not streams:
            raise UnsupportedOption(
                "this gateway shows no previews", cure="take partial_images out"
            )
        body |= {"partial_images": options.partial_images, "stream": True}
    return body


def _openrouter(
    job: Job, provider: Provider, given: list[Picture], mask: Picture | None
) -> Request:
    """The same wish for OpenRouter's own Images API, pinned to the declared provider."""
    for key, value in (("mask", mask), ("moderation", job.wish.options.moderation)):
        if value:
            raise UnsupportedOption(
                f"OpenRouter's Images API takes no {key}", cure=f"take {key} out of the asset"
            )
    body: dict[str, Any] = {
        "model": job.wish.model,
        "prompt": job.wish.intent.prompt,
        "n": 1,
        **asked(job, False),
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
    """What a stored reply says. Raises reply.Unreadable."""
    return replies.of_images(data, streamed=streamed)
