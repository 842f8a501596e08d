"""A chart whose numbers are in a data file: stale when they change, and only then."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.place import Place

_CHART = """
[[asset]]
id = "bench"
kind = "infographic"
path = "public/bench.png"
alt = "Times"
[asset.values]
layout = "bars"
title = "Times"
categories = { file = "data/bench.csv", column = "name" }
series = [{ values = { file = "data/bench.csv", column = "ms" } }]
"""
_DATA = "name,ms,note\nold,41,x\nnew,23.5,y\n"


@pytest.fixture
def chart(place: Place) -> Place:
    place.write("data/bench.csv", _DATA)
    place.manifest(_CHART)
    return place


def test_a_chart_is_stale_when_its_numbers_change(chart: Place) -> None:
    assert chart.run("generate").code == 0
    record = chart.record("bench")
    assert [one["path"] for one in record["asset"]["data"]] == ["data/bench.csv"]
    chart.write("data/bench.csv", _DATA.replace("x", "other").replace("\n", "\r\n"))
    assert chart.run("check").code == 0
    chart.write("data/bench.csv", _DATA.replace("41", "40"))
    found = chart.run("check")
    assert found.code == 1
    assert "values.series[0].values[0] 41 -> 40" in found.out


def test_the_index_has_data_of_its_own(chart: Place) -> None:
    assert chart.run("generate").code == 0
    chart.git("add", "-A")
    chart.write("data/bench.csv", _DATA.replace("41", "40"))
    assert chart.run("check", "--staged", "--strict").code == 0
    chart.git("add", "data")
    assert chart.run("check", "--staged", "--strict").code == 1
    chart.git("rm", "-q", "--cached", "data/bench.csv")
    found = chart.run("check", "--staged")
    assert found.code == 2
    assert "data/bench.csv is not staged" in found.err


def test_every_cell_that_is_wrong_is_reported_with_its_row(chart: Place) -> None:
    chart.write("data/bench.csv", 'name,ms\nold,"1,234"\nnew,n/a\nthird,3\n')
    found = chart.run("plan")
    assert found.code == 2
    assert "data/bench.csv:2, column ms: values.series[0].values[0]: '1,234' is not" in found.err
    assert "data/bench.csv:3, column ms: values.series[0].values[1]: 'n/a' is not" in found.err


def test_a_cell_that_is_out_of_range_is_reported_with_its_row(chart: Place) -> None:
    chart.write("data/bench.csv", "name,ms\nold,1\nnew,1000000000000000\n")
    found = chart.run("plan")
    assert found.code == 2
    assert "data/bench.csv:3, column ms: values.series[0].values[1] = 1000000" in found.err


def test_an_empty_cell_is_a_gap_in_a_chart(chart: Place) -> None:
    chart.write("data/bench.csv", "name,ms\nold,1\nnew,\nthird,3\n")
    assert chart.run("plan").code == 0
    chart.run("generate")
    values = chart.record("bench")["intent"]["values"]
    assert values["series"][0]["values"] == [1, None, 3]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ('{ file = "data/bench.csv" }', "which part of data/bench.csv is not said"),
        ('{ file = "data/bench.csv", column = 1 }', "column = 1 is not a text"),
        ('{ file = "../a.csv", column = "ms" }', "'../a.csv'"),
        ('{ file = ".git/config", column = "ms" }', "'.git/config'"),
        ('{ file = "data/none.csv", column = "ms" }', "data/none.csv does not exist"),
        ('{ file = "data", column = "ms" }', "data is not a regular file"),
        ('{ file = "data/bench.csv", column = "name" }', "'old' is not a number"),
        ('{ file = "data/link.csv", column = "ms" }', "is a symbolic link"),
    ],
)
def test_data_that_cannot_be_used_is_a_mistake_of_the_value(
    chart: Place, value: str, said: str
) -> None:
    (chart.root / "data/link.csv").symlink_to("bench.csv")
    chart.manifest(_CHART.replace('{ file = "data/bench.csv", column = "ms" }', value))
    found = chart.run("plan")
    assert found.code == 2
    assert said in found.err
    assert "assets.toml:11:" in found.err or "assets.toml:12:" in found.err


def _in_style(manifest: str) -> str:
    return (
        manifest + '[style.brand.values]\nunit = { file = "data/brand.json", pointer = "/unit" }\n'
    )


def _in_defaults(manifest: str) -> str:
    return '[defaults.values]\nunit = { file = "data/brand.json", pointer = "/unit" }\n' + manifest


@pytest.mark.parametrize("stated", [_in_style, _in_defaults])
def test_inherited_values_can_be_data(chart: Place, stated: Callable[[str], str]) -> None:
    styled = _CHART.replace('alt = "Times"', 'alt = "Times"\nstyle = "brand"')
    manifest = styled if stated is _in_style else _CHART
    chart.manifest(stated(manifest))
    chart.write("data/brand.json", '{"unit": "ms"}')
    assert chart.run("generate").code == 0
    assert chart.record("bench")["intent"]["values"]["unit"] == "ms"
    chart.write("data/brand.json", '{"unit": 5.5}')
    assert "values.unit = 5.5 is not a text" in chart.run("plan").err


def test_a_prompt_takes_words_from_data(place: Place) -> None:
    place.write("data/words.yaml", "mood: calm\n")
    place.write("templates/cover/template.toml", "size = [1200, 630]\n")
    place.write("templates/cover/prompt.md", "$prompt, in a $mood mood")
    place.manifest(
        '[[asset]]\nid = "a"\nkind = "cover"\nroute = "images"\npath = "public/a.png"\nalt = ""\n'
        'prompt = "A plane"\n[asset.values]\nmood = { file = "data/words.yaml", pointer = "/mood" }'
    )
    asked = place.run("request", "a")
    assert "A plane, in a calm mood" in asked.out


def test_data_that_git_lfs_has_not_fetched_is_not_read_as_rows(chart: Place) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 99\n"
    chart.write("data/bench.csv", pointer)
    found = chart.run("plan")
    assert found.code == 2
    assert "git lfs pull" in found.err


# -- lines of a text -------------------------------------------------------------------------------

_CARD = """
[[asset]]
id = "code"
kind = "card"
path = "public/code.png"
alt = "Code"
[asset.values]
layout = "code"
code = { file = "src/app.py", lines = "2-3" }
"""
_SOURCE = "def f():\n    x = 1\n    return x\n\n\ndef g(): ...\n"


@pytest.fixture
def card(place: Place) -> Place:
    place.write("src/app.py", _SOURCE)
    place.manifest(_CARD)
    return place


def test_a_card_is_stale_when_its_lines_change(card: Place) -> None:
    assert card.run("generate").code == 0
    assert card.record("code")["intent"]["values"]["code"] == "x = 1\nreturn x"
    card.write("src/app.py", _SOURCE.replace("g()", "h()"))
    assert card.run("check").code == 0
    card.write("src/app.py", _SOURCE.replace("= 1", "= 2"))
    assert "values.code" in card.run("check").out


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ('{ file = "src/app.py" }', _SOURCE),
        ('{ file = "src/app.py", lines = "6-" }', "def g(): ..."),
    ],
)
def test_a_card_shows_a_whole_file_or_its_end(card: Place, value: str, shown: str) -> None:
    card.manifest(_CARD.replace('{ file = "src/app.py", lines = "2-3" }', value))
    assert card.run("generate").code == 0
    assert card.record("code")["intent"]["values"]["code"] == shown.rstrip("\n")


def test_a_text_can_be_a_line_of_a_file(card: Place) -> None:
    card.write("VERSION", "2.4.0\n")
    card.manifest(_CARD + 'name = { file = "VERSION" }\n')
    assert card.run("generate").code == 0
    card.write("VERSION", "2.4.1\n")
    assert card.run("check").code == 1


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ('{ file = "src/app.py", lines = "x" }', "lines = 'x' does not name lines"),
        ('{ file = "src/app.py", lines = "9-8" }', "lines = '9-8' does not name lines"),
        ('{ file = "src/app.py", lines = "2-9" }', "src/app.py has 6 lines"),
        ('{ file = "src/app.py", lines = 2 }', "lines = 2 is not a text"),
        ('{ file = "src/app.py", lines = "2", column = "a" }', "not read together with column"),
        ('{ file = "src/none.py" }', "src/none.py does not exist"),
        ('{ file = "src/bytes.py" }', "src/bytes.py is not UTF-8"),
        ('{ file = "src/large.py" }', "has 9000 lines; at most 80 are shown"),
    ],
)
def test_lines_that_cannot_be_used_are_one_mistake(card: Place, value: str, said: str) -> None:
    (card.root / "src/bytes.py").write_bytes(b"x = '\xff'\n")
    card.write("src/large.py", "x = 1\n" * 9000)
    card.manifest(_CARD.replace('{ file = "src/app.py", lines = "2-3" }', value))
    found = card.run("plan")
    assert found.code == 2
    assert said in found.err
    assert "9 problems" not in found.err
