"""The ranks of a graph: each node comes after those that lead to it."""

from __future__ import annotations

from collections.abc import Sequence

#: A connection as (source, target), both places in the list of nodes.
Pair = tuple[int, int]


def backward(count: int, pairs: Sequence[Pair]) -> frozenset[int]:
    """The places of the ``pairs`` without which no node leads back to itself."""
    leaving: list[list[int]] = [[] for _ in range(count)]
    entered = set()
    for place, (source, target) in enumerate(pairs):
        leaving[source].append(place)
        entered |= {target} - {source}
    found: set[int] = set()
    open_nodes: set[int] = set()
    done: set[int] = set()
    # Where nothing leads to is where readers begin.
    for first in sorted(range(count), key=lambda node: node in entered):
        walk = [] if first in done else [(first, iter(leaving[first]))]
        open_nodes |= {first} if walk else set()
        while walk:
            node, places = walk[-1]
            for place in places:
                target = pairs[place][1]
                if target in open_nodes:
                    found.add(place)
                elif target not in done:
                    open_nodes.add(target)
                    walk.append((target, iter(leaving[target])))
                    break
            else:
                walk.pop()
                open_nodes.discard(node)
                done.add(node)
    return frozenset(found)


def ranks(count: int, pairs: Sequence[Pair]) -> list[int]:
    """The rank of each node, from 0; ``pairs`` have no circle."""
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    for source, target in pairs:
        before[target].append(source)
        after[source].append(target)
    found = [0] * count
    for _ in range(count):  # longest paths: at most so many rounds
        now = [max((found[one] + 1 for one in before[node]), default=0) for node in range(count)]
        if now == found:
            break
        found = now
    for _ in range(count):
        moved = False
        for node in range(count):
            # Nearer to what it leads to, where more lines leave than arrive.
            last = min((found[one] - 1 for one in after[node]), default=found[node])
            if last > found[node] and len(after[node]) > len(before[node]):
                found[node], moved = last, True
        if not moved:
            break
    return found
