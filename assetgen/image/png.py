"""Raw pixels -> PNG, for pictures made of flat areas and type.

Rows are stored without a filter. For such pictures, deflate then gives half the bytes of a
filtering encoder in half the time. Photographs need a filter: ``encode_image`` finds out. The
compressor is libdeflate, pinned in pyproject.toml: it gives the same bytes on every processor, and
each zlib gives its own.
Source: PNG 3rd edition, 5 and 9.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_DEPTH = 24  # after the signature, the length, the name, the width and the height
_LEVEL = 2  # of 12: a higher one takes longer and saves little


def chunk(name: bytes, data: bytes | bytearray) -> bytes:
    """One chunk: length, name, data, checksum."""
    return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")


def depth(data: bytes) -> int | None:
    """The bits of each channel of a PNG; None for other files."""
    is_png = data.startswith(SIGNATURE) and len(data) > _DEPTH
    return data[_DEPTH] if is_png else None


def encode(width: int, height: int, pixels: bytes, *, alpha: bool) -> bytes:
    """A PNG of 8-bit RGB (RGBA if ``alpha``) ``pixels``, row by row, no padding."""
    rows = _compressed(_NONE, pixels, width * (4 if alpha else 3))
    return _file(width, height, rows, _RGBA if alpha else _RGB)


def encode_image(image: Image) -> bytes:
    """A PNG of an RGB or RGBA ``image``, with a filter if that makes it clearly smaller.

    The filtered rows of a photograph have half the bytes, and whoever reads it takes half the time.
    """
    alpha = image.mode == "RGBA"
    stride = image.width * (4 if alpha else 3)
    tried = [
        image.crop((0, top, image.width, min(top + _ROWS, image.height)))
        for top in (image.height * part // _PARTS for part in range(_PARTS))
    ]
    filtered = sum(len(_compressed(_UP, _less_above(part), stride)) for part in tried)
    plain = sum(len(_compressed(_NONE, part.tobytes(), stride)) for part in tried)
    if filtered < _CLEARLY * plain:
        rows = _compressed(_UP, _less_above(image), stride)
    else:
        rows = _compressed(_NONE, image.tobytes(), stride)
    return _file(image.width, image.height, rows, _RGBA if alpha else _RGB)


def packed(image: Image, level: int) -> bytes:
    """An RGB or RGBA ``image`` in few bytes: with the filter that suits it best."""
    stride = image.width * (4 if image.mode == "RGBA" else 3)
    rows = [
        (_NONE, image.tobytes()),
        (_SUB, _less(image, 1, 0)),
        (_UP, _less(image, 0, 1)),
    ]
    name, pixels = min(rows, key=lambda one: len(_compressed(one[0], one[1], stride)))
    found = _compressed(name, pixels, stride, level)
    return _file(image.width, image.height, found, _RGBA if image.mode == "RGBA" else _RGB)


def with_palette(width: int, height: int, numbers: bytes, colours: Sequence[Colour]) -> bytes:
    """A PNG of ``numbers`` of at most 256 RGB or RGBA ``colours``, one byte for each pixel."""
    opaque = b"".join(bytes(colour[:3]) for colour in colours)
    shown = bytes(colour[3] if len(colour) > 3 else 255 for colour in colours).rstrip(b"\xff")
    rows = _compressed(_NONE, numbers, width, MOST)
    before = chunk(b"PLTE", opaque) + (chunk(b"tRNS", shown) if shown else b"")
    return _file(width, height, rows, _PALETTE, before)


Colour = tuple[int, ...]
#: Levels of libdeflate: one that is quick and packs well, and the highest, which takes a second.
GOOD, MOST = 9, 12
_RGB, _PALETTE, _RGBA = 2, 3, 6  # the colour types
#: The first byte of a row: as it is, or what is added to the pixel before or to the row above.
_NONE, _SUB, _UP = b"\0", b"\1", b"\2"
_PARTS, _ROWS = 8, 6  # of the rows that are tried
_CLEARLY = 0.8  # a few rows say little about a picture of flat areas and photographs


def _less_above(image: Image) -> bytes:
    """Each row less the row above it."""
    return _less(image, 0, 1)


def _less(image: Image, right: int, down: int) -> bytes:
    """Each pixel less the one that is ``right`` before it and ``down`` above it."""
    from PIL import Image as Pillow
    from PIL import ImageChops

    above = Pillow.new(image.mode, image.size)
    above.paste(image, (right, down))
    return ImageChops.subtract_modulo(image, above).tobytes()


def _compressed(name: bytes, pixels: bytes, stride: int, level: int = _LEVEL) -> bytearray:
    """Rows with the filter ``name``, already applied, as they are in the file."""
    import deflate

    rows = b"".join(
        name + pixels[start : start + stride] for start in range(0, len(pixels), stride)
    )
    return deflate.zlib_compress(rows, level)


def _file(width: int, height: int, rows: bytearray, colour_type: int, before: bytes = b"") -> bytes:
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((8, colour_type, 0, 0, 0))
    return SIGNATURE + chunk(b"IHDR", header) + before + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
