"""Font files made by hand, table by table."""

from __future__ import annotations

import struct


def sfnt(tables: dict[bytes, bytes], magic: bytes = b"\0\1\0\0") -> bytes:
    """A font file of nothing but ``tables``."""
    head = magic + struct.pack(">HHHH", len(tables), 0, 0, 0)
    at, rows, body = 12 + 16 * len(tables), b"", b""
    for tag, data in tables.items():
        rows += struct.pack(">4sIII", tag, 0, at + len(body), len(data))
        body += data
    return head + rows + body


def name_table(family: str, platform: int = 3) -> bytes:
    text = family.encode("utf-16-be" if platform == 3 else "mac_roman")
    record = struct.pack(
        ">6H", platform, 1 if platform == 3 else 0, 0x409 if platform == 3 else 0, 1, len(text), 0
    )
    return struct.pack(">HHH", 0, 1, 18) + record + text


def cmap(*subtables: tuple[int, int, bytes]) -> bytes:
    at, rows, body = 4 + 8 * len(subtables), b"", b""
    for platform, encoding, data in subtables:
        rows += struct.pack(">HHI", platform, encoding, at + len(body))
        body += data
    return struct.pack(">HH", 0, len(subtables)) + rows + body


def format_4(
    segments: list[tuple[int, int, int]], glyphs: dict[int, list[int]] | None = None
) -> bytes:
    """Segments of (first, last, delta); ``glyphs`` gives a list of glyphs to segments by number."""
    glyphs = glyphs or {}
    segments = [*segments, (0xFFFF, 0xFFFF, 1)]
    count = len(segments)
    ends, starts = ([row[column] for row in segments] for column in (1, 0))
    deltas = [row[2] & 0xFFFF for row in segments]
    offsets, pool = [], b""
    for number in range(count):
        offsets.append(2 * (count - number) + len(pool) if number in glyphs else 0)
        pool += struct.pack(f">{len(glyphs.get(number, []))}H", *glyphs.get(number, []))
    flat = struct.pack(f">{count}H", *ends) + b"\0\0"
    flat += b"".join(struct.pack(f">{count}H", *row) for row in (starts, deltas, offsets)) + pool
    return struct.pack(">7H", 4, 14 + len(flat), 0, 2 * count, 0, 0, 0) + flat


def format_12(groups: list[tuple[int, int, int]]) -> bytes:
    flat = b"".join(struct.pack(">III", *group) for group in groups)
    return struct.pack(">HHIII", 12, 0, 16 + len(flat), 0, len(groups)) + flat
