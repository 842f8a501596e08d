"""Typesetting, on pixels: direction, lines, hyphens, emoji, code."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageOps

from assetgen.errors import TemplateError
from assetgen.layouts import closure, fonts, kind, render
from assetgen.layouts.kind import Kind
from assetgen.layouts.spec import Order
from tests.support.bar_font import BOTH, bar_font, parsed
from tests.support.rows import every

_SH, _HYPHEN = "\u00ad", "\u2010"
_SHIPPED = fonts.collect([closure.shipped_root() / "fonts"])


@cache
def _bars(family: str = "Bars", characters: str = "".join(BOTH)) -> fonts.Font:
    return parsed(bar_font(family, characters=characters, is_even=True))


def _draw(
    name: str, values: dict[str, Any], size: tuple[int, int] | None = None, **with_: Any
) -> Image.Image:
    of = kind.find(Path("/nowhere"), name)
    filled = of.fill(values)
    width, height = size or of.size(str(filled["layout"]))
    known = {**_SHIPPED, **{font.family: font for font in with_.pop("more", ())}}
    order = Order(kind=of, values=filled, width=width, height=height, fonts=known, **with_)
    return Image.open(io.BytesIO(render.draw(order).png)).convert("RGB")


def _same(one: Image.Image, other: Image.Image) -> bool:
    return ImageChops.difference(one, other).getbbox() is None


def _changed(value: Any, change: Callable[[str], str], fixed: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {k: v if k in fixed else _changed(v, change, fixed) for k, v in value.items()}
    if isinstance(value, list):
        return [_changed(one, change, fixed) for one in value]
    return change(value) if isinstance(value, str) else value


def _choices(of: Kind, layout: str) -> frozenset[str]:
    fields = of.fields(layout).items()
    inner = [row for _, spec in fields for row in spec.fields.items()]
    return frozenset(
        ["layout", "variant"]
        + [key for key, spec in (*fields, *inner) if spec.type in ("choice", "colour", "picture")]
    )


def _letters(letter: str) -> Callable[[str], str]:
    return lambda text: "".join(char if char.isspace() else letter for char in text)


_MIRRORED = [
    *("cover/split", "cover/centred", "infographic/steps", "infographic/board"),
    *("infographic/flow", "infographic/bars", "infographic/lines", "infographic/comparison"),
    *("ui/empty-state", "ui/browser", "ui/phone", "ui/badges"),
]


@pytest.mark.parametrize("name", every(2, _MIRRORED))
def test_a_page_from_right_to_left_is_the_mirror_image_of_one_from_left_to_right(name: str) -> None:
    """With a font whose letters and figures are bars, nothing else differs."""
    of_kind, layout = name.split("/")
    of = kind.find(Path("/nowhere"), of_kind)
    example = dict(of.layout(layout).example, layout=layout)
    shorter: dict[str, dict[str, Any]] = {
        "bars": {"highlight": ""},
        "phone": {"title": "x y", "text": "z"},
        "empty-state": {"text": "x y"},
        "comparison": {"rows": [{"label": "x y", "cells": ["a", "b c", "d"]}]},
        "flow": {"nodes": [{"title": "x y", "arrow": "x"}, {"title": "z"}], "edges": []},
    }
    example |= shorter.get(layout, {})
    fixed = _choices(of, layout)
    drawn = [
        _draw(of_kind, _changed(example, _letters(letter), fixed), font="Bars", more=[_bars()])
        for letter in ("a", "\u05d0")
    ]
    apart = _apart(ImageOps.mirror(drawn[0]).convert("L"), drawn[1].convert("L"))
    assert apart.histogram()[255] <= 40, apart.getbbox()


def _apart(one: Image.Image, other: Image.Image) -> Image.Image:
    """Where two images differ by more than eight pixels: letter spacing has a side."""
    one, other = one.reduce(3), other.reduce(3)
    near = [one.filter(kind_of(5)) for kind_of in (ImageFilter.MinFilter, ImageFilter.MaxFilter)]
    below = ImageChops.subtract(near[0], other)
    above = ImageChops.subtract(other, near[1])
    return ImageChops.lighter(below, above).point(lambda value: 255 if value > 24 else 0)


def _ink(image: Image.Image, box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """The box of what is not the ground, in a part of an image that the ground surrounds."""
    part = image.crop(box)
    ground = Image.new("RGB", part.size, part.getpixel((0, 0)))
    found = ImageChops.difference(part, ground).convert("L").point(lambda v: 255 if v > 40 else 0)
    inked = found.getbbox()
    assert inked
    return inked[0] + box[0], inked[1] + box[1], inked[2] + box[0], inked[3] + box[1]


def test_texts_of_both_directions_share_the_right_edge_of_their_page() -> None:
    aleph = "\u05d0\u05d0\u05d0\u05d0"
    image = _draw(
        "cover",
        {
            "title": f"{aleph} {aleph} {aleph} {aleph}",
            "subtitle": "only latin here on a page in hebrew which is long enough to wrap twice",
            "author": aleph,
            "kicker": "x y",
        },
        font="Bars",
        more=[_bars()],
    )
    rows = [y for y in range(630) if _is_inked(image, y)]
    lines = [y for y in rows if y - 1 not in rows]
    rights = {_ink(image, (480, y, 1200, min(y + 14, 630)))[2] for y in lines}
    assert len(lines) >= 5
    assert max(rights) - min(rights) <= 14  # bars leave a tenth of an em free: more in a headline


def _is_inked(image: Image.Image, y: int) -> bool:
    return _is_dark(image.crop((480, y, 1200, y + 1)))


def _is_dark(row: Image.Image) -> bool:
    return (row.convert("L").getextrema()[0] or 0) < 200  # type: ignore[operator]


# -- lines -----------------------------------------------------------------------------------------


def _cover(**values: Any) -> Image.Image:
    return _draw("cover", {"pattern": "rings", "variant": 1, **values})


def test_a_line_end_breaks_the_line() -> None:
    two, one = _cover(title="a", subtitle="b\nc"), _cover(title="a", subtitle="b c")
    assert not _same(two, one)
    assert _same(_cover(title="a", subtitle=" b \r\n c\n"), two)
    assert _same(_cover(title="a", subtitle="b\u2028c"), two)
    assert _same(_cover(title="a", subtitle="b c\n"), one)


_REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "values.kicker": ("cover", {"title": "a", "kicker": "x\ny"}),
    "values.tags[0]": ("cover", {"title": "a", "tags": ["x\ny"]}),
    "values.badges[0]": ("ui", {"layout": "badges", "badges": [{"value": "x\ny"}]}),
    "values.items[0].title": ("ui", {"layout": "phone", "items": [{"title": "x\ny"}]}),
}


@pytest.mark.parametrize("name", _REFUSED)
def test_a_line_end_is_refused_where_there_is_one_line(name: str) -> None:
    with pytest.raises(TemplateError, match="has a line end, and the layout") as caught:
        _draw(*_REFUSED[name])
    assert (caught.value.where, str(caught.value.cure)) == (name, "write it on one line")


def test_a_hyphen_is_drawn_where_a_word_is_broken_and_nowhere_else() -> None:
    long = ["Donaudampf", "schiffahrts", "gesellschafts", "kapitän"]
    assert _same(_cover(title=_SH.join(long)), _cover(title=f"{_HYPHEN}\n".join(long)))
    assert _same(_cover(title=f"Do{_SH}nau"), _cover(title="Donau"))
    label = {"layout": "badges", "badges": [{"label": "co{}verage", "value": "94 %"}]}
    broken, whole = (
        _draw("ui", _changed(label, lambda text: text.format(_SH), frozenset())),
        _draw("ui", _changed(label, lambda text: text.format(""), frozenset())),
    )
    assert _same(broken, whole)


def test_lines_of_stacked_marks_do_not_touch() -> None:
    image = _cover(title="ggjjpp gypsy\nẾẶỄỆỐ ẬẮẴ", subtitle="")
    inked = [y for y in range(630) if _has_ink_left(image, y)]
    assert any(after > before + 1 for before, after in pairwise(inked))


def _has_ink_left(image: Image.Image, y: int) -> bool:
    return _is_dark(image.crop((60, y, 690, y + 1)))


# -- emoji and code --------------------------------------------------------------------------------


def test_an_emoji_has_no_box_of_the_layout() -> None:
    image = _draw(
        "ui",
        {"layout": "badges", "badges": [{"label": "⚙️ set", "value": "❤️ 3"}, {"value": "🏴‍☠️"}]},
    )
    border = (226, 232, 240)
    assert border not in {colour for _, colour in image.getcolors(1 << 20) or ()}


@pytest.mark.parametrize("emoji", ["❤️", "🏴‍☠️", "1️⃣", "👩🏽‍💻", "🇩🇪", "🏳️‍🌈", "⬜"])
def test_an_emoji_is_one_sign_as_wide_as_every_other(emoji: str) -> None:
    def wide(text: str) -> int:
        image = _cover(title=f"x{text}x")
        return _ink(image, (40, 20, 700, 610))[2]

    assert abs(wide(emoji) - wide("😀")) <= 2


def test_words_in_backticks_are_code_where_the_layout_says_so() -> None:
    def wide(**values: str) -> int:
        return _ink(_cover(title="x", **values), (60, 300, 690, 610))[2]

    code = wide(subtitle="`iiiiiiii`")
    assert abs(code - wide(subtitle="`mmmmmmmm`")) <= 1
    assert code > wide(subtitle="iiiiiiii")
    assert wide(subtitle="` iiiiiiii") < wide(subtitle="` mmmmmmmm")  # one alone is a sign
    assert wide(author="`iiiiiiii`") < wide(author="`mmmmmmmm`")  # not in a name


@pytest.mark.parametrize(
    ("title", "is_right"),
    [(".NET 9", False), ("\u200f.NET 9", True), ("\u05d0\u05d0", True), ("\u200e\u05d0", False)],
)
def test_a_mark_at_the_start_of_the_headline_decides_the_direction(
    title: str, is_right: bool
) -> None:
    values = {"layout": "centred", "title": title, "tags": ["a", "b"], "author": "Noa"}
    cover = kind.find(Path("/nowhere"), "cover")
    known = {**_SHIPPED, "Bars": _bars()}
    document, _ = render.page(Order(cover, cover.fill(values), 1200, 630, fonts=known))
    assert ('data-ag="rtl"' in document) == is_right
