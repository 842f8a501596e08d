"""Choices that are left to the id of an image: stable, even, and each of them drawn."""

from __future__ import annotations

import io
from collections import Counter
from functools import partial
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from assetgen.errors import TemplateError
from assetgen.layouts import chosen, kind, palette, render
from assetgen.layouts.engine import Page
from assetgen.layouts.spec import Order
from tests.support.rows import one_of_each

_COVER = kind.find(Path("none"), "cover")
_FONTS = kind.available_fonts(Path("none"))
_FIELDS = _COVER.fields("poster")
_COMPOSITIONS, _GROUNDS = _FIELDS["composition"].of, _FIELDS["colouring"].of
_VARIANTS = _FIELDS["variant"].of
_SIZES = ((1200, 630), (1600, 900), (1080, 1080), (1080, 1920), (1000, 1500))


def _chosen(name: str, **values: object) -> tuple[str, str, str]:
    filled = _COVER.fill({"layout": "poster", "title": "T", **values}, lambda: name)
    return filled["composition"], filled["colouring"], filled["variant"]


def test_an_id_always_chooses_the_same() -> None:
    # Written down: other choices would make the pictures of every site stale.
    assert [_chosen(f"og/post-{number}") for number in range(3)] == [
        ("sun", "accent", "c"),
        ("arches", "tint", "c"),
        ("dots", "paper", "c"),
    ]


def test_ids_choose_each_by_itself_and_all_choices_are_about_as_frequent() -> None:
    found = [_chosen(f"og/post-{number}") for number in range(1000)]
    for place, of in enumerate((_COMPOSITIONS, _GROUNDS, _VARIANTS)):
        many = Counter(one[place] for one in found)
        assert set(many) == set(of)
        usual = 1000 / len(of)
        # Four standard deviations of a fair choice.
        assert all(abs(one - usual) < 4 * usual**0.5 for one in many.values()), many
    # No value decides another one.
    pairs = {one[:2] for one in found}, {one[1:] for one in found}
    assert [len(one) for one in pairs] == [
        len(_COMPOSITIONS) * len(_GROUNDS),
        len(_GROUNDS) * len(_VARIANTS),
    ]


def test_a_later_choice_changes_only_those_that_choose_it() -> None:
    before, after = ("a", "b", "c"), ("b", "new", "a", "c")
    names = [f"post-{number}" for number in range(300)]
    moved = [(chosen.choice(before, one), chosen.choice(after, one)) for one in names]
    assert {new for old, new in moved if old != new} == {"new"}


def test_a_stated_choice_goes_before_the_id() -> None:
    stated = _chosen("a", composition="sun", colouring="tint", variant="c")
    assert stated == ("sun", "tint", "c")
    assert _chosen("a", composition="auto", colouring="auto") == _chosen("a")


def test_a_value_that_is_replaced_is_not_chosen() -> None:
    values = {"layout": "split", "title": "T", "picture": "a.png"}
    assert _COVER.fill(values, lambda: "a")["pattern"] == "tiles"
    refused = _COVER.examine({**values, "pattern": "auto"})[1]
    assert [one.what for one in refused] == [
        "values.pattern is not shown together with values.picture"
    ]


def test_other_layouts_leave_nothing_to_the_id_unless_asked() -> None:
    def patterns(**values: str) -> set[str]:
        given = {"layout": "split", "title": "T", **values}
        return {_COVER.fill(given, partial("post-{}".format, n))["pattern"] for n in range(60)}

    assert patterns() == {"tiles"}
    assert patterns(pattern="auto") == set(_COVER.fields("split")["pattern"].of)


_SHEET = """
size = [1200, 630]
layout = "plain"
[values]
mood = {{ type = "choice", of = ["calm", "loud"], default = "calm" }}
rows = {{ type = "list", max = 3, fields = {{ shape = {{ {field} }} }} }}
[layouts.plain]
"""


def _own(folder: Path, field: str) -> kind.Kind:
    (folder / "templates/mine").mkdir(parents=True)
    (folder / "templates/mine/template.toml").write_text(_SHEET.format(field=field), "utf-8")
    (folder / "templates/mine/plain.html").write_text("<html><head></head><body></body></html>")
    return kind.find(folder, "mine")


def test_a_kind_of_the_project_can_leave_choices_in_lists_to_the_id(tmp_path: Path) -> None:
    of = _own(tmp_path, 'type = "choice", auto = true, of = ["disc", "cube"], default = "auto"')
    given = {"rows": [{}, {"shape": "cube"}, {"shape": "auto"}]}
    every = [
        [row["shape"] for row in of.fill(given, partial("p-{}".format, n))["rows"]]
        for n in range(30)
    ]
    assert {row[1] for row in every} == {"cube"}
    assert {(row[0], row[2]) for row in every} == {(a, b) for a in ("disc", "cube")
                                                  for b in ("disc", "cube")}  # fmt: skip
    fields = of.fields("plain")
    made = of.fill(given, lambda: "p-1")
    left = chosen.left(fields, given, made)
    assert left == {
        "rows[0].shape": made["rows"][0]["shape"],
        "rows[2].shape": made["rows"][2]["shape"],
    }


@pytest.mark.parametrize(
    "field",
    [
        'type = "text", auto = true',
        'type = "choice", auto = true, of = ["one"]',
        'type = "choice", auto = true, of = ["auto", "other"]',
    ],
)
def test_auto_needs_a_choice_of_several(field: str, tmp_path: Path) -> None:
    with pytest.raises(TemplateError) as caught:
        _own(tmp_path, field)
    assert caught.value.what == (
        "values.rows.fields.shape has auto = true, which needs a choice of several words"
    )


# -- the compositions ------------------------------------------------------------------------------


def _page(composition: str, size: tuple[int, int], **values: str) -> tuple[Page, Image.Image]:
    given = {"layout": "poster", "title": "I", "colouring": "tint", **values}
    order = Order(_COVER, _COVER.fill({**given, "composition": composition}), *size, fonts=_FONTS)
    drawn = render.draw(order).png
    return render.painted(order)[0], Image.open(io.BytesIO(drawn)).convert("RGB")


_ROWS = {
    f"{one} {variant} {size[0]}x{size[1]}": (one, variant, size)
    for one in _COMPOSITIONS
    for variant in _VARIANTS
    for size in _SIZES
}


def _padded(page: Page, size: tuple[int, int], composition: str) -> tuple[int, int, int, int]:
    """The room of the words without its padding, in pixels."""
    tall = size[0] / size[1] < 1.2
    left, top, right, bottom = (76, 72, 76, 72) if tall else (64, 54, 56, 52)
    if composition == "halves":
        left, right, top, bottom = 32, 32, *((28, 28) if tall else (54, 54))
    x, y, wide, high = page.boxes()["words"]
    box = (x + left, y + top, x + wide - right, y + high - bottom)
    return tuple(round(side * page.scale) for side in box)  # type: ignore[return-value]


@pytest.mark.parametrize("row", one_of_each(_ROWS, lambda row: _ROWS[row][0]))
def test_no_shape_is_in_the_room_of_the_words(row: str) -> None:
    composition, variant, size = _ROWS[row]
    page, image = _page(composition, size, variant=variant)
    ground = palette.roles((), "light")["accent-soft"]
    others = ImageChops.difference(image, Image.new("RGB", image.size, ground)).convert("L")
    title = [side * page.scale for side in page.boxes()["title"]]
    others.paste(0, (int(title[0]) - 20, int(title[1]) - 20,
                     int(title[0] + title[2]) + 20, int(title[1] + title[3]) + 20))  # fmt: skip
    seen = others.point(lambda value: 255 if value > 4 else 0)
    assert seen.getbbox() is not None, "no shape is drawn"
    assert seen.crop(_padded(page, size, composition)).getbbox() is None


def test_every_composition_ground_and_variant_looks_different() -> None:
    looks = {
        _page(composition, (240, 126), colouring=ground, variant=variant)[1].tobytes()
        for composition in _COMPOSITIONS
        for ground in _GROUNDS
        for variant in _VARIANTS
    }
    assert len(looks) == len(_COMPOSITIONS) * len(_GROUNDS) * len(_VARIANTS)
