"""One local picture as the renderer takes it: layout, values, size, colours, fonts, pictures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from assetgen.cure import advice
from assetgen.errors import ManifestError
from assetgen.layouts import palette
from assetgen.layouts.fonts import EMOJI, MONO, SERIF, Font, Stack, stack
from assetgen.layouts.kind import Kind

#: The largest side and area of a picture drawn here, in pixels.
MAX_SIDE, MAX_AREA = 8192, 33_554_432
SMALLER = advice("ask for a smaller size")


@dataclass(frozen=True)
class Order:
    """All that decides a local picture."""

    kind: Kind
    values: Mapping[str, Any]
    width: int
    height: int
    palette: Sequence[str] = ()
    font: str = "Inter"
    fonts: Mapping[str, Font] = field(default_factory=dict, repr=False)
    pictures: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def layout(self) -> str:
        return str(self.values["layout"])

    @property
    def theme(self) -> str:
        return str(self.values.get("theme") or "light")

    @property
    def needs_series(self) -> bool:
        """Whether the layout may use the colours of charts."""
        return self.kind.needs_series(self.layout)

    @cached_property
    def roles(self) -> Mapping[str, str]:
        """The colour roles of the layout, as ``{role: "#rrggbb"}``."""
        series, code = self.needs_series, self.kind.needs_code(self.layout)
        return palette.roles(self.palette, self.theme, series=series, code=code)

    @cached_property
    def region(self) -> str:
        """The region whose forms of Chinese characters the texts are written in; "" for none."""
        text = " ".join(_texts(self.values))
        if text.isascii():
            return ""
        from assetgen.layouts import scripts  # its patterns take longer than a small plan

        return scripts.region(text)

    @cached_property
    def stack(self) -> Stack:
        return self.stack_of(self.font)

    def stack_of(self, family: str) -> Stack:
        """``family``, then what fills its gaps."""
        return stack(dict(self.fonts), family, self.region)

    def drawn_with(
        self, text: str, *, emoji: bool = True, mono: bool = True, serif: bool = True
    ) -> tuple[Font, ...]:
        """The fonts that may draw ``text``: of the style, for code, with serifs, of emoji."""
        chosen = list(self.stack.drawing(text))
        for family, is_named in ((MONO, mono), (SERIF, serif)):
            chosen += self.stack_of(family).drawing(text) if is_named else ()
        chosen = chosen[:1] + [font for font in chosen[1:] if font.family != EMOJI]
        chosen += [self.fonts[EMOJI]] if emoji and EMOJI in self.fonts else []
        return tuple({font.digest: font for font in chosen}.values())

    @property
    def canvas(self) -> tuple[float, int, int]:
        """Pixels per CSS px, then width and height in CSS px; one of these is nominal."""
        nominal = self.kind.nominal(self.layout, self.width, self.height)
        scale = min(self.width / nominal[0], self.height / nominal[1])
        return scale, math.ceil(self.width / scale - 1e-6), math.ceil(self.height / scale - 1e-6)


def _texts(values: Any) -> Iterator[str]:
    if isinstance(values, Mapping):
        values = list(values.values())
    if isinstance(values, (list, tuple)):
        for one in values:
            yield from _texts(one)
    elif isinstance(values, str):
        yield values


def wrong_size(width: int, height: int) -> str | None:
    """Why a canvas cannot be drawn: it is empty or too large. None if it can be."""
    if min(width, height) >= 1 and max(width, height) <= MAX_SIDE and width * height <= MAX_AREA:
        return None
    return (
        f"{width}x{height} cannot be drawn: each side needs 1 to {MAX_SIDE} pixels, "
        f"and the image at most {MAX_AREA}"
    )


def refuse_size(width: int, height: int) -> None:
    """Raise ManifestError for a canvas that cannot be drawn."""
    if wrong := wrong_size(width, height):
        raise ManifestError(wrong, cure=SMALLER)
