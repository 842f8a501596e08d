"""The work that a file takes grows with its length, whatever is repeated in it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from assetgen.refs.scan.scan import Scanned, read
from tests.support.rows import every

_SMALL = 20_000

_TEXTS = {
    # suffix, what comes first, what is repeated
    "holes in a target": ("md", "![a](", "{{"),
    "labels": ("md", "", "!["),
    "links without an end": ("md", "", "[a](b"),
    "white space in a target": ("md", "![a](", " "),
    "titles": ("md", "", '[a](b "'),
    "ticks": ("md", "", "`a``b```c````d"),
    "quotes in each other": ("md", "", ">"),
    "lists in each other": ("md", "", "- "),
    "shortcodes": ("md", "", "{{< a "),
    "attributes of Markdown": ("md", "", "<a b={"),
    "emphasis in a label": ("md", "![", "*a _b"),
    "scripts without an end": ("md", "", "<script "),
    "braces": ("mdx", "", "{"),
    "comments in braces": ("mdx", "", "{/*"),
    "strings in braces": ("mdx", "", "{'\\"),
    "templates in braces": ("mdx", "", "{`${"),
    "exports": ("mdx", "", "export const a = (\n"),
    "a long export": ("mdx", "export const a = b,\n", "c,\n"),
    "holes in attributes": ("html", "", '<a b="{{'),
    "elements of HTML": ("html", "", "<Image>"),
    "escaped quotes": ("json", "[", '"\\'),
    "objects in each other": ("json", "", '{"a":"b",'),
    "a list below a long key": ("json", '{"' + "a" * 10_000 + '":[', '"b",'),
    "elements in code": ("tsx", "", "<Image>"),
    "elements beside each other": ("tsx", "", "<Image/>"),
    "elements with sources": ("tsx", "", "<Image src='a.png'>"),
    "comments of HTML in code": ("tsx", "", "<!--\n>"),
    "elements in elements in code": ("js", "", "b ~~~<Image "),
    "a glob": ("js", "import.meta.glob([", "'a.png',"),
    "comments in code": ("js", "", "a=/*import ;\n"),
    "calls of calls": ("js", "a", "('a.png')"),
    "an assignment to a list": ("js", "[" + "a," * 5_000 + "]=[", "'a.png',"),
    "image sets": ("css", "a{b:image-set(", '"a.png" '),
    "URLs": ("css", "", "url("),
    "keys of YAML": ("yml", "a: {\nb", " "),
    "brackets of YAML": ("yml", "a: ", "["),
    "values of YAML": ("yml", "a: {\nb: c", " "),
    "holes of templates": ("njk", "", "{{ 'a "),
    "tags of templates": ("njk", "", "{% a='"),
    "comments of templates": ("njk", "", "{# {% comment %}"),
    "holes in quotes": ("njk", "<img src='", '{{ "a.png" }} '),
    "holes in a source set": ("njk", "<img srcset='", "{{ a"),
    "holes in JSON": ("json", '["', "{{a} "),
    "holes in URLs": ("css", "", "url({{ a "),
    "properties of components": ("md", "", "::a\n---\n"),
    "components without an end": ("md", "", " :a{b "),
    "labels of components": ("md", "", " :a[b"),
    "regular expressions": ("mdx", "{", "=/[a"),
    "expressions of Svelte": ("svelte", "", "{#if /a"),
    "fences of Astro": ("astro", "---\n", "{{\\/*"),
}


def _scanned(name: str, size: int) -> Scanned:
    suffix, first, unit = _TEXTS[name]
    text = first + unit * (size // len(unit))
    ends = {"yml": "x\nimage: /img/a.png\n", "json": '"cover.png"]}', "css": "a.png"}
    end = ends.get(suffix, "\n![x](a.png)\n<img src='a.png'>")
    return read(f"page.{suffix}", (text + end).encode())


@pytest.mark.parametrize("name", every(3, _TEXTS))
def test_twice_the_text_takes_at_most_twice_the_steps(name: str) -> None:
    once, twice = _scanned(name, _SMALL), _scanned(name, 2 * _SMALL)
    # The parser of code takes the square of the open elements: that stays within a fixed part.
    fixed = 400_000 if _TEXTS[name][0] in ("js", "tsx") else 500
    assert twice.steps <= 2.3 * once.steps + fixed or not twice.is_whole
    for found, size in ((once, _SMALL), (twice, 2 * _SMALL)):  # never more than the budget
        assert found.steps <= 600_000 + 6 * (size + 25_000) or not found.is_whole


_CODE = """
import sys
sys.path.insert(0, {root!r})
from tests.refs.scan.test_growth import _TEXTS, _scanned
for name in _TEXTS:
    _scanned(name, 300_000)
"""


@pytest.mark.more
def test_large_texts_of_every_kind_are_done_in_seconds() -> None:
    """What a regular expression or the parser does is not counted: one that hangs is seen here."""
    root = str(Path(__file__).parents[3])
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", _CODE.format(root=root)], check=True, timeout=170)
    assert time.monotonic() - began < 170


@pytest.mark.parametrize("name", ["braces", "elements beside each other"])
def test_a_file_that_takes_too_many_steps_is_not_read(name: str) -> None:
    found = _scanned(name, 200_000)
    assert not found.is_whole and not found.rows


def test_a_file_that_is_too_large_is_not_read() -> None:
    assert not read("page.md", b"![a](a.png)\n" * 800_000).is_whole


def test_real_pages_take_a_small_part_of_the_steps() -> None:
    page = "# A heading\n\nSome *words* and a [link](/b), `code` and {braces}.\n\n![a](/a.png)\n\n"
    for suffix in ("md", "mdx"):
        found = read(f"page.{suffix}", (page * 1_000).encode())
        assert found.is_whole and len(found.rows) == 1_000
        assert found.steps < len(page) * 1_000
