"""Data files: what each format gives, and what is refused instead of guessed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.manifest import data_file, data_query
from assetgen.manifest.data_file import NoData
from assetgen.manifest.data_query import Datum
from assetgen.plan import data_values


def _column(path: str, text: str | bytes, name: str, pointer: str | None = None) -> list[Any]:
    data = text if isinstance(text, bytes) else text.encode()
    return [one.value for one in data_query.column(data_file.read(path, data), name, pointer)]


def _pointer(path: str, text: str, pointer: str) -> Any:
    found = data_query.at_pointer(data_file.read(path, text.encode()), pointer)
    return data_values.plain(found)


@pytest.mark.parametrize(
    ("path", "text", "values"),
    [
        pytest.param("a.csv", "name,ms\nx,1\ny,2\n", ["1", "2"], id="csv"),
        pytest.param("a.CSV", "\ufeffname,ms\r\nx,1\r\ny,2", ["1", "2"], id="windows"),
        pytest.param("a.csv", 'ms,name\n" 1 ","x, ""y"" \nz"\n', ["1"], id="quoted"),
        pytest.param("a.csv", "ms\n1\n\n2\n", ["1", "2"], id="empty-line"),
        pytest.param("a.csv", "name,ms\nx,1\ny,\nz,3\nw,\n,\n", ["1", "", "3"], id="empty-cells"),
        pytest.param("a.csv", "name,ms\n", [], id="no-rows"),
        pytest.param("a.tsv", "name\tms\nx, y\t1,5\n", ["1,5"], id="tsv"),
        pytest.param("a.json", '[{"ms": 1}, {"ms": 2.5}, {"ms": null}]', [1, 2.5], id="json"),
        pytest.param("a.yaml", "- ms: 1\n- {ms: '2'}\n", [1, "2"], id="yaml"),
        pytest.param("a.yml", "- ms: 1_000\n- ms: 12:30\n- ms: no\n", ["1_000", "12:30", "no"]),
        pytest.param("a.yml", "- ms: 1.5\n- ms: 2e3\n- ms: 2026-01-02\n", [1.5, 2e3, "2026-01-02"]),
    ],
)
def test_a_column_has_the_values_of_its_rows(path: str, text: str, values: list[Any]) -> None:
    assert _column(path, text, "ms") == values


def test_a_column_can_be_below_a_pointer() -> None:
    text = "[[runs]]\nms = 1\nday = 2026-01-02\n[[runs]]\nms = 2\nday = 2026-01-03\n"
    assert _column("a.toml", text, "ms", "/runs") == [1, 2]
    assert _column("a.toml", text, "day", "/runs") == ["2026-01-02", "2026-01-03"]


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", {"a/b": {"~x": [1, "two", {"3": True}]}}),
        ("/a~1b/~0x/0", 1),
        ("/a~1b/~0x/2/3", True),
        ("/a~1b/~0x", [1, "two", {"3": True}]),
    ],
)
def test_a_pointer_names_any_value(pointer: str, value: Any) -> None:
    text = '{"a/b": {"~x": [1, "two", {"3": true}]}}'
    assert _pointer("a.json", text, pointer) == value
    assert _pointer("a.yaml", text, pointer) == value


_REFUSED = [
    ("a.txt", b"ms\n1", "ms", None, "does not end in .csv"),
    ("a.csv", b"", "ms", None, "is empty"),
    ("a.csv", "ms\n1".encode("utf-16"), "ms", None, "is UTF-16"),
    ("a.csv", b"ms\n\xff", "ms", None, "is not UTF-8"),
    ("a.csv", b"ms;name\n1;x", "ms", None, "separates its columns by semicolons"),
    ("a.csv", b"ms\tname\n1\tx", "ms", None, "separates its columns by tabs"),
    ("a.csv", b"ms,name\n1", "ms", None, "the row has 1 cells, and the header has 2"),
    ("a.csv", b"ms,ms\n1,2", "ms", None, "two columns are called 'ms'"),
    ("a.csv", b"ms,\n1,2", "ms", None, "column 2 has no name"),
    ("a.csv", b"name,mss\nx,1", "ms", None, "has no column 'ms'; it has: 'name', 'mss'"),
    ("a.csv", b'ms\n"1\n', "ms", None, "cannot be read"),
    ("a.csv", b'ms\n"' + b"x" * 200_000 + b'"\n', "ms", None, "cannot be read"),
    ("a.csv", b"ms\n" + b"1\n" * 100_001, "ms", None, "more than 100000 rows"),
    ("a.csv", b"ms\n" + b"1\n" * 5_000_000, "ms", None, "bytes; at most"),
    ("a.csv", b"ms\n1", "ms", "/ms", "pointer is for JSON"),
    ("a.json", b"{", "ms", None, "is not JSON"),
    ("a.json", b"[NaN]", "ms", None, "NaN is not a number"),
    ("a.json", b"[" * 100_000, "ms", None, "nested too deeply"),
    ("a.json", b'{"ms": 1}', "ms", None, "is not a list of tables"),
    ("a.json", b"[1]", "ms", None, "is not a table"),
    ("a.json", b'[{"ms": 1}, {"m": 2}]', "ms", None, "a.json#/1 has no column 'ms'"),
    ("a.json", b'[{"ms": [1]}]', "ms", None, "is not a single value"),
    ("a.toml", b"a = ", "ms", None, "is not TOML"),
    ("a.yaml", b"a: [", "ms", None, "is not YAML"),
    ("a.yaml", b"- ms: !!python/object/apply:os.system ['x']", "ms", None, "is not YAML"),
    ("a.json", b'{"runs": [1, 2]}', None, "runs", "does not begin with a slash"),
    ("a.json", b'{"runs": [1, 2]}', None, "/run", "has no key 'run'; it has: 'runs'"),
    ("a.json", b'{"runs": [1, 2]}', None, "/runs/2", "has 2 entries"),
    ("a.json", b'{"runs": [1, 2]}', None, "/runs/01", "it is a list"),
    ("a.json", b'{"runs": [1, 2]}', None, "/runs/0/x", "it is a single value"),
    ("a.json", b"[" * 40 + b"]" * 40, None, "", "nested too deeply"),
    ("a.yaml", b"a: &a [*a]", None, "", "nested too deeply"),
    (
        "a.yaml",
        (
            b"a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\n"
            b"c: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\n"
            b"e: [*d,*d,*d,*d,*d,*d,*d,*d]"
        ),
        None,
        "",
        "too many values",
    ),
]


@pytest.mark.parametrize(("path", "data", "column", "pointer", "said"), _REFUSED)
def test_what_cannot_be_used_is_refused(
    path: str, data: bytes, column: str | None, pointer: str | None, said: str
) -> None:
    with pytest.raises(NoData, match=re.escape(said)) as refused:
        source = data_file.read(path, data)
        if column:
            data_query.column(source, column, pointer)
        else:
            data_query.at_pointer(source, pointer or "")
    assert refused.value.where is not None and refused.value.where.startswith(path)
    assert refused.value.cure is not None


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), ("-0.5", -0.5), ("+3", 3), ("1e3", 1000.0), (".5", 0.5), ("007", 7)],
)
def test_a_cell_can_be_a_number(text: str, number: float) -> None:
    assert data_query.number(text) == number


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("1,234", "write 1234, without separators"),
        ("12,345,678.5", "write 12345678.5, without separators"),
        ("1.234,5", "write 1234.5, with a decimal point"),
        ("3,5", "write 3.5, with a decimal point"),
        ("1 234", "write 1234"),
        ("1\u202f234", "write 1234"),
        ("1'234", "write 1234"),
        ("1_234", "write 1234"),
        ("41%", "write 41"),
        ("\u22125", "write -5"),
        ("\u0661", "write a number such as 12.5"),
        ("", "write a number such as 12.5"),
        ("NaN", "write a number such as 12.5"),
        ("0x10", "write a number such as 12.5"),
        ("9" * 60, "write a number such as 12.5"),
    ],
)
def test_a_cell_that_may_be_a_number_is_not_guessed(text: str, cure: str) -> None:
    assert data_query.number(text) is None
    assert str(data_query.better_number(text)) == cure


@given(st.sampled_from(sorted(data_file._READERS)), st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(suffix: str, data: bytes) -> None:
    try:
        source = data_file.read(f"a{suffix}", data)
        data_query.at_pointer(source, "")
    except NoData as exc:
        assert exc.cure is not None


@given(st.recursive(st.integers() | st.text() | st.booleans(), lambda x: st.lists(x)))
def test_each_value_knows_its_place(value: Any) -> None:
    import json

    source = data_file.read("a.json", json.dumps(value).encode())
    found = data_query.at_pointer(source, "")
    while isinstance(found, list) and found:
        found = found[-1]
    if isinstance(found, Datum):
        place = found.where.removeprefix("a.json").removeprefix("#")
        assert data_values.plain(data_query.at_pointer(source, place)) == found.value
