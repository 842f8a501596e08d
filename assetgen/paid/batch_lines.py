"""The lines of a file at the provider, as they arrive: the file is never in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from typing import Any

import httpx2
import openai

from assetgen.errors import RoutingError
from assetgen.paid.transport import MAX_REPLY, Line, Lost, NotSent, Refused

#: The longest line, in bytes.
LONGEST = MAX_REPLY
#: How often it is asked again without a whole line in between, and the first pause in seconds.
_TRIES, _PAUSE = 6, 0.2


def lines(
    line: Line,
    file_id: str,
    broken: Callable[[str, Exception], Exception],
    refused: Callable[[Refused, str], Exception],
    stop: threading.Event,
) -> Generator[bytes, None, None]:
    """Each line of a file without its end, empty ones left out.

    Where the connection breaks, it goes on after the last whole line. ``broken`` and ``refused``
    give the errors to raise. When ``stop`` is set, it does not ask again.
    """
    at, failures = 0, 0
    while True:
        begun = at
        try:
            for found in _from(line, file_id, at):
                at += len(found) + 1
                if found.strip():
                    yield found
            return
        except (Lost, NotSent) as exc:
            failures = 1 if at > begun else failures + 1
            if failures == _TRIES or stop.wait(_PAUSE * 2**failures):
                raise broken(file_id, exc) from None
        except Refused as exc:
            if exc.status == 416:  # the file ends here
                return
            raise refused(exc, file_id) from None


def _from(line: Line, file_id: str, start: int) -> Iterator[bytes]:
    """The lines from byte ``start`` on, also if the provider begins again."""
    headers = {"Range": f"bytes={start}-"} if start else {}
    client = line.ready()

    def send() -> Any:
        return client.get(
            f"/files/{file_id}/content",
            cast_to=httpx2.Response,
            options={"headers": headers},
            stream=True,
            stream_cls=openai.Stream[Any],
        )

    parts: list[bytes] = []
    size, to_skip = 0, start
    for status, chunk in line.chunks(send):
        if status != 206 and to_skip:
            cut = min(len(chunk), to_skip)
            to_skip, chunk = to_skip - cut, chunk[cut:]
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            yield b"".join([*parts, end])
            parts, size = [], 0
        parts.append(rest)
        size += len(rest)
        if size > LONGEST:
            raise RoutingError(f"a line of file {file_id} is longer than {LONGEST} bytes")
    if last := b"".join(parts):
        yield last
