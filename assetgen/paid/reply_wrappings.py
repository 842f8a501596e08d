"""What a service may wrap a reply in: compression, comments, the parts of a form. Pure.

Sources: HTML standard, section 9.2 (comments of a stream); RFC 2046, section 5.1 (multipart).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assetgen import embedded, loose_json

#: Comments of a stream, which services send to keep a connection open.
_COMMENTS = re.compile(rb"(?:[\r\n\t ]*:[^\r\n]{0,1000}[\r\n]+)+")
#: How a reply in text begins: JSON, an event, a page, a byte order mark.
_TEXT = re.compile(rb"[\s{\[\"<:)\]A-Za-z0-9'-]|\xef\xbb\xbf|\xff\xfe|\xfe\xff")
_BOUNDARY = re.compile(rb"\s*--([!-~]{1,100})[ \t]*\r?\n")
#: The blank line behind the header of a part.
_HEAD = re.compile(rb"\r?\n\r?\n")
_MOST_PARTS = 100


def unwrapped(data: bytes) -> bytes:
    """``data`` without compression, and without the comments in front of JSON."""
    data = loose_json.unpacked(data)
    if data and not embedded.is_image(data):
        inner = loose_json.deflated(data)
        if inner and (embedded.is_image(inner) or _TEXT.match(inner)):
            data = loose_json.unpacked(inner)
    found = _COMMENTS.match(data)
    rest = data[found.end() :].lstrip() if found else b""
    return rest if rest[:1] in (b"{", b"[") else data


def bodies(data: bytes) -> Iterator[bytes]:
    """The parts of a multipart reply; all of it if it is none."""
    found = _BOUNDARY.match(data)
    if found is None:
        yield data
        return
    end = re.compile(rb"\r?\n--" + re.escape(found[1]) + rb"(?:--)?[ \t]*")
    for piece in end.split(data[found.end() - 1 :], _MOST_PARTS):
        head = _HEAD.search(piece)
        if head and (body := piece[head.end() :]):
            yield loose_json.unpacked(body)
