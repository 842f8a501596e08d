"""The arithmetic of colours: sRGB channels from 0 to 255, contrast, lightness, and who sees what.

Contrast is the WCAG 2 ratio (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).
"""

from __future__ import annotations

import colorsys
import math

Rgb = tuple[float, float, float]

WHITE: Rgb = (255, 255, 255)
BLACK: Rgb = (0, 0, 0)


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


def legible(colour: Rgb, on: Rgb, ratio: float) -> Rgb:
    """The colour, moved towards black or white only as far as ``ratio`` against ``on`` needs."""
    target = BLACK if luminance(on) > 0.18 else WHITE
    for step in range(21):
        candidate = mix(colour, target, step / 20)
        if contrast(candidate, on) >= ratio:
            return candidate
    return target


def lightness(rgb: Rgb) -> float:
    """L* of CIELAB: 0 is black, 100 is white."""
    return 116 * _root(luminance(rgb)) - 16


def _root(share: float) -> float:
    return share ** (1 / 3) if share > 216 / 24389 else (24389 / 27 * share + 16) / 116


def at_lightness(colour: Rgb, target: float) -> Rgb:
    """``colour`` with black or white mixed in until its lightness is ``target``, or nearly so."""
    end = WHITE if lightness(colour) < target else BLACK
    low, high = 0.0, 1.0
    for _ in range(8):
        middle = (low + high) / 2
        is_short = (lightness(mix(colour, end, middle)) < target) == (end is WHITE)
        low, high = (middle, high) if is_short else (low, middle)
    return mix(colour, end, high)


def deepened(colour: Rgb, on: Rgb, ratio: float) -> Rgb:
    """A strong colour of the same hue that has ``ratio`` against the light ground ``on``."""
    hue, light, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in colour))
    strength = min(max(saturation, 0.35), 0.55)  # strong, but not louder than a pale brand wants
    while light > 0.05:
        red, green, blue = colorsys.hls_to_rgb(hue, light, strength)
        found: Rgb = (round(red * 255), round(green * 255), round(blue * 255))
        if contrast(found, on) >= ratio:
            return found
        light -= 0.02
    return legible(colour, on, ratio)


# What people without one kind of cones see, on linear channels. Source: Machado, Oliveira and
# Fernandes 2009, severity 1.0 (https://www.inf.ufrgs.br/~oliveira/pubs_files/CVD_Simulation/).
_VIEWS = (
    ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
)

#: L*, a*, b* of one colour as four kinds of eyes see it.
Seen = tuple[tuple[float, float, float], ...]


def seen(rgb: Rgb) -> Seen:
    """CIELAB of ``rgb`` for all cones, then without those for long, medium and short waves."""
    linear = [_linear(channel / 255) for channel in rgb]
    return tuple(
        _lab(
            [
                min(max(sum(k * x for k, x in zip(row, linear, strict=True)), 0.0), 1.0)
                for row in view
            ]
        )
        for view in _VIEWS
    )


def _lab(linear: list[float]) -> tuple[float, float, float]:
    r, g, b = linear
    x = _root((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505)
    y = _root(0.2126 * r + 0.7152 * g + 0.0722 * b)
    z = _root((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def apart(one: Seen, other: Seen) -> float:
    """How different two colours look to the eyes that tell them apart worst: CIE76."""
    return min(math.dist(a, b) for a, b in zip(one, other, strict=True))
