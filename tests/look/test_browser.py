"""Chromium draws the document of every layout, and what it draws is compared with our file.

``build/look/chromium`` has our image, Chromium's, and where they differ, side by side.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from assetgen.layouts import render
from tests.support.look_browser import compared
from tests.support.look_pages import SIZES, fitting, layouts
from tests.support.look_words import SCRIPTS
from tests.support.web_browser import Browser

_ALL = os.environ.get("ASSETGEN_LOOK_ALL") == "1"
#: The share of pixels that may differ, and where it is larger, with the reason.
_MOST = 0.001
_EXPLAINED = {
    ("cover", "split"): (0.012, "Chromium rounds the edges of the tiles, and leaves hairlines"),
    ("cover", "editorial"): (0.002, "letters of 100 px and more lie up to three pixels higher"),
    ("cover", "poster"): (0.006, "letters of 100 px and more lie up to three pixels higher"),
    ("card", "pricing"): (0.002, "prices of 100 px and more lie up to a pixel higher"),
    ("ui", "badges"): (0.002, "Chromium rounds the ends of the badges, so that they are narrower"),
    ("infographic", "bars"): (0.002, "names below the bars are rounded to other pixels"),
    ("infographic", "before-after"): (0.002, "the rounded corners of pictures"),
    ("infographic", "comparison"): (0.004, "the lines between rows are rounded to other pixels"),
    ("cover", "centred"): (0.002, "the drawing in the corners is rounded to other pixels"),
}
# A line of a font that only fills gaps: the engine puts it where that font says, Chromium where the
# first font does, up to six pixels higher or lower in a headline, which fills much of a cover.
_GAPS = 0.07
_ROWS = [
    (script, name, layout, size)
    for column, (name, layout) in enumerate(layouts())
    for row, script in enumerate(SCRIPTS)
    for place, size in enumerate(SIZES)
    if (name != "icon" or script == "Latin")  # of words, which other scripts have, few fit
    and (_ALL or (script == "Latin" and place % 2 == column % 2) or (row == column and place == 0))
]


@pytest.mark.parametrize(
    ("script", "name", "layout", "size"),
    _ROWS,
    ids=[f"{script}-{name}-{layout}-{size[0]}x{size[1]}" for script, name, layout, size in _ROWS],
)
def test_chromium_draws_the_same(
    script: str, name: str, layout: str, size: tuple[int, int], look: Path, browser: Browser
) -> None:
    made = fitting(SCRIPTS[script], name, layout, size, look)
    folder = look / "chromium"
    folder.mkdir(exist_ok=True)
    at = folder / f"{script}-{name}-{layout}-{size[0]}x{size[1]}"
    page = at.with_name(at.name + ".html")
    page.write_text(render.standalone(made), "utf-8")
    browser.show(page, size)
    found = compared(render.draw(made).png, browser.window())
    page.unlink()
    found.picture.save(at.with_name(at.name + ".png"))
    said = {"share": found.share, "box": found.box}
    at.with_name(at.name + ".json").write_text(json.dumps(said), "utf-8")
    most, _ = _EXPLAINED.get((name, layout), (_MOST, ""))
    assert found.share <= (_GAPS if SCRIPTS[script].font else most), found.box
