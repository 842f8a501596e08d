"""Code -> tree, by tree-sitter, which goes on after an error. What it does is counted as steps.

For some texts that are no code it tries very many readings at once, searches the rest of the text
again for each token, or takes longer with each element or comment that is open. No one writes such
code.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from assetgen.refs.scan.effort import Effort, Unread

if TYPE_CHECKING:
    from tree_sitter import Parser, Point, Tree

#: How many bytes the parser is given at once: each time that it asks is counted.
_PIECE = 4096
#: The parser's time grows with the square of the open elements; so many are one step.
_OPEN_IN_A_STEP = 5
#: The parser asks whether to stop once for about twenty bytes. More often means that it holds many
#: readings at once, whose number grows with each token.
_BYTES_A_CALL = 4
_FREE_CALLS = 1_500
_TAG = re.compile(rb"(?<![\w$)\]])<[A-Za-z][\w.:-]*|<!--|</|/>|-->")
_ENDS = (b"</", b"/>", b"-->")


def tree(data: bytes, effort: Effort, *, ts: bool) -> Tree:
    """The tree of ``data`` in TSX, or in TypeScript without JSX if ``ts``. Raises Unread."""
    effort.spend((_most_open(data) // _OPEN_IN_A_STEP) ** 2)
    counted = _Counted(data, effort)
    parser = _parser(ts)
    try:
        found = parser.parse(counted.piece, progress_callback=counted.is_too_much)
    except ValueError:  # it was told to stop
        found = None
    if counted.is_over or found is None:
        parser.reset()
        raise Unread
    return found


class _Counted:
    """The code, piece by piece, and what the parser does with it."""

    def __init__(self, data: bytes, effort: Effort) -> None:
        self._data = data
        self._effort = effort
        self._farthest = 0
        self._calls = 0
        self.is_over = False

    def piece(self, at: int, _point: Point) -> bytes:
        """The bytes from ``at`` on; none any more once the steps are spent."""
        self._count(_PIECE // 64)
        return b"" if self.is_over else self._data[at : at + _PIECE]

    def is_too_much(self, at: int, _has_error: bool) -> bool:
        """Whether to stop: it holds too many readings at once, or no steps are left."""
        self._calls += 1
        self._farthest = max(at, self._farthest)
        self._count(1)
        self.is_over |= self._calls > _FREE_CALLS + self._farthest // _BYTES_A_CALL
        return self.is_over

    def _count(self, steps: int) -> None:
        try:
            self._effort.spend(steps)
        except Unread:
            self.is_over = True


def _most_open(data: bytes) -> int:
    """About how many elements and comments of HTML are open at once."""
    most = open_ = 0
    for tag in _TAG.finditer(data):
        open_ = max(0, open_ - 1) if tag[0] in _ENDS else open_ + 1
        most = max(most, open_)
    return most


@cache
def _parser(ts: bool) -> Parser:
    import tree_sitter_typescript
    from tree_sitter import Language, Parser

    grammar = (
        tree_sitter_typescript.language_typescript if ts else tree_sitter_typescript.language_tsx
    )
    return Parser(Language(grammar()))
