"""Put an XMP packet into a finished file, and take it out again, without encoding the picture.

Every other part of the file stays byte for byte, apart from the sizes and offsets that count the
new part. Taking the packet out gives back the exact bytes of before.

Sources: PNG 3rd edition, 11.3.3.4; Adobe XMP part 3, 1.1.3 (JPEG); the WebP container
specification (RFC 9649). For AVIF: ``assetgen.image.avif_items``.
"""

from __future__ import annotations

import hashlib

from assetgen.image import avif_items, parts, xmp
from assetgen.image.png import SIGNATURE, chunk
from assetgen.manifest.key_types import Format

_EXIF_IN_JPEG = b"Exif\0"
_AFTER_PNG_HEADER = len(SIGNATURE) + 25  # then IHDR, which has a fixed length


def marked(data: bytes, form: Format, packet: bytes) -> bytes | None:
    """``data`` with the XMP ``packet``; None if its container has no place for it."""
    try:
        return {
            "png": _into_png,
            "jpeg": _into_jpeg,
            "webp": _into_webp,
            "avif": avif_items.with_xmp,
        }[form](data, packet)
    except (IndexError, ValueError):  # the container ends before it should
        return None


def unmarked(data: bytes) -> bytes:
    """``data`` without the XMP that assetgen put in: the bytes that a route returned.

    They are unchanged if assetgen put nothing in, or if it encoded the picture itself.
    """
    form = parts.form(data)
    if form is None:
        return data
    for found in xmp.OURS.finditer(data):
        before = _without(data, form, found[0])
        # An encoder that was given the same packet may have put it somewhere else.
        bare = found[0].replace(xmp.PADDED_END, xmp.END)
        if before and marked(before, form, bare) == data:
            return before
    return data


def as_received(data: bytes, digest: str) -> bytes | None:
    """The original with this sha256 (hex) if ``data`` is it, with or without our XMP."""
    for one in (data, unmarked(data)):
        if hashlib.sha256(one).hexdigest() == digest:
            return one
    return None


def _without(data: bytes, form: Format, packet: bytes) -> bytes | None:
    """``data`` without the part that ``marked`` makes of ``packet``; None if it has none."""
    try:
        if form == "png":
            return data.replace(_text_chunk(packet), b"", 1)
        if form == "jpeg":
            return data.replace(_app1(packet), b"", 1)
        return _out_of_webp(data, packet) if form == "webp" else avif_items.without_xmp(data)
    except (IndexError, ValueError):
        return None


# -- PNG and JPEG ----------------------------------------------------------------------------------


def _text_chunk(packet: bytes) -> bytes:
    """A chunk with the packet: not compressed, in no language."""
    return chunk(b"iTXt", parts.XMP_IN_PNG + bytes(4) + packet)


def _into_png(data: bytes, packet: bytes) -> bytes | None:
    if data[12:16] != b"IHDR":
        return None
    mark = _text_chunk(packet)
    return data[:_AFTER_PNG_HEADER] + mark + data[_AFTER_PNG_HEADER:]


def _app1(packet: bytes) -> bytes:
    inside = parts.XMP_IN_JPEG + packet
    return b"\xff\xe1" + (2 + len(inside)).to_bytes(2, "big") + inside


def _into_jpeg(data: bytes, packet: bytes) -> bytes | None:
    """After JFIF and Exif, which readers expect first."""
    at = 2
    while data[at] == 0xFF and (
        data[at + 1] == 0xE0 or (data[at + 1] == 0xE1 and data.startswith(_EXIF_IN_JPEG, at + 4))
    ):
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return data[:at] + _app1(packet) + data[at:] if data[at] == 0xFF else None


# -- WebP ------------------------------------------------------------------------------------------

_HAS_XMP = 0x04
_HAS_ALPHA = 0x10


def _into_webp(data: bytes, packet: bytes) -> bytes | None:
    """After the picture and before other metadata; a plain file gets the extended header first.

    The end of the packet says which it was, so that the header can be taken out again.
    """
    if int.from_bytes(data[4:8], "little") + 8 != len(data):
        return None
    body = data[12:]
    if body[:4] != b"VP8X":
        body = _riff_chunk(b"VP8X", _webp_header(body)) + body
    else:
        packet = packet.replace(xmp.END, xmp.PADDED_END)
    body = body[:8] + bytes([body[8] | _HAS_XMP]) + body[9:]
    at = _metadata_of_webp(body)
    return _riff(body[:at] + _riff_chunk(b"XMP ", packet) + body[at:])


def _out_of_webp(data: bytes, packet: bytes) -> bytes:
    body = data[12:].replace(_riff_chunk(b"XMP ", packet), b"", 1)
    if not packet.endswith(xmp.PADDED_END):
        return _riff(body[18:])
    still = _HAS_XMP if b"XMP " in body[_metadata_of_webp(body) :] else 0
    return _riff(body[:8] + bytes([body[8] & ~_HAS_XMP | still]) + body[9:])


def _riff(body: bytes) -> bytes:
    return b"RIFF" + (4 + len(body)).to_bytes(4, "little") + b"WEBP" + body


def _riff_chunk(name: bytes, data: bytes) -> bytes:
    return name + len(data).to_bytes(4, "little") + data + b"\0" * (len(data) % 2)


def _webp_header(body: bytes) -> bytes:
    """The content of VP8X for a file of one picture: its flags and its size."""
    if body[:4] == b"VP8L":  # RFC 9649, 3.4: a signature, then 14, 14 and 1 bits
        bits = int.from_bytes(body[9:13], "little")
        width, height, alpha = bits & 0x3FFF, bits >> 14 & 0x3FFF, bits >> 28 & 1
    elif body[:4] == b"VP8 ":  # RFC 6386, 9.1: three bytes of frame tag, three of start code
        width = (int.from_bytes(body[14:16], "little") & 0x3FFF) - 1
        height = (int.from_bytes(body[16:18], "little") & 0x3FFF) - 1
        alpha = 0
    else:
        raise ValueError
    flags = bytes([_HAS_ALPHA * alpha, 0, 0, 0])
    return flags + width.to_bytes(3, "little") + height.to_bytes(3, "little")


def _metadata_of_webp(body: bytes) -> int:
    """Where the metadata behind the picture begins in the chunks of a file."""
    at = 0
    while at < len(body) and body[at : at + 4] not in (b"EXIF", b"XMP "):
        size = int.from_bytes(body[at + 4 : at + 8], "little")
        at += 8 + size + size % 2
    if at > len(body):
        raise ValueError
    return at
