"""The tree of code: the walk from place to place finds what a search from the root finds."""

from __future__ import annotations

import tree_sitter_typescript
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_sitter import Language, Parser

from assetgen.refs.scan.effort import Effort
from assetgen.refs.scan.tree_cursor import TreeCursor

_PARSER = Parser(Language(tree_sitter_typescript.language_tsx()))
_PIECES = st.sampled_from(
    [
        "a",
        "é🎉",
        '"/a.png"',
        "`${",
        "}`",
        "`",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        ",",
        "<a b=",
        "/>",
        ">",
        "?",
        ":",
        "+",
        ";\n",
    ]
)


@settings(deadline=None)
@given(st.lists(_PIECES, max_size=40).map("".join), st.lists(st.integers(0, 150), max_size=10))
def test_every_place_has_the_node_and_the_parents_that_the_tree_has(
    text: str, places: list[int]
) -> None:
    data = text.encode()
    syntax = TreeCursor(_PARSER.parse(data), data, Effort(len(data)))
    for first in (place for place in places if place < len(data)):
        node, expected = (
            syntax.at(first, first + 1),
            syntax.root.descendant_for_byte_range(first, first + 1),
        )
        assert expected and (node.start_byte, node.end_byte) == (
            expected.start_byte,
            expected.end_byte,
        )
        while (above := syntax.parent(node)) is not None:
            assert above == node.parent
            node = above
        assert node == syntax.root


@given(st.text(max_size=3000), st.integers(0, 3000))
def test_bytes_are_counted_as_characters(text: str, at: int) -> None:
    text = text.encode("utf-8", "replace").decode()
    data = text.encode()
    syntax = TreeCursor(_PARSER.parse(b""), data, Effort(len(data)))
    assert syntax.characters(len(text[:at].encode())) == len(text[:at])
