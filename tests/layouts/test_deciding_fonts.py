"""deciding_fonts: a font makes only those images stale that it may draw something of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assetgen.layouts import closure, fonts, kind
from assetgen.layouts.deciding_fonts import deciding
from tests.support.font_tables import cmap, format_12, name_table, sfnt

_SHIPPED = fonts.collect([closure.shipped_root() / "fonts"])
_JAPANESE = [(0x304B, 0x304D, 1), (0x65E5, 0x65E5, 9)]


def _font(family: str, rows: list[tuple[int, int, int]]) -> dict[str, fonts.Font]:
    data = sfnt({b"cmap": cmap((3, 10, format_12(rows))), b"name": name_table(family)})
    return {family: fonts.parse(data, family)}


def _families(own: dict[str, fonts.Font], wanted: str = fonts.SANS, **values: Any) -> list[str]:
    known = {**_SHIPPED, **own}
    cover = kind.find(closure.shipped_root(), "cover")
    found = deciding(known, wanted, cover, {"layout": "split", **values})
    return [font.family for font in found.fonts]


_USUAL = [fonts.SANS, fonts.EMOJI]


@pytest.mark.parametrize(
    ("title", "counts"),
    [
        ("Plain words", False),
        ("Überall Größe, “quoted” – naïve 1 € ✓", False),
        ("Слово и λόγος", False),
        ("日", True),
        ("か", True),
        ("が", True),  # the font has the letter, and not the letter with its mark
        ("Rocket 🚀", False),
        ("한글", False),
        ("", False),
    ],
)
def test_a_font_counts_if_it_has_a_character_that_inter_lacks(title: str, counts: bool) -> None:
    own = _font("Own", _JAPANESE)
    assert _families(own, title=title) == [*_USUAL, *(["Own"] if counts else [])]
    items = [{"title": title}, {"title": "x"}]
    assert _families(own, items=items) == [*_USUAL, *(["Own"] if counts else [])]


def test_a_font_of_letters_that_inter_has_never_counts_unless_it_is_asked_for() -> None:
    own = _font("Own", [(0x20, 0x17F, 1)])
    assert _families(own, title="Größe") == _USUAL
    assert _families(own, wanted="Own", title="Größe") == ["Own", *_USUAL]


@pytest.mark.parametrize("family", [fonts.MONO, fonts.SERIF, fonts.SANS, fonts.EMOJI])
def test_a_font_in_the_place_of_one_that_ships_always_counts(family: str) -> None:
    own = _font(family, [(0x20, 0x17F, 1)])
    cover = kind.find(closure.shipped_root(), "cover")
    found = deciding({**_SHIPPED, **own}, fonts.SANS, cover, {"layout": "split", "title": "x"})
    assert own[family] in found.fonts
    usual = deciding(_SHIPPED, fonts.SANS, cover, {"layout": "split", "title": "x"})
    assert found.digest != usual.digest


def test_a_kind_of_the_project_counts_every_font(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "own"
    folder.mkdir(parents=True)
    (folder / "template.toml").write_text('size = [40, 20]\nlayout = "x"\n[layouts.x]\n')
    (folder / "x.html").write_text("<style>p::before{content:'\\65e5'}</style><p></p>")
    known = {**_SHIPPED, **_font("Own", _JAPANESE)}
    found = deciding(known, fonts.SANS, kind.find(tmp_path, "own"), {"layout": "x"})
    assert [font.family for font in found.fonts] == [*_USUAL, "Own"]


def test_what_the_shipped_layouts_write_themselves_is_in_the_fonts_that_ship() -> None:
    stack = fonts.stack(_SHIPPED, fonts.SANS)
    for path in closure.shipped_root().rglob("*.html"):
        assert stack.missing(path.read_text("utf-8")) == [], path
