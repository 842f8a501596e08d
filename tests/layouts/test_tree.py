"""A tree: each node is below its parent, no two share a place, whatever the tree is."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assetgen.errors import ManifestError
from assetgen.layouts.diagrams import languages, tree

_ROOMS = {"wide": (1440.0, 640.0), "square": (1056.0, 900.0), "tall": (1056.0, 1700.0)}
_WORDS = st.sampled_from(["x", "Planning", "Track and signals", "土木", "`src`"])


@st.composite
def _trees(draw: st.DrawFn) -> dict[str, Any]:
    count = draw(st.integers(2, 20))
    nodes = []
    for nth in range(count):
        parent = draw(st.integers(-1, nth - 1)) if nth else -1
        nodes.append(
            {
                "id": str(nth),
                "parent": "" if parent < 0 else str(parent),
                "title": draw(_WORDS),
                "text": draw(st.just("") | _WORDS),
                "highlight": False,
            }
        )
    look = draw(st.sampled_from(["auto", "boxes", "list"]))
    return {"nodes": draw(st.permutations(nodes)), "outline": "", "look": look}


def _drawn(values: dict[str, Any], room: str) -> dict[str, Any]:
    try:
        return tree.tree(values, *_ROOMS[room], tall=room != "wide")
    except ManifestError as exc:
        assert "has no room here" in str(exc)
        assume(False)
        raise


@given(values=_trees(), room=st.sampled_from(sorted(_ROOMS)))
def test_every_node_has_a_place_of_its_own_beyond_its_parent(
    values: dict[str, Any], room: str
) -> None:
    drawn = _drawn(values, room)
    shown = drawn["boxes"] if drawn["look"] == "boxes" else drawn["rows"]
    assert sorted(one["id"] for one in shown) == sorted(one["id"] for one in values["nodes"])
    wide, high = _ROOMS[room]
    for one in shown:
        assert min(one["x"], one["y"]) >= -1
        assert one["x"] + one["w"] <= wide + 1
        assert one["y"] + one["h"] <= high + 1
    for one, other in itertools.combinations(shown, 2):
        across = min(one["x"] + one["w"], other["x"] + other["w"]) - max(one["x"], other["x"])
        down = min(one["y"] + one["h"], other["y"] + other["h"]) - max(one["y"], other["y"])
        assert across <= 1 or down <= 1
    by_id = {one["id"]: one for one in shown}
    for one in shown if drawn["look"] == "boxes" else ():
        if one["parent"]:
            parent = by_id[one["parent"]]
            is_below = one["y"] >= parent["y"] + parent["h"]
            assert is_below or one["x"] >= parent["x"] + parent["w"]


@given(values=_trees())
def test_the_lines_of_different_parents_do_not_meet(values: dict[str, Any]) -> None:
    drawn = _drawn(values | {"look": "boxes"}, "tall")
    ways: dict[tuple[str, float], list[tuple[float, float]]] = {}
    for line in drawn["lines"]:
        points = line["points"]
        if len(points) > 2:  # it turns: the piece between the turns
            axis = 0 if points[1][0] == points[2][0] else 1
            places = sorted((points[1][1 - axis], points[2][1 - axis]))
            ways.setdefault((line["from"], points[1][axis]), []).append((places[0], places[1]))
    spans = [
        (way[1], min(low for low, _ in some), max(high for _, high in some))
        for way, some in ways.items()
    ]
    for one, other in itertools.combinations(spans, 2):
        assert one[0] != other[0] or one[2] < other[1] or other[2] < one[1]


_OUTLINES = {
    "blanks": ("a\n  b\n    c\n  d", {"a": "", "b": "a", "c": "b", "d": "a"}),
    "tabs": ("a\n\tb\n\tc", {"a": "", "b": "a", "c": "a"}),
    "several at the top": ("a\nb\n\n c", {"a": "", "b": "", "c": "b"}),
    "indented as a whole": ("  a\n   b", {"a": "", "b": "a"}),
    "as tree draws it": (
        (
            ".\n\u251c\u2500\u2500 a\n\u2502\xa0\xa0 \u2514\u2500\u2500 b\n"
            "\u2514\u2500\u2500 c\n    \u2514\u2500\u2500 d"
        ),
        {".": "", "a": ".", "b": "a", "c": ".", "d": "c"},
    ),
    "as tree draws it in ASCII": (
        ".\n|-- a\n|   `-- b\n`-- | c\n    `-- d",
        {".": "", "a": ".", "b": "a", "| c": ".", "d": "| c"},
    ),
}


@pytest.mark.parametrize(("text", "parents"), _OUTLINES.values(), ids=_OUTLINES)
def test_an_outline_says_parents_by_indentation(text: str, parents: dict[str, str]) -> None:
    found = languages.read("outline", text)
    assert not found.problems
    nodes = found.content["nodes"]
    titles = {one["id"]: one["title"] for one in nodes} | {"": ""}
    assert {one["title"]: titles[one["parent"]] for one in nodes} == parents


@given(text=st.text("ab #\t\n", max_size=60) | st.text(max_size=40))
def test_any_outline_is_read_or_refused_with_a_line_of_it(text: str) -> None:
    found = languages.read("outline", text)
    seen: set[str] = {""}
    for one in found.content["nodes"]:
        assert one["parent"] in seen
        seen.add(one["id"])
    for line, what, _ in found.problems:
        assert 1 <= line <= max(1, len(text.splitlines()))
        assert what
