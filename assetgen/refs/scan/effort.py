"""How much of one file is read: a budget in steps that grows with its length, never in seconds."""

from __future__ import annotations

#: The steps for any file, and those for each character of it. A step is one token, or 64 characters
#: that are searched for the end of something. Pages and code take about one for three characters.
_STEPS = 500_000
_STEPS_A_CHARACTER = 5
_SEARCHED_IN_A_STEP = 64


class Unread(Exception):
    """A file that takes too many steps to read: no one wrote it by hand."""


class Effort:
    """The steps that reading one file of ``length`` characters has left."""

    __slots__ = ("_left", "_most")

    def __init__(self, length: int) -> None:
        self._left = self._most = _STEPS + _STEPS_A_CHARACTER * length

    def spend(self, steps: int = 1) -> None:
        """Count ``steps``. Raises Unread if none is left."""
        self._left -= steps
        if self._left < 0:
            raise Unread

    def search(self, characters: int) -> None:
        """Count a search through ``characters``. Raises Unread if no step is left."""
        self.spend(1 + characters // _SEARCHED_IN_A_STEP)

    @property
    def spent(self) -> int:
        """The steps so far."""
        return self._most - self._left
