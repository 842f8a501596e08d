"""Images in Markdown, compared with markdown-it.

It reads CommonMark with the tables and the strikethrough of GitHub.

Intended differences, which the documents here avoid:

- front matter, MDX and Hugo's shortcodes are no CommonMark;
- ``<img>`` is an element to us, and raw HTML to markdown-it: elements are not compared;
- an image without a target (``![x]()``) names no file;
- ``=640x480`` after a target and ``{width=640}`` after an image declare a size (MkDocs, Hugo);
- admonitions, footnotes and definition lists (``!!!``, ``[^1]:``, ``: ``) indent their contents by
  four (Python-Markdown), which is code in CommonMark;
- a definition right below a paragraph counts (Python-Markdown), and one in a list item too;
- cells beyond the columns of a table are read: no renderer shows them, but the author wrote them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from assetgen.refs.scan.scan import find

Image = tuple[str, str]
"""Target and alternative text."""


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


_PARSER = _parser()


def _rendered(text: str) -> list[Image]:
    return [image for image in _images(_PARSER.parse(text)) if image[0].strip()]


def _images(tokens: Sequence[Token]) -> Iterator[Image]:
    for token in tokens:
        if token.type == "image":
            yield str(token.attrs["src"]), _alt(token.children or ())
        else:
            yield from _images(token.children or ())


def _alt(tokens: Sequence[Token]) -> str:
    parts = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif token.type == "image":
            parts.append(_alt(token.children or ()))
        elif token.type in ("text", "code_inline"):
            parts.append(token.content)
    return "".join(parts)


def _found(text: str) -> list[Image]:
    rows = find("page.md", text.encode())
    return [(row.raw, row.alt or "") for row in rows if row.kind == "md_image"]


_DOCUMENTS = {
    "an image": "![a](b.png)\n",
    "a title": "![a](b.png \"t\") ![c](d.png 't') ![e](f.png (t))\n",
    "an unclosed title": '![a](b.png "t)\n',
    "a target in angles": "![a](<b c.png>) ![d](<e.png> 't')\n",
    "brackets in a target": "![a](b(c(d)).png) ![e](f\\)g.png)\n",
    "a blank in a target": "![a](b c.png)\n",
    "escapes": "\\![a](b.png) !\\[c](d.png) ![e\\]f](g.png) ![\\*h\\*](i\\_j.png)\n",
    "entities": "![&amp; &copy; &#65;](a&amp;b.png)\n",
    "emphasis in an alternative text": "![a *b* __c__ `d` ~~e~~](f.png)\n",
    "a link in an alternative text": "![a [b](c) d](e.png)\n",
    "an image in an alternative text": "![a ![b](c.png) d](e.png)\n",
    "an element in an alternative text": "![a <b>c</b>](d.png)\n",
    "an image in a link": "[![a](b.png)](c.html) [d ![e](f.png)](g.html)\n",
    "an image in emphasis": "**![a](b.png)** ~~![c](d.png)~~\n",
    "an image over lines": '![a\nb](c.png\n"t")\n',
    "an image over a blank line": "![a\n\nb](c.png)\n",
    "code spans": "`![a](b.png)` ``![c](`d.png)`` ![`]`](e.png) `![f](g.png)\n",
    "a code span ends with its paragraph": "a ` b\n\n![c](d.png) ` e\n",
    "a code span ends with its list item": "- a ` b\n- ![c](d.png) ` e\n",
    "a label ends with its list item": "- ![a\n- b](c.png)\n",
    "a label ends at a heading": "![a\n# b](c.png)\n",
    "a label ends at a quote": "![a\n> b](c.png)\n",
    "a label in a quote": "> ![a\n> b](c.png)\n",
    "references": "![a][r] ![r][] ![r] ![R ] ![x][r]\n\n[r]: b.png 't'\n",
    "references without a definition": "![a][r] ![r]\n\n[s]: b.png\n",
    "the first definition counts": "![r]\n\n[r]: a.png\n[R]: b.png\n",
    "a definition over lines": "![r]\n\n[r]:\n  <a b.png>\n  'title'\n",
    "a definition with text after it": "![r]\n\n[r]: a.png b\n",
    "a definition that looks like an image": "[r]: ![r](a.png)\n",
    "a title that looks like an image": '[r]: a.png "![b](c.png)"\n',
    "a definition in a quote": "![r]\n\n> [r]: a.png\n",
    "an autolink": "<http://a.b/![c](d.png)>\n",
    "an autolink before an image": "<http://a.b/> ![c](d.png)\n\n> ![e](f.png)\n",
    "an attribute": '<a title="![b](c.png)">\n',
    "a comment": "a <!-- ![b](c.png) --> ![d](e.png)\n",
    "a block of HTML": "<div>\n![a](b.png)\n\n![c](d.png)\n</div>\n",
    "a block of raw text": "<pre>\n![a](b.png)\n\n![c](d.png)\n</pre>\n![e](f.png)\n",
    "a declaration": "<!DOCTYPE ![a](b.png)>\n",
    "an instruction": "<?php\n\n![a](b.png) ?>\n![c](d.png)\n",
    "a data section": "<![CDATA[\n\n![a](b.png)\n]]>\n![c](d.png)\n",
    "an element alone in a line": "<x-y>\n![a](b.png)\n",
    "an element alone below text": "text\n<x-y>\n![a](b.png)\n",
    "an element alone below a heading": "text\n===\n<x-y>\n![a](b.png)\n",
    "a fence": "```js\n![a](b.png)\n```\n![c](d.png)\n",
    "a fence of tildes": "~~~\n![a](b.png)\n```\n![c](d.png)\n~~~\n",
    "a longer fence": "````\n![a](b.png)\n```\n![c](d.png)\n````\n![e](f.png)\n",
    "a fence without an end": "```\n![a](b.png)\n",
    "no fence: a backtick in its info": "``` a`\n![b](c.png)\n",
    "a fence in a list": "- a\n\n  ```\n  ![b](c.png)\n  ```\n\n  ![d](e.png)\n",
    "a fence that its list item ends": "- ```\n  ![a](b.png)\n\n![c](d.png)\n",
    "a fence in a quote": "> ```\n> ![a](b.png)\n> ```\n> ![c](d.png)\n",
    "a fence that its quote ends": "> ```\n> ![a](b.png)\n\n![c](d.png)\n",
    "a fence below a quote": "> a\n```\n![b](c.png)\n```\n",
    "a fence in a quote in a list": "- > ```\n  > ![a](b.png)\n  > ```\n  > ![c](d.png)\n",
    "a fence in a list in a quote": "> - ```\n>   ![a](b.png)\n>   ```\n> - ![c](d.png)\n",
    "indented code first": "    ![a](b.png)\n",
    "indented code below a heading": "# a\n    ![b](c.png)\n",
    "indented code below a fence": "```\n```\n    ![a](b.png)\n",
    "indented code in a quote": ">     ![a](b.png)\n",
    "indented code in a list": "- a\n\n      ![b](c.png)\n\n  ![d](e.png)\n",
    "indented code after a marker": "-     ![a](b.png)\n",
    "no indented code below text": "a\n    ![b](c.png)\n",
    "a tab": "a\n\n\t![b](c.png)\n\n-\t![d](e.png)\n\n\t![f](g.png)\n",
    "lists in lists": "- a\n  1. ![b](c.png)\n\n     ![d](e.png)\n- ![f](g.png)\n",
    "an empty item": "-\n\n    ![a](b.png)\n",
    "an item that begins in its next line": "-\n  ![a](b.png)\n",
    "quotes in quotes": "> > ![a](b.png)\n> ![c](d.png)\n>\n> ![e](f.png)\n",
    "a lazy line": "> a\n![b](c.png)\n",
    "a block of HTML below a quote": "> a\n<p>\n![b](c.png)\n",
    "a table": "| a | b |\n|---|---|\n| ![c](d.png) | `x` ![e](f.png) |\n",
    "headings and rules": "# ![a](b.png)\n![c](d.png)\n---\n***\n![e](f.png)\n",
    "line ends of Windows": "![a][r]\r\n\r\n```\r\n![b](c.png)\r\n```\r\n\r\n[r]: d.png\r\n",
}


@pytest.mark.parametrize("text", _DOCUMENTS.values(), ids=_DOCUMENTS)
def test_markdown_it_finds_the_same_images_in(text: str) -> None:
    assert _found(text) == _rendered(text)


def test_an_image_without_a_target_is_not_reported() -> None:
    assert _found("![a]() ![b](<>)") == []


def test_a_definition_right_below_a_paragraph_counts() -> None:
    assert _found("![a][r]\n[r]: b.png\n") == [("b.png", "a")]
    assert _rendered("![a][r]\n[r]: b.png\n") == []


# -- documents made at random ----------------------------------------------------------------------

_LABELS = st.sampled_from(
    ["a", "a *b*", "`c`", "a [b] c", "![a](b.png)", "[a](b)", "&amp;", "a\\]b", "~~a~~", " a ", ""]
)
_TARGETS = st.sampled_from(
    ["b.png", "<b c.png>", "b(c).png", " b.png ", "b.png 't'", 'b.png "t"', "b\\)c.png", "b c.png"]
)
_IMAGES = st.builds("![{}]({})".format, _LABELS, _TARGETS)
_REFERENCES = st.sampled_from(["![r]", "![a][r]", "![r][]", "![s]", "[![r]](c)", "[a ![r]](c)"])
_OTHERS = st.sampled_from(
    [
        *("text", "*em*", "`code`", "``a`b``", "`", "\\", "<b>", "</b>", "<!-- x -->", "[link](x)"),
        *(
            "`![a](b.png)`",
            "<http://a.b/>",
            "&copy;",
            "[",
            "]",
            "**",
            "![",
            "](b.png)",
            "a\nb",
            "!",
        ),
    ]
)
_INLINE = st.lists(_IMAGES | _REFERENCES | _OTHERS, min_size=1, max_size=4).map(" ".join)
_LINES = _INLINE.map(lambda text: text.split("\n"))
_Block = list[str]


def _fenced(lines: _Block, fence: str) -> _Block:
    return [fence, *lines, fence[:3] if fence[3:].isalpha() else fence]


def _quoted(lines: _Block) -> _Block:
    return [f"> {line}".rstrip() for line in lines]


def _item(blocks: list[_Block], marker: str) -> _Block:
    first, *others = [line for block in blocks for line in (*block, "")]
    return [marker + first, *(f"{' ' * len(marker)}{line}".rstrip() for line in others)]


_LEAVES: st.SearchStrategy[_Block] = st.one_of(
    _LINES,
    _LINES.map(lambda lines: ["# " + " ".join(lines)]),
    _LINES.map(lambda lines: [" ".join(lines), "==="]),
    _LINES.map(lambda lines: [f"    {line}" for line in lines]),
    st.builds(_fenced, _LINES, st.sampled_from(["```", "~~~", "````", "```js"])),
    st.builds(lambda tag, lines: [tag, *lines], st.sampled_from(["<div>", "<p>", "<x-y>"]), _LINES),
    st.sampled_from([["[r]: z.png"], ["[R]: <y z.png> 't'"], ["[s]:", "  x.png"], ["***"]]),
    _INLINE.map(lambda text: ["| a |", "|---|", f"| {' '.join(text.split())} |"]),
)
_BLOCKS = st.recursive(
    _LEAVES,
    lambda inner: (
        inner.map(_quoted)
        | st.builds(
            _item,
            st.lists(inner, min_size=1, max_size=3),
            st.sampled_from(["- ", "* ", "1. ", "10) ", "-   "]),
        )
    ),
    max_leaves=5,
)
_PAGES = st.lists(_BLOCKS, min_size=1, max_size=4).map(
    lambda blocks: "".join(f"{line}\n" for block in blocks for line in (*block, ""))
)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(_PAGES)
def test_markdown_it_finds_the_same_images_in_any_page(text: str) -> None:
    assert _found(text) == _rendered(text)


@pytest.mark.more
@settings(max_examples=1000, deadline=None, derandomize=True)
@given(_PAGES)
def test_markdown_it_finds_the_same_images_in_many_pages(text: str) -> None:
    assert _found(text) == _rendered(text)
