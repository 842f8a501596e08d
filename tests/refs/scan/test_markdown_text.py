"""The words of inline Markdown: what a renderer writes into an alt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.refs.scan.markdown_text import words

_WORDS = {
    "none": ("", ""),
    "plain": ("A map, of 2 * 3 km", "A map, of 2 * 3 km"),
    "code": ("The `]` key and ``a ` b``", "The ] key and a ` b"),
    "code with stars": ("`**a**`", "**a**"),
    "a lone backtick": ("a ` b", "a ` b"),
    "emphasis": ("*a* __b__ ***c*** ~~d~~", "a b c d"),
    "emphasis in emphasis": ("**a *b* c**", "a b c"),
    "emphasis within a word": ("un*believ*able", "unbelievable"),
    "underscores within a word": ("snake_case_name and __init__.py", "snake_case_name and init.py"),
    "stars that close nothing": ("**a and b*", "*a and b"),
    "marks alone": ("a * b * c _ d", "a * b * c _ d"),
    "a link": ('[a *b*](https://x.org/ "t") c', "a b c"),
    "a picture": ("![a](b.png) c", "a c"),
    "brackets": ("a [b] c", "a [b] c"),
    "an element": ("a <b>c</b><br>", "a c"),
    "a URL": ("<https://x.org>", "https://x.org"),
    "less than": ("a < b > c", "a < b > c"),
    "escapes": (r"\*a\* \[b\] \d", r"*a* [b] \d"),
    "entities": ("a &amp; b &lt;c&gt; &nothing", "a & b <c> &nothing"),
    "two lines": ("a\n*b\nc*", "a\nb\nc"),
}


@pytest.mark.parametrize(("markdown", "expected"), _WORDS.values(), ids=_WORDS)
def test_the_words_are(markdown: str, expected: str) -> None:
    assert words(markdown) == expected


@given(st.text("ab *_~`[]()!<>\\&;\n"))
def test_nothing_is_added(markdown: str) -> None:
    rest = iter(markdown)
    assert all(sign in rest for sign in words(markdown))
