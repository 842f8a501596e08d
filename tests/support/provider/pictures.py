"""The images of the provider: of the requested size and format, each one different."""

from __future__ import annotations

import base64
import io
import random
import struct
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from PIL import Image, ImageChops

from tests.support.provider.faults import HTML, SVG


@dataclass(frozen=True)
class Picture:
    """Encoded bytes, and the same in base64 as pieces that can be sent without being joined."""

    data: tuple[bytes, ...]
    text: tuple[bytes, ...]

    @property
    def bytes(self) -> bytes:
        return b"".join(self.data)


def of(data: bytes) -> Picture:
    return Picture((data,), (base64.b64encode(data),))


@lru_cache(maxsize=96)
def picture(width: int, height: int, form: str, alpha: bool, number: int) -> Picture:
    """A picture of blocks in colours of its own number."""
    if form == "svg":
        text = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        text += f"<title>{number}</title></svg>"
        return of(text.encode())
    chance = random.Random(number)
    small = Image.frombytes("RGBA", (8, 8), chance.randbytes(256))
    clear = Image.frombytes("L", (8, 8), bytes(16) + b"\xff" * 48)
    small.putalpha(clear if alpha else 255)
    full = small.resize((width, height), Image.Resampling.NEAREST)
    if not alpha or form == "jpeg":
        full = full.convert("RGB")
    out = io.BytesIO()
    options: dict[str, Any] = {"png": {"compress_level": 1}, "webp": {"method": 0}}.get(form, {})
    full.save(out, form, **options)
    return of(out.getvalue())


@lru_cache(maxsize=8)
def noise(width: int, height: int) -> tuple[bytes, bytes]:
    """A PNG of noise without its end (1.7 MB at 1024x1024), padded so that base64 can continue."""
    coarse = bytes(level & 0xF0 for level in range(256))
    pixels = random.Random(width * height).randbytes(3 * width * height).translate(coarse)
    return _without_end(Image.frombytes("RGB", (width, height), pixels), compress_level=1)


@lru_cache(maxsize=8)
def photograph(width: int, height: int) -> tuple[bytes, bytes]:
    """The same of soft shapes with a little grain (1.5 MB at 1024x1024), as photographs have."""
    chance = random.Random(width * height)

    def shapes(side: int) -> Image.Image:
        small = Image.frombytes("L", (side, side), chance.randbytes(side * side))
        return small.resize((width, height), Image.Resampling.BICUBIC)

    colours = Image.merge("RGB", [ImageChops.blend(shapes(5), shapes(24), 0.3) for _ in range(3)])
    grain = Image.merge("RGB", [shapes(max(width, height) // 2)] * 3)
    return _without_end(Image.blend(colours, grain, 0.1), compress_level=6)


def _without_end(image: Image.Image, compress_level: int) -> tuple[bytes, bytes]:
    out = io.BytesIO()
    image.save(out, "png", compress_level=compress_level)
    head = out.getvalue()[:-12]
    head += chunk(b"prVt", b"pad\0" + b" " * ((3 - (len(head) + 16) % 3) % 3))
    return head, base64.b64encode(head)


def bulk(width: int, height: int, number: int, kind: str = "noise") -> Picture:
    """The ready-made picture with a number in a chunk of its own: no two have the same bytes."""
    head, text = photograph(width, height) if kind == "photograph" else noise(width, height)
    tail = chunk(b"prVt", b"number\0%d" % number) + chunk(b"IEND", b"")
    return Picture((head, tail), (text, base64.b64encode(tail)))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb() -> bytes:
    """A PNG that says it is 50000x50000."""
    header = struct.pack(">IIBBBBB", 50000, 50000, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return start + chunk(b"IDAT", zlib.compress(bytes(1 << 20))) + chunk(b"IEND", b"")


def spoilt(
    fault: str | None,
    how: dict[str, Any],
    size: tuple[int, int],
    form: str,
    alpha: bool,
    number: int,
) -> Picture:
    """The picture as a fault leaves it."""
    match fault:
        case "wrong_format":
            return picture(*size, "jpeg" if form != "jpeg" else "png", False, number)
        case "wrong_size":
            width, height = str(how.get("size", "512x512")).split("x")
            return picture(int(width), int(height), form, alpha, number)
        case "no_alpha":
            return picture(*size, form, False, number)
        case "svg_polyglot":
            return of(picture(*size, form, alpha, number).bytes + SVG)
        case "svg_as_image":
            return of(SVG)
        case "html_as_image":
            return of(HTML)
        case "corrupt_image":
            whole = picture(*size, form, alpha, number).bytes
            return of(whole[: len(whole) // 2])
        case "bomb_image":
            return of(bomb())
        case "not_base64":
            return Picture((b"",), (b"this is *not* base64!",))
        case "same_picture":
            return picture(*size, form, alpha, int(how.get("number", 1)))
        case _:
            return picture(*size, form, alpha, number)
