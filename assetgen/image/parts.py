"""The parts of an image file: pixels, metadata, marks, and what is behind its end.

Sources: PNG 3rd edition, 5.3; ITU-T T.81, B.1; Adobe XMP part 3; C2PA 2.1, A; the WebP container
specification (RFC 9649). For AVIF: ``assetgen.image.avif_items``.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence

from assetgen.image import avif_items
from assetgen.image.part import Kind, Part
from assetgen.image.png import SIGNATURE
from assetgen.manifest.key_types import Format

#: The most that a packed text is unpacked to, and all texts of a file are, in bytes.
_MOST, _MOST_OF_ALL = 1024 * 1024, 4 * 1024 * 1024


def form(data: bytes) -> Format | None:
    """The format that the first bytes show."""
    if data.startswith(SIGNATURE):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return "avif" if data[4:8] == b"ftyp" else None


def split(data: bytes) -> list[Part]:
    """The parts of an image file, in order. Raises ValueError for damage and for other files."""
    form_of = form(data)
    try:
        if form_of == "png":
            return list(_png(data))
        if form_of == "jpeg":
            return _signed(list(_jpeg(data)))
        if form_of == "webp":
            return list(_webp(data))
        if form_of == "avif":
            return list(avif_items.parts(data, _MOST_OF_ALL))
    except IndexError as exc:
        raise ValueError from exc
    raise ValueError


def without(data: bytes, unwanted: Sequence[Part]) -> bytes | None:
    """``data`` without some of its parts; nothing else changes, apart from sizes that count them.

    None if a part cannot be cut out.
    """
    if not unwanted:
        return data
    if any(part.is_inside for part in unwanted):
        return None
    if form(data) == "avif" and not _is_end(unwanted, len(data)):
        return None  # the places of its items are counted from the start
    kept, at = [], 0
    for part in sorted(unwanted, key=lambda part: part.start):
        kept.append(data[at : part.start])
        at = part.end
    whole = b"".join([*kept, data[at:]])
    return _webp_of(whole) if form(data) == "webp" else whole


def _is_end(unwanted: Sequence[Part], end: int) -> bool:
    for part in sorted(unwanted, key=lambda part: -part.start):
        if part.end != end:
            return False
        end = part.start
    return True


# -- PNG -------------------------------------------------------------------------------------------

#: How an XMP packet begins in a text chunk of PNG: with its keyword.
XMP_IN_PNG = b"XML:com.adobe.xmp\0"
_PNG_PICTURE = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST pHYs sPLT "
    b"tIME".split()
)
_PNG_FRAMES = frozenset((b"acTL", b"fcTL", b"fdAT"))


def _png(data: bytes) -> Iterator[Part]:
    at, name, texts = 8, b"", _Texts()
    while name != b"IEND":
        length, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        end = at + 12 + length
        if len(name) < 4 or end > len(data):
            raise ValueError
        if name in _PNG_PICTURE:
            yield Part("picture", at, end)
        elif name in _PNG_FRAMES:
            yield Part("frames", at, end)
        else:
            inside = data[at + 8 : end - 4]
            is_signed = name == b"caBX" and b"c2pa" in inside
            is_xmp = name == b"iTXt" and inside.startswith(XMP_IN_PNG)
            text = inside if is_signed else _png_text(name, inside, texts)
            kind: Kind = "xmp" if is_xmp else "metadata"
            kind = "credentials" if is_signed else kind
            yield Part(kind, at, end, text or b"", is_too_much=text is None)
        at = end
    if at < len(data):
        yield Part("behind", at, len(data), data[at:])


class _Texts:
    """Unpacks the texts of one file; a small file can have texts that fill the memory."""

    def __init__(self) -> None:
        self._left = _MOST_OF_ALL

    def unpacked(self, data: bytes) -> bytes | None:
        """The content of ``data``, or its start; None if it is too much beside the others."""
        if not self._left:
            return None
        try:
            text = zlib.decompressobj().decompress(data, min(_MOST, self._left))
        except zlib.error:
            return data
        self._left -= len(text)
        return text if self._left else None


def _png_text(name: bytes, inside: bytes, texts: _Texts) -> bytes | None:
    """The content of a chunk; of a text, with its keyword, unpacked; None if it is too much."""
    keyword, _, rest = inside.partition(b"\0")
    if name == b"zTXt":
        unpacked = texts.unpacked(rest[1:])
        return None if unpacked is None else _unprofiled(keyword, unpacked)
    if name == b"tEXt":
        return _unprofiled(keyword, rest)
    if name != b"iTXt":
        return inside
    text = rest[2:].partition(b"\0")[2].partition(b"\0")[2]  # behind the language and a keyword
    plain = texts.unpacked(text) if rest[:1] == b"\1" else text
    return None if plain is None else keyword + b"\n" + plain


def _unprofiled(keyword: bytes, text: bytes) -> bytes:
    """ImageMagick stores EXIF and XMP as hexadecimal digits."""
    if keyword.startswith(b"Raw profile type"):
        digits = re.sub(rb"[^0-9A-Fa-f]", b"", text.partition(b"\n")[2].partition(b"\n")[2])
        text = bytes.fromhex(digits[: len(digits) // 2 * 2].decode())
    return keyword + b"\n" + text


# -- JPEG ------------------------------------------------------------------------------------------

#: How the application segments that a picture needs begin: JFIF, ICC, Adobe.
_JPEG_APPS = {0xE0: (b"JFIF\0", b"JFXX\0"), 0xE2: (b"ICC_PROFILE\0",), 0xEE: (b"Adobe",)}
#: How an XMP packet begins in an application segment of JPEG.
XMP_IN_JPEG = b"http://ns.adobe.com/xap/1.0/\0"
_MORE_XMP_IN_JPEG = b"http://ns.adobe.com/xmp/extension/\0"
#: In coded pixels, 00 or a restart marker follows FF.
_MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
_ALONE = frozenset((0x01, *range(0xD0, 0xD8)))


def _jpeg(data: bytes) -> Iterator[Part]:
    at = 2
    while True:
        start = at
        if data[at] != 0xFF:
            raise ValueError
        while data[at + 1] == 0xFF:  # any number of these may be before a marker
            at += 1
        mark = data[at + 1]
        if mark == 0xD9:
            break
        at += 2
        if mark in _ALONE:
            yield Part("picture", start, at)
            continue
        end = at + int.from_bytes(data[at : at + 2], "big")
        if end < at + 2 or end > len(data):
            raise ValueError
        yield _segment(mark, start, end, data[at + 2 : end])
        at = end
        if mark == 0xDA:
            found = _MARKER.search(data, end)
            if found is None:
                raise ValueError
            at = found.start()
    if at + 2 < len(data):
        yield Part("behind", at + 2, len(data), data[at + 2 :])


def _segment(mark: int, start: int, end: int, inside: bytes) -> Part:
    if mark == 0xE1 and inside.startswith((XMP_IN_JPEG, _MORE_XMP_IN_JPEG)):
        return Part("xmp", start, end, inside)
    if mark == 0xEB and inside.startswith(b"JP"):
        return Part("credentials", start, end, inside)
    is_foreign = 0xE0 <= mark <= 0xEF and not inside.startswith(_JPEG_APPS.get(mark, ()))
    if is_foreign or mark == 0xFE:
        return Part("metadata", start, end, inside)
    return Part("picture", start, end)


def _signed(found: list[Part]) -> list[Part]:
    """Boxes of JPEG are metadata if none of them has a manifest: one is in several segments."""
    boxes = [part for part in found if part.kind == "credentials"]
    if any(b"c2pa" in part.text for part in boxes):
        return found
    plain = {part: Part("metadata", part.start, part.end, part.text) for part in boxes}
    return [plain.get(part, part) for part in found]


# -- WebP ------------------------------------------------------------------------------------------

_WEBP_KINDS: dict[bytes, Kind] = {
    **dict.fromkeys((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP"), "picture"),
    **dict.fromkeys((b"ANIM", b"ANMF"), "frames"),
    b"XMP ": "xmp",
}
_FLAGS = {b"EXIF": 0x08, b"XMP ": 0x04}


def _webp(data: bytes) -> Iterator[Part]:
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise ValueError
    for name, start, after in _webp_chunks(data, end):
        kind = _WEBP_KINDS.get(name, "metadata")
        inside = data[start + 8 : after] if kind in ("xmp", "metadata") else b""
        is_signed = name == b"C2PA" and b"c2pa" in inside
        yield Part("credentials" if is_signed else kind, start, after, inside)
    if end < len(data):
        yield Part("behind", end, len(data), data[end:])


def _webp_chunks(data: bytes, end: int) -> Iterator[tuple[bytes, int, int]]:
    at = 12
    while at < end:
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        after = at + 8 + length + length % 2
        if after > end:
            raise ValueError
        yield data[at : at + 4], at, after
        at = after


def _webp_of(data: bytes) -> bytes:
    """A file with its size, and with the flags of the metadata that it still has."""
    sized = data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:]
    if data[12:16] != b"VP8X":
        return sized
    left = {name for name, _, _ in _webp_chunks(sized, len(sized))}
    flags = sized[20]
    for name, flag in _FLAGS.items():
        if name not in left:
            flags &= ~flag
    return sized[:20] + bytes([flags]) + sized[21:]
