"""Whether a provider's file is a picture and nothing else, so that it can be published unchanged.

Sources: PNG 3rd edition, 5.3; ITU-T T.81, B.1; the WebP container specification (RFC 9649).
"""

from __future__ import annotations

from collections.abc import Iterator

from assetgen.image import avif_items

_XMP = b"XML:com.adobe.xmp\0"
_PNG_PLAIN = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST pHYs sPLT tIME "
    b"caBX".split()
)
#: How the application segments that a picture needs begin: JFIF, XMP, ICC, C2PA, Adobe.
_JPEG_APPS = {
    0xE0: (b"JFIF\0", b"JFXX\0"),
    0xE1: (b"http://ns.adobe.com/xap/1.0/\0",),
    0xE2: (b"ICC_PROFILE\0",),
    0xEB: (b"JP",),
    0xEE: (b"Adobe",),
}
_WEBP_PLAIN = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP", b"C2PA", b"XMP "))


def is_plain(data: bytes, form: str) -> bool:
    """Whether ``data`` has no comments, unknown parts or trailing bytes."""
    try:
        if form == "avif":
            return avif_items.is_plain(data)
        walk = {"png": _png, "jpeg": _jpeg, "webp": _webp}[form]
        return all(walk(data))
    except (KeyError, IndexError, ValueError):
        return False


def _png(data: bytes) -> Iterator[bool]:
    at = 8
    while True:
        length, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if len(name) < 4:
            yield False
            return
        is_xmp = name == b"iTXt" and data.startswith(_XMP, at + 8)
        yield name in _PNG_PLAIN or is_xmp
        at += 12 + length
        if name == b"IEND":
            yield at == len(data)
            return


def _jpeg(data: bytes) -> Iterator[bool]:
    at = 2
    while True:
        if data[at] != 0xFF:
            yield False
            return
        mark = data[at + 1]
        if mark == 0xD9:
            yield at + 2 == len(data)
            return
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        is_known = (
            data.startswith(_JPEG_APPS.get(mark, ()), at + 4)
            if 0xE0 <= mark <= 0xEF
            else mark != 0xFE
        )
        yield is_known and length >= 2
        at = _behind_scan(data, at + 2 + length) if mark == 0xDA else at + 2 + length


def _behind_scan(data: bytes, at: int) -> int:
    """Where the next marker is after coded pixels, in which 00 or a restart always follows FF."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0:
            raise IndexError
        if data[at + 1] != 0x00 and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2


def _webp(data: bytes) -> Iterator[bool]:
    yield int.from_bytes(data[4:8], "little") + 8 == len(data)
    at = 12
    while at < len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4] in _WEBP_PLAIN
        at += 8 + length + length % 2
