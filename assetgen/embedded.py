"""Images inside text: base64 in each of its forms, and data URLs. Pure."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]+")
_DATA_URL = re.compile(
    r"data:image/[a-z0-9.+-]{1,40}(?:;[a-z0-9=._-]{1,80}){0,4};base64,([A-Za-z0-9+/_=%\r\n\t\\-]+)",
    re.I,
)
#: How base64 of a PNG, JPEG, WebP or AVIF image begins.
_HEADS = ("iVBORw0KGgo", "/9j/", "_9j_", "UklGR", "AAAA")


def from_base64(text: str | bytes) -> bytes | None:
    """The bytes that ``text`` encodes; None if it is not base64.

    The text may be wrapped in lines, lack its padding, or use the alphabet for URLs.
    """
    try:
        data = text.encode("ascii") if isinstance(text, str) else text
    except UnicodeEncodeError:
        return None
    data = data.translate(_URL_SAFE, b" \t\r\n\f\v").rstrip(b"=")
    if not _BASE64.fullmatch(data):
        return None
    try:
        return base64.b64decode(data + b"=" * (-len(data) % 4))
    except (binascii.Error, ValueError):
        return None


def data_urls(text: str) -> Iterator[bytes]:
    """The images of all data URLs in ``text``."""
    for found in _DATA_URL.finditer(text):
        encoded = found[1].replace("\\n", "").replace("\\r", "")
        if (data := from_base64(unquote_to_bytes(encoded))) is not None:
            yield data


def has_data_url(text: str) -> bool:
    return _DATA_URL.search(text) is not None


def images(text: str) -> Iterator[bytes]:
    """The images of data URLs in ``text``, or the one that all of it encodes."""
    if "data:image/" in text or "DATA:IMAGE/" in text[:20].upper():
        yield from data_urls(text)
    elif text.lstrip()[:12].startswith(_HEADS):
        data = from_base64(text)
        if data is not None and is_image(data):
            yield data


def is_image(data: bytes) -> bool:
    """Whether ``data`` begins like a PNG, JPEG, WebP or AVIF image."""
    return (
        data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"))
        or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")
        or (data[4:8] == b"ftyp" and data[8:12] in (b"avif", b"avis", b"mif1"))
    )
