"""Fonts whose letters are bars: pixels tell which font drew a letter, and where."""

from __future__ import annotations

import io
from collections.abc import Iterable

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from assetgen.layouts import fonts

#: The letters of ASCII and Hebrew.
BOTH = [chr(code) for code in (*range(0x20, 0x7F), *range(0x5D0, 0x5EB))]


def bar_font(
    family: str,
    style: str = "Regular",
    wide: int = 800,
    *,
    weight: int = 400,
    characters: Iterable[str] = "Hi g",
    is_even: bool = False,
) -> TTFont:
    """A font of bars ``wide`` thousandths of an em wide, in the middle of 1000 if ``is_even``."""
    builder = FontBuilder(1000, isTTF=True)
    characters = list(characters)
    names = [".notdef", *(f"u{ord(char):04X}" for char in characters)]
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(char): f"u{ord(char):04X}" for char in characters})
    left = (1000 - wide) // 2 if is_even else 0
    glyphs = {}
    for name in names:
        pen = TTGlyphPen(None)
        if name not in ("u0020", ".notdef"):
            pen.moveTo((left, 0))
            for corner in ((left, 700), (left + wide, 700), (left + wide, 0)):
                pen.lineTo(corner)
            pen.closePath()
        glyphs[name] = pen.glyph()
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, left)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": style})
    builder.setupOS2(usWeightClass=weight, sTypoAscender=800, sTypoDescender=-200)
    builder.setupPost()
    return builder.font


def parsed(font: TTFont) -> fonts.Font:
    """``font`` as assetgen has it."""
    out = io.BytesIO()
    font.save(out)
    return fonts.parse(out.getvalue(), "bars.ttf")
