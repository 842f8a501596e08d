"""Web fonts (WOFF, WOFF2) as the OpenType fonts that they contain.

Source: W3C, WOFF File Format 1.0 and 2.0.
"""

from __future__ import annotations

import io
import struct
import zlib
from functools import lru_cache

from assetgen.layouts import sfnt

#: The largest font in a web font, in bytes.
MAX_BYTES = 64 * 1024 * 1024

_FIRST, _SECOND = b"wOFF", b"wOF2"
_KNOWN = (
    b"cmap head hhea hmtx maxp name OS/2 post cvt  fpgm glyf loca prep CFF  VORG EBDT EBLC gasp "
    b"hdmx kern LTSH PCLT VDMX vhea vmtx BASE GDEF GPOS GSUB EBSC JSTF MATH CBDT CBLC COLR CPAL "
    b"SVG  sbix acnt avar bdat bloc bsln cvar fdsc feat fmtx fvar gvar hsty just lcar mort morx "
    b"opbd prop trak Zapf Silf Glat Gloc Feat Sill"
)
_TAGS = tuple(_KNOWN[at : at + 4] for at in range(0, len(_KNOWN), 5))


def is_one(data: bytes) -> bool:
    """Whether ``data`` begins like a web font."""
    return data[:4] in (_FIRST, _SECOND)


def facts(data: bytes) -> bytes:
    """The font with the tables that say what it is: enough to choose it, not to draw with it."""
    if data[:4] == _FIRST:
        return _inflated(data)
    parts = {tag: part for tag, part in _parts(data).items() if tag not in (b"glyf", b"loca")}
    return sfnt.built(parts, data[4:8])


def whole(data: bytes) -> bytes:
    """The font to draw with. Raises one of ``sfnt.BROKEN`` if there is none."""
    if data[:4] == _FIRST:
        return _inflated(data)
    return _unpacked(data)


@lru_cache(maxsize=8)
def _unpacked(data: bytes) -> bytes:
    from fontTools.ttLib import TTLibError
    from fontTools.ttLib.woff2 import decompress

    _parts(data)  # refuses what would not end
    out = io.BytesIO()
    try:
        decompress(io.BytesIO(data), out)
    except (TTLibError, AssertionError) as exc:
        raise ValueError(str(exc)) from exc
    return out.getvalue()


def _inflated(data: bytes) -> bytes:
    count, _, size = struct.unpack_from(">HHI", data, 12)
    parts: dict[bytes, bytes] = {}
    left = min(size, MAX_BYTES)
    for index in range(count):
        tag, at, packed, length, _ = struct.unpack_from(">4s4I", data, 44 + 20 * index)
        left -= length
        if left < 0 or at + packed > len(data):
            raise IndexError("table outside the file")
        part = data[at : at + packed]
        if packed < length:
            try:
                part = zlib.decompressobj().decompress(part, length)
            except zlib.error as exc:
                raise ValueError(str(exc)) from exc
        parts[tag] = part
    return sfnt.built(parts, data[4:8])


def _parts(data: bytes) -> dict[bytes, bytes]:
    """The tables of a WOFF2 file as they are in it: those that are not transformed are whole."""
    import brotli

    (count,) = struct.unpack_from(">H", data, 12)
    (packed,) = struct.unpack_from(">I", data, 20)
    rows, at = [], 48
    for _ in range(count):
        flags, at = data[at], at + 1
        tag = _TAGS[flags & 63] if flags & 63 < len(_TAGS) else b""
        if flags & 63 == 63:
            tag, at = data[at : at + 4], at + 4
        length, at = _number(data, at)
        is_outline = tag in (b"glyf", b"loca")
        if (flags >> 6 == 0) if is_outline else (flags >> 6 != 0):
            length, at = _number(data, at)
        rows.append((tag, length))
    if sum(length for _, length in rows) > MAX_BYTES:
        raise ValueError("too large")
    reader = brotli.Decompressor()
    try:
        stream = reader.process(data[at : at + packed], output_buffer_limit=MAX_BYTES)
    except brotli.error as exc:
        raise ValueError(str(exc)) from exc
    if not reader.is_finished():
        raise ValueError("cut short, or too large")
    parts, at = {}, 0
    for tag, length in rows:
        parts[tag], at = stream[at : at + length], at + length
    return parts


def _number(data: bytes, at: int) -> tuple[int, int]:
    """UIntBase128: the number, and where it ends."""
    number = 0
    for index in range(5):
        byte = data[at + index]
        number = number << 7 | byte & 127
        if byte < 128:
            return number, at + index + 1
    raise ValueError("a number without an end")
