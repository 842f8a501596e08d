"""Images inside text: base64 in each of its forms, and data URLs. Pure."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import unquote_to_bytes

_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]+")
_DATA_URL = re.compile(
    r"data:([a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,80})?(?:;[a-z0-9=._-]{1,80}){0,4};base64,"
    r"([A-Za-z0-9+/_=%\r\n\t\\-]+)",
    re.I,
)
#: How Markdown begins an image, up to its address.
_MARKDOWN = re.compile(r"!\[[^\]]{0,200}\]\(")
#: How base64 of a PNG, JPEG, WebP or AVIF image begins.
_HEADS = ("iVBORw0KGgo", "/9j/", "_9j_", "UklGR", "AAAA")
#: The same of a data URL, and of base64 in base64.
_INNER_HEADS = ("ZGF0YT", "REFUQT", "aVZCT1J3", "Lzlq", "VWtsR1", "QUFBQ")
#: The same as hexadecimal digits; JPEG, WebP and PNG.
_HEX = re.compile(r"(?:89504e47|ffd8ff|52494646)[0-9a-f\s]{40,}", re.I)


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


def data_url(text: str) -> bytes | None:
    """The image of the data URL that ``text`` is, whatever type it states; None if it is none.

    A data URL in a longer text, for example the logo of a page, is no answer.
    """
    found = _DATA_URL.fullmatch(text.strip())
    return _content(found) if found else None


def _content(found: re.Match[str]) -> bytes | None:
    encoded = found[2].replace("\\n", "").replace("\\r", "")
    data = from_base64(unquote_to_bytes(encoded))
    is_stated = (found[1] or "").lower().startswith("image/")
    return data if data is not None and (is_stated or is_image(data)) else None


def in_markdown(text: str) -> Iterator[bytes]:
    """The images in ``text`` that Markdown writes as data URLs, as models do in a chat."""
    for image in _MARKDOWN.finditer(text):
        found = _DATA_URL.match(text, image.end())
        if (
            found
            and text[found.end() : found.end() + 1] in (")", " ")
            and (data := _content(found))
        ):
            yield data


def is_data_url(text: str) -> bool:
    return text.lstrip()[:5].lower() == "data:"


def images(text: str, deep: int = 2) -> Iterator[bytes]:
    """The image that all of ``text`` encodes, if it does."""
    start = text.lstrip()[:12]
    if is_data_url(start):
        if data := data_url(text):
            yield data
    elif start.startswith(_HEADS):
        data = from_base64(text)
        if data is not None and is_image(data):
            yield data
    elif start.startswith(_INNER_HEADS) and deep:
        inner = from_base64(text) or b""
        if inner.isascii():
            yield from images(inner.decode("ascii"), deep - 1)
    elif _HEX.fullmatch(text.strip()):
        with suppress(ValueError):
            yield bytes.fromhex(text)


def from_numbers(values: Sequence[Any] | Mapping[Any, Any]) -> bytes | None:
    """The image that a list of bytes is, or a table of them by their position; None if it is none.

    JavaScript writes bytes in these two ways.
    """
    try:
        if isinstance(values, Mapping):
            values = [values[str(at)] for at in range(len(values))]
        if len(values) < 40 or not all(type(one) is int for one in values[:40]):
            return None
        data = bytes(values)
    except (KeyError, ValueError, TypeError):
        return None
    return data if is_image(data) else None


def is_image(data: bytes) -> bool:
    """Whether ``data`` begins like a PNG, JPEG, WebP or AVIF image."""
    return (
        data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"))
        or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")
        or (data[4:8] == b"ftyp" and data[8:12] in (b"avif", b"avis", b"mif1"))
    )
