"""Small images made in memory."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image

from assetgen.image import decode, marking


def picture(
    fmt: str = "PNG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **how: Any
) -> bytes:
    """A picture with something in it: red on the left, green on the right."""
    image = Image.new("RGB", size, (200, 30, 30))
    image.paste((30, 200, 30), (size[0] // 2, 0, size[0], size[1]))
    image = image.convert(mode)
    if mode in ("RGBA", "LA"):
        image.putalpha(100)  # encoders drop an alpha that says nothing
    out = io.BytesIO()
    image.save(out, fmt, **how)
    return out.getvalue()


def landscape() -> bytes:
    """A photo-like picture, with light and dark parts."""
    image = Image.linear_gradient("L").resize((1200, 900))
    shades = Image.merge(
        "RGB", [image.point([255 - v * k // 10 for v in range(256)]) for k in (7, 8, 5)]
    )
    shades.paste((255, 246, 214), (760, 150, 920, 310))
    shades.paste((30, 38, 74), (0, 700, 700, 900))
    out = io.BytesIO()
    shades.save(out, "PNG")
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    """The header of a PNG that would be enormous."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk
        + struct.pack(">I", 0)
        + b"IDAT"
        + struct.pack(">I", zlib.crc32(b"IDAT"))
    )


def with_mark(data: bytes, packet: bytes) -> bytes:
    """A picture with an XMP packet put in."""
    found = marking.marked(data, decode.facts(data).format, packet)
    assert found is not None
    return found
