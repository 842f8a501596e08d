"""palette: any brand gives roles that can be read on each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.layouts import palette

_COLOUR = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
_PALETTES = st.lists(_COLOUR | st.sampled_from(["#000", "#fff", "#777777", "#ff0000"]), max_size=8)
_THEMES = st.sampled_from(["light", "dark"])

# (text, its background, the least contrast): WCAG AA for text.
_READ = [
    ("fg", "bg", 4.5),
    ("fg", "surface", 4.5),
    ("muted", "bg", 4.5),
    ("muted", "surface", 4.5),
    ("accent-text", "bg", 4.5),
    ("accent-2-text", "bg", 4.5),
    ("on-accent", "accent", 4.5),
    ("on-accent-2", "accent-2", 4.5),
    *((f"c{n}-text", "bg", 4.5) for n in range(1, 7)),
    *((f"on-c{n}", f"c{n}", 4.5) for n in range(1, 7)),
    *((f"c{n}", "bg", 2.0) for n in range(1, 7)),
    *((f"{signal}-text", "bg", 4.5) for signal in ("good", "warn", "bad")),
    *((f"on-{signal}", signal, 4.5) for signal in ("good", "warn", "bad")),
]


@given(_PALETTES, _THEMES)
def test_every_text_role_can_be_read_on_its_ground(colours: list[str], theme: str) -> None:
    roles = {name: palette.parse(colour) for name, colour in palette.roles(colours, theme).items()}
    for text, ground, least in _READ:
        assert palette.contrast(roles[text], roles[ground]) >= least, (text, ground)


@given(_PALETTES, _THEMES)
def test_all_brands_and_themes_have_the_same_roles_in_plain_notation(
    colours: list[str], theme: str
) -> None:
    roles = palette.roles(colours, theme)
    assert set(roles) == set(palette.roles((), "light"))
    assert all(palette.text(palette.parse(colour)) == colour for colour in roles.values())


@given(_COLOUR, _COLOUR, st.sampled_from([2.0, 3.0, 4.5]))
def test_legible_reaches_the_ratio_and_keeps_a_colour_that_has_it(
    colour: str, ground: str, ratio: float
) -> None:
    on = palette.parse(ground)
    found = palette.legible(palette.parse(colour), on, ratio)
    assert palette.contrast(found, on) >= ratio
    if palette.contrast(palette.parse(colour), on) >= ratio:
        assert palette.text(found) == colour


def test_the_first_vivid_colour_is_the_accent_on_a_light_ground() -> None:
    assert palette.roles(["#222222", "#4f46e5", "#f59e0b"], "light")["accent"] == "#4f46e5"


def test_no_brand_is_the_default_brand() -> None:
    assert palette.roles((), "dark") == palette.roles(palette.DEFAULT, "dark")


def test_a_short_colour_is_its_long_form() -> None:
    assert palette.roles(["#4be"], "light") == palette.roles(["#44bbee"], "light")


def test_series_colours_differ_from_each_other() -> None:
    for colours in ([], ["#4f46e5"], ["#000"], ["#0f172a", "#4f46e5", "#f59e0b"]):
        roles = palette.roles(colours, "light")
        assert len({roles[f"c{n}"] for n in range(1, 7)}) == 6, colours


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#ff0000", "#ff0000", 1.0)],
    ids=["black on white", "grey on white", "the same"],
)
def test_contrast_is_the_one_of_wcag(one: str, other: str, ratio: float) -> None:
    assert palette.contrast(palette.parse(one), palette.parse(other)) == pytest.approx(
        ratio, abs=0.005
    )
    assert palette.contrast(palette.parse(other), palette.parse(one)) == pytest.approx(
        ratio, abs=0.005
    )
