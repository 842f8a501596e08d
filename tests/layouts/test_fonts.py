"""fonts: which characters a font really has; no font of the machine can replace ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetgen.errors import TemplateError
from assetgen.layouts import closure, fonts
from tests.support.font_tables import cmap, format_4, format_12, name_table, sfnt

_FOLDER = closure.shipped_root() / "fonts"
_SHIPPED = {
    "Inter": "Inter",
    "SourceSerif4": "Source Serif 4",
    "JetBrainsMono": "JetBrains Mono",
    "Twemoji": fonts.EMOJI,
}


def font(table: bytes, family: str = "Test") -> fonts.Font:
    return fonts.parse(sfnt({b"cmap": table, b"name": name_table(family)}), "test.ttf")


def _covered(found: fonts.Font, upto: int = 0x20000) -> set[int]:
    return {c for c in range(upto) if found.has(c)}


@pytest.mark.parametrize(("file", "family"), _SHIPPED.items(), ids=_SHIPPED)
def test_the_fonts_that_ship_are_known_by_their_family(file: str, family: str) -> None:
    (named,) = fonts.load(_FOLDER / f"{file}.ttf")
    found = fonts.Font(named.family, (named.face,))
    # The digest is part of every intent: another one would make all images stale.
    assert fonts.collect([_FOLDER])[family] == found
    assert found.family == family
    assert found.has(0x1F600) == (family == fonts.EMOJI)
    assert not found.has(0x0E01) and not found.has(0x10FFFF)


def test_a_segment_covers_its_characters_but_not_the_one_without_a_glyph() -> None:
    found = font(cmap((3, 1, format_4([(0x41, 0x45, -0x40), (0x61, 0x65, -0x63)]))))
    assert _covered(found) == {0x41, 0x42, 0x43, 0x44, 0x45, 0x61, 0x62, 0x64, 0x65}


def test_a_gap_in_a_list_of_glyphs_is_not_covered() -> None:
    found = font(cmap((3, 1, format_4([(0x30, 0x31, 5), (0x41, 0x45, 0)], {1: [7, 0, 9, 0, 11]}))))
    assert _covered(found) == {0x30, 0x31, 0x41, 0x43, 0x45}


def test_characters_beyond_the_basic_plane_come_from_the_larger_table() -> None:
    small, large = format_4([(0x41, 0x42, 1)]), format_12([(0x41, 0x43, 1), (0x1F600, 0x1F602, 9)])
    assert _covered(font(cmap((3, 1, small), (3, 10, large)))) == {
        0x41,
        0x42,
        0x43,
        0x1F600,
        0x1F601,
        0x1F602,
    }


def test_a_table_for_another_encoding_is_not_read_as_unicode() -> None:
    with pytest.raises(TemplateError):
        font(cmap((1, 0, format_4([(0x41, 0x42, 1)]))))


@pytest.mark.parametrize("platform", [1, 3], ids=["Mac", "Windows"])
def test_the_family_is_read_from_either_kind_of_name(platform: int) -> None:
    table = cmap((3, 1, format_4([(0x41, 0x42, 1)])))
    assert (
        fonts.parse(sfnt({b"cmap": table, b"name": name_table("Ünique", platform)}), "x").family
        == "Ünique"
    )


_GOOD = sfnt({b"cmap": cmap((3, 1, format_4([(0x41, 0x42, 1)]))), b"name": name_table("Good")})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not a TrueType or OpenType font"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "not a TrueType or OpenType font"),
        (b"ttcf" + _GOOD[4:], "not a TrueType or OpenType font"),
        (b"wOFF" + _GOOD[4:], "not a TrueType or OpenType font"),
        (b"wOF2" + _GOOD[4:], "not a TrueType or OpenType font"),
        (_GOOD[:40], "not a TrueType or OpenType font"),
        (sfnt({b"name": name_table("x")}), "not a TrueType or OpenType font"),
        (sfnt({b"cmap": cmap()}), "not a TrueType or OpenType font"),
        (
            sfnt(
                {
                    b"cmap": cmap((3, 10, format_12([(1, 2, 3)])[:12] + b"\xff" * 4)),
                    b"name": name_table("x"),
                }
            ),
            "not a TrueType",
        ),
    ],
    ids=[
        "empty",
        "PNG",
        "collection",
        "web font",
        "second web font",
        "cut off",
        "no characters",
        "no names",
        "endless groups",
    ],
)
def test_a_file_that_is_not_a_font_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        fonts.parse(data, "test.ttf")


def test_a_font_is_registered_under_a_name_made_from_its_bytes() -> None:
    found = fonts.collect([_FOLDER])[fonts.MONO]
    (data,) = found.renamed()
    renamed = fonts.parse(data, "renamed")
    assert renamed.family == found.private_name == f"ag-{found.digest[:12]}"
    assert renamed.faces[0].ranges == found.faces[0].ranges
    assert b"J\0e\0t\0B" not in data


def test_a_stack_is_the_requested_family_then_sans_then_emoji_then_fonts_of_the_project() -> None:
    table = cmap((3, 1, format_4([(0x0E01, 0x0E30, 1)])))
    known = {**fonts.collect([_FOLDER]), "Thai": font(table, "Thai")}
    found = fonts.stack(known, fonts.MONO)
    assert [one.family for one in found.fonts] == [fonts.MONO, fonts.SANS, fonts.EMOJI, "Thai"]
    assert found.missing("Aก😀") == []
    assert found.missing("A한ก漢") == ["漢", "한"]


def test_only_fonts_that_may_draw_a_character_are_given_to_the_engine() -> None:
    latin, other, same = (
        font(cmap((3, 10, format_12(rows))), name)
        for name, rows in (("A", [(97, 99, 1)]), ("B", [(100, 105, 1)]), ("C", [(100, 110, 1)]))
    )
    stack = fonts.Stack((latin, other, same))
    assert stack.drawing("abc \n") == (latin,)
    assert stack.drawing("ad") == (latin, other)
    assert stack.drawing("adj") == (latin, other, same)
    assert stack.drawing("dj") == (latin, other, same)


def test_characters_that_draw_nothing_are_never_missing() -> None:
    found = fonts.Stack((font(cmap((3, 1, format_4([(0x41, 0x41, 1)])))),))
    assert (
        found.missing("A \t\n\u00a0\u00ad\u200b\u200d\u200e\u200f\u2060\ufe0f\ufeff\U000e0067")
        == []
    )


def test_an_error_about_an_unknown_family_lists_the_known_ones() -> None:
    with pytest.raises(
        TemplateError, match="no font is called 'Comic Sans'; there are: Inter, JetBrains Mono"
    ) as caught:
        fonts.stack(fonts.collect([_FOLDER]), "Comic Sans")
    assert "templates/fonts/" in str(caught.value.cure)


def test_the_first_folder_wins_and_links_are_not_followed(tmp_path: Path) -> None:
    table = cmap((3, 1, format_4([(0x41, 0x42, 1)])))
    for folder, name in (("own", "a"), ("shipped", "b")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "f.ttf").write_bytes(
            sfnt({b"cmap": table, b"name": name_table("Test"), name.encode() * 4: b""})
        )
    (tmp_path / "own" / "link.ttf").symlink_to(_FOLDER / "Inter.ttf")
    (tmp_path / "linked").symlink_to(_FOLDER)
    found = fonts.collect(
        [tmp_path / "none", tmp_path / "linked", tmp_path / "own", tmp_path / "shipped"]
    )
    assert list(found) == ["Test"]
    assert found["Test"].faces[0].data == (tmp_path / "own" / "f.ttf").read_bytes()


def test_a_font_that_is_replaced_is_read_again(tmp_path: Path) -> None:
    table = cmap((3, 1, format_4([(0x41, 0x42, 1)])))
    place = tmp_path / "f.ttf"
    place.write_bytes(sfnt({b"cmap": table, b"name": name_table("Old")}))
    assert list(fonts.collect([tmp_path])) == ["Old"]
    place.unlink()
    place.write_bytes(sfnt({b"cmap": table, b"name": name_table("New")}))
    assert list(fonts.collect([tmp_path])) == ["New"]


def test_the_fonts_in_records_of_the_first_release_are_those_of_today() -> None:
    """Another digest makes every image that was drawn with Inter stale."""
    found = fonts.stack(fonts.collect([_FOLDER]), fonts.SANS)
    assert found.digest == "02a3c3c047b40caea647a9aa56faafc600e1e7a8aefc7458514c1bcc67fe48c3"


def test_a_font_with_the_name_of_one_that_ships_is_read(tmp_path: Path) -> None:
    table = cmap((3, 1, format_4([(0x41, 0x42, 1)])))
    data = sfnt({b"cmap": table, b"name": name_table("Own")})
    (tmp_path / "Inter.ttf").write_bytes(data)
    assert list(fonts.collect([tmp_path])) == ["Own"]
    shipped = (_FOLDER / "Inter.ttf").read_bytes()
    (tmp_path / "Inter.ttf").write_bytes(data + bytes(len(shipped) - len(data)))
    assert list(fonts.collect([tmp_path])) == ["Own"]
