"""Brand colours -> the colour roles that layouts use, each with enough contrast to be read.

Contrast is the WCAG 2 ratio (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

Rgb = tuple[float, float, float]

DEFAULT = ("#0f172a", "#4f46e5", "#f59e0b", "#0d9488", "#e11d48")
# Good, doubtful, bad mean the same in every brand.
_SIGNALS: dict[str, Rgb] = {"good": (21, 128, 61), "warn": (202, 112, 6), "bad": (200, 30, 46)}
_WHITE: Rgb = (255, 255, 255)
_BLACK: Rgb = (0, 0, 0)


def parse(colour: str) -> Rgb:
    """``#rgb`` or ``#rrggbb`` -> three channels, 0 to 255."""
    digits = colour[1:]
    if len(digits) == 3:
        digits = "".join(d * 2 for d in digits)
    return (int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16))


def text(rgb: Rgb) -> str:
    return "#" + "".join(f"{round(channel):02x}" for channel in rgb)


def mix(a: Rgb, b: Rgb, share: float) -> Rgb:
    """A mix with ``share`` of b (0: all a, 1: all b), in whole steps, so that contrast is exact."""
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return (red, green, blue)


def luminance(rgb: Rgb) -> float:
    r, g, b = (_linear(channel / 255) for channel in rgb)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.03928 else float(((channel + 0.055) / 1.055) ** 2.4)


def contrast(a: Rgb, b: Rgb) -> float:
    hi, lo = sorted((luminance(a), luminance(b)), reverse=True)
    return (hi + 0.05) / (lo + 0.05)


def chroma(rgb: Rgb) -> float:
    return (max(rgb) - min(rgb)) / 255


def distance(a: Rgb, b: Rgb) -> float:
    """How different two colours look, roughly: 0 to 765; above about 150 the difference is clear.

    Source: the weighted RGB distance of https://www.compuphase.com/cmetric.htm
    """
    red = (a[0] + b[0]) / 2
    weights = (2 + red / 256, 4, 2 + (255 - red) / 256)
    return math.sqrt(sum(w * (x - y) ** 2 for w, x, y in zip(weights, a, b, strict=True)))


def legible(colour: Rgb, on: Rgb, ratio: float) -> Rgb:
    """The colour, moved towards black or white only as far as ``ratio`` against ``on`` needs."""
    target = _BLACK if luminance(on) > 0.18 else _WHITE
    for step in range(21):
        candidate = mix(colour, target, step / 20)
        if contrast(candidate, on) >= ratio:
            return candidate
    return target


def roles(palette: Sequence[str], theme: str) -> dict[str, str]:
    """Colour roles for ``theme`` ("light" or "dark"), as ``{role: "#rrggbb"}``; see ``_roles``."""
    return dict(_roles(tuple(palette), theme))


@lru_cache(maxsize=64)
def _roles(palette: tuple[str, ...], theme: str) -> dict[str, str]:
    """Colour roles for ``theme`` ("light" or "dark"), as ``{role: "#rrggbb"}``.

    bg, surface, raised, border, faint (drawn lines), fg, muted; accent (fills), accent-text (on
    bg), accent-soft, on-accent; accent-2, on-accent-2; ink (the darkest brand colour), scrim (the
    colour that darkens photos); and those of _signals and _series.
    """
    colours = [parse(c) for c in (palette or DEFAULT)]
    ink = min(colours, key=luminance)
    if luminance(ink) > 0.08:
        ink = mix(ink, _BLACK, 0.82)
    # A brand without a vivid colour is black and white: its accent contrasts with the background.
    plain = ink if theme != "dark" else mix(ink, _WHITE, 0.9)
    vivid = [c for c in colours if chroma(c) > 0.25 and luminance(c) > 0.02] or [plain]
    accent = vivid[0]
    second = (
        vivid[1]
        if len(vivid) > 1
        else mix(accent, ink if accent == plain and theme == "dark" else _WHITE, 0.35)
    )
    bg: Rgb
    fg: Rgb
    if theme == "dark":
        bg = mix(ink, _BLACK, 0.25)
        fg, surface, raised = (248, 250, 252), mix(bg, _WHITE, 0.055), mix(bg, _WHITE, 0.10)
        border, faint, muted = mix(bg, _WHITE, 0.16), mix(bg, _WHITE, 0.28), mix(bg, _WHITE, 0.66)
        accent, second = legible(accent, bg, 2.0), legible(second, bg, 2.0)
    else:
        bg = _WHITE
        fg, surface, raised = ink, mix(_WHITE, ink, 0.03), _WHITE
        border, faint, muted = (
            mix(_WHITE, ink, 0.13),
            mix(_WHITE, ink, 0.20),
            mix(_WHITE, ink, 0.66),
        )
    named = {
        "bg": bg,
        "surface": surface,
        "raised": raised,
        "border": border,
        "faint": faint,
        "fg": fg,
        "muted": legible(muted, surface, 4.5),
        "accent": accent,
        "accent-text": legible(accent, bg, 4.5),
        "accent-soft": mix(bg, accent, 0.14 if theme != "dark" or accent == plain else 0.26),
        "on-accent": _readable_on(accent, ink),
        "accent-2": second,
        "accent-2-text": legible(second, bg, 4.5),
        "on-accent-2": _readable_on(second, ink),
        "ink": ink,
        "scrim": _scrim(ink),
    }
    named |= _signals(bg, ink) | _series(vivid, bg, ink=ink, theme=theme)
    return {role: text(rgb) for role, rgb in named.items()}


def _signals(bg: Rgb, ink: Rgb) -> dict[str, Rgb]:
    """The roles good, warn and bad, with -text (on ``bg``) and on-."""
    named = {}
    for role, colour in _SIGNALS.items():
        named[role] = legible(colour, bg, 3.0)
        named[f"{role}-text"] = legible(colour, bg, 4.5)
        named[f"on-{role}"] = _readable_on(named[role], ink)
    return named


def _series(vivid: list[Rgb], bg: Rgb, *, ink: Rgb, theme: str) -> dict[str, Rgb]:
    """The roles c1 to c6 of charts, with -text (on ``bg``) and on-.

    The default palette supplies the colours that a brand lacks, except those too close to its own.
    """
    series = vivid + [
        c for c in map(parse, DEFAULT[1:]) if min(distance(c, own) for own in vivid) > 150
    ]
    while len(series) < 6:
        series.append(mix(series[len(series) - 5], bg, 0.45))
    named = {}
    for index, colour in enumerate(series[:6], start=1):
        named[f"c{index}"] = legible(colour, bg, 2.0 if theme == "light" else 3.0)
        named[f"c{index}-text"] = legible(colour, bg, 4.5)
        named[f"on-c{index}"] = _readable_on(named[f"c{index}"], ink)
    return named


def _scrim(ink: Rgb) -> Rgb:
    """The ink's hue, vivid enough to show over a photo.

    White text keeps 4.5:1 on 70 % of it over white.
    """
    dark = mix(ink, _BLACK, 0.3)
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
    return next(
        (shade for shade in shades if contrast(_WHITE, mix(_WHITE, shade, 0.7)) >= 4.5), dark
    )


def _readable_on(fill: Rgb, ink: Rgb) -> Rgb:
    """White or ink, whichever has 4.5:1 on ``fill``; black has it wherever neither does."""
    return next((c for c in (_WHITE, ink) if contrast(c, fill) >= 4.5), _BLACK)
