"""A flow with branches: no line crosses a box or the words of another, whatever the graph is."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from assetgen.errors import ManifestError
from assetgen.layouts.diagrams import flow

_ROOMS = {"wide": (1440.0, 640.0), "square": (1056.0, 900.0), "tall": (1056.0, 1800.0)}
_Point = tuple[float, float]
_Box = tuple[float, float, float, float]


def _values(count: int, edges: list[tuple[int, int, str]], **more: Any) -> dict[str, Any]:
    plain = {"text": "", "badge": "", "arrow": "", "highlight": False, "group": ""}
    shapes = ("step", "decision", "terminal", "store")
    nodes = [
        {"id": str(nth), "title": f"Node {nth}", "shape": shapes[nth % 4], **plain}
        for nth in range(count)
    ]
    drawn = [
        {"from": str(a), "to": str(b), "text": text, "line": "solid", "heads": "end"}
        for a, b, text in edges
    ]
    return {"nodes": nodes, "edges": drawn, "mermaid": "", "direction": "auto", **more}


@st.composite
def _graphs(draw: st.DrawFn) -> dict[str, Any]:
    count = draw(st.integers(2, 12))
    node = st.integers(0, count - 1)
    text = st.sampled_from(["", "", "yes", "not yet approved"])
    edges = draw(st.lists(st.tuples(node, node, text), min_size=1, max_size=18))
    way = draw(st.sampled_from(["auto", "right", "down", "left", "up"]))
    return _values(count, edges, direction=way)


def _drawn(values: dict[str, Any], room: str) -> dict[str, Any]:
    return flow.flow(values, *_ROOMS[room], tall=room != "wide")


def _box(one: dict[str, Any]) -> _Box:
    return one["x"], one["y"], one["x"] + one["w"], one["y"] + one["h"]


def _meet(one: _Box, other: _Box, by: float = 1.0) -> bool:
    """Whether two boxes share more than ``by`` px in both directions."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide > by and high > by


def _pieces(line: dict[str, Any]) -> list[_Box]:
    pairs = itertools.pairwise(line["points"])
    return [(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])) for a, b in pairs]


def _touches(piece: _Box, box: _Box, by: float = 1.5) -> bool:
    """Whether a piece of a line is inside a box by more than ``by`` px."""
    return (
        piece[2] > box[0] + by
        and piece[0] < box[2] - by
        and piece[3] > box[1] + by
        and piece[1] < box[3] - by
    )


@given(values=_graphs(), room=st.sampled_from(sorted(_ROOMS)))
def test_no_line_crosses_a_box_or_the_words_of_another(values: dict[str, Any], room: str) -> None:
    try:
        drawn = _drawn(values, room)
    except ManifestError as exc:
        assert "has no room here" in str(exc)
        assume(False)
    boxes = [_box(one) for one in drawn["boxes"]]
    labels = {nth: _box(line["label"]) for nth, line in enumerate(drawn["lines"]) if line["label"]}
    wide, high = _ROOMS[room]
    for box in (*boxes, *labels.values()):
        assert min(box[0], box[1]) >= -1
        assert box[2] <= wide + 1
        assert box[3] <= high + 1
    for one, other in itertools.combinations([*boxes, *labels.values()], 2):
        assert not _meet(one, other)
    for nth, line in enumerate(drawn["lines"]):
        ends = [values["edges"][nth]["from"], values["edges"][nth]["to"]]
        for piece in _pieces(line):
            assert min(piece[2] - piece[0], piece[3] - piece[1]) < 0.01  # across or down
            for name, box in enumerate(boxes):
                assert str(name) in ends or not _touches(piece, box), (nth, piece, box)
            for which, label in labels.items():
                assert which == nth or not _touches(piece, label), (nth, which)


@given(values=_graphs())
def test_every_edge_begins_and_ends_at_its_nodes(values: dict[str, Any]) -> None:
    try:
        drawn = _drawn(values, "tall")
    except ManifestError:
        assume(False)
    boxes = {one["id"]: _box(one) for one in drawn["boxes"]}
    assert len(drawn["lines"]) == len(values["edges"])
    for line in drawn["lines"]:
        for point, name in ((line["points"][0], line["from"]), (line["points"][-1], line["to"])):
            left, top, right, bottom = boxes[name]
            assert left - 1 <= point[0] <= right + 1 and top - 1 <= point[1] <= bottom + 1
        assert len(line["heads"]) == 1
        assert bool(line["label"]) == bool(line["text"])


def _on_each_other(one: dict[str, Any], other: dict[str, Any]) -> bool:
    for a, b in itertools.product(_pieces(one), _pieces(other)):
        for across in (0, 1):
            along = 1 - across
            same = abs(a[across] - b[across]) < 3 and a[across] == a[across + 2]
            flat = b[across] == b[across + 2]
            shared = min(a[along + 2], b[along + 2]) - max(a[along], b[along])
            if same and flat and shared > 4:
                return True
    return False


@given(values=_graphs(), room=st.sampled_from(sorted(_ROOMS)))
def test_no_line_runs_on_another(values: dict[str, Any], room: str) -> None:
    try:
        lines = _drawn(values, room)["lines"]
    except ManifestError:
        assume(False)
    for one, other in itertools.combinations(lines, 2):
        assert not _on_each_other(one, other), (one["points"], other["points"])
