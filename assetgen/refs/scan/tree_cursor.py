"""The tree of a piece of code: which node is at a place, and what is around it.

A node of tree-sitter finds its parent by going down from the root again. This walks the tree once
from left to right and keeps what it passes, so that a thousand nested brackets take no longer.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from assetgen.refs.scan.effort import Effort

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

_CONTINUES = bytes(range(0x80, 0xC0))
_STEP = 1024
_NEAR = 32
# So many children of a node are passed over in the time of one step.
_CHILDREN_IN_A_STEP = 2048


def _covers(node: Node, first: int, last: int) -> bool:
    return node.start_byte <= first and last <= node.end_byte


_Accepts = Callable[["TreeCursor", "Node", "Node"], bool]


class TreeCursor:
    """One parsed piece of code, quickest if places are asked for from left to right."""

    def __init__(self, tree: Tree, data: bytes, effort: Effort) -> None:
        self.root = tree.root_node
        self._data = data
        self._effort = effort
        self._cursor = tree.walk()
        self._parents: dict[int, Node] = {}
        self._tags: dict[int, Node | None] = {}
        self._climbed: dict[_Accepts, dict[int, bool]] = {}

    def at(self, first: int, last: int) -> Node:
        """The smallest node around these bytes; quickest from left to right."""
        cursor = self._cursor
        node = cursor.node or self.root
        while not _covers(node, first, last):
            self._effort.spend()
            node = self._go_right(node, first)
            if _covers(node, first, last) or not cursor.goto_parent():
                break
            node = cursor.node or self.root
        while cursor.goto_first_child_for_byte(first) is not None:
            self._effort.spend(1 + node.child_count // _CHILDREN_IN_A_STEP)
            child = cursor.node
            if child is None or child.start_byte > first or child.end_byte < last:
                cursor.goto_parent()
                break
            self._parents[child.id] = node
            node = child
        return node

    def _go_right(self, node: Node, first: int) -> Node:
        """The next of a few siblings of ``node`` that ends after ``first``: it is mostly near."""
        above = self._parents.get(node.id)
        for _ in range(_NEAR):
            if above is None or node.end_byte > first or not self._cursor.goto_next_sibling():
                break
            node = self._cursor.node or node
            self._parents[node.id] = above
        return node

    def parent(self, node: Node) -> Node | None:
        """The parent of ``node``."""
        known = self._parents.get(node.id)
        if known is None and (found := node.parent) is not None:
            self._effort.spend(1 + self.root.child_count // _CHILDREN_IN_A_STEP)
            known = self._parents[node.id] = found
        return known

    def children(self, node: Node) -> list[Node]:
        """The children of ``node``."""
        found = node.children
        self._effort.spend(len(found))
        self._parents.update((child.id, node) for child in found)
        return found

    def outermost_tag(self, node: Node) -> Node | None:
        """The outermost element that has ``node`` in an attribute: it is read as a whole."""
        known, way = self._tags, []
        while node.id not in known:
            above = self.parent(node)
            if above is None:
                known[node.id] = None
            else:
                way.append((node, above))
                node = above
        found = known[node.id]
        for below, above in reversed(way):
            if found is None and above.type == "jsx_attribute":
                found = self.parent(above)
            known[below.id] = found
        return found

    def text(self, node: Node, most: int | None = None) -> bytes:
        """The code of a node; nothing if it has more than ``most`` bytes.

        ``Node.text`` would ask the parser's reader for the code again, which counts as steps.
        """
        first, last = node.start_byte, node.end_byte
        return self._data[first:last] if most is None or last - first <= most else b""

    def climb(self, node: Node, accept: _Accepts) -> bool:
        """Whether ``accept(tree, parent, child)`` is true at each step from ``node`` up."""
        known, way = self._climbed.setdefault(accept, {}), []
        while node.id not in known:
            way.append(node.id)
            above = self.parent(node)
            if above is None or not accept(self, above, node):
                known[node.id] = above is None
            else:
                node = above
        answer = known[node.id]
        known.update(dict.fromkeys(way, answer))
        return answer

    def characters(self, byte: int) -> int:
        """How many characters of the code are before a byte."""
        if not self._counts:
            return byte
        step = byte // _STEP
        return self._counts[step] + len(self._data[step * _STEP : byte].translate(None, _CONTINUES))

    @cached_property
    def _counts(self) -> list[int]:
        """The characters before every 1024th byte; empty if each character is one byte."""
        if self._data.isascii():
            return []
        counts = [0]
        for at in range(0, len(self._data), _STEP):
            counts.append(counts[-1] + len(self._data[at : at + _STEP].translate(None, _CONTINUES)))
        return counts
