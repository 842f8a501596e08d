"""Splits server-sent events (HTML standard, section 9.2) into the data of each event. Pure."""

from __future__ import annotations

from collections.abc import Iterator

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
#: Some providers send this in a last event of its own.
_DONE = b"[DONE]"


class EventSplitter:
    """Accepts a stream in chunks of any size; lines may end with LF, CRLF or CR."""

    def __init__(self) -> None:
        self._line: list[bytes] = []
        """Pieces of the line that has not ended yet."""
        self._data: list[bytes] = []
        """Data lines of the event that has not ended yet."""
        self._held = 0
        self._is_first_line = True
        self._ended_with_cr = False

    @property
    def held(self) -> int:
        """Bytes received since the end of the last event."""
        return self._held

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the data of each event that ends in ``chunk``."""
        if self._ended_with_cr and chunk:
            chunk = chunk.removeprefix(b"\n")  # the second half of a CRLF
            self._ended_with_cr = False
        for piece in chunk.splitlines(keepends=True):
            self._held += len(piece)
            self._line.append(piece)
            if piece.endswith((b"\n", b"\r")):
                yield from self._end_line()
        self._ended_with_cr = self._ended_with_cr or chunk.endswith(b"\r")

    def finish(self) -> Iterator[bytes]:
        """Yield the data of a last event that no blank line ends.

        The standard discards it; here it may be a paid image.
        """
        if self._line:
            yield from self._end_line()
        yield from self._end_event()

    def _end_line(self) -> Iterator[bytes]:
        line = b"".join(self._line)
        self._line.clear()
        has_mark = self._is_first_line and line.startswith(_BYTE_ORDER_MARK)
        start = len(_BYTE_ORDER_MARK) if has_mark else 0
        self._is_first_line = False
        end = len(line) - _line_end(line)
        if start == end:
            yield from self._end_event()
        elif line.startswith(b"data:", start):
            # A line can be a large image, so it is copied once.
            start += 6 if line.startswith(b"data: ", start) else 5
            self._data.append(line[start:end])

    def _end_event(self) -> Iterator[bytes]:
        data = b"\n".join(self._data)
        self._data.clear()
        self._held = 0
        if data and data != _DONE:
            yield data


def _line_end(line: bytes) -> int:
    """The number of characters that end a line."""
    return 2 if line.endswith(b"\r\n") else int(line.endswith((b"\n", b"\r")))


def events(stream: bytes) -> Iterator[bytes]:
    """The data of each event in a whole ``stream``, without a final [DONE]."""
    splitter = EventSplitter()
    yield from splitter.feed(stream)
    yield from splitter.finish()
