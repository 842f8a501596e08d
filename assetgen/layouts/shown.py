"""The pictures in values, as a page shows them: at the size of their boxes, and shades over them.

A page is measured with an empty drawing in the place of each picture. It is painted with the
picture itself, made as small as its box: the engine blurs nothing that it makes smaller.
"""

from __future__ import annotations

import base64
import io
import math
import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from assetgen.errors import TemplateError
from assetgen.image import decode, png
from assetgen.layouts import drawings
from assetgen.layouts.engine import Box
from assetgen.layouts.inline_files import INPUT, read, refuse_no_picture
from assetgen.layouts.spec import Order
from assetgen.manifest.toml_faults import dotted
from assetgen.manifest.toml_positions import Key

if TYPE_CHECKING:
    from PIL.Image import Image

#: The longer side of a picture that is only looked at, in pixels.
SMALL = 256
_IMAGE = re.compile(r"<img\b[^<>]*>", re.I)
_ID = re.compile(r"""\sid\s*=\s*["']?([^"'\s>]+)""", re.I)
# With these, an image is shown in its own size.
_OWN_SIZE = re.compile(r"object-fit\s*:\s*(?:none|scale-down)", re.I)


@dataclass(frozen=True)
class Still:
    """A decoded picture in sRGB, no larger than the canvas, and whether it came as a JPEG."""

    image: Image
    is_jpeg: bool
    _urls: dict[int, str] = field(default_factory=dict, repr=False)

    def url(self, side: float | None = None) -> str:
        """The picture as a data: URL, with the longer side of ``side`` pixels if that is less."""
        longest = max(self.image.size)
        least = longest if side is None else min(longest, math.ceil(side))
        with _keeping:
            known = self._urls.get(least)
        if known is None:
            known = _encoded(self._shrunk(least), is_jpeg=self.is_jpeg)
            with _keeping:
                if len(self._urls) > 1:
                    self._urls.clear()
                self._urls[least] = known
        return known

    def _shrunk(self, side: int) -> Image:
        longest = max(self.image.size)
        if side == longest:
            return self.image
        image = self.image.reduce(max(1, longest // side // 2))  # nearly as good, and much faster
        size = [max(1, round(one * side / longest)) for one in self.image.size]
        return image.resize((size[0], size[1]), _LANCZOS)


def _encoded(image: Image, *, is_jpeg: bool) -> str:
    # A JPEG stays a JPEG: a photograph as PNG takes ten times as long.
    if is_jpeg:
        out = io.BytesIO()
        image.save(out, "JPEG", quality=95, subsampling=0)
        return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"
    return f"data:image/png;base64,{base64.b64encode(png.encode_image(image)).decode()}"


_LANCZOS = 1  # of PIL.Image.Resampling, which is imported only where pictures are decoded
_MOST_PIXELS = 8_000_000
_kept: OrderedDict[tuple[bytes, int, bool], Still] = OrderedDict()
_keeping = threading.Lock()


def still(data: bytes, key: Key, reference: str, limit: int, *, is_trimmed: bool = False) -> Still:
    """The picture of a value. It is decoded once for an image, and a logo once for many.

    With ``is_trimmed``, transparent edges are cut off. Raises StorageError.
    """
    with _keeping:
        found = _kept.pop((data, limit, is_trimmed), None)
    found = found or _decoded(data, key, reference, limit)
    found = _trimmed(found) if is_trimmed else found
    with _keeping:
        _kept[data, limit, is_trimmed] = found
        while len(_kept) > 1 and sum(map(_area, _kept.values())) > _MOST_PIXELS:
            _kept.popitem(last=False)
    return found


def _area(one: Still) -> int:
    return one.image.width * one.image.height


def _decoded(data: bytes, key: Key, reference: str, limit: int) -> Still:
    from PIL import Image

    name = f"{dotted(key)}: {reference}"
    if drawings.is_svg(data):  # what it may contain is examined when it is drawn
        wide, high, rows = read(lambda: drawings.pixels(data, limit), name, reference)
        return Still(Image.frombytes("RGBA", (wide, high), rows), is_jpeg=False)
    refuse_no_picture(key, reference, data, limit)
    image = read(lambda: decode.decode(data, decode.STILLS, limit), name, reference)
    if max(image.size) > limit:
        image.thumbnail((limit, limit))
    # The engine reads no profiles.
    return Still(decode.in_srgb(image), is_jpeg=data.startswith(b"\xff\xd8\xff"))


def _trimmed(one: Still) -> Still:
    if one.image.mode != "RGBA":
        return one
    seen = one.image.getchannel("A").point([255 * (alpha > 8) for alpha in range(256)]).getbbox()
    if seen is None:
        return one
    # A clear edge stays: the engine mixes the first and the last row of a picture.
    left, top, right, bottom = seen
    return Still(one.image.crop((left - 2, top - 2, right + 2, bottom + 2)), is_jpeg=False)


def _stills(order: Order) -> Iterator[Still]:
    keys = {reference: key for key, reference in order.kind.pictures_at(order.values)}
    limit = max(order.width, order.height)  # no layout shows a picture larger than its canvas
    for reference, data in order.pictures.items():
        key = keys[reference]
        is_trimmed = order.kind.trims(order.layout, key)
        yield still(data, key, reference, limit, is_trimmed=is_trimmed)


def _used(document: str, order: Order) -> list[str]:
    """The URL that stands in for each picture which ``document`` shows, "" for the others."""
    numbers = {int(number) for number in INPUT.findall(document)}
    if any(number >= len(order.pictures) for number in numbers):
        raise TemplateError("the layout contains control characters")
    stills = _stills(order)
    return [_stand_in(n, *next(stills).image.size) for n in range(max(numbers, default=-1) + 1)]


@lru_cache(maxsize=64)
def _stand_in(number: int, wide: int, high: int) -> str:
    """An empty drawing with the size of a picture."""
    size = f'width="{wide}" height="{high}" viewBox="0 0 {wide} {high}"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" id="ag-input-{number}" {size}></svg>'
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def outline(document: str, order: Order) -> str:
    """``document`` with a stand-in for each picture of a value. Raises StorageError."""
    if not INPUT.search(document):
        return document
    urls = _used(document, order)
    count = 0

    def named(match: re.Match[str]) -> str:
        nonlocal count
        if not INPUT.search(match[0]) or _ID.search(match[0]):
            return match[0]
        count += 1
        return f'<img id="ag-picture-{count}"{match[0][4:]}'

    return INPUT.sub(lambda match: urls[int(match[1])], _IMAGE.sub(named, document))


def whole(document: str, order: Order) -> str:
    """``document`` with the pictures of values, as large as the canvas may need them."""
    numbers = list(INPUT.findall(document))
    if numbers:
        _used(document, order)
        urls = [one.url() for one in _stills(order)]
        return INPUT.sub(lambda match: urls[int(match[1])], document)
    return document


def painted(
    document: str, order: Order, boxes: Mapping[str, Box], scale: float, side: int | None = None
) -> str:
    """An ``outline`` with its pictures, each as large as its box; ``side``: at most that large.

    ``scale`` is pixels per CSS px.
    """
    if "data:image/svg+xml;base64," not in document:
        return document
    keeps_size = _OWN_SIZE.search(document) is not None
    for number, one in enumerate(_stills(order)):
        url = _stand_in(number, *one.image.size)
        if url not in document:
            continue

        def shown(match: re.Match[str], one: Still = one, url: str = url) -> str:
            if url not in match[0]:
                return match[0]
            name = _ID.search(match[0])
            box = boxes.get(name[1]) if name and not keeps_size else None
            return match[0].replace(url, one.url(side or (_side(one, box, scale) if box else None)))

        document = _IMAGE.sub(shown, document)
        if url in document:  # in a style sheet
            document = document.replace(url, one.url(side))
    return document


def _side(one: Still, box: Box, scale: float) -> float:
    """The pixels that the longer side of a picture needs to fill its box.

    At least the CSS px of the box, so that an image which CSS only keeps from growing stays as it
    is.
    """
    wide, high = one.image.size
    return max(wide, high) * max(box[2] / wide, box[3] / high) * max(1.0, scale)
