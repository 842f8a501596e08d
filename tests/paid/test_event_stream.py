"""The splitter of server-sent events: every line end, comments, several data lines, any chunk."""

from __future__ import annotations

import base64
import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.paid.event_stream import EventSplitter, events
from assetgen.paid.previews import Previews

ENDS = {"LF": b"\n", "CRLF": b"\r\n", "CR": b"\r"}
#: A stream with line feeds, and the data of its events.
STREAMS: dict[str, tuple[bytes, list[bytes]]] = {
    "one event": (b"data: a\n\n", [b"a"]),
    "two events": (b"data: a\n\ndata: b\n\n", [b"a", b"b"]),
    "a name and an id": (b"event: x\nid: 1\ndata: a\nretry: 5\n\n", [b"a"]),
    "no space after the colon": (b"data:a\n\n", [b"a"]),
    "only the first space is removed": (b"data:  a \n\n", [b" a "]),
    "several data lines": (b"data: a\ndata: b\ndata:\ndata: c\n\n", [b"a\nb\n\nc"]),
    "a comment": (b": ping\n\n:\ndata: a\n: data: b\n\n", [b"a"]),
    "other fields": (b"database: x\ndata : y\n data: z\ndata: a\n\n", [b"a"]),
    "an event without data": (b"event: ping\n\ndata\n\ndata:\n\ndata: a\n\n", [b"a"]),
    "many blank lines": (b"\n\n\ndata: a\n\n\n\ndata: b\n\n", [b"a", b"b"]),
    "a byte order mark": (b"\xef\xbb\xbfdata: a\n\ndata: b\n\n", [b"a", b"b"]),
    "a byte order mark and a blank line": (b"\xef\xbb\xbf\ndata: a\n\n", [b"a"]),
    "a later byte order mark is no field": (b"\n\xef\xbb\xbfdata: a\n\ndata: b\n\n", [b"b"]),
    "the end that some send": (b"data: a\n\ndata: [DONE]\n\n", [b"a"]),
    "no blank line at the end": (b"data: a\n\ndata: b\n", [b"a", b"b"]),
    "no line end at the end": (b"data: a\n\ndata: b", [b"a", b"b"]),
    "nothing": (b"", []),
}


def split(*chunks: bytes) -> list[bytes]:
    """The data of the events in a stream that arrives in chunks."""
    splitter = EventSplitter()
    found = [data for chunk in chunks for data in splitter.feed(chunk)]
    return [*found, *splitter.finish()]


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize(("stream", "data"), STREAMS.values(), ids=STREAMS)
def test_a_stream_is_split_with_every_line_end_and_at_every_byte(
    stream: bytes, data: list[bytes], end: bytes
) -> None:
    whole = stream.replace(b"\n", end)
    assert list(events(whole)) == data
    assert split(*(bytes([byte]) for byte in whole)) == data
    for border in range(len(whole) + 1):
        assert split(whole[:border], b"", whole[border:]) == data


def test_line_ends_can_be_mixed() -> None:
    assert split(b"data: a\r\ndata: b\r\rdata: c\n\r\ndata: d\r\n\n") == [b"a\nb", b"c", b"d"]


LINES = st.sampled_from([b"", b":", b"data: a", b"data:", b"data", b"event: x", b"data: [DONE]"])


@given(
    lines=st.lists(st.tuples(LINES, st.sampled_from(list(ENDS.values()))), max_size=12),
    borders=st.lists(st.integers(0, 120), max_size=8),
    mark=st.sampled_from([b"", b"\xef\xbb\xbf"]),
)
def test_chunks_do_not_change_the_events(
    lines: list[tuple[bytes, bytes]], borders: list[int], mark: bytes
) -> None:
    # A CR and the LF of the next, empty line would be one line end.
    whole = mark + b"".join(line + end for line, end in lines)
    plain = whole.removeprefix(mark).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    places = sorted({0, len(whole), *(border % (len(whole) + 1) for border in borders)})
    chunks = [whole[a:b] for a, b in pairwise(places)]
    assert split(*chunks) == split(whole) == split(plain)


@given(st.lists(st.binary(max_size=20), max_size=6))
def test_no_bytes_make_the_splitter_fail(chunks: list[bytes]) -> None:
    assert split(*chunks) == split(b"".join(chunks))


def test_held_counts_the_bytes_since_the_last_event() -> None:
    splitter = EventSplitter()
    assert list(splitter.feed(b"data: a\n\ndata: bc")) == [b"a"]
    assert splitter.held == 8
    assert list(splitter.feed(b"\r\n\r\n")) == [b"bc"]
    assert splitter.held == 0


def preview(data: bytes, **more: object) -> bytes:
    found = {"type": "image_generation.partial_image", **more}
    event = json.dumps({**found, "b64_json": base64.b64encode(data).decode()})
    return f"event: partial\r\ndata: {event}\r\n\r\n".encode()


def test_previews_are_numbered_and_other_events_are_skipped() -> None:
    shown: list[tuple[int, bytes]] = []
    previews = Previews(lambda *one: shown.append(one))
    stream = preview(b"one") + b"data: not JSON\r\n\r\n" + preview(b"") + preview(b"two")
    for start in range(0, len(stream), 7):
        previews.watch(stream[start : start + 7])
    assert shown == [(1, b"one"), (2, b"two")]


def test_no_more_than_sixteen_previews_are_shown() -> None:
    shown: list[int] = []
    previews = Previews(lambda number, _: shown.append(number))
    previews.watch(preview(b"x") * 20)
    previews.watch(preview(b"x"))
    assert shown == list(range(1, 17))


def test_a_stream_of_many_other_events_shows_no_late_preview() -> None:
    shown: list[int] = []
    previews = Previews(lambda number, _: shown.append(number))
    previews.watch(b"data: {}\r\n\r\n" * 1000)
    previews.watch(preview(b"x"))
    assert shown == []
