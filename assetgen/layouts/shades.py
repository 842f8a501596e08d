"""How dark a shade between a photo and white text has to be: as light as the text can be read.

A layout marks the shade with ``data-shade`` and an id. It is looked at in small: once without the
shade and once with all of it, both without text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from assetgen.layouts import colour
from assetgen.layouts.engine import Box, Page

_SHADE = re.compile(r"<[a-z][a-z0-9]*\b[^<>]*\bdata-shade\b[^<>]*>", re.I)
_ID = re.compile(r"""\sid\s*=\s*"([^"]*)\"""")
#: The contrast of the text (WCAG 2), a little more than 4.5 since a small copy is looked at, and
#: the part of the ground that may be lighter.
CONTRAST, _LIGHTER = 4.6, 0.01
#: The longer side of the small copy, in pixels.
SIDE = 160


def is_in(document: str) -> bool:
    return "data-shade" in document


def opacities(document: str, page: Page, boxes: Sequence[Box]) -> Iterator[tuple[str, float]]:
    """Each shade of ``document`` by its id, and how opaque it has to be, from 0 to 1.

    ``document`` is that of ``page`` with its pictures, and ``boxes`` are those of its texts.
    """
    wide, high, _, _ = page.canvas
    scale = min(1.0, SIDE / max(wide, high))
    css = page.css + "[data-fit]{opacity:0!important}"
    for tag in _SHADE.findall(document):
        name = _ID.search(tag)
        if not name:
            continue
        small = Page(document, css, (wide, high, scale, False), page.styles)
        seen = []
        for opacity in ("0", "1"):
            small.style(name[1], "opacity", opacity)
            seen.append(_Ground(*small.pixels(), scale))
        bare, shaded = seen
        yield name[1], max((_need(bare, shaded, box) for box in boxes), default=0.0)


class _Ground(Struct, frozen=True):
    wide: int
    high: int
    pixels: bytes
    scale: float

    def behind(self, box: Box) -> list[colour.Rgb]:
        """The pixels behind a box and one pixel around it."""
        left, top = (max(0, int(at * self.scale) - 1) for at in box[:2])
        right = min(self.wide, int((box[0] + box[2]) * self.scale) + 2)
        foot = min(self.high, int((box[1] + box[3]) * self.scale) + 2)
        rows = (
            self.pixels[4 * (y * self.wide + left) : 4 * (y * self.wide + right)]
            for y in range(top, foot)
        )
        return [(row[at], row[at + 1], row[at + 2]) for row in rows for at in range(0, len(row), 4)]


def _need(bare: _Ground, shaded: _Ground, box: Box) -> float:
    """How opaque the shade has to be behind a box."""
    pairs = list(zip(bare.behind(box), shaded.behind(box), strict=True))
    if not pairs or all(one == other for one, other in pairs):
        return 0.0  # the shade is elsewhere
    pairs.sort(key=lambda pair: _luma(pair[0]), reverse=True)
    bare_colour, shaded_colour = pairs[min(int(len(pairs) * _LIGHTER), len(pairs) - 1)]
    return 0.0 if _is_dark(bare_colour) else _least(bare_colour, shaded_colour)


def _luma(ground: colour.Rgb) -> float:
    return 0.2126 * ground[0] + 0.7152 * ground[1] + 0.0722 * ground[2]


def _is_dark(ground: colour.Rgb) -> bool:
    return colour.contrast(colour.WHITE, ground) >= CONTRAST


def _least(bare: colour.Rgb, shaded: colour.Rgb) -> float:
    low, high = 0.0, 1.0
    for _ in range(6):
        middle = (low + high) / 2
        red, green, blue = (
            round(one + (other - one) * middle) for one, other in zip(bare, shaded, strict=True)
        )
        low, high = (low, middle) if _is_dark((red, green, blue)) else (middle, high)
    return high
