"""The colours of the series of a chart: a brand's own, then tints and shades of them.

Any two differ in lightness, so they are told apart on a grey print and by people who confuse hues.
"""

from __future__ import annotations

from collections.abc import Sequence

from assetgen.layouts.colour import (
    Rgb,
    Seen,
    apart,
    at_lightness,
    contrast,
    legible,
    lightness,
    seen,
)

#: How many series have a colour of their own.
MANY = 8
# The least difference in lightness (L*) of two series; a brand's own colours are moved as little
# as that needs, those that are made keep more distance while there is room.
_LEAST = 6.0
# The least difference to each kind of eyes (CIE76) of a brand's own colours.
_APART = 8.0
_ROOMY = (14.0, 11.0, 8.0, _LEAST)


def series(own: Sequence[Rgb], sources: Sequence[Rgb], bg: Rgb, *, ratio: float) -> list[Rgb]:
    """``MANY`` colours with a contrast of ``ratio`` on ``bg``: first ``own``, then made ones.

    Those that are made are tints and shades of ``sources``.
    """
    chosen: list[Rgb] = []
    for colour in own[:MANY]:
        chosen.append(_moved(legible(colour, bg, ratio), chosen, bg, ratio=ratio))
    made = [
        colour
        for source in sources
        for step in range(12, 96, 4)
        if contrast(colour := at_lightness(source, step), bg) >= ratio
    ]
    looks = {colour: seen(colour) for colour in [*made, *chosen]}
    while len(chosen) < MANY:
        colour = _next(made, chosen, looks) or _between(sources, chosen, bg, ratio=ratio)
        looks[colour] = seen(colour)
        chosen.append(colour)
    return chosen


def _moved(colour: Rgb, chosen: Sequence[Rgb], bg: Rgb, *, ratio: float) -> Rgb:
    """``colour``, lighter or darker if its lightness is that of a chosen one."""
    own = lightness(colour)
    known = [seen(other) for other in chosen]
    steps = sorted((own + step / 2 for step in range(-100, 101)), key=lambda to: abs(to - own))
    for target in steps:
        candidate = colour if target == own else at_lightness(colour, target)
        is_free = contrast(candidate, bg) >= ratio and _gap(candidate, chosen) >= _LEAST
        if is_free and _is_apart(seen(candidate), known):
            return candidate
    return colour


def _is_apart(own: Seen, known: Sequence[Seen]) -> bool:
    return all(apart(own, other) >= _APART for other in known)


def _next(made: Sequence[Rgb], chosen: Sequence[Rgb], looks: dict[Rgb, Seen]) -> Rgb | None:
    """The made colour that is least like the chosen ones, with as much distance as there is.

    None if each is too near to one of them.
    """
    left = [colour for colour in made if colour not in chosen]
    for gap in _ROOMY:
        if roomy := [colour for colour in left if _gap(colour, chosen) >= gap]:
            return max(
                roomy,
                key=lambda one: min(
                    (apart(looks[one], looks[other]) for other in chosen), default=0.0
                ),
            )
    return None


def _between(sources: Sequence[Rgb], chosen: Sequence[Rgb], bg: Rgb, *, ratio: float) -> Rgb:
    """A colour in the widest gap of lightness between the chosen ones."""
    steps = [at_lightness(source, step) for source in sources for step in range(4, 97)]
    return max(
        (one for one in steps if contrast(one, bg) >= ratio),
        key=lambda one: _gap(one, chosen),
    )


def _gap(colour: Rgb, chosen: Sequence[Rgb]) -> float:
    return min((abs(lightness(colour) - lightness(one)) for one in chosen), default=100.0)
