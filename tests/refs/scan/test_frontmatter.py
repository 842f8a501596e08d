"""Front matter: where it begins and ends, its values, and where they are."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assetgen.refs.scan import front_yaml
from assetgen.refs.scan.front_values import MAX_CHARACTERS, MAX_VALUES
from assetgen.refs.scan.frontmatter import Value, entries, split, values


def read(page: str, *, json: bool = False) -> list[Value]:
    front = split(page, json=json)
    assert front is not None
    return list(entries(front))


def said(page: str, *, json: bool = False) -> list[tuple[str, str]]:
    return [(entry.path, entry.value) for entry in read(page, json=json)]


def plain(page: str, *, json: bool = False) -> dict[str, Any]:
    front = split(page, json=json)
    assert front is not None
    return values(front)


_PAGES = {
    "yaml": ("---\ntitle: A\n---\nbody", "yaml", "title: A\n"),
    "line ends of Windows": ("---\r\ntitle: A\r\n---\r\nbody", "yaml", "title: A\r\n"),
    "byte order mark": ("\ufeff---\ntitle: A\n---\nbody", "yaml", "title: A\n"),
    "blanks after the fences": ("--- \t\ntitle: A\n---  \nbody", "yaml", "title: A\n"),
    "dots at the end": ("---\ntitle: A\n...\nbody", "yaml", "title: A\n"),
    "nothing in it": ("---\n---\nbody", "yaml", ""),
    "a rule within": ("---\na: |\n  ---\nb: c\n---\nbody", "yaml", "a: |\n  ---\nb: c\n"),
    "toml": ('+++\ntitle = "A"\n+++\nbody', "toml", 'title = "A"\n'),
    "json": ('{ "title": "}{" }\nbody', "json", '{ "title": "}{" }'),
}


@pytest.mark.parametrize(("page", "kind", "inner"), _PAGES.values(), ids=_PAGES.keys())
def test_front_matter_is_split_from_the_body_after_it(page: str, kind: str, inner: str) -> None:
    front = split(page, json=True)
    assert front is not None
    assert (front.kind, page[front.start : front.end], page[front.body :]) == (kind, inner, "body")


_PAGES_WITHOUT = {
    "empty": "",
    "text": "# Title\n\n---\na: b\n---\n",
    "not closed": "---\ntitle: A\n",
    "four dashes": "----\ntitle: A\n---\n",
    "behind text": "Text\n---\ntitle: A\n---\n",
    "text behind a blank line": "\n---\nText: and\nmore\n---\n",
    "a shortcode": "{{< figure >}}\n",
    "a tag of a template": "{% include x %}\n",
    "an open brace": '{ "title": "A"',
    "text after the brace": '{ "title": "A" } and more\n',
    "an open string": '{ "title": "A\n}\n',
}


@pytest.mark.parametrize("page", _PAGES_WITHOUT.values(), ids=_PAGES_WITHOUT.keys())
def test_a_page_without_front_matter_has_none(page: str) -> None:
    assert split(page, json=True) is None


def test_a_brace_begins_front_matter_only_if_json_is_allowed() -> None:
    assert split('{ "title": "A" }\n') is None


_STRINGS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "nested": ("hero:\n  image:\n    src: a.png", [("hero.image.src", "a.png")]),
    "lists": (
        "images:\n  - a.png\n  - src: b.png\n",
        [("images[0]", "a.png"), ("images[1].src", "b.png")],
    ),
    "flow": ("images: [a.png, {src: b.png}]", [("images[0]", "a.png"), ("images[1].src", "b.png")]),
    "quoted": ("a: \"x y\"\nb: 'it''s'", [("a", "x y"), ("b", "it's")]),
    "folded": ("a: >\n  x\n  y\nb: z", [("a", "x y\n"), ("b", "z")]),
    "a doubled key": ("a: x\na: y", [("a", "x"), ("a", "y")]),
    "an alias counts once": ("a: &x y.png\nb: *x\nc: z", [("a", "y.png"), ("c", "z")]),
    "a merge key": ("a: &x\n  b: y\nc:\n  <<: *x\n  d: z", [("a.b", "y"), ("c.d", "z")]),
    "a tag is ignored": (
        "a: !!python/object/apply:os.system [x]\nb: !x y",
        [("a[0]", "x"), ("b", "y")],
    ),
    "no texts": ("a: 1\nb: true\nc: ~\nd:", []),
    "numbers and dates that are texts": ("a: 1.10\nb: 2024-05-01\nc: 007\nd: yes", [
        ("a", "1.10"), ("b", "2024-05-01"), ("c", "007"), ("d", "yes"),
    ]),
    "a key that is no text": ("? [x]\n: y\na: b", [("a", "b")]),
    "text without keys": ("only words", []),
    "a list without keys": ("- a.png", []),
    # broken, and read line by line:
    "an unquoted colon": ("title: A: B\nimage: /a.png", [("title", "A: B"), ("image", "/a.png")]),
    "a tab": ("hero:\n\timage: /a.png # c\n", [("hero.image", "/a.png")]),
    "a template": ("title: {{ x }} y\nimage: \"/a.png\"", [("image", "/a.png")]),
    "broken, with lists": ("a: b: c\nl:\n  - x.png\n  - src: y.png\n    alt: Z: z", [
        ("a", "b: c"), ("l[0]", "x.png"), ("l[1].src", "y.png"), ("l[1].alt", "Z: z"),
    ]),
    "broken, with brackets": ("a: b: c\nm: [p.png, {q: 'r.png'}]\nn: [[", [
        ("a", "b: c"), ("m[0]", "p.png"), ("m[1].q", "r.png"),
    ]),
    "broken, with a block": ("a: b: c\nd: |\n  e: f\ng: h", [("a", "b: c"), ("g", "h")]),
    "a control character": ("a: x\x07\nb: y.png", [("a", "x\x07"), ("b", "y.png")]),
    "half of a pair": ("a: \ud83d\nb: y.png", [("a", "\ud83d"), ("b", "y.png")]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), _STRINGS.values(), ids=_STRINGS.keys())
def test_every_string_of_yaml_has_its_keys(text: str, expected: list[tuple[str, str]]) -> None:
    assert said(f"---\n{text}\n---\n") == expected


_TOML = """+++
title = "A \\"b\\" \\u00e9"
a.'b c' = 'lit\\n'   # "no"
images = ["x.png", '''
long''', {src = "y.png", alt.en = "Y"},
  "z.png"]
date = 2024-01-01T10:00:00Z
n = 3
[cover]
image = "c.png"
[[more]]
src = "1.png"
[[more]]
src = "2.png"
[more.deep]
src = "3.png"
+++
"""


def test_every_string_of_toml_has_its_keys() -> None:
    assert said(_TOML) == [
        ("title", 'A "b" é'),
        ("a.b c", "lit\\n"),
        ("images[0]", "x.png"),
        ("images[1]", "long"),
        ("images[2].src", "y.png"),
        ("images[2].alt.en", "Y"),
        ("images[3]", "z.png"),
        ("date", "2024-01-01T10:00:00Z"),
        ("cover.image", "c.png"),
        ("more[0].src", "1.png"),
        ("more[1].src", "2.png"),
        ("more[1].deep.src", "3.png"),
    ]


def test_broken_toml_is_read_after_the_broken_line() -> None:
    assert said('+++\ntitle = A b\nx = "\nimage = "a.png"\n+++\n')[-1] == ("image", "a.png")


def test_every_string_of_json_has_its_keys() -> None:
    page = (
        '{"title": "A \\ud83d\\ude00\\/", "images": ["a.png", {"src": "b.png"}], "n": 1, '
        '"t": null}\nbody'
    )
    assert said(page, json=True) == [
        ("title", "A 😀/"),
        ("images[0]", "a.png"),
        ("images[1].src", "b.png"),
    ]


def test_front_matter_is_plain_data() -> None:
    text = (
        "title: A\nn: 3\nok: true\nnone: ~\ntags: [x, y]\ndate: 2024-05-01\nhero:\n  "
        "src: a.png\nl: [{a: 1}, b]"
    )
    assert plain(f"---\n{text}\n---\n") == {
        "title": "A",
        "n": 3,
        "ok": True,
        "none": None,
        "tags": ["x", "y"],
        "date": "2024-05-01",
        "hero": {"src": "a.png"},
        "l": [{"a": 1}, "b"],
    }
    assert plain(_TOML)["more"] == [{"src": "1.png"}, {"src": "2.png", "deep": {"src": "3.png"}}]


@pytest.mark.parametrize(
    "page", ["---\n{}\n---\n", "---\r\n{}\r\n---\r\n", "\ufeff---\n😀: 😀\n{}\n---\n"]
)
@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("x.png", "x.png"),
        ('"😀 x.png"', "😀 x.png"),
        ("&a 'x.png'", "x.png"),
        ("!t x.png # c", "x.png"),
    ],
)
def test_a_string_has_its_place_in_the_page(page: str, written: str, value: str) -> None:
    page = page.replace("{}", f"cover:   {written}")
    [entry] = [entry for entry in read(page) if entry.path == "cover"]
    assert entry.span is not None
    assert page[slice(*entry.span)] == value == entry.value
    assert entry.at in (entry.span[0], entry.span[0] - 1)


def test_a_string_of_several_lines_has_a_beginning_and_no_span() -> None:
    page = "---\na: |\n  x\nb: x\n  y\nc: 'x\n  y'\n---\n"
    assert [(entry.span, page[entry.at]) for entry in read(page)] == [
        (None, "|"),
        (None, "x"),
        (None, "'"),
    ]


_BOMBS = {
    "lists in lists": "a: " + "[" * 50_000,
    "tables in tables": "a: " + "{a: " * 20_000,
    "dashes": "- " * 50_000,
    "deep by indentation": "\n".join(" " * depth + "a:" for depth in range(400)),
    "laughs": "a: &a [x]\n" + "\n".join(f"a{n}: &a{n} [{'*a, ' * 9}*a]" for n in range(9)),
    "many values": "a: [" + "x, " * 40_000 + "x]",
    "quotes": 'a: b: c\nx: "' + '" ' * 40_000,
    "keys": "a.b." * 30_000 + "c = 'x'",
    "open strings": 'x = "\n' * 20_000,
    "open lists": "x = [\n" * 20_000,
}


@pytest.mark.parametrize("fence", ["---", "+++"])
@pytest.mark.parametrize("text", _BOMBS.values(), ids=_BOMBS.keys())
def test_expanding_front_matter_is_read_up_to_the_limits(text: str, fence: str) -> None:
    page = f"{fence}\n{text}\n{fence}\n"
    found = read(page)
    assert len(found) <= MAX_VALUES
    assert sum(len(entry.path) for entry in found) < 8 * len(page)
    plain(page)


def test_front_matter_over_the_limit_is_read_by_lines_up_to_it() -> None:
    page = "---\nimage: a.png\n" + "# remark\n" * (MAX_CHARACTERS // 8) + "last: b.png\n---\n"
    assert said(page) == [("image", "a.png")]


_PIECES = st.lists(
    st.sampled_from(
        [
            *"-+.:#[]{}\"'|>&*!%@`,\\=?~ \n\t\r",
            "a",
            "b: ",
            "- ",
            "\n  ",
            "---",
            "+++",
            "😀",
            "\x00",
            "\ud800",
            '"""',
            "x.png",
        ]
    ),
    max_size=40,
).map("".join)


@settings(max_examples=300, deadline=None)
@example(", : 1", '{{"a":{}}}\n').via("a value without a key")
@given(
    _PIECES,
    st.sampled_from(
        ["---\n{}\n---\n", "+++\n{}\n+++\n", "{{{}}}\n", '{{"a":{}}}\n', "+++\na = {}\n+++\n"]
    ),
)
def test_any_front_matter_is_read_and_every_span_is_in_it(text: str, form: str) -> None:
    page = form.format(text)
    front = split(page, json=True)
    if front:
        values(front)
        for entry in entries(front):
            start, end = entry.span or (entry.at, entry.at)
            assert front.start <= start <= end <= front.end


_KEYS = st.text("abcdefgh_", min_size=1, max_size=8)
_TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=30
)


def _within(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, min_size=1, max_size=3) | st.dictionaries(
        _KEYS, inner, min_size=1, max_size=3
    )


_DATA = st.dictionaries(_KEYS, st.recursive(_TEXTS, _within, max_leaves=12), max_size=5)


@settings(max_examples=100, deadline=None)
@given(_DATA, st.booleans())
def test_yaml_that_pyyaml_writes_is_read_back(data: dict[str, Any], flow: bool) -> None:
    text = yaml.safe_dump(data, allow_unicode=True, default_flow_style=flow, width=10_000)
    page = f"---\n{text}---\n"
    assert plain(page) == data
    for entry in read(page):
        if entry.span and page[entry.span[0] - 1] not in "\"'":
            assert page[slice(*entry.span)] == entry.value


@settings(max_examples=100, deadline=None)
@given(_DATA)
def test_toml_that_tomlkit_writes_is_read_back(data: dict[str, Any]) -> None:
    import tomlkit

    assert plain(f"+++\n{tomlkit.dumps(data)}\n+++\n") == data


_WORDS = (
    st.text("abcXYZ0 ./-", min_size=1, max_size=20)
    .map(str.strip)
    .filter(lambda text: text not in ("", "-"))
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(_KEYS, _WORDS, min_size=1, max_size=6))
def test_lines_are_read_as_yaml_reads_them(data: dict[str, str]) -> None:
    text = "".join(f"{key}: {value}\n" for key, value in data.items())
    page = f"---\n{text}---\n"
    front = split(page)
    assert front is not None
    try:
        expected = front_yaml.read(page, front.start, front.end)
    except yaml.YAMLError:
        return
    assert front_yaml.read_lines(page, front.start, front.end) == expected
