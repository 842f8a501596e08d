"""toml_positions: the place of a key, in every way in which TOML may write it."""

from __future__ import annotations

import pytest

from assetgen.manifest.toml_positions import Key, line_of, positions

Places = dict[Key, int]

_DOCUMENTS: dict[str, tuple[str, Places]] = {
    "plain keys": ("a = 1\n\n# b = 2\nc = 3", {("a",): 1, ("c",): 4}),
    "dotted key": ("a.b = 1\na.c = 2", {("a",): 1, ("a", "b"): 1, ("a", "c"): 2}),
    "spaced dots": ("a . b = 1", {("a", "b"): 1}),
    "quoted key with a dot": ("\"a.b\" = 1\n'c.d' = 2", {("a.b",): 1, ("c.d",): 2}),
    "quoted key with a bracket": ('["a]b"]\nx = 1', {("a]b",): 1, ("a]b", "x"): 2}),
    "quoted key with an escape": ('"\\u00e9\\"" = 1', {('\u00e9"',): 1}),
    "table": ("[a]\nb = 1", {("a",): 1, ("a", "b"): 2}),
    "table with a comment": ("[a] # [b]\nc = 1", {("a",): 1, ("a", "c"): 2}),
    "indented table": ("  [ a . b ]\n  c = 1", {("a", "b"): 1, ("a", "b", "c"): 2}),
    "array of tables": (
        "[[a]]\nx = 1\n[[a]]\nx = 2",
        {("a",): 1, ("a", 0): 1, ("a", 0, "x"): 2, ("a", 1): 3, ("a", 1, "x"): 4},
    ),
    "table inside an array": (
        "[[a]]\n[a.b]\nx = 1\n[[a]]\n[a.b]\nx = 2",
        {("a", 0, "b", "x"): 3, ("a", 1, "b", "x"): 6},
    ),
    "array inside an array": (
        "[[a]]\n[[a.b]]\nx = 1\n[[a.b]]\nx = 2\n[[a]]\n[[a.b]]\nx = 3",
        {("a", 0, "b", 0, "x"): 3, ("a", 0, "b", 1, "x"): 5, ("a", 1, "b", 0, "x"): 8},
    ),
    "list over lines": ('a = [\n  "]", # ]\n  1,\n]\nb = 2', {("a",): 1, ("b",): 5}),
    "header-like line in a list": ("a = [\n[1],\n[2],\n]\nb = 2", {("a",): 1, ("b",): 5}),
    "inline table": ("a = { b = 1, c = [1, 2] }\nd = 1", {("a",): 1, ("d",): 2}),
    "comment with a bracket": ("a = 1 # [\nb = 2", {("a",): 1, ("b",): 2}),
    "string with a number sign": ("a = '#['\nb = \"#[\"\nc = 1", {("a",): 1, ("b",): 2, ("c",): 3}),
    "escaped quote": ('a = "\\"["\nb = 1', {("a",): 1, ("b",): 2}),
    "long string": ('a = """\n[x]\ny = 1\n"""\nb = 2', {("a",): 1, ("b",): 5}),
    "long string on one line": ('a = """x""" # "\nb = 2', {("a",): 1, ("b",): 2}),
    "long string with a number sign": ('a = """\nx # y"""\nb = 2', {("a",): 1, ("b",): 3}),
    "long string with a quote": ('a = """\nit"s """\nb = 2', {("a",): 1, ("b",): 3}),
    "long string with an escaped end": ('a = """\nx\\""" y"""\nb = 2', {("a",): 1, ("b",): 3}),
    "long string that ends in quotes": ('a = """x"""""\nb = 2', {("a",): 1, ("b",): 2}),
    "long string in quotes": ('a = """"x""""\nb = 2', {("a",): 1, ("b",): 2}),
    "long string that ends in a backslash line": (
        'a = """x \\\n  y"""\nb = 2',
        {("a",): 1, ("b",): 3},
    ),
    "long literal with an apostrophe": ("a = '''\ndon't '''\nb = 2", {("a",): 1, ("b",): 3}),
    "long literal with a backslash": ("a = '''C:\\'''\nb = 2", {("a",): 1, ("b",): 2}),
    "long literal with a quote": ("a = '''\nsay \"hi '''\nb = 2", {("a",): 1, ("b",): 3}),
    "long strings in a list": ("a = [\"\"\"\n]\"\"\"\n, '''[\n''']\nb = 2", {("a",): 1, ("b",): 5}),
}


@pytest.mark.parametrize(("text", "expected"), _DOCUMENTS.values(), ids=_DOCUMENTS)
def test_each_key_is_found_on_its_line(text: str, expected: Places) -> None:
    found = {key: place.line for key, place in positions(text).items()}
    assert {key: found.get(key) for key in expected} == expected


@pytest.mark.parametrize(("text", "_expected"), _DOCUMENTS.values(), ids=_DOCUMENTS)
def test_nothing_inside_a_value_is_read_as_a_key(text: str, _expected: Places) -> None:
    import tomli

    document = tomli.loads(text)
    for key in positions(text):
        value: object = document
        for part in key:
            assert isinstance(value, (dict, list)), key
            value = value[part]  # type: ignore[index]


def test_a_table_that_is_written_twice_is_at_its_first_place() -> None:
    assert positions("[a.b]\nx = 1\n[a.c]\ny = 1")[("a", "b")] == (1, 1)


def test_a_key_inside_a_value_is_on_the_line_of_its_nearest_parent() -> None:
    text = "[[asset]]\nfit = { width = 1 }\n"
    assert line_of(text, ("asset", 0, "fit", "width")) == 2
    assert line_of(text, ("asset", 0, "alt")) == 1
    assert line_of(text, ("style",)) is None


def test_half_a_document_has_positions_too() -> None:
    for end in range(len(text := 'a = """x\n[b]\nc = [1, # "\n2]')):
        positions(text[:end])
