"""Measures colours with ColorAide, in its own environment: colours in, numbers out, as JSON.

``{"pairs": [[a, b]]}`` gives the WCAG 2 contrast of each pair. ``{"series": [[a, b, c]]}`` gives
for each list the least difference (CIEDE2000) of two of its colours to each kind of eyes.
"""

from __future__ import annotations

import itertools
import json
import sys

from coloraide import Color

_EYES = (None, "protan", "deutan", "tritan")


def main() -> None:
    """Answer what is on stdin."""
    asked = json.load(sys.stdin)
    pairs = [Color(one).contrast(other) for one, other in asked.get("pairs", [])]
    series = [_least(colours) for colours in asked.get("series", [])]
    json.dump({"pairs": pairs, "series": series}, sys.stdout)


def _least(colours: list[str]) -> dict[str, float]:
    found = {}
    for eyes in _EYES:
        seen = [Color(one) if eyes is None else Color(one).filter(eyes) for one in colours]
        two = itertools.combinations(seen, 2)
        found[eyes or "all colours"] = min(one.delta_e(other, method="2000") for one, other in two)
    grey = [Color(one).convert("lab-d65")["lightness"] for one in colours]
    found["grey"] = min(abs(one - other) for one, other in itertools.combinations(grey, 2))
    return found


main()
