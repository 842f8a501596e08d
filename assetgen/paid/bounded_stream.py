"""Bounds the body of a reply in size and time."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx2


class BoundedStream(httpx2.SyncByteStream):
    """A stream of at most ``limit`` bytes that ends by ``until`` (a monotonic time).

    ``cuts`` drops what exceeds this; otherwise the reply fails.
    """

    def __init__(
        self, inner: httpx2.SyncByteStream, limit: int, until: float, *, cuts: bool
    ) -> None:
        self._inner = inner
        self._limit = limit
        self._until = until
        self._cuts = cuts

    def __iter__(self) -> Iterator[bytes]:
        left = self._limit
        for chunk in self._inner:
            late = time.monotonic() > self._until  # a trickle of bytes must not go on for ever
            if len(chunk) > left or late:
                if self._cuts:
                    yield chunk[:left]
                    return
                if late:
                    raise httpx2.RemoteProtocolError("the reply did not end in time")
                raise httpx2.RemoteProtocolError(f"the reply is larger than {self._limit} bytes")
            left -= len(chunk)
            yield chunk

    def close(self) -> None:
        self._inner.close()
