"""agreement: a value that the image would not show is refused by name, never dropped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assetgen.layouts import kind

_NAN = float("nan")
_SERIES = [{"name": "x", "values": [1, 2]}, {"name": "y", "values": [2, 1]}]
_BARS = {"layout": "bars", "title": "T", "categories": ["A", "B"], "series": _SERIES}
_LINES = {"layout": "lines", "title": "T", "labels": ["A", "B"], "series": _SERIES}
_TABLE = {"layout": "comparison", "title": "T", "columns": [{"title": "A"}, {"title": "B"}]}
_FUNNEL = {"layout": "funnel", "title": "T"}
_FLOW = {"layout": "flow", "title": "T"}
_NODES = [{"id": "a", "title": "A"}, {"id": "b", "title": "B"}]
_CALLS = {
    "layout": "sequence",
    "title": "T",
    "participants": _NODES,
    "steps": [{"from": "a", "to": "b", "text": "x"}],
}
_TREE = {"layout": "tree", "title": "T"}
_EDGES = [{"from": "a", "to": "b"}]


def _stages(*numbers: float) -> list[dict[str, Any]]:
    return [{"title": "A", "value": number} for number in numbers]


def _faults(of: str, values: dict[str, Any]) -> list[str]:
    return [fault.what for fault in kind.find(Path("none"), of).examine(values)[1]]


_REFUSED: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "a cell without a column": (
        "infographic",
        _TABLE | {"rows": [{"label": "R", "cells": ["yes", "no", "lost"]}]},
        ["values.rows[0].cells has 3 texts for 2 columns: 'lost' has no place"],
    ),
    "an arrow to nothing": (
        "infographic",
        _FLOW | {"nodes": [{"title": "A", "arrow": "x"}, {"title": "B", "arrow": "back"}]},
        ["values.nodes[1].arrow leads to nothing: it is in the last entry"],
    ),
    "an arrow beside edges": (
        "infographic",
        _FLOW | {"nodes": [_NODES[0] | {"arrow": "x"}, _NODES[1]], "edges": _EDGES},
        ["values.nodes[0].arrow is not shown together with values.edges"],
    ),
    "edges from and to unknown nodes, and an id that is used twice": (
        "infographic",
        _FLOW | {"nodes": [*_NODES, _NODES[0]], "edges": [{"from": "c", "to": "bb"}]},
        [
            "values.nodes[2].id = 'a' is also values.nodes[0].id",
            "values.edges[0].from = 'c' is not one of the ids of nodes: a, b",
            "values.edges[0].to = 'bb' is not one of the ids of nodes: a, b",
        ],
    ),
    "edges of nodes without ids": (
        "infographic",
        _FLOW | {"nodes": [{"title": "A"}, {"title": "B"}], "edges": [{"from": "a", "to": ""}]},
        [
            "values.edges[0].to is empty",
            "values.edges[0].from = 'a' is not one of the ids of nodes: none of the nodes has one",
        ],
    ),
    "nodes beside a text with nodes": (
        "infographic",
        _FLOW | {"nodes": _NODES, "mermaid": "flowchart\nA --> B"},
        ["values.nodes is not shown together with values.mermaid"],
    ),
    "edges beside a text with edges": (
        "infographic",
        _FLOW | {"edges": _EDGES, "mermaid": "flowchart\nA --> B"},
        ["values.edges is shown only together with nodes"],
    ),
    "no nodes and no text": (
        "infographic",
        _FLOW,
        ["values.nodes is missing: infographic layout 'flow' needs it, or mermaid"],
    ),
    "far too many nodes": (
        "infographic",
        _FLOW | {"nodes": [{"title": "A"}] * 500},
        ["values.nodes has 500 entries; infographic layout 'flow' accepts 2 to 30"],
    ),
    "mistakes in a text": (
        "infographic",
        _FLOW | {"subtitle": " ", "mermaid": "flowchart LR\nA --x B\n\nclassDef x fill:#fff"},
        [
            "values.subtitle has only characters",
            "values.mermaid, line 2: the edge '--x' is not drawn",
            "values.mermaid, line 4: 'classDef' is not read",
        ],
    ),
    "a step from an unknown participant": (
        "infographic",
        _CALLS | {"steps": [{"from": "c", "to": "b", "text": "x"}]},
        ["values.steps[0].from = 'c' is not one of the ids of participants: a, b"],
    ),
    "no participants and no steps": (
        "infographic",
        {"layout": "sequence", "title": "T"},
        ["values.participants is missing", "values.steps is missing"],
    ),
    "a tree with a circle": (
        "infographic",
        _TREE
        | {
            "nodes": [
                {"id": "a", "title": "A"},
                {"id": "b", "title": "B", "parent": "c"},
                {"id": "c", "title": "C", "parent": "b"},
                {"id": "d", "title": "D", "parent": "c"},
                {"id": "e", "title": "E", "parent": "e"},
            ]
        },
        [
            "values.nodes[1].parent leads back to itself: b > c > b",
            "values.nodes[4].parent leads back to itself: e > e",
        ],
    ),
    "an unknown parent, and an id that is used twice": (
        "infographic",
        _TREE | {"nodes": [*_NODES, {"id": "a", "title": "C", "parent": "x"}]},
        [
            "values.nodes[2].parent = 'x' is not one of the ids of nodes: a, b",
            "values.nodes[2].id = 'a' is also values.nodes[0].id",
        ],
    ),
    "a tree of nothing": ("infographic", _TREE, ["values.nodes is missing"]),
    "mistakes in an outline": (
        "infographic",
        _TREE | {"outline": "a\n    b\n  c\n\t e"},
        [
            "values.outline, line 3: the line is indented like none above it",
            "values.outline, line 4: the line is indented with tabs and with blanks",
        ],
    ),
    "an outline of one line": (
        "infographic",
        _TREE | {"outline": "a"},
        ["values.outline, line 1: the tree has less than two lines"],
    ),
    "an outline of 500 lines": (
        "infographic",
        _TREE | {"outline": "a\n" * 500},
        ["values.outline, line 1: the tree has 500 lines; at most 40 are readable"],
    ),
    "a text beside participants": (
        "infographic",
        _CALLS | {"mermaid": "sequenceDiagram\nA->>B: x"},
        [
            "values.participants is not shown together with values.mermaid",
            "values.steps is not shown together with values.mermaid",
        ],
    ),
    "mistakes in the text of a sequence": (
        "infographic",
        {"layout": "sequence", "title": "T", "mermaid": "sequenceDiagram\nA-xB: y\nloop z"},
        [
            "values.mermaid, line 2: the arrow '-x' is not drawn",
            "values.mermaid, line 3: 'loop' is not drawn",
        ],
    ),
    "values beside a screenshot": (
        "ui",
        {"layout": "browser", "picture": "p.png", "title": "T", "nav": ["A"], "button": "Go"},
        [
            "values.nav is not shown together with values.picture",
            "values.title is not shown together with values.picture",
            "values.button is not shown together with values.picture",
        ],
    ),
    "a clock on a screenshot": (
        "ui",
        {"layout": "phone", "picture": "p.png", "full_screen": True, "clock": "9:41"},
        ["values.clock is not shown together with values.full_screen"],
    ),
    "a pattern behind a picture": (
        "cover",
        {"layout": "split", "title": "T", "picture": "p.png", "pattern": "dots", "variant": 0},
        [
            "values.pattern is not shown together with values.picture",
            "values.variant is not shown together with values.picture",
        ],
    ),
    "a tone and a colour": (
        "ui",
        {"layout": "badges", "badges": [{"value": "x", "tone": "good", "colour": "#fff"}]},
        ["values.badges[0].tone is not shown together with values.badges[0].colour"],
    ),
    "more numbers than categories": (
        "infographic",
        _BARS | {"series": [{"values": [1, 2, 3]}]},
        ["values.series[0].values has 3 numbers for 2 categories: 3 has no place"],
    ),
    "a category that does not exist": (
        "infographic",
        _BARS | {"highlight": "C"},
        ["values.highlight = 'C' is not one of the categories: A, B"],
    ),
    "a logarithmic stack": (
        "infographic",
        _BARS | {"scale": "log", "arrangement": "stacked"},
        ["values.scale is not shown together with values.arrangement"],
    ),
    "zero on a logarithmic axis": (
        "infographic",
        _LINES | {"scale": "log", "zero": True},
        ["values.scale is not shown together with values.zero"],
    ),
    "only gaps": (
        "infographic",
        _LINES | {"series": [{"values": [_NAN, ""]}]},
        ["values.series[0].values has no number, only gaps"],
    ),
    "a funnel that rises": (
        "infographic",
        _FUNNEL | {"stages": _stages(40, 60, 55.5, 56)},
        [
            "values.stages[1].value = 60 is above the 40 before it: each number is what is left",
            "values.stages[3].value = 56 is above the 55.5 before it",
        ],
    ),
    "a funnel of nothing": (
        "infographic",
        _FUNNEL | {"stages": _stages(0, 0)},
        ["values.stages[0].value = 0: nothing can be left of zero"],
    ),
    "a stage without a number": (
        "infographic",
        _FUNNEL | {"stages": [*_stages(40), {"title": "B", "value": "many"}, *_stages(50)]},
        [
            "values.stages[1].value = 'many' is not a number",
            "values.stages[2].value = 50 is above the 40 before it",
        ],
    ),
    "an invisible title": (
        "cover",
        {"title": "\u200b \u3164"},
        ["values.title has only characters that cannot be seen: cover layout 'split' needs it"],
    ),
    "an empty title": ("cover", {"title": ""}, ["values.title is empty: cover layout 'split'"]),
    "a blank subtitle": (
        "cover",
        {"title": "T", "subtitle": " "},
        ["values.subtitle has only characters that cannot be seen"],
    ),
    "an empty item": ("cover", {"title": "T", "tags": ["a", ""]}, ["values.tags[1] is empty"]),
    "an empty text in a table": (
        "infographic",
        _FLOW | {"nodes": [{"title": "A"}, {"title": "\u00ad"}]},
        ["values.nodes[1].title has only characters that cannot be seen"],
    ),
    "infinite": (
        "infographic",
        _LINES | {"series": [{"values": [float("inf")]}]},
        ["values.series[0].values[0] = inf is not a number"],
    ),
    "too large": (
        "infographic",
        _LINES | {"series": [{"values": [1e15]}]},
        ["values.series[0].values[0] = 1000000000000000.0 is out of range: it must be below"],
    ),
    "below the least": (
        "infographic",
        {
            "layout": "funnel",
            "title": "T",
            "stages": [{"title": "A", "value": 3}, {"title": "B", "value": -1}],
        },
        ["values.stages[1].value = -1; it must be at least 0"],
    ),
    "no gap where none is possible": (
        "cover",
        {"title": "T", "variant": _NAN},
        ["values.variant = nan is not a number"],
    ),
}


@pytest.mark.parametrize(("of", "values", "said"), _REFUSED.values(), ids=_REFUSED)
def test_a_value_without_a_place_is_refused_by_name(
    of: str, values: dict[str, Any], said: list[str]
) -> None:
    found = _faults(of, values)
    assert len(found) == len(said), found
    for fault, start in zip(found, said, strict=True):
        assert fault.startswith(start)


_ACCEPTED: dict[str, tuple[str, dict[str, Any]]] = {
    "a gap": ("infographic", _LINES | {"series": [{"values": [_NAN, 1]}, {"values": [2, ""]}]}),
    "the default of what is replaced": (
        "cover",
        {"layout": "split", "title": "T", "picture": "p.png", "pattern": "tiles"},
    ),
    "no value at all": ("cover", {"title": "T", "subtitle": "", "tags": []}),
    "a series that ends early": ("infographic", _LINES | {"series": [{"values": [1]}]}),
    "a title beside a phone": ("ui", {"layout": "phone", "picture": "p.png", "title": "T"}),
    "only an accent": ("cover", {"title": "\u0301"}),
}


@pytest.mark.parametrize(("of", "values"), _ACCEPTED.values(), ids=_ACCEPTED)
def test_values_that_agree_are_accepted(of: str, values: dict[str, Any]) -> None:
    assert _faults(of, values) == []


def test_a_gap_is_none_in_the_layout() -> None:
    filled, _ = kind.find(Path("none"), "infographic").examine(
        _LINES | {"series": [{"values": [_NAN, 1, ""]}], "labels": ["a", "b", "c"]}
    )
    assert filled["series"][0]["values"] == [None, 1, None]
