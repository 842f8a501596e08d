"""The local route: renders a layout from templates/. No network, no AI, no bill."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from assetgen.cure import advice
from assetgen.errors import ManifestError, TemplateError
from assetgen.image import decode
from assetgen.layouts import drawings, inline_files
from assetgen.layouts.spec import Order
from assetgen.manifest.target import ICO_WIDTHS, LEAST
from assetgen.manifest.toml_faults import dotted
from assetgen.plan.routing import Drawn, Job
from assetgen.plan.wish import Wish
from assetgen.record import record
from assetgen.record.schema import RecordedRoute

if TYPE_CHECKING:
    from assetgen.layouts.engine import Drawing


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
    side = max(map(int, job.wish.intent.size.split("x")))
    for key, reference in job.wish.kind.pictures_at(job.wish.values):
        inline_files.refuse_no_picture(key, reference, job.read(reference), side)
    _refuse_small_icons(job, side)


#: The least longer side of a picture in an icon set, in pixels: half of its largest file.
_LEAST = LEAST // 2


def _refuse_small_icons(job: Job, side: int) -> None:
    """Raise ManifestError for the first picture that is too small for an icon set."""
    variants = job.wish.asset.variants
    if variants is None or variants.set is None:
        return
    for key, reference in job.wish.kind.pictures_at(job.wish.values):
        data = job.read(reference)
        if drawings.is_svg(data):
            continue
        seen = decode.facts(data, decode.STILLS, side)
        if max(seen.width, seen.height) < _LEAST:
            what = f"{dotted(key)}: {reference} has {seen.width}x{seen.height} pixels, and"
            raise ManifestError(
                f'{what} variants.set = "{variants.set}" needs at least {_LEAST} on the longer '
                "side",
                where=f"asset {job.wish.asset.id}",
                cure=advice("use a larger picture or an SVG, or remove variants.set"),
            )


def draw(job: Job) -> Drawn:
    """Fill and render the asset's layout. Raises TemplateError, ManifestError or StorageError."""
    from assetgen.layouts import engine, logos, sandbox  # not needed to refuse

    wish = job.wish
    layout = str(wish.values["layout"])
    ordered = order(job)
    _refuse_small_icons(job, max(ordered.width, ordered.height))
    try:
        drawing = sandbox.picture(ordered)
    except TemplateError as exc:
        raise _in_its_page(wish, exc) from None
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
        remarks=(
            *_small_type(drawing),
            *_small_letters(drawing, wish),
            *_small_pictures(ordered),
            *logos.faint(ordered),
        ),
    )


#: The height of type in pixels below which a text can hardly be read.
_READABLE = 9


def _small_type(drawing: Drawing) -> Iterator[str]:
    if drawing.smallest is not None and drawing.smallest < _READABLE:
        yield f"the smallest text is {drawing.smallest:.0f} px high, too small to read"


#: The height of type in the smallest icon of a set, in pixels, below which it is only a blur.
_BLURRED = 6


def _small_letters(drawing: Drawing, wish: Wish) -> Iterator[str]:
    variants = wish.asset.variants
    if variants is None or variants.set is None or drawing.smallest is None:
        return
    smallest = drawing.smallest * ICO_WIDTHS[0] / drawing.width
    if smallest < _BLURRED:
        yield (
            f"in the icon of {ICO_WIDTHS[0]} pixels, the type is {smallest:.0f} px high, too small "
            "to read; one or two letters are readable"
        )


def _small_pictures(order: Order) -> Iterator[str]:
    """The pictures, other than logos, that are at most half as large as the canvas."""
    for key, reference in order.kind.pictures_at(order.values):
        if key[-1] == "logo" or drawings.is_svg(order.pictures[reference]):
            continue
        seen = decode.facts(order.pictures[reference], decode.STILLS, order.width)
        if seen.width * 2 <= order.width and seen.height * 2 <= order.height:
            yield (
                f"{dotted(key)}: {reference} has {seen.width}x{seen.height} pixels, "
                "so it is shown enlarged"
            )


def _in_its_page(wish: Wish, error: TemplateError) -> TemplateError:
    """The error of a value, with the page that may have it."""
    page, (_, _, name) = wish.asset.page, (error.where or "").rpartition("values.")
    if page is None or not name:
        return error
    cure = error.cure or advice("correct it there")
    if wish.collection is not None:
        own = f"assetgen: {{ {name}: ... }}"
        cure = advice("{cure}; a page may have its own: {own}", cure=cure, own=own)
    return TemplateError(error.what, where=f"{error.where}, page {page}", cure=cure)


def _source_type(job: Job, layout: str) -> str:
    """The layout's own source type, unless it shows an image that an AI made."""
    shown = [
        job.source_type(reference) or "" for reference in job.wish.kind.pictures(job.wish.values)
    ]
    if any("rainedAlgorithmicMedia" in said for said in shown):
        return "compositeWithTrainedAlgorithmicMedia"
    return job.wish.kind.layout(layout).source_type
