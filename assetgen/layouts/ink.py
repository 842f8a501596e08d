"""Text set so large that its ink fills its slot, in the middle of it: the letters of icons.

The room that a font keeps round its letters differs from letter to letter, and an emoji has nearly
none. So the text is drawn once by itself, and its ink is measured.
"""

from __future__ import annotations

from typing import NamedTuple

from assetgen.errors import TemplateError
from assetgen.layouts.engine import Box, Page

#: Sizes of type, as shares of the shorter side of the slot: a smaller one is an error, and a larger
#: one would make a full stop as large as a letter.
_SMALLEST, _LARGEST = 0.25, 2.0
#: The size that is tried first in CSS px, and the longer side of the drawing in pixels.
_FIRST, _SIDE = 100.0, 768
#: Fainter pixels are the edge of a letter, which belongs to the next pixel.
_FAINT = 96


class Setting(NamedTuple):
    """The size of a text, and where its box starts in its slot, in CSS px."""

    size: float
    left: float
    top: float

    @property
    def styles(self) -> dict[str, str]:
        return {
            "font-size": f"{self.size:.2f}px",
            "left": f"{self.left:.2f}px",
            "top": f"{self.top:.2f}px",
        }


def filling(page: Page, element: str, slot: Box, across: float) -> Setting | None:
    """How the text of ``element`` fills ``slot``; None if it would be too small to be read.

    The diagonal of its ink is at most ``across``. Raises TemplateError for a text without ink.
    """
    size, box, ink = _measured(page, element)
    _, _, slot_wide, slot_high = slot
    wide, high = ink[2] - ink[0], ink[3] - ink[1]
    scale = min(
        slot_wide / wide,
        slot_high / high,
        across / (wide**2 + high**2) ** 0.5,
        _LARGEST * min(slot_wide, slot_high) / size,
    )
    if scale * size < _SMALLEST * min(slot_wide, slot_high):
        return None
    middle = ((ink[0] + ink[2]) / 2 - box[0], (ink[1] + ink[3]) / 2 - box[1])
    return Setting(
        scale * size,
        left=slot_wide / 2 - scale * middle[0],
        top=slot_high / 2 - scale * middle[1],
    )


def _measured(page: Page, element: str) -> tuple[float, Box, Box]:
    """The size of type that was measured, the box of the text, and the edges of its ink."""
    wide, high, _, _ = page.canvas
    alone = _alone(page, element)
    first = alone.boxes()[element]
    # As large as it can be without an edge in the way: boxes are rounded to whole px.
    size = _FIRST * _ROOM / max(first[2] / wide, first[3] / high, 0.01)
    alone.style(element, "font-size", f"{size:.2f}px")
    box = alone.boxes()[element]
    found = _edges(alone, is_mirrored='data-ag="rtl"' in page.document)
    if found is None:
        raise TemplateError("the text has no ink", where=f"values.{element}")
    return size, box, found


#: The share of the canvas that the text takes when it is measured, and where it starts.
_ROOM, _START = 0.6, 0.2


def _alone(page: Page, element: str) -> Page:
    """The page with nothing but one text, where nothing cuts it off."""
    wide, high, _, _ = page.canvas
    named = f'[id="{element}"]'
    css = (
        "html,body,body *{background:none!important;border-color:transparent!important;"
        "box-shadow:none!important;color:transparent!important}body img,body svg{opacity:0}"
        f"{named},{named} *{{color:#000!important}}"
        f'[id="{element}-slot"]{{left:0!important;top:0!important}}'
    )
    styles = {"font-size": f"{_FIRST}px", "left": f"{wide * _START:.0f}px"}
    styles["top"] = f"{high * _START:.0f}px"
    canvas = (wide, high, _SIDE / max(wide, high), True)
    return Page(page.document, page.css + css, canvas, {element: styles})


def _edges(alone: Page, *, is_mirrored: bool) -> Box | None:
    """The left, top, right and bottom edge of what is drawn, in CSS px; None for nothing."""
    from PIL import Image

    wide, high, rows = alone.pixels()
    alpha = Image.frombuffer("RGBA", (wide, high), rows, "raw", "RGBA", 0, 1).getchannel("A")
    found = alpha.point([255 * (one > _FAINT) for one in range(256)]).getbbox()
    if found is None:
        return None
    left, top, right, bottom = (edge / alone.scale for edge in found)
    if is_mirrored:  # boxes are not: only what is painted is turned
        full = alone.canvas[0]
        left, right = full - right, full - left
    return left, top, right, bottom
