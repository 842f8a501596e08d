"""The request rate on one bill: the user's setting, or what the provider's refusals state."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

_MINUTE = 60.0


class Pace:
    """Limits the number of requests per minute. Threads may share it."""

    def __init__(
        self,
        per_minute: int | None,
        stop: threading.Event,
        keep: Callable[[int], None] = lambda _per_minute: None,
    ) -> None:
        """``keep`` is called with each limit that is learnt."""
        self._per_minute = per_minute
        self._keep = keep
        self._stop = stop
        self._lock = threading.Lock()
        self._gone: deque[float] = deque()
        self._held_until = 0.0

    @property
    def per_minute(self) -> int | None:
        """Images per minute; None while no limit is known."""
        return self._per_minute

    def wait(self) -> bool:
        """Wait until the next request may be sent; False if the run stops first."""
        while not self._stop.is_set():
            with self._lock:
                seconds = self._missing(time.monotonic())
                if seconds <= 0:
                    self._gone.append(time.monotonic())
                    return True
            self._stop.wait(seconds)
        return False

    def _missing(self, now: float) -> float:
        """Seconds until the next request may be sent."""
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
        """Hold all requests for ``seconds``, and apply ``per_minute`` from now on if it is set."""
        with self._lock:
            self._held_until = max(self._held_until, time.monotonic() + seconds)
            if per_minute:
                self._per_minute = min(per_minute, self._per_minute or per_minute)
            if self._gone:
                self._gone.pop()  # a refused request does not count
            learnt = self._per_minute if per_minute else None
        if learnt:
            self._keep(learnt)
