"""Letters of icons: their ink fills its slot and is in the middle of it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from assetgen.errors import TemplateError
from assetgen.layouts import kind, logos, render
from assetgen.layouts.spec import Order

_FONTS = kind.available_fonts(Path("none"))
_ICON = kind.find(Path("none"), "icon")


def _order(size: tuple[int, int] = (512, 512), logo: bytes = b"", **values: Any) -> Order:
    filled = _ICON.fill({**values, **({"logo": "logo.png"} if logo else {})})
    pictures = {"logo.png": logo} if logo else {}
    return Order(_ICON, filled, *size, fonts=_FONTS, pictures=pictures)


def _drawn(size: tuple[int, int] = (512, 512), logo: bytes = b"", **values: Any) -> Image.Image:
    image = Image.open(io.BytesIO(render.draw(_order(size, logo, **values)).png))
    image.load()
    return image


def _ink(image: Image.Image, ground: str) -> tuple[int, int, int, int]:
    """The edges of what is not the colour of the ground."""
    plain = Image.new("RGB", image.size, ground)
    found = ImageChops.difference(image.convert("RGB"), plain).convert("L")
    box = found.point([255 * (value > 60) for value in range(256)]).getbbox()
    assert box is not None
    return box


_TEXTS = ["A", "g", "j", "I", "W", "AG", "npm", "Ж", "🌱", "\u200fF", "C++", "É"]


@pytest.mark.parametrize("text", _TEXTS)
def test_letters_fill_the_shape_and_are_in_its_middle(text: str) -> None:
    left, top, right, bottom = _ink(_drawn(text=text, shape="square"), "#4f46e5")
    wide, high = right - left, bottom - top
    # The slot of a square, and the circle that phones leave of it.
    fills = max(wide / 360, high / 300, (wide**2 + high**2) ** 0.5 / 400)
    assert 0.97 < fills < 1.02
    assert abs(left + right - 512) <= 4
    assert abs(top + bottom - 512) <= 4


@pytest.mark.parametrize("size", [(512, 512), (128, 128), (800, 450), (450, 800)], ids=str)
def test_a_mark_is_as_large_as_the_image(size: tuple[int, int]) -> None:
    image = _drawn(size, layout="mark", text="H")
    alpha = image.getchannel("A").point([255 * (value > 128) for value in range(256)])
    left, top, right, bottom = alpha.getbbox() or (0, 0, 0, 0)
    assert max((right - left) / size[0], (bottom - top) / size[1]) > 0.92
    assert abs(left + right - size[0]) <= 0.012 * size[0] + 2
    assert abs(top + bottom - size[1]) <= 0.012 * size[1] + 2


def test_a_full_stop_does_not_become_as_large_as_a_letter() -> None:
    left, top, right, bottom = _ink(_drawn(text=".", shape="square"), "#4f46e5")
    assert (bottom - top) < 150 > (right - left)


def test_a_text_that_could_not_be_read_in_an_icon_is_an_error() -> None:
    with pytest.raises(TemplateError, match=r"values.text does not fit the layout icon/app"):
        _drawn(text="Hello World")


def test_an_icon_needs_letters_or_a_logo() -> None:
    assert "values.text is missing" in _ICON.examine({})[1][0].what
    assert _ICON.examine({"logo": "a.png"})[1] == []
    assert "not shown together" in _ICON.examine({"logo": "a.png", "text": "A"})[1][0].what


def test_pixels_at_the_edge_of_a_shape_have_its_colour() -> None:
    image = _drawn(text="A", ground="plain", shape="circle")
    bands = [band.tobytes() for band in image.split()]
    edge = [(r, g, b) for r, g, b, a in zip(*bands, strict=True) if 0 < a < 255]
    assert edge
    assert all(min(pixel) >= 250 for pixel in edge)


def test_a_square_is_opaque() -> None:
    assert _drawn(text="A", shape="square").mode == "RGB"
    assert _drawn(text="A", shape="rounded").mode == "RGBA"


def _logo(colour: str, edge: int) -> bytes:
    image = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    image.paste(Image.new("RGB", (400 - 2 * edge, 400 - 2 * edge), colour), (edge, edge))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def test_a_logo_fills_its_room_without_its_transparent_edges() -> None:
    near, far = (
        _ink(_drawn(logo=_logo("#20d020", edge), shape="square", ground="plain"), "#ffffff")
        for edge in (10, 150)
    )
    assert all(abs(one - other) <= 8 for one, other in zip(near, far, strict=True))
    assert near[2] - near[0] > 250


@pytest.mark.parametrize(("ground", "count"), [("accent", 1), ("gradient", 1), ("plain", 0)])
def test_a_logo_in_the_colour_of_the_ground_gets_a_remark(ground: str, count: int) -> None:
    said = list(logos.faint(_order(logo=_logo("#4f46e5", 0), ground=ground)))
    assert len(said) == count
    assert all("or another ground" in one for one in said)
