"""So many requests are under way at once, and the images of earlier ones are read meanwhile.

A purchase has a turn: first a slot for its request, then room in memory for its decoded image.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from assetgen.plan.routing import NotBegun

T = TypeVar("T")
R = TypeVar("R")


class Slots:
    """A slot for each request that may be under way; who lines up first is served first."""

    def __init__(self, count: int, stop: threading.Event) -> None:
        """When ``stop`` is set, no one who waits for a slot gets one."""
        self._free = count
        self._stop = stop
        self._lock = threading.Lock()
        self._queue: deque[Turn] = deque()
        # One more than are decoded at once, because one waits for the disk; each takes some MB.
        self.images = threading.Semaphore(1 + (os.cpu_count() or 1))

    def line_up(self) -> Turn:
        """The last turn of the queue. It must end, used or not."""
        turn = Turn(self)
        with self._lock:
            self._queue.append(turn)
            self._serve()
        return turn

    def turns(self, first: Turn) -> Generator[Turn]:
        """``first``, then new turns, for requests of which each follows from the one before."""
        yield first
        first.drops_image()
        while True:
            with self.line_up() as turn:
                yield turn

    def submit(
        self, items: Iterable[T], task: Callable[[T, Turn], R], threads: ThreadPoolExecutor
    ) -> dict[Future[R], tuple[T, Turn]]:
        """Run ``task`` on each of ``items``; they have their turns in this order."""
        found = {}
        for item in items:
            turn = self.line_up()
            future = threads.submit(task, item, turn)
            future.add_done_callback(partial(_end, turn))  # also if it is cancelled
            found[future] = item, turn
        return found

    def stop(self, submitted: Mapping[Future[R], tuple[T, Turn]]) -> int:
        """Let no further request leave; returns how many of ``submitted`` are under way."""
        self._stop.set()
        begun = [turn for future, (_, turn) in submitted.items() if not future.cancel()]
        with self._lock:
            return sum(turn.is_used for turn in begun)

    def take(self, turn: Turn) -> bool:
        """Whether ``turn``, whose turn it is, may use its slot: not after the stop."""
        with self._lock:
            turn.is_used = not self._stop.is_set()
            return turn.is_used

    def give_back(self, turn: Turn) -> None:
        """Let the next one have the slot of ``turn``, or take it out of the queue."""
        with self._lock:
            if turn.is_given_back:
                return
            turn.is_given_back = True
            if turn.has_come.is_set():
                self._free += 1
                self._serve()
            else:
                self._queue.remove(turn)

    def _serve(self) -> None:
        while self._free and self._queue:
            self._free -= 1
            self._queue.popleft().has_come.set()


class Turn:
    """A place in the queue, then a slot. Its state changes under the lock of the slots."""

    def __init__(self, slots: Slots) -> None:
        self._slots = slots
        self.has_come = threading.Event()
        self.is_used = False
        self.is_given_back = False
        self._has_image = False

    def take(self) -> None:
        """Wait for the slot. Raises NotBegun if the run stops before."""
        self.has_come.wait()
        if not self._slots.take(self):
            raise NotBegun

    def give_back(self) -> None:
        """Let the next request leave; does nothing if that was done before."""
        self._slots.give_back(self)

    def decodes(self) -> None:
        """Wait until there is room for a decoded image. ``drops_image`` or ``end`` must follow."""
        self._slots.images.acquire()
        self._has_image = True

    def drops_image(self) -> None:
        """The decoded image, if there is one, is not needed any more."""
        if self._has_image:
            self._has_image = False
            self._slots.images.release()

    def end(self) -> None:
        """The purchase is over, or never began."""
        self.give_back()
        self.drops_image()

    def __enter__(self) -> Turn:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()


def _end(turn: Turn, _done: Future[R]) -> None:
    turn.end()
