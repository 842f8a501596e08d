"""Offsets in a text as the lines and columns that people count."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property


class Lines:
    """The text of one file."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [0], self.text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    def at(self, offset: int) -> tuple[int, int]:
        """Line and column of ``offset``, both from 1; columns are characters."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1
