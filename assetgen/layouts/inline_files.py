"""Stylesheets, images of the closure and declared inputs are put into the document itself."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeVar

from assetgen.cure import advice
from assetgen.errors import StorageError, TemplateError
from assetgen.image import decode, png
from assetgen.layouts import drawings
from assetgen.layouts.closure import REFERENCE, join
from assetgen.layouts.spec import Order
from assetgen.manifest.toml_faults import dotted
from assetgen.manifest.toml_positions import Key

T = TypeVar("T")

_STYLESHEET = re.compile(r"""<link\b[^>]*\bhref\s*=\s*["']([^"']+)["'][^>]*>""", re.I)
_INPUT = re.compile(r"\x02input:(\d+)\x03")  # control characters, which no value can contain


def stylesheets(document: str, order: Order, files: Mapping[str, bytes]) -> str:
    def sheet(match: re.Match[str]) -> str:
        name = join(order.kind.name, match[1], f"{order.layout}.html")
        if name not in files or not name.endswith(".css"):
            raise TemplateError(
                f"the layout links {match[1]!r}, which is not a stylesheet of its templates"
            )
        return f"<style>{files[name].decode('utf-8')}</style>"

    return _STYLESHEET.sub(sheet, document)


def pictures(document: str, order: Order) -> str:
    files = order.kind.files(order.layout)
    references = list(order.pictures)
    keys = {reference: key for key, reference in order.kind.pictures_at(order.values)}

    def own(match: re.Match[str]) -> str:
        name = join(order.kind.name, match["name"], f"{order.layout}.html")
        if name not in files:
            raise TemplateError(
                f"the layout shows {match['name']!r}, a name that is not written out in its source"
            )
        return match["before"] + _own_picture(name, files[name]) + match["after"]

    document = REFERENCE.sub(own, document)
    limit = max(order.width, order.height)  # no layout shows a picture larger than its canvas
    if any(int(number) >= len(references) for number in _INPUT.findall(document)):
        raise TemplateError("the layout contains control characters")

    def declared(match: re.Match[str]) -> str:
        reference = references[int(match[1])]
        return _declared_picture(order.pictures[reference], keys[reference], reference, limit)

    return _INPUT.sub(declared, document)


def refuse_no_picture(key: Key, reference: str, data: bytes, side: int) -> None:
    """Raise StorageError if the file of the value ``key`` is not a picture that layouts show.

    ``side`` is the longer side of the canvas, in pixels.
    """
    name = f"{dotted(key)}: {reference}"
    if drawings.is_svg(data):
        _read(lambda: drawings.cleaned(data), name, reference)
        return
    _read(lambda: decode.facts(data, decode.STILLS, side), name, reference)
    if (many := decode.frames(data)) > 1:
        raise StorageError(
            f"{name} moves (it has {many} frames), and a layout shows a still image",
            cure=advice("save one frame of {name} as PNG", name=reference),
        )


def _read(read: Callable[[], T], name: str, reference: str) -> T:
    try:
        return read()
    except StorageError as exc:
        what = f"{name} cannot be shown: {exc.what}"
        raise StorageError(what, cure=exc.cure or decode.cure(exc, reference)) from None


_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"RIFF", "webp"),
    (b"GIF8", "gif"),
)


@lru_cache(maxsize=64)
def _own_picture(name: str, data: bytes) -> str:
    kind = next((kind for magic, kind in _MAGIC if data.startswith(magic)), None)
    if kind is not None:
        _refuse_damage(name, data)
    else:
        text = _decoded(data)
        if not re.search(r"<svg[\s>]", text):
            raise TemplateError(f"templates/{name} is not a picture", where=f"templates/{name}")
        if re.search(r"<!ENTITY|<!DOCTYPE|<\?xml-stylesheet|<style", text, re.I):
            raise TemplateError(
                f"templates/{name} contains more than plain shapes", where=f"templates/{name}"
            )
        from assetgen.layouts.sanitize import refuse_hostile

        refuse_hostile(re.sub(r"<\?xml[^>]*\?>", "", text))
        kind = "svg+xml"
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return ""  # gzip or UTF-16, which the engine would read and the guard would not


def _refuse_damage(name: str, data: bytes) -> None:
    """Raise TemplateError for what the engine would leave out, or need too much memory for."""
    try:
        decode.decode(data, formats=("PNG", "JPEG", "WEBP", "GIF"))
    except StorageError as exc:
        raise TemplateError(
            f"templates/{name}: {exc.what}",
            where=f"templates/{name}",
            cure=decode.cure(exc, f"templates/{name}"),
        ) from None


def _declared_picture(data: bytes, key: Key, reference: str, limit: int) -> str:
    """A declared input as pixels only: decoded, shrunk to what can be seen, encoded again."""
    name = f"{dotted(key)}: {reference}"
    if drawings.is_svg(data):  # what it may contain is examined when it is drawn
        wide, high, rows = _read(lambda: drawings.pixels(data, limit), name, reference)
        drawn = png.encode(wide, high, rows, alpha=True)
        return f"data:image/png;base64,{base64.b64encode(drawn).decode()}"
    refuse_no_picture(key, reference, data, limit)
    image = _read(lambda: decode.decode(data, decode.STILLS, limit), name, reference)
    if max(image.size) > limit:
        image.thumbnail((limit, limit))
    image = decode.in_srgb(image)  # the engine reads no profiles
    # A JPEG stays a JPEG: a photograph as PNG takes ten times as long.
    if data.startswith(b"\xff\xd8\xff"):
        out = io.BytesIO()
        image.save(out, "JPEG", quality=95, subsampling=0)
        return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"
    encoded = png.encode(image.width, image.height, image.tobytes(), alpha=image.mode == "RGBA")
    return f"data:image/png;base64,{base64.b64encode(encoded).decode()}"
