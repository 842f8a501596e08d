"""How fast pictures are asked for on one bill: as its user set it, else as the provider's refusals teach."""

from __future__ import annotations

import threading
import time
from collections import deque

_MINUTE = 60.0


class Pace:
    """Lets requests through at no more than so many a minute. May be used from several threads."""

    def __init__(self, per_minute: int | None, stop: threading.Event) -> None:
        self._per_minute = per_minute
        self._stop = stop
        self._lock = threading.Lock()
        self._gone: deque[float] = deque()
        self._held_until = 0.0

    @property
    def per_minute(self) -> int | None:
        """Images a minute, None while nobody knows a limit."""
        return self._per_minute

    def wait(self) -> bool:
        """Wait for a turn; False if the run is to stop instead."""
        while not self._stop.is_set():
            with self._lock:
                seconds = self._missing(time.monotonic())
                if seconds <= 0:
                    self._gone.append(time.monotonic())
                    return True
            self._stop.wait(seconds)
        return False

    def _missing(self, now: float) -> float:
        """Seconds until the next request may leave."""
        if now < self._held_until:
            return self._held_until - now
        if self._per_minute is None:
            return 0.0
        while self._gone and self._gone[0] <= now - _MINUTE:
            self._gone.popleft()
        if len(self._gone) < self._per_minute:
            return 0.0
        return self._gone[-self._per_minute] + _MINUTE - now

    def learn(self, seconds: float, per_minute: int | None) -> None:
        """Hold everything for ``seconds``, and keep to ``per_minute`` from now on if a limit was named."""
        with self._lock:
            self._held_until = max(self._held_until, time.monotonic() + seconds)
            if per_minute:
                self._per_minute = min(per_minute, self._per_minute or per_minute)
            if self._gone:
                self._gone.pop()  # it was refused, so it does not count
