"""Faces: each weight and style of a family is drawn with the file that has it."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
from fontTools.ttLib import TTCollection, TTFont

from assetgen.errors import TemplateError
from assetgen.layouts import closure, engine, fonts
from assetgen.layouts.engine import Page
from assetgen.layouts.sfnt import Look
from tests.support.bar_font import bar_font

_INTER = closure.shipped_root() / "fonts" / "Inter.ttf"


def _saved(font: TTFont, path: Path, flavor: str | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    font.flavor = flavor
    font.save(path)


def _ink(folder: Path, css: str, family: str = "Brand") -> int:
    """Of a letter 100 px large with a style: its width in pixels."""
    known = fonts.collect([folder, _INTER.parent])
    order = fonts.stack(known, family)
    engine.register(order.fonts)
    page = Page(
        f"<!doctype html><html><body><p id=t style='margin:0;{css}'>H</p></body></html>",
        f"p{{font:100px {order.css()}}}",
        (120, 140, 1, False),
        {},
    )
    width, _, rows = page.pixels()
    pixels = [i // 4 % width for i in range(0, len(rows), 4) if rows[i] < 128]
    return max(pixels) - min(pixels) + 1


_FILES = {  # what a foundry names them: the first in the alphabet is no clue
    "Aa-Bold.ttf": ("Bold", 300, 700),
    "Bb-Regular.ttf": ("Regular", 100, 400),
    "Cc-Italic.ttf": ("Italic", 500, 400),
}


@pytest.mark.parametrize("flavor", [None, "woff", "woff2"])
def test_each_weight_and_style_is_drawn_with_its_own_file(
    flavor: str | None, tmp_path: Path
) -> None:
    for file, (style, wide, weight) in _FILES.items():
        name = file.replace("ttf", flavor or "ttf")
        _saved(bar_font("Brand", style, wide, weight=weight), tmp_path / name, flavor)
    assert _ink(tmp_path, "font-weight:400") == 10
    assert _ink(tmp_path, "font-weight:450") == 10
    assert _ink(tmp_path, "font-weight:700") == 30
    assert _ink(tmp_path, "font-weight:650") == 30
    assert _ink(tmp_path, "font-style:italic") == 50


def test_fonts_that_fill_gaps_are_chosen_by_weight_too(tmp_path: Path) -> None:
    for file, (style, wide, weight) in _FILES.items():
        _saved(bar_font("Gaps", style, wide, weight=weight, characters="\u0e01"), tmp_path / file)
    known = fonts.collect([tmp_path, _INTER.parent])
    order = fonts.stack(known, "Inter")
    assert len(known["Gaps"].faces) == 3
    assert order.missing("H\u0e01") == []
    assert {face.look for face in known["Gaps"].faces} == {
        Look(700, 700),
        Look(400, 400),
        Look(400, 400, is_italic=True),
    }


@pytest.mark.parametrize(
    ("style", "stated", "expected"),
    [
        ("Bold", 400, Look(700, 700)),
        ("Bold", 7, Look(700, 700)),
        ("SemiBold", 400, Look(600, 600)),
        ("Extra Light", 400, Look(200, 200)),
        ("Black Italic", 500, Look(900, 900, is_italic=True)),
        ("Regular", 0, Look(400, 400)),
        ("Text", 450, Look(450, 450)),
        ("Light", 300, Look(300, 300)),
        ("Oblique", 400, Look(400, 400, is_italic=True)),
    ],
)
def test_the_weight_is_read_from_the_tables_and_from_the_names_where_those_say_nothing(
    style: str, stated: int, expected: Look
) -> None:
    out = io.BytesIO()
    bar_font("Brand", style, 100, weight=stated).save(out)
    assert fonts.parse(out.getvalue(), "x").faces[0].look == expected


def test_a_bold_face_without_an_os2_table_is_bold(tmp_path: Path) -> None:
    for name, style, wide in (("a", "Bold", 300), ("b", "Regular", 100)):
        font = bar_font("Brand", style, wide)
        del font["OS/2"]
        font["head"].macStyle = style == "Bold"
        _saved(font, tmp_path / f"{name}.ttf")
    assert (_ink(tmp_path, "font-weight:400"), _ink(tmp_path, "font-weight:750")) == (10, 30)


def test_a_face_with_a_family_of_its_own_joins_the_one_that_exists(tmp_path: Path) -> None:
    _saved(bar_font("Brand", "Regular", 100), tmp_path / "r.ttf")
    _saved(bar_font("Brand Medium", "Regular", 200, weight=500), tmp_path / "m.ttf")
    _saved(bar_font("Alone Medium", "Regular", 200, weight=500), tmp_path / "n.ttf")
    found = fonts.collect([tmp_path])
    assert sorted(found) == ["Alone Medium", "Brand", "Brand Medium"]
    assert _ink(tmp_path, "font-weight:500") == 20
    assert _ink(tmp_path, "font-weight:400") == 10


def test_a_collection_is_read_as_its_fonts(tmp_path: Path) -> None:
    both = TTCollection()
    both.fonts = [bar_font("Brand", "Regular", 100), bar_font("Brand", "Bold", 300, weight=700)]
    both.save(tmp_path / "brand.ttc")
    assert (_ink(tmp_path, "font-weight:400"), _ink(tmp_path, "font-weight:700")) == (10, 30)


def test_a_variable_font_is_drawn_at_each_weight(tmp_path: Path) -> None:
    out = io.BytesIO()
    renamed = TTFont(_INTER)
    for record in renamed["name"].names:
        record.string = record.toUnicode().replace("Inter", "Brand")
    renamed.save(out)
    (tmp_path / "v.ttf").write_bytes(out.getvalue())
    assert fonts.parse(out.getvalue(), "x").faces[0].look == Look(100, 900)
    assert _ink(tmp_path, "font-weight:200") < _ink(tmp_path, "font-weight:800")


def test_a_second_file_of_a_family_changes_its_digest(tmp_path: Path) -> None:
    _saved(bar_font("Brand", "Regular", 100), tmp_path / "r.ttf")
    alone = fonts.collect([tmp_path])["Brand"]
    assert alone.digest == alone.faces[0].digest
    _saved(bar_font("Brand", "Bold", 300, weight=700), tmp_path / "b.ttf")
    assert fonts.collect([tmp_path])["Brand"].digest != alone.digest


def test_a_web_font_that_grows_without_an_end_is_refused(tmp_path: Path) -> None:
    import brotli

    packed = brotli.compress(bytes(100_000_000), quality=1)
    head = struct.pack(">4sIIHHIIHHIIIII", b"wOF2", 0x10000, 0, 1, 0, 0, len(packed), *[0] * 7)
    (tmp_path / "bomb.woff2").write_bytes(head + b"\x05\x10" + packed)
    with pytest.raises(TemplateError, match=r"bomb\.woff2 is not a TrueType"):
        fonts.collect([tmp_path])
