"""The reference in docs/layouts.md is that of the layouts, and each has a picture of it."""

from __future__ import annotations

import pytest
from PIL import ImageDraw

from tests.support.rows import one_of_each
from tools import layout_pictures, layout_reference

_LAYOUTS = {f"{of.name}/{layout}": (of, layout) for of, layout in layout_pictures.layouts()}
_AGAIN = "run: python tools/layout_reference.py"


def test_the_reference_is_current() -> None:
    text = layout_reference.TARGET.read_text("utf-8")
    assert text == layout_reference.page(text), _AGAIN


def test_every_layout_has_a_small_picture_and_no_other_has() -> None:
    files = {path.name: path.stat().st_size for path in layout_pictures.FOLDER.iterdir()}
    assert set(files) == {f"{name.replace('/', '-')}.webp" for name in _LAYOUTS}, _AGAIN
    assert {name: size for name, size in files.items() if size > layout_pictures.MAX_BYTES} == {}


def test_every_layout_states_an_example_of_its_own() -> None:
    made_up = [name for name, (of, layout) in _LAYOUTS.items() if not of.layout(layout).example]
    assert made_up == [], "add [layouts.NAME.example] to template.toml: docs/layouts.md shows it"


@pytest.mark.parametrize("name", one_of_each(_LAYOUTS, lambda name: name.split("/")[0]))
def test_the_picture_shows_the_layout_as_it_is_now(name: str) -> None:
    of, layout = _LAYOUTS[name]
    stored = layout_reference.ROOT / "docs" / layout_pictures.name(of, layout)
    assert layout_pictures.is_same(stored, layout_pictures.drawn(of, layout)), _AGAIN


def test_a_picture_of_which_a_part_changed_is_another_one() -> None:
    of, layout = _LAYOUTS["cover/split"]
    stored = layout_reference.ROOT / "docs" / layout_pictures.name(of, layout)
    picture = layout_pictures.drawn(of, layout)
    ImageDraw.Draw(picture).rectangle((64, 64, 96, 80), fill="#808080")
    assert not layout_pictures.is_same(stored, picture)
    assert not layout_pictures.is_same(stored, picture.crop((0, 0, 99, 99)))
    assert not layout_pictures.is_same(stored.with_name("no-such.webp"), picture)
