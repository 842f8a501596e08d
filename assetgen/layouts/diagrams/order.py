"""The order of what stands in each rank of a graph, so that few lines cross."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from itertools import pairwise

from assetgen.layouts.diagrams.ranks import Pair

Order = list[list[int]]
_SWEEPS = 8


def ordered(rank_of: Sequence[int], links: Sequence[Pair]) -> Order:
    """The items of each rank in order; each of ``links`` goes from one rank to the next.

    Items that nothing moves stay in the order of their numbers.
    """
    below: list[list[int]] = [[] for _ in rank_of]
    above: list[list[int]] = [[] for _ in rank_of]
    for source, target in links:
        below[source].append(target)
        above[target].append(source)
    order = _first(rank_of, below)
    best, fewest = order, crossings(order, below)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        order = [list(rank) for rank in order]
        down = sweep % 2 == 0
        for rank in range(1, len(order)) if down else range(len(order) - 2, -1, -1):
            beside = order[rank - 1 if down else rank + 1]
            order[rank] = _by_middle(order[rank], beside, above if down else below)
        _swap_neighbours(order, below, above)
        many = crossings(order, below)
        if many < fewest:
            best, fewest = [list(rank) for rank in order], many
    return best


def _first(rank_of: Sequence[int], below: Sequence[Sequence[int]]) -> Order:
    """The items in the order in which a walk along the links meets them."""
    order: Order = [[] for _ in range(max(rank_of) + 1)]
    seen: set[int] = set()
    for first in sorted(range(len(rank_of)), key=lambda item: rank_of[item]):
        walk = [first]
        while walk:
            item = walk.pop()
            if item not in seen:
                seen.add(item)
                order[rank_of[item]].append(item)
                walk += reversed(below[item])
    return order


def _by_middle(
    rank: Sequence[int], beside: Sequence[int], near: Sequence[Sequence[int]]
) -> list[int]:
    """``rank`` sorted by the middles of the neighbours; items without any keep their places."""
    at = {item: place for place, item in enumerate(beside)}
    middles = {
        item: sum(at[one] for one in near[item]) / len(near[item]) for item in rank if near[item]
    }
    moved = iter(sorted(middles, key=lambda item: middles[item]))
    return [next(moved) if item in middles else item for item in rank]


def _swap_neighbours(
    order: Order, below: Sequence[Sequence[int]], above: Sequence[Sequence[int]]
) -> None:
    for rank, items in enumerate(order):
        sides = [(above, order[rank - 1])] if rank else []
        sides += [(below, order[rank + 1])] if rank + 1 < len(order) else []
        places = [(near, {one: at for at, one in enumerate(beside)}) for near, beside in sides]
        improved = True
        while improved:
            improved = False
            for at in range(len(items) - 1):
                left, right = items[at], items[at + 1]
                gain = 0
                for near, place in places:
                    for a in near[left]:
                        for b in near[right]:
                            gain += (place[a] > place[b]) - (place[a] < place[b])
                if gain > 0:
                    items[at], items[at + 1] = right, left
                    improved = True


def crossings(order: Order, below: Sequence[Sequence[int]]) -> int:
    """How often lines between neighbouring ranks cross."""
    found = 0
    for upper, lower in pairwise(order):
        at = {item: place for place, item in enumerate(lower)}
        passed: list[int] = []
        for item in upper:
            ends = sorted(at[one] for one in below[item])
            found += sum(len(passed) - bisect_right(passed, end) for end in ends)
            for end in ends:
                insort(passed, end)
    return found
