"""A key in front matter is written, and every other character of the page stays as it is."""

from __future__ import annotations

import pytest

from assetgen.pages import front_key
from assetgen.pages.front_text import Value

_NEW = "/og/a.png"

# page before, key, page after; None where it is not certain.
_WRITTEN: dict[str, tuple[str, str, str | None]] = {
    "a new key": ("---\ntitle: A\n---\nx", "image", "---\ntitle: A\nimage: /og/a.png\n---\nx"),
    "line ends": (
        "---\r\nt: A\r\n---\r\nx",
        "image",
        "---\r\nt: A\r\nimage: /og/a.png\r\n---\r\nx",
    ),
    "a byte order mark": (
        "\ufeff---\nt: A\n---\n",
        "image",
        "\ufeff---\nt: A\nimage: /og/a.png\n---\n",
    ),
    "no front matter": ("# A\n", "image", "---\nimage: /og/a.png\n---\n\n# A\n"),
    "no front matter, with a mark": (
        "\ufeff# A\r\n",
        "a.b",
        "\ufeff---\r\na:\r\n  b: /og/a.png\r\n---\r\n\r\n# A\r\n",
    ),
    "an empty block": ("---\n---\nx", "image", "---\nimage: /og/a.png\n---\nx"),
    "only a comment": ("---\n# c\n---\n", "image", "---\n# c\nimage: /og/a.png\n---\n"),
    "another value": ("---\nimage: b.png # c\n---\n", "image", "---\nimage: /og/a.png # c\n---\n"),
    "single quotes": ("---\nimage: 'b'\n---\n", "image", "---\nimage: '/og/a.png'\n---\n"),
    "double quotes": ('---\nimage: ""\n---\n', "image", '---\nimage: "/og/a.png"\n---\n'),
    "an empty value": ("---\nimage: # c\n---\n", "image", "---\nimage: /og/a.png # c\n---\n"),
    "null": ("---\nimage: ~\n---\n", "image", "---\nimage: /og/a.png\n---\n"),
    "into a table": (
        "---\ncover:\n    alt: x # c\n    # d\nz: 1\n---\n",
        "cover.image",
        "---\ncover:\n    alt: x # c\n    image: /og/a.png\n    # d\nz: 1\n---\n",
    ),
    "into an empty table": (
        "---\ncover:\nz: 1\n---\n",
        "cover.image",
        "---\ncover:\n  image: /og/a.png\nz: 1\n---\n",
    ),
    "into braces": (
        "---\ncover: {alt: x}\n---\n",
        "cover.image",
        "---\ncover: {alt: x, image: /og/a.png}\n---\n",
    ),
    "deep": (
        "---\nhero:\n  image:\n    light: b.png\n---\n",
        "hero.image.dark",
        "---\nhero:\n  image:\n    light: b.png\n    dark: /og/a.png\n---\n",
    ),
    "a new list": ("---\nt: A\n---\n", "images[0]", "---\nt: A\nimages:\n  - /og/a.png\n---\n"),
    "the first of a list": (
        "---\nimages:\n- b\n- c\n---\n",
        "images[0]",
        "---\nimages:\n- /og/a.png\n- c\n---\n",
    ),
    "one more": (
        "---\nimages:\n  - b # c\n---\n",
        "images[1]",
        "---\nimages:\n  - b # c\n  - /og/a.png\n---\n",
    ),
    "brackets": ("---\nimages: []\n---\n", "images[0]", "---\nimages: [/og/a.png]\n---\n"),
    "a table in a list": (
        "---\nimages:\n  - alt: b\n---\n",
        "images[0].src",
        "---\nimages:\n  - alt: b\n    src: /og/a.png\n---\n",
    ),
    "below a block of text": (
        "---\nx: |+\n  b\n\n---\n",
        "image",
        "---\nx: |+\n  b\n\nimage: /og/a.png\n---\n",
    ),
    "a list that is too short": ("---\nimages: [b]\n---\n", "images[2]", None),
    "an anchor": ("---\nimage: &x b.png\n---\n", "image", None),
    "an alias": ("---\na: &x b\nimage: *x\n---\n", "image", None),
    "a key that is there twice": ("---\nimage: a\nimage: b\n---\n", "image", None),
    "a table instead of a text": ("---\nimage:\n  path: x\n---\n", "image", None),
    "a text instead of a table": ("---\ncover: x\n---\n", "cover.image", None),
    "a switch": ("---\nimage: false\n---\n", "image", None),
    "a block of text": ("---\nimage: >-\n  b.png\n---\n", "image", None),
    "broken YAML": ("---\nt: [a\n---\n", "image", None),
    "no end": ("---\nt: a\n", "image", None),
    "too deep": (f"---\na: {'[' * 5000}{']' * 5000}\n---\n", "image", None),
    "TOML": (
        "+++\nt = 'A' # c\n[x]\ny = 1\n+++\n",
        "image",
        "+++\nt = 'A' # c\nimage = \"/og/a.png\"\n[x]\ny = 1\n+++\n",
    ),
    "a quoted value of TOML": ("+++\nimage='b'\n+++\n", "image", "+++\nimage='/og/a.png'\n+++\n"),
    "a new table of TOML": (
        "+++\nt = 1\n+++\n",
        "cover.image",
        '+++\nt = 1\n\n[cover]\nimage = "/og/a.png"\n+++\n',
    ),
    "into a table of TOML": (
        "+++\n[cover]\nalt = 'x' # c\n[z]\n+++\n",
        "cover.image",
        "+++\n[cover]\nalt = 'x' # c\nimage = \"/og/a.png\"\n[z]\n+++\n",
    ),
    "dotted keys of TOML": (
        "+++\ncover.alt = 'x'\n+++\n",
        "cover.image",
        "+++\ncover.alt = 'x'\ncover.image = \"/og/a.png\"\n+++\n",
    ),
    "an inline table of TOML": (
        "+++\ncover = { alt = 'x' }\n+++\n",
        "cover.image",
        "+++\ncover = { alt = 'x', image = \"/og/a.png\" }\n+++\n",
    ),
    "a list of TOML": ("+++\n+++\n", "images[0]", '+++\nimages = ["/og/a.png"]\n+++\n'),
    "a list of tables": (
        "+++\n[[res]]\nb = 1\n[[res]]\nb = 2\n+++\n",
        "res[0].src",
        '+++\n[[res]]\nb = 1\nsrc = "/og/a.png"\n[[res]]\nb = 2\n+++\n',
    ),
    "a table and its dotted key": ("+++\n[cover.x]\na = 1\n+++\n", "cover.x", None),
    "JSON": ('{"t": "A"}\nx', "image", '{"t": "A", "image": "/og/a.png"}\nx'),
    "JSON on lines": (
        '{\n\t"t": "A"\n}\nx',
        "a.b",
        '{\n\t"t": "A",\n\t"a": { "b": "/og/a.png" }\n}\nx',
    ),
    "null in JSON": ('{"image": null}\n', "image", '{"image": "/og/a.png"}\n'),
}


@pytest.mark.parametrize("row", _WRITTEN.values(), ids=_WRITTEN)
def test_a_key_is_written_or_nothing(row: tuple[str, str, str | None]) -> None:
    before, key, after = row
    made = front_key.edit(before, "a.md", key, _NEW, is_site=False)
    found = made and before[: made.span[0]] + made.new + before[made.span[1] :]
    assert found == after
    if found is not None:
        assert front_key.edit(found, "a.md", key, _NEW, is_site=False) is not None


@pytest.mark.parametrize(
    ("page", "is_site", "is_written"),
    [("a.mdx", False, True), ("a.html", False, False), ("a.html", True, True)],
)
def test_pages_without_front_matter_get_it_where_a_generator_reads_it(
    page: str, is_site: bool, is_written: bool
) -> None:
    assert bool(front_key.edit("<p>A</p>", page, "image", _NEW, is_site=is_site)) is is_written


_META: Value = {"tag": "meta", "attrs": {"property": "og:image", "content": _NEW}}
_LINES = "- tag: meta\n  attrs:\n    property: og:image\n    content: /og/a.png\n"
_TOML = 'tag = "meta"\nattrs = { property = "og:image", content = "/og/a.png" }\n'

# page before, key, page after; None where it is not certain.
_ELEMENTS: dict[str, tuple[str, str, str | None]] = {
    "no head": (
        "---\nt: A\n---\nx",
        "head[0]",
        "---\nt: A\nhead:\n  " + _LINES.replace("\n", "\n  ")[:-2] + "---\nx",
    ),
    "line ends": (
        "---\r\nhead:\r\n- tag: title # c\r\n---\r\nx",
        "head[1]",
        f"---\nhead:\n- tag: title # c\n{_LINES}---\nx".replace("\n", "\r\n"),
    ),
    "an empty head": (
        "---\nhead: # c\nz: 1\n---\n",
        "head[0]",
        f"---\nhead: # c\n{_LINES}z: 1\n---\n",
    ),
    "an empty head without a remark": (
        "---\nhead:\nz: 1\n---\n",
        "head[0]",
        f"---\nhead:\n{_LINES}z: 1\n---\n",
    ),
    "other entries": (
        "---\nhead:\n    - tag: script\n      attrs: {src: a.js}\n    # c\nz: 1\n---\n",
        "head[1]",
        "---\nhead:\n    - tag: script\n      attrs: {src: a.js}\n    "
        + _LINES.replace("\n", "\n    ")[:-4]
        + "    # c\nz: 1\n---\n",
    ),
    "a quoted key and brackets": (
        '---\n"head": [{tag: title}]\n---\n',
        "head[1]",
        (
            '---\n"head": [{tag: title}, {tag: meta, attrs: {property: og:image, '
            "content: /og/a.png}}]\n---\n"
        ),
    ),
    "an anchor above": (
        "---\nhead:\n  - &a\n    tag: title\n---\n",
        "head[1]",
        "---\nhead:\n  - &a\n    tag: title\n  " + _LINES.replace("\n", "\n  ")[:-2] + "---\n",
    ),
    "no front matter": (
        "# A\n",
        "head[0]",
        "---\nhead:\n  " + _LINES.replace("\n", "\n  ")[:-2] + "---\n\n# A\n",
    ),
    "tables of TOML": (
        "+++\n[[head]]\ntag = 'title'\n[x]\n+++\n",
        "head[1]",
        f"+++\n[[head]]\ntag = 'title'\n[x]\n\n[[head]]\n{_TOML}+++\n",
    ),
    "JSON": (
        '{"head": []}\n',
        "head[0]",
        (
            '{"head": [{ "tag": "meta", "attrs": '
            '{ "property": "og:image", "content": "/og/a.png" } }]}\n'
        ),
    ),
    "a text instead of a list": ("---\nhead: x\n---\n", "head[0]", None),
}


@pytest.mark.parametrize("row", _ELEMENTS.values(), ids=_ELEMENTS)
def test_an_element_is_added_and_nothing_else_changed(row: tuple[str, str, str | None]) -> None:
    before, key, after = row
    made = front_key.edit(before, "a.md", key, _META, is_site=False)
    assert (made and before[: made.span[0]] + made.new + before[made.span[1] :]) == after
