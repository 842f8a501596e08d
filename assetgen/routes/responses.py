"""The Responses API: a text model that must call the hosted image tool, which has its own model."""

from __future__ import annotations

from typing import Any

from assetgen.cure import advice
from assetgen.errors import ManifestError
from assetgen.paid import replies
from assetgen.plan.routing import Answer, Job, Request
from assetgen.record import record
from assetgen.routes import written
from assetgen.routes.images import asked
from assetgen.settings.provider import Provider


def request(job: Job, provider: Provider) -> Request:
    """The request for an image. Raises ManifestError or UnsupportedOption."""
    wish, options = job.wish, job.wish.options
    if wish.model is None or options.text_model is None:
        raise ManifestError(
            "route 'responses' needs an image model and a text model",
            cure=advice("set model and options.text_model in the asset or in [defaults]"),
        )
    given, mask = written.pictures_of(job)
    tool: dict[str, Any] = {
        "type": "image_generation",
        "model": wish.model,
        "action": "edit" if given else "generate",
        **(asked(job) if provider.is_openai else written.fields(job)),
    }
    streams = bool(tool.pop("stream", False))
    stated_tool = dict(tool)
    if mask:
        tool["input_image_mask"] = {"image_url": mask.data_url}
        stated_tool["input_image_mask"] = mask.digest
    text = {"type": "input_text", "text": wish.intent.prompt}
    shown = [{"type": "input_image", "image_url": one.data_url, "detail": "auto"} for one in given]
    body: dict[str, Any] = {"model": options.text_model}
    after: dict[str, Any] = {"tool_choice": {"type": "image_generation"}}
    if streams:
        after["stream"] = True
    if options.in_background is not False:
        # A stored response can be fetched by its id after a crash, so it is not bought twice.
        after |= {"background": True, "store": True}
    stated_input = [record.digest_text(wish.intent.prompt), *(one.digest for one in given)]
    return Request(
        path="/responses",
        body={
            **body,
            "input": [{"role": "user", "content": [text, *shown]}],
            "tools": [tool],
            **after,
        },
        stated={**body, "input": stated_input, "tools": [stated_tool], **after},
    )


def read(data: bytes, *, streamed: bool) -> Answer:
    """Read a stored reply. Raises replies.Unreadable."""
    return replies.of_response(data, streamed=streamed)
