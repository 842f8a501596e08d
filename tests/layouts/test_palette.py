"""palette: any brand gives roles that can be read on each other."""

from __future__ import annotations

import colorsys
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.layouts import colour, palette

_COLOUR = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
_PALETTES = st.lists(_COLOUR | st.sampled_from(["#000", "#fff", "#777777", "#ff0000"]), max_size=8)
_THEMES = st.sampled_from(["light", "dark"])

# (text, its background, the least contrast): WCAG AA for text.
_READ = [
    ("fg", "bg", 4.5),
    ("fg", "surface", 4.5),
    ("fg", "accent-soft", 4.5),
    ("muted", "bg", 4.5),
    ("muted", "surface", 4.5),
    ("accent-text", "bg", 4.5),
    ("accent-2-text", "bg", 4.5),
    ("on-accent", "accent", 4.5),
    ("on-accent-2", "accent-2", 4.5),
    *((f"c{n}-text", "bg", 4.5) for n in range(1, 9)),
    *((f"on-c{n}", f"c{n}", 4.5) for n in range(1, 9)),
    *((f"c{n}", "bg", 2.0) for n in range(1, 9)),
    *((f"{signal}-text", "bg", 4.5) for signal in ("good", "warn", "bad")),
    *((f"on-{signal}", signal, 4.5) for signal in ("good", "warn", "bad")),
]


@given(_PALETTES, _THEMES)
def test_every_text_role_can_be_read_on_its_ground(colours: list[str], theme: str) -> None:
    roles = {name: colour.parse(one) for name, one in palette.roles(colours, theme).items()}
    for text, ground, least in _READ:
        assert colour.contrast(roles[text], roles[ground]) >= least, (text, ground)


@given(_PALETTES, _THEMES)
def test_all_brands_and_themes_have_the_same_roles_in_plain_notation(
    colours: list[str], theme: str
) -> None:
    roles = palette.roles(colours, theme)
    assert set(roles) == set(palette.roles((), "light"))
    assert all(colour.text(colour.parse(one)) == one for one in roles.values())


@given(_COLOUR, _COLOUR, st.sampled_from([2.0, 3.0, 4.5]))
def test_legible_reaches_the_ratio_and_keeps_a_colour_that_has_it(
    own: str, ground: str, ratio: float
) -> None:
    on = colour.parse(ground)
    found = colour.legible(colour.parse(own), on, ratio)
    assert colour.contrast(found, on) >= ratio
    if colour.contrast(colour.parse(own), on) >= ratio:
        assert colour.text(found) == own


def test_the_first_vivid_colour_is_the_accent_on_a_light_ground() -> None:
    assert palette.roles(["#222222", "#4f46e5", "#f59e0b"], "light")["accent"] == "#4f46e5"


def test_no_brand_is_the_default_brand() -> None:
    assert palette.roles((), "dark") == palette.roles(palette.DEFAULT, "dark")


def test_a_short_colour_is_its_long_form() -> None:
    assert palette.roles(["#4be"], "light") == palette.roles(["#44bbee"], "light")


_BRANDS = {
    "none": (),
    "one hue": ("#4f46e5",),
    "black": ("#000",),
    "white": ("#fff",),
    "slates": ("#334155", "#64748b", "#94a3b8"),
    "browns": ("#3b2f2f", "#a63d2f"),
    "pastels": ("#fde2e4", "#e2ece9", "#fff1e6", "#dfe7fd"),
    "red and green": ("#d62728", "#2ca02c"),
    "three alike": ("#1f77b4", "#1f78b4", "#2077b5"),
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("brand", _BRANDS.values(), ids=_BRANDS)
def test_any_two_series_differ_in_lightness_and_to_every_kind_of_eyes(
    brand: tuple[str, ...], theme: str
) -> None:
    roles = palette.roles(brand, theme)
    series = [colour.parse(roles[f"c{n}"]) for n in range(1, 9)]
    for one, other in itertools.combinations(series, 2):
        assert abs(colour.lightness(one) - colour.lightness(other)) >= 2, (one, other)
        assert colour.apart(colour.seen(one), colour.seen(other)) >= 3, (one, other)
    for one, other in itertools.combinations(series[:4], 2):
        assert abs(colour.lightness(one) - colour.lightness(other)) >= 5, (one, other)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("brand", ["browns", "slates", "one hue", "pastels"])
def test_series_have_only_hues_of_the_brand(brand: str, theme: str) -> None:
    own = [_hue(colour.parse(one)) for one in _BRANDS[brand]]
    roles = palette.roles(_BRANDS[brand], theme)
    for n in range(1, 9):
        made = colour.parse(roles[f"c{n}"])
        if colour.chroma(made) > 0.1:
            assert min(min(abs(_hue(made) - hue), 1 - abs(_hue(made) - hue)) for hue in own) < 0.04


def _hue(rgb: colour.Rgb) -> float:
    return colorsys.rgb_to_hls(*(channel / 255 for channel in rgb))[0]


def test_a_brand_of_pastels_keeps_them_as_grounds() -> None:
    roles = palette.roles(_BRANDS["pastels"], "light")
    assert roles["accent-soft"] == "#fde2e4"
    assert roles["accent-2"] == "#e2ece9"
    assert colour.chroma(colour.parse(roles["bg"])) > 0


_SOURCES: dict[str, tuple[bytes, bool]] = {
    "a style": (b"color: var(--c1)", True),
    "a made style": (b"'var(--c' ~ loop.index ~ ')'", True),
    "an attribute": (b"{{ colours.c2 }}", True),
    "a key": (b'{{ colours["c3-text"] }}', True),
    "a made key": (b"{{ colours['c' ~ n] }}", True),
    "a name": (b"{{ colours[role] }}", True),
    "all": (b"{% for name in colours %}", True),
    "others": (b"var(--accent) {{ colours.ink }} {{ colours['accent-2'] }} --card: 1px", False),
}


@pytest.mark.parametrize(("source", "needs"), _SOURCES.values(), ids=_SOURCES)
def test_colours_of_charts_are_made_for_templates_that_may_use_them(
    source: bytes, needs: bool
) -> None:
    assert palette.needs_series([b"x", source]) is needs


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#ff0000", "#ff0000", 1.0)],
    ids=["black on white", "grey on white", "the same"],
)
def test_contrast_is_the_one_of_wcag(one: str, other: str, ratio: float) -> None:
    assert colour.contrast(colour.parse(one), colour.parse(other)) == pytest.approx(
        ratio, abs=0.005
    )
    assert colour.contrast(colour.parse(other), colour.parse(one)) == pytest.approx(
        ratio, abs=0.005
    )
