"""Where lines meet the sides of boxes, and which of the lines between two ranks turns first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: Places on one line that are nearer than this are taken for one place.
NEAR = 10.0
_OVERLAP = 100
_MARGIN = 18.0


@dataclass(frozen=True)
class Turn:
    """A line that changes its place between two ranks."""

    line: int
    start: float
    end: float

    @property
    def low(self) -> float:
        return min(self.start, self.end)

    @property
    def high(self) -> float:
        return max(self.start, self.end)


def apart(
    wanted: Sequence[float], weights: Sequence[float], gap: float, low: float, high: float
) -> list[float]:
    """Rising places, ``gap`` apart, as near as possible to ``wanted``, which rise too.

    A place with more weight is moved less.
    """
    if not wanted:
        return []
    gap = min(gap, (high - low) / max(len(wanted) - 1, 1))
    groups: list[tuple[float, float, int]] = []  # the first place, the weight, how many
    for place, weight in zip(wanted, weights, strict=True):
        group = (place, weight, 1)
        while groups and groups[-1][0] + groups[-1][2] * gap > group[0]:
            first, weighs, many = groups.pop()
            total = weighs + group[1]
            moved = (first * weighs + (group[0] - many * gap) * group[1]) / total
            group = (moved, total, many + group[2])
        groups.append(group)
    made: list[float] = []
    for first, _, many in groups:
        made += [first + nth * gap for nth in range(many)]
    # Into the room: from the left, then from the right.
    for at in range(len(made)):
        made[at] = max(made[at], low + at * gap)
    for at in range(len(made)):
        made[-1 - at] = min(made[-1 - at], high - at * gap)
    return made


def levels(turns: Sequence[Turn]) -> tuple[list[int], int]:
    """The lane of each turn, from 0 beside the rank before, and how many lanes there are."""
    order = _in_order(turns)
    found = [0] * len(turns)
    for at, one in enumerate(order):
        for other in order[:at]:
            if _share_places(turns[one], turns[other]):
                found[one] = max(found[one], found[other] + 1)
    return found, max(found, default=-1) + 1


def overlaps(turns: Sequence[Turn], found: Sequence[int]) -> list[tuple[Turn, Turn]]:
    """Pairs in the lanes ``found``: the first ends on the line on which the second begins."""
    return [
        (one, other)
        for one, level in zip(turns, found, strict=True)
        for other, below in zip(turns, found, strict=True)
        if one is not other and abs(one.end - other.start) < NEAR and level >= below
    ]


def _in_order(turns: Sequence[Turn]) -> list[int]:
    cost = [[pair_cost(one, other) for other in turns] for one in turns]
    order = sorted(range(len(turns)), key=lambda one: (-turns[one].low, turns[one].line))
    for _ in turns:
        moved = [_moved(order, at, cost) for at in range(len(order))]
        if not any(moved):
            break
    return order


def _moved(order: list[int], at: int, cost: Sequence[Sequence[int]]) -> bool:
    """Move one turn to where it costs least; whether that is another place."""
    one = order[at]
    best, gain = at, 0
    for step in (-1, 1):
        saved, to = 0, at + step
        while 0 <= to < len(order):
            other = order[to]
            now, then = (one, other) if step > 0 else (other, one)
            saved += cost[now][then] - cost[then][now]
            if saved > gain:
                best, gain = to, saved
            to += step
    order.insert(best, order.pop(at))
    return best != at


def pair_cost(first: Turn, second: Turn) -> int:
    """How often two lines cross if ``first`` turns first; very much if they are on each other."""
    if abs(second.start - first.end) < NEAR:
        return _OVERLAP
    crossed = first.low < second.start < first.high
    return int(crossed) + int(second.low < first.end < second.high)


def _share_places(one: Turn, other: Turn) -> bool:
    return one.low < other.high + _MARGIN and other.low < one.high + _MARGIN
