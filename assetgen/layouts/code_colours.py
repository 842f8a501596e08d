"""The colours of source code and of terminals: from a palette, each readable on a marked line."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping, Sequence

from assetgen.layouts.colour import WHITE, Rgb, chroma, contrast, legible, mix

_RATIO = 4.5
# The hues that terminals name and that no brand has a meaning for.
_NAMED: dict[str, Rgb] = {"blue": (52, 98, 219), "pink": (173, 52, 184), "cyan": (8, 133, 155)}
#: How far the hues of words are turned where a brand has only one.
_TURNS = (0.0, 0.11, -0.12, 0.36)


def code_roles(named: Mapping[str, Rgb], own: Sequence[Rgb], theme: str) -> dict[str, Rgb]:
    """The roles code-bg (the ground), code-mark (a marked line), and those of words on both."""
    ground = named["raised"] if theme == "light" else named["surface"]
    marked = mix(ground, named["accent"], 0.10 if theme == "light" else 0.22)
    made = {"code-bg": ground, "code-mark": marked}
    hues = _hues(own)
    words = {"key": hues[0], "str": hues[1], "name": hues[2], "num": hues[3]}
    words |= {"note": named["muted"], "fg": named["fg"], **_NAMED}
    words |= {name: named[name] for name in ("good", "warn", "bad")}
    return made | {
        f"code-{word}": _on_both(colour, ground, marked) for word, colour in words.items()
    }


def _hues(own: Sequence[Rgb]) -> list[Rgb]:
    """Four colours: those of the brand, then its first one turned."""
    found = list(own[:4])
    for turn in _TURNS[len(found) :] if chroma(own[0]) > 0.1 else ():
        hue, light, strength = colorsys.rgb_to_hls(*(channel / 255 for channel in own[0]))
        made = colorsys.hls_to_rgb((hue + turn) % 1, light, strength)
        found.append((made[0] * 255, made[1] * 255, made[2] * 255))
    while len(found) < 4:
        found.append(mix(own[0], WHITE, 0.25 * len(found)))
    return found


def _on_both(colour: Rgb, ground: Rgb, marked: Rgb) -> Rgb:
    worse = min((ground, marked), key=lambda one: contrast(colour, one))
    return legible(legible(colour, worse, _RATIO + 0.05), ground, _RATIO)
