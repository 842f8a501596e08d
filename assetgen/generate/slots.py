"""So many requests are under way at once, and the images of earlier ones are read meanwhile."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from assetgen.plan.routing import NotBegun


class Slots:
    """A slot for each request that may be under way; who asks first is served first."""

    def __init__(self, count: int, stop: threading.Event) -> None:
        """When ``stop`` is set, no one who waits for a slot gets one."""
        self._free = count
        self._stop = stop
        self._lock = threading.Lock()
        self._queue: deque[threading.Event] = deque()

    @property
    def waiting(self) -> int:
        """How many wait for a slot."""
        return len(self._queue)

    @contextmanager
    def one(self) -> Iterator[Slot]:
        """A slot, until it is given back or the block ends. Raises NotBegun."""
        self._take()
        slot = Slot(self)
        try:
            yield slot
        finally:
            slot.give_back()

    def _take(self) -> None:
        turn = threading.Event()
        with self._lock:
            if self._free and not self._queue:
                self._free -= 1
                return
            self._queue.append(turn)
        turn.wait()
        if self._stop.is_set():
            self.give_back()
            raise NotBegun

    def give_back(self) -> None:
        """Let the next one have a slot."""
        with self._lock:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._free += 1


class Slot:
    """One slot that was taken."""

    def __init__(self, slots: Slots) -> None:
        self._slots: Slots | None = slots

    def give_back(self) -> None:
        """Let the next request leave; does nothing if that was done before."""
        slots, self._slots = self._slots, None
        if slots:
            slots.give_back()
