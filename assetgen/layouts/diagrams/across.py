"""Where everything in a graph is across its ranks: boxes, labels, bends, ways back, ports.

All boxes have the same size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from assetgen.layouts.diagrams.lanes import NEAR, apart
from assetgen.layouts.diagrams.place import over_children, placed
from assetgen.layouts.diagrams.skeleton import Skeleton, free

#: A place along the ranks and one across them, or the sizes in these directions.
Point = tuple[float, float]


@dataclass(frozen=True)
class Measure:
    """The room of a drawing, the largest box in it, and the distances that it keeps."""

    room: Point
    box: Point
    reach: float = 0.3
    """How far from the middle of its side a line may meet a box, in sides."""
    between: float = 36.0
    beside: float = 26.0
    port: float = 30.0
    lane: float = 24.0
    before: float = 24.0
    after: float = 38.0
    label: float = 14.0
    """The room before and after a label."""
    corridor: float = 34.0
    is_tree: bool = False
    """All lines that leave a box have one way until they divide."""
    widest: float = 120.0
    """The room between two ranks that is not exceeded to fill the canvas."""


@dataclass
class Back:
    """A line that goes back: its side (-1 or 1), and which of its ends meet that side of a box."""

    place: int
    side: int
    leaves: bool
    enters: bool
    corridor: float = 0.0
    out: float = 0.0
    into: float = 0.0


@dataclass
class Flat:
    """What is known before the ranks are put at a distance: all places across."""

    across: float
    at: list[float]
    backs: list[Back] = field(default_factory=list)
    ports: dict[tuple[int, str], float] = field(default_factory=dict)
    """Where each link, by its place, meets the box that it leaves ("out") and enters ("in")."""
    low: float = 0.0
    high: float = 0.0


def fitted(graph: Skeleton, measure: Measure) -> Flat:
    room, most = measure.room[1], measure.box[1]
    widest = max(sum(item < graph.count for item in rank) for rank in graph.order)
    if measure.is_tree:  # as many as nothing is below
        widest = graph.count - len({source for source, _ in graph.steps})
    across = min(most, room / widest)
    for _ in range(4):
        flat = _across(graph, measure, across)
        over = flat.high - flat.low - room
        if abs(over) < 1 or (over < 0 and across == most):
            break
        across = min(most, max(1.0, across - over / widest))
    while flat.high - flat.low > room + 1 and across > 1:
        across = max(1.0, across - (flat.high - flat.low - room) / widest)
        flat = _across(graph, measure, across)
    return _spread(graph, measure, flat)


def _spread(graph: Skeleton, measure: Measure, flat: Flat) -> Flat:
    """The same over more of the room, if the boxes are smaller than they could be."""
    wide = flat.high - flat.low
    inner = max(flat.at) - min(flat.at)
    if wide > measure.room[1] - 8 or not inner:
        return flat
    factor = min(1.9, (measure.room[1] - wide + inner) / inner)
    return _across(graph, measure, flat.across, factor)


def _across(graph: Skeleton, measure: Measure, across: float, factor: float = 1.0) -> Flat:
    sizes = _sizes(graph, across)

    def distance(a: int, b: int) -> float:
        boxes = (a < graph.count) + (b < graph.count)
        gap = measure.between if boxes == 2 else measure.beside
        return (sizes[a] + sizes[b]) / 2 + gap

    if measure.is_tree:
        found = over_children(graph.count, graph.steps, distance)
    else:
        found = placed(graph.order, graph.steps, graph.bends, distance)
    at = [one * factor for one in found]
    flat = Flat(across, at)
    flat.low = min(one - size / 2 for one, size in zip(at, sizes, strict=True))
    flat.high = max(one + size / 2 for one, size in zip(at, sizes, strict=True))
    _set_corridors(graph, measure, flat, sizes)
    _set_ports(graph, measure, flat)
    return flat


def _sizes(graph: Skeleton, across: float) -> list[float]:
    labels = {item: graph.links[place].across for item, place in graph.labels.items()}
    return [
        across if item < graph.count else labels.get(item, 0.0)
        for item in range(len(graph.rank_of))
    ]


def _set_corridors(graph: Skeleton, measure: Measure, flat: Flat, sizes: Sequence[float]) -> None:
    """Give each line that goes back a way beside all that it passes."""
    for place in graph.backward:
        link = graph.links[place]
        ends = {
            side: (free(graph, link.source, side), free(graph, link.target, side))
            for side in (1, -1)
        }
        side = max((1, -1), key=lambda one: sum(ends[one]))
        leaves, enters = ends[side]
        back = Back(place, side, leaves, enters)
        first = graph.rank_of[link.target] - (not enters)
        last = graph.rank_of[link.source] + (not leaves)
        if graph.span(place) == 0 and link.is_labelled:
            first, last = first - 1, last + 1
        passed = [
            (flat.at[item] * side + sizes[item] / 2)
            for rank in range(max(first, 0), min(last, len(graph.order) - 1) + 1)
            for item in graph.order[rank]
        ]
        # The label may reach as far inwards as there is room; the legs of a loop are seen.
        spare = measure.corridor - 12 if graph.span(place) else 0.0
        beyond = _beyond(graph, place)
        edge = max(passed) + measure.corridor + max(0.0, beyond - spare)
        for other in flat.backs:
            if other.side == side and _meet(graph, other.place, place):
                outer = other.corridor * side + _beyond(graph, other.place)
                edge = max(edge, outer + measure.lane + beyond)
        back.corridor = edge * side
        flat.backs.append(back)
        outer = back.corridor + side * max(beyond, 4.0)
        flat.low, flat.high = min(flat.low, outer), max(flat.high, outer)


def _beyond(graph: Skeleton, place: int) -> float:
    """The room outside of a line that goes back, for its label."""
    return graph.links[place].across / 2


def _meet(graph: Skeleton, one: int, other: int) -> bool:
    def ranks(place: int) -> tuple[int, int]:
        link = graph.links[place]
        return graph.rank_of[link.target] - 1, graph.rank_of[link.source] + 1

    (low, high), (first, last) = ranks(one), ranks(other)
    return low <= last and first <= high


def _set_ports(graph: Skeleton, measure: Measure, flat: Flat) -> None:
    """Where lines meet the sides of boxes: straight where they can be."""
    for _ in range(2):
        for end in ("out", "in"):
            for node in range(graph.count):
                _set_side(graph, measure, flat, node, end)
    if measure.is_tree:
        return
    for place, path in graph.paths.items():  # a step of a few px would look like a mistake
        out, into = (place, "out"), (place, "in")
        first = flat.ports[into] if len(path) == 2 else flat.at[path[1]]
        if abs(flat.ports[out] - first) < NEAR:
            flat.ports[out] = first
        last = flat.at[path[-2]]
        if len(path) > 2 and abs(flat.ports[into] - last) < NEAR:
            flat.ports[into] = last


def _set_side(graph: Skeleton, measure: Measure, flat: Flat, node: int, end: str) -> None:
    middle, reach = flat.at[node], measure.reach * flat.across
    wanted: list[tuple[float, float, int]] = []
    for place, path in graph.paths.items():
        if path[0 if end == "out" else -1] != node:
            continue
        other = path[1 if end == "out" else -2]
        opposite = (place, "in" if end == "out" else "out")
        to = flat.ports.get(opposite, flat.at[other]) if len(path) == 2 else flat.at[other]
        if abs(to - middle) <= reach:
            wanted.append((to, 50.0, place))
        else:
            wanted.append((middle + (1 if to > middle else -1), 1.0, place))
    for back in flat.backs:
        link = graph.links[back.place]
        is_here = (
            link.source == node and not back.leaves
            if end == "out"
            else link.target == node and not back.enters
        )
        if is_here:
            wanted.append((middle + 2 * back.side, 1.0, back.place))
    wanted.sort(key=lambda one: (one[0], flat.at[_far(graph, one[2], end)], one[2]))
    found = apart(
        [one[0] for one in wanted],
        [one[1] for one in wanted],
        measure.port,
        middle - reach,
        middle + reach,
    )
    for port, (_, _, which) in zip(found, wanted, strict=True):
        flat.ports[which, end] = port


def _far(graph: Skeleton, place: int, end: str) -> int:
    link = graph.links[place]
    return link.target if end == "out" else link.source
