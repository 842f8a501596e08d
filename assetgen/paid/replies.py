"""Reads a provider's reply, JSON or a stream of events: its images, usage and ids. Pure.

Sources: OpenAI's API description of 2026-08-21 with openai-python 3.54.0; LiteLLM, OpenRouter and
new-api, measured or read in November 2026.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from assetgen import embedded
from assetgen.paid import reply_wrappings, streamed_replies, whole_replies
from assetgen.paid.reply_forms import Unreadable
from assetgen.paid.service_words import error
from assetgen.paid.streamed_replies import begun_id, preview
from assetgen.plan.routing import Answer

__all__ = ["Unreadable", "begun_id", "error", "of_images", "of_response", "preview"]


def of_images(data: bytes, *, streamed: bool) -> Answer:
    """Read a reply of the Images API, in whatever form it came. Raises Unreadable."""
    return _read(data, streamed, streamed_replies.images, whole_replies.images)


def of_response(data: bytes, *, streamed: bool) -> Answer:
    """Read a reply of the Responses API, in whatever form it came. Raises Unreadable."""
    answer = _read(data, streamed, streamed_replies.response, whole_replies.response)
    return replace(answer, status=answer.status or "completed") if answer.pictures else answer


Reader = Callable[[bytes], Answer]


def _read(data: bytes, streamed: bool, of_stream: Reader, of_whole: Reader) -> Answer:
    data = reply_wrappings.unwrapped(data)
    first: Answer | None = None
    problem: Unreadable | None = None
    for body in reply_wrappings.bodies(data):
        if pictures := _bare(body):
            return Answer(pictures=pictures)
        try:
            is_stream = _is_stream(body, streamed=streamed)
            answer = of_stream(body) if is_stream else of_whole(body)
        except Unreadable as exc:
            problem = problem or exc
            continue
        if answer.pictures or answer.urls:
            return answer
        first = first or answer
    if first is None:
        raise problem or Unreadable("the reply is empty", is_whole=True)
    return first


_BARE = re.compile(rb"\s*(?:data:[a-z0-9.+/-]{0,80};|[A-Za-z0-9+/_=-]{40})", re.I)


def _bare(body: bytes) -> tuple[bytes, ...]:
    """The image that a body is: as it is, as base64, or as a data URL."""
    if embedded.is_image(start := body[:40].lstrip()):
        return (body[body.index(start[:4]) :],)
    return tuple(embedded.images(body.decode("ascii", "replace"))) if _BARE.match(body) else ()


_STREAM = re.compile(rb"\s*(?:event|data|id|retry)?:")


def _is_stream(data: bytes, *, streamed: bool) -> bool:
    """Whether a reply is a stream of events, also where none was asked for."""
    start = data[:200].removeprefix(b"\xef\xbb\xbf")
    if _STREAM.match(start):
        return True
    return streamed and start.lstrip()[:1] not in (b"{", b"[", b"\xff", b"\xfe")
