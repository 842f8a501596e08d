"""A text of a list that takes several lines: it never lies over the text below it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from assetgen.layouts import kind, render
from assetgen.layouts.spec import Order

_CARD = kind.find(Path("none"), "card")
_FONTS = kind.available_fonts(Path("none"))
_FEATURES = ["Up to 25 people", "Explained slips", "Approvals", "Rules of your own for all"]
_PRICING: dict[str, Any] = {
    "layout": "pricing",
    "title": "Start free, pay when you grow",
    "kicker": "Prices",
    "plans": [
        {"name": name, "price": "€39", "per": "a month", "features": _FEATURES}
        for name in ("Solo", "Team", "Company")
    ],
}
_RELEASE: dict[str, Any] = {
    "layout": "release",
    "title": "Resumes where it stopped, and says so",
    "version": "3.2",
    "changes": [
        {"label": "new", "text": "Goes on after a lost connection, and lists what is left to copy"}
        for _ in range(6)
    ],
}
_ROWS = {
    "features of a plan": (_PRICING, [f"feature-1-{nth}" for nth in range(4)]),
    "changes of a release": (_RELEASE, [f"change-{nth}" for nth in range(6)]),
}


@pytest.mark.parametrize("size", [(1200, 630), (1080, 1080)], ids=["1200x630", "1080x1080"])
@pytest.mark.parametrize(("values", "names"), _ROWS.values(), ids=_ROWS)
def test_no_text_of_a_list_lies_over_the_next(
    values: dict[str, Any], names: list[str], size: tuple[int, int]
) -> None:
    order = Order(_CARD, _CARD.fill(values), *size, fonts=_FONTS)
    page, _ = render.painted(order)
    boxes = [page.boxes()[name] for name in names]
    for (_, top, _, high), (_, below, _, _) in pairwise(boxes):
        assert top + high <= below + 1
    _, top, _, high = boxes[-1]
    assert top + high <= page.canvas[1]
