"""The nodes and edges of a flow -> where each box, line and label is, as filters for layouts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assetgen.cure import advice
from assetgen.errors import ManifestError
from assetgen.layouts.chart import em
from assetgen.layouts.diagrams.across import Measure, Point
from assetgen.layouts.diagrams.layered import Drawing, drawn
from assetgen.layouts.diagrams.paths import Shape, head, inset, rounded
from assetgen.layouts.diagrams.skeleton import Link, Skeleton, skeleton
from assetgen.layouts.diagrams.wording import Words, sizes_of, words_of
from assetgen.layouts.scripts import leading

#: Most nodes of a flow without branches, which winds through rows.
MOST_IN_CHAIN = 12


@dataclass(frozen=True)
class _Type:
    """Sizes of type in CSS px, and what depends on them."""

    most: int
    least: int
    label: int
    pad: Point
    badge: float
    distances: float = 1.0
    """Of boxes and lines, as a share of what is usual."""
    is_tree: bool = False
    point: float = 36.0
    """How far a decision reaches out."""


_WIDE = _Type(most=40, least=20, label=24, pad=(22, 16), badge=46)
_TALL = _Type(most=46, least=23, label=28, pad=(26, 18), badge=50)
_PORTRAIT = _Type(most=58, least=23, label=34, pad=(30, 22), badge=54)
_SMALLEST_BOX = (96.0, 44.0)
_LABEL_LINE = 1.2


def chain(values: Mapping[str, Any], *, tall: bool) -> list[dict[str, Any]]:
    """The nodes in order if they are a plain chain, with the words on their arrows; else none."""
    graph = _graph(values)
    if graph is None:
        return _chain_of_list(values["nodes"])
    nodes, edges, direction = graph
    wanted = ("", "auto", "down" if tall else "right")
    plain = all(edge["line"] == "solid" and edge["heads"] == "end" for edge in edges)
    boxes = all(node["shape"] in ("step", "terminal") and not node["group"] for node in nodes)
    if not (plain and boxes and direction in wanted and len(nodes) <= MOST_IN_CHAIN):
        return []
    following = {edge["from"]: edge for edge in edges}
    entered = {edge["to"] for edge in edges}
    first = [node["id"] for node in nodes if node["id"] not in entered]
    if len(first) != 1 or len({*following}) != len(edges) or len(entered) != len(edges):
        return []
    by_id = {node["id"]: node for node in nodes}
    made: list[dict[str, Any]] = []
    here: str | None = first[0]
    while here is not None and len(made) < len(nodes):
        edge = following.get(here)
        made.append({**by_id[here], "arrow": edge["text"] if edge else ""})
        if edge:
            made[-1]["arrow_fit"] = edge["fit"]
        here = edge["to"] if edge else None
    return made if len(made) == len(nodes) else []


def _chain_of_list(nodes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    if len(nodes) > MOST_IN_CHAIN:
        raise ManifestError(
            f"a chain of {len(nodes)} nodes is not readable: there are at most {MOST_IN_CHAIN}",
            cure=advice("write edges between the nodes, or remove some"),
        )
    return [
        {**node, "fit": f"nodes[{nth}]", "arrow_fit": f"nodes[{nth}].arrow"}
        for nth, node in enumerate(nodes)
    ]


_Graph = tuple[list[dict[str, Any]], list[dict[str, Any]], str]


def _graph(values: Mapping[str, Any]) -> _Graph | None:
    """Nodes, edges and the direction; None if the nodes are only a list."""
    text = values["mermaid"]
    if text:
        nodes = [
            {"text": "", "badge": "", "highlight": False, **node, "fit": f"mermaid.{node['id']}"}
            for node in text["nodes"]
        ]
        edges = [{**edge, "fit": f"mermaid.{edge['from']}-{edge['to']}"} for edge in text["edges"]]
        said = values["direction"]
        return nodes, edges, text["direction"] if said == "auto" else said
    has_decision = any(
        node["shape"] in ("decision", "store") or node["group"] for node in values["nodes"]
    )
    if not values["edges"] and not has_decision and values["direction"] == "auto":
        return None
    nodes = [{**node, "fit": f"nodes[{nth}]"} for nth, node in enumerate(values["nodes"])]
    edges = [{**edge, "fit": f"edges[{nth}].text"} for nth, edge in enumerate(values["edges"])]
    if not edges:  # a list is a chain
        for nth, node in enumerate(nodes):
            node["id"] = str(nth)
        edges = [
            {"from": str(nth), "to": str(nth + 1), "text": node["arrow"], "line": "solid"}
            | {"heads": "end", "fit": f"nodes[{nth}].arrow"}
            for nth, node in enumerate(nodes[:-1])
        ]
    return nodes, edges, values["direction"]


def flow(values: Mapping[str, Any], across: float, down: float, *, tall: bool) -> dict[str, Any]:
    """Where all is in ``across`` x ``down`` CSS px. Raises ManifestError if there is no room."""
    graph = _graph(values)
    assert graph is not None
    nodes, edges, direction = graph
    groups = list(dict.fromkeys(node["group"] for node in nodes if node["group"]))
    legend = (66 if tall else 60) if groups else 0
    ways = [direction] if direction not in ("", "auto") else ["right", "down"]
    best = composed((nodes, edges), (across, down - legend), ways, tall=tall)
    best.refuse_small()
    return {**best.described(groups), "groups": groups, "legend": legend}


def composed(
    graph: tuple[Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]]],
    room: Point,
    ways: Sequence[str],
    *,
    tall: bool,
    is_tree: bool = False,
) -> Composition:
    """Nodes and edges in the one of ``ways`` in which their words are largest."""
    kind = _WIDE if not tall else _PORTRAIT if room[1] > 1.25 * room[0] else _TALL
    kind = replace(kind, is_tree=is_tree)
    ways = ways[::-1] if tall else ways  # the first of two equals is taken
    best = max((Composition(graph, room, way, kind) for way in ways), key=_score)
    if best.score < kind.least:
        tight = replace(kind, label=kind.least, distances=0.62, point=22.0)
        best = max([best, *(Composition(graph, room, way, tight) for way in ways)], key=_score)
    return best


def _score(one: Composition) -> float:
    return one.score


class Composition:
    """A flow in one direction: right, left, down or up."""

    def __init__(
        self,
        graph: tuple[Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]]],
        room: Point,
        way: str,
        kind: _Type,
    ) -> None:
        self._nodes, self._edges = graph
        nodes, edges, self._room = *graph, room
        self._way, self.kind = way, kind
        self._is_flat = way in ("right", "left")
        self._words = [words_of(node, kind.badge) for node in nodes]
        self._labels = [self._label(edge["text"]) for edge in edges]
        at = {node["id"]: nth for nth, node in enumerate(nodes)}
        links = []
        for edge, (wide, high) in zip(edges, self._labels, strict=True):
            along, beside = self._turned((wide, high))
            links.append(Link(at[edge["from"]], at[edge["to"]], along, beside))
        self._graph: Skeleton = skeleton(len(nodes), links)
        self._drawing, self.size = self._fitted()

    def _turned(self, size: Point) -> Point:
        """Width and height as lengths along the ranks and across them, or the other way round."""
        return size if self._is_flat else (size[1], size[0])

    def _label(self, text: str) -> Point:
        if not text:
            return 0.0, 0.0
        size, most = self.kind.label, 250.0
        wide = em(text) * size
        longest = max(em(word) for word in text.split() or [text]) * size
        lines = max(1, min(3, -(-wide // most)))
        line = size * _LABEL_LINE * leading(text, _LABEL_LINE)
        return max(longest, wide / lines * (1.12 if lines > 1 else 1)) + 22, line * lines + 8

    @property
    def score(self) -> float:
        box = self._turned(self._drawing.box)
        return self.size if self._has_room else box[0] * box[1] / 1e6 - 1

    @property
    def _has_room(self) -> bool:
        box, extent = self._turned(self._drawing.box), self._turned(self._drawing.extent)
        is_large = box[0] >= _SMALLEST_BOX[0] and box[1] >= _SMALLEST_BOX[1]
        fits = extent[0] <= self._room[0] + 1 and extent[1] <= self._room[1] + 1
        return is_large and fits and self._drawing.is_clear

    def _fitted(self) -> tuple[Drawing, int]:
        """The drawing with boxes as high as their words need, and the size of the titles."""
        kind = self.kind
        widest = max(self._content(one) for one in self._words)
        wide = min(max(widest + 2 * kind.pad[0] + self._cut, 6 * kind.most), 12.5 * kind.most)
        high = 8.0 * kind.most
        for _ in range(2):
            found = drawn(self._graph, self._measure((wide, high)))
            box = self._turned(found.box)
            size = self._size(box)
            needed = max(one.height(size, self._inner(box)) for one in self._words)
            high = min(
                box[1], max(needed + 2 * kind.pad[1] + 0.5 * size, 2.4 * size, 0.26 * box[0])
            )
        found = drawn(self._graph, self._measure((wide, high)))
        return found, self._size(self._turned(found.box))

    def _content(self, words: Words) -> float:
        """The width of a box in which a title has two lines at most, and a text four."""
        size = self.kind.most
        lines = 1 if words.widest * size < 7 * size else 1.8
        text = max(words.text, default=0.0) * size * 0.74 / 3
        return max(words.widest * size / lines, words.longest * size, text)

    @property
    def _cut(self) -> float:
        """The room that the points of decisions take from the width of a box."""
        shapes = {node["shape"] for node in self._nodes}
        return self.kind.point if "decision" in shapes else 24.0 if "terminal" in shapes else 0.0

    def _inner(self, box: Point) -> float:
        return max(1.0, box[0] - 2 * self._beside(box) - self._cut)

    def _above(self, box: Point) -> float:
        """The room above and below the words; less in a low box."""
        return min(self.kind.pad[1], max(6.0, 0.14 * box[1]))

    def _beside(self, box: Point) -> float:
        """The room between the words and the sides of a box; less in a narrow one."""
        return min(self.kind.pad[0], max(9.0, 0.07 * box[0]))

    def _size(self, box: Point) -> int:
        kind = self.kind
        high = box[1] - 2 * self._above(box)
        return min(one.size(self._inner(box), high, kind.most, kind.least) for one in self._words)

    def _measure(self, box: Point) -> Measure:
        room = self._turned(self._room)
        share = self.kind.distances
        between = (30 if self._is_flat else 40) * share
        widest = 150 if self._is_flat else 200 if self.kind.most == _PORTRAIT.most else 110
        return Measure(
            room,
            self._turned(box),
            between=between,
            widest=widest,
            beside=26 * share,
            port=0.0 if self.kind.is_tree else 30 * max(share, 0.8),
            reach=0.0 if self.kind.is_tree else 0.3,
            is_tree=self.kind.is_tree,
            lane=24 * max(share, 0.75),
            before=24 * share,
            after=12 + 26 * share,
            label=14 * share,
        )

    def refuse_small(self) -> None:
        if self._has_room:
            return
        ranks = self._graph.is_label_rank.count(False)
        what = "tree" if self.kind.is_tree else "flow"
        raise ManifestError(
            f"a {what} of {len(self._nodes)} nodes and {len(self._edges)} edges in {ranks} "
            f"{'columns' if self._is_flat else 'rows'} has no room here: its boxes would be too "
            "small to read",
            cure=advice("choose another ratio, shorten the words on the edges, or remove nodes"),
        )

    def described(self, groups: Sequence[str]) -> dict[str, Any]:
        """All for a layout: boxes, lines and the sizes of type."""
        drawing, kind = self._drawing, self.kind
        extent = self._turned(drawing.extent)
        box = self._turned(drawing.box)
        shift = ((self._room[0] - extent[0]) / 2, (self._room[1] - extent[1]) / 2)

        def place(point: Point) -> Point:
            x, y = self._turned(point)
            x = extent[0] - x if self._way == "left" else x
            y = extent[1] - y if self._way == "up" else y
            return x + shift[0], y + shift[1]

        boxes = []
        for node, middle in zip(self._nodes, drawing.middles, strict=True):
            x, y = place(middle)
            left, top = round(x - box[0] / 2), round(y - box[1] / 2)
            shape = Shape(node["shape"], left, top, round(box[0]), round(box[1]), kind.point)
            boxes.append(
                {
                    **node,
                    **shape.described((self._beside(box), self._above(box))),
                    "colour": _colour(node, groups),
                }
            )
        lines = []
        for nth, (edge, points) in enumerate(zip(self._edges, drawing.lines, strict=True)):
            placed = [place(point) for point in points]
            ends = [boxes[self._graph.links[nth].source], boxes[self._graph.links[nth].target]]
            lines.append(self._line(edge, placed, ends))
            if nth in drawing.labels:
                x, y = place(drawing.labels[nth])
                wide, high = self._labels[nth]
                lines[-1]["label"] = {
                    "x": round(x - wide / 2), "y": round(y - high / 2),
                    "w": round(wide), "h": round(high),
                }  # fmt: skip
        most = min(self.size + 6, kind.most)
        return {
            "boxes": boxes,
            "lines": lines,
            "size": self.size,
            "way": self._way,
            "titles": sizes_of(most, kind.least),
            "texts": sizes_of(max(round(most * 0.78), kind.least), kind.least),
            "labels": sizes_of(kind.label, kind.least),
        }

    def _line(
        self, edge: Mapping[str, Any], points: list[Point], ends: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any]:
        tips = [inset(points[0], points[1], ends[0]), inset(points[-1], points[-2], ends[1])]
        points = [tips[0], *points[1:-1], tips[1]]
        heads = []
        if edge["heads"] != "none":
            heads.append(head(points[-2], points[-1]))
        if edge["heads"] == "both":
            heads.append(head(points[1], points[0]))
        return {**edge, "path": rounded(points), "heads": heads, "label": None, "points": points}


def _colour(node: Mapping[str, Any], groups: Sequence[str]) -> int:
    """The number of the colour of a node's group, from 1; 0 without one."""
    return groups.index(node["group"]) % 8 + 1 if node["group"] else 0
