"""What the author of an asset wrote, as fields of a request: all that a gateway is sent.

OpenAI itself is also sent what the kind of an asset decides. A gateway may refuse each field that
it does not know, so it gets none that no one asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assetgen.cure import advice
from assetgen.errors import ManifestError, UnsupportedOption
from assetgen.paid import inputs
from assetgen.paid.inputs import Picture
from assetgen.plan import refusals
from assetgen.plan.routing import Job

#: Formats that the Images API returns; others are encoded here from PNG.
NATIVE = ("png", "jpeg", "webp")


def model_of(job: Job) -> str:
    """The model to ask for. Raises ManifestError if there is none."""
    if job.wish.model is None:
        cure = advice(
            'add model = "..." to the asset or to [defaults], with the name at the gateway'
        )
        raise ManifestError(f"route {job.wish.asset.route!r} needs a model", cure=cure)
    return job.wish.model


def pictures_of(job: Job) -> tuple[list[Picture], Picture | None]:
    """The input images and the mask. Raises ManifestError for one that cannot be sent."""
    given = [inputs.of(job.read(entry), job.path(entry)) for entry in job.references]
    at = job.wish.asset.mask
    return given, inputs.mask(job.read(at), given[0], at) if at else None


def native(job: Job) -> str:
    """The format to ask for."""
    asset = job.wish.asset
    return asset.format if asset.format in NATIVE and asset.fit is None else "png"


def fields(job: Job) -> dict[str, Any]:
    """The written settings, with the names of OpenAI's API. Raises UnsupportedOption."""
    wish, options = job.wish, job.wish.options
    body: dict[str, Any] = {}
    if wish.asset.asked_size not in (None, "auto"):
        body["size"] = wish.asset.asked_size
    if wish.intent.quality:
        body["quality"] = wish.intent.quality
    if wish.intent.background != "auto":
        body["background"] = wish.intent.background
    if options.complexity:
        body["complexity"] = options.complexity
    if options.output_compression is not None:
        body |= compression(job)
    if options.partial_images:
        body |= {"partial_images": options.partial_images, "stream": True}
    if job.references and options.input_fidelity:
        body["input_fidelity"] = options.input_fidelity
    if options.moderation:
        body["moderation"] = options.moderation
    return body


def compression(job: Job) -> dict[str, Any]:
    """A compression and the format that it is for. Raises UnsupportedOption."""
    form = native(job)
    if form == "png":
        raise UnsupportedOption(
            "output_compression is for jpeg and webp, and this image is requested as png",
            cure=advice(
                "remove output_compression, or give the asset a .jpg or .webp path without fit"
            ),
        )
    return {"output_format": form, "output_compression": job.wish.options.output_compression}


def refuse(job: Job, names: Iterable[str], where: str) -> None:
    """Raise UnsupportedOption for the first of ``names`` that is written; ``where`` has none."""
    asked = fields(job) | ({"mask": True} if job.wish.asset.mask else {})
    for name in names:
        if name in asked and name == "partial_images":
            raise UnsupportedOption(
                "this gateway has no previews", cure=advice("remove partial_images")
            )
        if name in asked:
            cure = advice("remove {key} from the asset", key=name)
            raise UnsupportedOption(
                f"{where} does not support {name}",
                cure=refusals.in_step(job.wish.asset, name) or cure,
            )
