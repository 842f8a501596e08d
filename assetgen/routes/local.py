"""The local route: renders a layout from templates/. No network, no AI, no bill."""

from __future__ import annotations

from assetgen.layouts import engine, inline_files, sandbox
from assetgen.layouts.spec import Order
from assetgen.plan.routing import Drawn, Job
from assetgen.record import record
from assetgen.record.schema import RecordedRoute


def order(job: Job) -> Order:
    """The job in the form of the renderer, with the bytes of every declared image."""
    width, _, height = job.wish.intent.size.partition("x")
    pictures = job.wish.kind.pictures(job.wish.values)
    return Order(
        kind=job.wish.kind,
        values=job.wish.values,
        width=int(width),
        height=int(height),
        palette=job.palette,
        font=job.font,
        fonts=job.fonts,
        pictures={reference: job.read(reference) for reference in pictures},
    )


def refuse(job: Job) -> None:
    """Raise the error for which ``job`` cannot be drawn, as far as that is seen without drawing."""
    for reference in job.wish.kind.pictures(job.wish.values):
        inline_files.refuse_no_picture(reference, job.read(reference))


def draw(job: Job) -> Drawn:
    """Fill and render the asset's layout. Raises TemplateError, ManifestError or StorageError."""
    wish = job.wish
    layout = str(wish.values["layout"])
    ordered = order(job)
    drawing = sandbox.picture(ordered)
    body = {
        "kind": wish.kind.name,
        "layout": layout,
        "size": wish.intent.size,
        "template": wish.intent.template,
        "values": record.digest(wish.intent.values),
    }
    return Drawn(
        original=drawing.png,
        source_type=_source_type(job, layout),
        route=RecordedRoute(owner="local", surface="none", client=engine.name()),
        request=record.recorded_request(None, body),
        response=None,
        received="pixels",
        keeps_original=False,
        placeholder=drawing.placeholder,
    )


def _source_type(job: Job, layout: str) -> str:
    """The layout's own source type, unless it shows an image that an AI made."""
    shown = [
        job.source_type(reference) or "" for reference in job.wish.kind.pictures(job.wish.values)
    ]
    if any("rainedAlgorithmicMedia" in said for said in shown):
        return "compositeWithTrainedAlgorithmicMedia"
    return job.wish.kind.layout(layout).source_type
