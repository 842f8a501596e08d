"""Random, repetitive and long pages: each is read to its end, in a time that fits its length."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.refs.languages import KNOWN
from assetgen.refs.scan import hints
from assetgen.refs.scan.scan import find
from tests.support.rows import every

_PIECES = st.sampled_from(
    [
        *(
            "<img ",
            "<Image",
            "src=",
            '"',
            "'",
            "`",
            "{",
            "}",
            "/>",
            ">",
            "![",
            "](",
            ")",
            "]",
            "[",
            "a.png",
            "/a.png",
        ),
        *(
            " ",
            "\n",
            "\n\n",
            "    ",
            "```",
            "---\n",
            "<!--",
            "-->",
            "{/*",
            "*/}",
            "import a from './a.png'\n",
            "${",
        ),
        *(
            "alt",
            "\\",
            "é🎉",
            "url(",
            "<style>",
            "</style>",
            "<script>",
            "</script>",
            "> ",
            "- ",
            "1. ",
            "=",
            ":",
        ),
        *("{{< figure ", ">}}", "//", "...x"),
    ]
)


@settings(deadline=None)
@given(st.lists(_PIECES, max_size=30).map("".join), st.sampled_from(sorted(KNOWN)))
def test_any_page_is_scanned_and_every_span_is_in_it(text: str, suffix: str) -> None:
    for row in find(f"a.{suffix}", text.encode()):
        first, last = row.marks.raw
        assert 0 <= first <= last <= len(text)
        assert 1 <= row.line <= text.count("\n") + 1 and row.col >= 1
        assert row.raw and not row.raw.startswith(("data:", "#"))


@pytest.mark.parametrize(
    "mark",
    every(
        2,
        [
            "<",
            "{",
            "![",
            "[",
            "`",
            "` ` ``",
            "<a ",
            "<a b='",
            "{`${",
            "{/*",
            "(",
            "> ",
            "- ",
            "<script>",
            "<a b={",
            "export const a = (\n",
            "[a](((",
            "[]({{a}}{{a}}",
            "<!-- ",
            "<a /* ",
            "{{< a ",
            '{{< a "',
            "x\nimport a from b\n",
        ],
    ),
)
def test_a_page_that_repeats_a_mark_is_read_to_its_end(mark: str) -> None:
    """In exponential time, this would never end."""
    for file in ("a.mdx", "a.md"):
        assert isinstance(find(file, (mark * 5_000 + "![A](a.png)").encode()), list)


_LONG = {
    # file, text, how many references it contains; in quadratic time, this would never end
    "branches": ("a.tsx", "const a = <img src={" + 'b ? "/a.png" : ' * 3_000 + '""} />', 3_000),
    "a sum": ("a.ts", "const a = " + '"/a.png" + ' * 4_000 + '""', 1),
    "lists in each other": ("a.ts", "const a = " + "[" * 4_000 + '"/a.png"' + "]" * 4_000, 1),
    "elements that are never closed": ("a.tsx", '<img src="/a.png">' * 4_000, 4_000),
    "code with characters of two bytes": ("a.js", "// é\n" + 'x("/a.png");\n' * 20_000, 20_000),
    "elements with characters of two bytes": (
        "a.tsx",
        "const a = <>é" + '<img src="/a.png" />\n' * 10_000 + "</>",
        10_000,
    ),
    "imports": (
        "a.tsx",
        "".join(f'import a{n} from "./a.png"\n' for n in range(4_000))
        + "const b = <>"
        + "".join(f"<img src={{a{n}}} />" for n in range(4_000))
        + "</>",
        8_000,
    ),
    "imports of MDX": (
        "a.mdx",
        "".join(f'import a{n} from "./a.png"\n' for n in range(2_000))
        + "".join(f"\n\n<img src={{a{n}}} />" for n in range(2_000)),
        4_000,
    ),
    "a srcset of commas": ("a.html", '<img srcset="' + "," * 50_000 + '"><img src="/a.png">', 1),
    "holes that are never closed": (
        "a.ts",
        "const a = `" + "url(${" * 3_000 + "`; const b = '/a.png'",
        1,
    ),
}


@pytest.mark.parametrize(("file", "text", "count"), every(2, _LONG.values()), ids=_LONG)
def test_a_long_file_is_read_to_its_end(file: str, text: str, count: int) -> None:
    assert len(find(file, text.encode())) == count


@pytest.mark.parametrize(
    ("text", "has_any"),
    {
        "a.png": True,
        "url('a.SVG')": True,
        "a.icon and a.png-old": False,
        "<ui.Image src": True,
        "<IMG>": True,
        "<Imagery>": False,
        "og:image": True,
        "background: URL( '${x}')": True,
        "call(${x})": False,
        "x\n- ogImage: /a": True,
        "x, image: /a\ncover = '/a'": True,
        "an image: it recovers: x\nand banner :": False,
        "![": True,
    }.items(),
)
def test_a_file_without_hints_is_not_read(text: str, has_any: bool) -> None:
    assert hints.are_in(text.encode()) == has_any
