"""The room that the heading and the source of an infographic leave for a drawing.

A drawing needs its size before anything is laid out, because the engine stretches none. So each
height above and below it is decided here; a heading that is too long for its lines shrinks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetgen.layouts.chart import em
from assetgen.layouts.scripts import LINE_END, leading

_Sizes = tuple[float, float, float]
#: Of the title, the subtitle and the source: the size, the line height, and the size at which a
#: text of one line is estimated. Then the height of the kicker. As in parts/chart-head.html.
_WIDE: tuple[_Sizes, _Sizes, _Sizes, float] = ((70, 1.24, 54), (30, 1.35, 26), (22, 1.3, 22), 42)
_TALL: tuple[_Sizes, _Sizes, _Sizes, float] = ((68, 1.24, 54), (36, 1.35, 30), (25, 1.3, 25), 49)
_PORTRAIT: tuple[_Sizes, _Sizes, _Sizes, float] = ((84, 1.24, 60), *_TALL[1:])
_STORY: tuple[_Sizes, _Sizes, _Sizes, float] = ((120, 1.24, 94), (52, 1.35, 42), (30, 1.3, 30), 66)


def room(values: Mapping[str, Any], w: int, h: int) -> dict[str, Any]:
    """The heights of the parts of the page, the width and the height of the drawing, in CSS px."""
    tall, portrait, story = h * 5 >= w * 4, h * 9 > w * 10, h * 2 > w * 3
    across = w - (144 if tall else 160)

    def high(text: str, size: float, line: float, tried: float, *, most: float = 2) -> float:
        if not text:
            return 0.0
        lines = max(1 + text.count(LINE_END), 1 if em(text) * tried < across else most)
        return size * line * lines * leading(text, line)

    sizes = _STORY if story else _PORTRAIT if portrait else _TALL if tall else _WIDE
    title_high = high(values["title"], *sizes[0], most=2 if tall else 1.8)
    subtitle_high = high(values["subtitle"], *sizes[1])
    source_high = high(values["source"], *sizes[2])
    kicker_high = sizes[3] if values["kicker"] else 0.0
    head = kicker_high + title_high + (subtitle_high + 12 if subtitle_high else 0)
    foot = source_high + (36 if tall else 32) if source_high else 0
    outside = 76 + 44 + 54 if tall else 60 + 40 + 46
    return {
        "tall": tall,
        "story": story,
        "head": head,
        "title": title_high,
        "subtitle": subtitle_high,
        "source": source_high,
        "across": across,
        "down": max(h - outside - head - foot, 1.0),
    }
