"""Contrast and colour blindness, measured by ColorAide behind the texts that Chromium draws."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from assetgen.layouts import palette, render
from tests.support.look_browser import grounds
from tests.support.look_pages import layouts, order, samples
from tests.support.web_browser import Browser

HERE = Path(__file__).resolve().parent
_ALL = os.environ.get("ASSETGEN_LOOK_ALL") == "1"
PALETTES: dict[str, list[str]] = {
    "none": [],
    "many": ["#16213e", "#d9642c", "#2f7f86", "#f2c14e"],
    "bright": ["#0b3d2e", "#12b886", "#ffd43b"],
    "one hue": ["#7c3aed"],
    "grey": ["#111111", "#888888"],
    "pastel": ["#ffd6e0", "#c1e7e3", "#dcd6f7"],
    "red": ["#1a1a1a", "#e03131"],
    "pure": ["#ff0000", "#00ff00", "#0000ff"],
}
#: The least difference (CIEDE2000) of two series to all eyes, by how many there are; 2.3 is just
#: noticeable. Lines also have their names at their ends.
_APART = {2: 5.0, 3: 5.0, 5: 5.0, 8: 2.5}
_GREY = 4.0  # in lightness, from 0 to 100
_SIZE = (1200, 630)


def _measured(look: Path, **asked: Any) -> Any:
    program = [str(look / "python/bin/python"), "-I", str(HERE / "measure_colours.py")]
    done = subprocess.run(
        program, input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


#: A mark has no ground: it is laid on one of the page.
_GROUNDED = [one for one in layouts() if one != ("icon", "mark")]


@pytest.mark.parametrize("colours", PALETTES)
@pytest.mark.parametrize(
    ("name", "layout"), _GROUNDED, ids=[f"{name}-{layout}" for name, layout in _GROUNDED]
)
def test_no_text_has_a_contrast_below_4_5(
    colours: str, name: str, layout: str, look: Path, browser: Browser, tmp_path: Path
) -> None:
    pairs = []
    for index, sample in enumerate(samples()[name][layout]):
        for theme in ("light", "dark"):
            is_other = (index + list(PALETTES).index(colours)) % 2 == (theme == "light")
            if not _ALL and is_other:
                continue
            values = {**sample["values"], "layout": layout, "theme": theme}
            made = order(name, values, _SIZE, None, palette=PALETTES[colours])
            page = tmp_path / "page.html"
            page.write_text(render.standalone(made), "utf-8")
            found = grounds(browser, page, _SIZE)
            pairs += [(f"sample {index} {theme}: {text}", (a, b)) for text, a, b in found]
    assert pairs
    unique = list(dict.fromkeys(two for _, two in pairs))
    contrasts = dict(zip(unique, _measured(look, pairs=unique)["pairs"], strict=True))
    low = {one: contrasts[one[1]] for one in pairs if contrasts[one[1]] < 4.5}
    assert low == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("colours", PALETTES)
def test_series_are_told_apart_by_all_eyes_and_in_grey(
    colours: str, theme: str, look: Path
) -> None:
    roles = palette.roles(PALETTES[colours], theme)
    series = [[roles[f"c{nth}"] for nth in range(1, many + 1)] for many in _APART]
    for (many, least), found in zip(
        _APART.items(), _measured(look, series=series)["series"], strict=True
    ):
        assert found.pop("grey") >= _GREY, many
        assert min(found.values()) >= least, (many, found)
