"""A graph in ranks and in order, before anything has a size: nodes, labels and bends of lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from assetgen.layouts.diagrams.order import Order, crossings, ordered
from assetgen.layouts.diagrams.ranks import Pair, backward, ranks

# A crossing is worse than a line that goes round a box.
_CROSSED = 3


@dataclass(frozen=True)
class Link:
    """A connection of two nodes, and the room of its label along the ranks and across."""

    source: int
    target: int
    along: float = 0.0
    across: float = 0.0

    @property
    def is_labelled(self) -> bool:
        return self.across > 0


@dataclass(frozen=True)
class Skeleton:
    """The items of a graph: first its nodes, then labels and bends.

    A rank has nodes, or only labels.
    """

    count: int
    links: tuple[Link, ...]
    rank_of: list[int]
    order: Order
    paths: dict[int, list[int]]
    """The items of each line that goes forward, by its place in ``links``."""
    labels: dict[int, int]
    """The label items, with the places of their links."""
    is_label_rank: list[bool]
    steps: list[Pair] = field(default_factory=list)

    @property
    def backward(self) -> list[int]:
        """The links that go back, or to their own node; the shortest first."""
        some = [place for place in range(len(self.links)) if place not in self.paths]
        return sorted(some, key=lambda place: (self.span(place), place))

    def span(self, place: int) -> int:
        link = self.links[place]
        return self.rank_of[link.source] - self.rank_of[link.target]

    @property
    def bends(self) -> set[int]:
        return set(range(self.count, len(self.rank_of)))


def skeleton(count: int, links: Sequence[Link]) -> Skeleton:
    pairs = [(link.source, link.target) for link in links]
    back = backward(count, pairs)
    rank_of = ranks(count, [pair for place, pair in enumerate(pairs) if place not in back])
    many = max(rank_of) + 1
    with_labels = {
        rank_of[link.source]
        for place, link in enumerate(links)
        if link.is_labelled and place not in back
    }
    moved = [rank + sum(one < rank for one in with_labels) for rank in range(many)]
    is_label_rank = [False] * (many + len(with_labels))
    for rank in with_labels:
        is_label_rank[moved[rank] + 1] = True
    items = [moved[rank] for rank in rank_of]
    paths: dict[int, list[int]] = {}
    labels: dict[int, int] = {}
    steps: list[Pair] = []
    for place, link in enumerate(links):
        if place in back:
            continue
        path = [link.source]
        for rank in range(items[link.source] + 1, items[link.target]):
            if link.is_labelled and rank == items[link.source] + 1:
                labels[len(items)] = place
            path.append(len(items))
            items.append(rank)
        path.append(link.target)
        paths[place] = path
        steps += pairwise(path)
    order = ordered(items, steps)
    found = Skeleton(count, tuple(links), items, order, paths, labels, is_label_rank, steps)
    _free_ways_back(found)
    return found


def free(graph: Skeleton, node: int, side: int) -> bool:
    """Whether nothing is between a node and a side (-1 or 1)."""
    return graph.order[graph.rank_of[node]][-1 if side > 0 else 0] == node


def _free_ways_back(graph: Skeleton) -> None:
    """Swap neighbours where lines that go back can then meet the sides of more boxes."""
    below: list[list[int]] = [[] for _ in graph.rank_of]
    for source, target in graph.steps:
        below[source].append(target)

    def cost() -> int:
        met = 0
        for place in graph.backward:
            link = graph.links[place]
            ends = (link.source, link.target)
            met += max(sum(free(graph, one, side) for one in ends) for side in (1, -1))
        return _CROSSED * crossings(graph.order, below) - met

    above: dict[int, list[int]] = {}
    for source, target in graph.steps:
        above.setdefault(target, []).append(source)

    def swap(rank: list[int], at: int) -> None:
        """Swap two neighbours, and what leads to them alone."""
        one, other = rank[at], rank[at + 1]
        rank[at], rank[at + 1] = other, one
        ways = [above.get(item, []) for item in (one, other)]
        if all(len(way) == 1 and way[0] in graph.bends for way in ways):
            before = graph.order[graph.rank_of[ways[0][0]]]
            place = min(before.index(ways[0][0]), before.index(ways[1][0]))
            if set(before[place : place + 2]) == {ways[0][0], ways[1][0]}:
                swap(before, place)

    wanted = -2 * len(graph.backward)
    best = cost() if wanted else 0
    for _ in range(2 if best > wanted else 0):
        before = best
        for rank in graph.order:
            for at in range(len(rank) - 1):
                swap(rank, at)
                now = cost()
                if now >= best:
                    swap(rank, at)
                best = min(best, now)
        if best == before:
            break
