"""Previews while a picture is painted: partial images out of a stream, as its bytes come in."""

from __future__ import annotations

from collections.abc import Callable

from assetgen.paid import replies

#: The most previews that anybody asks for is three; a stream with more is watched no further.
_MOST = 16
#: A stream without the end of an event for so many bytes is not looked at any further.
_LONGEST = 64 * 1024 * 1024


class Previews:
    """Watches a stream and shows each partial image once: ``show(number from 1, bytes of the picture)``."""

    def __init__(self, show: Callable[[int, bytes], None]) -> None:
        self._show = show
        self._pending = bytearray()
        self._seen = 0
        self._events = 0

    def watch(self, chunk: bytes) -> None:
        """Look at the next bytes of the stream."""
        if len(self._pending) > _LONGEST or self._seen >= _MOST or self._events > 1000:
            return
        searched = max(0, len(self._pending) - 3)
        self._pending += chunk
        end = self._pending.find(b"\n\n", searched)
        while end >= 0:
            event = bytes(self._pending[: end + 2])
            del self._pending[: end + 2]
            self._events += 1
            for preview in replies.previews(event):
                self._seen += 1
                self._show(self._seen, preview)
            end = self._pending.find(b"\n\n")
