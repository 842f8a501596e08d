"""The nodes of a tree -> boxes below each other, or the rows of an indented list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assetgen.cure import advice
from assetgen.errors import ManifestError
from assetgen.layouts.chart import em
from assetgen.layouts.diagrams.flow import composed
from assetgen.layouts.diagrams.paths import rounded
from assetgen.layouts.diagrams.wording import sizes_of
from assetgen.layouts.scripts import LINE_END, leading

_Nodes = Sequence[Mapping[str, Any]]
_TEXT = 0.82
#: Boxes with smaller words than this share of the largest ones give way to a list.
_SMALL = 0.62
#: Between two columns of a list.
_BETWEEN = 60


def tree(values: Mapping[str, Any], across: float, down: float, *, tall: bool) -> dict[str, Any]:
    """Where all is in ``across`` x ``down`` CSS px. Raises ManifestError if there is no room."""
    nodes = _nodes(values)
    most, least = (46, 23) if tall else (38, 20)
    if values["look"] != "list":
        shown = [{"badge": "", "shape": "step", "group": "", **node} for node in nodes]
        edges = [
            {"from": node["parent"], "to": node["id"], "text": "", "heads": "none"}
            for node in nodes
            if node["parent"]
        ]
        boxes = composed((shown, edges), (across, down), ["right", "down"], tall=tall, is_tree=True)
        if values["look"] == "boxes":
            boxes.refuse_small()
        if values["look"] == "boxes" or boxes.score >= _SMALL * most:
            return {"look": "boxes", **boxes.described([])}
    return {"look": "list", **_list(nodes, (across, down), most, least)}


def _nodes(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The nodes, each with an id and with the name of its value."""
    if values["outline"]:
        return [
            {"highlight": False, **node, "fit": f"outline line {node['line_number']}"}
            for node in values["outline"]["nodes"]
        ]
    return [
        {**node, "id": node["id"] or f"\x00{nth}", "fit": f"nodes[{nth}]"}
        for nth, node in enumerate(values["nodes"])
    ]


def _in_order(nodes: _Nodes) -> list[tuple[int, Mapping[str, Any]]]:
    """The nodes from top to bottom, each with its depth."""
    below: dict[str, list[Mapping[str, Any]]] = {}
    for node in nodes:
        below.setdefault(node["parent"], []).append(node)
    found: list[tuple[int, Mapping[str, Any]]] = []
    walk = [(0, node) for node in reversed(below.get("", []))]
    while walk:
        depth, node = walk.pop()
        found.append((depth, node))
        walk += [(depth + 1, one) for one in reversed(below.get(node["id"], []))]
    return found


def _list(nodes: _Nodes, room: tuple[float, float], most: int, least: int) -> dict[str, Any]:
    """The rows of an indented list, with the lines that lead to them, in one or two columns."""
    rows = _in_order(nodes)
    halves = (room[0] - _BETWEEN) / 2, room[1]
    many = _half(rows)
    one = _largest(rows, len(rows), room, range(most, least - 1, -1))
    two = _largest(rows, many, halves, range(most, least - 1, -1))
    # A tree in two columns is harder to read: only for words that are much larger.
    if two > 1.3 * one:
        return _placed(rows, two, halves, many, least)
    if one:
        return _placed(rows, one, room, len(rows), least)
    raise ManifestError(
        f"a tree of {len(nodes)} nodes has no room here: its words would be too small to read",
        cure=advice("choose another ratio, shorten the words, or divide it into several images"),
    )


def _half(rows: Sequence[tuple[int, Mapping[str, Any]]]) -> int:
    """After how many rows a tree is divided best: near the middle, before a row near the top."""
    middle = (len(rows) + 1) // 2
    near = range(middle, min(len(rows), middle + max(2, len(rows) // 5)))
    return min(near, key=lambda at: (rows[at][0], at), default=middle)


def _largest(
    rows: Sequence[tuple[int, Mapping[str, Any]]],
    many: int,
    room: tuple[float, float],
    sizes: range,
) -> int:
    """The largest size of the words with ``many`` rows in a column; 0 if none fits."""
    return next((size for size in sizes if _fits(rows, size, room[0], room[1] / many)), 0)


def _step(size: float) -> float:
    return 1.5 * size


def _fits(
    rows: Sequence[tuple[int, Mapping[str, Any]]], size: float, wide: float, high: float
) -> bool:
    for depth, node in rows:
        title, text = node["title"], node["text"]
        lead = max(leading(title, 1.3), leading(text, 1.3))
        if size * 1.42 * lead > high or LINE_END in title + text:
            return False
        beside = em(text) * size * _TEXT + 0.9 * size if text else 0.0
        if depth * _step(size) + em(title) * size * 1.02 + beside + 1.4 * size > wide:
            return False
    return True


def _placed(
    rows: Sequence[tuple[int, Mapping[str, Any]]],
    size: int,
    room: tuple[float, float],
    many: int,
    least: int,
) -> dict[str, Any]:
    high = min(room[1] / many, 2.5 * size)
    top = max(0.0, (room[1] - high * many) / 2) * 0.5
    step = _step(size)
    made: list[dict[str, Any]] = []
    lines: list[str] = []
    at: dict[str, tuple[float, float, int]] = {}
    for nth, (depth, node) in enumerate(rows):
        column, row = divmod(nth, many)
        left = column * (room[0] + _BETWEEN)
        x, y = left + depth * step, top + row * high + high / 2
        at[node["id"]] = (x, y, column)
        above = at.get(node["parent"])
        if above is not None:
            stem = left + (depth - 1) * step + 0.42 * size
            begin = above[1] + 0.55 * size if above[2] == column else top
            lines.append(rounded([(stem, begin), (stem, y), (x - 0.1 * size, y)], 10))
        has_more = any(one["parent"] == node["id"] for _, one in rows)
        made.append(
            {
                **node,
                "x": round(x),
                "y": round(y - high / 2),
                "w": round(left + room[0] - x),
                "h": round(high),
                "middle": round(y, 1),
                "has_more": has_more,
            }
        )
    return {
        "rows": made,
        "paths": lines,
        "size": size,
        "dot": round(0.4 * size),
        "titles": sizes_of(size + 2, least),
        "texts": sizes_of(max(round(size * _TEXT), least), least),
    }
