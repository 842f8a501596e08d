"""Where the items of ordered ranks stand, side by side: long lines straight, nodes over the middle.

The method is that of Brandes and Köpf (Fast and Simple Horizontal Coordinate Assignment, 2001),
with the compaction in two passes that dagre and others use instead of theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from assetgen.layouts.diagrams.order import Order
from assetgen.layouts.diagrams.ranks import Pair

#: How far the middles of two neighbours of one rank are apart, at least.
Apart = Callable[[int, int], float]


def placed(order: Order, links: Sequence[Pair], bends: set[int], apart: Apart) -> list[float]:
    """The middle of each item. ``bends`` are the items that are only a part of a long line."""
    count = sum(map(len, order))
    marked = _crossed(order, links, bends)
    layouts = []
    for is_up in (True, False):
        ranks = order if is_up else order[::-1]
        for is_left in (True, False):
            turned = ranks if is_left else [rank[::-1] for rank in ranks]
            near: list[list[int]] = [[] for _ in range(count)]
            at = {item: place for rank in turned for place, item in enumerate(rank)}
            for source, target in links:
                first, second = (source, target) if is_up else (target, source)
                near[second].append(first)
            for item, some in enumerate(near):
                boxes = [one for one in some if one not in bends]
                if boxes and item not in bends:  # a node stands over nodes, not over bends
                    some[:] = boxes
                some.sort(key=lambda one: at[one])
            roots = _aligned(turned, near, at, marked)
            beside: Apart = apart if is_left else lambda a, b: apart(b, a)
            found = _compacted(turned, roots, beside)
            layouts.append(found if is_left else [-one for one in found])
    return _balanced(layouts)


def over_children(count: int, links: Sequence[Pair], apart: Apart) -> list[float]:
    """The middle of each node of a tree: each stands over the middle of what is below it."""
    below: list[list[int]] = [[] for _ in range(count)]
    roots = set(range(count)) - {target for _, target in links}
    for source, target in links:
        below[source].append(target)
    at, last = [0.0] * count, -1
    walk = [(root, False) for root in sorted(roots, reverse=True)]
    while walk:
        node, is_done = walk.pop()
        if is_done:
            at[node] = (at[below[node][0]] + at[below[node][-1]]) / 2
        elif below[node]:
            walk += [(node, True), *((one, False) for one in reversed(below[node]))]
        else:
            at[node] = at[last] + apart(last, node) if last >= 0 else 0.0
            last = node
    return at


def _crossed(order: Order, links: Sequence[Pair], bends: set[int]) -> set[Pair]:
    """The links that cross a piece of a long line, which stays straight."""
    at = {item: place for rank in order for place, item in enumerate(rank)}
    rank_of = {item: rank for rank, items in enumerate(order) for item in items}
    found = set()
    for a, b in links:
        if not (a in bends and b in bends):
            continue
        for c, d in links:
            is_beside = rank_of[a] == rank_of[c] and not (c in bends and d in bends)
            if is_beside and (at[a] - at[c]) * (at[b] - at[d]) < 0:
                found.add((c, d))
    return found


def _aligned(
    ranks: Order, near: Sequence[Sequence[int]], at: dict[int, int], marked: set[Pair]
) -> list[int]:
    """For each item the first one of its block: the items that stand in one line."""
    count = len(near)
    root, following = list(range(count)), list(range(count))
    for rank in ranks:
        last = -1
        for item in rank:
            some = near[item]
            middle = (len(some) - 1) / 2
            for place in sorted({int(middle), int(middle + 0.5)}) if some else ():
                other = some[place]
                is_marked = (other, item) in marked or (item, other) in marked
                if following[item] == item and last < at[other] and not is_marked:
                    following[other] = item
                    root[item] = root[other]
                    following[item] = root[item]
                    last = at[other]
    return root


def _compacted(ranks: Order, root: Sequence[int], apart: Apart) -> list[float]:
    """The blocks as near together as they may be, then each as near as possible to its right."""
    pairs = [(a, b) for rank in ranks for a, b in pairwise(rank)]
    gaps: dict[Pair, float] = {}
    for a, b in pairs:
        key = (root[a], root[b])
        gaps[key] = max(gaps.get(key, 0.0), apart(a, b))
    blocks = sorted(set(root))
    incoming: dict[int, list[int]] = {block: [] for block in blocks}
    outgoing: dict[int, list[int]] = {block: [] for block in blocks}
    for a, b in gaps:
        incoming[b].append(a)
        outgoing[a].append(b)
    waiting = {block: len(incoming[block]) for block in blocks}
    ready = [block for block in blocks if not waiting[block]]
    turn: list[int] = []
    while ready:
        block = ready.pop()
        turn.append(block)
        for after in outgoing[block]:
            waiting[after] -= 1
            if not waiting[after]:
                ready.append(after)
    x: dict[int, float] = {}
    for block in turn:
        x[block] = max((x[one] + gaps[one, block] for one in incoming[block]), default=0.0)
    for block in reversed(turn):
        if outgoing[block]:
            x[block] = max(
                x[block], min(x[after] - gaps[block, after] for after in outgoing[block])
            )
    return [x[root[item]] for item in range(len(root))]


def _balanced(layouts: Sequence[Sequence[float]]) -> list[float]:
    """The middle of four layouts: two that lean to the left, and two that lean to the right."""
    widths = [max(one) - min(one) for one in layouts]
    narrow = layouts[widths.index(min(widths))]
    moved = []
    for number, one in enumerate(layouts):
        is_left = number % 2 == 0
        shift = min(narrow) - min(one) if is_left else max(narrow) - max(one)
        moved.append([place + shift for place in one])
    four = [sorted(places) for places in zip(*moved, strict=True)]
    return [(places[1] + places[2]) / 2 for places in four]
