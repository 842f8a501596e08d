"""Reads a provider's reply, JSON or a stream of events: its images, usage and ids. Pure.

Sources: OpenAI's API description of 2026-08-21 with openai-python 3.54.0; LiteLLM, OpenRouter and
new-api, measured or read in November 2026.
"""

from __future__ import annotations

import re

from assetgen import loose_json
from assetgen.paid import streamed_replies, whole_replies
from assetgen.paid.reply_forms import Unreadable
from assetgen.paid.service_words import error
from assetgen.paid.streamed_replies import begun_id, preview
from assetgen.plan.routing import Answer

__all__ = ["Unreadable", "begun_id", "error", "of_images", "of_response", "preview"]


def of_images(data: bytes, *, streamed: bool) -> Answer:
    """Read a reply of the Images API, in whatever form it came. Raises Unreadable."""
    data = loose_json.unpacked(data)
    if _is_stream(data, streamed=streamed):
        return streamed_replies.images(data)
    return whole_replies.images(data)


def of_response(data: bytes, *, streamed: bool) -> Answer:
    """Read a reply of the Responses API, in whatever form it came. Raises Unreadable."""
    data = loose_json.unpacked(data)
    if _is_stream(data, streamed=streamed):
        return streamed_replies.response(data)
    return whole_replies.response(data)


_STREAM = re.compile(rb"\s*(?:event|data|id|retry)?:")


def _is_stream(data: bytes, *, streamed: bool) -> bool:
    """Whether a reply is a stream of events, also where none was asked for."""
    start = data[:200].removeprefix(b"\xef\xbb\xbf")
    if _STREAM.match(start):
        return True
    return streamed and start.lstrip()[:1] not in (b"{", b"[", b"\xff", b"\xfe")
