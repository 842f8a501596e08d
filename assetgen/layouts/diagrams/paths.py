"""Lines and shapes as SVG paths: rounded corners, heads of arrows, outlines of boxes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Point = tuple[float, float]
_RADIUS = 14.0
_HEAD = 11.0


def rounded(points: Sequence[Point], radius: float = _RADIUS) -> str:
    """A path along ``points`` with round corners."""
    said = [f"M{_at(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        room = min(math.dist(before, corner), math.dist(corner, after)) / 2
        turn = min(radius, room)
        said.append(f"L{_at(_towards(corner, before, turn))}")
        said.append(f"Q{_at(corner)} {_at(_towards(corner, after, turn))}")
    said.append(f"L{_at(points[-1])}")
    return "".join(said)


def head(before: Point, tip: Point) -> str:
    """The head of an arrow that comes from ``before`` and ends at ``tip``."""
    x, y = tip
    length = math.dist(before, tip) or 1.0
    dx, dy = (x - before[0]) / length, (y - before[1]) / length
    one = (x - _HEAD * (dx + dy), y - _HEAD * (dy - dx))
    other = (x - _HEAD * (dx - dy), y - _HEAD * (dy + dx))
    return f"M{_at(one)}L{_at(tip)}L{_at(other)}"


def _towards(start: Point, end: Point, length: float) -> Point:
    whole = math.dist(start, end) or 1.0
    share = length / whole
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _at(point: Point) -> str:
    return f"{point[0]:.1f} {point[1]:.1f}"


@dataclass(frozen=True)
class Shape:
    """A box of a flow in CSS px."""

    name: str
    x: float
    y: float
    w: float
    h: float
    point: float = 36.0

    @property
    def cut(self) -> float:
        """How far the points of a decision, or the ends of a terminal, reach into the box."""
        if self.name == "decision":
            return min(self.point, self.h * 0.36)
        return min(self.h / 2, 60.0) if self.name == "terminal" else 0.0

    def outline(self) -> str:
        x, y, w, h, cut = self.x, self.y, self.w, self.h, self.cut
        if self.name == "decision":
            return (
                f"M{x + cut:g} {y:g}H{x + w - cut:g}L{x + w:g} {y + h / 2:g}"
                f"L{x + w - cut:g} {y + h:g}H{x + cut:g}L{x:g} {y + h / 2:g}Z"
            )
        if self.name == "store":
            lid = self.lid
            return (
                f"M{x:g} {y + lid:g}A{w / 2:g} {lid:g} 0 0 1 {x + w:g} {y + lid:g}V{y + h - lid:g}"
                f"A{w / 2:g} {lid:g} 0 0 1 {x:g} {y + h - lid:g}Z"
            )
        turn = cut or min(18.0, h / 3)
        return (
            f"M{x + turn:g} {y:g}H{x + w - turn:g}A{turn:g} {turn:g} 0 0 1 {x + w:g} {y + turn:g}"
            f"V{y + h - turn:g}A{turn:g} {turn:g} 0 0 1 {x + w - turn:g} {y + h:g}H{x + turn:g}"
            f"A{turn:g} {turn:g} 0 0 1 {x:g} {y + h - turn:g}V{y + turn:g}"
            f"A{turn:g} {turn:g} 0 0 1 {x + turn:g} {y:g}Z"
        )

    @property
    def lid(self) -> float:
        return min(18.0, self.h * 0.14)

    def described(self, pad: Point) -> dict[str, Any]:
        """The box for a layout, with the room of its words."""
        beside = pad[0] + {"decision": 0.5, "terminal": 0.28}.get(self.name, 0.0) * self.cut
        above = pad[1] + (self.lid if self.name == "store" else 0.0)
        lid = ""
        if self.name == "store":
            y = self.y + self.lid
            lid = f"M{self.x:g} {y:g}A{self.w / 2:g} {self.lid:g} 0 0 0 {self.x + self.w:g} {y:g}"
        return {
            "x": self.x, "y": self.y, "w": self.w, "h": self.h, "shape": self.name,
            "outline": self.outline(), "lid": lid, "cut": self.cut,
            "inner": (
                round(self.x + beside), round(self.y + above),
                round(self.w - 2 * beside), round(self.h - above - pad[1]),
            ),
        }  # fmt: skip


def inset(tip: Point, before: Point, box: Mapping[str, Any]) -> Point:
    """``tip``, where a line meets the rectangle round a box, moved onto the outline of the box."""
    x, y = tip
    middle_x, middle_y = box["x"] + box["w"] / 2, box["y"] + box["h"] / 2
    cut, half = box["cut"], box["h"] / 2
    if abs(before[1] - y) < 0.01 and before[0] != x:  # it meets the left or the right side
        off = abs(y - middle_y)
        if box["shape"] == "decision":
            gap = cut * min(1.0, off / half)
        elif box["shape"] == "terminal":
            straight = half - cut
            round_off = max(0.0, off - straight)
            gap = cut - math.sqrt(max(0.0, cut * cut - round_off * round_off))
        else:
            gap = 0.0
        side = box["x"] + gap if x < middle_x else box["x"] + box["w"] - gap
        return side, y
    if box["shape"] == "store":
        lid = min(18.0, box["h"] * 0.14)
        share = (x - middle_x) / (box["w"] / 2)
        gap = lid * (1 - math.sqrt(max(0.0, 1 - share * share)))
    else:
        gap = 0.0
    return x, (box["y"] + gap if y < middle_y else box["y"] + box["h"] - gap)
