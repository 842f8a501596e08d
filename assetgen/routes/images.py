"""The Images API of OpenAI or of a gateway: one POST, one image."""

from __future__ import annotations

from typing import Any

from assetgen.cure import advice
from assetgen.errors import ManifestError, UnsupportedOption
from assetgen.paid import inputs, replies
from assetgen.paid.inputs import Picture
from assetgen.plan.routing import Answer, Job, Part, Request
from assetgen.record import record
from assetgen.settings.provider import Provider

#: Formats that the API returns; others are encoded here from PNG.
_NATIVE = ("png", "jpeg", "webp")


def request(job: Job, provider: Provider) -> Request:
    """The request for an image. Raises ManifestError or UnsupportedOption."""
    wish = job.wish
    if wish.model is None:
        cure = advice(
            'add model = "..." to the asset or to [defaults], with the name at the gateway'
        )
        raise ManifestError(f"route {wish.asset.route!r} needs a model", cure=cure)
    given = [inputs.of(job.read(entry), job.path(entry)) for entry in job.references]
    mask = (
        inputs.mask(job.read(wish.asset.mask), given[0], wish.asset.mask)
        if wish.asset.mask
        else None
    )
    if provider.profile.dialect == "openrouter":
        return _openrouter(job, provider, given, mask=mask)
    body = {
        "model": wish.model,
        "prompt": wish.intent.prompt,
        "n": 1,
        **asked(job, streams=provider.profile.streams),
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
    parts = [_part(name, f"input-{n}.{one.format}", one) for n, one in enumerate(given, start=1)]
    stated["image"] = [one.digest for one in given]
    if mask:
        parts.append(_part("mask", "mask.png", mask))
        stated["mask"] = mask.digest
    return Request(provider.profile.edits, body, stated, parts=tuple(parts))


def _part(name: str, filename: str, picture: Picture) -> Part:
    return Part(
        name=name,
        filename=filename,
        media_type=picture.media_type,
        source=picture.path,
        data=picture.data,
    )


def asked(job: Job, *, streams: bool = True) -> dict[str, Any]:
    """The settings of a request, with the names that both OpenAI routes use.

    Settings that the model decides are left out. Raises UnsupportedOption.
    """
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
                "output_compression is for jpeg and webp, and this image is requested as png",
                cure=advice(
                    "remove output_compression, or give the asset a .jpg or .webp path without fit"
                ),
            )
        body["output_compression"] = options.output_compression
    if options.partial_images:
        if not streams:
            raise UnsupportedOption(
                "this gateway has no previews", cure=advice("remove partial_images")
            )
        body |= {"partial_images": options.partial_images, "stream": True}
    return body


def _openrouter(
    job: Job, provider: Provider, given: list[Picture], *, mask: Picture | None
) -> Request:
    """The request for OpenRouter's own Images API, pinned to the declared channel."""
    for key, value in (("mask", mask), ("moderation", job.wish.options.moderation)):
        if value:
            raise UnsupportedOption(
                f"OpenRouter's Images API does not support {key}",
                cure=advice("remove {key} from the asset", key=key),
            )
    body: dict[str, Any] = {
        "model": job.wish.model,
        "prompt": job.wish.intent.prompt,
        "n": 1,
        **asked(job, streams=False),
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
