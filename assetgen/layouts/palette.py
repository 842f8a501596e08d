"""Brand colours -> the colour roles that layouts use, each with enough contrast to be read.

Contrast is the WCAG 2 ratio (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from msgspec import Struct

from assetgen.layouts import code_colours, series_colours
from assetgen.layouts.colour import (
    BLACK,
    WHITE,
    Rgb,
    chroma,
    contrast,
    deepened,
    legible,
    luminance,
    mix,
    parse,
    text,
)

DEFAULT = ("#0f172a", "#4f46e5", "#f59e0b", "#0d9488", "#e11d48")
# Good, doubtful, bad mean the same in every brand.
_SIGNALS: dict[str, Rgb] = {"good": (21, 128, 61), "warn": (202, 112, 6), "bad": (200, 30, 46)}


def roles(
    palette: Sequence[str], theme: str, *, series: bool = True, code: bool = False
) -> dict[str, str]:
    """Colour roles for ``theme`` ("light" or "dark"), as ``{role: "#rrggbb"}``; see ``_roles``.

    Without ``series``, those of charts are missing: they take longer than all others. With
    ``code``, those of source code are there too.
    """
    return dict(_roles(tuple(palette), theme, series, code))


def needs_series(sources: Iterable[bytes]) -> bool:
    """Whether templates may use the roles of charts; True if that cannot be seen."""
    return any(_SERIES.search(source) for source in sources)


def needs_code(sources: Iterable[bytes]) -> bool:
    """Whether templates show code in its colours."""
    return any(b"code-bg" in source for source in sources)


# A style or a name of `colours` that is, or may become, c1 to c8.
_SERIES = re.compile(
    rb"""--c(?![a-z-])|\bcolours\b(?!\.(?!c\d)|\[["'](?!c["'\d])[a-z0-9-]+["']\])"""
)


@lru_cache(maxsize=64)
def _roles(palette: tuple[str, ...], theme: str, series: bool, code: bool) -> dict[str, str]:
    """Colour roles for ``theme`` ("light" or "dark"), as ``{role: "#rrggbb"}``.

    bg, surface, raised, border, faint (drawn lines), fg, muted; accent (fills), accent-text (on
    bg), accent-soft, on-accent; accent-2, on-accent-2; ink (the darkest brand colour), scrim (the
    colour that darkens photos); and those of _signals and _series.
    """
    brand = _brand([parse(c) for c in (palette or DEFAULT)], is_dark=theme == "dark")
    grounds = _dark(brand) if theme == "dark" else _light(brand)
    bg, ink = grounds["bg"], brand.ink
    accent, second = brand.accents
    if theme == "dark":
        accent, second = legible(accent, bg, 2.0), legible(second, bg, 2.0)
    soft = mix(bg, accent, 0.14 if theme != "dark" or accent == brand.plain else 0.26)
    named = grounds | {
        "accent": accent,
        "accent-text": legible(accent, bg, 4.5),
        "accent-soft": brand.pastels[0] if brand.pastels and theme != "dark" else soft,
        "on-accent": _readable_on(accent, ink),
        "accent-2": second,
        "accent-2-text": legible(second, bg, 4.5),
        "on-accent-2": _readable_on(second, ink),
        "ink": ink,
        "scrim": _scrim(ink),
    }
    named |= _signals(bg, ink)
    if series:
        named |= _series(brand.own, bg, ink=ink, theme=theme)
    if code:
        named |= code_colours.code_roles(named, brand.own, theme)
    return {role: text(rgb) for role, rgb in named.items()}


class _Brand(Struct, frozen=True):
    """What a palette has: its darkest colour, its pale ones, and those of fills in order."""

    ink: Rgb
    plain: Rgb
    """The accent of a brand without a colour: it contrasts with the background."""
    pastels: Sequence[Rgb]
    """The colours of a brand that has only pale ones; empty for any other brand."""
    own: Sequence[Rgb]
    accents: tuple[Rgb, Rgb]


def _brand(colours: Sequence[Rgb], *, is_dark: bool) -> _Brand:
    ink = min(colours, key=luminance)
    if luminance(ink) > 0.08:
        ink = mix(ink, BLACK, 0.82)
    plain = mix(ink, WHITE, 0.9) if is_dark else ink
    pastels = _pastels(colours)
    own: Sequence[Rgb]
    if pastels:
        own = pastels if is_dark else [deepened(colour, WHITE, 3.2) for colour in pastels]
    else:
        vivid = [c for c in colours if chroma(c) > 0.25 and luminance(c) > 0.02]
        own = vivid or [c for c in colours if chroma(c) > 0.05 and c != ink] or [plain]
    if pastels and not is_dark:
        second = pastels[1 % len(pastels)]
    elif len(own) > 1:
        second = own[1]
    else:
        second = mix(own[0], ink if own[0] == plain and is_dark else WHITE, 0.35)
    return _Brand(ink, plain, pastels, own, (own[0], second))


def _dark(brand: _Brand) -> dict[str, Rgb]:
    """The grounds, the lines and the texts of the dark theme."""
    bg = mix(brand.ink, BLACK, 0.25)
    surface, muted = mix(bg, WHITE, 0.055), mix(bg, WHITE, 0.66)
    return {
        "bg": bg,
        "surface": surface,
        "raised": mix(bg, WHITE, 0.10),
        "border": mix(bg, WHITE, 0.16),
        "faint": mix(bg, WHITE, 0.28),
        "fg": (248, 250, 252),
        "muted": legible(muted, surface, 4.5),
    }


def _light(brand: _Brand) -> dict[str, Rgb]:
    """The grounds, the lines and the texts of the light theme; pastels are the ground."""
    pastels, ink = brand.pastels, brand.ink
    bg = mix(WHITE, max(pastels, key=luminance), 0.6) if pastels else WHITE
    surface = mix(bg, WHITE, 0.5) if pastels else mix(bg, ink, 0.03)
    return {
        "bg": bg,
        "surface": surface,
        "raised": WHITE,
        "border": mix(bg, ink, 0.13),
        "faint": mix(bg, ink, 0.20),
        "fg": ink,
        "muted": legible(legible(mix(bg, ink, 0.66), surface, 4.5), bg, 4.5),
    }


def _signals(bg: Rgb, ink: Rgb) -> dict[str, Rgb]:
    """The roles good, warn and bad, with -text (on ``bg``) and on-."""
    named = {}
    for role, colour in _SIGNALS.items():
        named[role] = legible(colour, bg, 3.0)
        named[f"{role}-text"] = legible(colour, bg, 4.5)
        named[f"on-{role}"] = _readable_on(named[role], ink)
    return named


def _pastels(colours: Sequence[Rgb]) -> list[Rgb]:
    """The colours of a brand that has only pale ones; [] for any other brand."""
    is_pale = all(luminance(colour) > 0.55 and chroma(colour) < 0.3 for colour in colours)
    return [colour for colour in colours if chroma(colour) > 0.02] if is_pale else []


def _series(own: Sequence[Rgb], bg: Rgb, *, ink: Rgb, theme: str) -> dict[str, Rgb]:
    """The roles c1 to c8 of charts, with -text (on ``bg``) and on-."""
    ratio = 2.0 if theme == "light" else 3.0
    named = {}
    for index, colour in enumerate(
        series_colours.series(own, [*own, ink], bg, ratio=ratio), start=1
    ):
        named[f"c{index}"] = colour
        named[f"c{index}-text"] = legible(colour, bg, 4.5)
        named[f"on-c{index}"] = _readable_on(colour, ink)
    return named


def _scrim(ink: Rgb) -> Rgb:
    """The ink's hue, vivid enough to show over a photo.

    White text keeps 4.5:1 on 70 % of it over white.
    """
    dark = mix(ink, BLACK, 0.3)
    least, most = min(ink), max(ink)
    if most - least < 12:  # a grey has no hue to show
        return dark
    pure = (ink[0] - least, ink[1] - least, ink[2] - least)
    hue: Rgb = (
        pure[0] * 255 / (most - least),
        pure[1] * 255 / (most - least),
        pure[2] * 255 / (most - least),
    )
    shades = (mix(dark, hue, share / 100) for share in range(20, 0, -4))
    return next((shade for shade in shades if contrast(WHITE, mix(WHITE, shade, 0.7)) >= 4.5), dark)


def _readable_on(fill: Rgb, ink: Rgb) -> Rgb:
    """White or ink, whichever has 4.5:1 on ``fill``; black has it wherever neither does."""
    return next((c for c in (WHITE, ink) if contrast(c, fill) >= 4.5), BLACK)
