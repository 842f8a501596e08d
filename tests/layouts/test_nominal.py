"""The size that a layout is designed at: wide, or narrow for square and tall canvases."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetgen.layouts import kind, render
from assetgen.layouts.spec import Order

ROOT = Path(__file__).parents[2]
STEPS = [
    {"title": "Declare", "text": "Say what the picture shows."},
    {"title": "Make", "text": "Draw it."},
]


@pytest.mark.parametrize(
    ("size", "nominal"),
    [
        ((1600, 900), (1600, 900)),
        ((1260, 1000), (1600, 900)),
        ((1250, 1000), (1200, 1200)),
        ((1080, 1080), (1200, 1200)),
        ((1080, 1350), (1200, 1200)),
    ],
)
def test_canvases_up_to_five_by_four_are_narrow(
    size: tuple[int, int], nominal: tuple[int, int]
) -> None:
    assert kind.find(ROOT, "infographic").nominal("steps", *size) == nominal


def test_a_layout_with_its_own_size_does_not_use_narrow_of_its_kind(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "mine"
    folder.mkdir(parents=True)
    (folder / "template.toml").write_text(
        "size = [1600, 900]\nnarrow = [1000, 1000]\n[layouts.a]\n[layouts.b]\nsize = [400, 100]\n"
        "[layouts.c]\nsize = [400, 100]\nnarrow = [90, 90]\n"
    )
    mine = kind.find(tmp_path, "mine")
    assert [mine.nominal(name, 50, 50) for name in "abc"] == [(1000, 1000), (400, 100), (90, 90)]
    assert mine.size("a") == (1600, 900)


@pytest.mark.parametrize(
    ("size", "canvas"), [((800, 450), (1600, 900)), ((540, 540), (1200, 1200))]
)
def test_drawing_and_standalone_page_share_the_canvas(
    size: tuple[int, int], canvas: tuple[int, int]
) -> None:
    of = kind.find(ROOT, "infographic")
    filled = of.fill({"layout": "steps", "title": "Two steps", "steps": STEPS})
    order = Order(of, filled, *size, fonts=kind.available_fonts(ROOT))
    drawing = render.draw(order)
    assert (drawing.width, drawing.height) == size
    assert f"--w:{canvas[0]}px;--h:{canvas[1]}px" in render.standalone(order)


def test_large_titles_shrink_for_the_texts_below_them() -> None:
    """Seen on a square board: titles at their largest size left no room for the texts."""
    of = kind.find(ROOT, "infographic")
    text = "See what would change and what it would cost before anything is made."
    cards = [{"title": "Review plan", "text": text, "label": "Team", "icon": "🧭"}] * 6
    heading = {
        "title": "From a line in a manifest to a picture",
        "subtitle": "Nothing is drawn",
        "kicker": "How",
    }
    filled = of.fill(
        {"layout": "board", **heading, "cards": cards, "source": "docs/how-it-works.md"}
    )
    render.draw(Order(of, filled, 1080, 1080, fonts=kind.available_fonts(ROOT)))
