"""A draft: a placeholder for an image that is not drawn yet, rendered here and marked as one."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from assetgen.errors import AssetgenError, TemplateError
from assetgen.image import decode
from assetgen.layouts import closure, engine, palette, spec
from assetgen.layouts.field import Field
from assetgen.layouts.kind import Kind
from assetgen.manifest.schema import Asset
from assetgen.plan.intent import wish
from assetgen.plan.routing import Drawn, job_for
from assetgen.plan.wish import Wish
from assetgen.plan.workspace import Workspace
from assetgen.record import record
from assetgen.record.schema import RecordedRoute
from assetgen.routes import local

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

#: The longest headline of a draft, in characters.
_LONGEST = 90
_AMBER, _DARK, _PALE = (245, 158, 11), (28, 25, 23), (250, 250, 249)
#: Canvases with a shorter side, in pixels, have no room for the sign.
_ROOM = 90
_SMALL = 240


def draw(project: Workspace, asset: Asset) -> Drawn:
    """The draft of ``asset``. Raises TemplateError if even a plain cover cannot be rendered."""
    headline = asset.alt or asset.id.rpartition("/")[2].replace("-", " ")
    known = project.kind(asset.kind)
    try:
        drawn = _laid_out(project, asset, known, values=_values(known, asset.values, headline))
    except AssetgenError:  # the kind needs more values, or the headline is too long
        plain = project.kind("cover")
        drawn = _laid_out(project, asset, plain, values=_values(plain, {}, asset.id))
    return _as_draft(drawn, f"{asset.route} has yet to draw it")


def stand_in(project: Workspace, wanted: Wish) -> Drawn:
    """The placeholder of an asset with ``draft = true``: it says what is missing.

    Words for which there is no room, and letters that no font has, are left out. Raises
    TemplateError if the kind ``cover`` cannot be used.
    """
    cover = project.kind("cover")
    size = wanted.intent.size
    bare = msgspec.structs.replace(
        wanted.asset, draft=False, page=None, fit=None, size=size, candidates=None
    )
    quiet = {"layout": "centred", "pattern": "none"} if "centred" in cover.sheet.layouts else {}
    drawn = _plain(cover, size)
    for face in _faces(wanted):
        with suppress(AssetgenError):
            drawn = _laid_out(
                project, bare, cover, values=_values(cover, quiet | face, face["title"])
            )
            break
    return _as_draft(drawn, "assets.toml says draft = true")


def ground(project: Workspace, wanted: Wish) -> Drawn:
    """The placeholder of a ground: colours of its style without words, since a layout sets words
    on it. Raises TemplateError for a canvas that is too large.
    """
    from PIL import Image

    canvas = wanted.covers or _sides(wanted.intent.size)
    spec.refuse_size(*canvas)
    roles = palette.roles(project.manifest.style_of(wanted.asset).palette, "light", series=False)
    top, low = (Image.new("RGB", canvas, roles[name]) for name in ("accent", "ink"))
    made = Image.composite(low, top, Image.linear_gradient("L").resize(canvas))
    drawn = _of_pixels(made, project.kind("cover"))
    why = "assets.toml says draft = true" if wanted.asset.draft else None
    reason = why or f"{wanted.asset.route} has yet to draw it"
    return _as_draft(drawn, reason, has_words=False)


def _sides(size: str) -> tuple[int, int]:
    width, _, height = size.partition("x")
    return int(width), int(height)


def _faces(wanted: Wish) -> Iterator[dict[str, str]]:
    """What a placeholder says of its image: alternative text, path, size, layout; then less."""
    asset = wanted.asset
    size = f"{asset.fit.width}x{asset.fit.height}" if asset.fit else wanted.intent.size
    size = size.replace("x", " x ")
    title = _short(asset.alt) if asset.alt else "Decorative: no alternative text"
    kicker = f"missing: {asset.kind}, {wanted.values['layout']}"
    name = asset.path.rpartition("/")[2]
    if min(map(int, size.split(" x "))) < _SMALL:  # only a headline can be read there
        yield {"title": f"{asset.path}, {size}: {title}"}
    yield {"title": title, "subtitle": f"{asset.path}, {size}", "kicker": kicker}
    yield {"title": name, "subtitle": f"{asset.path}, {size}"}
    yield {"title": name, "subtitle": size}
    yield {"title": size}


def _plain(cover: Kind, size: str) -> Drawn:
    """A placeholder without words, for canvases on which none fit."""
    from PIL import Image

    spec.refuse_size(*_sides(size))
    return _of_pixels(Image.new("RGB", _sides(size), _PALE), cover)


def _of_pixels(image: Image.Image, cover: Kind) -> Drawn:
    """A placeholder that no layout draws."""
    out = io.BytesIO()
    image.save(out, "PNG")
    size = f"{image.width}x{image.height}"
    return Drawn(
        original=out.getvalue(),
        source_type=cover.layout(cover.layout_name({})).source_type,
        route=RecordedRoute(owner="local", surface="none", client=engine.name()),
        request=record.recorded_request(None, {"kind": cover.name, "size": size}),
        response=None,
        received="pixels",
        keeps_original=False,
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
        candidates=None,
        take=1,
    )
    asked = wish(project.manifest, here, project.world(), paths=project.paths)
    return local.draw(job_for(project, asked))


def _size(asset: Asset, known: Kind) -> str | None:
    if asset.fit:
        return f"{asset.fit.width}x{asset.fit.height}"
    size = asset.asked_size
    asked = size if size and size != "auto" else known.sheet.model_size
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
            return _short(headline)
        case "choice":
            return spec.of[0]
        case "number":
            return max(1, spec.min or 1)
        case "flag":
            return False
    raise TemplateError(f"a draft has no value for a {spec.type}")


def _short(headline: str) -> str:
    is_short = len(headline) <= _LONGEST
    return headline if is_short else headline[: _LONGEST - 1].rstrip() + "…"


def _as_draft(drawn: Drawn, reason: str, *, has_words: bool = True) -> Drawn:
    stamped = _stamped(drawn.original, has_words=has_words)
    return replace(drawn, original=stamped, decision="draft", reason=reason, placeholder=None)


def _stamped(png: bytes, *, has_words: bool) -> bytes:
    """The image with a frame that marks it as a draft, and with a sign if it may have words."""
    from PIL import ImageDraw

    image = decode.decode(png).convert("RGB")
    pen = ImageDraw.Draw(image)
    has_room = min(image.size) >= _ROOM
    unit = max(6, min(image.size) // 60) if has_room else max(1, min(image.size) // 12)
    right, low = image.width, image.height
    for strip in (
        (0, 0, right, unit),
        (0, low - unit, right, low),
        (0, 0, unit, low),
        (right - unit, 0, right, low),
    ):
        _tape(image, strip, unit)
    if has_room and has_words:
        _sign(pen, unit, right, low)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _sign(pen: ImageDraw.ImageDraw, unit: int, right: int, low: int) -> None:
    """The word DRAFT in the corner at ``right``, ``low``."""
    from PIL import ImageFont

    face = ImageFont.truetype(str(closure.shipped_root() / "fonts" / "Inter.ttf"), 4 * unit)
    face.set_variation_by_axes([32, 700])
    width, edge, top = round(pen.textlength("DRAFT", face)), right - 3 * unit, low - 10 * unit
    sign = (edge - width - 4 * unit, top, edge, top + 7 * unit)
    pen.rounded_rectangle(sign, 2 * unit, fill=_DARK, outline=_AMBER, width=max(2, unit // 4))
    middle = (edge - 2 * unit - width / 2, top + 3.5 * unit)
    pen.text(middle, "DRAFT", fill=_AMBER, font=face, anchor="mm")


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
