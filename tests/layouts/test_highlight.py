"""Source code in images: its colours, its lines, its limits, and the output of terminals."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest

from assetgen.errors import TemplateError
from assetgen.layouts import code_text, highlight, kind, palette, render
from assetgen.layouts.colour import contrast, parse
from assetgen.layouts.spec import Order
from tests.support.bar_font import bar_font, parsed

_PYTHON = 'def f(x):  # note\n    return "a" + 1'


def _pieces(markup: str) -> list[tuple[str, str]]:
    return re.findall(r'<i class="([^"]*)">([^<]*)</i>', markup)


def test_words_have_the_class_of_their_colour() -> None:
    found = {text: kind for kind, text in _pieces(highlight.numbered(_PYTHON, "python"))}
    assert found["def "] == "key"
    assert found["# note"] == "note"
    assert found["&quot;a&quot; "] == "str"
    assert found["1"] == "num"


def test_the_file_name_says_the_language() -> None:
    by_name = highlight.numbered(_PYTHON, "", "src/a.py")
    assert by_name == highlight.numbered(_PYTHON, "Python")
    assert highlight.numbered(_PYTHON, "text", "src/a.py") == highlight.numbered(_PYTHON)
    assert _pieces(highlight.numbered(_PYTHON, "", "no known name")) == []


@pytest.mark.parametrize("language", ["", "html", "js"])
def test_all_markup_in_code_is_escaped(language: str) -> None:
    code = '<script src="x">url(a)</script>\x02input:0\x03\x00&amp;'
    made = highlight.numbered(code, language)
    bare = re.sub(r'</?(?:i|div)(?: class="[\w -]*")?>', "", made)
    assert "<" not in bare
    assert "\x02" not in made
    assert "url(" not in made
    assert "&amp;amp;" in bare.replace("</i>", "")


def test_marked_lines_are_counted_from_the_first_number() -> None:
    made = highlight.numbered("a\nb\nc\nd", "text", "", "11-12", 10)
    inside = re.findall(r'<div class="marked"><div class="edge"></div>(.*?</div>)</div>', made)
    assert re.findall(r">(\w)</div>", inside[0]) == ["b", "c"]
    assert re.findall(r'"nr">(\d+)', made) == ["10", "11", "12", "13"]


def test_a_long_line_goes_on_below_and_loses_nothing() -> None:
    line = "    call(first_argument, second_argument, third_argument)"
    made = highlight.numbered(line, "text", "", "", None, 30)
    rows = re.findall(r'<div class="row ltr">(.*?)</div>', made)
    assert len(rows) == 3
    rows = [row.replace("\u200b", "") for row in rows]
    assert all(len(row.replace("&#40;", "(")) <= 30 for row in rows)
    assert "".join(row.strip() for row in rows).replace("&#40;", "(") == line.strip().replace(
        ", ", ","
    )


def test_sizes_fit_the_room_and_end_with_the_smallest() -> None:
    sizes = [int(one) for one in highlight.sizes("x" * 40, 1000, 600, 60, 14).split()]
    assert sizes == sorted(set(sizes), reverse=True)
    assert sizes[0] <= 1000 / (40 * 0.6) + 1
    assert sizes[-1] == 14


@pytest.mark.parametrize(
    ("output", "kinds"),
    [
        ("\x1b[32mok\x1b[0m plain", ["good"]),
        ("\x1b[1;31mfail\x1b[m", ["bad bold"]),
        ("\x1b[2mquiet\x1b[22m", ["dim"]),
        ("\x1b[42;30m PASS \x1b[49m", ["on-good"]),
        ("\x1b[38;5;196mred\x1b[39m", ["bad"]),
        ("\x1b[38;2;20;160;180mcyan\x1b[39m", ["cyan"]),
        ("\x1b[2K\x1b]0;title\x07\x1b[?25lplain", []),
    ],
)
def test_sequences_of_terminals_become_classes(output: str, kinds: list[str]) -> None:
    made = highlight.terminal(output)
    assert [kind for kind, _ in _pieces(made)] == kinds
    assert "\x1b" not in made


_BRANDS = {
    "none": [],
    "one hue": ["#7c3aed"],
    "grey": ["#111111", "#888888"],
    "pastel": ["#ffd6e0", "#c1e7e3", "#dcd6f7"],
    "pure": ["#ff0000", "#00ff00", "#0000ff"],
    "bright": ["#0b3d2e", "#12b886", "#ffd43b"],
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("brand", _BRANDS)
def test_words_of_code_are_readable_on_both_grounds(brand: str, theme: str) -> None:
    roles = palette.roles(_BRANDS[brand], theme, series=False, code=True)
    words = {name for name in roles if name.startswith("code-")} - {"code-bg", "code-mark"}
    assert {"code-key", "code-str", "code-name", "code-num", "code-note", "code-fg"} <= words
    for ground in ("code-bg", "code-mark"):
        for word in words:
            assert contrast(parse(roles[word]), parse(roles[ground])) >= 4.5, (word, ground)


def test_a_cover_has_no_colours_of_code() -> None:
    assert "code-bg" not in palette.roles([], "light")
    assert not kind.find(Path("none"), "cover").needs_code("split")


# -- values ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "said", "cure"),
    [
        ({"code": "x\n" * 500}, "values.code has 500 lines; at most 80 are shown", "lines = "),
        ({"code": "x" * 1_000_000}, "line 1 of values.code has 1000000 characters", "break"),
        ({"code": " \n"}, "values.code has only characters that cannot be seen", "write"),
        ({"code": "x", "language": "pyton"}, "'pyton' is not a language", "did you mean python"),
        ({"code": "x", "language": "c++ "}, "'c++ ' is not a language", "did you mean c++"),
        ({"code": "x", "language": "zzzzzz"}, "is not a language", "write a name"),
        ({"code": "x", "highlight": "one"}, "'one' does not name lines", 'highlight = "3"'),
        ({"code": "x\ny", "highlight": "2-3"}, "the code has the lines 1 to 2", "name lines"),
        (
            {"code": "x\ny", "first_line": 7, "highlight": "1"},
            "the code has the lines 7 to 8",
            "name",
        ),
    ],
)
def test_code_that_cannot_be_shown_is_one_error(
    values: dict[str, object], said: str, cure: str
) -> None:
    wrong = kind.find(Path("none"), "card").examine({"layout": "code", **values})[1]
    assert len(wrong) == 1
    assert said in wrong[0].what
    assert cure in str(wrong[0].cure)


def test_all_that_is_wrong_with_code_is_reported_at_once() -> None:
    values = {"layout": "code", "code": "x\n" * 99, "language": "pyton", "highlight": "?"}
    assert len(kind.find(Path("none"), "card").examine(values)[1]) == 3


def test_lines_have_blanks_for_tabs_and_no_empty_end() -> None:
    assert code_text.lines_of("a\tb\r\n\n\tc  \n\n") == ["a   b", "", "    c"]


@pytest.mark.parametrize(
    ("output", "lines"),
    [
        ("10%\r50%\r100%\ndone\n", ["100%", "done"]),
        ("\x1b[32m50%\r\x1b[K100%\x1b[0m\r\r\n", ["\x1b[32m\x1b[K100%\x1b[0m"]),
        ("|\b/\b- spin\n\b\bx", ["- spin", "x"]),
        ("\x1b[1ma\x1b[0m\bb", ["\x1b[1m\x1b[0mb"]),
        ("\x1b]8;;https://example.org\x07link\x1b]8;;\x07 \x1b]0;title\x1b\\end", ["link end"]),
        ("\x1bPtold\x1b\\a\x1b(B b\x1b7\x00", ["a b"]),
        ("a\rb\r", ["a", "b"]),
    ],
    ids=["progress", "colour", "spinner", "colour taken back", "link", "told", "returns alone"],
)
def test_an_output_is_what_a_terminal_shows_in_the_end(output: str, lines: list[str]) -> None:
    assert code_text.lines_of(output) == lines


def test_colours_count_as_no_characters_of_a_line() -> None:
    output = "\x1b[38;2;10;20;30mword\x1b[0m " * 30
    values = {"layout": "terminal", "steps": [{"command": "x", "output": output}]}
    assert kind.find(Path("none"), "card").examine(values)[1] == []


_FRAME = "\u251c\u2500\u2500 src\n\u2514\u2500\u2500 README"


@pytest.mark.parametrize(
    "values",
    [
        {"layout": "code", "code": _FRAME},
        {"layout": "terminal", "steps": [{"command": "tree", "output": _FRAME}]},
    ],
    ids=["code", "terminal"],
)
def test_code_may_have_what_only_the_font_for_code_has(values: dict[str, Any]) -> None:
    assert "\u2514\u2500\u2500 README" in _shown(values)


@pytest.mark.parametrize(
    "values",
    [
        {"layout": "code", "title": "\u251c", "code": _FRAME},
        {"layout": "code", "code": "\u1200"},
    ],
    ids=["title", "no font"],
)
def test_what_no_font_has_is_refused_where_it_is_set(values: dict[str, Any]) -> None:
    with pytest.raises(TemplateError, match="no font has the character"):
        _shown(values)


def _shown(values: dict[str, Any]) -> str:
    of = kind.find(Path("none"), "card")
    fonts = kind.available_fonts(Path("none"))
    return render.page(Order(of, of.fill(values), 1200, 630, fonts=fonts))[0]


def test_code_goes_from_left_to_right_on_any_page() -> None:
    word = "\u05d0\u05d1"
    code = f"if ready:\n    go()  # {word}"
    made = _document({"layout": "code", "title": word, "code": code}, word)
    rows = re.findall(r'<div class="row ltr"[^>]*>(.*?)</div>', made)
    assert html.unescape(re.sub("<[^>]*>", "", rows[1])) == f"\u200e\u200b    go()  # {word}"


def _document(values: dict[str, str], characters: str) -> str:
    of = kind.find(Path("none"), "card")
    bars = parsed(bar_font("Bars", characters=characters))
    known = {**kind.available_fonts(Path("none")), "Bars": bars}
    return render.page(Order(of, of.fill(values), 800, 420, fonts=known))[0]
