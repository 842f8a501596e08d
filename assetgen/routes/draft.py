"""A draft: a placeholder for an image of a paid route, rendered here and marked as a draft."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from assetgen.errors import AssetgenError, TemplateError
from assetgen.image import decode
from assetgen.layouts import closure
from assetgen.layouts.kind import Kind
from assetgen.layouts.values import Field
from assetgen.manifest.schema import Asset
from assetgen.plan.intent import wish
from assetgen.plan.routing import Drawn, job_for
from assetgen.plan.workspace import Workspace
from assetgen.routes import local

if TYPE_CHECKING:
    from PIL import Image

#: The longest headline of a draft, in characters.
_LONGEST = 90
_AMBER, _DARK = (245, 158, 11), (28, 25, 23)


def draw(project: Workspace, asset: Asset) -> Drawn:
    """The draft of ``asset``. Raises TemplateError if even a plain cover cannot be rendered."""
    headline = asset.alt or asset.id.rpartition("/")[2].replace("-", " ")
    known = project.kind(asset.kind)
    try:
        drawn = _laid_out(project, asset, known, values=_values(known, asset.values, headline))
    except AssetgenError:  # the kind needs more values, or the headline is too long
        plain = project.kind("cover")
        drawn = _laid_out(project, asset, plain, values=_values(plain, {}, asset.id))
    stamped = _stamped(drawn.original)
    return replace(
        drawn, original=stamped, decision="draft", reason=f"{asset.route} has yet to draw it"
    )


def _laid_out(project: Workspace, asset: Asset, known: Kind, *, values: Mapping[str, Any]) -> Drawn:
    """``asset`` rendered with the layout of ``known``, at the size requested of the paid route."""
    here = msgspec.structs.replace(
        asset,
        route="local",
        kind=known.name,
        values=dict(values),
        size=_size(asset, known),
        background="auto",
        prompt="",
        model=None,
        quality=None,
        inputs=(),
        mask=None,
        options=None,
        take=1,
    )
    asked = wish(project.manifest, here, project.world(), paths=project.paths)
    return local.draw(job_for(project, asked))


def _size(asset: Asset, known: Kind) -> str | None:
    if asset.fit:
        return f"{asset.fit.width}x{asset.fit.height}"
    asked = asset.size if asset.size and asset.size != "auto" else known.sheet.model_size
    return None if asked == "auto" else asked


def _values(known: Kind, given: Mapping[str, Any], headline: str) -> dict[str, Any]:
    """Values for the kind's layout: the asset's own, and the minimum for required fields."""
    fields = known.fields(
        known.layout_name({name: given[name] for name in ("layout",) if name in given})
    )
    own = {name: value for name, value in given.items() if name in fields or name == "layout"}
    needed = {
        name: _least(spec, headline)
        for name, spec in fields.items()
        if spec.required and name not in own
    }
    return {**needed, **own}


def _least(spec: Field, headline: str) -> Any:
    """The minimum value of a field."""
    if spec.type == "list":
        inner = {
            name: _least(field, "...") for name, field in spec.fields.items() if field.required
        }
        return [inner if spec.fields else "..." for _ in range(max(1, spec.min or 1))]
    match spec.type:
        case "text":
            is_short = len(headline) <= _LONGEST
            return headline if is_short else headline[: _LONGEST - 1].rstrip() + "…"
        case "choice":
            return spec.of[0]
        case "number":
            return max(1, spec.min or 1)
        case "flag":
            return False
    raise TemplateError(f"a draft has no value for a {spec.type}")


def _stamped(png: bytes) -> bytes:
    """The image with a frame and a sign that mark it as a draft."""
    from PIL import ImageDraw, ImageFont

    image = decode.decode(png).convert("RGB")
    pen = ImageDraw.Draw(image)
    unit = max(6, min(image.size) // 60)
    right, low = image.width, image.height
    for strip in (
        (0, 0, right, unit),
        (0, low - unit, right, low),
        (0, 0, unit, low),
        (right - unit, 0, right, low),
    ):
        _tape(image, strip, unit)
    face = ImageFont.truetype(str(closure.shipped_root() / "fonts" / "Inter.ttf"), 4 * unit)
    face.set_variation_by_axes([32, 700])
    width, edge, top = round(pen.textlength("DRAFT", face)), right - 3 * unit, low - 10 * unit
    sign = (edge - width - 4 * unit, top, edge, top + 7 * unit)
    pen.rounded_rectangle(sign, 2 * unit, fill=_DARK, outline=_AMBER, width=max(2, unit // 4))
    middle = (edge - 2 * unit - width / 2, top + 3.5 * unit)
    pen.text(middle, "DRAFT", fill=_AMBER, font=face, anchor="mm")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _tape(image: Image.Image, strip: tuple[int, int, int, int], unit: int) -> None:
    """A strip of slanted amber bars on dark, like barrier tape."""
    from PIL import Image, ImageDraw

    left, top, right, low = strip
    tape = Image.new("RGB", (right - left, low - top), _DARK)
    pen = ImageDraw.Draw(tape)
    for start in range(-tape.height, tape.width + tape.height, 4 * unit):
        pen.polygon(
            [
                (start, tape.height),
                (start + 2 * unit, tape.height),
                (start + 2 * unit + tape.height, 0),
                (start + tape.height, 0),
            ],
            _AMBER,
        )
    image.paste(tape, (left, top))
