"""Previews while an image is generated: partial images from a stream, as its bytes arrive."""

from __future__ import annotations

from collections.abc import Callable

from assetgen.paid import replies
from assetgen.paid.event_stream import EventSplitter

#: No more previews of one stream are shown; a request asks for three at most.
_MOST = 16
#: After this many events, the rest of the stream is ignored.
_MOST_EVENTS = 1000
#: After this many bytes without the end of an event, the rest of the stream is ignored.
_LONGEST = 64 * 1024 * 1024


class Previews:
    """Watches a stream and calls ``show(number from 1, bytes)`` for each partial image."""

    def __init__(self, show: Callable[[int, bytes], None]) -> None:
        self._show = show
        self._splitter = EventSplitter()
        self._shown = 0
        self._events = 0

    def watch(self, chunk: bytes) -> None:
        """Look at the next bytes of the stream."""
        if self._is_over():
            return
        for event in self._splitter.feed(chunk):
            self._events += 1
            if preview := replies.preview(event):
                self._shown += 1
                self._show(self._shown, preview)
            if self._is_over():
                return

    def _is_over(self) -> bool:
        return (
            self._splitter.held > _LONGEST or self._shown >= _MOST or self._events >= _MOST_EVENTS
        )
