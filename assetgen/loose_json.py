"""Reads JSON that a strict reader refuses, because a paid image may be in it. Pure."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Iterator
from typing import Any

#: The most bytes that a compressed reply may have when it is unpacked.
MAX_UNPACKED = 256 * 1024 * 1024
#: How gzip and zlib begin.
_PACKED = (b"\x1f\x8b", b"\x78\x01", b"\x78\x9c", b"\x78\xda")
#: The largest text that is decoded, in bytes: decoding takes a few times its size.
MAX_DECODED = 128 * 1024 * 1024
#: The most values that are read of a text with one JSON value after the other.
_MOST_VALUES = 1000


#: How many times a reply may be packed.
_MOST_LAYERS = 3


def unpacked(data: bytes, limit: int = MAX_UNPACKED) -> bytes:
    """``data`` without the gzip or zlib compression that nobody asked for, also if there are two.

    What cannot be unpacked, or would be larger than ``limit`` bytes, stays as it is.
    """
    for _ in range(_MOST_LAYERS):
        if not data.startswith(_PACKED):
            break
        plain = _inflated(data, zlib.MAX_WBITS | 32, limit)
        if plain is None:
            break
        data = plain
    return data


def deflated(data: bytes, limit: int = MAX_UNPACKED) -> bytes | None:
    """The content of a whole deflate stream; None if ``data`` is none: it has no signature."""
    return _inflated(data, -zlib.MAX_WBITS, limit, must_end=True)


def _inflated(data: bytes, form: int, limit: int, *, must_end: bool = False) -> bytes | None:
    worker = zlib.decompressobj(form)
    try:
        plain = worker.decompress(data, limit)
    except zlib.error:
        return None
    has_rest = worker.unconsumed_tail or (must_end and (worker.unused_data or not worker.eof))
    return None if has_rest else plain


def _whole_number(digits: str) -> int | None:
    try:
        return int(digits)
    except ValueError:  # Python does not read numbers of more than 4,300 digits
        return None


def _number(digits: str) -> float | None:
    found = float(digits)
    return found if math.isfinite(found) else None


def _table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of a key that is there twice, the last value that is not empty."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if value or not found.get(key):
            found[key] = value
    return found


# Not strict: base64 may be wrapped with real line ends. NaN and its kind are read as null.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_table,
    strict=False,
    parse_int=_whole_number,
    parse_float=_number,
    parse_constant=lambda _name: None,
)


def text(data: bytes) -> str:
    """``data`` as text, in the encoding that its first bytes show, without a byte order mark."""
    return data.decode(json.detect_encoding(data), "replace").lstrip("\ufeff")


def values(data: bytes) -> Iterator[Any]:
    """The JSON values in ``data``, one after the other, up to the first thing that is not JSON.

    Raises RecursionError for values that are nested too deeply.
    """
    if len(data) > MAX_DECODED:
        return
    whole = text(data)
    at = 0
    for _ in range(_MOST_VALUES):
        while at < len(whole) and whole[at].isspace():
            at += 1
        try:
            value, at = _DECODER.raw_decode(whole, at)
        except ValueError:
            return
        yield value


def in_text(said: str) -> list[Any]:
    """The values of JSON that is a text in JSON; none if the text is something else."""
    if said.lstrip()[:1] not in ("{", "[", '"'):
        return []
    try:
        return list(values(said.encode("utf-8", "replace")))
    except RecursionError:
        return []


def shown(value: str) -> str:
    """``value`` with a replacement for each half of a character, which no file can contain."""
    return value.encode("utf-8", "replace").decode("utf-8")
