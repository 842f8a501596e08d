"""Stylesheets, images of the closure and declared inputs are put into the document itself."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeVar

from assetgen.cure import advice
from assetgen.errors import StorageError, TemplateError
from assetgen.image import decode
from assetgen.layouts import drawings
from assetgen.layouts.closure import REFERENCE, join
from assetgen.layouts.spec import Order
from assetgen.manifest.toml_faults import dotted
from assetgen.manifest.toml_positions import Key

T = TypeVar("T")

_STYLESHEET = re.compile(r"""<link\b[^>]*\bhref\s*=\s*["']([^"']+)["'][^>]*>""", re.I)
INPUT = re.compile(r"\x02input:(\d+)\x03")  # control characters, which no value can contain


def stylesheets(document: str, order: Order, files: Mapping[str, bytes]) -> str:
    def sheet(match: re.Match[str]) -> str:
        name = join(order.kind.name, match[1], f"{order.layout}.html")
        if name not in files or not name.endswith(".css"):
            raise TemplateError(
                f"the layout links {match[1]!r}, which is not a stylesheet of its templates"
            )
        return f"<style>{files[name].decode('utf-8')}</style>"

    return _STYLESHEET.sub(sheet, document)


def own_pictures(document: str, order: Order) -> str:
    """``document`` with the pictures that are files of its templates."""
    files = order.kind.files(order.layout)

    def own(match: re.Match[str]) -> str:
        name = join(order.kind.name, match["name"], f"{order.layout}.html")
        if name not in files:
            raise TemplateError(
                f"the layout shows {match['name']!r}, a name that is not written out in its source"
            )
        return match["before"] + _own_picture(name, files[name]) + match["after"]

    return REFERENCE.sub(own, document)


def refuse_no_picture(key: Key, reference: str, data: bytes, side: int) -> None:
    """Raise StorageError if the file of the value ``key`` is not a picture that layouts show.

    ``side`` is the longer side of the canvas, in pixels.
    """
    name = f"{dotted(key)}: {reference}"
    if drawings.is_svg(data):
        read(lambda: drawings.cleaned(data), name, reference)
        return
    read(lambda: decode.facts(data, decode.STILLS, side), name, reference)
    if (many := decode.frames(data)) > 1:
        raise StorageError(
            f"{name} moves (it has {many} frames), and a layout shows a still image",
            cure=advice("save one frame of {name} as PNG", name=reference),
        )


def read(reading: Callable[[], T], name: str, reference: str) -> T:
    try:
        return reading()
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
        try:
            drawings.refuse_file(data)
        except StorageError as exc:
            where = f"templates/{name}"
            raise TemplateError(f"{where}: {exc.what}", where=where, cure=exc.cure) from None
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
