"""Font files as bytes: their tables, which characters, weights and styles they have.

Source: OpenType 1.9.
"""

from __future__ import annotations

import operator
import re
import struct
from functools import cache

from msgspec import Struct

Ranges = tuple[tuple[int, ...], tuple[int, ...]]
Tables = dict[bytes, tuple[int, int]]

#: What reading a font raises if it is broken.
BROKEN = (struct.error, KeyError, IndexError, UnicodeDecodeError, ValueError)

_WEIGHTS = (
    ("thin|hairline", 100),
    ("(?:extra|ultra)[ -]?light", 200),
    ("(?:semi|demi)[ -]?light", 350),
    ("light", 300),
    ("(?:semi|demi)[ -]?bold|demi", 600),
    ("(?:extra|ultra)[ -]?(?:bold|black)", 800),
    ("bold", 700),
    ("black|heavy", 900),
    ("medium", 500),
    ("regular|normal|book|roman", 400),
)
_SLANTED = re.compile(r"(?<![a-z])(?:italic|oblique)(?![a-z])", re.I)
_REGULAR, _MEDIUM, _BOLD = 400, 500, 700


@cache
def _weight_words() -> tuple[tuple[re.Pattern[str], int], ...]:
    """The words of weights in the names of fonts; the shipped fonts are not asked for them."""
    form = r"(?<![a-z])(?:{})(?![a-z])"
    return tuple((re.compile(form.format(words), re.I), weight) for words, weight in _WEIGHTS)


class Look(Struct, frozen=True):
    """What one face of a family looks like: its lightest and boldest weight, upright or slanted.

    Only a variable font has more than one weight.
    """

    lightest: int = 400
    boldest: int = 400
    is_italic: bool = False


def tables(data: bytes, at: int = 0) -> Tables:
    """Where each table of a font is in its file: offset and length."""
    if data[at : at + 4] not in (b"\0\1\0\0", b"OTTO", b"true"):
        raise KeyError("not an sfnt")
    (count,) = struct.unpack_from(">H", data, at + 4)
    found = {}
    for index in range(count):
        tag, _sum, offset, length = struct.unpack_from(">4sIII", data, at + 12 + 16 * index)
        if offset + length > len(data):
            raise IndexError("table outside the file")
        found[tag] = (offset, length)
    return found


def members(data: bytes) -> tuple[int, ...]:
    """Where the fonts of a collection (.ttc) begin."""
    (count,) = struct.unpack_from(">I", data, 8)
    if not 1 <= count <= 64:
        raise IndexError("a collection without fonts, or with too many")
    return struct.unpack_from(f">{count}I", data, 12)


def member(data: bytes, at: int) -> bytes:
    """One font of a collection as a file of its own."""
    return built({tag: data[o : o + n] for tag, (o, n) in tables(data, at).items()}, data[at:][:4])


def built(parts: dict[bytes, bytes], magic: bytes) -> bytes:
    """A font file of ``parts``; no checksums, which the engine does not read."""
    head = magic + struct.pack(">HHHH", len(parts), 0, 0, 0)
    place = 12 + 16 * len(parts)
    rows, bodies = [head], []
    for tag, part in sorted(parts.items()):
        rows.append(struct.pack(">4sIII", tag, 0, place, len(part)))
        padded = part + b"\0" * (-len(part) % 4)
        bodies.append(padded)
        place += len(padded)
    return b"".join((*rows, *bodies))


# -- characters ------------------------------------------------------------------------------------


def coverage(data: bytes, cmap: int) -> Ranges:
    """Ranges of characters with a glyph, from the best Unicode subtable (formats 12 and 4)."""
    (count,) = struct.unpack_from(">H", data, cmap + 2)
    offsets = {}
    for index in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", data, cmap + 4 + 8 * index)
        if platform == 0 or (platform == 3 and encoding in (1, 10)):
            offsets[struct.unpack_from(">H", data, cmap + offset)[0]] = cmap + offset
    if 12 in offsets:
        return _format_12(data, offsets[12])
    ranges = sorted(_format_4(data, offsets[4]))
    return tuple(r[0] for r in ranges), tuple(r[1] for r in ranges)


def _format_12(data: bytes, at: int) -> Ranges:
    (groups,) = struct.unpack_from(">I", data, at + 12)
    flat = struct.unpack_from(f">{3 * groups}I", data, at + 16)
    starts, ends, glyphs = flat[::3], flat[1::3], flat[2::3]
    if 0 not in glyphs and all(map(operator.le, starts, starts[1:])):  # fonts have up to 20,000
        return starts, ends
    rows = zip(starts, ends, glyphs, strict=True)
    kept = sorted((start, end) for start, end, glyph in rows if glyph or end > start)
    return tuple(row[0] for row in kept), tuple(row[1] for row in kept)


def _format_4(data: bytes, at: int) -> list[tuple[int, int]]:
    (twice,) = struct.unpack_from(">H", data, at + 6)
    count = twice // 2
    ends = struct.unpack_from(f">{count}H", data, at + 14)
    starts = struct.unpack_from(f">{count}H", data, at + 16 + twice)
    deltas = struct.unpack_from(f">{count}H", data, at + 16 + 2 * twice)
    offsets = struct.unpack_from(f">{count}H", data, at + 16 + 3 * twice)
    found = []
    for index, (start, end, delta, offset) in enumerate(
        zip(starts, ends, deltas, offsets, strict=True)
    ):
        if not offset:
            none = -delta & 0xFFFF  # the one character that comes out as glyph 0
            found += [
                (s, e)
                for s, e in ((start, min(end, none - 1)), (max(start, none + 1), end))
                if s <= e
            ]
        elif start <= end:
            row = at + 16 + 3 * twice + 2 * index + offset
            glyphs = struct.unpack_from(f">{end - start + 1}H", data, row)
            found += [
                (start + n, start + n)
                for n, glyph in enumerate(glyphs)
                if glyph and (glyph + delta) & 0xFFFF
            ]
    return found


# -- names, weight and style -----------------------------------------------------------------------

_FAMILY, _SUBFAMILY, _FULL, _WHOLE_FAMILY, _WHOLE_SUBFAMILY = 1, 2, 4, 16, 17


def names(data: bytes, at: int) -> dict[int, str]:
    """The names of a font in English, by number."""
    _version, count, strings = struct.unpack_from(">HHH", data, at)
    found: dict[int, str] = {}
    for index in range(count):
        platform, _enc, language, name, length, offset = struct.unpack_from(
            ">6H", data, at + 6 + 12 * index
        )
        raw = data[at + strings + offset : at + strings + offset + length]
        if platform == 3 and language == 0x409:
            found[name] = raw.decode("utf-16-be")
        elif platform == 1:
            found.setdefault(name, raw.decode("mac_roman"))
    return found


def family(named: dict[int, str]) -> str:
    """The name that all faces of a family share."""
    return named.get(_WHOLE_FAMILY) or named[_FAMILY]


def wider_family(named: dict[int, str]) -> str:
    """The family of a face that states only its own, as "Brand" of "Brand Medium"; "" if none."""
    own = named[_FAMILY]
    if named.get(_WHOLE_FAMILY):
        return ""
    short = _SLANTED.sub("", own)
    for words, _ in _weight_words():
        short = words.sub("", short)
    short = " ".join(short.replace("-", " - ").split()).strip(" -")
    return short if short != own else ""


def look(data: bytes, found: Tables, named: dict[int, str]) -> Look:
    """The weight and style of a font, from fvar, OS/2, head and its names."""
    words = named.get(_WHOLE_SUBFAMILY) or named.get(_SUBFAMILY) or ""
    said = f"{words} {named[_FAMILY]} {named.get(_FULL, '')}"
    weight, selection = 0, 0
    if b"OS/2" in found:
        at = found[b"OS/2"][0]
        weight = struct.unpack_from(">H", data, at + 4)[0]
        selection = struct.unpack_from(">H", data, at + 62)[0]
    weight = weight * 100 if 0 < weight < 10 else weight  # as old tools wrote it
    style = struct.unpack_from(">H", data, found[b"head"][0] + 44)[0] if b"head" in found else 0
    is_italic = bool(selection & 1 or style & 2 or _SLANTED.search(said))
    axis = _weight_axis(data, found)
    if axis:
        return Look(*axis, is_italic)
    if weight in (0, _REGULAR, _MEDIUM) or weight > 1000:  # also what tools write without a thought
        stated = next((number for one, number in _weight_words() if one.search(said)), 0)
        weight = stated or (_BOLD if style & 1 or selection & 32 else weight or _REGULAR)
    return Look(weight, weight, is_italic)


def _weight_axis(data: bytes, found: Tables) -> tuple[int, int] | None:
    """The lightest and the boldest weight of a variable font."""
    if b"fvar" not in found:
        return None
    at = found[b"fvar"][0]
    first, _, count, size = struct.unpack_from(">4H", data, at + 4)
    for index in range(count):
        tag, low, _default, high = struct.unpack_from(">4s3i", data, at + first + index * size)
        if tag == b"wght":
            return max(1, low >> 16), min(1000, high >> 16)
    return None


def renamed(data: bytes, name: str, seen: Look) -> bytes:
    """The font with ``name`` as its family, and with its weight and style where engines look."""
    parts = {tag: data[o : o + n] for tag, (o, n) in tables(data).items()}
    bold = seen.lightest == seen.boldest >= 600
    if b"OS/2" in parts and not (seen == Look() or seen.lightest != seen.boldest):
        table = bytearray(parts[b"OS/2"])
        (selection,) = struct.unpack_from(">H", table, 62)
        selection = selection & ~0x61 | seen.is_italic | bold << 5
        struct.pack_into(">H", table, 4, seen.lightest)
        struct.pack_into(">H", table, 62, selection)
        parts[b"OS/2"] = bytes(table)
    elif b"head" in parts and b"OS/2" not in parts:
        head = bytearray(parts[b"head"])
        struct.pack_into(">H", head, 44, bold | seen.is_italic << 1)
        parts[b"head"] = bytes(head)
    parts[b"name"] = _name_table(name)
    return built(parts, data[:4])


def _name_table(name: str) -> bytes:
    texts = {1: name, 2: "Regular", 4: name, 6: name, 16: name}
    rows, strings = b"", b""
    for number, value in texts.items():
        encoded = value.encode("utf-16-be")
        rows += struct.pack(">6H", 3, 1, 0x409, number, len(encoded), len(strings))
        strings += encoded
    return struct.pack(">HHH", 0, len(texts), 6 + len(rows)) + rows + strings
