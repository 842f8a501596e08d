"""A graph as a drawing in ranks: boxes of one size, lines round them, labels on the lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assetgen.layouts.diagrams.across import Back, Flat, Measure, Point, fitted
from assetgen.layouts.diagrams.lanes import NEAR, Turn, levels, overlaps
from assetgen.layouts.diagrams.skeleton import Skeleton

_NUDGE, _MOST_NUDGES = 14.0, 12


@dataclass(frozen=True)
class Drawing:
    """The middles of the boxes, the lines in the directions of their links, and the labels."""

    box: Point
    extent: Point
    middles: list[Point]
    lines: list[list[Point]]
    labels: dict[int, Point]
    is_clear: bool = True
    """Whether no line is on another one, and no label on the line of another."""


def drawn(graph: Skeleton, measure: Measure) -> Drawing:
    """``graph`` in the room of ``measure``. Boxes are as large as they can be, up to its box.

    Their size is not positive if there is no room.
    """
    flat = fitted(graph, measure)
    return _Along(graph, measure, flat).drawing()


def _free_turns(graph: Skeleton, flat: Flat) -> list[list[Turn]]:
    """What turns before each rank, and after the last one; none on the way of another."""
    found = _turns(graph, flat)
    for _ in range(_MOST_NUDGES):
        pairs = [pair for turns in found for pair in overlaps(turns, levels(turns)[0])]
        if not pairs or not _nudged(graph, flat, *pairs[0]):
            break
        found = _turns(graph, flat)
    return found


def _turns(graph: Skeleton, flat: Flat) -> list[list[Turn]]:
    found: list[list[Turn]] = [[] for _ in range(len(graph.order) + 1)]
    for place, path in graph.paths.items():
        for a, b in pairwise(path):
            start = flat.ports[place, "out"] if a < graph.count else flat.at[a]
            end = flat.ports[place, "in"] if b < graph.count else flat.at[b]
            if abs(start - end) > 0.001:
                found[graph.rank_of[b]].append(Turn(place, start, end))
    for back in flat.backs:
        link = graph.links[back.place]
        if not back.leaves:
            port = flat.ports[back.place, "out"]
            gap = graph.rank_of[link.source] + 1
            found[gap].append(Turn(back.place, port, back.corridor))
        if not back.enters:
            port = flat.ports[back.place, "in"]
            gap = graph.rank_of[link.target]
            found[gap].append(Turn(~back.place, back.corridor, port))
    return found


def _nudged(graph: Skeleton, flat: Flat, one: Turn, other: Turn) -> bool:
    """Move the end of a line beside the line that begins there; whether there is room."""
    for line, end in ((one.line, "in"), (other.line, "out")):
        place = line if line >= 0 else ~line
        if (place, end) not in flat.ports:
            continue
        link, here = graph.links[place], flat.ports[place, end]
        node = link.target if end == "in" else link.source
        if abs(here - (one.end if end == "in" else other.start)) > NEAR:
            continue
        others = [
            port
            for (which, side), port in flat.ports.items()
            if side == end and which != place and _node(graph, which, end) == node
        ]
        for step in (_NUDGE, -_NUDGE, 2 * _NUDGE, -2 * _NUDGE):
            is_on = abs(here + step - flat.at[node]) <= 0.42 * flat.across
            if is_on and all(abs(here + step - port) >= NEAR for port in others):
                flat.ports[place, end] = here + step
                return True
    return False


def _node(graph: Skeleton, place: int, end: str) -> int:
    link = graph.links[place]
    return link.target if end == "in" else link.source


class _Along:
    """Puts the ranks at distances, with lanes for the lines that turn between them."""

    def __init__(self, graph: Skeleton, measure: Measure, flat: Flat) -> None:
        self._graph, self._measure, self._flat = graph, measure, flat
        self._backs = {back.place: back for back in flat.backs}
        self._turns = _turns(graph, flat) if measure.is_tree else _free_turns(graph, flat)
        self._lanes: dict[tuple[int, int], float] = {}
        self._starts: list[float] = []
        self._deep: list[float] = []
        self._box = 0.0
        self._end = 0.0

    def drawing(self) -> Drawing:
        self._set_ranks()
        graph, flat = self._graph, self._flat
        lines = [
            self._forward(place) if place in graph.paths else self._backward(place)
            for place in range(len(graph.links))
        ]
        labels = {place: self._middle(item) for item, place in graph.labels.items()}
        is_clear = True
        for back in flat.backs:
            if graph.links[back.place].is_labelled:
                along = self._label_place(back, lines)
                is_clear = is_clear and along is not None
                labels[back.place] = (along or 0.0, back.corridor)
        if not self._measure.is_tree:
            is_clear = is_clear and not (_share_ways(lines) or self._hides_words(lines, labels))
        shift = -flat.low
        return Drawing(
            (self._box, flat.across),
            (self._end, flat.high - flat.low),
            [_moved(self._middle(node), shift) for node in range(graph.count)],
            [[_moved(point, shift) for point in line] for line in lines],
            {place: _moved(point, shift) for place, point in labels.items()},
            is_clear,
        )

    def _label_place(self, back: Back, lines: Sequence[Sequence[Point]]) -> float | None:
        """Where the label is on a line that goes back: near its middle, off all other lines."""
        link = self._graph.links[back.place]
        way = [along for along, across in lines[back.place] if across == back.corridor]
        low, high = min(way), max(way)
        middle, half = (low + high) / 2, link.along / 2
        if self._graph.span(back.place) == 0 and self._is_alone(back):
            return middle if link.along <= self._box else None
        crossing = [
            one[0]
            for place, line in enumerate(lines)
            if place != back.place
            for one, other in pairwise(line)
            if one[0] == other[0]
            and min(one[1], other[1]) < back.corridor + link.across / 2
            and max(one[1], other[1]) > back.corridor - link.across / 2
        ]
        beside = [one + side * (half + 6) for one in crossing for side in (-1, 1)]
        for place in sorted([middle, *beside], key=lambda one: (abs(one - middle), one)):
            is_on = low + half + 4 <= place <= high - half - 4
            if is_on and all(abs(place - one) >= half + 5 for one in crossing):
                return place
        return None

    def _hides_words(self, lines: Sequence[Sequence[Point]], labels: Mapping[int, Point]) -> bool:
        """Whether a line is on the label of another one."""
        for place, (along, across) in labels.items():
            link = self._graph.links[place]
            for other, line in enumerate(lines):
                for one, end in pairwise(line) if other != place else ():
                    near = (one[0] + end[0]) / 2 - along, (one[1] + end[1]) / 2 - across
                    if (
                        abs(near[0]) < (link.along + abs(one[0] - end[0])) / 2
                        and abs(near[1]) < (link.across + abs(one[1] - end[1])) / 2
                    ):
                        return True
        return False

    def _is_alone(self, back: Back) -> bool:
        """Whether no other line that goes back has an end at the source of this one."""
        links, node = self._graph.links, self._graph.links[back.place].source
        ends = [links[one.place] for one in self._flat.backs if one is not back]
        return not any(node in (link.source, link.target) for link in ends)

    def _set_ranks(self) -> None:
        graph, measure = self._graph, self._measure
        many = len(graph.order)
        lanes = [levels(turns) for turns in self._turns]
        if measure.is_tree:
            lanes = [([0] * len(turns), min(1, len(turns))) for turns in self._turns]
        gaps = [self._gap(rank, count) for rank, (_, count) in enumerate(lanes)]
        inner = many - 1
        deep = [self._label_deep(rank) for rank in range(many)]
        nodes = graph.is_label_rank.count(False)
        free = measure.room[0] - sum(gaps) - sum(deep)
        self._box = min(measure.box[0], free / nodes)
        spare = free - self._box * nodes
        more = min(spare / inner, measure.widest) if inner and spare > 0 else 0.0
        at = 0.0
        for rank in range(many + 1):
            wide = gaps[rank] + (more if 0 < rank < many else 0.0)
            self._set_lanes(rank, lanes[rank], at, wide)
            at += wide
            if rank < many:
                self._starts.append(at)
                self._deep.append(deep[rank] or self._box)
                at += self._deep[-1]
        self._end = at

    def _gap(self, rank: int, lanes: int) -> float:
        """The least room before a rank, or after the last one."""
        graph, measure = self._graph, self._measure
        if rank in (0, len(graph.order)):
            return measure.lane * lanes + (12 if lanes else 0)
        before = measure.label if graph.is_label_rank[rank - 1] else measure.before
        after = measure.label if graph.is_label_rank[rank] else measure.after
        return before + after + measure.lane * max(0, lanes - 1)

    def _label_deep(self, rank: int) -> float:
        if not self._graph.is_label_rank[rank]:
            return 0.0
        labels = self._graph.labels
        some = [self._graph.links[labels[i]].along for i in self._graph.order[rank] if i in labels]
        return max(some)

    def _set_lanes(self, rank: int, lanes: tuple[list[int], int], at: float, wide: float) -> None:
        found, many = lanes
        last = len(self._graph.order)
        measure = self._measure
        before, after = measure.before, measure.after
        if rank == 0:
            before, after = 4.0, wide - 4.0 - measure.lane * (many - 1)
        elif rank == last:
            before = measure.lane - 4.0
            after = wide - before - measure.lane * (many - 1)
        else:
            before = measure.label if self._graph.is_label_rank[rank - 1] else before
            after = measure.label if self._graph.is_label_rank[rank] else after
        spare = wide - before - after - measure.lane * max(0, many - 1)
        first = at + before + spare / 2
        for turn, level in zip(self._turns[rank], found, strict=True):
            self._lanes[turn.line, rank] = first + level * measure.lane

    def _middle(self, item: int) -> Point:
        rank = self._graph.rank_of[item]
        return self._starts[rank] + self._deep[rank] / 2, self._flat.at[item]

    def _forward(self, place: int) -> list[Point]:
        graph, flat = self._graph, self._flat
        path = graph.paths[place]
        here = flat.ports[place, "out"]
        rank = graph.rank_of[path[0]]
        points = [(self._starts[rank] + self._deep[rank], here)]
        for item in path[1:]:
            rank = graph.rank_of[item]
            to = flat.ports[place, "in"] if item < graph.count else flat.at[item]
            if (place, rank) in self._lanes:
                lane = self._lanes[place, rank]
                points += [(lane, here), (lane, to)]
            here = to
        return [*points, (self._starts[rank], here)]

    def _backward(self, place: int) -> list[Point]:
        graph, flat, back = self._graph, self._flat, self._backs[place]
        link = graph.links[place]
        source, target = (graph.rank_of[one] for one in (link.source, link.target))
        half = back.side * flat.across / 2
        if back.leaves:
            out = self._side_port(link.source, place, "out")
            points = [(out, flat.at[link.source] + half), (out, back.corridor)]
        else:
            port, lane = flat.ports[place, "out"], self._lanes[place, source + 1]
            points = [(self._starts[source] + self._deep[source], port), (lane, port)]
            points.append((lane, back.corridor))
        if back.enters:
            into = self._side_port(link.target, place, "in")
            return [*points, (into, back.corridor), (into, flat.at[link.target] + half)]
        port, lane = flat.ports[place, "in"], self._lanes[~place, target]
        points += [(lane, back.corridor), (lane, port)]
        return [*points, (self._starts[target], port)]

    def _side_port(self, node: int, place: int, end: str) -> float:
        """Where a line that goes back meets the side of a box: those that leave it come first."""
        graph, backs = self._graph, self._backs
        own = backs[place]
        ends: list[tuple[int, int, int, str]] = []
        for back in backs.values():
            link, span = graph.links[back.place], graph.span(back.place)
            if back.side != own.side:
                continue
            loop = back.place + 1  # a line to its own node is around those before it
            if back.leaves and link.source == node:
                ends.append((0, span, back.place, "out") if span else (1, -loop, back.place, "out"))
            if back.enters and link.target == node:
                ends.append((2, -span, back.place, "in") if span else (1, loop, back.place, "in"))
        ends.sort()
        at = [one[2:] for one in ends].index((place, end))
        middle = self._starts[graph.rank_of[node]] + self._box / 2
        reach = self._measure.reach * self._box
        step = min(self._measure.port, 2 * reach / max(1, len(ends) - 1))
        return middle + (at - (len(ends) - 1) / 2) * step


def _share_ways(lines: Sequence[Sequence[Point]]) -> bool:
    """Whether a piece of a line is on a piece of another."""
    for axis in (0, 1):
        pieces = sorted(
            (one[axis], *sorted((one[1 - axis], other[1 - axis])), place)
            for place, line in enumerate(lines)
            for one, other in pairwise(line)
            if one[axis] == other[axis]
        )
        for at, (place, low, high, line) in enumerate(pieces):
            for beside, start, end, other in pieces[at + 1 :]:
                if beside - place > 3.5:
                    break
                if line != other and min(high, end) - max(low, start) > 3:
                    return True
    return False


def _moved(point: Point, shift: float) -> Point:
    return point[0], point[1] + shift
